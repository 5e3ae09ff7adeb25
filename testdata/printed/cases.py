"""The receipts that are printed and judged: field values for testdata/independent, and what a page has to show.

Nothing is real: names say so, identity numbers lie in region 329999, which does not exist.
"""

import argparse
import decimal
import json
import pathlib

DIGITS = "零壹贰叁肆伍陆柒捌玖"


class Case:
    """A receipt (`document` as testdata/independent reads it) with what its pages show."""

    def __init__(self, name, document, texts, has_details, absent=()):
        main = dict((key, value) for key, value in document["main"] if isinstance(value, str))
        self.name, self.document = name, {"file": name, **document}
        self.code, self.number, self.check = main["EInvoiceCode"], main["EInvoiceNumber"], main["RandomNumber"]
        self.qr = ",".join([f"CZ-EI-{self.code[:2]}", self.code, self.number, self.check, main["TotalAmount"],
                            main["IssueDate"]])
        date = main["IssueDate"]
        self.texts = [self.code, self.number, self.check, main["EInvoiceName"], main["TotalAmount"],
                      capitals(main["TotalAmount"]), f"{date[:4]}-{date[4:6]}-{date[6:]}", main["HandlingPerson"],
                      main["Checker"], *texts]
        self.has_details, self.absent = has_details, absent

    def expected(self):
        return {"name": self.name, "code": self.code, "number": self.number, "qr": self.qr, "texts": self.texts,
                "absent": list(self.absent), "has_details": self.has_details}


# --- values


def yuan(fen):
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02}"


def fen(text):
    return int(decimal.Decimal(text) * 100)


