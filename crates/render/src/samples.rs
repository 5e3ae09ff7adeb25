//! Receipts for tests: ordinary ones, and those at the edges of what a receipt can hold.
//!
//! Nothing is real: names say so (示例, 样本, 虚构), identity numbers lie in region 329999, which GB/T 2260 does not
//! know. The same calls give the same values.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub, missing_docs)]

use czei_core::{
    Amount, AreaCode, AuxItem, CheckCode, Content, Decimal, Extension, IssueDate, IssueTime, Item, ItemCode, PayCode,
    Payee, Payer, PayerKind, Quantity, ReceiptCode, ReceiptNumber, Related, Remark, SpecimenCode, Standard, Text, Unit,
    XmlName,
};

/// Every sample with a short name, in a fixed order.
pub fn all() -> Vec<(&'static str, Content)> {
    vec![
        ("general", general()),
        ("general-one-item", general_one_item()),
        ("general-person", general_person()),
        ("medical", medical()),
        ("medical-inpatient", medical_inpatient()),
        ("medical-red", red_of(medical())),
        ("notice", notice()),
        ("red", red()),
        ("bare", bare()),
        ("limits", limits()),
        ("limits-red", red_of(limits())),
        ("limits-medical", limits_medical()),
        ("long-remark", long_remark()),
        ("rare", rare()),
    ]
}

/// A general receipt with five items for an organisation.
pub fn general() -> Content {
    Content {
        items: vec![
            item("103044608", "普通高中学费", "个", "3", "850.00", "2550.00"),
            item("103044609", "普通高中住宿费", "人·学期", "3", "300.00", "900.00"),
            item("103044612", "教材费", "套", "3", "186.50", "559.50"),
            item("103044615", "校服费（春秋装、夏装各一套）", "套", "3", "240.00", "720.00"),
            item("103044699", "考试报名费", "人次", "12", "45.00", "540.00"),
        ],
        total: amount("5269.50"),
        remark: Some(Remark::new("2026 年秋季学期。\n如需退费，请于开票之日起三十日内持本票据办理。").unwrap()),
        pay_code: Some(PayCode::read("32060026010000000017").unwrap()),
        biz_code: Some(text("XS2026-09-000318")),
        ..base("32010126", "0013933922", "江苏省非税收入统一票据（电子）")
    }
}

/// A general receipt with one item and neither quantity nor standard.
pub fn general_one_item() -> Content {
    Content {
        items: vec![Item {
            unit: None,
            quantity: None,
            standard: None,
            ..item("103042307", "不动产登记费", "件", "1", "80.00", "80.00")
        }],
        total: amount("80.00"),
        ..base("32010126", "0013933923", "江苏省非税收入统一票据（电子）")
    }
}

/// A general receipt for a person with an identity number.
pub fn general_person() -> Content {
    Content { payer: person("样例甲"), number: ReceiptNumber::parse("0013933924").unwrap(), ..general() }
}

/// An outpatient receipt with 40 auxiliary items and every extension known of medical receipts.
pub fn medical() -> Content {
    let aux = (1..=40)
        .map(|index: u32| {
            let (name, unit, fen) = MEDICINES[index as usize % MEDICINES.len()];
            let quantity = index % 4 + 1;
            AuxItem {
                fields: vec![
                    ext("AuxItemRelatedCode", if index <= 25 { "A03" } else { "A07" }),
                    ext("AuxItemRelatedName", if index <= 25 { "西药费" } else { "化验费" }),
                    ext("AuxItemCode", &format!("{:06}", 860_000 + index)),
                    ext("AuxItemName", name),
                    ext("AuxItemQuantity", &quantity.to_string()),
                    ext("AuxItemUnit", unit),
                    ext("AuxItemStd", &yuan(fen)),
                    ext("AuxItemRemark", if index.is_multiple_of(3) { "乙类，自付 10%" } else { "甲类" }),
                    ext("AuxItemAmount", &yuan(fen * i64::from(quantity))),
                ],
            }
        })
        .collect::<Vec<_>>();
    let sum_of = |related: &str| {
        let of = |aux: &AuxItem, name: &str| {
            aux.fields.iter().find(|field| field.name.as_str() == name).unwrap().text.clone()
        };
        Amount::sum(
            aux.iter()
                .filter(|aux| of(aux, "AuxItemRelatedCode") == related)
                .map(|aux| amount(&of(aux, "AuxItemAmount"))),
        )
        .unwrap()
    };
    let (drugs, tests) = (sum_of("A03"), sum_of("A07"));
    let fee = amount("50.00");
    let item_of = |code: &str, name: &str, amount: Amount| Item {
        standard: None,
        amount,
        ..item(code, name, "项", "1", "0.00", "0.00")
    };
    Content {
        items: vec![item_of("A01", "诊察费", fee), item_of("A03", "西药费", drugs), item_of("A07", "化验费", tests)],
        total: Amount::sum([fee, drugs, tests]).unwrap(),
        payer: person("虚构乙"),
        unit: Unit { name: text("示例市第一人民医院"), ..base_unit() },
        biz_code: Some(text("MZ202611220000417")),
        ext: vec![
            ext("gender", "女"),
            ext("medicalDate", "20261122"),
            ext("medicalInsuranceID", "32999900001234567890"),
            ext("medicalInsuranceType", "城镇职工基本医疗保险"),
            ext("orgType", "三级甲等综合医院"),
            ext("patientNumber", "0004170093"),
            ext("departmentName", "呼吸内科"),
            ext("fundPayAmount", "812.40"),
            ext("otherPayAmount", "0.00"),
            ext("accountPayAmount", "203.10"),
            ext("ownPayAmount", "100.00"),
            ext("selfpaymentAmount", "60.00"),
            ext("selfpaymentCost", "40.00"),
            ext("businessNumber", "202611220000417"),
            ext("businessDate", "20261122"),
        ],
        aux,
        ..base("32060126", "0000417093", "江苏省医疗门诊收费票据（电子）")
    }
}

