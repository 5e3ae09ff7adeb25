#![allow(clippy::unwrap_used)]
use super::*;
use crate::template::Body;
use crate::template::model::{Cell, InfoLine};

fn parse(changes: &str) -> Result<Template, Error> {
    Template::parse("t.toml", &format!("v = 1\nextends = \"general\"\n{changes}"))
}

fn cells<'t>(template: &'t Template, id: &str) -> &'t [Cell] {
    match &template.blocks.iter().find(|block| block.id == id).unwrap().body {
        Body::Rows(rows) => &rows.cells,
        _ => panic!("{id}"),
    }
}

fn lines(template: &Template) -> &[InfoLine] {
    let info = template.blocks.iter().find_map(|block| match &block.body {
        Body::Info(info) => Some(info),
        _ => None,
    });
    &info.unwrap().lines
}

fn captions<'t>(lines: impl IntoIterator<Item = &'t crate::template::Value>) -> Vec<&'t str> {
    lines.into_iter().map(|caption| caption.literals().next().unwrap_or_default()).collect()
}

fn ids(template: &Template) -> Vec<&str> {
    template.blocks.iter().map(|block| block.id.as_str()).collect()
}

#[test]
fn a_caption_is_renamed_and_the_rest_stays() {
    let template =
        parse("[[change]]\nblock = \"foot\"\npart = \"收款人：\"\nset = { caption = \"开票人：\", bold = true }\n")
            .unwrap();
    let base = parse("").unwrap();
    let (changed, before) = (cells(&template, "foot"), cells(&base, "foot"));
    assert_eq!(captions(changed.iter().map(|cell| &cell.caption)), ["收款单位（章）：", "复核人：", "开票人："]);
    assert_eq!(changed[..2], before[..2]);
    assert_eq!((&changed[2].value, changed[2].bold), (&before[2].value, true));
    assert_ne!(template.digest(), base.digest());
    // Both lines of that caption: of an organisation, and of a person without a code.
    let twice =
        parse("[[change]]\nblock = \"parties\"\npart = \"交款人统一社会信用代码：\"\nset = { caption = \"代码：\" }\n");
    let twice = twice.unwrap();
    let parties = captions(cells(&twice, "parties").iter().map(|cell| &cell.caption));
    assert_eq!((parties[2], parties[3], parties[4]), ("代码：", "交款人身份证件号码：", "代码："));
}

#[test]
fn a_part_is_named_by_caption_value_or_both() {
    for name in ["交款方式：", "{PayMode}", "交款方式：{PayMode}"] {
        let template = parse(&format!("[[change]]\nblock = \"info\"\nremove = [\"{name}\"]\n")).unwrap();
        assert_eq!(captions(lines(&template).iter().map(|line| &line.caption))[3], "交款人账号：");
        assert_eq!(lines(&template).len(), 13);
    }
    // In the medical template two lines have this caption, and two have this value.
    let text = "v = 1\nextends = \"medical\"\n[[change]]\nblock = \"info\"\n\
                part = \"业务流水号：{ext:businessNumber}\"\nset = { caption = \"流水号：\" }\n";
    let medical = Template::parse("t", text).unwrap();
    let captions = captions(lines(&medical).iter().map(|line| &line.caption));
    assert_eq!(captions[1..4], ["业务流水号：", "流水号：", "医院业务流水号："]);
}

#[test]
fn lines_are_added_and_moved_beside_others() {
    let add = |beside: &str| {
        let text = format!(
            "[[change]]\nblock = \"info\"\n{beside}\nadd = [{{ caption = \"甲：\", value = \"1\" }}, {{ caption = \"乙：\", value = \"2\" }}]\n"
        );
        let template = parse(&text).unwrap();
        captions(lines(&template).iter().map(|line| &line.caption)).join("")
    };
    assert!(add("after = \"缴款码：\"").starts_with("缴款码：甲：乙：业务流水号："));
    assert!(add("before = \"缴款码：\"").starts_with("甲：乙：缴款码：业务流水号："));
    assert!(add("").ends_with("明细：甲：乙："));
    let moved = parse("[[change]]\nblock = \"info\"\npart = \"备注：\"\nbefore = \"缴款码：\"\n").unwrap();
    assert_eq!(captions(lines(&moved).iter().map(|line| &line.caption))[1..3], ["备注：", "缴款码："]);
    assert_eq!(lines(&moved).len(), 14);
}

