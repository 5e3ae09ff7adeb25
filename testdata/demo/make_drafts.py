#!/usr/bin/env python3
"""Make the drafts of the demonstration: school.jsonl and registry.jsonl. See README.md.

Every run writes the same bytes: the only source of variety is the small generator below.
"""

import argparse
import json
import pathlib
import sys
from decimal import Decimal

AREA = "320600"
# No county has this code in GB/T 2260, so nobody has these numbers.
FICTIONAL_REGION = "329999"
MAX_NAME = 100


class Dice:
    """A linear congruential generator (Knuth's MMIX constants), equal in every Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return (self.state >> 33) % n

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def one_in(self, n):
        return self.below(n) == 0


# --- codes with check characters


def credit_code(kind, serial):
    """GB 32100-2015, with the organisation's own check character (GB 11714-1997) inside."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = (11 - sum(int(c, 36) * w for c, w in zip(serial, weights))) % 11
    body = kind + FICTIONAL_REGION + serial + ("X" if rest == 10 else str(rest))
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + alphabet[-total % 31]


def identity_number(dice):
    """GB 11643-1999: nowhere, and born in 1900."""
    body = f"{FICTIONAL_REGION}1900{dice.below(12) + 1:02}{dice.below(28) + 1:02}{dice.below(1000):03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights)) % 11]


def pay_code(sequence):
    """Region, year, allotted id 01, sequence, and the digital root of what stands before."""
    body = f"{AREA}2601{sequence:09}"
    return body + str(int(body) % 9 or 9)


def telephone(dice):
    """Eleven digits that no operator gives out."""
    return f"100{dice.below(10 ** 8):08}"


# --- names: surname, a word that says "made up", a letter or a rare character

SURNAMES = ("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
            "戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳")
RARE_SURNAMES = ("昝", "禤", "仉", "亓", "𠮷", "逄", "欧阳", "尉迟", "澹台")
FEIGNED = "样例虚试拟"
LETTERS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
RARE = ("𠮷", "䶮", "㛃", "𬭎", "𫖯", "𬱖", "𬭊", "㐱", "𡋾", "䲟", "犇", "龘", "㙍", "𦙶")
SPECIAL_PERSONS = (
    "阿依样古丽·买样提", "吐尔样江·阿卜杜例合", "迪丽虚巴尔·试里木·卡拟尔",
    "John Example-Smith", "Marie O'Sample", "José Muestra Ñandú", "Zoë Beispiel",
    "样·扎西例增", "A", "例",
    "Example " + "Sample " * 12 + "Specimen",
    "虚构" * 49 + "𠮷",
)
SPECIAL_ORGANISATIONS = (
    "示例市“A&B”助学基金会", "样本 <虚构> 商贸有限公司", "\"试例\" & 'Sons' 贸易行",
    "示例(集团)有限公司 100% 虚构", "Example & Sample <Fiction> Ltd.",
    "示例市" + "虚构样本拟设" * 15 + "有限公司",
    "示例市" + "试例样品虚拟" * 15 + "𬭎有限公司示范",
    "䶮𫖯样本科技股份有限公司",
)


def person_name(dice):
    surname = dice.pick(RARE_SURNAMES) if dice.one_in(12) else dice.pick(SURNAMES)
    last = dice.pick(RARE) if dice.one_in(9) else dice.pick(LETTERS)
    return surname + dice.pick(FEIGNED) + last


def person(dice, with_code):
    return {"type": "person", "name": person_name(dice),
            "code": identity_number(dice) if with_code else None, "account": None, "bank": None}


def organisation(dice, index, name=None):
    name = name or f"示例市{dice.pick(LETTERS)}{dice.pick(LETTERS)}{dice.pick(('样本', '虚构', '拟设'))}有限公司"
    full = dice.one_in(2)
    return {"type": "organisation", "name": name, "code": credit_code("91", f"MA{index:06}"),
            "account": f"320099990000{index:07}" if full else None,
            "bank": f"示例银行{dice.pick(('城中', '城东 & 城西', '<港区>'))}支行" if full else None}


# --- money


def item(code, name, amount, unit=None, quantity=None, standard=None, ext=()):
    return {"code": code, "name": name, "amount": amount, "unit": unit, "quantity": quantity,
            "standard": standard, "ext": [list(e) for e in ext]}


def counted(code, name, unit, quantity, standard, ext=()):
    return item(code, name, str(quantity * Decimal(standard)), unit, str(quantity), standard, ext)


def total(items):
    return f"{sum(Decimal(i['amount']) for i in items):.2f}"


