//! The codes of this crate: one row for each thing that can go wrong between a receipt and its page.

czei_codes::code_table! {
    /// What can go wrong with printed receipts.
    pub enum Code in "render", 6000..=6999 {
        // ---- 6000–6049 templates ----
        /// A template is no TOML.
        TemplateSyntax = 6000, "template-syntax", Config, Error {
            zh: "模板不是正确的 TOML", en: "The template is no well-formed TOML",
            why: "括号、引号或键值的写法有误，或同一个键写了两次"
                / "A bracket, a quotation mark or a pair of key and value is wrong, or a key stands twice",
            advice: "请按所示行列改正"
                / "Correct the line that is named",
            clause: "TEMPLATES.md",
        },
        /// A key that templates do not have.
        TemplateKey = 6001, "template-key", Config, Error {
            zh: "模板中有未知的键", en: "The template has an unknown key",
            why: "键名拼错，或这类区块没有这个键；未知的键不会被忽略"
                / "The key is misspelt, or blocks of this type do not have it; unknown keys are never passed over",
            advice: "请改为所列的键之一"
                / "Use one of the keys listed",
            clause: "TEMPLATES.md",
        },
        /// A value of the wrong type or outside its list.
        TemplateValue = 6002, "template-value", Config, Error {
            zh: "模板中的值不合规定", en: "A value of the template is not one of those allowed",
            why: "值的类型不对，不在所列之中，或区块的 id 重复"
                / "The value has another type, is not among those listed, or the id of a block is used twice",
            advice: "请按所示改正"
                / "Correct the value as shown",
            clause: "TEMPLATES.md",
        },
        /// A key that must be there.
        TemplateMissing = 6003, "template-missing", Config, Error {
            zh: "模板中缺少必需的键", en: "The template lacks a key",
            why: "不继承其他版式的版式须写明纸张、颜色和区块；每个区块须有自己的键"
                / "A template that extends no other says paper, colours and blocks; each block has keys of its own",
            advice: "请补上所示的键"
                / "Add the key that is named",
            clause: "TEMPLATES.md",
        },
        /// A version of the template language that is not known.
        TemplateVersion = 6004, "template-version", Config, Error {
            zh: "不支持模板的版本", en: "The version of the template language is not known",
            why: "v 不是 1，文件可能为更新的程序所写"
                / "`v` is not 1; the file may have been written for a newer program",
            advice: "请写 v = 1，或更新程序"
                / "Write v = 1, or use a newer program",
            clause: "TEMPLATES.md",
        },
        /// A field or a filter that is unknown or makes no sense there.
        TemplateField = 6005, "template-field", Config, Error {
            zh: "模板中的字段或过滤器不能用在此处", en: "A field or a filter of the template cannot stand there",
            why: "字段名拼错，过滤器不适用于该字段，明细字段用在明细之外，或参数没有声明"
                / "The field is misspelt, the filter does not suit it, a field of items stands outside their table, or a parameter is not declared",
            advice: "请对照字段表改正；字面的花括号写作 {{ 和 }}"
                / "Compare with the list of fields; a literal brace is written {{ or }}",
            clause: "TEMPLATES.md",
        },
        /// A condition that cannot be read.
        TemplateCondition = 6006, "template-condition", Config, Error {
            zh: "模板中的条件无法识别", en: "A condition of the template cannot be read",
            why: "when 只接受所列的条件，可以用 ! 否定，用 and 连接"
                / "`when` takes the conditions listed, with ! for their contrary and \"and\" between them",
            advice: "请按所列的写法改正"
                / "Write it in one of the forms listed",
            clause: "TEMPLATES.md",
        },
        /// A measure off the grid, or a size too small.
        TemplateMeasure = 6007, "template-measure", Config, Error {
            zh: "模板中的尺寸不合规定", en: "A measure of the template is not allowed",
            why: "位置和高度须为 0.5 毫米的整数倍，字号不小于 6 磅，区块须容得下一行字"
                / "Places and heights are multiples of 0.5 mm, no size is below 6 pt, and every block holds a line",
            advice: "请按所示改正"
                / "Correct the measure as shown",
            clause: "TEMPLATES.md",
        },
        /// Columns that do not fill the width, or overflow it.
        TemplateColumns = 6008, "template-columns", Config, Error {
            zh: "各栏宽度之和不等于版心宽度", en: "The columns do not fill the width between the margins exactly",
            why: "栏宽之和（分组时乘以组数）与版心宽度不同，或某栏窄于 6 毫米"
                / "The widths, times the groups side by side, differ from the width between the margins, or a column is below 6 mm",
            advice: "请调整栏宽"
                / "Adjust the widths",
            clause: "TEMPLATES.md",
        },
        /// A block outside the margins or over another.
        TemplatePlace = 6009, "template-place", Config, Error {
            zh: "区块超出页边距，或与其他区块重叠", en: "A block lies outside the margins or over another one",
            why: "固定区块须在页边距之内、正文之上，互不重叠；二维码四周须留静区"
                / "Fixed blocks lie within the margins and above the body, apart from one another; a QR code keeps its quiet zone",
            advice: "请移动或缩小区块"
                / "Move the block or make it smaller",
            clause: "GB/T 18284",
        },
        /// A template whose pages would not say what they must.
        TemplateIncomplete = 6010, "template-incomplete", Config, Error {
            zh: "版式缺少票据必须载明的内容", en: "The template leaves out what a receipt must say",
            why: "每页须有票据名称、代码、号码、校验码和页码；首页还须有金额、日期、双方名称和经办人；其他内容须有去处"
                / "Every page says title, code, number, check code and page; the first one also amount, date, both parties and persons; and all else has a place",
            advice: "请补上所示的字段或区块，且不加条件"
                / "Add the field or the block that is named, without a condition",
            clause: "财综〔2017〕32号",
        },
        /// A template, a block or a part of that name is not there.
        TemplateUnknown = 6011, "template-unknown", Config, Error {
            zh: "没有这个名称的版式、区块或项目", en: "There is no template, block or part of this name",
            why: "extends、remove、block、part、after 或 before 所指的名称不存在，或所选的版式没有加载"
                / "What `extends`, `remove`, `block`, `part`, `after` or `before` name does not exist, or the template asked for was not added",
            advice: "请改正名称，或先加载所继承的版式"
                / "Correct the name, or add the template that is extended first",
            clause: "TEMPLATES.md",
        },
        /// A template with too much in it.
        TemplateLimit = 6012, "template-limit", Limit, Error {
            zh: "模板过大或内容过多", en: "The template is too large or has too many parts",
            why: "文件、区块、栏目或继承层数超过上限"
                / "The file, its blocks, columns or the templates it extends are more than allowed",
            advice: "请减小到上限之内"
                / "Stay within the bound given",
            clause: "TEMPLATES.md",
        },
        // ---- 6050–6099 layout ----
        /// An invisible character in what is to be printed.
        InvisibleCharacter = 6050, "printed-invisible-character", Input, Error {
            zh: "票据中有看不见的字符，不予打印", en: "The receipt has invisible characters and is not printed",
            why: "双向控制符、零宽字符等会使纸面所见与票据内容不同；本系统不开具这样的票据"
                / "Bidirectional controls, zero width characters and the like make the page show something else than the receipt says; none is issued with them",
            advice: "请要求开票单位重新开具；票据文件本身仍可查验"
                / "Ask the issuer for a proper receipt; the XML itself can still be verified",
            clause: "GB 18030",
        },
        /// What must stand on the first page does not fit it.
        PageFull = 6051, "page-full", Config, Error {
            zh: "首页放不下必须印在首页的内容", en: "What must stand on the first page does not fit it",
            why: "名称、账号等过长，用最小字号折行后仍超出版面；内容不会被截断"
                / "Names or accounts are so long that they overflow the page even in the smallest size; nothing is ever cut",
            advice: "请增大版式的纸张，或在 sizes 中增加更小的字号（不小于 6 磅）"
                / "Give the template more paper, or a smaller size in `sizes`, 6 pt at least",
            clause: "TEMPLATES.md",
        },
        /// More pages than a receipt may have.
        TooManyPages = 6052, "too-many-pages", Limit, Error {
            zh: "打印页数超过上限", en: "The receipt would take too many pages",
            why: "票据的文字或明细过多"
                / "It has too much text or too many items",
            advice: "请核对票据是否正确；票据文件本身仍可查验"
                / "Check whether the receipt is right; the XML itself can still be verified",
            clause: "TEMPLATES.md",
        },
        // ---- 6100–6149 fonts ----
        /// Characters that no font has.
        MissingGlyph = 6100, "missing-glyph", Input, Error {
            zh: "没有字体含有这些字符", en: "No font has these characters",
            why: "所给字体都没有这些字符的字形；不会印成空框"
                / "None of the fonts given has a glyph for them; nothing is ever printed as an empty box",
            advice: "请增加含有这些字符的字体，例如 Noto Sans CJK 或花园明朝"
                / "Add a font that has them, such as Noto Sans CJK or HanaMin",
            clause: "GB 18030",
        },
        /// Characters that cannot be set one after the other.
        ScriptNeedsShaping = 6101, "script-needs-shaping", Input, Error {
            zh: "这些字符所属文字需要连写排版，无法印制", en: "These characters belong to scripts that cannot be set here",
            why: "从右向左书写的文字、字形随相邻字母变化的文字以及组合符号，逐字排列会印错；不会印成错误的字形"
                / "Right-to-left scripts, letters that change with their neighbours and combining marks would come out wrong if set one by one; nothing is ever printed wrongly",
            advice: "请改用汉字或拉丁字母转写；带声调的拉丁字母请用单个字符（NFC）"
                / "Transcribe them in Chinese or Latin letters; write accented Latin letters as single characters (NFC)",
            clause: "Unicode 16.0, UAX #9, UAX #44",
        },
        /// A font file is too large.
        FontTooLarge = 6110, "font-too-large", Limit, Error {
            zh: "字体文件过大", en: "The font file is too large",
            why: "文件超过可读取的上限"
                / "The file exceeds what is read",
            advice: "请使用较小的字体文件，例如只含一种语言的版本"
                / "Use a smaller font file, such as an edition for one language",
            clause: "czei-render",
        },
        /// A font file cannot be read.
        FontMalformed = 6111, "font-malformed", Input, Error {
            zh: "字体文件无法读取", en: "The font file cannot be read",
            why: "文件损坏、不是 TrueType 或 OpenType 字体（例如 WOFF），或字体集中没有此序号"
                / "It is damaged, or no TrueType or OpenType font (WOFF is neither), or the collection has no face of this number",
            advice: "请使用 .ttf、.otf 或 .ttc 文件，并核对序号"
                / "Use a .ttf, .otf or .ttc file, and check the number of the face",
            clause: "ISO/IEC 14496-22",
        },
        /// A font's maker forbids what every PDF does with it.
        FontNotEmbeddable = 6112, "font-not-embeddable", Input, Error {
            zh: "字体的许可不允许嵌入", en: "The font's licence does not allow embedding",
            why: "字体制作者在 OS/2 表的 fsType 中禁止嵌入或取子集，而 PDF/A 必须嵌入字体"
                / "Its maker forbids embedding or subsetting in fsType of the OS/2 table, and PDF/A must embed its fonts",
            advice: "请使用允许嵌入的字体，例如 Noto Sans CJK"
                / "Use a font that may be embedded, such as Noto Sans CJK",
            clause: "ISO 19005-3 6.2.11.4; ISO/IEC 14496-22 OS/2 fsType",
        },
        /// A font's outlines are of a kind that is not embedded.
        FontOutlines = 6113, "font-outlines", Input, Error {
            zh: "不支持此字体的轮廓格式", en: "The font has no outlines that can be embedded",
            why: "只能嵌入 glyf 或 CFF 轮廓；此字体只有 CFF2（可变字体）或位图"
                / "Only glyf and CFF outlines are embedded; this font has CFF2 (a variable font) or bitmaps alone",
            advice: "请使用同一字体的静态版本（.ttf 或 .otf）"
                / "Use the static edition of the font (.ttf or .otf)",
            clause: "ISO 32000-1 9.9",
        },
        /// A font does not say which characters it has.
        FontWithoutUnicode = 6114, "font-without-unicode", Input, Error {
            zh: "字体没有可用的 Unicode 字符表", en: "The font has no usable map of Unicode characters",
            why: "字体缺少 cmap 表、只有符号编码，或者是用同一字形表示许多字符的后备字体"
                / "Its cmap is missing, maps symbols alone, or belongs to a font of last resort that shows many characters as one",
            advice: "请使用普通的中文字体"
                / "Use an ordinary Chinese font",
            clause: "ISO/IEC 14496-22 cmap",
        },
        /// More faces than can be numbered.
        TooManyFaces = 6115, "too-many-faces", Limit, Error {
            zh: "字体过多", en: "There are too many fonts",
            why: "一次可用的字体数量有上限"
                / "The number of fonts used together is bounded",
            advice: "请只给出需要的字体"
                / "Give the fonts that are needed and no others",
            clause: "czei-render",
        },
        /// More glyphs than a subset can number.
        TooManyGlyphs = 6116, "too-many-glyphs", Limit, Error {
            zh: "一种字体所用字符过多", en: "Too many glyphs of one font are used",
            why: "PDF 中一个字体子集的编号只有两个字节"
                / "Glyphs of a subset are numbered with two bytes in a PDF",
            advice: "请分成几个文件"
                / "Divide the pages among several files",
            clause: "ISO 32000-1 9.7.4",
        },
        /// A glyph cannot be taken from its font.
        FontGlyph = 6117, "font-glyph", Input, Error {
            zh: "无法从字体中取出字形", en: "A glyph cannot be taken from its font",
            why: "字体中此字形的数据损坏，或字形不属于所给字体"
                / "The data of the glyph is damaged, or the glyph does not belong to the fonts given",
            advice: "请更换字体文件"
                / "Replace the font file",
            clause: "ISO/IEC 14496-22",
        },
        // ---- 6150–6199 writing PDF ----
        /// The output of a PDF file refused bytes.
        PdfOutput = 6150, "pdf-output", System, Error {
            zh: "PDF 文件写不出去", en: "The PDF file could not be written",
            why: "写入目标报告了错误，例如磁盘已满"
                / "The output reported an error, such as a full disk",
            advice: "请排除该错误后重新生成，已写出的部分不可使用"
                / "Mend its cause and render again; what was written so far is of no use",
            clause: "ISO 32000-1 7.5",
        },
        /// The file would have more objects or bytes than the format allows.
        PdfTooLarge = 6151, "pdf-too-large", Limit, Error {
            zh: "PDF 文件过大", en: "The PDF file would be too large",
            why: "PDF/A-3 最多容许 8388607 个对象，交叉引用表最多容许十位数的位置"
                / "PDF/A-3 allows 8,388,607 objects, and the cross-reference table positions of ten digits",
            advice: "请将票据分到几个文件中"
                / "Divide the receipts among several files",
            clause: "ISO 19005-3 6.1.12",
        },
        /// A preview with the receipt's XML or a QR code.
        PdfPreview = 6152, "pdf-preview", Input, Error {
            zh: "预览不得带有票据的 XML 或二维码", en: "A preview carries neither the receipt's XML nor a QR code",
            why: "预览是未签名内容的图样，不得被当作票据"
                / "It is a picture of what is not signed, and must not pass for a receipt",
            advice: "请去掉附件和二维码，或在签名之后按票据生成"
                / "Leave attachment and code out, or render the receipt once it is signed",
            clause: "财综〔2017〕32号",
        },
        /// The name of an attachment is not plain.
        PdfAttachmentName = 6153, "pdf-attachment-name", Input, Error {
            zh: "附件名不合规定", en: "The name of the attachment is not allowed",
            why: "附件名只能有 1 至 100 个 ASCII 字母、数字、点、连字符和下划线，且不以点开头，以便在任何系统上安全保存"
                / "It has 1 to 100 letters, digits, dots, hyphens and underscores of ASCII and does not begin with a dot, so that it is safe to save anywhere",
            advice: "请使用 einvoice.xml 或 票据代码-票据号码.xml"
                / "Use einvoice.xml, or CODE-NUMBER.xml",
            clause: "ISO 19005-3 6.8",
        },
        /// Two attachments have one name.
        PdfAttachmentTwice = 6154, "pdf-attachment-twice", Input, Error {
            zh: "合并文件中已有同名附件", en: "The file already has an attachment of this name",
            why: "同一张票据加入了两次，或两张票据用了同一个附件名"
                / "A receipt was added twice, or two have one name",
            advice: "每张票据只加入一次"
                / "Add each receipt once",
            clause: "ISO 32000-1 7.9.6",
        },
        /// A page is smaller or larger than the file or the sheet allows.
        PdfPageSize = 6155, "pdf-page-size", Input, Error {
            zh: "页面尺寸超出范围", en: "The size of a page is out of bounds",
            why: "PDF/A-3 的页面边长为 3 至 14400 单位；一张 A4 放两页时，每页不超过其一半"
                / "A side of a PDF/A-3 page has 3 to 14,400 units; with two pages on a sheet of A4, each fits its half",
            advice: "请改正模板的页面尺寸，或不用一张两页的方式"
                / "Correct the page size of the template, or print one page on a sheet",
            clause: "ISO 19005-3 6.1.12",
        },
        /// A file without a page.
        PdfNoPage = 6156, "pdf-no-page", Input, Error {
            zh: "PDF 文件没有页面", en: "The PDF file would have no page",
            why: "没有给出页面，或没有加入任何票据"
                / "No page was given, or no receipt was added",
            advice: "请至少加入一张票据"
                / "Add at least one receipt",
            clause: "ISO 32000-1 7.7.3",
        },
        /// An image with more or fewer samples than its pixels need.
        PdfImage = 6157, "pdf-image", Input, Error {
            zh: "图像数据与其行列数不符", en: "The samples of an image are not those of its rows and columns",
            why: "每个像素应有红绿蓝三个字节，有透明度时另加一个字节，且至少有一个像素"
                / "Each pixel has three bytes for red, green and blue, and one for its opacity where there is any; there is at least one",
            advice: "请用本库的读图功能得到图像"
                / "Read images with the function of this library",
            clause: "ISO 32000-1 8.9.5",
        },
        // ---- 6200–6249 seals ----
        /// The region's name does not fit the supervision seal.
        SealName = 6200, "seal-name", Input, Error {
            zh: "监制章内的地区名称长度不合要求", en: "The region's name does not fit into the supervision seal",
            why: "名称为空，或长于两行各六字"
                / "The name is empty, or longer than two lines of six characters",
            advice: "请使用票据代码前两位所对应的地区名称，或给出自己的监制章图像"
                / "Use the name that belongs to the first two digits of the receipt code, or give an image of the seal",
            clause: "财综〔2017〕32号",
        },
        /// The size at which a seal or a stamp is to be drawn is outside its bounds.
        SealSize = 6201, "seal-size", Input, Error {
            zh: "印章或印记的尺寸超出范围", en: "The size of the seal or stamp is out of bounds",
            why: "尺寸以微米为单位；毫米数须乘以一千"
                / "Sizes are in micrometres; millimetres are to be multiplied by a thousand",
            advice: "请给出范围内的尺寸"
                / "Give a size within the bounds",
            clause: "czei-seal/1",
        },
        /// The seal's image is longer, wider or higher than allowed.
        SealImageLimit = 6202, "seal-image-limit", Limit, Error {
            zh: "印章图像超出限制", en: "The image of the seal exceeds a limit",
            why: "文件过长或像素过多；读取之前先看其文件头"
                / "The file is too long or has too many pixels; its header is looked at before it is read",
            advice: "请缩小图像；600 dpi 的 42 毫米印章为 1000 像素见方"
                / "Make the image smaller; a seal of 42 mm at 600 dpi has 1000 pixels a side",
            clause: "ISO/IEC 15948",
        },
        /// The seal's image is no PNG file.
        SealImageFormat = 6203, "seal-image-format", Input, Error {
            zh: "印章图像不是 PNG 文件", en: "The image of the seal is not a PNG file",
            why: "文件开头不是 PNG 的标记；JPEG 等没有透明背景"
                / "The file does not begin as PNG does; JPEG and others have no transparent background",
            advice: "请把印章存为背景透明的 PNG"
                / "Save the seal as PNG with a transparent background",
            clause: "ISO/IEC 15948",
        },
        /// The seal's image is damaged.
        SealImageDamaged = 6204, "seal-image-damaged", Input, Error {
            zh: "印章图像已损坏", en: "The image of the seal is damaged",
            why: "校验和不符、数据缺失或前后矛盾"
                / "A checksum does not fit, or data is missing or contradicts itself",
            advice: "请重新导出该图像"
                / "Export the image again",
            clause: "ISO/IEC 15948",
        },
        /// The seal's image is an animation.
        SealImageAnimated = 6205, "seal-image-animated", Input, Error {
            zh: "印章图像是动画", en: "The image of the seal is an animation",
            why: "动画 PNG 在不同程序中显示的画面不同"
                / "Programs differ in which picture of an animated PNG they show",
            advice: "请存为静态 PNG"
                / "Save it as a still PNG",
            clause: "ISO/IEC 15948",
        },
        /// Bytes stand behind the end of the seal's image.
        SealImageTrailing = 6206, "seal-image-trailing", Input, Error {
            zh: "印章图像的结尾之后还有数据", en: "There are bytes behind the end of the seal's image",
            why: "文件是拼接的，或藏有其他内容"
                / "The file was joined with another, or hides something",
            advice: "请重新导出该图像"
                / "Export the image again",
            clause: "ISO/IEC 15948",
        },
        /// Nothing of the seal's image would be seen.
        SealImageBlank = 6207, "seal-image-blank", Input, Error {
            zh: "印章图像完全透明", en: "The image of the seal is wholly transparent",
            why: "每个像素的不透明度都是零"
                / "The opacity of every pixel is zero",
            advice: "请检查导出图像时所选的图层"
                / "Look at which layers were exported",
            clause: "ISO/IEC 15948",
        },
        /// The seal's image would hide what lies beneath it.
        SealImageDark = 6208, "seal-image-dark", Input, Error {
            zh: "印章图像会遮住下面的文字", en: "The image of the seal would hide what lies beneath it",
            why: "图像一半以上的面积既不透明又很暗；背景透明的图像转存为 JPEG 后常会变成黑底"
                / "More than half of the image is both opaque and dark; a transparent ground often becomes black when an \
                   image is saved as JPEG",
            advice: "请用背景透明或白色的印章图像"
                / "Use an image of the seal with a transparent or a white ground",
            clause: "SETTINGS.md",
        },
        /// The seal's image has too few pixels.
        SealImageSmall = 6209, "seal-image-small", Input, Error {
            zh: "印章图像的像素过少", en: "The image of the seal has too few pixels",
            why: "图像过小，印出后看不清印文"
                / "So small an image shows no legible letter when it is printed",
            advice: "请用更大的图像；600 dpi 的 42 毫米印章为 1000 像素见方"
                / "Use a larger image; a seal of 42 mm at 600 dpi has 1000 pixels a side",
            clause: "SETTINGS.md",
        },
        // ---- 6250–6299 QR ----
        /// The text of a QR code is empty or too long.
        QrLength = 6250, "qr-length", Limit, Error {
            zh: "二维码的文本为空或过长", en: "The text of a QR code is empty or too long",
            why: "超过 97 个模块的码在 20 毫米见方内印不清、扫不出"
                / "A code of more than 97 modules a side cannot be printed within 20 mm so that it can be scanned",
            advice: "请缩短二维码的网址模板"
                / "Shorten the address pattern of the code",
            clause: "GB/T 18284",
        },
        /// A character that not every reader of QR codes understands.
        QrCharacter = 6251, "qr-character", Input, Error {
            zh: "二维码的文本含有 ASCII 以外的字符", en: "The text of a QR code has a character outside printable ASCII",
            why: "码内不写明字符集，各种扫码程序对其余字符的理解不同"
                / "The code does not name its character set, and readers differ in what they take other characters for",
            advice: "请将其余字符写成百分号编码"
                / "Write other characters with percent signs",
            clause: "GB/T 18284",
        },
        /// The pattern of the addresses in QR codes is no absolute address.
        QrPattern = 6252, "qr-pattern", Config, Error {
            zh: "二维码的网址模板不是完整的网址", en: "The pattern of the QR code is no absolute http or https address",
            why: "缺少 https:// 或主机名，主机名前有用户名，过长，或含有网址不允许的字符"
                / "The scheme or the host is missing, a user stands before the host, it is too long, or has characters that no address has",
            advice: "请写成 https://主机/路径?c={code}&n={number} 的形式"
                / "Write it as https://host/path?c={code}&n={number}",
            clause: "RFC 3986",
        },
        /// A gap of the pattern is unknown, missing, doubled or in a wrong place.
        QrPatternField = 6253, "qr-pattern-field", Config, Error {
            zh: "二维码网址模板中的字段未知、缺少、重复或位置不对", en: "A field in the pattern of the QR code is unknown, missing, doubled or in a wrong place",
            why: "字段名有误，缺少票据代码或号码（缴款书为缴款码），或长度不定的字段之后紧接着无法区分的字符"
                / "The name is wrong, code or number (the payment code of a notice) is missing, or a field of no fixed length is followed by what could be a part of it",
            advice: "请按提示改正该处的字段"
                / "Correct the field at the column given",
            clause: "czei-qr/1",
        },
        /// The pattern of a notice asks for a payment code, and the receipt has none.
        QrPayCode = 6254, "qr-pay-code", Input, Error {
            zh: "票据没有缴款码，无法写入二维码网址", en: "The receipt has no payment code to put into the address of its QR code",
            why: "网址模板含有 {paycode}，而票据没有缴款码"
                / "The pattern has {paycode}, and the receipt lacks PayCode",
            advice: "请在草稿中填写缴款码，或改用不含 {paycode} 的模板"
                / "Give the draft a payment code, or use a pattern without {paycode}",
            clause: "财综〔2017〕32号 PayCode",
        },
        // ---- 6300–6399 reading PDF ----
        /// The file does not begin as PDF does.
        PdfNotPdf = 6300, "pdf-not-pdf", Input, Error {
            zh: "文件不是 PDF", en: "The file is no PDF file",
            why: "开头不是 %PDF-1.x 或 %PDF-2.x"
                / "It does not begin with %PDF-1.x or %PDF-2.x",
            advice: "请检查是否选错了文件，或文件在传输中损坏"
                / "Check whether it is the right file, and whether it was damaged on its way",
            clause: "ISO 32000-1 7.5.2",
        },
        /// The table of objects cannot be read.
        PdfXref = 6301, "pdf-xref", Input, Error {
            zh: "PDF 的交叉引用数据无法读取", en: "The cross-reference data of the PDF file cannot be read",
            why: "文件被截断或改动，或交叉引用成环；本程序不作修复，因为各种阅读器修复的结果不同"
                / "The file was cut off or changed, or its sections lead in a circle; nothing is repaired here, because readers differ in how they repair",
            advice: "请向开票单位重新索取文件"
                / "Ask the issuing unit for the file again",
            clause: "ISO 32000-1 7.5.4",
        },
        /// An object is not formed as PDF asks for.
        PdfMalformed = 6302, "pdf-malformed", Input, Error {
            zh: "PDF 中的对象格式不正确", en: "An object of the PDF file is malformed",
            why: "文件已损坏，数据流长度不符，字典中有重复的键，或对象相互重叠；不同阅读器会看到不同的内容"
                / "The file is damaged, a stream does not end where its length says, a key stands twice, or objects overlap; readers would see different documents",
            advice: "请向开票单位重新索取文件"
                / "Ask the issuing unit for the file again",
            clause: "ISO 32000-1 7.3",
        },
        /// The file is encrypted.
        PdfEncrypted = 6303, "pdf-encrypted", Input, Error {
            zh: "PDF 已加密", en: "The PDF file is encrypted",
            why: "文件设有密码或权限限制；票据的版式文件不应加密"
                / "It has a password or restrictions; the file of a receipt has none",
            advice: "请索取未加密的文件"
                / "Ask for the file without encryption",
            clause: "ISO 19005-3 6.1.3",
        },
        /// A compression or its parameters are not read here.
        PdfFilter = 6304, "pdf-filter", Input, Error {
            zh: "PDF 数据流的压缩方式不支持", en: "A stream of the PDF file has a filter that is not read",
            why: "使用了 LZW 等不支持的过滤器，过滤器过多，或预测参数不合规定"
                / "It uses LZW or another filter that is not supported, too many filters, or parameters out of bounds",
            advice: "请索取符合 PDF/A-3 的文件"
                / "Ask for a file that follows PDF/A-3",
            clause: "ISO 19005-3 6.1.7",
        },
        /// Compressed data is damaged.
        PdfStream = 6305, "pdf-stream", Input, Error {
            zh: "PDF 数据流已损坏", en: "A stream of the PDF file is damaged",
            why: "压缩数据不完整或被改动"
                / "Compressed data is incomplete or was changed",
            advice: "请向开票单位重新索取文件"
                / "Ask the issuing unit for the file again",
            clause: "ISO 32000-1 7.4",
        },
        /// The file is larger than the limit.
        PdfFileTooLarge = 6310, "pdf-file-too-large", Limit, Error {
            zh: "PDF 文件超过大小上限", en: "The PDF file is larger than the limit",
            why: "文件字节数超过设定的上限"
                / "It has more bytes than the limits allow",
            advice: "如文件可信，请提高上限"
                / "Raise the limit if you trust the file",
            clause: "ISO 32000-1 annex C",
        },
        /// Too many objects, values or sections.
        PdfTooManyObjects = 6311, "pdf-too-many-objects", Limit, Error {
            zh: "PDF 的对象数超过上限", en: "The PDF file has more objects than the limit",
            why: "对象、数组元素、字典键或更新段过多；票据远低于上限"
                / "Too many objects, elements, keys or sections; a receipt is far below",
            advice: "如文件可信，请提高上限"
                / "Raise the limit if you trust the file",
            clause: "ISO 32000-1 annex C",
        },
        /// Arrays, trees or forms within each other, too deep.
        PdfTooDeep = 6312, "pdf-too-deep", Limit, Error {
            zh: "PDF 的嵌套层数超过上限或成环", en: "The PDF file is nested deeper than the limit, or in a circle",
            why: "数组、字典、页面树、名称树或图形对象嵌套过深，或相互引用成环"
                / "Arrays, dictionaries, trees or forms stand within each other too deep, or refer to each other in a circle",
            advice: "请向开票单位重新索取文件"
                / "Ask the issuing unit for the file again",
            clause: "ISO 32000-1 annex C",
        },
        /// Decompressed data exceeds the limit.
        PdfInflatesTooFar = 6313, "pdf-inflates-too-far", Limit, Error {
            zh: "PDF 解压后的数据超过上限", en: "The PDF file grows beyond the limit when it is decompressed",
            why: "数据流解压后过大，可能是解压炸弹"
                / "Streams become too large; this may be a decompression bomb",
            advice: "如文件可信，请提高上限"
                / "Raise the limit if you trust the file",
            clause: "ISO 32000-1 annex C",
        },
        /// Too many pages.
        PdfTooManyPages = 6314, "pdf-too-many-pages", Limit, Error {
            zh: "PDF 的页数超过上限", en: "The PDF file has more pages than the limit",
            why: "页数超过设定的上限"
                / "It has more pages than the limits allow",
            advice: "请分批打印，或提高上限"
                / "Print in smaller lots, or raise the limit",
            clause: "ISO 32000-1 annex C",
        },
        /// Too many embedded files.
        PdfTooManyFiles = 6315, "pdf-too-many-files", Limit, Error {
            zh: "PDF 中嵌入的文件数超过上限", en: "The PDF file holds more embedded files than the limit",
            why: "嵌入文件过多"
                / "It has more embedded files than the limits allow",
            advice: "请分批打印，或提高上限"
                / "Print in smaller lots, or raise the limit",
            clause: "ISO 32000-1 annex C",
        },
        /// The name of an embedded file is too long.
        PdfNameTooLong = 6316, "pdf-name-too-long", Limit, Error {
            zh: "PDF 中嵌入文件的名称过长", en: "The name of an embedded file is too long",
            why: "名称字节数超过上限"
                / "It has more bytes than the limits allow",
            advice: "请向开票单位重新索取文件"
                / "Ask the issuing unit for the file again",
            clause: "ISO 32000-1 annex C",
        },
        /// Too many operators on the pages, or too many pixels.
        PdfTooMuchContent = 6317, "pdf-too-much-content", Limit, Error {
            zh: "PDF 页面内容超过上限", en: "The pages of the PDF file hold more than the limit",
            why: "绘图操作、文字或图像像素过多，或比较的工作量过大"
                / "Too many painting operators, characters or pixels of images, or too much to compare",
            advice: "如文件可信，请提高上限"
                / "Raise the limit if you trust the file",
            clause: "ISO 32000-1 annex C",
        },
        /// No embedded receipt.
        PdfNoReceipt = 6320, "pdf-no-receipt", Input, Error {
            zh: "PDF 中没有嵌入票据 XML", en: "The PDF file holds no receipt as XML",
            why: "没有根元素为 EInvoice 或 EINVOICE 的嵌入文件；只有图样，无法验签"
                / "None of its embedded files has the root element EInvoice or EINVOICE; a picture alone cannot be verified",
            advice: "请索取票据的 XML 文件"
                / "Ask for the receipt's XML file",
            clause: "财综〔2017〕32号",
        },
        /// Several embedded receipts.
        PdfSeveralReceipts = 6321, "pdf-several-receipts", Input, Error {
            zh: "PDF 中嵌入了多份票据 XML", en: "The PDF file holds several receipts as XML",
            why: "无法确定页面显示的是哪一份；合并打印的文件含有多份"
                / "Which of them the pages show cannot be told; a file printed from many receipts holds many",
            advice: "请逐份取出 XML 分别验证，或索取单份票据的文件"
                / "Take each XML out and verify it alone, or ask for the file of one receipt",
            clause: "ISO 19005-3 6.8",
        },
        // ---- 6400–6499 the picture against the XML ----
        /// The page agrees, as far as can be told.
        PictureNotProven = 6400, "picture-not-proven", Policy, Indeterminate {
            zh: "XML 所载内容见于页面，但页面上其他内容及其外观未经证明", en: "What the XML says stands on the page; what else stands there and how it looks is not proven",
            why: "无法以相同的模板和字体重现出逐字节相同的文件；图像可以遮盖文字，字体可以显示别的字形"
                / "It could not be printed again byte for byte; an image may cover text, and a font may show other glyphs",
            advice: "以 XML 为准；需要图样时请由 XML 重新生成"
                / "Rely on the XML; where a picture is needed, print it from the XML",
            clause: "财综〔2017〕32号",
        },
        /// The file was changed after it was written.
        PictureUpdated = 6401, "picture-updated", Policy, Error {
            zh: "版式文件生成后被追加了内容", en: "The PDF file was added to after it was written",
            why: "文件含有增量更新、第二份交叉引用数据或混合交叉引用"
                / "It has an incremental update, second cross-reference data, or a hybrid of two kinds",
            advice: "以 XML 为准，并索取未经改动的文件"
                / "Rely on the XML, and ask for the file as it was issued",
            clause: "ISO 32000-1 7.5.6",
        },
        /// Bytes behind the end of the file.
        PictureBeyondEnd = 6402, "picture-beyond-end", Policy, Error {
            zh: "版式文件结尾之后还有数据", en: "Bytes stand behind the end of the PDF file",
            why: "最后一个 %%EOF 之后有其他字节"
                / "Other bytes follow the last %%EOF",
            advice: "以 XML 为准，并索取未经改动的文件"
                / "Rely on the XML, and ask for the file as it was issued",
            clause: "ISO 19005-3 6.1.3",
        },
        /// Scripts, actions, forms, annotations, media, layers, external streams.
        PictureActive = 6403, "picture-active", Policy, Error {
            zh: "版式文件含有票据不应有的活动内容", en: "The PDF file has what no receipt needs: something that acts, or changes the page",
            why: "文件含有脚本、动作、表单、批注、多媒体、文件包、图层或外部数据"
                / "It has scripts, actions, forms, annotations, media, a portfolio, layers or data in other files",
            advice: "请勿在阅读器中执行其内容；以 XML 为准"
                / "Do not let a reader run it; rely on the XML",
            clause: "ISO 19005-3 6.4, 6.5, 6.9",
        },
        /// Objects that are not used.
        PictureLeftover = 6404, "picture-leftover", Policy, Error {
            zh: "版式文件中有未被使用或无法读取的对象", en: "The PDF file holds objects or bytes that are not used or cannot be read",
            why: "改动后的遗留，或藏入的数据"
                / "Left over from a change, or hidden there",
            advice: "以 XML 为准，并索取未经改动的文件"
                / "Rely on the XML, and ask for the file as it was issued",
            clause: "ISO 32000-1 7.5.6",
        },
        /// Embedded files besides the receipt.
        PictureFiles = 6405, "picture-files", Policy, Error {
            zh: "版式文件中除票据 XML 外还嵌入了其他文件", en: "The PDF file holds embedded files besides the receipt's XML",
            why: "附加的文件不属于票据，也未经签名"
                / "They are no part of the receipt, and nobody signed them",
            advice: "请勿打开附加的文件；以票据 XML 为准"
                / "Do not open them; rely on the receipt's XML",
            clause: "ISO 19005-3 6.8",
        },
        /// The name of an embedded file is a path.
        PictureFileName = 6406, "picture-file-name", Policy, Error {
            zh: "嵌入文件的名称含有路径", en: "The name of an embedded file is a path",
            why: "名称含有目录分隔符或 ..，取出时可能覆盖其他文件"
                / "It has separators or is .., and could overwrite another file when it is saved",
            advice: "取出时请自行命名"
                / "Give it a name of your own when you save it",
            clause: "ISO 32000-1 7.11.2",
        },
        /// The pages are not as many as the receipt takes.
        PicturePages = 6407, "picture-pages", Policy, Error {
            zh: "版式文件的页数与票据不符", en: "The PDF file has another number of pages than the receipt takes",
            why: "增加、删除或替换了页面"
                / "Pages were added, taken out or exchanged",
            advice: "以 XML 为准，并索取未经改动的文件"
                / "Rely on the XML, and ask for the file as it was issued",
            clause: "财综〔2017〕32号",
        },
        /// The text is not that of the receipt printed again.
        PictureText = 6408, "picture-text", Policy, Error {
            zh: "版式文件的文字与由 XML 重新生成的不同", en: "The text of the page is not that of the receipt printed again",
            why: "页面上的文字被改动，或页面属于另一张票据"
                / "Text on the page was changed, or the page is that of another receipt",
            advice: "以 XML 为准，并报告此文件"
                / "Rely on the XML, and report the file",
            clause: "财综〔2017〕32号",
        },
        /// A value of the receipt is not on the page.
        PictureMissing = 6409, "picture-missing", Policy, Error {
            zh: "页面上没有 XML 中的值", en: "A value of the XML does not stand on the page",
            why: "页面上的文字被改动，或页面属于另一张票据"
                / "Text on the page was changed, or the page is that of another receipt",
            advice: "以 XML 为准，并报告此文件"
                / "Rely on the XML, and report the file",
            clause: "财综〔2017〕32号",
        },
        /// A code, number, amount or date on the page is not in the receipt.
        PictureStrange = 6410, "picture-strange", Policy, Error {
            zh: "页面上有 XML 中没有的号码、金额或日期", en: "A code, amount or date on the page does not stand in the XML",
            why: "页面上的文字被改动或添加"
                / "Text on the page was changed or added",
            advice: "以 XML 为准，并报告此文件"
                / "Rely on the XML, and report the file",
            clause: "财综〔2017〕32号",
        },
        /// The amount in capitals is another.
        PictureCapitals = 6411, "picture-capitals", Policy, Error {
            zh: "页面上的大写金额与 XML 的总金额不符", en: "The amount in capitals on the page is not the total of the XML",
            why: "大写金额被改动，或书写不合规定"
                / "It was changed, or is not spelled as the rules ask",
            advice: "以 XML 为准，并报告此文件"
                / "Rely on the XML, and report the file",
            clause: "支付结算办法 附一",
        },
        /// Text that is there and not seen.
        PictureHidden = 6412, "picture-hidden", Policy, Error {
            zh: "页面含有看不见的文字", en: "The page holds text that is not seen",
            why: "文字为不可见模式、透明、白色、过小、在页面之外或被遮盖"
                / "It is painted in an invisible mode, transparent, white, too small, outside the page, or covered",
            advice: "以 XML 为准，并报告此文件"
                / "Rely on the XML, and report the file",
            clause: "ISO 32000-1 9.3.6",
        },
        /// Text without a way back to Unicode.
        PictureUndecoded = 6413, "picture-undecoded", Input, Indeterminate {
            zh: "页面文字无法还原为字符", en: "Text of the page cannot be told as characters",
            why: "字体没有 ToUnicode，或使用了不支持的编码"
                / "The font has no ToUnicode, or an encoding that is not read",
            advice: "以 XML 为准；请索取可提取文字的文件"
                / "Rely on the XML; ask for a file whose text can be extracted",
            clause: "ISO 19005-3 6.2.11.7",
        },
        /// The pages cannot be read.
        PictureUnread = 6414, "picture-unread", Input, Indeterminate {
            zh: "页面内容无法读取", en: "The content of the pages cannot be read",
            why: "页面对象损坏、压缩方式不支持、超过上限，或其写法会让不同阅读器显示不同内容"
                / "Objects are damaged, a filter is not supported, a limit is exceeded, or they are written so that readers \
                   show different things",
            advice: "以 XML 为准，并索取完好的文件"
                / "Rely on the XML, and ask for a sound file",
            clause: "ISO 32000-1 7.8",
        },
        /// A page is drawn otherwise than the printed one.
        PictureDrawn = 6415, "picture-drawn", Policy, Error {
            zh: "页面的绘制内容与重新打印的票面不同", en: "The page is drawn otherwise than the receipt printed again",
            why: "页面的绘图操作、图像、字体或页面设置被改动：文字可能被遮盖、移位或显示为别的内容"
                / "Its operators, images, fonts or settings were changed: text can be covered, moved, or shown as something else",
            advice: "以 XML 为准，并报告此文件"
                / "Rely on the XML, and report the file",
            clause: "ISO 32000-1 7.8",
        },
        /// The QR code says something else.
        PictureQr = 6420, "picture-qr", Policy, Error {
            zh: "二维码的内容与 XML 不符", en: "The QR code does not agree with the XML",
            why: "二维码被替换，或其中的字段被改动、增添或改写"
                / "It was exchanged, or its fields were changed, added to or written otherwise",
            advice: "请勿用二维码查验；以 XML 为准，并报告此文件"
                / "Do not verify by the QR code; rely on the XML, and report the file",
            clause: "GB/T 18284",
        },
        /// No QR code where there is one.
        PictureQrMissing = 6421, "picture-qr-missing", Policy, Error {
            zh: "页面上没有二维码", en: "The page has no QR code",
            why: "二维码被删除或遮盖"
                / "It was taken out or covered",
            advice: "以 XML 为准，并索取未经改动的文件"
                / "Rely on the XML, and ask for the file as it was issued",
            clause: "财综〔2017〕32号",
        },
        /// The QR code cannot be compared.
        PictureQrUnknown = 6422, "picture-qr-unknown", Input, Indeterminate {
            zh: "二维码的内容无法与 XML 比较", en: "The QR code cannot be compared with the XML",
            why: "二维码是短链接、未知格式或其他网站的地址，或其图像无法读取；程序不会打开任何网址"
                / "It is a short link, of an unknown form or an address at some host, or its image cannot be read; no \
                   address is ever opened",
            advice: "以 XML 为准"
                / "Rely on the XML",
            clause: "GB/T 18284",
        },
        /// Two QR codes say different things.
        PictureQrTwo = 6423, "picture-qr-two", Policy, Error {
            zh: "页面上有内容不同的二维码", en: "The pages have QR codes that say different things",
            why: "添加或替换了二维码"
                / "One was added or exchanged",
            advice: "以 XML 为准，并报告此文件"
                / "Rely on the XML, and report the file",
            clause: "GB/T 18284",
        },
    }
}
