//! Every error and finding of this crate. 3000–3099 values, 3100–3299 reading XML,
//! 3300–3499 drafts and issuing; 5000–5999 findings of the verifier.

czei_codes::code_table! {
    /// What can go wrong in `czei-core`, and what the verifier can find.
    pub enum Code in "core", 3000..=5999 {
        // ---- 3000–3099 values ----
        /// An amount is not a plain decimal with two decimals and at most 15 integer digits.
        Amount = 3001, "amount", Input, Error {
            zh: "金额格式不正确", en: "The amount is malformed",
            why: "金额须为元，至多 15 位整数、恰好 2 位小数，不带千分位或多余的零" /
                 "An amount is in yuan with at most 15 integer digits and exactly 2 decimals, without separators or superfluous zeros",
            advice: "请改为形如 80.00 的写法" / "Write it like 80.00",
            clause: "财综〔2017〕32号 数据类型 Currency",
        },
        /// An amount, or a sum of amounts, lies beyond ±999999999999999.99.
        AmountRange = 3002, "amount-range", Input, Error {
            zh: "金额超出范围", en: "The amount is out of range",
            why: "金额或合计超过 ±999999999999999.99 元（15 位整数、2 位小数）" /
                 "The amount or the sum lies beyond ±999999999999999.99 yuan (15 integer digits, 2 decimals)",
            advice: "请核对各项金额与数量" / "Check the single amounts and quantities",
            clause: "财综〔2017〕32号 数据类型 Currency",
        },
        /// A text is not an amount in Chinese capitals.
        Capitals = 3003, "capitals", Input, Error {
            zh: "中文大写金额不正确", en: "The amount in Chinese capitals is malformed",
            why: "大写金额的字、单位次序、零或整的用法不符合填写规定" /
                 "A character, the order of units, or the use of 零 or 整 does not follow the rules for filling in amounts",
            advice: "请改为形如 壹拾叁元零伍分 的写法" / "Write it like 壹拾叁元零伍分",
            clause: "《支付结算办法》附一 正确填写票据和结算凭证的基本规定",
        },
        /// A decimal is not a plain decimal of at most 18 integer digits and 8 decimals.
        Decimal = 3004, "decimal", Input, Error {
            zh: "小数格式不正确", en: "The decimal is malformed",
            why: "小数只能由可选的符号、1 至 18 位整数和至多 8 位小数组成，不得使用千分位或科学计数法" /
                 "A decimal has an optional sign, 1 to 18 integer digits and at most 8 decimals, no separators and no exponent",
            advice: "请改为形如 1234567.123456 的写法" / "Write it like 1234567.123456",
            clause: "财综〔2017〕32号 数据类型 Decimal",
        },
        /// A quantity is not an integer of at most 8 digits (or, when reading, a plain decimal).
        Quantity = 3005, "quantity", Input, Error {
            zh: "数量格式不正确", en: "The quantity is malformed",
            why: "数量须为至多 8 位的整数，可带负号，不带多余的零；小数须由配置允许" /
                 "A quantity is an integer of at most 8 digits, a minus sign allowed, without superfluous zeros; decimals need a profile that allows them",
            advice: "请改为形如 1 或 -1 的写法，小数数量须由配置允许" /
                    "Write it like 1 or -1; a fractional quantity needs a profile that allows it",
            clause: "财综〔2017〕32号 数据类型 Integer",
        },
        /// A receipt code does not consist of digits.
        ReceiptCode = 3006, "receipt-code", Input, Error {
            zh: "票据代码格式不正确", en: "The receipt code is malformed",
            why: "票据代码由 8 位数字组成：行政区划 2 位、分类 2 位、种类 2 位、年度 2 位" /
                 "A receipt code has 8 digits: 2 of region, 2 of class, 2 of kind, 2 of year",
            advice: "请核对票据代码" / "Check the receipt code",
            clause: "财综〔2017〕32号 票据代码",
        },
        /// A receipt code consists of digits, but not of 8 of them.
        ReceiptCodeLength = 3007, "receipt-code-length", Input, Error {
            zh: "票据代码不是 8 位", en: "The receipt code has another length than 8 digits",
            why: "部分系统使用其他长度的票据代码，标准规定为 8 位" /
                 "Some systems use receipt codes of other lengths; the standard has 8 digits",
            advice: "开具时请使用 8 位票据代码" / "Issue with a receipt code of 8 digits",
            clause: "财综〔2017〕32号 票据代码",
        },
        /// A receipt number is not 10 digits from 0000000001 to 9999999999.
        ReceiptNumber = 3008, "receipt-number", Input, Error {
            zh: "票据号码格式不正确", en: "The receipt number is malformed",
            why: "票据号码由 10 位数字组成，自 0000000001 起，前导零是号码的一部分" /
                 "A receipt number has 10 digits and starts from 0000000001; leading zeros are part of it",
            advice: "请核对票据号码，勿删去前导零" / "Check the receipt number and keep its leading zeros",
            clause: "财综〔2017〕32号 票据号码",
        },
        /// A receipt id is not the reversed text of code, hyphen and number.
        ReceiptId = 3009, "receipt-id", Input, Error {
            zh: "票据标识格式不正确", en: "The receipt id is malformed",
            why: "票据标识是“票据代码-票据号码”整体倒序后的 19 个字符" /
                 "A receipt id is the text code-number reversed as a whole, 19 characters",
            advice: "请由票据代码和票据号码重新生成票据标识" / "Derive the id from the receipt code and number",
            clause: "财综〔2017〕32号 EInvoiceID",
        },
        /// A receipt tag is not CZ-EI- and two digits.
        ReceiptTag = 3010, "receipt-tag", Input, Error {
            zh: "票据标签格式不正确", en: "The receipt tag is malformed",
            why: "票据标签为 CZ-EI- 加票据代码前 2 位" / "A receipt tag is CZ-EI- and the first 2 digits of the receipt code",
            advice: "请由票据代码生成票据标签" / "Derive the tag from the receipt code",
            clause: "财综〔2017〕32号 EInvoiceTag",
        },
        /// A specimen code is not 10 letters and digits.
        SpecimenCode = 3011, "specimen-code", Input, Error {
            zh: "票据模板代码格式不正确", en: "The specimen code is malformed",
            why: "模板代码为 10 位字母或数字，通常是票据代码加 2 位序号" /
                 "A specimen code has 10 letters or digits, usually the receipt code and 2 more digits",
            advice: "请核对模板代码" / "Check the specimen code",
            clause: "财综〔2017〕32号 EInvoiceSpecimenCode",
        },
        /// An area code is not 6 digits.
        AreaCode = 3012, "area-code", Input, Error {
            zh: "区划代码格式不正确", en: "The area code is malformed",
            why: "财政部门的区划代码为 6 位数字" / "The area code of a finance authority has 6 digits",
            advice: "请核对区划代码" / "Check the area code",
            clause: "财综〔2017〕32号 SupervisorAreaCode；GB/T 2260",
        },
        /// A check code is not 4 to 8 letters and digits.
        CheckCode = 3013, "check-code", Input, Error {
            zh: "校验码格式不正确", en: "The check code is malformed",
            why: "校验码为 6 位字母或数字，读取时接受 4 至 8 位" /
                 "A check code has 6 letters or digits; 4 to 8 are accepted when reading",
            advice: "请核对校验码" / "Check the check code",
            clause: "财综〔2017〕32号 RandomNumber",
        },
        /// A payment code is empty, longer than 20 characters, or holds characters that do not belong in it.
        PayCode = 3014, "pay-code", Input, Error {
            zh: "缴款码格式不正确", en: "The payment code is malformed",
            why: "缴款码为 1 至 20 个可见字符，通常是 20 位数字" /
                 "A payment code has 1 to 20 visible characters, usually 20 digits",
            advice: "请核对缴款码" / "Check the payment code",
            clause: "财综〔2017〕32号 PayCode",
        },
        /// A payment code cannot be made from the parts given.
        PayCodeParts = 3015, "pay-code-parts", Input, Error {
            zh: "无法用所给部分组成缴款码", en: "A payment code cannot be made from these parts",
            why: "年度、分配的赋码方编号或顺序号超出其位数" /
                 "The year, the allotted id or the sequence does not fit its digits",
            advice: "年度用 2000 至 2099，赋码方编号用 0 至 99，顺序号不超过 10 位（带校验位时 9 位）" /
                    "Use a year from 2000 to 2099, an id from 0 to 99 and a sequence of at most 10 digits (9 with a check digit)",
            clause: "政府非税收入收缴 缴款识别码编码规则",
        },
        /// A charge item code is empty, too long, or holds characters that do not belong in it.
        ItemCode = 3016, "item-code", Input, Error {
            zh: "项目编码格式不正确", en: "The charge item code is malformed",
            why: "项目编码为 1 至 30 个可见字符" / "A charge item code has 1 to 30 visible characters",
            advice: "请核对项目编码" / "Check the charge item code",
            clause: "财综〔2017〕32号 ItemCode",
        },
        /// A national item identifier is not 12 digits.
        NationalItemCode = 3017, "national-item-code", Input, Error {
            zh: "执收项目识别码格式不正确", en: "The national item identifier is malformed",
            why: "执收项目识别码为 12 位数字：区划 4 位、顺序码 8 位" /
                 "A national item identifier has 12 digits: 4 of area and 8 sequential",
            advice: "请核对执收项目识别码，勿与本地项目编码混用" /
                    "Check the identifier, and do not mix it with the local item code",
            clause: "政府非税收入收缴 执收项目识别码编码规则",
        },
        /// A unified social credit code is malformed or its check character is wrong.
        CreditCode = 3018, "credit-code", Input, Error {
            zh: "统一社会信用代码不正确", en: "The unified social credit code is wrong",
            why: "代码不是 18 位规定字符，或校验码与前 17 位不符" /
                 "The code is not 18 of the allowed characters, or its check character does not fit the first 17",
            advice: "请对照登记证照核对统一社会信用代码" / "Compare the code with the registration certificate",
            clause: "GB 32100-2015",
        },
        /// An identity number is malformed, its date impossible or its check character wrong.
        IdentityNumber = 3019, "identity-number", Input, Error {
            zh: "公民身份号码不正确", en: "The identity number is wrong",
            why: "号码不是 18 位、出生日期不存在，或校验码与前 17 位不符" /
                 "The number does not have 18 characters, its birth date does not exist, or its check character does not fit the first 17",
            advice: "请对照证件核对号码" / "Compare the number with the document",
            clause: "GB 11643-1999",
        },
        /// A node code of a message is malformed.
        NodeCode = 3020, "node-code", Input, Error {
            zh: "节点代码格式不正确", en: "The node code is malformed",
            why: "节点代码为 F+区划 6 位、G000001、D 或 Q+区划 6 位+银行 4 位、K+区划 6 位+顺序 4 位" /
                 "A node code is F and 6 digits of area, G000001, D or Q with area and 4 digits of bank, or K with area and 4 digits of sequence",
            advice: "请核对节点代码" / "Check the node code",
            clause: "政府非税收入收缴电子化 报文规范 节点代码",
        },
        /// A date is not yyyyMMdd of the calendar.
        IssueDate = 3021, "issue-date", Input, Error {
            zh: "日期不正确", en: "The date is malformed or does not exist",
            why: "日期须为 yyyyMMdd 形式且在历法中存在" / "A date is written yyyyMMdd and exists in the calendar",
            advice: "请改为形如 20261201 的写法" / "Write it like 20261201",
            clause: "财综〔2017〕32号 数据类型 Date",
        },
        /// A time is not HH:mm:ss from 00:00:00 to 23:59:59.
        IssueTime = 3022, "issue-time", Input, Error {
            zh: "时间不正确", en: "The time is malformed or does not exist",
            why: "时间须为 HH:mm:ss 形式，自 00:00:00 至 23:59:59" / "A time is written HH:mm:ss, from 00:00:00 to 23:59:59",
            advice: "请改为形如 09:15:30 的写法" / "Write it like 09:15:30",
            clause: "财综〔2017〕32号 数据类型 Time",
        },
        /// A signature time is not yyyyMMddHHmmss±hhmm, nor 14 digits of local time.
        SignatureTime = 3023, "signature-time", Input, Error {
            zh: "签名时间不正确", en: "The signature time is malformed or does not exist",
            why: "签名时间须为 yyyyMMddHHmmss±hhmm（19 位），读取时也接受 14 位的北京时间" /
                 "A signature time is written yyyyMMddHHmmss±hhmm, 19 characters; 14 digits of Beijing time are read too",
            advice: "请改为形如 20261201164202+0800 的写法" / "Write it like 20261201164202+0800",
            clause: "财综〔2017〕32号 数据类型 UTCDateTime",
        },
        /// A text has too few or too many characters.
        TextLength = 3024, "text-length", Input, Error {
            zh: "文本长度不符合规定", en: "The text is too short or too long",
            why: "长度按字符（Unicode 码位）计算，超出该字段的范围" /
                 "The length, counted in characters (Unicode code points), is outside the range of the field",
            advice: "请调整文本长度" / "Shorten or fill in the text",
            clause: "财综〔2017〕32号 数据类型 String",
        },
        /// A text holds a control character.
        TextControl = 3025, "text-control", Input, Error {
            zh: "文本含有控制字符", en: "The text holds a control character",
            why: "换行、制表符等控制字符不能写入该字段，常见于从表格或网页粘贴" /
                 "Line breaks, tabs and other control characters cannot be written here; they often come from pasting",
            advice: "请删去控制字符" / "Remove the control character",
            clause: "XML 1.0 2.2 Characters；财综〔2017〕32号 数据类型 String",
        },
        /// A text holds a character that cannot be seen.
        TextInvisible = 3026, "text-invisible", Input, Error {
            zh: "文本含有不可见字符", en: "The text holds an invisible character",
            why: "双向控制、零宽等字符使所见与所签不一致" /
                 "Bidirectional controls, zero width and similar characters make what is seen differ from what is signed",
            advice: "请删去不可见字符" / "Remove the invisible character",
            clause: "Unicode Technical Report #36",
        },
        /// A text holds a code point that is not a character.
        TextNoncharacter = 3027, "text-noncharacter", Input, Error {
            zh: "文本含有非字符码位", en: "The text holds a noncharacter",
            why: "U+FFFE、U+FFFF、U+FDD0 至 U+FDEF 等码位永不分配字符" /
                 "Code points such as U+FFFE, U+FFFF and U+FDD0 to U+FDEF are never assigned to characters",
            advice: "请检查来源系统的字符转换" / "Check the character conversion of the source system",
            clause: "Unicode Standard 23.7 Noncharacters",
        },
        /// A text begins or ends with white space.
        TextSpace = 3028, "text-space", Input, Error {
            zh: "文本首尾有空白", en: "The text begins or ends with white space",
            why: "首尾的空格（含全角空格）在票面上看不见，却会进入签名原文" /
                 "White space at either end, full-width included, cannot be seen in print but would be signed",
            advice: "请删去首尾空白" / "Remove the white space at both ends",
            clause: "财综〔2017〕32号 数据类型 String",
        },
        /// A remark is empty or longer than 65536 bytes.
        RemarkLength = 3029, "remark-length", Input, Error {
            zh: "备注为空或过长", en: "The remark is empty or too long",
            why: "备注须为 1 至 65536 字节（UTF-8）；没有备注时不写该字段" /
                 "A remark has 1 to 65536 bytes of UTF-8; without a remark the field is left out",
            advice: "请缩短备注，或省略该字段" / "Shorten the remark, or leave the field out",
            clause: "财综〔2017〕32号 Remark",
        },
        // ---- 3100–3299 reading XML ----
        /// The document is longer than the reader's limit.
        LimitBytes = 3100, "limit-bytes", Limit, Error {
            zh: "文档超过大小上限", en: "The document is larger than the limit",
            why: "正常票据只有几千字节；上限（默认 8 MiB）在分配内存之前检查" /
                 "A receipt is a few kilobytes; the limit (8 MiB by default) is checked before memory is used",
            advice: "请确认文件是否正确，或在设置中提高 limits.bytes" / "Check that it is the right file, or raise limits.bytes",
            clause: "czei 读取上限 limits.bytes",
        },
        /// There is no root element: the input is empty or holds only white space, comments and the declaration.
        NoRoot = 3101, "no-root", Input, Error {
            zh: "文档为空或没有根元素", en: "The document is empty or has no root element",
            why: "文件长度为零、传输中断，或只有声明和注释" / "The file is empty, was cut off, or holds only a declaration and comments",
            advice: "请重新获取原文件" / "Fetch the original file again",
            clause: "XML 1.0 第 2.1 节 [1] document",
        },
        /// The bytes are a gzip stream.
        Gzip = 3102, "gzip", Input, Error {
            zh: "输入是 gzip 压缩数据，不是 XML", en: "The input is gzip data, not XML",
            why: "下载时未解压，或把压缩文件当作票据" / "A download was not unpacked, or an archive was taken for a receipt",
            advice: "请先解压" / "Unpack it first",
            clause: "财综〔2017〕32号 数据格式（UTF-8 编码的 XML）",
        },
        /// The bytes are UTF-16, UTF-32 or another encoding that is told by its first bytes.
        EncodingBytes = 3103, "encoding-bytes", Input, Error {
            zh: "文档不是 UTF-8 编码", en: "The document is not encoded in UTF-8",
            why: "首字节表明是 UTF-16 或 UTF-32；转码会改变被签名的字节，因此不作转换" /
                 "Its first bytes tell UTF-16 or UTF-32; converting would change the signed bytes, so nothing is converted",
            advice: "请取得原始的 UTF-8 文件" / "Get the original file in UTF-8",
            clause: "财综〔2017〕32号 数据格式（UTF-8 编码的 XML）",
        },
        /// The XML declaration names an encoding other than UTF-8.
        EncodingDeclared = 3104, "encoding-declared", Input, Error {
            zh: "XML 声明的编码不是 UTF-8", en: "The XML declaration names an encoding other than UTF-8",
            why: "标准规定 UTF-8；声明其他编码的文档不猜测、不转码" /
                 "The standard demands UTF-8; a document that declares another encoding is neither guessed nor converted",
            advice: "请取得原始的 UTF-8 文件" / "Get the original file in UTF-8",
            clause: "财综〔2017〕32号 数据格式；XML 1.0 第 4.3.3 节",
        },
        /// The bytes are not valid UTF-8.
        Utf8 = 3105, "utf8", Input, Error {
            zh: "含有无效的 UTF-8 字节", en: "The document has bytes that are not valid UTF-8",
            why: "常见于以 GBK 保存却标为 UTF-8 的文件，或传输损坏" /
                 "Often GBK text under a UTF-8 label, or damage in transport",
            advice: "请重新获取原文件，不要转码" / "Fetch the original file again and do not convert it",
            clause: "XML 1.0 第 4.3.3 节",
        },
        /// A character that XML or the receipt does not allow: NUL, control characters, U+FFFE, U+FFFF.
        Character = 3106, "character", Input, Error {
            zh: "含有不允许的字符", en: "The document has a character that is not allowed",
            why: "除 TAB、LF、CR 外的控制字符以及 U+FFFE、U+FFFF 不得出现，无论直接写出还是写成字符引用" /
                 "Control characters other than TAB, LF and CR, and U+FFFE and U+FFFF may not occur, neither plain nor as a reference",
            advice: "请联系开票方重新开具" / "Ask the issuer to issue it anew",
            clause: "XML 1.0 第 2.2 节 [2] Char",
        },
        /// A second byte order mark.
        SecondBom = 3107, "second-bom", Input, Error {
            zh: "有两个字节顺序标记", en: "There are two byte order marks",
            why: "文件被两次以带 BOM 的方式保存" / "The file was saved twice by a tool that adds the mark",
            advice: "请重新获取原文件" / "Fetch the original file again",
            clause: "XML 1.0 第 4.3.3 节",
        },
        /// An XML declaration that is not the very first thing.
        DeclarationPlace = 3108, "declaration-place", Input, Error {
            zh: "XML 声明不在文档开头", en: "The XML declaration is not at the very start",
            why: "声明之前有空白或其他内容" / "White space or something else stands before it",
            advice: "请重新获取原文件" / "Fetch the original file again",
            clause: "XML 1.0 第 2.8 节 [22] prolog",
        },
        /// The XML declaration is malformed.
        Declaration = 3109, "declaration", Input, Error {
            zh: "XML 声明格式不正确", en: "The XML declaration is malformed",
            why: "声明须依次为 version、可选的 encoding、可选的 standalone（yes 或 no）" /
                 "It has version, then encoding if any, then standalone (yes or no) if any",
            advice: "应为 <?xml version=\"1.0\" encoding=\"UTF-8\"?>" / "Write <?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            clause: "XML 1.0 第 2.8 节 [23] XMLDecl",
        },
        /// A version of XML other than 1.0.
        XmlVersion = 3110, "xml-version", Input, Error {
            zh: "XML 版本不是 1.0", en: "The XML version is not 1.0",
            why: "XML 1.1 的字符和换行规则不同" / "XML 1.1 has other rules for characters and line ends",
            advice: "请取得 XML 1.0 的原文件" / "Get the original file in XML 1.0",
            clause: "XML 1.0 第 2.8 节 [26] VersionNum",
        },
        /// A document type declaration.
        Doctype = 3111, "doctype", Input, Error {
            zh: "不允许文档类型声明（DOCTYPE）", en: "A document type declaration (DOCTYPE) is not allowed",
            why: "票据没有 DTD；DTD 可用来引入外部文件或膨胀内容，任何实体都不会被展开" /
                 "Receipts have no DTD; one could pull in files or blow up content, and nothing of it is ever expanded",
            advice: "请勿使用该文件，并核实来源" / "Do not use the file, and check where it comes from",
            clause: "财综〔2017〕32号 数据格式；XML 1.0 第 2.8 节 [28]",
        },
        /// A reference to an entity other than the five predefined ones.
        Entity = 3112, "entity", Input, Error {
            zh: "引用了未定义的实体", en: "A reference names an undefined entity",
            why: "只有 amp、lt、gt、quot、apos 五个实体可用" / "Only the five entities amp, lt, gt, quot and apos exist",
            advice: "请用字符本身或数字字符引用" / "Write the character itself or a numeric reference",
            clause: "XML 1.0 第 4.6 节",
        },
        /// An ampersand that begins no well-formed reference.
        Reference = 3113, "reference", Input, Error {
            zh: "引用格式不正确", en: "A reference is malformed",
            why: "& 之后须是实体名或 #数字，并以分号结束" / "After & comes a name or # and digits, then a semicolon",
            advice: "& 本身写作 &amp;" / "Write & itself as &amp;",
            clause: "XML 1.0 第 4.1 节 [66] [67]",
        },
        /// Something between angle brackets that is no markup.
        Markup = 3114, "markup", Input, Error {
            zh: "标记格式不正确", en: "Markup is malformed",
            why: "尖括号之间不是合法的标签、注释、CDATA 或处理指令" /
                 "What stands after < is no tag, comment, CDATA section or processing instruction",
            advice: "文本中的 < 写作 &lt;" / "Write < in text as &lt;",
            clause: "XML 1.0 第 2.4 节",
        },
        /// The document ends before its elements do.
        Truncated = 3115, "truncated", Input, Error {
            zh: "文档不完整，元素或标记未结束", en: "The document ends before its elements or markup do",
            why: "传输中断或文件被截断" / "A transfer was cut off, or the file was truncated",
            advice: "请重新获取原文件" / "Fetch the original file again",
            clause: "XML 1.0 第 3 节",
        },
        /// An end tag that does not match.
        EndTag = 3116, "end-tag", Input, Error {
            zh: "结束标签与开始标签不匹配", en: "An end tag does not match its start tag",
            why: "标签交叉或多余" / "Tags overlap, or one is superfluous",
            advice: "请重新获取原文件" / "Fetch the original file again",
            clause: "XML 1.0 第 3 节 元素类型匹配",
        },
        /// A second root element.
        SecondRoot = 3117, "second-root", Input, Error {
            zh: "有第二个根元素", en: "There is a second root element",
            why: "两份文档被拼接，或有人在票据之后附加内容" / "Two documents were joined, or something was appended to a receipt",
            advice: "一个文件只放一张票据" / "Keep one receipt per file",
            clause: "XML 1.0 第 2.1 节 [1] document",
        },
        /// Text, CDATA or a reference outside the root element.
        OutsideRoot = 3118, "outside-root", Input, Error {
            zh: "根元素之外有文本", en: "There is text outside the root element",
            why: "根元素前后只允许空白、注释和处理指令" /
                 "Only white space, comments and processing instructions may stand before and after the root",
            advice: "请重新获取原文件" / "Fetch the original file again",
            clause: "XML 1.0 第 2.1 节 [27] Misc",
        },
        /// A name that XML does not allow.
        Name = 3119, "name", Input, Error {
            zh: "名称不符合 XML 规定", en: "A name is not an XML name",
            why: "元素、属性和处理指令的名称须以字母、下划线或汉字等开头" /
                 "Names of elements, attributes and instructions begin with a letter, an underscore or an ideograph",
            advice: "请改正名称" / "Correct the name",
            clause: "XML 1.0（第五版）第 2.3 节 [4] [5]",
        },
        /// A prefix or a namespace declaration.
        Namespace = 3120, "namespace", Input, Error {
            zh: "不允许命名空间或前缀", en: "Namespaces and prefixes are not allowed",
            why: "票据的元素没有命名空间；前缀可使同一名称指向不同含义" /
                 "The elements of a receipt have no namespace; a prefix could give one name two meanings",
            advice: "请去掉前缀和 xmlns" / "Remove prefixes and xmlns",
            clause: "财综〔2017〕32号 数据格式",
        },
        /// A malformed attribute.
        Attribute = 3121, "attribute", Input, Error {
            zh: "属性格式不正确", en: "An attribute is malformed",
            why: "属性须写成 名称=\"值\"，彼此以空白分隔，值中不得有 <" /
                 "An attribute is name=\"value\", set off by white space, without < in its value",
            advice: "请改正属性" / "Correct the attribute",
            clause: "XML 1.0 第 3.1 节 [41] [10]",
        },
        /// The same attribute twice.
        AttributeTwice = 3122, "attribute-twice", Input, Error {
            zh: "属性重复", en: "An attribute stands twice in one tag",
            why: "同一标签中属性名须唯一" / "Names of attributes are unique within a tag",
            advice: "请去掉其中之一" / "Remove one of them",
            clause: "XML 1.0 第 3.1 节 属性唯一",
        },
        /// A malformed comment.
        Comment = 3123, "comment", Input, Error {
            zh: "注释格式不正确", en: "A comment is malformed",
            why: "注释中不得出现 --" / "A comment may not hold --",
            advice: "请改正或去掉注释" / "Correct or remove the comment",
            clause: "XML 1.0 第 2.5 节 [15] Comment",
        },
        /// `]]>` in text.
        CdataEnd = 3124, "cdata-end", Input, Error {
            zh: "文本中出现 ]]>", en: "Text holds ]]>",
            why: "该序列只能结束 CDATA 段" / "This sequence may only end a CDATA section",
            advice: "写作 ]]&gt;" / "Write it as ]]&gt;",
            clause: "XML 1.0 第 2.4 节 [14] CharData",
        },
        /// A malformed processing instruction.
        Instruction = 3125, "instruction", Input, Error {
            zh: "处理指令格式不正确", en: "A processing instruction is malformed",
            why: "目标须是合法名称、不得为 xml（任何大小写），其后须有空白" /
                 "Its target is a name other than xml in any case, followed by white space",
            advice: "请去掉处理指令" / "Remove the instruction",
            clause: "XML 1.0 第 2.6 节 [16] [17]",
        },
        /// Elements nest deeper than the limit.
        LimitDepth = 3130, "limit-depth", Limit, Error {
            zh: "元素嵌套过深", en: "Elements nest deeper than the limit",
            why: "票据最多 6 层；上限默认 32" / "A receipt has at most 6 levels; the limit is 32 by default",
            advice: "请核实来源，或提高 limits.depth" / "Check where it comes from, or raise limits.depth",
            clause: "czei 读取上限 limits.depth",
        },
        /// A name is longer than the limit.
        LimitName = 3131, "limit-name", Limit, Error {
            zh: "名称过长", en: "A name is longer than the limit",
            why: "上限默认 100 个字符" / "The limit is 100 characters by default",
            advice: "请核实来源，或提高 limits.name" / "Check where it comes from, or raise limits.name",
            clause: "czei 读取上限 limits.name",
        },
        /// A text is longer than the limit.
        LimitText = 3132, "limit-text", Limit, Error {
            zh: "文本过长", en: "A text is longer than the limit",
            why: "一个元素的文本上限默认 64 KiB" / "The text of one element has a limit of 64 KiB by default",
            advice: "请核实来源，或提高 limits.text" / "Check where it comes from, or raise limits.text",
            clause: "czei 读取上限 limits.text",
        },
        /// A SignatureValue is longer than the limit.
        LimitSignatureValue = 3133, "limit-signature-value", Limit, Error {
            zh: "签名值过长", en: "A SignatureValue is longer than the limit",
            why: "上限默认 256 KiB；带证书的签名只有几千字节" /
                 "The limit is 256 KiB by default; a value with its certificate takes a few kilobytes",
            advice: "请核实来源，或提高 limits.signature_value" / "Check where it comes from, or raise limits.signature_value",
            clause: "czei 读取上限 limits.signature_value",
        },
        /// More attributes in a tag than the limit.
        LimitAttributes = 3134, "limit-attributes", Limit, Error {
            zh: "属性过多", en: "A tag has more attributes than the limit",
            why: "票据没有属性；上限默认每个标签 64 个" / "A receipt has no attributes; the limit is 64 in a tag by default",
            advice: "请核实来源，或提高 limits.attributes" / "Check where it comes from, or raise limits.attributes",
            clause: "czei 读取上限 limits.attributes",
        },
        /// More elements, comments and instructions than the limit.
        LimitElements = 3135, "limit-elements", Limit, Error {
            zh: "元素过多", en: "The document has more elements than the limit",
            why: "元素、注释和处理指令合计上限默认 200,000" /
                 "Elements, comments and instructions together have a limit of 200,000 by default",
            advice: "请核实来源，或提高 limits.elements" / "Check where it comes from, or raise limits.elements",
            clause: "czei 读取上限 limits.elements",
        },
        /// More than 999 items.
        LimitItems = 3136, "limit-items", Limit, Error {
            zh: "项目过多", en: "The receipt has more items than the limit",
            why: "标准规定 Item 为 1 至 999 个" / "The standard allows 1 to 999 Item elements",
            advice: "请核实来源，或提高 limits.items" / "Check where it comes from, or raise limits.items",
            clause: "财综〔2017〕32号 Details/Item；czei 读取上限 limits.items",
        },
        /// More than 999 auxiliary items.
        LimitAuxItems = 3137, "limit-aux-items", Limit, Error {
            zh: "辅助项目过多", en: "The receipt has more auxiliary items than the limit",
            why: "标准规定 AuxItem 为 1 至 999 个" / "The standard allows 1 to 999 AuxItem elements",
            advice: "请核实来源，或提高 limits.aux_items" / "Check where it comes from, or raise limits.aux_items",
            clause: "财综〔2017〕32号 AuxDetails/AuxItem；czei 读取上限 limits.aux_items",
        },
        /// The root element is not that of a fiscal receipt.
        WrongRoot = 3150, "wrong-root", Input, Error {
            zh: "根元素不是财政电子票据", en: "The root element is not that of a fiscal receipt",
            why: "根元素须为 EInvoice（2020 年写法为 EINVOICE）" / "The root is EInvoice, or EINVOICE in the spelling of 2020",
            advice: "请确认文件类型" / "Check what kind of file it is",
            clause: "财综〔2017〕32号 EInvoice",
        },
        /// Another kind of document with the same root name, such as a tax e-invoice.
        OtherDocument = 3151, "other-document", Input, Error {
            zh: "这是另一类文档（如税务电子发票），不是财政电子票据", en: "This is another kind of document, such as a tax e-invoice, not a fiscal receipt",
            why: "税务的数电发票也用 EInvoice 作根元素，但结构不同" /
                 "Digital tax invoices use the root EInvoice too, with another structure",
            advice: "请用税务平台查验" / "Verify it at the tax authority's platform",
            clause: "财综〔2017〕32号 EInvoice",
        },
        /// Header or EInvoiceData is missing.
        PartMissing = 3152, "part-missing", Input, Error {
            zh: "缺少必需的部分", en: "A required part of the document is missing",
            why: "EInvoice 之下须有 Header 和 EInvoiceData" / "EInvoice holds Header and EInvoiceData",
            advice: "请重新获取原文件" / "Fetch the original file again",
            clause: "财综〔2017〕32号 EInvoice",
        },
        /// A part stands twice.
        PartTwice = 3153, "part-twice", Input, Error {
            zh: "同一部分出现两次", en: "A part of the document stands twice",
            why: "有两个 Header、EInvoiceData 或 EInvoiceSignature 时，无法确定哪一个被签名" /
                 "With two of Header, EInvoiceData or EInvoiceSignature it is open which one was signed",
            advice: "请勿使用该文件，并核实来源" / "Do not use the file, and check where it comes from",
            clause: "财综〔2017〕32号 EInvoice",
        },
        /// The parts are out of order.
        PartOrder = 3154, "part-order", Input, Error {
            zh: "各部分顺序不正确", en: "The parts of the document are out of order",
            why: "顺序须为 Header、EInvoiceData、EInvoiceSignature" / "The order is Header, EInvoiceData, EInvoiceSignature",
            advice: "请重新获取原文件" / "Fetch the original file again",
            clause: "财综〔2017〕32号 EInvoice",
        },
        /// An unknown element outside the signed span.
        Unsigned = 3155, "unsigned-element", Input, Error {
            zh: "签名范围之外有未知元素", en: "There is an unknown element outside the signed span",
            why: "未被签名的内容可由任何人添加" / "Anybody can add what is not signed",
            advice: "请勿使用该文件，并核实来源" / "Do not use the file, and check where it comes from",
            clause: "财综〔2017〕32号 EInvoice",
        },
        /// An attribute outside the signed span.
        UnsignedAttribute = 3156, "unsigned-attribute", Input, Error {
            zh: "签名范围之外有属性", en: "There is an attribute outside the signed span",
            why: "未被签名的内容可由任何人添加" / "Anybody can add what is not signed",
            advice: "请勿使用该文件，并核实来源" / "Do not use the file, and check where it comes from",
            clause: "财综〔2017〕32号 EInvoice",
        },
        /// Text between elements outside the signed span.
        UnsignedText = 3157, "unsigned-text", Input, Error {
            zh: "签名范围之外的元素之间有文本", en: "There is text between elements outside the signed span",
            why: "元素之间只允许空白" / "Only white space may stand between elements",
            advice: "请勿使用该文件，并核实来源" / "Do not use the file, and check where it comes from",
            clause: "财综〔2017〕32号 EInvoice",
        },
        /// More than two signatures, or the authority's without the unit's.
        SignatureCount = 3158, "signature-count", Input, Error {
            zh: "签名个数不正确", en: "The number of signatures is wrong",
            why: "先开票单位、后财政部门，共两个签名" / "There are two signatures, the unit's and then the authority's",
            advice: "请重新获取原文件" / "Fetch the original file again",
            clause: "财综〔2017〕32号 EInvoiceSignature",
        },
        /// An element of a Signature is missing or empty.
        SignatureMissing = 3159, "signature-element-missing", Input, Error {
            zh: "签名中缺少必需的元素", en: "A required element of a Signature is missing",
            why: "Signature 须含 SignedInfo、SignatureTime、SignatureValue 和 KeyInfo 及其各项" /
                 "A Signature holds SignedInfo, SignatureTime, SignatureValue and KeyInfo with all their parts",
            advice: "请重新获取原文件" / "Fetch the original file again",
            clause: "财综〔2017〕32号 Signature",
        },
        /// An element of a Signature stands twice or out of order.
        SignatureOrder = 3160, "signature-element-order", Input, Error {
            zh: "签名中的元素重复或顺序不正确", en: "An element of a Signature stands twice or out of order",
            why: "顺序按标准的表" / "The order is that of the standard's table",
            advice: "请重新获取原文件" / "Fetch the original file again",
            clause: "财综〔2017〕32号 Signature",
        },
        /// A comment outside the signed span.
        CommentOutside = 3170, "comment-outside", Input, Warning {
            zh: "签名范围之外有注释，已忽略", en: "There is a comment outside the signed span; it is ignored",
            why: "注释未被签名，从不作为数据" / "Comments there are not signed and never taken as data",
            advice: "请核实来源" / "Check where it comes from",
            clause: "XML 1.0 第 2.5 节",
        },
        /// A processing instruction outside the signed span.
        InstructionOutside = 3171, "instruction-outside", Input, Warning {
            zh: "签名范围之外有处理指令，已忽略", en: "There is a processing instruction outside the signed span; it is ignored",
            why: "处理指令（如样式表）从不执行，也不打开任何地址" /
                 "Instructions such as stylesheets are never followed, and no address is opened",
            advice: "请核实来源" / "Check where it comes from",
            clause: "XML 1.0 第 2.6 节",
        },
        /// A byte order mark before the document.
        Bom = 3172, "bom", Input, Note {
            zh: "文档以字节顺序标记开头", en: "The document begins with a byte order mark",
            why: "某些工具保存 UTF-8 时加上该标记；它不在签名范围之内" / "Some tools add it to UTF-8; it is not part of the signed bytes",
            advice: "无需处理" / "Nothing needs to be done",
            clause: "XML 1.0 第 4.3.3 节",
        },
        /// An element stands twice where one is allowed.
        ElementTwice = 3180, "element-twice", Input, Error {
            zh: "元素重复", en: "An element stands twice where one is allowed",
            why: "重复时无法确定哪一个为准" / "With two it is open which one counts",
            advice: "请联系开票方" / "Ask the issuer",
            clause: "财综〔2017〕32号 数据项",
        },
        /// A known element out of order.
        ElementOrder = 3181, "element-order", Input, Error {
            zh: "元素顺序不正确", en: "An element is out of order",
            why: "元素顺序按标准的表" / "The order of elements is that of the standard's tables",
            advice: "请联系开票方" / "Ask the issuer",
            clause: "财综〔2017〕32号 数据项",
        },
        /// A known element in a place that is not its own.
        ElementPlace = 3182, "element-place", Input, Error {
            zh: "元素出现在不属于它的位置", en: "A known element stands in a place that is not its own",
            why: "移动或嵌套已知元素可使显示的内容与被签名的不同" /
                 "Moving or nesting known elements can make what is shown differ from what was signed",
            advice: "请勿使用该文件，并核实来源" / "Do not use the file, and check where it comes from",
            clause: "财综〔2017〕32号 数据项",
        },
        /// A required element is missing.
        ElementMissing = 3183, "element-missing", Input, Error {
            zh: "缺少必需的元素", en: "A required element is missing",
            why: "标准规定该元素出现一次" / "The standard demands it once",
            advice: "请联系开票方" / "Ask the issuer",
            clause: "财综〔2017〕32号 数据项",
        },
        /// A required element is empty.
        ElementEmpty = 3184, "element-empty", Input, Error {
            zh: "必需的元素没有内容", en: "A required element is empty",
            why: "标准规定该元素有值" / "The standard demands a value",
            advice: "请联系开票方" / "Ask the issuer",
            clause: "财综〔2017〕32号 数据项",
        },
        /// Text between elements inside the signed span.
        ElementText = 3185, "element-text", Input, Error {
            zh: "元素之间有文本", en: "There is text between elements",
            why: "只含子元素的元素之间只允许空白" / "Only white space may stand between elements",
            advice: "请联系开票方" / "Ask the issuer",
            clause: "财综〔2017〕32号 数据项",
        },
        /// An element that holds text has child elements.
        ElementChildren = 3186, "element-children", Input, Error {
            zh: "文本元素中有子元素", en: "An element that holds text has child elements",
            why: "该元素只能有文本" / "This element holds text only",
            advice: "请联系开票方" / "Ask the issuer",
            clause: "财综〔2017〕32号 数据项",
        },
        /// The payer type is neither 1 nor 2.
        PayerType = 3187, "payer-type", Input, Error {
            zh: "交款人类型不正确", en: "The payer type is neither 1 nor 2",
            why: "1 为个人，2 为单位" / "1 is a person, 2 an organisation",
            advice: "请联系开票方" / "Ask the issuer",
            clause: "财综〔2017〕32号 PayerPartyType",
        },
        /// Only one of RelatedInvoiceCode and RelatedInvoiceNumber.
        RelatedHalf = 3189, "related-half", Input, Error {
            zh: "相关票据代码和号码只有其一", en: "Only one of the related receipt's code and number is given",
            why: "红票须同时写明原票据代码和号码" / "A red receipt names both code and number of its blue one",
            advice: "请联系开票方" / "Ask the issuer",
            clause: "财综〔2017〕32号 MainExt/RelatedInvoiceCode、RelatedInvoiceNumber",
        },
        /// The tag or the id has the wrong length.
        HeaderLength = 3190, "header-length", Input, Error {
            zh: "电子票据标签或标识长度不正确", en: "The tag or the id has the wrong length",
            why: "EInvoiceTag 为 8 个字符，EInvoiceID 为 19 个字符" / "EInvoiceTag has 8 characters, EInvoiceID 19",
            advice: "请联系开票方" / "Ask the issuer",
            clause: "财综〔2017〕32号 Header",
        },
        /// An unknown element inside the signed span.
        ElementUnknown = 3200, "element-unknown", Input, Warning {
            zh: "签名范围内有未知元素", en: "There is an unknown element inside the signed span",
            why: "它随原文一起被签名，原样保留，但不作为票据数据显示" /
                 "It is signed with the rest and kept byte for byte, but not shown as data",
            advice: "如有疑问请联系开票方" / "Ask the issuer when in doubt",
            clause: "财综〔2017〕32号 数据项",
        },
        /// An attribute inside the signed span.
        AttributeInside = 3201, "attribute-inside", Input, Warning {
            zh: "签名范围内有属性", en: "There is an attribute inside the signed span",
            why: "标准没有属性；它随原文被签名，但不作为数据" / "The standard has none; it is signed with the rest and never data",
            advice: "如有疑问请联系开票方" / "Ask the issuer when in doubt",
            clause: "财综〔2017〕32号 数据项",
        },
        /// A comment inside the signed span.
        CommentInside = 3202, "comment-inside", Input, Warning {
            zh: "签名范围内有注释", en: "There is a comment inside the signed span",
            why: "它随原文被签名，但不作为数据；文本在注释前后相连" /
                 "It is signed with the rest and never data; text goes on after it",
            advice: "如有疑问请联系开票方" / "Ask the issuer when in doubt",
            clause: "XML 1.0 第 2.5 节",
        },
        /// A processing instruction inside the signed span.
        InstructionInside = 3203, "instruction-inside", Input, Warning {
            zh: "签名范围内有处理指令", en: "There is a processing instruction inside the signed span",
            why: "它随原文被签名，但不作为数据，也从不执行" / "It is signed with the rest, never data, and never followed",
            advice: "如有疑问请联系开票方" / "Ask the issuer when in doubt",
            clause: "XML 1.0 第 2.6 节",
        },
        /// An invisible or control character in a text.
        Invisible = 3204, "invisible-character", Input, Warning {
            zh: "文本中有不可见字符", en: "A text holds an invisible character",
            why: "双向控制符、零宽字符等可使显示的内容与数据不同" /
                 "Bidirectional controls, zero width characters and the like can make what is shown differ from the data",
            advice: "请以数据为准，不要以显示为准" / "Trust the data, not what it looks like",
            clause: "Unicode UAX #9；财综〔2017〕32号 数据类型 String",
        },
        /// White space at the start or end of a text.
        OuterSpace = 3205, "outer-space", Input, Note {
            zh: "文本首尾有空白", en: "A text begins or ends with white space",
            why: "常为录入或导入时留下" / "Often left from typing or importing",
            advice: "无需处理" / "Nothing needs to be done",
            clause: "财综〔2017〕32号 数据类型 String",
        },
        /// An ItemRemark, which the standard does not have.
        ItemRemark = 3206, "item-remark", Input, Note {
            zh: "有标准之外的 ItemRemark", en: "There is an ItemRemark, which the standard does not have",
            why: "现有系统在 ItemStd 之后写入该元素" / "Live systems write it after ItemStd",
            advice: "无需处理" / "Nothing needs to be done",
            clause: "财综〔2017〕32号 Details/Item",
        },
        /// A quantity with decimals.
        QuantityFraction = 3207, "quantity-fraction", Input, Note {
            zh: "数量带小数", en: "A quantity has decimals",
            why: "标准规定整数；现有系统写入小数" / "The standard demands an integer; live systems write decimals",
            advice: "无需处理" / "Nothing needs to be done",
            clause: "财综〔2017〕32号 ItemQuantity",
        },
        /// A standard that is not an amount.
        StandardText = 3208, "standard-text", Input, Note {
            zh: "标准不是金额", en: "A standard is not an amount",
            why: "现有系统写入区间或其他写法" / "Live systems write ranges and other forms",
            advice: "无需处理；数量乘标准不作核对" / "Nothing needs to be done; quantity times standard is not checked",
            clause: "财综〔2017〕32号 ItemStd",
        },
        /// A check code that does not have 6 characters.
        CheckCodeLength = 3209, "check-code-length", Input, Warning {
            zh: "校验码不是 6 位", en: "The check code does not have 6 characters",
            why: "标准规定 6 位；某些系统写 4 位" / "The standard demands 6; some systems write 4",
            advice: "查验时按票面所示填写" / "Enter it as printed when looking the receipt up",
            clause: "财综〔2017〕32号 RandomNumber",
        },
        /// A version other than 1.1.0.
        VersionOther = 3210, "version-other", Input, Note {
            zh: "版本不是 1.1.0", en: "The version is not 1.1.0",
            why: "现行系统写 1.1.0" / "Live systems write 1.1.0",
            advice: "无需处理" / "Nothing needs to be done",
            clause: "财综〔2017〕32号 Header/Version",
        },
        /// More findings than are listed.
        FindingsCut = 3211, "findings-cut", Limit, Note {
            zh: "同类问题过多，其余未列出", en: "There are more findings of the same kinds than are listed",
            why: "每一类只列出前若干处" / "Of each kind only the first places are listed",
            advice: "先处理已列出的问题" / "Deal with the listed ones first",
            clause: "czei 报告",
        },
        /// A character that a receipt is not written with.
        WriteCharacter = 3220, "write-character", Input, Error {
            zh: "文本含有不得写入票据的字符", en: "A text holds a character that is not written into a receipt",
            why: "控制字符（备注中的换行除外）和不可见字符一律不写" /
                 "Control characters (except line feeds in remarks) and invisible ones are never written",
            advice: "请删除该字符" / "Remove the character",
            clause: "财综〔2017〕32号 数据类型 String；XML 1.0 第 2.2 节",
        },
        /// An extension with the name of a field of the standard.
        WriteExtension = 3221, "write-extension", Input, Error {
            zh: "扩展元素与标准元素同名", en: "An extension has the name of an element of the standard",
            why: "标准元素有自己的位置，不得作为扩展写入" / "Elements of the standard have their own place",
            advice: "请改用该元素自己的字段" / "Use the field of that element",
            clause: "财综〔2017〕32号 MainExt",
        },
        /// No item, or more than 999 items or auxiliary items.
        WriteItems = 3222, "write-items", Input, Error {
            zh: "项目个数不正确", en: "The number of items is wrong",
            why: "Item 为 1 至 999 个，AuxItem 至多 999 个且不为空" /
                 "There are 1 to 999 Item and at most 999 AuxItem elements, none of them empty",
            advice: "请拆分为多张票据" / "Split it into several receipts",
            clause: "财综〔2017〕32号 Details/Item、AuxDetails/AuxItem",
        },
        // ---- 3300–3499 drafts and issuing ----
        /// The name of an extension is no XML name.
        ExtensionName = 3300, "extension-name", Input, Error {
            zh: "扩展元素的名称不合法", en: "The name of an extension is not allowed",
            why: "须是 1 至 100 个字符的 XML 名称，不含冒号，不以 xml 开头" /
                 "It is an XML name of 1 to 100 characters without a colon that does not begin with xml",
            advice: "请改正名称" / "Correct the name",
            clause: "XML 1.0（第五版）第 2.3 节 [4] [5]",
        },
        /// The text of a draft is not JSON.
        DraftSyntax = 3301, "draft-syntax", Input, Error {
            zh: "草稿不是合法的 JSON", en: "The draft is not valid JSON",
            why: "文本不完整、编码不是 UTF-8，或有多余的逗号、引号" / "The text is cut off, is not UTF-8, or has a stray comma or quote",
            advice: "请按位置检查 JSON 文本" / "Check the JSON text at the place given",
            clause: "RFC 8259",
        },
        /// A field that a draft does not have.
        DraftUnknownField = 3302, "draft-unknown-field", Input, Error {
            zh: "草稿中有未知字段", en: "The draft has an unknown field",
            why: "字段名拼写错误，或该字段不在草稿格式之内；未知字段不会被忽略" / "The name is misspelt or not part of the draft format; unknown fields are never ignored",
            advice: "请更正字段名；票面扩展内容请放入 ext" / "Correct the name; put extra content of the receipt into ext",
            clause: "draft format version 1",
        },
        /// A field stands twice.
        DraftDuplicateField = 3303, "draft-duplicate-field", Input, Error {
            zh: "草稿中同一字段出现两次", en: "A field stands twice in the draft",
            why: "两个值中哪一个有效无法判断" / "It cannot be told which of the two values counts",
            advice: "请只保留一个" / "Keep one of them",
            clause: "draft format version 1",
        },
        /// A field has another type than the format says.
        DraftType = 3304, "draft-type", Input, Error {
            zh: "草稿字段的类型不对", en: "A field of the draft has the wrong type",
            why: "金额和数量须写成字符串，不能写成数字；其余字段见草稿格式" / "Amounts and quantities are strings, never numbers; for the rest see the draft format",
            advice: "请按格式改写，例如 \"amount\": \"80.00\"" / "Write it as the format says, for example \"amount\": \"80.00\"",
            clause: "draft format version 1",
        },
        /// A required field is absent.
        DraftMissing = 3305, "draft-missing", Input, Error {
            zh: "草稿缺少必填字段", en: "A required field is missing in the draft",
            why: "该字段既不在草稿中，也不在配置的固定值中" / "The field stands neither in the draft nor among the fixed values of the configuration",
            advice: "请补上该字段，或写入配置的 defaults" / "Add the field, or put it into the configuration's defaults",
            clause: "财综〔2017〕32号 附件",
        },
        /// The draft format's version is not 1.
        DraftVersion = 3306, "draft-version", Input, Error {
            zh: "草稿格式版本不受支持", en: "The version of the draft format is not supported",
            why: "字段 v 须为 1" / "The field v must be 1",
            advice: "请写 \"v\": 1" / "Write \"v\": 1",
            clause: "draft format version 1",
        },
        /// The total given differs from the sum of the items.
        DraftTotal = 3307, "draft-total", Input, Error {
            zh: "总金额不等于明细之和", en: "The total is not the sum of the items",
            why: "草稿给出的 total 与各项 amount 相加的结果不同" / "The total given and the sum of the amounts differ",
            advice: "请核对各项金额，或省略 total" / "Check the amounts, or leave total out",
            clause: "财综〔2017〕32号 附件 TotalAmount",
        },
        /// No item, or more than the standard allows.
        DraftItemCount = 3308, "draft-item-count", Input, Error {
            zh: "明细项数不在允许范围内", en: "The number of items is out of bounds",
            why: "一张票据须有 1 至 999 个项目，辅助明细至多 999 个" / "A receipt has 1 to 999 items and at most 999 auxiliary items",
            advice: "请拆分为多张票据" / "Split it into several receipts",
            clause: "财综〔2017〕32号 附件 Details",
        },
        /// A negative amount or quantity on an ordinary receipt.
        DraftNegative = 3309, "draft-negative", Input, Error {
            zh: "蓝票的金额或数量不能为负", en: "A blue receipt has no negative amount or quantity",
            why: "负数只出现在冲红产生的红票上" / "Negative values stand only on a red receipt, which a reversal makes",
            advice: "退款请用冲红" / "For a refund, reverse the receipt",
            clause: "财综〔2017〕32号 附件",
        },
        /// An extension repeats a field that has its own place.
        DraftReservedExtension = 3310, "draft-reserved-extension", Input, Error {
            zh: "扩展项与已有字段重名", en: "An extension repeats a field that has its own place",
            why: "PayCode、RelatedInvoiceCode、RelatedInvoiceNumber 有各自的字段" / "PayCode, RelatedInvoiceCode and RelatedInvoiceNumber have their own fields",
            advice: "请使用 pay_code；关联票据由冲红写入" / "Use pay_code; the related receipt is written by a reversal",
            clause: "财综〔2017〕32号 附件 MainExt",
        },
        /// The payer's type is neither person nor organisation.
        DraftPayerType = 3311, "draft-payer-type", Input, Error {
            zh: "交款人类型不正确", en: "The payer's type is wrong",
            why: "只能是 person（个人）或 organisation（单位）" / "It is person or organisation",
            advice: "请改为 \"person\" 或 \"organisation\"" / "Write \"person\" or \"organisation\"",
            clause: "财综〔2017〕32号 附件 PayerPartyType",
        },
        /// The check character of the payer's code is wrong.
        PayerCodeCheck = 3312, "payer-code-check", Input, Warning {
            zh: "交款人代码的校验位不符", en: "The check character of the payer's code does not fit",
            why: "18 位的身份证号码或统一社会信用代码与其校验位不一致" / "An identity number or credit code of 18 characters does not agree with its check character",
            advice: "请核对代码；外籍人员和旧代码可以照常开票" / "Check the code; foreigners' and old codes may be issued with",
            clause: "GB 11643-1999, GB 32100-2015",
        },
        /// The class of the receipt code is not in the list.
        UnknownClass = 3313, "unknown-class", Policy, Error {
            zh: "票据代码的分类不在标准目录中", en: "The class of the receipt code is not in the standard's list",
            why: "代码第 3、4 位须为 01、02、04 至 09 或 99" / "Digits 3 and 4 are 01, 02, 04 to 09 or 99",
            advice: "确属本省新增分类时，请在配置中设置 allow_unknown_class" / "If the province added the class, set allow_unknown_class in the configuration",
            clause: "财综〔2017〕32号 票据代码",
        },
        /// The year of the code lies after the issue year.
        CodeYearLater = 3314, "code-year-later", Input, Error {
            zh: "票据代码的年度晚于开票年度", en: "The year of the receipt code lies after the year of issue",
            why: "票据尚未到编号年度，或系统时钟不正确" / "The receipt is issued before its year of numbering, or the clock is wrong",
            advice: "请核对系统时钟和票据代码" / "Check the clock and the receipt code",
            clause: "财综〔2017〕32号 票据代码",
        },
        /// A draft is longer than the limit.
        DraftTooLarge = 3315, "draft-too-large", Limit, Error {
            zh: "草稿超过长度上限", en: "The draft is longer than the limit",
            why: "一份草稿至多 8 MiB" / "A draft has at most 8 MiB",
            advice: "请检查文件是否为逐行 JSON" / "Check whether the file is JSON lines",
            clause: "draft format version 1",
        },
        /// A request id is empty, too long or has control characters.
        RequestId = 3316, "request-id", Input, Error {
            zh: "请求号不正确", en: "The request id is malformed",
            why: "请求号为 1 至 64 个可见字符" / "A request id has 1 to 64 visible characters",
            advice: "请使用业务系统中唯一且重试时不变的编号" / "Use a key that is unique in your system and stays the same on a retry",
            clause: "draft format version 1",
        },
        /// A fractional quantity where the profile does not allow it.
        FractionalQuantity = 3317, "fractional-quantity", Policy, Error {
            zh: "数量为小数，配置未允许", en: "The quantity is fractional and the profile does not allow it",
            why: "标准规定数量为整数；部分在用系统写小数" / "The standard has integers; some live systems write decimals",
            advice: "请改为整数，或设置 allow_fractional_quantity" / "Use an integer, or set allow_fractional_quantity",
            clause: "财综〔2017〕32号 附件 ItemQuantity",
        },
        /// The standard of an item is not an amount.
        DraftStandard = 3318, "draft-standard", Input, Error {
            zh: "收费标准不是金额", en: "The standard is not an amount",
            why: "开票时 standard 须为两位小数的金额" / "When issuing, a standard is an amount with two decimals",
            advice: "请改为形如 80.00 的写法；标准为区间时请省略" / "Write it like 80.00; leave it out where it is a range",
            clause: "财综〔2017〕32号 附件 ItemStd",
        },
        /// The same request id came with another draft.
        RequestDiffers = 3320, "request-differs", State, Error {
            zh: "同一请求号对应的草稿内容不同", en: "The same request id came with another draft",
            why: "该请求号已用于另一份内容，号码不能改作他用" / "The request id was used for other content, and its number cannot serve twice",
            advice: "新业务请使用新的请求号；重试请提交原内容" / "Use a new request id for new business; repeat the original content on a retry",
            clause: "number invariant I3",
        },
        /// No free number is left.
        NumbersExhausted = 3321, "numbers-exhausted", State, Error {
            zh: "该票据代码的可用号码已用完", en: "No free number is left for this receipt code",
            why: "已领号段全部用尽，或没有该代码的号段" / "The segments are used up, or there is none for this code",
            advice: "请领入尚未领入的号段（stock take-in），或申领新的号段" / "Take a segment in that waits for it (stock take-in), or apply for a new one",
            clause: "number invariant I2",
        },
        /// A number is asked about that is not known here.
        NumberUnknown = 3322, "number-unknown", State, Error {
            zh: "号码不在本库中", en: "The number is not known here",
            why: "令牌或号码不属于这个号码库" / "The token or number does not belong to this stock",
            advice: "请检查是否连到了正确的号码库" / "Check that this is the right stock",
            clause: "number invariant I1",
        },
        /// A number is in another state than the step starts from.
        NumberState = 3323, "number-state", State, Error {
            zh: "号码的状态不允许这一步", en: "The number's state does not allow this step",
            why: "号码已被另一操作签名、开具或作废" / "Another operation signed, issued or voided it",
            advice: "请查询该号码的经过后再处理" / "Look the number up before going on",
            clause: "number invariant I1",
        },
        /// The blue receipt was reversed before.
        AlreadyReversed = 3324, "already-reversed", State, Error {
            zh: "该票据已冲红", en: "The receipt was reversed before",
            why: "一张蓝票至多有一张红票" / "A blue receipt has at most one red receipt",
            advice: "请查询已有的红票" / "Look up the red receipt that exists",
            clause: "number invariant I8",
        },
        /// A segment overlaps one that is there, or its ends are wrong.
        SegmentOverlap = 3325, "segment-overlap", State, Error {
            zh: "号段不正确或与已有号段重叠", en: "The segment is wrong or overlaps one that is there",
            why: "起号大于止号，或区间内已有号码在库" / "The first number lies after the last, or numbers in between are already held",
            advice: "请核对号段的起止号码" / "Check the first and last number",
            clause: "number invariant I1",
        },
        /// A number from outside is held here already.
        NumberHeld = 3326, "number-held", State, Error {
            zh: "号码已在库中", en: "The number is held here already",
            why: "从外部取得的号码已用于另一请求，或属于本库的号段" / "The number obtained from outside serves another request, or lies in a segment of this stock",
            advice: "请核对取号结果；重试同一业务请使用原请求号" / "Check what was obtained; retry the same business with its own request id",
            clause: "number invariant I1",
        },
        /// What a source holds for a number is the document of another.
        HeldDiffers = 3327, "held-differs", State, Error {
            zh: "库中为该号码保存的是另一张票据", en: "What is held for the number is another receipt",
            why: "保存的文件中票据代码、号码或单位与请求的不同，号码库可能已损坏" /
                 "Code, number or unit in the stored document are not those of the request; the stock may be damaged",
            advice: "请停止使用该号码库并核对；勿采用这份文件" / "Stop using this stock and check it; do not use the document",
            clause: "number invariant I1",
        },
        /// A value is no signature of the certificate's key over these bytes.
        SignatureRefused = 3330, "signature-refused", Crypto, Error {
            zh: "签名值未通过验证，未采用", en: "The signature does not verify and was not used",
            why: "签的不是这份原文，用户标识不同，或证书不是签名密钥的证书" / "Other bytes were signed, another user id was used, or the certificate is not the signing key's",
            advice: "请核对签名原文（czei inspect --signed-bytes）、用户标识和证书" / "Check the bytes to sign (czei inspect --signed-bytes), the user id and the certificate",
            clause: "GB/T 32918.2-2016 7.1",
        },
        /// The document does not have the number of signatures that the state needs.
        WrongSignatureCount = 3331, "wrong-signature-count", State, Error {
            zh: "签名个数与状态不符", en: "The number of signatures does not fit the state",
            why: "未签名、单位已签名、双签票据分别有 0、1、2 个签名" / "Unsigned, unit-signed and finished documents have 0, 1 and 2 signatures",
            advice: "请用与文件状态相符的操作" / "Use the operation that fits the document",
            clause: "财综〔2017〕32号 附件 EInvoiceSignature",
        },
        /// The authority's answer belongs to another document.
        AnswerMismatch = 3332, "answer-mismatch", Crypto, Error {
            zh: "财政返回的票据与送签的不一致", en: "The authority's answer belongs to another document",
            why: "返回文件中的原文或单位签名与送签的字节不同" / "The original or the unit's signature in the answer differs from what was sent",
            advice: "请勿采用该返回，核对请求与应答的对应关系" / "Do not use it; check which request it answers",
            clause: "财综〔2017〕32号 附件 EInvoiceSignature",
        },
        /// A document handed to `resume` does not pass its checks.
        ResumeRefused = 3333, "resume-refused", Input, Error {
            zh: "文件未通过检查，不能继续处理", en: "The document does not pass its checks and cannot be taken up",
            why: "继续处理前重新做全部检查，其中一项不通过或无法判定" / "All checks are made again before going on, and one failed or could not be decided",
            advice: "请用 czei verify 查看各项结果" / "See the findings with czei verify",
            clause: "财综〔2017〕32号",
        },
        /// A red receipt cannot be reversed.
        RedOfRed = 3334, "red-of-red", State, Error {
            zh: "红票不能再冲红", en: "A red receipt cannot be reversed",
            why: "冲红只针对蓝票" / "Only a blue receipt is reversed",
            advice: "需要恢复时请重新开具蓝票" / "Issue a new blue receipt instead",
            clause: "财综〔2017〕32号 附件 RelatedInvoiceCode",
        },
        /// Unit and authority would sign with the same key.
        SameKeySigns = 3335, "same-key-signs", Policy, Error {
            zh: "单位与财政部门不能使用同一密钥", en: "Unit and authority cannot sign with the same key",
            why: "两个签名须由两方分别作出" / "The two signatures are made by two parties",
            advice: "请检查配置中的密钥文件" / "Check the key files in the configuration",
            clause: "财综〔2017〕32号 附件 EInvoiceSignature",
        },
        /// The receipt code obtained with a number differs from the draft.
        NumberingCode = 3336, "numbering-code", State, Error {
            zh: "取得的票据代码与草稿不同", en: "The receipt code obtained differs from the draft's",
            why: "外部返回的号码属于另一个票据代码" / "The number obtained from outside belongs to another receipt code",
            advice: "请核对取号请求" / "Check the request for the number",
            clause: "财综〔2017〕32号 票据代码",
        },
        /// A setting has a value that does not exist.
        SettingUnknown = 3337, "setting-unknown", Config, Error {
            zh: "设置的取值不存在", en: "A setting has a value that does not exist",
            why: "名称拼写错误，或该取值不受支持" / "The name is misspelt or not supported",
            advice: "请改为所列取值之一" / "Use one of the values listed",
            clause: "policy and configuration, version 1",
        },
        /// The signer could not sign.
        SigningFailed = 3338, "signing-stopped", Crypto, Error {
            zh: "签名没有完成", en: "The signature could not be made",
            why: "密钥、证书或签名设备报告了错误" / "The key, the certificate or the signing device reported an error",
            advice: "请按所附错误处理后重试；号码仍保留" / "Mend what the error says and try again; the number stays reserved",
            clause: "GB/T 32918.2-2016 6",
        },
        /// A setting would hide what must not be hidden.
        SeverityNotLowerable = 3339, "severity-not-lowerable", Config, Error {
            zh: "该检查项不能降低级别", en: "This finding cannot be made to weigh less",
            why: "只有编码、合计、校验码和提示性的检查项可以降低级别" / "Only findings of codes, totals and check code, and mere warnings, may be lowered",
            advice: "请删去策略 [severity] 中的这一行" / "Take this line out of the policy's [severity]",
            clause: "policy [severity]",
        },
        // ---- 5000–5999 findings of the verifier ----
        /// Every required check was made and held.
        AllChecksPassed = 5000, "all-checks-passed", Input, Note {
            zh: "各项必要检查均通过", en: "Every required check was made and passed",
            why: "格式、编码、合计、双方签名、证书、身份与时间均符合策略" / "Form, codes, totals, both signatures, certificates, binding and time hold under the policy",
            advice: "无需处理" / "Nothing to do",
            clause: "ETSI EN 319 102-1 5.1",
        },
        /// A required check was not made.
        CheckNotMade = 5001, "check-not-made", Input, Indeterminate {
            zh: "有必要的检查没有做成", en: "A required check was not made",
            why: "前面的检查没有结果，后面的就无从做起" / "A check before it had no result to build on",
            advice: "请先处理其他检查项" / "See to the other findings first",
            clause: "ETSI EN 319 102-1 5.1",
        },
        /// The tag does not follow from the code.
        TagMismatch = 5101, "tag-mismatch", Input, Error {
            zh: "电子票据标签与票据代码不符", en: "The tag does not follow from the receipt code",
            why: "标签应为 CZ-EI- 加票据代码前两位" / "The tag is CZ-EI- and the first two digits of the code",
            advice: "请向开票单位核实" / "Ask the issuing unit",
            clause: "财综〔2017〕32号 附件 EInvoiceTag",
        },
        /// The id does not follow from code and number.
        IdMismatch = 5102, "id-mismatch", Input, Error {
            zh: "电子票据标识与代码、号码不符", en: "The id does not follow from code and number",
            why: "标识是“代码-号码”整体倒序" / "The id is code-number reversed as a whole",
            advice: "请向开票单位核实" / "Ask the issuing unit",
            clause: "财综〔2017〕32号 附件 EInvoiceID",
        },
        /// The region of the code is not that of the authority.
        RegionMismatch = 5103, "region-mismatch", Input, Warning {
            zh: "票据代码的地区与监管机构代码不符", en: "The region of the code is not that of the authority",
            why: "代码前两位通常等于监管机构代码前两位（00 和 66 除外）" / "The first two digits normally agree, except for 00 and 66",
            advice: "请核对监管机构代码" / "Check the authority's area code",
            clause: "财综〔2017〕32号 票据代码",
        },
        /// The year of the code lies after the issue year.
        YearLater = 5104, "year-later", Input, Error {
            zh: "票据代码的年度晚于开票年度", en: "The year of the code lies after the year of issue",
            why: "编号年度不可能晚于开票年度" / "A receipt cannot be issued before its year of numbering",
            advice: "请向开票单位核实" / "Ask the issuing unit",
            clause: "财综〔2017〕32号 票据代码",
        },
        /// The year of the code lies more than one year before the issue year.
        YearMuchEarlier = 5105, "year-much-earlier", Input, Warning {
            zh: "票据代码的年度早于开票年度一年以上", en: "The year of the code lies more than one year before the year of issue",
            why: "通常使用当年或上一年度的号段" / "Segments of this or the last year are usual",
            advice: "请核对号段" / "Check the segment",
            clause: "财综〔2017〕32号 票据代码",
        },
        /// The specimen code does not begin with the receipt code.
        SpecimenMismatch = 5106, "specimen-mismatch", Input, Warning {
            zh: "模板代码不以票据代码开头", en: "The specimen code does not begin with the receipt code",
            why: "在用系统的模板代码为票据代码加两位序号" / "Live specimen codes are the receipt code and two digits",
            advice: "请核对模板代码" / "Check the specimen code",
            clause: "财综〔2017〕32号 附件 EInvoiceSpecimenCode",
        },
        /// The class of the code is not in the list.
        ClassUnknown = 5107, "class-unknown", Input, Warning {
            zh: "票据代码的分类不在标准目录中", en: "The class of the code is not in the standard's list",
            why: "目录是开放的，各省可能增加" / "The list is open, and provinces may add to it",
            advice: "请确认该分类" / "Make sure that the class exists",
            clause: "财综〔2017〕32号 票据代码",
        },
        /// The region of the code is none of GB/T 2260.
        RegionUnknown = 5108, "region-unknown", Input, Warning {
            zh: "票据代码的地区不是已知省级代码", en: "The region of the code is no known province",
            why: "前两位应为 00、66 或 GB/T 2260 的省级代码" / "The first two digits are 00, 66 or a province of GB/T 2260",
            advice: "请核对票据代码" / "Check the receipt code",
            clause: "GB/T 2260-2007",
        },
        /// A blue receipt has a negative amount.
        BlueNegative = 5109, "blue-negative", Input, Error {
            zh: "蓝票含有负数金额", en: "A blue receipt has a negative amount",
            why: "负数只出现在红票上，而该票据没有指明原票据" / "Negative amounts stand on red receipts only, and this one names no blue receipt",
            advice: "请向开票单位核实" / "Ask the issuing unit",
            clause: "财综〔2017〕32号 附件 MainExt",
        },
        /// A red receipt has a positive amount.
        RedPositive = 5110, "red-positive", Input, Warning {
            zh: "红票的金额为正", en: "A red receipt has a positive amount",
            why: "标准未写明红票的正负，通常写负数" / "The standard leaves the sign open; negative is usual",
            advice: "请按红票处理" / "Treat it as a red receipt",
            clause: "财综〔2017〕32号 附件 MainExt",
        },
        /// A red receipt names itself.
        RedOfItself = 5111, "red-of-itself", Input, Error {
            zh: "红票的原票据是它自己", en: "A red receipt names itself as its blue one",
            why: "相关票据代码、号码与本票相同" / "The related code and number are its own",
            advice: "请向开票单位核实" / "Ask the issuing unit",
            clause: "财综〔2017〕32号 附件 RelatedInvoiceNumber",
        },
        /// The items do not sum to the total.
        TotalMismatch = 5201, "total-mismatch", Input, Error {
            zh: "总金额不等于明细之和", en: "The total is not the sum of the items",
            why: "TotalAmount 应等于全部 ItemAmount 之和" / "TotalAmount equals the sum of all ItemAmount",
            advice: "请勿采用，向开票单位核实" / "Do not use it; ask the issuing unit",
            clause: "财综〔2017〕32号 附件 TotalAmount",
        },
        /// Quantity × standard is not the item's amount.
        QuantityStandard = 5202, "quantity-standard", Input, Warning {
            zh: "数量乘标准不等于金额", en: "Quantity times standard is not the amount",
            why: "减免、按区间收费时可能不等" / "They may differ with reductions and ranges",
            advice: "请核对该项目" / "Check the item",
            clause: "财综〔2017〕32号 附件 Item",
        },
        /// The keyed check code is not the one of these fields.
        CheckCodeMismatch = 5301, "check-code-mismatch", Crypto, Error {
            zh: "校验码与票面内容不符", en: "The check code is not the one of these fields",
            why: "用策略中的密钥重新计算得到另一个校验码" / "Computed with the policy's secret it comes out otherwise",
            advice: "请确认密钥属于该开票单位；否则按伪造处理" / "Make sure that the secret is this unit's; if it is, treat the receipt as forged",
            clause: "keyed check code",
        },
        /// There is no signature at all.
        UnitSignatureMissing = 5401, "unit-signature-missing", Crypto, Error {
            zh: "没有开票单位签名", en: "There is no signature of the unit",
            why: "文件尚未签名，或签名被去掉" / "The document was not signed yet, or the signature was taken out",
            advice: "请勿作为票据使用" / "Do not use it as a receipt",
            clause: "财综〔2017〕32号 附件 EInvoiceSignature",
        },
        /// The authority's signature is missing.
        AuthoritySignatureMissing = 5402, "authority-signature-missing", Crypto, Indeterminate {
            zh: "只有单位签名，没有财政部门签名", en: "Only the unit signed; the authority's signature is missing",
            why: "票据尚未送财政部门签名，或签名被去掉" / "It was not countersigned yet, or the signature was taken out",
            advice: "请取得双签的票据" / "Get the receipt with both signatures",
            clause: "财综〔2017〕32号 附件 EInvoiceSignature",
        },
        /// The value is no base64.
        SignatureBase64 = 5403, "signature-base64", Crypto, Error {
            zh: "签名值不是规范的 Base64", en: "The signature value is not proper base64",
            why: "字符表、填充或末尾位不合规" / "The alphabet, the padding or the trailing bits are wrong",
            advice: "请向签名方核实" / "Ask the signer",
            clause: "RFC 4648 4",
        },
        /// The encoding is not one that the policy accepts.
        EncodingNotAccepted = 5404, "encoding-not-accepted", Policy, Error {
            zh: "签名值的编码不在策略允许之列", en: "The policy does not accept this encoding of the signature",
            why: "策略的 accept.encodings 未列出该编码" / "The policy's accept.encodings does not list it",
            advice: "确需接受时请修改策略" / "Change the policy if it is to be accepted",
            clause: "policy accept.encodings",
        },
        /// The signer's certificate is not at hand.
        CertificateNotAtHand = 5405, "certificate-not-at-hand", Certificate, Indeterminate {
            zh: "找不到签名人的证书", en: "The signer's certificate is not at hand",
            why: "签名值不带证书，策略的 trust.certificates 中也没有 KeyInfo 所指的证书" / "The value carries none, and trust.certificates has none with this issuer and serial",
            advice: "请把签名证书加入策略" / "Add the signer's certificate to the policy",
            clause: "财综〔2017〕32号 附件 KeyInfo",
        },
        /// KeyInfo names another certificate than the value carries.
        KeyInfoNamesAnother = 5406, "key-info-names-another", Certificate, Error {
            zh: "KeyInfo 与签名值所带证书不符", en: "KeyInfo names another certificate than the signature value carries",
            why: "证书编号或颁发者名称与签名人证书不同" / "Serial number or issuer differ from the signer's certificate",
            advice: "请向签名方核实" / "Ask the signer",
            clause: "财综〔2017〕32号 附件 KeyInfo",
        },
        /// The signature would verify in a form that the policy does not accept.
        SignatureOtherForm = 5408, "signature-other-form", Policy, Note {
            zh: "签名按策略未允许的形式可以通过", en: "The signature would verify in a form that the policy does not accept",
            why: "签名方使用了另外的用户标识、拼接方式或不带 Z 的形式" / "The signer used another user id, joining or a form without Z",
            advice: "确认来源后可在策略中显式允许" / "If the source is known, allow it in the policy by name",
            clause: "GB/T 32918.2-2016 5.5",
        },
        /// A compatibility form was used.
        CompatUsed = 5409, "compat-used", Policy, Warning {
            zh: "按兼容形式验证通过", en: "Verified in a compatibility form",
            why: "策略显式允许了不带 Z 的签名形式" / "The policy allows a form without Z by name",
            advice: "请推动签名方改用标准形式" / "Have the signer use the standard form",
            clause: "policy accept.compat",
        },
        /// Another user id than the default was used.
        UserIdUsed = 5410, "user-id-used", Policy, Note {
            zh: "使用了非默认的 SM2 用户标识", en: "Another SM2 user id than the default was used",
            why: "策略的 accept.user_ids 列出了该标识" / "The policy's accept.user_ids lists it",
            advice: "无需处理" / "Nothing to do",
            clause: "GB/T 35276-2017 10",
        },
        /// The signer named in the value is not among its certificates nor at hand.
        SignerNotCarried = 5412, "signer-not-carried", Certificate, Error {
            zh: "签名值所带证书不是其签名人的证书", en: "The certificates in the value are not the signer's",
            why: "SignerInfo 所指的颁发者与序列号在所带证书中不存在" / "Issuer and serial of the SignerInfo match none of the certificates carried",
            advice: "请向签名方核实" / "Ask the signer",
            clause: "GB/T 35275-2017 6",
        },
        /// An unusual label of algorithm, format or reference.
        LabelUnusual = 5414, "label-unusual", Input, Warning {
            zh: "签名标注的算法、格式或引用不是通常的写法", en: "The label of algorithm, format or reference is unusual",
            why: "标注不受签名保护，只作提示；验证始终按 SM2 与 SM3 进行" / "Labels are not protected and decide nothing; the check is made with SM2 and SM3 in any case",
            advice: "请核对签名方的系统" / "Check the signer's system",
            clause: "财综〔2017〕32号 附件 SignedInfo",
        },
        /// The signature time is malformed.
        SignatureTimeMalformed = 5415, "signature-time-malformed", Input, Warning {
            zh: "签名时间格式不正确", en: "The signature time is malformed",
            why: "应为 yyyyMMddHHmmss±hhmm" / "It is yyyyMMddHHmmss±hhmm",
            advice: "请核对签名方的系统" / "Check the signer's system",
            clause: "财综〔2017〕32号 附件 SignatureTime",
        },
        /// The signature time is not the one in the signed attributes.
        SignatureTimeContradicts = 5416, "signature-time-contradicts", Input, Warning {
            zh: "签名时间与签名属性中的时间不一致", en: "The signature time is not the one in the signed attributes",
            why: "SignatureTime 不受该签名保护，可能被改写；签名属性中的时间才是签名人所签" /
                "SignatureTime is not covered by that signature and may have been rewritten; what was signed stands in the attributes",
            advice: "请以签名属性中的时间为准，并向签名方核实" / "Go by the time in the attributes, and ask the signer",
            clause: "财综〔2017〕32号 附件 SignatureTime; GB/T 35275-2017",
        },
        /// Revocation was not checked.
        RevocationNotChecked = 5501, "revocation-not-checked", Certificate, Note {
            zh: "未检查证书是否被吊销", en: "Revocation was not checked",
            why: "没有该证书签发机构的吊销列表，或策略关闭了检查" / "There is no CRL of the certificate's issuer, or the policy turns the check off",
            advice: "需要时请取得签发机构的吊销列表并列入策略的 trust.crls" /
                "Where it matters, get the issuer's CRL and name it in the policy under trust.crls",
            clause: "RFC 5280 6.3",
        },
        /// Revocation is required and unknown.
        RevocationUnknown = 5502, "revocation-unknown", Certificate, Indeterminate {
            zh: "策略要求检查吊销，但没有可用的吊销列表", en: "The policy requires revocation to be known, and it is not",
            why: "没有在判定时刻有效且覆盖该证书的吊销列表" / "No CRL is good for the time judged at and covers the certificate",
            advice: "请取得签发机构最新的吊销列表并列入策略的 trust.crls" /
                "Get the newest CRL of the issuer and name it in the policy under trust.crls",
            clause: "RFC 5280 6.3",
        },
        /// One key signed in both roles.
        SameKey = 5503, "same-key", Policy, Error {
            zh: "单位与财政部门使用了同一密钥", en: "Unit and authority signed with the same key",
            why: "两个签名须由两方分别作出" / "The two signatures are made by two parties",
            advice: "请勿采用，按伪造处理" / "Do not use it; treat it as forged",
            clause: "财综〔2017〕32号 附件 EInvoiceSignature",
        },
        /// The policy does not name the signer as the authority of this area.
        AuthorityNotNamed = 5504, "authority-not-named", Policy, Indeterminate {
            zh: "策略未把签名人列为该地区的财政部门", en: "The policy does not name the signer as the authority of this area",
            why: "同一根证书下有单位也有财政部门，只有策略列名的才能监制签名" / "Units and authorities stand under one root; only those that the policy names may countersign",
            advice: "核实后在策略的 [[authority]] 中列名；否则按伪造处理" / "If it is the authority, name it under [[authority]]; otherwise treat the receipt as forged",
            clause: "policy [[authority]]",
        },
        /// Nothing shows that the signer is the unit.
        BindingNotShown = 5601, "binding-not-shown", Policy, Indeterminate {
            zh: "不能确认签名人就是票面上的开票单位", en: "Nothing shows that the signer is the unit on the receipt",
            why: "证书主体的 O、CN 与开票单位名称不同，也不含开票单位代码，策略表中也没有对应项" / "O and CN of the subject are not the unit's name, no field carries its code, and the policy's table has no row for it",
            advice: "核实后在策略的 [[unit.table]] 中登记；否则按冒名处理" / "If it is the unit, enter it under [[unit.table]]; otherwise treat it as issued in another's name",
            clause: "policy [unit] binding",
        },
        /// The table binds the code to another signer.
        BindingContradicts = 5602, "binding-contradicts", Policy, Error {
            zh: "签名人不是该开票单位登记的签名人", en: "The signer is not the one that the table has for this unit",
            why: "策略表把该单位代码对应到另一张证书，且签名人不是其受托单位" / "The policy's table binds this unit's code to another certificate, and the signer is no delegate",
            advice: "请勿采用，向开票单位核实" / "Do not use it; ask the issuing unit",
            clause: "policy [[unit.table]]",
        },
        /// The policy binds any signer.
        BindingAny = 5603, "binding-any", Policy, Warning {
            zh: "策略未要求签名人与开票单位相符", en: "The policy does not require the signer to be the unit",
            why: "策略写明 binding = \"any\"" / "The policy says binding = \"any\"",
            advice: "正式核验请使用 name 或 table" / "Use name or table for real checks",
            clause: "policy [unit] binding",
        },
        /// A delegate signed for the unit.
        BindingDelegate = 5604, "binding-delegate", Policy, Note {
            zh: "由受托单位代为签名", en: "A delegate signed for the unit",
            why: "策略表允许该单位代签" / "The policy's table allows it",
            advice: "无需处理" / "Nothing to do",
            clause: "policy [[unit.table]]",
        },
        /// The signer carries the unit's code, but another name than the receipt states.
        BindingNameDiffers = 5605, "binding-name-differs", Policy, Warning {
            zh: "签名证书含有开票单位代码，但单位名称不同", en: "The signer's certificate carries the unit's code but another name",
            why: "单位代码和名称都由签名人书写；只有代码相符时，可以用自己的代码冒用他人名称" /
                 "Code and name are both written by the signer: with the code alone it could sign under its own code in another's name",
            advice: "请核对单位名称；可在策略的单位表中登记该单位，或在 [severity] 中升级为 error" /
                    "Check the name; enter the unit in the policy's table, or raise this to error under [severity]",
            clause: "policy [unit] binding",
        },
        /// The issue time lies outside the validity of the certificates.
        IssueOutsideValidity = 5701, "issue-outside-validity", Certificate, Error {
            zh: "开票时间不在签名证书有效期内", en: "The issue time lies outside the validity of the signer's certificate",
            why: "开票时证书尚未生效或已经过期" / "The certificate was not yet or no longer valid when the receipt was issued",
            advice: "请向签名方核实" / "Ask the signer",
            clause: "RFC 5280 4.1.2.5",
        },
        /// The certificate expired since; the issue time is unproved.
        SinceExpired = 5702, "since-expired", Certificate, Indeterminate {
            zh: "签名证书现已过期，而开票时间没有证明", en: "The signer's certificate has since expired, and the issue time is unproved",
            why: "开票时间由签名方填写；证书过期后也可能倒填" / "The signer wrote the issue time, and could have written it after expiry",
            advice: "请以时间戳或存根记录证明时间，或把判定时间定为某一时刻" / "Prove the time by a timestamp or a stock record, or judge at a fixed time",
            clause: "ETSI EN 319 102-1 5.2",
        },
        /// The issue date lies in the future.
        IssueInFuture = 5703, "issue-in-future", Input, Warning {
            zh: "开票时间在将来", en: "The issue time lies in the future",
            why: "开票系统或本机的时钟不正确" / "The issuing system's clock or the one here is wrong",
            advice: "请核对时钟" / "Check the clocks",
            clause: "财综〔2017〕32号 附件 IssueDate",
        },
        /// The signature time is the signer's own statement.
        SignatureTimeUnproved = 5704, "signature-time-unproved", Input, Note {
            zh: "签名时间没有证明", en: "The signature time is unproved",
            why: "SignatureTime 不受该签名保护，只是签名方的说明" / "SignatureTime is not covered by that signature and is only the signer's statement",
            advice: "无需处理；不要据此判断先后" / "Nothing to do; do not decide on it",
            clause: "财综〔2017〕32号 附件 SignatureTime",
        },
        /// A record outside of the receipt shows when it existed.
        TimeWitnessed = 5705, "time-witnessed", Input, Note {
            zh: "外部记录证明了票据存在的时间", en: "A record outside of the receipt shows when it existed",
            why: "签名证书现已过期或被吊销，而存根或台账在此之前已存有同一文件" / "The certificate has since expired or was revoked, and a stock or ledger held this very file before",
            advice: "无需处理；请确认该记录本身可信" / "Nothing to do; make sure that the record itself can be trusted",
            clause: "ETSI EN 319 102-1 5.6.2.4",
        },
        /// The record that could show when the receipt existed could not be read.
        WitnessFailed = 5706, "witness-failed", System, Warning {
            zh: "能证明时间的记录无法读取", en: "The record that could show when the receipt existed could not be read",
            why: "存根或台账打不开、已损坏或正被占用" / "The stock or ledger cannot be opened, is damaged or is in use",
            advice: "请先修复该记录再验证；在此之前时间视为未证明" / "Mend the record and verify again; until then the time counts as unproved",
            clause: "ETSI EN 319 102-1 5.6.2.4",
        },
        /// The receipt was issued after the time at which the policy judges.
        IssuedAfterJudged = 5707, "issued-after-judged", Input, Note {
            zh: "开票时间晚于策略规定的判定时刻", en: "The receipt was issued after the time at which the policy judges",
            why: "判定时刻不能证明其后开具的票据，因此按开票时间判定" / "That time shows nothing about a later receipt, which is judged at its issue time",
            advice: "需要时请调整策略的 judge.time" / "Set judge.time of the policy to a later time where it matters",
            clause: "ETSI EN 319 102-1 5.6.2.4",
        },
        /// The red receipt does not mirror its blue one.
        ReversalMismatch = 5801, "reversal-mismatch", Input, Error {
            zh: "红票与其蓝票不相符", en: "The red receipt does not mirror its blue one",
            why: "金额不是相反数，或当事人、项目不同" / "Amounts are not the opposite, or parties or items differ",
            advice: "请向开票单位核实" / "Ask the issuing unit",
            clause: "财综〔2017〕32号 附件 MainExt",
        },
        /// The red receipt reverses a red one.
        ReversalOfRed = 5802, "reversal-of-red", Input, Error {
            zh: "红票冲的是另一张红票", en: "The red receipt reverses a red one",
            why: "红票不能再冲红" / "A red receipt cannot be reversed",
            advice: "请向开票单位核实" / "Ask the issuing unit",
            clause: "财综〔2017〕32号 附件 MainExt",
        },
        /// The same file stands twice in the set.
        ExactDouble = 5901, "exact-double", State, Note {
            zh: "同一票据文件重复出现", en: "The same receipt file stands in the set more than once",
            why: "两个文件逐字节相同" / "Two files are equal byte by byte",
            advice: "汇总金额时只计一次" / "Count it once in sums",
            clause: "number invariant I1",
        },
        /// Two files of one receipt differ outside the signed content.
        ContentDouble = 5902, "content-double", State, Warning {
            zh: "同一票据有多个不同的文件", en: "Different files hold the same receipt",
            why: "签名原文相同，而签名或包装不同（例如只有单位签名的副本）" / "The signed content is the same and the signatures or the wrapping differ, as with a copy that only the unit signed",
            advice: "汇总金额时只计一次，保留双签的一份" / "Count it once in sums and keep the one with both signatures",
            clause: "number invariant I1",
        },
        /// One number stands over two contents.
        NumberTwice = 5903, "number-twice", State, Error {
            zh: "同一代码和号码对应多份不同内容", en: "One code and number stand over different contents",
            why: "号码重复使用，或其中一份是伪造的" / "A number was used twice, or one of the two is forged",
            advice: "请立即向开票单位和财政部门核实" / "Ask the issuing unit and the authority at once",
            clause: "number invariant I1",
        },
    }
}

/// The error of this crate: a [`Code`], a place, and both sides of a comparison.
pub type Error = czei_codes::Fault<Code>;