def draft(common, request_id, payer, items, **fields):
    """One draft with every field in its place; what is not given is null or empty."""
    base = {"v": 1, "request_id": request_id, **common, "payer": payer, "items": items, "aux": [],
            "remark": None, "pay_mode": None, "biz_code": None, "pay_code": None, "currency": None,
            "exchange_rate": None, "handler": None, "checker": None, "ext": [],
            "supervisor_remark": None, "notify": {"phone": None, "email": None}, "payee": None,
            "total": total(items)}
    unknown = set(fields) - set(base)
    assert not unknown, unknown
    return {**base, **fields}


# --- the school

SCHOOL = {"name": "江苏省非税收入专用票据（电子）", "code": "32020126", "specimen": "3202012601",
          "area": AREA, "unit": {"code": credit_code("12", "00000003"), "name": "示例市实验中学"}}
SCHOOL_PAYEE = {"name": "示例市实验中学", "account": "3200999900009000003", "bank": "示例银行城中支行"}
TERM = "2026-2027学年第一学期"


def school_items(dice, organised):
    if organised:
        found = [counted("103042705", "高中学费（委托培养）", "人", dice.below(40) + 2, "1700.00")]
        return found + ([item("103042799", "教材代收费 & 资料费", f"{dice.below(900000) + 10000}.{dice.below(100):02}")]
                        if dice.one_in(2) else [])
    tuition = counted("103042701", "普通高中学费", "学期", 1, dice.pick(("850.00", "1050.00", "1300.00")),
                      [("term", TERM)] if dice.one_in(5) else ())
    choices = (
        lambda: counted("103042702", "住宿费", "月", dice.pick((4, 5)), dice.pick(("80.00", "120.50"))),
        lambda: item("103042711", "教材代收费", f"{dice.below(300) + 120}.{dice.below(100):02}"),
        lambda: counted("103042712", "校服代收费（夏、冬装）", "套", dice.pick((1, 2, 3)), "165.30"),
        lambda: counted("103042713", "作业本代收费 <A4>", "本", dice.below(12) + 6, "1.35"),
        lambda: item("103042714", "\"研学\"活动代收费", f"{dice.below(200) + 60}.00", unit="次"),
    )
    # Each at most once: begin anywhere and take neighbours.
    first, count = dice.below(len(choices)), dice.below(4)
    return [tuition] + [choices[(first + i) % len(choices)]() for i in range(count)]