/// An inpatient receipt with 14 items, the second column group of the table included, and no list of details.
pub fn medical_inpatient() -> Content {
    let names = [
        "床位费",
        "诊察费",
        "检查费",
        "化验费",
        "治疗费",
        "手术费",
        "护理费",
        "卫生材料费",
        "西药费",
        "中成药费",
        "中草药费",
        "一般诊疗费",
        "挂号费",
        "其他住院收费",
    ];
    let items: Vec<_> = names
        .iter()
        .zip(1_i64..)
        .map(|(name, index)| Item {
            amount: Amount::from_fen(index * 12_345).unwrap(),
            standard: None,
            ..item(&format!("B{index:02}"), name, "项", &index.to_string(), "0.00", "0.00")
        })
        .collect();
    Content {
        total: Amount::sum(items.iter().map(|item| item.amount)).unwrap(),
        items,
        payer: person("样本丙"),
        unit: Unit { name: text("示例市第一人民医院"), ..base_unit() },
        ext: vec![
            ext("Gender", "男"),
            ext("hospitalizationNumber", "ZY0001234"),
            ext("caseNumber", "BA-2026-00981"),
            ext("departmentName", "骨科"),
            ext("inHospitalDate", "20261103"),
            ext("outHospitalDate", "20261121"),
            ext("prepayAmount", "10000.00"),
            ext("rechargeAmount", "2962.25"),
            ext("refundAmount", "0.00"),
            ext("fundPayAmount", "9000.00"),
            ext("wardName", "东楼 5 病区"),
        ],
        ..base("32060226", "0000033871", "江苏省医疗住院收费票据（电子）")
    }
}

/// A payment notice with both accounts.
pub fn notice() -> Content {
    Content {
        items: vec![
            item("103043001", "国有土地使用权出让收入", "亩", "1", "1250000.00", "1250000.00"),
            item("103043002", "土地闲置费", "平方米", "120", "35.00", "4200.00"),
        ],
        total: amount("1254200.00"),
        unit: Unit {
            name: text("示例市自然资源和规划局"),
            payee: Payee {
                name: Some(text("示例市财政局非税收入汇缴专户")),
                account: Some(text("3209999000001234567")),
                bank: Some(text("示例银行示例市分行营业部")),
            },
            ..base_unit()
        },
        pay_code: Some(PayCode::read("32060026010000000033").unwrap()),
        remark: Some(Remark::new("逾期不缴的，每日按应缴款的千分之一加收滞纳金。").unwrap()),
        ..base("32990126", "0000000021", "江苏省非税收入一般缴款通知书（电子）")
    }
}

/// The red receipt of [`general`].
pub fn red() -> Content {
    red_of(general())
}

