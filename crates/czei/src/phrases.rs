//! What was expected and what was found, in Chinese where it is words. Values stay as they are.

use std::borrow::Cow;

mod print;
pub(crate) mod toml;

/// The whole text.
const WHOLE: &[(&str, &str)] = &[
    // Settings.
    ("1 or more", "至少 1 项"),
    ("1 to 30 characters", "1 至 30 个字符"),
    ("1 to 6 digits", "1 至 6 位数字"),
    ("1 to 65536 bytes", "1 至 65536 字节"),
    ("a path", "路径"),
    ("an absolute path", "绝对路径"),
    ("1 to 64 of A-Z a-z 0-9 . _ : -", "1 至 64 个字符，限 A-Z a-z 0-9 . _ : -"),
    ("128 hex characters", "128 个十六进制字符"),
    ("a socket", "套接字"),
    ("a file", "普通文件"),
    ("a folder", "目录"),
    ("a link", "链接"),
    ("greeting", "等待问候"),
    ("connecting", "正在连接"),
    ("a whole number", "整数"),
    ("a table", "表"),
    ("a string", "文本"),
    ("a boolean", "`true` 或 `false`"),
    ("a sequence", "数组"),
    ("an object", "对象"),
    ("key must be a string", "键须为文本"),
    ("invalid unicode code point", "无效的 Unicode 字符"),
    ("incomplete deflate stream", "压缩数据不完整"),
    ("string | datetime", "文本 | 日期时间"),
    ("map", "表"),
    ("integer", "整数"),
    ("boolean", "布尔值"),
    ("sequence", "数组"),
    ("* only after the last /", "* 只能在最后一个 / 之后"),
    ("sm3: and 64 hex characters", "sm3: 加 64 个十六进制字符"),
    ("bytes that are not UTF-8", "不是 UTF-8 的字节"),
    // Archives.
    ("CRC-32", "CRC-32 不符"),
    ("a member is cut off", "成员不完整"),
    ("cut off", "内容不完整"),
    ("data after the end mark", "结束标记之后还有数据"),
    ("encrypted", "已加密"),
    ("header checksum", "文件头校验和不符"),
    ("header is cut off", "文件头不完整"),
    ("no end mark", "没有结束标记"),
    ("no end record", "没有结束记录"),
    ("no member where the table says", "目录所指之处没有成员"),
    ("no tar archive inside gzip", "gzip 内不是 tar"),
    ("overlapping members", "成员互相重叠"),
    ("pax header", "pax 文件头"),
    ("size", "大小不符"),
    ("table of members", "成员目录"),
    ("two end records", "有两个结束记录"),
    ("zip64 end record", "zip64 结束记录"),
    // Stock and ledger.
    ("a manifest", "清单文件"),
    ("stock", "号码库"),
    ("ledger", "财政台账"),
    ("no file", "不是文件"),
    ("no right to write", "没有写权限"),
    ("the file was deleted or replaced", "文件被删除或替换"),
    ("the log was not closed", "预写日志没有关闭"),
    ("the mark of a stock", "号码库的存证标记"),
    ("the mark that is to be used, by name", "指明要用的存证标记"),
    ("the path is not UTF-8", "路径不是 UTF-8"),
    ("the text that was noted", "当时存证的文本"),
    ("the transaction was rolled back", "事务已回滚"),
    // Keys.
    ("password", "口令"),
    ("one key a label", "每个标签对应一个密钥"),
];

