//! The codes of this crate: one row for each thing that can go wrong with certificates, keys and
//! signature values.

czei_codes::code_table! {
    /// What can go wrong, or deserves a note, in this crate.
    pub enum Code in "pki", 2000..=2799 {
        /// PEM text is damaged.
        PemMalformed = 2000, "pem-malformed", Input, Error {
            zh: "PEM 文本已损坏", en: "The PEM text is damaged",
            why: "起止行不成对，或中间不是 Base64"
                / "Begin and end lines do not pair up, or what stands between is not base64",
            advice: "请重新导出文件，勿经文本工具改动"
                / "Export the file again and keep text tools away from it",
            clause: "RFC 7468",
        },
        /// The file holds no PEM block of the kind looked for.
        PemNoBlock = 2001, "pem-no-block", Input, Error {
            zh: "文件中没有所需的 PEM 内容", en: "The file holds no PEM block of the kind looked for",
            why: "给出的是密钥而非证书，或反之，或文件为空"
                / "A key was given in place of a certificate, or the other way round, or the file is empty",
            advice: "请核对文件用途"
                / "Check which file belongs here",
            clause: "RFC 7468",
        },
        /// A name in DER is malformed.
        NameMalformed = 2010, "name-malformed", Input, Error {
            zh: "证书名称的编码有误", en: "The name is not well-formed DER",
            why: "名称不是可辨别名的 DER 编码"
                / "The bytes are not the DER encoding of a distinguished name",
            advice: "请向签发机构索取正确的证书"
                / "Ask the issuer for a correct certificate",
            clause: "RFC 5280 4.1.2.4",
        },
        /// A name in text form is malformed.
        NameText = 2011, "name-text-malformed", Input, Error {
            zh: "名称文本的写法有误", en: "The text is not a distinguished name",
            why: "名称文本缺少等号，转义不全，或属性名未知"
                / "The text lacks an equals sign, has a broken escape or an unknown attribute name",
            advice: "请按 RFC 4514 书写，例如 CN=示例市财政局,C=CN"
                / "Write it as RFC 4514 says, for example CN=示例市财政局,C=CN",
            clause: "RFC 4514",
        },
        /// A name in text form is empty where it decides something.
        NameTextEmpty = 2012, "name-text-empty", Input, Error {
            zh: "名称文本为空", en: "The distinguished name is empty",
            why: "空名称会与任何证书相符"
                / "An empty name would match every certificate",
            advice: "请至少写出一个属性"
                / "Write at least one attribute",
            clause: "RFC 4514",
        },
        /// A certificate is not well-formed.
        CertificateMalformed = 2020, "certificate-malformed", Input, Error {
            zh: "证书编码有误", en: "The certificate is not well-formed DER",
            why: "文件被截断、被改动，或不是 X.509 证书"
                / "The file was cut off or changed, or is no X.509 certificate",
            advice: "请重新取得证书文件"
                / "Get the certificate file again",
            clause: "GB/T 20518-2018",
        },
        /// The two signature algorithms of a certificate differ.
        CertificateAlgorithmsDiffer = 2021, "certificate-algorithms-differ", Certificate, Error {
            zh: "证书内外两处签名算法不一致", en: "The two signature algorithms of the certificate differ",
            why: "未签名的算法标识与已签名的不同，证书可能被改动"
                / "The algorithm outside the signed part is not the one inside: the certificate may have been changed",
            advice: "请勿使用此证书，并向签发机构核实"
                / "Do not use the certificate and ask its issuer",
            clause: "RFC 5280 4.1.1.2",
        },
        /// The serial number of a certificate is outside the bounds of RFC 5280.
        CertificateSerial = 2022, "certificate-serial-unusual", Certificate, Warning {
            zh: "证书序列号不合规范", en: "The serial number of the certificate is out of bounds",
            why: "序列号为零、为负或超过 20 字节"
                / "The serial number is zero, negative or longer than 20 bytes",
            advice: "证书仍按其序列号查找，请告知签发机构"
                / "The certificate is still found by it; tell its issuer",
            clause: "RFC 5280 4.1.2.2",
        },
        /// The version of a certificate does not fit its fields.
        CertificateVersion = 2023, "certificate-version-unusual", Certificate, Warning {
            zh: "证书版本与其内容不符", en: "The version of the certificate does not fit its fields",
            why: "低版本证书带有扩展或唯一标识"
                / "A certificate of an earlier version carries extensions or unique identifiers",
            advice: "请告知签发机构"
                / "Tell its issuer",
            clause: "RFC 5280 4.1.2.1",
        },
        /// A certificate revocation list is not well-formed.
        CrlMalformed = 2024, "crl-malformed", Input, Error {
            zh: "证书吊销列表编码有误", en: "The certificate revocation list is not well-formed DER",
            why: "文件被截断、被改动，或不是 X.509 吊销列表"
                / "The file was cut off or changed, or is no X.509 CRL",
            advice: "请重新下载吊销列表"
                / "Download the CRL again",
            clause: "RFC 5280 5.1; GB/T 20518-2018",
        },
        /// The two signature algorithms of a CRL differ.
        CrlAlgorithmsDiffer = 2025, "crl-algorithms-differ", Certificate, Error {
            zh: "吊销列表内外两处签名算法不一致", en: "The two signature algorithms of the CRL differ",
            why: "未签名的算法标识与已签名的不同，列表可能被改动"
                / "The algorithm outside the signed part is not the one inside: the CRL may have been changed",
            advice: "请勿使用此列表，重新下载"
                / "Do not use the CRL, download it again",
            clause: "RFC 5280 5.1.1.2",
        },
        /// A CRL is larger than allowed.
        CrlTooLarge = 2026, "crl-too-large", Limit, Error {
            zh: "吊销列表超过大小限额", en: "The CRL is larger than the limit",
            why: "吊销列表最大 64 MiB"
                / "A CRL may have 64 MiB at most",
            advice: "请向签发机构索取分段的吊销列表"
                / "Ask the issuer for a partitioned CRL",
            clause: "RFC 5280 5",
        },
        /// A CRL has a critical extension that is not supported.
        CrlCriticalExtension = 2027, "crl-critical-extension", Certificate, Indeterminate {
            zh: "吊销列表含有不支持的关键扩展，不能使用", en: "The CRL has a critical extension that is not supported and cannot be used",
            why: "关键扩展可能限制列表的范围，看不懂就不能据以判断"
                / "A critical extension may restrict what the CRL covers: what is not understood may not be passed over",
            advice: "请取得没有此扩展的吊销列表"
                / "Get a CRL without it",
            clause: "RFC 5280 5.2, 5.3",
        },
        /// A delta CRL was given in place of a complete one.
        CrlDelta = 2028, "crl-delta", Certificate, Indeterminate {
            zh: "吊销列表是增量列表，不能单独使用", en: "The CRL is a delta CRL and cannot be used by itself",
            why: "增量列表只含变化，缺少的证书未必有效"
                / "A delta CRL holds changes alone: a certificate it does not list may be revoked all the same",
            advice: "请取得完整的吊销列表"
                / "Get the complete CRL",
            clause: "RFC 5280 5.2.4",
        },
        /// A CRL covers a part of its issuer's certificates or of the reasons.
        CrlPartial = 2029, "crl-partial", Certificate, Indeterminate {
            zh: "吊销列表只覆盖部分证书或部分原因", en: "The CRL covers only some certificates or some reasons",
            why: "未列入的证书可能列在另一份列表中"
                / "A certificate that it does not list may stand in another CRL",
            advice: "请取得完整的吊销列表"
                / "Get the complete CRL",
            clause: "RFC 5280 5.2.5",
        },
        /// The public key of a certificate is no SM2 key.
        KeyNotSm2 = 2030, "certificate-key-not-sm2", Certificate, Error {
            zh: "证书公钥不是 SM2 公钥", en: "The public key of the certificate is no SM2 key",
            why: "证书用的是 RSA、P-256 等其他算法或曲线"
                / "The certificate uses RSA, P-256 or another algorithm or curve",
            advice: "请换用 SM2 证书"
                / "Use an SM2 certificate",
            clause: "GB/T 35276-2017",
        },
        /// The key carries explicit curve parameters that are not those of SM2.
        KeyExplicitCurve = 2031, "certificate-key-explicit-curve", Certificate, Error {
            zh: "公钥自带的曲线参数不是 SM2 曲线", en: "The explicit curve parameters are not those of SM2",
            why: "自带参数的公钥可以替换曲线，使签名失去意义"
                / "A key that brings its own curve can make signatures meaningless",
            advice: "请换用以标识指明曲线的证书"
                / "Use a certificate that names the curve",
            clause: "GB/T 32918.5-2017",
        },
        /// The public point of a certificate is not on the curve or not in its plain form.
        KeyPoint = 2032, "certificate-key-point", Certificate, Error {
            zh: "证书公钥不是曲线上的点", en: "The public key of the certificate is not a plain point of the curve",
            why: "公钥点不在 SM2 曲线上、为无穷远点，或为压缩形式"
                / "The point is off the SM2 curve, at infinity or compressed",
            advice: "请向签发机构索取正确的证书"
                / "Ask the issuer for a correct certificate",
            clause: "GB/T 32918.1-2016 4.2.9",
        },
        /// A certificate is signed with another algorithm than SM2 with SM3.
        CertificateSignatureAlgorithm = 2033, "certificate-signature-algorithm", Certificate, Error {
            zh: "证书的签名算法不是 SM2 与 SM3", en: "The certificate is not signed with SM2 and SM3",
            why: "签发机构用了 ECDSA、RSA 等其他算法"
                / "The issuer used ECDSA, RSA or another algorithm",
            advice: "请换用 SM2 证书体系签发的证书"
                / "Use a certificate issued under SM2",
            clause: "GB/T 33560-2017",
        },
        /// The issuer's key does not confirm the signature on a certificate.
        CertificateSignatureWrong = 2034, "certificate-signature-wrong", Certificate, Error {
            zh: "证书上的签名不能用签发者公钥验证通过", en: "The issuer's key does not confirm the signature on the certificate",
            why: "证书被改动，由同名的另一密钥签发，或签名时用了别的用户标识"
                / "The certificate was changed, was signed by another key of the same name, or with another user id",
            advice: "请核对信任锚和证书所用的用户标识"
                / "Check the trust anchors and the user id for certificates",
            clause: "GB/T 32918.2-2016 7.1",
        },
        /// A CRL speaks for other issuers too.
        CrlIndirect = 2035, "crl-indirect", Certificate, Indeterminate {
            zh: "吊销列表是间接列表，不能使用", en: "The CRL is an indirect one and cannot be used",
            why: "间接列表含有其他机构的证书，同一序列号可指不同证书"
                / "An indirect CRL lists certificates of other issuers, so that one serial number can mean several",
            advice: "请取得签发机构自己的吊销列表"
                / "Get the CRL of the certificate's own issuer",
            clause: "RFC 5280 5.2.5, 5.3.3",
        },
        /// A CRL is signed with another algorithm than SM2 with SM3.
        CrlSignatureAlgorithm = 2036, "crl-signature-algorithm", Certificate, Indeterminate {
            zh: "吊销列表的签名算法不是 SM2 与 SM3", en: "The CRL is not signed with SM2 and SM3",
            why: "签发机构用了 ECDSA、RSA 等其他算法"
                / "The issuer used ECDSA, RSA or another algorithm",
            advice: "请取得以 SM2 签名的吊销列表"
                / "Get the CRL that is signed under SM2",
            clause: "GB/T 33560-2017",
        },
        /// The issuer's key does not confirm the signature on a CRL.
        CrlSignatureWrong = 2037, "crl-signature-wrong", Certificate, Indeterminate {
            zh: "吊销列表上的签名不能用签发者公钥验证通过", en: "The issuer's key does not confirm the signature on the CRL",
            why: "列表被改动，由同名的另一密钥签发，或签名时用了别的用户标识"
                / "The CRL was changed, was signed by another key of the same name, or with another user id",
            advice: "请重新下载吊销列表，并核对证书所用的用户标识"
                / "Download the CRL again and check the user id for certificates",
            clause: "RFC 5280 6.3.3 (g)",
        },
        /// A CRL belongs to another distribution point than the certificate.
        CrlOtherScope = 2038, "crl-other-scope", Certificate, Indeterminate {
            zh: "吊销列表属于另一个发布点", en: "The CRL belongs to another distribution point",
            why: "签发机构把吊销列表分段发布，此段不含这张证书"
                / "The issuer publishes its CRL in parts, and this part does not cover the certificate",
            advice: "请取得证书中发布点所指的吊销列表"
                / "Get the CRL that the certificate's distribution point names",
            clause: "RFC 5280 6.3.3 (b)",
        },
        /// A CRL is not valid yet.
        CrlNotYetValid = 2039, "crl-not-yet-valid", Certificate, Indeterminate {
            zh: "吊销列表尚未生效", en: "The CRL is not valid yet",
            why: "列表的签发时间晚于当前时刻，或时钟有误"
                / "The CRL was issued after the present time, or a clock is wrong",
            advice: "请核对时钟"
                / "Check the clock",
            clause: "RFC 5280 5.1.2.4",
        },
        /// A CRL is too old for the time of judgement.
        CrlStale = 2040, "crl-stale", Certificate, Indeterminate {
            zh: "吊销列表已过时，不足以判定", en: "The CRL is out of date for this judgement",
            why: "下次更新时间早于判定时刻，或早于已知签名存在的时刻（无证明时为当前时刻），其后的吊销无从得知"
                / "The next update was due before the time of judgement, or before the time by which the signature is known to exist, without proof the present: what was revoked since is unknown",
            advice: "请下载新的吊销列表，或以时间戳、登记记录证明签名时间"
                / "Download the current CRL, or prove the time of signing by a timestamp or a stock record",
            clause: "RFC 5280 5.1.2.5",
        },
        /// The issuer of a CRL may not sign CRLs.
        CrlIssuerUsage = 2041, "crl-issuer-usage", Certificate, Indeterminate {
            zh: "签发者的密钥用途不含签发吊销列表", en: "The issuer's key usage does not allow signing CRLs",
            why: "签发者证书的密钥用途缺少 cRLSign"
                / "The issuer's key usage lacks cRLSign",
            advice: "请取得有权签发者的吊销列表"
                / "Get a CRL of an issuer that may sign it",
            clause: "RFC 5280 6.3.3 (f)",
        },
        /// There is no CRL of the issuer.
        CrlMissing = 2042, "crl-missing", Certificate, Indeterminate {
            zh: "没有签发者的吊销列表", en: "There is no CRL of the issuer",
            why: "没有提供吊销列表，也没有下载途径"
                / "No CRL was given, and there is no way to fetch one",
            advice: "请从签发机构下载吊销列表并加入"
                / "Download the issuer's CRL and add it",
            clause: "RFC 5280 6.3",
        },
        /// Checking CRLs took more signature checks than allowed.
        CrlBudget = 2043, "crl-budget", Limit, Indeterminate {
            zh: "检查吊销列表超出计算限额", en: "Checking CRLs exceeds the budget",
            why: "同名且可能相关的吊销列表过多，没有全部检查"
                / "Too many CRLs of the issuer's name could tell about the certificate, and not all were checked",
            advice: "请只保留每个机构、每个发布点最新的吊销列表"
                / "Keep the newest CRL of each issuer and each distribution point",
            clause: "RFC 5280 6.3",
        },
        /// A CRL could not be fetched.
        CrlFetchFailed = 2044, "crl-fetch-failed", System, Indeterminate {
            zh: "未能取得吊销列表", en: "The CRL could not be fetched",
            why: "网络不通，地址失效，或取得的不是吊销列表"
                / "The network is down, the address is gone, or what came is no CRL",
            advice: "请稍后重试，或下载后作为文件加入"
                / "Try again later, or download the CRL and add it as a file",
            clause: "RFC 5280 4.2.1.13",
        },
        /// A CRL was issued after the certificate had expired.
        CrlAfterExpiry = 2045, "crl-after-expiry", Certificate, Indeterminate {
            zh: "吊销列表签发时证书已过期", en: "The CRL was issued after the certificate had expired",
            why: "过期证书可从吊销列表中移除，未列入不能说明未吊销"
                / "Expired certificates may be dropped from a CRL: not being listed proves nothing",
            advice: "请保留证书有效期内签发的吊销列表"
                / "Keep a CRL that was issued while the certificate was valid",
            clause: "RFC 5280 3.3",
        },
        /// A certificate was suspended at the time of judgement and is no longer.
        WasSuspended = 2046, "certificate-was-suspended", Certificate, Note {
            zh: "证书在判定时刻曾被暂停，其后已恢复", en: "The certificate was suspended at the time of judgement and has been released since",
            why: "当时的吊销列表将其列为暂停，较新的已不再列入"
                / "A CRL lists it as suspended at that time, and a newer one no longer does",
            advice: "请向开票单位了解暂停的缘由"
                / "Ask the unit why it was suspended",
            clause: "RFC 5280 5.3.1",
        },
        /// A certificate request is not well-formed.
        RequestMalformed = 2050, "certificate-request-malformed", Input, Error {
            zh: "证书请求编码有误", en: "The certificate request is not well-formed DER",
            why: "文件被截断、被改动，或不是 PKCS#10 请求"
                / "The file was cut off or changed, or is no PKCS#10 request",
            advice: "请重新生成证书请求"
                / "Make the request again",
            clause: "RFC 2986 4",
        },
        /// A certificate request is signed with another algorithm than SM2 with SM3.
        RequestSignatureAlgorithm = 2051, "certificate-request-signature-algorithm", Crypto, Error {
            zh: "证书请求的签名算法不是 SM2 与 SM3", en: "The certificate request is not signed with SM2 and SM3",
            why: "请求用了 ECDSA、RSA 等其他算法"
                / "The request uses ECDSA, RSA or another algorithm",
            advice: "请以 SM2 密钥重新生成请求"
                / "Make the request again with an SM2 key",
            clause: "GB/T 33560-2017",
        },
        /// The key of a certificate request does not confirm its signature.
        RequestSignatureWrong = 2052, "certificate-request-signature-wrong", Crypto, Error {
            zh: "证书请求的签名验证不通过", en: "The key of the certificate request does not confirm its signature",
            why: "请求被改动，申请者没有私钥，或签名时用了别的用户标识"
                / "The request was changed, its maker does not hold the key, or it was signed with another user id",
            advice: "请重新生成证书请求，并核对用户标识"
                / "Make the request again and check the user id",
            clause: "RFC 2986 4.2",
        },
        /// A CRL template does not describe a CRL.
        CrlTemplateInvalid = 2060, "crl-template-invalid", Input, Error {
            zh: "吊销列表模板的内容有误", en: "The CRL template is not valid",
            why: "版本、日期、序列号或扩展超出规范"
                / "The version, a date, a serial number or an extension is out of bounds",
            advice: "请按提示修改模板"
                / "Correct the field that is named",
            clause: "RFC 5280 5.1.2",
        },
        /// No path leads from a certificate to a trust anchor.
        NoTrustAnchor = 2100, "no-trust-anchor", Certificate, Indeterminate {
            zh: "证书链没有到达信任锚", en: "No path leads to a trust anchor",
            why: "缺少中间证书，或根证书不在信任锚之列"
                / "An intermediate certificate is missing, or the root is not among the anchors",
            advice: "请补齐中间证书，或在核实后加入信任锚"
                / "Add the missing certificate, or the root to the anchors once you have made sure of it",
            clause: "RFC 5280 6.1",
        },
        /// A certificate of the path has expired at the time of judgement.
        CertificateExpired = 2101, "certificate-expired", Certificate, Error {
            zh: "证书在判定时刻已过期", en: "The certificate has expired at the time of judgement",
            why: "判定时刻晚于有效期止"
                / "The time of judgement lies after the end of validity",
            advice: "请换用新证书；对历史票据请以开具时刻判定"
                / "Renew the certificate; judge old receipts by their issue time",
            clause: "RFC 5280 4.1.2.5",
        },
        /// A certificate of the path is not valid yet at the time of judgement.
        CertificateNotYetValid = 2102, "certificate-not-yet-valid", Certificate, Error {
            zh: "证书在判定时刻尚未生效", en: "The certificate is not valid yet at the time of judgement",
            why: "判定时刻早于有效期起，或时钟有误"
                / "The time of judgement lies before the start of validity, or a clock is wrong",
            advice: "请核对时钟和开具时刻"
                / "Check the clock and the issue time",
            clause: "RFC 5280 4.1.2.5",
        },
        /// An issuer in the path is no CA.
        IssuerNotCa = 2103, "issuer-not-ca", Certificate, Error {
            zh: "签发者不是证书机构", en: "The issuer is no certification authority",
            why: "签发者证书的基本约束没有写明可签发证书"
                / "The issuer's basic constraints do not say that it may issue certificates",
            advice: "请勿信任此证书"
                / "Do not trust the certificate",
            clause: "RFC 5280 6.1.4 (k)",
        },
        /// The path is longer than an issuer allows.
        PathLengthExceeded = 2104, "path-length-exceeded", Certificate, Error {
            zh: "证书链超过签发者允许的长度", en: "The path is longer than an issuer allows",
            why: "路径长度约束之下还有过多的中间机构"
                / "More authorities stand below an issuer than its path length constraint allows",
            advice: "请勿信任此证书"
                / "Do not trust the certificate",
            clause: "RFC 5280 6.1.4 (l)",
        },
        /// An issuer in the path may not sign certificates.
        IssuerUsage = 2105, "issuer-usage", Certificate, Error {
            zh: "签发者的密钥用途不含签发证书", en: "The issuer's key usage does not allow signing certificates",
            why: "签发者证书的密钥用途缺少 keyCertSign"
                / "The issuer's key usage lacks keyCertSign",
            advice: "请勿信任此证书"
                / "Do not trust the certificate",
            clause: "RFC 5280 6.1.4 (n)",
        },
        /// A certificate has a critical extension that is not supported.
        CriticalExtension = 2106, "critical-extension", Certificate, Error {
            zh: "证书含有不支持的关键扩展", en: "The certificate has a critical extension that is not supported",
            why: "关键扩展可能限制证书用途，看不懂就不能使用"
                / "A critical extension may restrict the certificate: what is not understood may not be passed over",
            advice: "请换用没有此扩展的证书"
                / "Use a certificate without it",
            clause: "RFC 5280 4.2",
        },
        /// A certificate was revoked at the time of judgement.
        CertificateRevoked = 2107, "certificate-revoked", Certificate, Error {
            zh: "证书在判定时刻已被吊销", en: "The certificate was revoked at the time of judgement",
            why: "签发机构的吊销列表列有此证书，吊销时间不晚于判定时刻"
                / "The issuer's CRL lists it, with a time of revocation not after the time of judgement",
            advice: "请勿信任此签名，并向签名者核实"
                / "Do not trust the signature and ask the signer",
            clause: "RFC 5280 6.3",
        },
        /// A certificate was revoked because its key was compromised.
        CertificateCompromised = 2108, "certificate-compromised", Certificate, Error {
            zh: "证书因密钥泄露被吊销", en: "The certificate was revoked because its key was compromised",
            why: "泄露何时发生无人知道，吊销以前的签名也不能信任"
                / "Nobody knows since when: signatures from before the revocation cannot be trusted either",
            advice: "请勿信任此签名，并向签名者核实"
                / "Do not trust the signature and ask the signer",
            clause: "RFC 5280 5.3.1",
        },
        /// A certificate was revoked after a time of judgement that is not proved.
        RevokedSince = 2109, "certificate-revoked-since", Certificate, Indeterminate {
            zh: "证书在判定时刻之后被吊销，而该时刻未经证明", en: "The certificate was revoked after the time of judgement, and that time is not proved",
            why: "时间由签名者自己填写，吊销之后签名的人也可写更早的时间"
                / "The signer wrote the time: whoever signed after the revocation could have written an earlier one",
            advice: "请以时间戳或登记记录证明时间"
                / "Prove the time by a timestamp or a stock record",
            clause: "RFC 5280 6.3; ETSI EN 319 102-1 5.5",
        },
        /// Building the path took more signature checks or steps than allowed.
        PathBudget = 2110, "path-budget", Limit, Error {
            zh: "建立证书链超出计算限额", en: "Building the path exceeds the budget",
            why: "证书互相交叉签发，路径过多"
                / "Cross certificates open too many ways",
            advice: "请减少所附证书，或提高限额"
                / "Supply fewer certificates or raise the limit",
            clause: "RFC 5280 6.1",
        },
        /// The path is deeper than allowed.
        PathDepth = 2111, "path-depth", Limit, Error {
            zh: "证书链层数超出限额", en: "The path is deeper than the limit",
            why: "中间机构层数过多"
                / "Too many authorities stand one over the other",
            advice: "请核对证书，或提高限额"
                / "Check the certificates or raise the limit",
            clause: "RFC 5280 6.1",
        },
        /// Certificates issue each other in a circle.
        PathLoop = 2112, "path-loop", Certificate, Indeterminate {
            zh: "证书互相签发成环", en: "Certificates issue each other in a circle",
            why: "沿签发者上溯又回到了链上的证书，没有到达信任锚"
                / "Going up from issuer to issuer leads back into the path and to no trust anchor",
            advice: "请补齐通向信任锚的证书"
                / "Add the certificates that lead to a trust anchor",
            clause: "RFC 5280 6.1",
        },
        /// A certificate was revoked after the proved time of judgement.
        RevokedLater = 2113, "certificate-revoked-later", Certificate, Note {
            zh: "证书在已证明的判定时刻之后被吊销", en: "The certificate was revoked after the proved time of judgement",
            why: "吊销与密钥泄露无关，不影响此前的签名"
                / "The revocation has nothing to do with a compromised key and leaves earlier signatures alone",
            advice: "无需处理"
                / "Nothing to do",
            clause: "RFC 5280 6.3; ETSI EN 319 102-1 5.5",
        },
        /// Whether a certificate is revoked is unknown.
        RevocationStatusUnknown = 2114, "revocation-status-unknown", Certificate, Indeterminate {
            zh: "无法得知证书是否被吊销", en: "Whether the certificate is revoked is unknown",
            why: "没有签发者的吊销列表，或现有的不能据以判断；实际值写明原因"
                / "There is no CRL of the issuer, or those there are cannot decide; what was found names the reasons",
            advice: "请补齐签发机构当前的吊销列表"
                / "Add the issuer's current CRL",
            clause: "RFC 5280 6.3",
        },
        /// Whether a certificate is revoked is unknown, and the policy accepts it.
        RevocationStatusAccepted = 2115, "revocation-status-accepted", Certificate, Note {
            zh: "无法得知证书是否被吊销，策略允许", en: "Whether the certificate is revoked is unknown, which the policy accepts",
            why: "没有签发者的吊销列表，策略只在有列表时检查"
                / "There is no CRL of the issuer, and the policy checks only where there is one",
            advice: "如需确定，请补齐吊销列表"
                / "Add the issuer's CRL to be sure",
            clause: "RFC 5280 6.3",
        },
        /// Revocation was not checked.
        RevocationNotMade = 2116, "revocation-not-made", Certificate, Note {
            zh: "未检查证书是否被吊销", en: "Revocation was not checked",
            why: "策略关闭了吊销检查"
                / "The policy has turned the check off",
            advice: "如需检查，请修改策略"
                / "Change the policy to have it checked",
            clause: "RFC 5280 6.3",
        },
        /// The path has expired since a time of judgement that is not proved.
        ExpiredSince = 2117, "certificate-expired-since", Certificate, Indeterminate {
            zh: "证书在判定时刻之后已过期，而该时刻未经证明", en: "The certificate has expired since the time of judgement, and that time is not proved",
            why: "时间由签名者自己填写，过期之后签名的人也可写更早的时间"
                / "The signer wrote the time: whoever signed after the expiry could have written an earlier one",
            advice: "请以时间戳或登记记录证明时间"
                / "Prove the time by a timestamp or a stock record",
            clause: "ETSI EN 319 102-1 5.5",
        },
        /// A certificate is itself a trust anchor.
        AnchorItself = 2118, "certificate-is-anchor", Certificate, Note {
            zh: "证书本身就是信任锚", en: "The certificate is itself a trust anchor",
            why: "信任锚直接受信任，不检查有效期和吊销"
                / "An anchor is trusted as it stands: neither its dates nor its revocation are looked at",
            advice: "如非本意，请把它从信任锚中移出"
                / "Take it out of the anchors if this is not intended",
            clause: "RFC 5280 6.1.1 (d)",
        },
        /// The CRL of the issuer cannot be used, and the policy accepts it.
        RevocationUnusable = 2119, "crl-unusable-accepted", Certificate, Warning {
            zh: "签发者的吊销列表不能使用，策略允许", en: "The CRL of the issuer cannot be used, which the policy accepts",
            why: "吊销列表已过时，签名不对，或不覆盖此证书；实际值写明原因"
                / "The CRL is out of date, wrongly signed or does not cover the certificate; what was found names the reasons",
            advice: "请换用签发机构当前的吊销列表"
                / "Replace it by the issuer's current CRL",
            clause: "RFC 5280 6.3",
        },
        /// A certificate may not sign documents.
        UsageNotSigning = 2120, "usage-not-signing", Certificate, Error {
            zh: "证书不可用于签名", en: "The certificate may not sign documents",
            why: "密钥用途既无数字签名也无抗抵赖"
                / "The key usage has neither digitalSignature nor nonRepudiation",
            advice: "请换用签名证书"
                / "Use a signing certificate",
            clause: "GB/T 20518-2018 5.2.4.2.4",
        },
        /// The encryption certificate of a pair was used for signing.
        UsageEncryption = 2121, "usage-encryption", Certificate, Error {
            zh: "误用双证书中的加密证书签名", en: "The encryption certificate of a pair was used for signing",
            why: "国内用户常有签名、加密两张证书，此处用了加密的一张"
                / "Users commonly hold a signing and an encryption certificate, and this is the latter",
            advice: "请换用同一用户的签名证书"
                / "Use the same holder's signing certificate",
            clause: "GB/T 20518-2018 5.2.4.2.4",
        },
        /// A certificate does not say what its key is for.
        UsageAbsent = 2122, "usage-absent", Certificate, Note {
            zh: "证书没有写明密钥用途", en: "The certificate does not state its key usage",
            why: "证书没有密钥用途扩展，按允许签名处理"
                / "The certificate has no key usage extension; signing counts as allowed",
            advice: "无需处理，换证时可请签发机构写明"
                / "Nothing to do; ask for it when the certificate is renewed",
            clause: "RFC 5280 4.2.1.3",
        },
        /// A certificate may not issue certificates.
        UsageNotAuthority = 2123, "usage-not-authority", Certificate, Error {
            zh: "证书不可用于签发证书", en: "The certificate may not issue certificates",
            why: "基本约束没有写明是证书机构，或密钥用途缺少 keyCertSign"
                / "The basic constraints do not make it an authority, or the key usage lacks keyCertSign",
            advice: "请换用证书机构证书"
                / "Use a CA certificate",
            clause: "RFC 5280 4.2.1.9",
        },
        /// A signature value is in none of the known encodings.
        SignatureValueUnknown = 2200, "signature-value-unknown", Input, Error {
            zh: "无法识别签名值的编码", en: "The signature value is in no known encoding",
            why: "签名值不是 SignedData、DER 或 64 字节 r‖s 之一，也可能多了一层编码"
                / "The value is neither SignedData nor DER nor 64 bytes of r and s; it may be encoded once too often",
            advice: "请核对签名接口的输出格式"
                / "Check the output format of the signing service",
            clause: "GB/T 35275-2017; GB/T 35276-2017",
        },
        /// A signature is not strict DER.
        SignatureMalformed = 2201, "signature-malformed", Crypto, Error {
            zh: "签名值不是规范的 DER 编码", en: "The signature is not strict DER",
            why: "整数不是最短形式、为负，或有多余字节"
                / "An integer is not minimal or is negative, or bytes are left over",
            advice: "请换用按规范编码的签名程序"
                / "Use a signing program that encodes properly",
            clause: "GB/T 35276-2017",
        },
        /// r or s of a signature is out of range.
        SignatureRange = 2202, "signature-out-of-range", Crypto, Error {
            zh: "签名的 r 或 s 超出范围", en: "r or s of the signature is out of range",
            why: "r 与 s 必须在 1 到 n-1 之间，否则签名无效"
                / "r and s must lie between 1 and n-1, otherwise the signature is invalid",
            advice: "签名无效，请重新签名"
                / "The signature is invalid: sign again",
            clause: "GB/T 32918.2-2016 7.1",
        },
        /// SignedData is not well-formed.
        SignedDataMalformed = 2210, "signed-data-malformed", Input, Error {
            zh: "SignedData 编码有误", en: "The SignedData is not well-formed DER",
            why: "签名值被截断、被改动，或用了不定长编码"
                / "The value was cut off or changed, or uses indefinite lengths",
            advice: "请核对签名程序的输出，并以 DER 写出：BouncyCastle 用 getEncoded(\"DER\")"
                / "Check the output of the signing program, and write DER, in BouncyCastle getEncoded(\"DER\")",
            clause: "GB/T 35275-2017",
        },
        /// The content types are not those of SignedData over data.
        SignedDataContentType = 2211, "signed-data-content-type", Input, Error {
            zh: "SignedData 的内容类型不对", en: "The content types are not those of SignedData over data",
            why: "内容类型不是国密或 PKCS#7 的 signedData 与 data，或两者混用"
                / "The types are neither the Chinese nor the PKCS#7 ones of signedData and data, or are mixed",
            advice: "请核对签名程序的输出类型"
                / "Check which structure the signing program writes",
            clause: "GB/T 35275-2017",
        },
        /// The digest algorithm is not SM3.
        SignedDataDigest = 2212, "signed-data-digest", Crypto, Error {
            zh: "摘要算法不是 SM3", en: "The digest algorithm is not SM3",
            why: "签名程序使用了 SHA-256 等其他摘要算法"
                / "The signing program uses SHA-256 or another digest",
            advice: "请改用 SM3"
                / "Sign with SM3",
            clause: "GB/T 35275-2017; GB/T 33560-2017",
        },
        /// The signature algorithm is not SM2.
        SignedDataAlgorithm = 2213, "signed-data-algorithm", Crypto, Error {
            zh: "签名算法不是 SM2", en: "The signature algorithm is not SM2",
            why: "SignerInfo 写的是其他算法，或带有参数"
                / "The SignerInfo names another algorithm or carries parameters",
            advice: "请改用 SM2"
                / "Sign with SM2",
            clause: "GB/T 35275-2017; GB/T 33560-2017",
        },
        /// SignedData has no signer.
        NoSigner = 2214, "signed-data-no-signer", Crypto, Error {
            zh: "SignedData 中没有签名者", en: "The SignedData has no signer",
            why: "只含证书而没有签名"
                / "It carries certificates and no signature",
            advice: "请核对签名程序的输出"
                / "Check the output of the signing program",
            clause: "GB/T 35275-2017",
        },
        /// SignedData has several signers.
        SeveralSigners = 2215, "signed-data-several-signers", Crypto, Error {
            zh: "SignedData 中有多个签名者", en: "The SignedData has several signers",
            why: "每个 Signature 元素只能有一个签名者"
                / "Each Signature element stands for one signer",
            advice: "请分别签名"
                / "Sign separately",
            clause: "GB/T 35275-2017; 财综〔2017〕32号",
        },
        /// SignedData carries too many certificates.
        TooManyCertificates = 2216, "signed-data-too-many-certificates", Limit, Error {
            zh: "SignedData 所附证书过多", en: "The SignedData carries too many certificates",
            why: "最多可附 16 张证书"
                / "At most 16 certificates may be carried",
            advice: "请只附签名证书及其上级"
                / "Include only the signer's certificate and its issuers",
            clause: "GB/T 35275-2017",
        },
        /// A signed attribute that must stand there once is missing.
        AttributeMissing = 2217, "signed-attribute-missing", Crypto, Error {
            zh: "缺少必需的签名属性", en: "A required signed attribute is missing",
            why: "带签名属性时必须有 contentType 和 messageDigest"
                / "With signed attributes, contentType and messageDigest are required",
            advice: "请核对签名程序的输出"
                / "Check the output of the signing program",
            clause: "GB/T 35275-2017; RFC 5652 5.3",
        },
        /// A signed attribute stands there twice or has several values.
        AttributeTwice = 2218, "signed-attribute-twice", Crypto, Error {
            zh: "签名属性重复", en: "A signed attribute occurs more than once",
            why: "同一属性出现两次会有两种读法"
                / "An attribute that occurs twice can be read in two ways",
            advice: "请核对签名程序的输出"
                / "Check the output of the signing program",
            clause: "RFC 5652 5.3",
        },
        /// The contentType attribute is not the type of the content.
        AttributeContentType = 2219, "signed-attribute-content-type", Crypto, Error {
            zh: "contentType 属性与内容类型不符", en: "The contentType attribute is not the type of the content",
            why: "属性签的是另一种内容"
                / "The attributes were signed for another kind of content",
            advice: "请核对签名程序的输出"
                / "Check the output of the signing program",
            clause: "RFC 5652 11.1",
        },
        /// The attached content is not what should have been signed.
        ContentDiffers = 2220, "signed-data-content-differs", Crypto, Error {
            zh: "所附原文与应签原文不同", en: "The attached content is not what should have been signed",
            why: "签名对的是所附的另一份内容"
                / "The signature covers other content, which it carries along",
            advice: "签名与票据不符，请重新签名"
                / "The signature does not belong to this receipt: sign again",
            clause: "财综〔2017〕32号; GB/T 35275-2017",
        },
        /// The messageDigest attribute is not the digest of the content.
        MessageDigestWrong = 2221, "signed-attribute-digest-wrong", Crypto, Error {
            zh: "messageDigest 属性与原文摘要不符", en: "The messageDigest attribute is not the digest of the content",
            why: "原文被改动，或属性签的是另一份内容"
                / "The content was changed, or the attributes were signed for another one",
            advice: "签名与票据不符，请核对原文"
                / "The signature does not belong to this receipt: check the content",
            clause: "RFC 5652 11.2",
        },
        /// The certificate is not the one the SignerInfo names.
        SignerNotNamed = 2222, "signer-not-named", Crypto, Error {
            zh: "证书不是签名者信息所指的那一张", en: "The certificate is not the one the SignerInfo names",
            why: "颁发者和序列号，或密钥标识，与证书不符"
                / "Issuer and serial number, or the key identifier, differ from the certificate's",
            advice: "请给出签名者信息所指的证书"
                / "Supply the certificate that the SignerInfo names",
            clause: "GB/T 35275-2017",
        },
        /// The signature is wrong.
        SignatureWrong = 2223, "signature-wrong", Crypto, Error {
            zh: "签名验证不通过", en: "The signature is wrong",
            why: "原文或签名被改动，或密钥、用户标识不对"
                / "The content or the signature was changed, or the key or the user id is another",
            advice: "请核对原文、证书和用户标识"
                / "Check the content, the certificate and the user id",
            clause: "GB/T 32918.2-2016 7.1",
        },
        /// A certificate has no subject key identifier by which its signer could be named.
        SignerKeyIdAbsent = 2224, "signer-key-id-absent", Certificate, Error {
            zh: "证书没有使用者密钥标识，不能以此指明签名者",
            en: "The certificate has no subject key identifier by which its signer could be named",
            why: "设置要求以密钥标识指明签名者，而证书没有这一扩展"
                / "The setting names the signer by key identifier, and the certificate lacks that extension",
            advice: "请改用颁发者和序列号（去掉 +key-id），或换用带此扩展的证书"
                / "Name the signer by issuer and serial number (drop +key-id), or use a certificate that has it",
            clause: "GB/T 20518-2018; RFC 5652 5.3",
        },
        /// A signing time cannot be written.
        SigningTimeRange = 2225, "signing-time-range", Input, Error {
            zh: "签名时间超出可写范围", en: "The signing time cannot be written",
            why: "年份只能在 0 到 9999 之间"
                / "Years from 0 to 9999 can be written",
            advice: "请校准签名所用的时钟"
                / "Set the clock that the signature takes its time from",
            clause: "RFC 5652 11.3",
        },
        /// A form of SignedData has a name that does not exist.
        FormUnknown = 2226, "signed-data-form-unknown", Config, Error {
            zh: "没有此名称的 SignedData 形式", en: "There is no form of SignedData of this name",
            why: "名称拼写错误，修饰项重复或互相排斥；不含 Z 的形式只能由 compat 指明"
                / "The name is misspelt, or its parts repeat or exclude each other; forms without Z are named by compat alone",
            advice: "请改为所列名称之一"
                / "Use one of the names listed",
            clause: "GB/T 35275-2017",
        },
        /// A signing time among the signed attributes is not in the one form of CMS.
        SigningTimeForm = 2227, "signing-time-form", Crypto, Error {
            zh: "签名时间属性的写法不合规定", en: "The signing time attribute is not written as it must be",
            why: "签名时间须为世界时，写到秒，以 Z 结尾，不带小数秒和时区偏移"
                / "A signing time is in UTC to the second and ends in Z, without fractions or an offset",
            advice: "请更正签名程序的时间写法，或不写签名时间属性"
                / "Have the signing program write the time so, or leave the attribute out",
            clause: "RFC 5652 11.3",
        },
        /// A private key is not well-formed.
        PrivateKeyMalformed = 2300, "private-key-malformed", Input, Error {
            zh: "私钥编码有误", en: "The private key is not well-formed",
            why: "文件不是 PKCS#8、SEC1、PKCS#12 或 CFCA .sm2 私钥文件，或已损坏"
                / "The file is no private key in PKCS#8, SEC1, PKCS#12 or CFCA's .sm2, or is damaged",
            advice: "请重新导出私钥"
                / "Export the key again",
            clause: "RFC 5208; RFC 5915; RFC 7292",
        },
        /// A private key is encrypted, and no password was given.
        PasswordNeeded = 2301, "private-key-encrypted", Input, Error {
            zh: "私钥已加密，需要口令", en: "The private key is encrypted and no password was given",
            why: "私钥文件带有口令保护"
                / "The key file is protected by a password",
            advice: "请给出口令文件，并限制其访问权限"
                / "Give the file that holds the password, and restrict access to it",
            clause: "RFC 5958; RFC 7292",
        },
        /// A private key is outside its range.
        PrivateKeyRange = 2302, "private-key-out-of-range", Crypto, Error {
            zh: "私钥超出允许范围", en: "The private key is out of range",
            why: "SM2 私钥必须在 1 到 n-2 之间"
                / "An SM2 private key must lie between 1 and n-2",
            advice: "请另生成密钥"
                / "Generate another key",
            clause: "GB/T 32918.1-2016 6.1",
        },
        /// The public key beside a private key is another one.
        PrivateKeyPublicMismatch = 2303, "private-key-public-mismatch", Crypto, Error {
            zh: "私钥文件中的公钥与私钥不配", en: "The public key in the file does not belong to the private key",
            why: "文件被改动，或由两个密钥拼成"
                / "The file was changed or put together from two keys",
            advice: "请重新导出私钥"
                / "Export the key again",
            clause: "RFC 5915",
        },
        /// A private key is no SM2 key.
        PrivateKeyNotSm2 = 2304, "private-key-not-sm2", Crypto, Error {
            zh: "私钥不是 SM2 私钥", en: "The private key is no SM2 key",
            why: "私钥属于 RSA、P-256 等其他算法或曲线，或没有写明曲线"
                / "The key belongs to RSA, P-256 or another algorithm or curve, or does not name its curve",
            advice: "请换用 SM2 私钥"
                / "Use an SM2 key",
            clause: "GB/T 35276-2017; RFC 5915",
        },
        /// The password of a key file is wrong, or the file was damaged where only the password can tell.
        PasswordWrong = 2305, "key-password-wrong", Input, Error {
            zh: "私钥文件的口令不对", en: "The password does not open the key file",
            why: "口令有误，或文件的加密部分已损坏：两者无法区分"
                / "The password is another one, or the encrypted part was damaged: the two cannot be told apart",
            advice: "请核对口令、大小写和首尾空格；仍不行请重新导出私钥"
                / "Check the password, its case and spaces at its ends; if it is right, export the key again",
            clause: "RFC 8018; RFC 7292",
        },
        /// A key file is protected by an algorithm that is not supported.
        KeyAlgorithmUnsupported = 2306, "key-encryption-unsupported", Input, Error {
            zh: "不支持此私钥文件的保护算法", en: "The algorithm that protects the key file is not supported",
            why: "文件由较旧或专有的算法加密"
                / "The file is encrypted with an old or a proprietary algorithm",
            advice: "请用 openssl pkcs8 -topk8 -v2 aes-256-cbc 转换（PKCS#12 先用 openssl pkcs12 -in 文件 -nodes 导出），或请签发机构另行导出"
                / "Convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc (a PKCS#12 file first with openssl pkcs12 -in FILE -nodes), or ask the issuer for another export",
            clause: "RFC 8018; RFC 7292",
        },
        /// A password is not usable text.
        PasswordText = 2307, "key-password-text", Input, Error {
            zh: "口令不是可用的文本", en: "The password is not usable text",
            why: "口令文件不是 UTF-8 文本，或超过 1024 字节"
                / "The password file is not UTF-8 text, or is longer than 1024 bytes",
            advice: "请以 UTF-8 编码保存口令，文件中只写口令一行"
                / "Save the password as UTF-8, alone on one line",
            clause: "RFC 8018 3",
        },
        /// The iteration count of a key file is outside the bounds.
        KeyIterations = 2308, "key-iterations", Limit, Error {
            zh: "口令迭代次数超出限额", en: "The iteration count of the key file is out of bounds",
            why: "文件要求的迭代次数过多，可能意在耗尽算力；写出时过少则不安全"
                / "The file asks for more work than allowed, perhaps to exhaust the machine; on writing, too few are unsafe",
            advice: "请以 1000 至 10000000 次重新导出"
                / "Export the key again with 1000 to 10000000 iterations",
            clause: "RFC 8018 4.2",
        },
        /// A key file holds no private key.
        KeyFileNoKey = 2309, "key-file-no-key", Input, Error {
            zh: "文件中没有私钥", en: "The file holds no private key",
            why: "导出时只包含了证书"
                / "Only certificates were exported",
            advice: "请连同私钥重新导出"
                / "Export again together with the private key",
            clause: "RFC 7292 4.2",
        },
        /// The signing key does not belong to the certificate.
        SignerKeyMismatch = 2310, "signer-key-mismatch", Crypto, Error {
            zh: "私钥与证书不配", en: "The signing key does not belong to the certificate",
            why: "私钥与证书不是同一对，常见于换证后只换了其一"
                / "Key and certificate are no pair, often because only one of them was renewed",
            advice: "请使用与证书配对的私钥"
                / "Use the key that belongs to the certificate",
            clause: "GB/T 32918.2-2016",
        },
        /// No signature could be made.
        SigningFailed = 2311, "signing-failed", System, Error {
            zh: "未能生成签名", en: "No signature could be made",
            why: "系统随机数不可用，或签名设备报错"
                / "The system's random source failed, or the signing device reported an error",
            advice: "没有任何签名被输出，排除故障后可重试"
                / "No signature has left; repair the cause and try again",
            clause: "GB/T 32918.2-2016 6.1",
        },
        /// A key file holds several keys that could be meant.
        KeyFileSeveralKeys = 2312, "key-file-several-keys", Input, Error {
            zh: "文件中有多个可用的私钥", en: "The file holds several keys that could be meant",
            why: "文件含多个私钥，不能凭签名证书确定用哪一个"
                / "The file holds several private keys, and no signing certificate tells which one to use",
            advice: "请只导出签名密钥"
                / "Export the signing key alone",
            clause: "RFC 7292 4.2",
        },
        /// A key file is larger than allowed.
        KeyFileSize = 2313, "key-file-size", Limit, Error {
            zh: "私钥文件过大", en: "The key file is too large",
            why: "私钥文件不应超过 1 MiB 或 1024 项证书和私钥，给出的可能是别的文件"
                / "A key file has no more than 1 MiB, and no more than 1,024 certificates and keys; another file may have been given",
            advice: "请核对文件用途"
                / "Check which file belongs here",
            clause: "RFC 7292",
        },
        /// No random bytes for the protection of a key file.
        KeyFileEntropy = 2314, "key-file-entropy", System, Error {
            zh: "没有可用的随机数，未能写出私钥", en: "No random bytes to protect the key with",
            why: "系统随机数不可用"
                / "The system's random source failed",
            advice: "没有任何内容被写出，排除故障后可重试"
                / "Nothing was written; repair the cause and try again",
            clause: "RFC 8018 4.1",
        },
        /// A public key is not well-formed.
        PublicKeyMalformed = 2315, "public-key-malformed", Input, Error {
            zh: "公钥编码有误", en: "The public key is not well-formed",
            why: "文件不是 SubjectPublicKeyInfo，或公钥不是 SM2 曲线上的点"
                / "The file is no SubjectPublicKeyInfo, or the key is no plain point of the SM2 curve",
            advice: "请重新导出公钥"
                / "Export the public key again",
            clause: "RFC 5480 2",
        },
        /// A public key is no SM2 key.
        PublicKeyNotSm2 = 2316, "public-key-not-sm2", Crypto, Error {
            zh: "公钥不是 SM2 公钥", en: "The public key is no SM2 key",
            why: "公钥属于 RSA、P-256 等其他算法或曲线"
                / "The key belongs to RSA, P-256 or another algorithm or curve",
            advice: "请换用 SM2 公钥"
                / "Use an SM2 key",
            clause: "GB/T 35276-2017",
        },
        /// The key in a file is not the one to sign with, whose certificate is in the file too.
        KeyFileNotSigning = 2317, "key-file-not-signing", Certificate, Error {
            zh: "文件中的私钥不是签名私钥", en: "The key in the file is not the one to sign with",
            why: "文件中有签名证书，但其中的私钥属于加密证书"
                / "The file has a certificate for signing, but the key in it belongs to the one for encryption",
            advice: "请导出签名证书对应的私钥"
                / "Export the key of the signing certificate",
            clause: "GB/T 20518-2018 5.2.4.2.3",
        },
        /// A certificate template does not describe a certificate.
        TemplateInvalid = 2400, "certificate-template-invalid", Input, Error {
            zh: "证书模板的内容有误", en: "The certificate template is not valid",
            why: "序列号、有效期或扩展超出规范"
                / "The serial number, the validity or an extension is out of bounds",
            advice: "请按提示修改模板"
                / "Correct the field that is named",
            clause: "RFC 5280 4.1.2",
        },
        /// The issuing certificate may not issue.
        TemplateIssuer = 2401, "certificate-template-issuer", Certificate, Error {
            zh: "签发用的证书不能签发证书", en: "The issuing certificate may not issue certificates",
            why: "签发证书不是证书机构证书"
                / "The certificate to issue with is no CA certificate",
            advice: "请换用证书机构证书"
                / "Issue with a CA certificate",
            clause: "RFC 5280 4.2.1.9",
        },
    }
}