def school(count=500):
    dice, drafts = Dice(32020126), []
    for n in range(1, count + 1):
        special_person, special_organisation = n % 25 == 7, n % 50 == 11
        organised = special_organisation or n % 40 == 3
        if special_organisation:
            payer = organisation(dice, n, SPECIAL_ORGANISATIONS[n // 50 % len(SPECIAL_ORGANISATIONS)])
        elif organised:
            payer = organisation(dice, n)
        else:
            payer = person(dice, with_code=dice.one_in(8))
            if special_person:
                payer["name"] = SPECIAL_PERSONS[n // 25 % len(SPECIAL_PERSONS)]
        form = f"高{dice.pick('一二三')}({dice.below(14) + 1})班"
        ext = [] if organised or dice.one_in(3) else [
            ["studentNumber", f"2026{n:05}"], ["className", form]]
        if n % 60 == 20:
            ext += [["note", "走读 & <午休>"], ["note", "第二条 \"note\""]]
        remark = None
        if n % 20 == 5:
            remark = f"{TERM}\n{form}\n家长签收：\"已阅\" & 同意 <电子>"
        elif dice.one_in(4):
            remark = f"{TERM} {form}"
        drafts.append(draft(
            SCHOOL, f"school-2026-{n:06}", payer, school_items(dice, organised),
            remark=remark,
            pay_mode=dice.pick(("1", "51", "52")) if dice.one_in(2) else None,
            biz_code=f"XF2026090{n % 9 + 1}-{n:05}" if dice.one_in(2) else None,
            pay_code=pay_code(n) if dice.one_in(4) else None,
            currency="CNY" if n % 100 == 50 else None,
            exchange_rate="1.000000" if n % 100 == 50 else None,
            handler=dice.pick(("李样会", "昝例计", "自助缴费机01")), checker="王虚核", ext=ext,
            supervisor_remark="示例批注\n仅供演示" if n % 125 == 60 else None,
            notify={"phone": telephone(dice) if dice.one_in(3) else None,
                    "email": f"payer{n}@example.com" if dice.one_in(10) else None},
            payee=SCHOOL_PAYEE if n % 10 == 0 else None))
    return drafts


# --- the registry

REGISTRY = {"name": "江苏省非税收入统一票据（电子）", "code": "32010126", "specimen": "3201012601",
            "area": AREA, "unit": {"code": credit_code("12", "00000002"), "name": "示例市不动产登记中心"}}
REGISTRY_PAYEE = {"name": "示例市非税收入汇缴专户", "account": "3200999900009000002",
                  "bank": "示例银行示例市分行营业部"}
HOUSE, OTHER, BOOK = "103043211", "103043212", "103043213"


def registry_items(dice, organised):
    fee = (counted(OTHER, "不动产登记费（非住宅类）", "件", dice.below(3) + 1, "550.00") if organised
           else counted(HOUSE, "不动产登记费（住宅类）", "件", 1, "80.00"))
    found = [fee]
    if organised and dice.one_in(3):
        found.append(counted(HOUSE, "不动产登记费（住宅类）", "件", dice.below(5) + 1, "80.00"))
    if organised or dice.one_in(2):
        found.append(counted(BOOK, "不动产权证书工本费", "本", dice.below(4) + 1, "10.00"))
    return found


def estate(dice, n, k, related):
    """One auxiliary item: where the property lies."""
    street = dice.pick(("虚构路", "样本大道", "试例巷 & 北弄", "𬭊苑 <二期>", "㙍头街"))
    where = f"示例市虚构区{street}{dice.below(300) + 1}号{dice.below(30) + 1}幢{dice.below(2500) + 101}室"
    lead = [["AuxItemRelatedCode", related["code"]], ["AuxItemRelatedName", related["name"]]]
    return (lead if k == 0 else []) + [
        ["AuxItemName", "坐落"], ["AuxItemRemark", where],
        ["AuxItemCode", f"{FICTIONAL_REGION}001001GB{n:05}F{k + 1:04}{dice.below(10000):04}"]]


def registry(count=40):
    dice, drafts = Dice(32010126), []
    for n in range(1, count + 1):
        organised = n % 5 == 2
        if organised:
            named = SPECIAL_ORGANISATIONS[n // 10 % len(SPECIAL_ORGANISATIONS)] if n % 10 == 2 else None
            payer = organisation(dice, 900000 + n, named)
        else:
            payer = person(dice, with_code=n % 4 == 0)
            if n % 9 == 0:
                payer["name"] = SPECIAL_PERSONS[(n // 9 * 3) % len(SPECIAL_PERSONS)]
        items = registry_items(dice, organised)
        drafts.append(draft(
            REGISTRY, f"registry-2026-{n:06}", payer, items,
            aux=[estate(dice, n, k, items[0]) for k in range(dice.below(3) + 1)],
            remark=f"首次登记\n共 {len(items)} 项" if n % 8 == 1 else ("转移登记" if n % 3 == 0 else None),
            pay_mode="51" if organised else None, biz_code=f"BDC-2026-{n:06}",
            pay_code=pay_code(900000 + n) if n % 2 else None,
            handler="陈例收", checker="𠮷样复",
            ext=[["acceptanceNumber", f"2026-{n:05}"]] if n % 3 else [],
            notify={"phone": telephone(dice) if n % 2 else None, "email": None},
            payee=REGISTRY_PAYEE if organised else None))
    return drafts


def text(drafts):
    return "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in drafts)


def check(drafts):
    """What a draft promises; a failure is a mistake in this file."""
    assert len({d["request_id"] for d in drafts}) == len(drafts)
    for d in drafts:
        assert 1 <= len(d["payer"]["name"]) <= MAX_NAME, d["payer"]["name"]
        assert d["payer"]["name"] == d["payer"]["name"].strip()
        assert 1 <= len(d["items"]) <= 4
        for i in d["items"]:
            assert len(i["amount"].split(".")[1]) == 2, i
            if i["quantity"] and i["standard"]:
                assert Decimal(i["quantity"]) * Decimal(i["standard"]) == Decimal(i["amount"]), i


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    parser.add_argument("--check", action="store_true",
                        help="write nothing; fail when the files differ from what would be written")
    args = parser.parse_args()
    differs = False
    for name, drafts in (("school.jsonl", school()), ("registry.jsonl", registry())):
        check(drafts)
        data, path = text(drafts).encode("utf-8"), args.out / name
        if args.check:
            same = path.exists() and path.read_bytes() == data
            print(name, "as written" if same else "differs")
            differs |= not same
        else:
            path.write_bytes(data)
            print(path, len(drafts))
    return 1 if differs else 0


if __name__ == "__main__":
    sys.exit(main())
