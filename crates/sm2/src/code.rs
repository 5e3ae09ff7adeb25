//! The codes of this crate.

czei_codes::code_table! {
    /// What can go wrong with SM2 keys and signatures.
    pub enum Code in "sm2", 1000..=1999 {
        /// The random source failed.
        EntropyFailed = 1000, "entropy-failed", System, Error {
            zh: "随机数源失败，未生成密钥或签名", en: "The random source failed, no key or signature was made",
            why: "操作系统的随机数发生器返回错误，或给出的数据不可用（例如始终相同）" / "The generator of the operating system returned an error, or what it returned cannot be used (for instance always the same bytes)",
            advice: "检查系统随机数设备后重试，切勿改用固定随机数" / "Check the random device of the system and try again; never fall back to a fixed nonce",
            clause: "GB/T 32918.2-2016, 5.4.3 and 6.1, A3",
        },
        /// The user id is longer than its 16 bit length field allows.
        UserIdTooLong = 1001, "user-id-too-long", Input, Error {
            zh: "SM2 用户标识超过 8191 字节", en: "The SM2 user id is longer than 8191 bytes",
            why: "ENTL 以两个字节表示标识的比特长度" / "ENTL holds the length of the id in bits in two bytes",
            advice: "使用默认标识 1234567812345678，或更短的标识" / "Use the default id 1234567812345678 or a shorter one",
            clause: "GB/T 32918.2-2016, 5.5",
        },
        /// The public key is not 65 bytes starting with 04.
        PublicKeyEncoding = 1010, "public-key-encoding", Input, Error {
            zh: "公钥不是以 04 开头的 65 字节未压缩点", en: "The public key is not an uncompressed point of 65 bytes starting with 04",
            why: "长度不符，或首字节不是 04；可能是另一条曲线或另一种编码的公钥" / "The length or the first byte is another; perhaps a key of another curve or in another encoding",
            advice: "给出 04、x、y 共 65 字节的公钥" / "Give the 65 bytes 04, x, y",
            clause: "GB/T 32918.1-2016, 4.2.10",
        },
        /// The public key is compressed.
        PublicKeyCompressed = 1011, "public-key-compressed", Input, Error {
            zh: "不接受压缩形式的公钥", en: "A compressed public key is not accepted",
            why: "公钥以 02 或 03 开头，只含 x 坐标" / "The key starts with 02 or 03 and holds only the x coordinate",
            advice: "以未压缩形式（04 开头的 65 字节）重新导出公钥" / "Export the key again in the uncompressed form (65 bytes starting with 04)",
            clause: "GB/T 32918.1-2016, 4.2.10",
        },
        /// The public key has the hybrid form.
        PublicKeyHybrid = 1012, "public-key-hybrid", Input, Error {
            zh: "不接受混合形式的公钥", en: "A public key in the hybrid form is not accepted",
            why: "公钥以 06 或 07 开头" / "The key starts with 06 or 07",
            advice: "以未压缩形式（04 开头的 65 字节）重新导出公钥" / "Export the key again in the uncompressed form (65 bytes starting with 04)",
            clause: "GB/T 32918.1-2016, 4.2.10",
        },
        /// The public key is the point at infinity.
        PublicKeyInfinity = 1013, "public-key-infinity", Input, Error {
            zh: "公钥是无穷远点", en: "The public key is the point at infinity",
            why: "编码为单个字节 00；用它验证的任何签名都不可信" / "The encoding is the single byte 00; no signature under such a key means anything",
            advice: "拒绝该公钥，并查明其来源" / "Refuse the key and find out where it comes from",
            clause: "GB/T 32918.1-2016, 6.2.1",
        },
        /// A coordinate is not below the prime of the field.
        PublicKeyCoordinateRange = 1014, "public-key-coordinate-range", Input, Error {
            zh: "公钥坐标不小于素数 p", en: "A coordinate of the public key is not below the prime p",
            why: "x 或 y 未约化到基域，属于非规范编码" / "x or y is not reduced to the base field, so the encoding is not canonical",
            advice: "拒绝该公钥，并查明其来源" / "Refuse the key and find out where it comes from",
            clause: "GB/T 32918.1-2016, 6.2.1",
        },
        /// The point is not on the curve.
        PublicKeyOffCurve = 1015, "public-key-off-curve", Input, Error {
            zh: "公钥不是 SM2 推荐曲线上的点", en: "The public key is not a point of the recommended SM2 curve",
            why: "数据损坏，或公钥属于另一条曲线（如 P-256）" / "The bytes are damaged, or the key belongs to another curve (such as P-256)",
            advice: "核对证书中的曲线参数是否为 1.2.156.10197.1.301" / "Check that the curve named in the certificate is 1.2.156.10197.1.301",
            clause: "GB/T 32918.1-2016, 6.2.1; GB/T 32918.5-2017",
        },
        /// The private key is out of range.
        PrivateKeyRange = 1020, "private-key-range", Input, Error {
            zh: "私钥不在 1 到 n-2 之间", en: "The private key is not between 1 and n-2",
            why: "私钥为 0、n-1 或更大；n-1 使 1+d 不可逆，无法签名" / "The key is 0, n-1 or larger; with n-1 the value 1+d has no inverse and nothing can be signed",
            advice: "核对私钥文件，必要时重新生成密钥对" / "Check the key file, generate a new pair if need be",
            clause: "GB/T 32918.1-2016, 6.1",
        },
        /// The nonce cannot be used.
        NonceUnusable = 1021, "nonce-unusable", Crypto, Error {
            zh: "随机数 k 不可用，未生成签名", en: "The nonce k cannot be used, no signature was made",
            why: "k 不在 1 到 n-1 之间，或使 r=0、r+k=n 或 s=0；仅在调用方自带 k 时才会实际出现" / "k is not between 1 and n-1, or it leads to r=0, r+k=n or s=0; in practice this happens only with a nonce given by the caller",
            advice: "不要自带随机数，请使用普通签名函数" / "Do not bring a nonce of your own, use the ordinary signing function",
            clause: "GB/T 32918.2-2016, 6.1, A3 to A6",
        },
        /// The raw signature is not 64 bytes.
        SignatureLength = 1030, "signature-length", Input, Error {
            zh: "签名不是 64 字节", en: "The signature is not 64 bytes",
            why: "r‖s 形式的签名须为两个 32 字节整数" / "A signature in the form r‖s is two integers of 32 bytes",
            advice: "确认签名的编码形式：r‖s 或 DER" / "Make sure which encoding the signature has: r‖s or DER",
            clause: "GB/T 32918.2-2016, 6.1, A7",
        },
        /// The DER is not a sequence of two integers, or it ends early.
        SignatureDerStructure = 1031, "signature-der-structure", Input, Error {
            zh: "DER 签名不是由两个整数组成的 SEQUENCE", en: "The DER signature is not a SEQUENCE of two INTEGERs",
            why: "标签不符，或数据提前结束" / "A tag is another, or the data ends early",
            advice: "确认签名值完整，且不是 SignedData 或 r‖s 形式" / "Make sure the value is complete and is neither SignedData nor r‖s",
            clause: "GB/T 35276-2017, 7.3",
        },
        /// A length is indefinite or not in its shortest form.
        SignatureDerLength = 1032, "signature-der-length", Input, Error {
            zh: "DER 签名中的长度不是最短的定长形式", en: "A length in the DER signature is not in the shortest definite form",
            why: "使用了不定长或多余的长度字节，属于 BER 而非 DER" / "The length is indefinite or has needless bytes: that is BER, not DER",
            advice: "请签名方按 DER 编码" / "Ask the signer to encode in DER",
            clause: "GB/T 35276-2017, 7.3; GB/T 16263.1-2006, 10.1",
        },
        /// Bytes follow the second integer or the sequence.
        SignatureDerTrailing = 1033, "signature-der-trailing", Input, Error {
            zh: "DER 签名之后有多余字节", en: "Bytes follow the end of the DER signature",
            why: "SEQUENCE 内第二个整数之后或 SEQUENCE 之后还有数据" / "There is data after the second integer inside the SEQUENCE, or after the SEQUENCE",
            advice: "拒绝该签名：可被任意增补的签名不唯一" / "Refuse the signature: one that can be added to is not unique",
            clause: "GB/T 35276-2017, 7.3",
        },
        /// An integer has needless leading bytes.
        SignatureDerPadding = 1034, "signature-der-padding", Input, Error {
            zh: "DER 签名中的整数不是最短形式", en: "An INTEGER in the DER signature is not in its shortest form",
            why: "整数前有多余的 00 或 FF 字节，或整数没有内容" / "The integer has a needless leading 00 or FF, or no content at all",
            advice: "请签名方按 DER 编码" / "Ask the signer to encode in DER",
            clause: "GB/T 35276-2017, 7.3; GB/T 16263.1-2006, 8.3",
        },
        /// An integer is negative.
        SignatureDerNegative = 1035, "signature-der-negative", Input, Error {
            zh: "DER 签名中的整数为负数", en: "An INTEGER in the DER signature is negative",
            why: "最高位为 1 而缺少前导 00，常见于手工拼接的 r、s" / "The highest bit is set and the leading 00 is missing, as happens when r and s are joined by hand",
            advice: "请签名方在最高位为 1 时补 00 字节" / "Ask the signer to put 00 in front when the highest bit is set",
            clause: "GB/T 35276-2017, 7.3; GB/T 16263.1-2006, 8.3",
        },
        /// r or s is not in 1..=n-1.
        SignatureRange = 1036, "signature-range", Crypto, Error {
            zh: "签名的 r 或 s 不在 1 到 n-1 之间", en: "r or s of the signature is not between 1 and n-1",
            why: "值为 0 或不小于曲线的阶 n；正确的签名方不会产生这样的值" / "The value is 0 or not below the order n of the curve; no correct signer makes it",
            advice: "拒绝该签名" / "Refuse the signature",
            clause: "GB/T 32918.2-2016, 7.1, B1 and B2",
        },
        /// The signature does not fit message and key.
        SignatureMismatch = 1040, "signature-mismatch", Crypto, Error {
            zh: "签名与消息、公钥不符", en: "The signature does not fit the message and the public key",
            why: "消息被改动、公钥不对，或双方使用的用户标识不同（OpenSSL 3.0 默认标识为空）" / "The message was changed, the key is another, or the two sides use different user ids (OpenSSL 3.0 uses an empty one by default)",
            advice: "核对消息字节、证书与用户标识（默认 1234567812345678）" / "Check the bytes of the message, the certificate and the user id (by default 1234567812345678)",
            clause: "GB/T 32918.2-2016, 7.1, B7",
        },
        /// r+s is 0 modulo n, or the computed point is at infinity.
        SignatureDegenerate = 1041, "signature-degenerate", Crypto, Error {
            zh: "签名退化：r+s 为 n，或所得点为无穷远点", en: "The signature is degenerate: r+s is n, or the computed point is the point at infinity",
            why: "正确的签名方不会产生这样的值，多为刻意构造" / "No correct signer makes such values; they are usually made on purpose",
            advice: "拒绝该签名" / "Refuse the signature",
            clause: "GB/T 32918.2-2016, 7.1, B5 and B6",
        },
        /// The message authentication code does not fit.
        MacMismatch = 1050, "mac-mismatch", Crypto, Error {
            zh: "HMAC-SM3 校验值不符", en: "The HMAC-SM3 value does not fit",
            why: "数据被改动，或密钥不同" / "The data was changed, or the key is another",
            advice: "核对数据与密钥" / "Check the data and the key",
            clause: "GB/T 15852.2-2012, MAC algorithm 2",
        },
    }
}

/// The error of this crate.
pub type Error = czei_codes::Fault<Code>;

#[cfg(test)]
mod tests {
    use super::*;
    use czei_codes::Code as _;

    #[test]
    fn every_row_is_complete_and_its_number_and_name_its_own() {
        for (index, code) in Code::ALL.iter().enumerate() {
            let row = code.entry();
            for text in [row.zh, row.en, row.why_zh, row.why_en, row.advice_zh, row.advice_en] {
                assert!(text.len() > 10, "{code:?}: {text}");
                assert!(!text.ends_with(['.', '。', ' ']), "{code:?}: {text}");
            }
            assert!(row.clause.starts_with("GB/T "), "{code:?}");
            for other in &Code::ALL[..index] {
                assert!(other.entry().number < row.number, "{other:?} and {code:?}");
                assert_ne!(other.entry().name, row.name);
            }
        }
    }
}