/// The beginning of a text before a value.
const STARTS: &[(&str, &str)] = &[
    ("string ", "文本 "),
    ("an integer of at most ", "整数，至多 "),
    ("integer ", "整数 "),
    ("floating point ", "小数 "),
    ("boolean ", "布尔 "),
    ("method ", "方法 "),
    ("next at least ", "下一号至少为 "),
    ("segment ", "号段 "),
    ("row ", "行 "),
    ("unit ", "单位 "),
    ("generation ", "代 "),
    ("schema ", "结构版本 "),
    ("application id ", "应用标识 "),
    // Printed receipts.
    ("at most ", "至多 "),
    ("on the first page: ", "首页有 "),
    ("on each page after the first: ", "首页之后每页有 "),
    ("on the first page of red receipts: ", "红票首页有 "),
    ("a place on the first page for ", "首页有位置印 "),
    ("a column with ", "有一栏印 "),
    ("`sum_column` from ", "`sum_column` 为 "),
    ("`more_column` from ", "`more_column` 为 "),
    ("blocks of the body that need ", "正文各区块所需高度至多 "),
    ("at least ", "至少 "),
    ("an area apart from ", "不与该区块重叠的位置："),
    ("a character that ends ", "分隔 "),
    ("unitsPerEm ", "`unitsPerEm` "),
    ("fsType ", "`fsType` "),
    ("table ", "表 "),
    // What the operating system says.
    ("No such file or directory", "文件或目录不存在"),
    ("Permission denied", "没有权限"),
    ("Operation not permitted", "不允许的操作"),
    ("Is a directory", "是一个目录"),
    ("Not a directory", "不是目录"),
    ("Directory not empty", "目录非空"),
    ("File exists", "文件已存在"),
    ("No space left on device", "磁盘已满"),
    ("Read-only file system", "文件系统只读"),
    ("Input/output error", "磁盘读写错误"),
];

/// The end of a text behind a value.
const ENDS: &[(&str, &str)] = &[
    (" bytes of padding", " 字节填充"),
    (" bytes of header", " 字节文件头"),
    (" bytes", " 字节"),
    (" fields", " 个字段"),
    (" visible characters", " 个可见字符"),
    (" characters", " 个字符"),
    (" digits", " 位数字"),
    (" days", " 天"),
    // Printed receipts.
    (" blocks", " 个区块"),
    (" lists", " 个清单"),
    (" templates", " 个版式"),
    (" upon one another", " 层"),
    (" mm missing", " 毫米放不下"),
    (" mm at most", " 毫米"),
    (" mm", " 毫米"),
    (" µm", " 微米"),
    (" pixels", " 像素"),
    (" beyond the end of the file", " 超出文件末尾"),
    (", such as `&`", " 的字符，如 `&`"),
    (", restricted licence embedding", "，许可证限制嵌入"),
    (", no subsetting", "，不允许取子集"),
    (", bitmap embedding only", "，只允许嵌入点阵"),
    // Where a number is.
    (" free", " 未使用"),
    (" pending", " 未领入"),
    (" reserved", " 已占号"),
    (" signed", " 已签名"),
    (" issued", " 已开具"),
    (" voided", " 已作废"),
    (" unknown", " 待核实"),
    (" returned", " 已退回"),
    (" stranger", " 不在本库"),
    (" claimed", " 已受理"),
    (" not countersigned", " 财政未签名"),
    (" countersigned", " 财政已签名"),
];

/// What stands between two values.
const BETWEEN: &[(&str, &str)] = &[
    (" characters: ", " 个字符："),
    (" digits from ", " 位数字，自 "),
    (" from ", " 自 "),
    (" to ", " 至 "),
    (" exchanged for ", " 已换开为 "),
];

/// The text in Chinese: whole, or what stands before, between and behind values. What is quoted by grave accents stays.
pub(crate) fn in_chinese(text: &str) -> Cow<'_, str> {
    if let Some((_, zh)) = WHOLE.iter().chain(print::WHOLE).find(|(en, _)| *en == text) {
        return Cow::Borrowed(zh);
    }
    if text.starts_with('`') && text.ends_with('`') {
        return Cow::Borrowed(text);
    }
    if text.starts_with("U+") {
        return Cow::Owned(characters_in_chinese(text));
    }
    let ends = ends_in_chinese(text);
    // A value is known by its digit: names of people and units stay as they are.
    let between = |text: &str, (en, zh): &(&str, &str)| match text.split_once(en) {
        Some((before, after)) if before.ends_with(|c: char| c.is_ascii_digit()) => Some(format!("{before}{zh}{after}")),
        _ => None,
    };
    BETWEEN.iter().fold(ends, |text, pair| between(&text, pair).map_or(text, Cow::Owned))
}

