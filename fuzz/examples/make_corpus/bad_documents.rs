//! Bad and odd documents, each with its name: the seeds of the targets that read XML.

/// One-place changes of a receipt.
pub fn changes(receipt: &str) -> Vec<(&'static str, Vec<u8>)> {
    let replaced = |from: &str, to: &str| receipt.replacen(from, to, 1).into_bytes();
    vec![
        ("bom", [b"\xef\xbb\xbf", receipt.as_bytes()].concat()),
        ("crlf", replaced("?><", "?>\r\n<")),
        ("between", replaced("</Header><", "</Header> \n<")),
        ("comment-outside", replaced("</Header><", "</Header><!-- - --><")),
        ("comment-inside", replaced("<Main>", "<Main><!--x-->")),
        ("instruction", replaced("<Main>", "<Main><?x y?>")),
        ("cdata", replaced("<Version>1.1.0<", "<Version><![CDATA[1.1.0]]><")),
        ("reference", replaced("<Version>1.1.0<", "<Version>&#49;.1.&#x30;<")),
        ("space-in-tag", replaced("<Header>", "<Header >")),
        ("attribute", replaced("<Main>", "<Main a='b'>")),
        ("amount", replaced("</TotalAmount>", "0</TotalAmount>")),
        ("twice", replaced("<TotalAmount>", "<TotalAmount>1.00</TotalAmount><TotalAmount>")),
        ("unknown", replaced("<Main>", "<Main><Foo>x</Foo>")),
        ("moved", replaced("</EInvoiceData>", "<TotalAmount>1.00</TotalAmount></EInvoiceData>")),
        ("empty", replaced("<HandlingPerson>李四</HandlingPerson>", "<HandlingPerson/>")),
        ("date", replaced("20260901", "20260230")),
        ("time", replaced("08:30:00", "24:00:00")),
        ("invisible", replaced("李四", "李\u{202e}四")),
        ("other-version", replaced("1.1.0<", "9.9.9<")),
        ("edition-2020", receipt.replace("EInvoice", "EINVOICE").into_bytes()),
        ("two-headers", replaced("<EInvoiceData>", "<Header></Header><EInvoiceData>")),
        ("unsigned-sibling", replaced("</EInvoice>", "<X/></EInvoice>")),
        ("unsigned-text", replaced("</EInvoice>", "x</EInvoice>")),
        ("doctype", replaced("<EInvoice>", "<!DOCTYPE EInvoice [<!ENTITY a 'b'>]><EInvoice>")),
    ]
}