def capitals(text):
    """An amount in Chinese capitals, by the rules of 支付结算办法, annex 1."""
    value = fen(text)
    sign, value = ("负", -value) if value < 0 else ("", value)
    whole, jiao, cent = value // 100, value // 10 % 10, value % 10
    out = ""
    if whole:
        groups = [(whole // 10 ** (4 * place) % 10000, unit) for place, unit in ((3, "万亿"), (2, "亿"), (1, "万"), (0, ""))]
        gap = False
        for group, unit in groups:
            if not group:
                gap = bool(out) or gap
                continue
            if out and (gap or group < 1000):
                out += "零"
            out += four(group) + ("万" if unit == "万亿" and whole // 10 ** 8 % 10000 else unit)
            gap = False
        out += "元"
    if not jiao and not cent:
        return sign + (out or "零元") + "整"
    if jiao:
        out += DIGITS[jiao] + "角"
    elif whole:
        out += "零"
    return sign + out + (DIGITS[cent] + "分" if cent else "整")


def four(group):
    out, zero = "", False
    for place, unit in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = group // place % 10
        if digit:
            out += ("零" if zero and out else "") + DIGITS[digit] + unit
            zero = False
        else:
            zero = True
    return out


# --- documents


def item(code, name, unit, quantity, standard, amount, remark=None):
    optional = [["ItemUnit", unit], ["ItemQuantity", quantity], ["ItemStd", standard], ["ItemRemark", remark]]
    return [["ItemCode", code], ["ItemName", name], ["ItemAmount", amount], *([k, v] for k, v in optional if v)]


def document(code, number, name, items, *, person=None, organisation=("91329999MA0000123X", "示例市样本科技有限公司"),
             unit="示例市实验中学", payee=(), remark=None, pay_code=None, related=None, ext=(), aux=(), handler="样例丁",
             checker="虚拟戊", payer_account=(), biz_code=None, check="07892e"):
    total = yuan(sum(fen(dict(map(tuple, one))["ItemAmount"]) for one in items))
    kind, (identity, payer) = ("1", person) if person else ("2", organisation)
    payer_party = [["PayerPartyType", kind], *([["PayerPartyCode", identity]] if identity else []),
                   ["PayerPartyName", payer], *payer_account]
    main_ext = [*ext]
    if related:
        main_ext += [["RelatedInvoiceCode", related[0]], ["RelatedInvoiceNumber", related[1]]]
    if pay_code:
        main_ext += [["PayCode", pay_code]]
    main = [
        ["EInvoiceName", name], ["EInvoiceCode", code], ["EInvoiceNumber", number], ["RandomNumber", check],
        ["EInvoiceSpecimenCode", code + "01"], ["SupervisorAreaCode", "320600"], ["TotalAmount", total],
        ["IssueDate", "20261122"], ["IssueTime", "10:15:30"],
        ["InvoicingParty", [["InvoicingPartyCode", "12329999000000123A"], ["InvoicingPartyName", unit], *payee]],
        ["PayerParty", payer_party],
        *([["BizCode", biz_code]] if biz_code else []),
        *([["Remark", remark]] if remark else []),
        ["HandlingPerson", handler], ["Checker", checker],
        *([["MainExt", main_ext]] if main_ext else []),
    ]
    header = [["EInvoiceTag", f"CZ-EI-{code[:2]}"], ["EInvoiceID", f"{code}-{number}"[::-1]], ["Version", "1.1.0"]]
    return {"header": header, "main": main, "items": items, **({"aux": list(aux)} if aux else {})}


GENERAL_NAME = "江苏省非税收入统一票据（电子）"
PERSON = ("329999190001016735", "样例甲")
FIVE = [
    item("103044608", "普通高中学费", "个", "3", "850.00", "2550.00"),
    item("103044609", "普通高中住宿费", "人·学期", "3", "300.00", "900.00"),
    item("103044612", "教材费", "套", "3", "186.50", "559.50"),
    item("103044615", "校服费（春秋装、夏装各一套）", "套", "3", "240.00", "720.00"),
    item("103044699", "考试报名费", "人次", "12", "45.00", "540.00"),
]
MEDICAL_EXT = [
    ["gender", "女"], ["medicalDate", "20261122"], ["medicalInsuranceID", "32999900001234567890"],
    ["medicalInsuranceType", "城镇职工基本医疗保险"], ["orgType", "三级甲等综合医院"], ["patientNumber", "0004170093"],
    ["fundPayAmount", "812.40"], ["otherPayAmount", "0.00"], ["accountPayAmount", "203.10"],
    ["ownPayAmount", "100.00"], ["selfpaymentAmount", "60.00"], ["selfpaymentCost", "40.00"],
    ["businessNumber", "202611220000417"],
]
WARES = (("样本西林胶囊 0.25g×24 粒", "盒", 1860), ("虚构他定片 10mg×7 片", "盒", 3275), ("例化止咳糖浆 120ml", "瓶", 1290),
         ("血常规五分类（静脉血，仪器法）", "次", 2000), ("C-反应蛋白测定（免疫比浊法）", "项", 3500))


def negated(items):
    return [[[k, "-" + v if k in ("ItemAmount", "ItemQuantity") else v] for k, v in one] for one in items]


def general(**changes):
    values = dict(code="32010126", number="0013933922", name=GENERAL_NAME, items=FIVE, pay_code="32060026010000000017",
                  biz_code="XS2026-09-000318",
                  remark="2026 年秋季学期。\n如需退费，请于开票之日起三十日内持本票据办理。")
    return document(**{**values, **changes})


def medicines(count, sign=""):
    for index in range(count):
        name, unit, price = WARES[index % len(WARES)]
        quantity = index % 4 + 1
        yield [["AuxItemRelatedCode", "A03"], ["AuxItemRelatedName", "西药费"], ["AuxItemCode", f"{860001 + index}"],
               ["AuxItemName", name], ["AuxItemQuantity", sign + str(quantity)], ["AuxItemUnit", unit],
               ["AuxItemStd", yuan(price)], ["AuxItemRemark", "甲类"], ["AuxItemAmount", sign + yuan(price * quantity)]]


def medical(**changes):
    drugs = yuan(sum(fen(dict(map(tuple, one))["AuxItemAmount"]) for one in medicines(40)))
    values = dict(code="32060126", number="0000417093", name="江苏省医疗门诊收费票据（电子）", unit="示例市第一人民医院",
                  person=("329999190001026747", "虚构乙"), ext=MEDICAL_EXT, aux=medicines(40),
                  items=[item("A01", "诊察费", "项", "1", None, "50.00"), item("A03", "西药费", "项", "1", None, drugs)])
    return document(**{**values, **changes})


def limits(**changes):
    long = lambda word: (word * 100)[:100]
    items = [item(f"{n:030}", f"{n:03}" + ("虚构项目名" * 20)[3:], "计量单位样" * 6, "99999999", "1000000000.00",
                  "1000000000.00") for n in range(1, 1000)]
    items[0] = item("1", "W" * 100, "个", "1", "999999999999999.99", "999000000000000.00")
    values = dict(code="32010126", number="9999999999", name=long("江苏省非税收入统一票据"), items=items,
                  organisation=("9" * 30, long("虚构样本科技发展有限公司")), unit=long("示例市执收单位"),
                  payer_account=[["PayerAcct", "8" * 50], ["PayerOpBk", long("示例银行")]],
                  payee=[["RecName", long("收款人")], ["RecAcct", "7" * 50], ["RecOpBk", long("开户行")]],
                  biz_code="B" * 32, remark=long("备注，"), handler="经" * 20, checker="核" * 20, pay_code="3" * 20)
    return document(**{**values, **changes})


def cases():
    rest = ("…", "□", "\ufffd")
    names = [dict(map(tuple, one))["ItemName"] for one in FIVE]
    amounts = [dict(map(tuple, one))["ItemAmount"] for one in FIVE]
    unit, payer = "示例市实验中学", "示例市样本科技有限公司"
    yield Case("general", general(), [unit, payer, "91329999MA0000123X", *names, *amounts, "32060026010000000017",
                                      "XS2026-09-000318", "如需退费，请于开票之日起三十日内持本票据办理。"], False, rest)
    yield Case("general-one-item", general(number="0013933923", items=[item("103042307", "不动产登记费", None, None, None,
                                                                            "80.00")], pay_code=None, remark=None),
               [unit, payer, "不动产登记费"], False, rest)
    yield Case("general-person", general(number="0013933924", person=PERSON),
               [unit, "样例甲", "*" * 14 + "6735", *amounts], False, (*rest, PERSON[0]))
    yield Case("medical", medical(),
               ["示例市第一人民医院", "虚构乙", "812.40", "203.10", "城镇职工基本医疗保险", "0004170093", "医疗收费明细（电子）",
                *(dict(map(tuple, one))["AuxItemAmount"] for one in medicines(40)), *(ware[0] for ware in WARES)], True, rest)
    wards = [item(f"B{n:02}", name, "项", str(n), None, yuan(n * 12345)) for n, name in enumerate(
        "床位费 诊察费 检查费 化验费 治疗费 手术费 护理费 卫生材料费 西药费 中成药费 中草药费 一般诊疗费".split(), 1)]
    yield Case("medical-inpatient", medical(code="32060226", number="0000033871", name="江苏省医疗住院收费票据（电子）",
                                            items=wards, aux=(), ext=[["Gender", "男"], ["hospitalizationNumber", "ZY0001234"],
                                                                      ["wardName", "东楼 5 病区"]]),
               ["ZY0001234", "东楼 5 病区", *(yuan(n * 12345) for n in range(1, 13))], False, rest)
    yield Case("medical-red", medical(number="0000417094", items=negated(medical()["items"]), aux=medicines(40, "-"),
                                      related=("32060126", "0000417093"), check="c41f08"),
               ["0000417093", "-50.00"], True, rest)
    yield Case("notice", document(
        "32990126", "0000000021", "江苏省非税收入一般缴款通知书（电子）",
        [item("103043001", "国有土地使用权出让收入", "亩", "1", "1250000.00", "1250000.00"),
         item("103043002", "土地闲置费", "平方米", "120", "35.00", "4200.00")],
        unit="示例市自然资源和规划局", pay_code="32060026010000000033",
        payee=[["RecName", "示例市财政局非税收入汇缴专户"], ["RecAcct", "3209999000001234567"], ["RecOpBk", "示例银行示例市分行营业部"]]),
               ["示例市财政局非税收入汇缴专户", "3209999000001234567", "示例银行示例市分行营业部", "32060026010000000033",
                payer, "4200.00"], False, rest)
    yield Case("red", general(number="0013940007", check="c41f08", items=negated(FIVE), related=("32010126", "0013933922"),
                              remark="缴款人信息有误，全额冲红。"),
               ["冲红", "0013933922", "缴款人信息有误，全额冲红。", *("-" + amount for amount in amounts)], False, rest)
    yield Case("bare", document("32010126", "0013933925", "票", [item("1", "费", None, None, None, "0.01")],
                                person=(None, "例")), ["例", "费"], False, rest)
    long = limits()
    yield Case("limits", long, ["999000000000000.00", "W" * 100, ("虚构样本科技发展有限公司" * 100)[:100], "9" * 30,
                                ("示例市执收单位" * 100)[:100],
                                *("".join(f"{n:03}" + ("虚构项目名" * 20)[3:]) for n in range(2, 1000))], True, rest)
    yield Case("limits-medical", limits(code="32060126", number="9999999998", items=long["items"][:3],
                                        aux=medicines(999), ext=MEDICAL_EXT),
               [*(dict(map(tuple, one))["AuxItemAmount"] for one in medicines(999))], True, rest)
    sentence = "本票据所列费用依照示例市收费目录收取，明细另附；退费须凭原件（复印件无效）于三十日内办理。"
    remark = sentence * (65536 // len(sentence.encode()))
    remark += "x" * (65536 - len(remark.encode()))
    note = ("二千字的姓名" * 400)[:2000]
    yield Case("long-remark", general(number="0013933926", remark=remark, ext=[["note", note]]), [remark, note], True, rest)
    yield Case("rare", general(number="0013933927", person=("329999190001016735", "昝𠮷䶮·𪚥葛"), handler="㛃例", checker="𬭎样",
                               unit="示例市“A&B”<虚构>服务中心", remark=") Tj \\ endobj << /Type /Page >> stream\n(未闭合"),
               ["昝𠮷䶮·𪚥葛", "示例市“A&B”<虚构>服务中心", ") Tj \\ endobj << /Type /Page >> stream", "(未闭合"], False,
               (*rest, "329999190001016735"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fields", type=pathlib.Path, required=True, help="field values for testdata/independent")
    parser.add_argument("--expected", type=pathlib.Path, required=True, help="what the pages show")
    args = parser.parse_args()
    made = list(cases())
    args.fields.write_text(json.dumps([case.document for case in made], ensure_ascii=False), encoding="utf-8")
    args.expected.write_text(json.dumps([case.expected() for case in made], ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