/// Characters and where they stand: `U+20000 𠀀 in PayerPartyName, character 1; …`, `U+202E, character 2 of 张…`.
fn characters_in_chinese(text: &str) -> String {
    let one = |text: &str| {
        let (head, behind) = text.split_once(", character ")?;
        let end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
        let (number, tail) = behind.split_at(end);
        let place = head.split_once(" in ").map_or((head, String::new()), |(character, place)| {
            (character, format!("{} ", if place == "the template" { "版式" } else { place }))
        });
        // What is quoted behind it stays as it is.
        let tail = tail.strip_prefix(" of ").map_or(tail.to_owned(), |tail| format!("：{tail}"));
        Some(format!("{}，{}第 {number} 个字符{tail}", place.0, place.1))
    };
    let parts = text.split("; U+").enumerate();
    let parts = parts.map(|(index, part)| if index == 0 { part.to_owned() } else { format!("U+{part}") });
    parts.map(|part| one(&part).unwrap_or(part)).collect::<Vec<_>>().join("；")
}

fn ends_in_chinese(text: &str) -> Cow<'_, str> {
    let start = STARTS.iter().find_map(|(en, zh)| Some((*zh, text.strip_prefix(en)?)));
    let (zh, rest) = start.unwrap_or(("", text));
    let end = ENDS.iter().find_map(|(en, zh)| Some((rest.strip_suffix(en)?, *zh)));
    match (zh, end) {
        ("", None) => Cow::Borrowed(text),
        (zh, Some((rest, end))) => Cow::Owned(format!("{zh}{rest}{end}")),
        (zh, None) => Cow::Owned(format!("{zh}{rest}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_chinese_and_values_stay() {
        for (text, zh) in [
            ("1 or more", "至少 1 项"),
            ("integer `7`", "整数 `7`"),
            ("No such file or directory (os error 2)", "文件或目录不存在 (os error 2)"),
            ("32010126-0000000001 signed", "32010126-0000000001 已签名"),
            ("512 bytes of padding", "512 字节填充"),
            ("512 bytes", "512 字节"),
            ("signed", "signed"),
            ("10 digits from 0000000001 to 9999999999", "10 位数字，自 0000000001 至 9999999999"),
            ("segment 4 from 0000010002", "号段 4 自 0000010002"),
            ("32010126-0000000001 exchanged for 苏A-1", "32010126-0000000001 已换开为 苏A-1"),
            ("Letters from Home", "Letters from Home"),
            ("size", "大小不符"),
            ("`size`", "`size`"),
            ("`1 to 2 days`", "`1 to 2 days`"),
            ("at most 64 blocks", "至多 64 个区块"),
            ("某单位", "某单位"),
            ("2000 characters: 赵甲", "2000 个字符：赵甲"),
            ("an integer of at most 8 digits", "整数，至多 8 位数字"),
            ("U+202E, character 2 of 张 in 三, character 9", "U+202E，第 2 个字符：张 in 三, character 9"),
            (
                "U+20000 𠀀 in PayerPartyName, character 1; U+20001 in the template, character 22",
                "U+20000 𠀀，PayerPartyName 第 1 个字符；U+20001，版式 第 22 个字符",
            ),
            ("", ""),
        ] {
            assert_eq!(in_chinese(text), zh, "{text}");
        }
    }

    #[test]
    fn a_longer_phrase_comes_before_one_that_it_holds() {
        for (table, holds) in
            [(STARTS, str::starts_with as fn(&'static str, &'static str) -> bool), (ENDS, str::ends_with)]
        {
            for (index, (later, _)) in table.iter().enumerate() {
                assert!(!table[..index].iter().any(|(earlier, _)| holds(later, earlier)), "{later}");
            }
        }
    }
}