/// The red receipt of a receipt.
pub fn red_of(blue: Content) -> Content {
    let aux = blue
        .aux
        .into_iter()
        .map(|aux| AuxItem {
            fields: aux
                .fields
                .into_iter()
                .map(|field| match field.name.as_str() {
                    "AuxItemAmount" | "AuxItemQuantity" => Extension { text: format!("-{}", field.text), ..field },
                    _ => field,
                })
                .collect(),
        })
        .collect();
    Content {
        related: Some(Related { code: blue.code, number: blue.number }),
        number: ReceiptNumber::parse("0013940007").unwrap(),
        check_code: CheckCode::parse("c41f08").unwrap(),
        remark: Some(Remark::new("缴款人信息有误，全额冲红。").unwrap()),
        total: -blue.total,
        items: blue
            .items
            .into_iter()
            .map(|item| Item {
                amount: -item.amount,
                quantity: item.quantity.map(|quantity| quantity.negate()),
                ..item
            })
            .collect(),
        aux,
        ..blue
    }
}

/// No optional field at all.
pub fn bare() -> Content {
    Content {
        payer: Payer { kind: PayerKind::Person, code: None, name: text("例"), account: None, bank: None },
        items: vec![Item {
            unit: None, quantity: None, standard: None, ..item("1", "费", "件", "1", "0.01", "0.01")
        }],
        total: amount("0.01"),
        ..base("32010126", "0013933925", "票")
    }
}

/// Every field at its limit: names of 100 characters, 15-digit amounts, 999 items and as many auxiliary items.
pub fn limits() -> Content {
    let mut items: Vec<_> = (1..=999)
        .map(|index: u32| Item {
            remark: Some(text(&"备注".repeat(50))),
            ..item(
                &format!("{index:030}"),
                &format!("{index:03}{}", "虚构项目名".repeat(20).chars().skip(3).collect::<String>()),
                &"计量单位样".repeat(6),
                "99999999",
                "1000000000.00",
                "1000000000.00",
            )
        })
        .collect();
    items[0].amount = amount("999000000000000.00");
    items[0].standard = Some(Standard::Amount(amount("999999999999999.99")));
    items[1].name = text(&"W".repeat(100));
    let total = Amount::sum(items.iter().map(|item| item.amount)).unwrap();
    let aux = (1..=999)
        .map(|index: u32| AuxItem {
            fields: vec![
                ext("AuxItemRelatedName", &"虚构".repeat(50)),
                ext("AuxItemName", &format!("{index:03}{}", "样".repeat(97))),
                ext("AuxItemQuantity", "99999999"),
                ext("AuxItemUnit", "片"),
                ext("AuxItemStd", "999999999999999.99"),
                ext("AuxItemAmount", "999999999999999.99"),
            ],
        })
        .collect();
    let longest = |word: &str| word.repeat(100).chars().take(100).collect::<String>();
    Content {
        items,
        total,
        aux,
        payer: Payer {
            kind: PayerKind::Organisation,
            code: Some(text(&"9".repeat(30))),
            name: text(&longest("虚构样本科技发展有限公司")),
            account: Some(text(&"8".repeat(50))),
            bank: Some(text(&longest("示例银行"))),
        },
        unit: Unit {
            code: text(&"1".repeat(30)),
            name: text(&longest("示例市执收单位")),
            payee: Payee {
                name: Some(text(&longest("收款人"))),
                account: Some(text(&"7".repeat(50))),
                bank: Some(text(&longest("开户行"))),
            },
        },
        pay_mode: Some(text("10")),
        biz_code: Some(text(&"B".repeat(32))),
        currency: Some(text(&longest("币种"))),
        exchange_rate: Some(Decimal::parse("1234567.123456").unwrap()),
        remark: Some(Remark::new(longest("备注，")).unwrap()),
        supervisor_remark: Some(Remark::new(longest("财政备注；")).unwrap()),
        handler: text(&"经".repeat(20)),
        checker: text(&"核".repeat(20)),
        pay_code: Some(PayCode::read(&"3".repeat(20)).unwrap()),
        ext: (1..=30).map(|index: u32| ext(&format!("x{}{index:02}", "n".repeat(97)), &longest("扩展"))).collect(),
        ..base("32010126", "9999999999", &longest("江苏省非税收入统一票据"))
    }
}

/// [`limits`] as a medical receipt.
pub fn limits_medical() -> Content {
    Content { code: ReceiptCode::parse("32060126").unwrap(), ..limits() }
}