/// Small documents about single rules of XML 1.0 (fifth edition) and of UTF-8.
pub fn documents() -> Vec<(String, Vec<u8>)> {
    let texts: &[(&str, &str)] = &[
        ("plain", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a><b c=\"d\">e</b><f/></a>"),
        ("single-quotes", "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n<a b='\"'/>\n"),
        ("no-declaration", "<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x1F600;</a>"),
        ("cdata", "<a><![CDATA[<b>&]] ]>]]></a>"),
        ("comment", "<!-- a --><a><!--b-c--></a><!---->"),
        ("instruction", "<?a b?><a><?c?></a><?d  e ??>"),
        ("names", "<甲-1._x 乙='1' _='2'><b·c/></甲-1._x>"),
        ("references-in-attribute", "<a b='&lt;&#10;&amp;\t'/>"),
        ("two-roots", "<a/><b/>"),
        ("text-after", "<a/>x"),
        ("text-before", "x<a/>"),
        ("white-before", " <?xml version=\"1.0\"?><a/>"),
        ("late-declaration", "<a><?xml version=\"1.0\"?></a>"),
        ("target-xml", "<a><?XmL x?></a>"),
        ("version-1.1", "<?xml version=\"1.1\"?><a/>"),
        ("version-order", "<?xml encoding=\"UTF-8\" version=\"1.0\"?><a/>"),
        ("standalone", "<?xml version=\"1.0\" standalone=\"maybe\"?><a/>"),
        ("encoding-gbk", "<?xml version=\"1.0\" encoding=\"GBK\"?><a/>"),
        ("encoding-utf-7", "<?xml version=\"1.0\" encoding=\"UTF-7\"?><a/>"),
        ("declaration-space", "<?xml version = \"1.0\"encoding=\"UTF-8\"?><a/>"),
        ("doctype", "<!DOCTYPE a><a/>"),
        ("entity", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"),
        ("laughs", "<!DOCTYPE a [<!ENTITY b 'ha'><!ENTITY c '&b;&b;'>]><a>&c;</a>"),
        ("undefined-entity", "<a>&nbsp;</a>"),
        ("bare-ampersand", "<a>a & b</a>"),
        ("open-reference", "<a>&amp</a>"),
        ("reference-zero", "<a>&#0;</a>"),
        ("reference-surrogate", "<a>&#xD800;</a>"),
        ("reference-large", "<a>&#x110000;</a>"),
        ("reference-fffe", "<a>&#xFFFE;</a>"),
        ("reference-huge", "<a>&#99999999999999999999;</a>"),
        ("reference-control", "<a>&#1;</a>"),
        ("reference-empty", "<a>&#;&#x;</a>"),
        ("reference-upper-x", "<a>&#X41;</a>"),
        ("cdata-end-in-text", "<a>]]></a>"),
        ("cdata-end-over-reference", "<a>]]&gt;]]&#62;</a>"),
        ("cdata-open", "<a><![CDATA[x</a>"),
        ("cdata-lower", "<a><![cdata[x]]></a>"),
        ("cdata-outside", "<![CDATA[x]]><a/>"),
        ("comment-dashes", "<a><!-- -- --></a>"),
        ("comment-three", "<a><!-- x ---></a>"),
        ("comment-open", "<a><!-- x</a>"),
        ("comment-short", "<a><!--></a>"),
        ("instruction-open", "<a><?x </a>"),
        ("instruction-no-target", "<a><? x?></a>"),
        ("attribute-twice", "<a b='1' b='2'/>"),
        ("attribute-unquoted", "<a b=1/>"),
        ("attribute-bare", "<a b/>"),
        ("attribute-less", "<a b='<'/>"),
        ("attribute-ampersand", "<a b='&'/>"),
        ("attribute-joined", "<a b='1'c='2'/>"),
        ("attribute-open", "<a b='1/>"),
        ("end-attribute", "<a></a b='1'>"),
        ("end-space", "<a></a \n>"),
        ("end-other", "<a></b>"),
        ("end-space-before", "<a></ a>"),
        ("start-space-before", "< a/>"),
        ("slash-space", "<a / >"),
        ("name-digit", "<1a/>"),
        ("name-dash", "<-a/>"),
        ("name-combining", "<a><\u{301}b/></a>"),
        ("name-times", "<a×/>"),
        ("prefix", "<x:a/>"),
        ("namespace", "<a xmlns='urn:x'/>"),
        ("truncated", "<a><b>"),
        ("truncated-tag", "<a><b"),
        ("empty", ""),
        ("white", " \n"),
        ("only-declaration", "<?xml version=\"1.0\"?>"),
        ("nul", "<a>\0</a>"),
        ("control", "<a>\u{1}</a>"),
        ("control-attribute", "<a b='\u{b}'/>"),
        ("control-comment", "<a><!--\u{8}--></a>"),
        ("delete", "<a>\u{7f}\u{85}\u{2028}</a>"),
        ("noncharacter", "<a>\u{ffff}</a>"),
        ("noncharacter-plane-1", "<a>\u{1fffe}</a>"),
        ("two-boms", "\u{feff}\u{feff}<a/>"),
        ("bom-inside", "<a>\u{feff}</a>"),
        ("carriage-returns", "<a\r\n>\r\r\n</a\r>\r"),
        ("xinclude", "<a><xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='x'/></a>"),
        ("stylesheet", "<?xml-stylesheet href='http://example.org/'?><a/>"),
        ("conditional", "<a><![INCLUDE[x]]></a>"),
        ("markup-declaration", "<a><!ELEMENT b ANY></a>"),
    ];
    let mut all: Vec<(String, Vec<u8>)> =
        texts.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let bytes: &[(&str, &[u8])] = &[
        ("overlong", b"<a>\xc0\xaf</a>"),
        ("surrogate-bytes", b"<a>\xed\xa0\x80</a>"),
        ("beyond", b"<a>\xf4\x90\x80\x80</a>"),
        ("gbk", b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>\xb2\xc6\xd5\xfe</a>"),
        ("cut-character", b"<a>\xe8\xb4</a>"),
        ("invalid-in-name", b"<a\xff/>"),
        ("utf-16-le", b"\xff\xfe<\0a\0/\0>\0"),
        ("utf-16-be", b"\xfe\xff\0<\0a\0/\0>"),
        ("utf-16-no-bom", b"<\0a\0/\0>\0"),
        ("utf-32", b"\0\0\0<\0\0\0a\0\0\0/\0\0\0>"),
        ("ebcdic", b"\x4c\x6f\xa7\x94\x93"),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03"),
    ];
    all.extend(bytes.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())));
    all.push(("deep".to_owned(), "<a>".repeat(300).into_bytes()));
    all.push(("long-name".to_owned(), format!("<{}/>", "n".repeat(300)).into_bytes()));
    let attributes: String = (0..80).map(|index| format!(" a{index}=''")).collect();
    all.push(("many-attributes".to_owned(), format!("<a{attributes}/>").into_bytes()));
    all
}

/// Base64 without its rules: the corpus takes what the writer wrote.
pub fn decode_base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
    for byte in text.bytes() {
        let Some(value) = ALPHABET.iter().position(|each| *each == byte) else { continue };
        bits = bits << 6 | u32::try_from(value).unwrap_or_default();
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).unwrap_or_default());
        }
    }
    out
}