#[test]
fn keys_of_a_block_change_and_blocks_move() {
    let template = parse("[[change]]\nblock = \"info\"\nset = { height = 15, columns = 2 }\n").unwrap();
    let info = template.blocks.iter().find_map(|block| match &block.body {
        Body::Info(info) => Some((info.height, info.columns, info.lines.len())),
        _ => None,
    });
    assert_eq!(info, Some((15_000, 2, 14)));
    let base = parse("").unwrap();
    for (beside, by) in [("after = \"info\"", 1), ("before = \"foot\"", 0)] {
        let moved = parse(&format!("[[change]]\nblock = \"sum\"\n{beside}\n")).unwrap();
        let (mut expected, other) = (ids(&base), if by == 1 { "info" } else { "foot" });
        expected.retain(|id| *id != "sum");
        let at = expected.iter().position(|id| *id == other).unwrap();
        expected.insert(at + by, "sum");
        assert_eq!(ids(&moved), expected);
    }
}

#[test]
fn widths_change_in_pairs_and_the_columns_of_sums_stay_theirs() {
    let pair = "[[change]]\nblock = \"items\"\npart = \"单位\"\nset = { width = 11 }\n\
                [[change]]\nblock = \"items\"\npart = \"数量\"\nset = { width = 21 }\n";
    let template = parse(pair).unwrap();
    let table = |template: &Template| {
        template.blocks.iter().find_map(|block| match &block.body {
            Body::Table(table) => Some(table.clone()),
            _ => None,
        })
    };
    let widths: Vec<_> = table(&template).unwrap().columns.iter().map(|column| column.width / 1000).collect();
    assert_eq!(widths, [26, 51, 11, 21, 25, 28, 32]);

    let index = "[[change]]\nblock = \"ID\"\nbefore = \"项目编码\"\n\
                 add = [{ caption = \"序号\", value = \"{ItemIndex}\", width = 10 }]\n\
                 [[change]]\nblock = \"ID\"\npart = \"项目名称\"\nset = { width = 41 }\n";
    let template = parse(&format!("{}{}", index.replace("ID", "items"), index.replace("ID", "item-list"))).unwrap();
    assert_eq!((table(&template).unwrap().more_column, template.lists[0].sum), (2, 6));
    assert_eq!(template.lists[0].columns.len(), 8);

    let error = parse("[[change]]\nblock = \"item-list\"\nremove = [\"金额（元）\"]\n").unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::TemplateValue, Some("change[0].remove")));
    assert_eq!(error.expected_text(), Some("another column in `sum_column` first"));
}

#[test]
fn changes_follow_one_another_through_several_templates() {
    let mut templates = crate::template::Templates::new();
    let rename = |from: &str, to: &str, base: &str| {
        format!(
            "v = 1\nextends = \"{base}\"\n[[change]]\nblock = \"foot\"\npart = \"{from}\"\nset = {{ caption = \"{to}\" }}\n"
        )
    };
    templates.add("a", &rename("收款人：", "开票人：", "general")).unwrap();
    templates.add("b", &rename("开票人：", "经办人：", "a")).unwrap();
    let (a, b) = (templates.get("a").unwrap().digest(), templates.get("b").unwrap().digest());
    assert_eq!(captions(cells(templates.get("b").unwrap(), "foot").iter().map(|cell| &cell.caption))[2], "经办人：");
    let error = templates.add("c", &rename("收款人：", "出纳：", "b")).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::TemplateUnknown, Some("change[0].part")));
    assert_eq!(error.expected_text(), Some("`收款单位（章）：` | `复核人：` | `经办人：`"));
    // What a page looks like depends on every file in the row.
    templates.add("a", &rename("收款人：", "开票人：", "general").replace("v = 1", "v = 1 ")).unwrap();
    templates.add("b", &rename("开票人：", "经办人：", "a")).unwrap();
    assert!(a != templates.get("a").unwrap().digest() && b != templates.get("b").unwrap().digest());
}

#[test]
fn changes_are_bounded() {
    let one = "[[change]]\nblock = \"foot\"\nset = { gap = 1 }\n";
    assert!(parse(&one.repeat(200)).is_ok());
    let error = parse(&one.repeat(201)).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::TemplateLimit, Some("change")));
    let add = "[[change]]\nblock = \"info\"\nadd = [{ value = \"1\" }]\n";
    let error = parse(&add.repeat(87)).unwrap_err();
    assert_eq!((error.code(), error.place().path.as_deref()), (Code::TemplateLimit, Some("change[86]")));
}