/// A remark of 64 KiB, and an extension of 2,000 characters.
pub fn long_remark() -> Content {
    let sentence = "本票据所列费用依照示例市收费目录收取，明细另附；退费须凭原件（复印件无效）于三十日内办理。";
    let mut remark = sentence.repeat(Remark::MAX_BYTES / sentence.len());
    remark.push_str(&"x".repeat(Remark::MAX_BYTES - remark.len()));
    Content {
        remark: Some(Remark::new(remark).unwrap()),
        ext: vec![ext("note", &"二千字的姓名".repeat(400).chars().take(2000).collect::<String>())],
        ..general()
    }
}

/// Names with rare characters of planes 0 and 2, one with a variation selector, and PDF's own markup in texts.
pub fn rare() -> Content {
    let general = general();
    Content {
        payer: Payer { name: text("昝𠮷䶮·𪚥葛\u{E0101}"), ..person("例") },
        handler: text("㛃例"),
        checker: text("𬭎样"),
        remark: Some(Remark::new(") Tj \\ endobj << /Type /Page >> stream\n(未闭合").unwrap()),
        unit: Unit { name: text("示例市“A&B”<虚构>服务中心"), ..general.unit },
        ..general
    }
}

/// A receipt with what every receipt has, and nothing more.
pub fn base(code: &str, number: &str, name: &str) -> Content {
    Content {
        version: text("1.1.0"),
        name: text(name),
        code: ReceiptCode::parse(code).unwrap(),
        number: ReceiptNumber::parse(number).unwrap(),
        check_code: CheckCode::parse("07892e").unwrap(),
        specimen: SpecimenCode::parse(&format!("{code}01")).unwrap(),
        area: AreaCode::parse("320600").unwrap(),
        total: Amount::ZERO,
        issue_date: IssueDate::parse("20261122").unwrap(),
        issue_time: IssueTime::parse("10:15:30").unwrap(),
        unit: base_unit(),
        payer: Payer {
            kind: PayerKind::Organisation,
            code: Some(text("91329999MA0000123X")),
            name: text("示例市样本科技有限公司"),
            account: None,
            bank: None,
        },
        pay_mode: None,
        biz_code: None,
        currency: None,
        exchange_rate: None,
        remark: None,
        handler: text("样例丁"),
        checker: text("虚拟戊"),
        supervisor_remark: None,
        related: None,
        pay_code: None,
        ext: Vec::new(),
        unit_seal: None,
        authority_seal: None,
        items: Vec::new(),
        aux: Vec::new(),
    }
}

/// A person with an identity number.
pub fn person(name: &str) -> Payer {
    Payer {
        kind: PayerKind::Person,
        code: Some(text("329999190001016735")),
        name: text(name),
        account: None,
        bank: None,
    }
}

/// An item of the table.
pub fn item(code: &str, name: &str, unit: &str, quantity: &str, standard: &str, amount_text: &str) -> Item {
    Item {
        code: ItemCode::parse(code).unwrap(),
        name: text(name),
        amount: amount(amount_text),
        unit: Some(text(unit)),
        quantity: Some(Quantity::parse(quantity).unwrap()),
        standard: Some(Standard::Amount(amount(standard))),
        remark: None,
        ext: Vec::new(),
    }
}

/// An extension.
pub fn ext(name: &str, text: &str) -> Extension {
    Extension { name: XmlName::new(name).unwrap(), text: text.to_owned() }
}

/// A text of a receipt.
pub fn text<const MIN: usize, const MAX: usize>(text: &str) -> Text<MIN, MAX> {
    Text::new(text).unwrap()
}

/// An amount.
pub fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn base_unit() -> Unit {
    Unit { code: text("12329999000000123A"), name: text("示例市实验中学"), payee: Payee::default() }
}

fn yuan(fen: i64) -> String {
    Amount::from_fen(fen).unwrap().to_string()
}

/// Invented goods with unit and price in fen.
const MEDICINES: [(&str, &str, i64); 8] = [
    ("样本西林胶囊 0.25g×24 粒", "盒", 1860),
    ("虚构他定片 10mg×7 片", "盒", 3275),
    ("示例氯化钠注射液 250ml:2.25g", "瓶", 420),
    ("一次性使用静脉输液针 0.7mm", "支", 155),
    ("血常规五分类（静脉血，仪器法）", "次", 2000),
    ("例化止咳糖浆 120ml", "瓶", 1290),
    ("C-反应蛋白测定（免疫比浊法）", "项", 3500),
    ("拟诺拉唑肠溶片 20mg×14 片", "盒", 4890),
];

#[test]
fn totals_are_the_sums_of_the_items() {
    for (name, content) in all() {
        assert_eq!(content.total, Amount::sum(content.items.iter().map(|item| item.amount)).unwrap(), "{name}");
    }
}
