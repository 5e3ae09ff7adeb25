//! What the parser of TOML files finds wrong. It says so in English only.

/// What is wrong.
const WRONG: &[(&str, &str)] = &[
    ("cannot recurse further; max recursion depth met", "嵌套过深"),
    ("recursion limit", "嵌套过深"),
    ("carriage return must be followed by newline", "回车符之后没有换行符"),
    ("duplicate key", "同一个键写了两次"),
    ("extra `=`", "多了 `=`"),
    ("extra assignment between key-value pairs", "多了 `=`"),
    ("extra comma in array", "数组中多了逗号"),
    ("extra comma in inline table", "行内表中多了逗号"),
    ("invalid basic string", "双引号文本的写法有误"),
    ("invalid boolean", "值的写法有误，文本须加引号"),
    ("invalid comment character", "注释中有不允许的字符"),
    ("invalid exponent", "指数的写法有误"),
    ("invalid fraction", "小数部分的写法有误"),
    ("invalid inline table element", "行内表的写法有误"),
    ("invalid key-value pair", "键值的写法有误"),
    ("invalid literal string", "单引号文本的写法有误"),
    ("invalid multi-line basic string", "多行双引号文本的写法有误"),
    ("invalid multi-line literal string", "多行单引号文本的写法有误"),
    ("invalid unquoted key", "键名须加引号"),
    ("invalid value", "值的写法有误"),
    ("key with no value", "只有键，没有值"),
    ("keys cannot be multi-line basic strings", "键名不能分行"),
    ("keys cannot be multi-line literal strings", "键名不能分行"),
    ("missing assignment between key-value pairs", "键与值之间缺少 `=`"),
    ("missing comma between array elements", "数组元素之间缺少逗号"),
    ("missing escaped value", "反斜杠之后的写法有误；路径请用单引号"),
    ("missing comma between key-value pairs", "键值之间缺少逗号"),
    ("missing key for inline table element", "行内表中缺少键名"),
    ("missing opening quote", "缺少前引号"),
    ("missing value", "缺少值"),
    ("missing value for key", "键没有值"),
    ("string values must be quoted", "文本须加引号"),
    ("too few unicode value digits", "字符编号的位数不足"),
    ("unclosed array", "数组缺少 `]`"),
    ("unclosed array table", "缺少 `]]`"),
    ("unclosed inline table", "行内表缺少 `}`"),
    ("unclosed table", "缺少 `]`"),
    ("unexpected `=` in array", "数组中有 `=`"),
    ("unexpected content", "有多余的内容"),
    ("unexpected content between comment and newline", "注释之后有多余的内容"),
    ("unexpected key or value", "有多余的键或值"),
    ("unexpected leading zero", "数字以 0 开头"),
    ("unquoted keys cannot be empty", "缺少键名"),
    ("cannot extend value of type array with a dotted key", "同一个键写了两次"),
    ("cannot extend value of type inline table with a dotted key", "同一个键写了两次"),
];

/// What should stand there.
const EXPECTED: &[(&str, &str)] = &[
    ("nothing", "无内容"),
    ("newline", "换行"),
    ("key", "键"),
    ("value", "值"),
    ("numbers", "数字"),
    ("digits", "数字"),
    ("letters", "字母"),
    ("characters", "字符"),
    ("string", "文本"),
    ("basic string", "双引号文本"),
    ("literal string", "单引号文本"),
    ("printable characters", "可见字符"),
    ("unicode hexadecimal value", "字符编号"),
];

/// What the parser says, in Chinese; its own words, quoted, where they are not known.
pub(crate) fn in_chinese(message: &str) -> String {
    let (wrong, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let Some((_, zh)) = WRONG.iter().find(|(en, _)| *en == wrong) else {
        return match super::in_chinese(message) {
            zh if zh != message => zh.into_owned(),
            // Its own accents would end the quotation.
            _ => format!("`{}`", message.replace('`', "'")),
        };
    };
    if expected.is_empty() {
        return (*zh).to_owned();
    }
    let word = |text: &str| match EXPECTED.iter().find(|(en, _)| *en == text) {
        Some((_, zh)) => (*zh).to_owned(),
        None if text.starts_with('`') => text.to_owned(),
        None => format!("`{text}`"),
    };
    let expected: Vec<_> = expected.split(", ").map(word).collect();
    format!("{zh}，可用 {}", expected.join("、"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_are_chinese_and_others_quoted() {
        for (message, zh) in [
            ("key with no value, expected `=`", "只有键，没有值，可用 `=`"),
            ("unexpected key or value, expected newline, `#`", "有多余的键或值，可用 换行、`#`"),
            ("duplicate key", "同一个键写了两次"),
            ("bytes that are not UTF-8", "不是 UTF-8 的字节"),
            ("words of tomorrow, expected `x`", "`words of tomorrow, expected 'x'`"),
            ("missing value, expected words", "缺少值，可用 `words`"),
        ] {
            assert_eq!(in_chinese(message), zh);
        }
    }

    #[test]
    fn the_parser_says_what_is_known() {
        for text in
            ["a", "a = [", "a = 1\na = 2", "a = x", "[a", "a = {b", "a = 1 b = 2", "= 1", "a = [1 2]", "a = \"x"]
        {
            let error = ::toml::from_str::<::toml::Table>(text).map(drop).map_err(|error| in_chinese(error.message()));
            let said = error.err().unwrap_or_default();
            assert!(!said.is_empty() && !said.starts_with('`'), "{text}: {said}");
        }
    }
}
