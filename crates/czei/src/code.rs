//! The codes of the facade: files, policy and configuration files, and who may issue for whom.

czei_codes::code_table! {
    /// What can go wrong in the facade itself.
    pub enum Code in "czei", 8000..=8999 {
        // ---- 8000–8009 files ----
        /// A file cannot be read.
        FileRead = 8001, "file-read", System, Error {
            zh: "无法读取文件", en: "The file cannot be read",
            why: "文件不存在、没有权限，或磁盘报错" / "The file does not exist, may not be read, or the disk reported an error",
            advice: "请按系统给出的原因处理后重试" / "Mend what the system reports and try again",
            clause: "czei files",
        },
        /// A file cannot be written.
        FileWrite = 8002, "file-write", System, Error {
            zh: "无法写入文件", en: "The file cannot be written",
            why: "目录不存在、没有权限，或磁盘已满；原有文件没有改动" / "The folder does not exist, may not be written, or the disk is full; what stood there before is unchanged",
            advice: "请按系统给出的原因处理后重试" / "Mend what the system reports and try again",
            clause: "czei files",
        },
        /// A file is larger than its limit.
        FileTooLarge = 8003, "file-too-large", Limit, Error {
            zh: "文件超过大小上限", en: "The file is larger than its limit",
            why: "文件比这种用途所允许的更大，多半是选错了文件" / "The file is larger than its purpose allows; most likely it is another file",
            advice: "请核对文件；票据的上限可在策略的 limits.bytes 中设置" / "Check which file it is; for receipts, the policy's limits.bytes sets the limit",
            clause: "czei files",
        },
        /// A secret can be read by others.
        SecretReadable = 8004, "secret-file-readable", Config, Error {
            zh: "密钥文件可被其他用户读取", en: "The secret file can be read by other users",
            why: "文件权限允许同组或其他用户访问，密钥可能已经泄露" / "The file's mode gives access to its group or to everyone, so that the secret may be known to others",
            advice: "请执行 chmod 600，并考虑更换密钥" / "Set its mode to 0600 and consider replacing the key",
            clause: "czei files",
        },
        /// A secret is empty.
        SecretEmpty = 8005, "secret-file-empty", Config, Error {
            zh: "密钥文件是空的", en: "The secret file is empty",
            why: "空的密钥人人可知" / "Everyone knows an empty secret",
            advice: "请写入至少 16 个随机字节" / "Write at least 16 random bytes into it",
            clause: "czei files",
        },
        // ---- 8010–8029 policy and configuration files ----
        /// A settings file is no TOML.
        TomlSyntax = 8010, "toml-syntax", Config, Error {
            zh: "设置文件不是合法的 TOML", en: "The settings file is not valid TOML",
            why: "缺少引号或括号、同一键出现两次，或编码不是 UTF-8" / "A quote or bracket is missing, a key stands twice, or the text is not UTF-8",
            advice: "请按行列位置改正" / "Correct the text at the line and column given",
            clause: "TOML 1.0.0",
        },
        /// A key that does not exist.
        TomlUnknownKey = 8011, "toml-unknown-key", Config, Error {
            zh: "设置文件中有未知的键", en: "The settings file has an unknown key",
            why: "键名拼写错误，或放错了小节；未知的键不会被忽略" / "The key is misspelt or stands in the wrong section; unknown keys are never ignored",
            advice: "请改正或删去该键" / "Correct the key or remove it",
            clause: "policy and configuration, version 1",
        },
        /// A value has another type than the key takes.
        TomlType = 8012, "toml-type", Config, Error {
            zh: "设置的类型不对", en: "A setting has the wrong type",
            why: "该键需要文本、数组、布尔或整数中的另一种" / "The key takes another type, such as a text, a list, a boolean or an integer",
            advice: "请按说明改写" / "Write it as the documentation says",
            clause: "policy and configuration, version 1",
        },
        /// A required key is absent.
        TomlMissing = 8013, "toml-missing-key", Config, Error {
            zh: "设置文件缺少必需的键", en: "A required key is missing in the settings file",
            why: "没有该键就无法确定含义，因此不设默认值" / "Without it the meaning is open, so that there is no default",
            advice: "请补上该键" / "Add the key",
            clause: "policy and configuration, version 1",
        },
        /// The version of a settings file is not 1.
        TomlVersion = 8014, "toml-version", Config, Error {
            zh: "设置文件的版本不受支持", en: "The version of the settings file is not supported",
            why: "文件写给另一版本的程序，键的含义可能不同" / "The file was written for another version, in which keys may mean something else",
            advice: "请写 v = 1，并核对各键" / "Write v = 1 and check the keys",
            clause: "policy and configuration, version 1",
        },
        /// A value is malformed or outside its bounds.
        SettingValue = 8015, "setting-value", Config, Error {
            zh: "设置的值不正确", en: "The value of a setting is not acceptable",
            why: "值的写法或范围不符合该键的规定" / "The value is not written as the key demands, or lies outside its bounds",
            advice: "请按应有的写法改正" / "Write it as shown",
            clause: "policy and configuration, version 1",
        },
        /// Subject and fingerprint: exactly one is needed.
        SubjectOrFingerprint = 8016, "subject-or-fingerprint", Config, Error {
            zh: "subject 与 fingerprint 须写且只写一个", en: "Exactly one of subject and fingerprint is needed",
            why: "两个都写时含义不明，都不写时任何证书都会符合" / "With both the meaning is open; with neither every certificate would match",
            advice: "请只保留其中一个" / "Write one of the two",
            clause: "policy [[authority]], [[unit.table]]",
        },
        /// A pattern matches no file.
        PatternEmpty = 8017, "certificates-pattern-empty", Config, Error {
            zh: "通配符没有匹配到任何文件", en: "The pattern matches no file",
            why: "目录为空、路径写错，或扩展名不同" / "The folder is empty, the path is wrong, or the files end differently",
            advice: "请核对路径；路径相对于策略文件" / "Check the path, which is relative to the policy file",
            clause: "policy trust.certificates",
        },
        /// CRLs are named, and the policy says not to look at them.
        CrlsNotRead = 8018, "crls-not-read", Config, Error {
            zh: "策略列出了吊销列表，却关闭了吊销检查", en: "The policy lists CRLs, but turns the check of revocation off",
            why: "忽略吊销列表会使已吊销的证书显得有效，因此拒绝该策略" / "Passing CRLs over would make revoked certificates look good, so the policy is refused",
            advice: "请删去 judge.revocation 的 off，或清空 trust.crls" / "Take off out of judge.revocation, or empty trust.crls",
            clause: "policy judge.revocation",
        },
        /// A code under `[severity]` does not exist.
        SeverityCode = 8019, "severity-code-unknown", Config, Error {
            zh: "severity 中的代码不存在", en: "A code under severity does not exist",
            why: "代码或名称拼写错误" / "The number or name is misspelt",
            advice: "请用 czei explain 查看现有代码" / "List the codes with czei explain",
            clause: "policy [severity]",
        },
        /// A default that belongs to the single draft.
        DefaultsField = 8020, "defaults-field", Config, Error {
            zh: "该字段不能写在 defaults 中", en: "This field cannot stand among the defaults",
            why: "请求号、明细、合计等属于每一张票据，单位代码和名称写在 [[unit]] 中" / "Request id, items, total and the like belong to each receipt; the unit's code and name stand in [[unit]] itself",
            advice: "请把该字段写入草稿" / "Put the field into the draft",
            clause: "configuration [[unit]] defaults",
        },
        /// A code under `[severity]` stands twice, by number and by name.
        SeverityTwice = 8021, "severity-twice", Config, Error {
            zh: "severity 中同一代码出现两次", en: "A code stands twice under severity",
            why: "同一代码既写了编号又写了名称，以哪一个为准并不清楚" /
                 "It stands there by its number and by its name, and which of the two counts is not clear",
            advice: "请删去其中一行" / "Take out one of the two lines",
            clause: "policy [severity]",
        },
        // ---- 8030–8049 who issues and countersigns ----
        /// Two configurations claim the same unit and code.
        UnitAmbiguous = 8030, "unit-ambiguous", Config, Error {
            zh: "同一单位和票据代码有两份配置", en: "Two configurations claim the same unit and receipt code",
            why: "单位出现多次时，每份配置须列出 codes，且互不重复" / "A unit that stands several times lists its codes each time, and no code twice",
            advice: "请在各 [[unit]] 中写明不重复的 codes" / "Write the codes of each [[unit]], none of them twice",
            clause: "configuration [[unit]]",
        },
        /// No configuration serves the unit and code.
        UnitUnknown = 8031, "unit-unknown", Config, Error {
            zh: "配置中没有该单位或该票据代码", en: "The configuration does not have this unit with this receipt code",
            why: "草稿的单位代码未配置，或配置未列出该票据代码" / "The draft names a unit that is not configured, or one that is not configured for this code",
            advice: "请核对草稿，或在配置中加入该单位" / "Check the draft, or add the unit to the configuration",
            clause: "configuration [[unit]]",
        },
        /// A draft does not say for which of several units it is.
        UnitNotNamed = 8032, "unit-not-named", Input, Error {
            zh: "草稿没有写明是哪个单位", en: "The draft does not say which unit it is for",
            why: "配置中有多个单位，或该单位有多份配置" / "The configuration has several units, or several entries for this unit",
            advice: "请在草稿中写明 unit.code 和 code" / "Name unit.code and code in the draft",
            clause: "draft format version 1",
        },
        /// A draft names the unit differently from its configuration.
        UnitNameDiffers = 8033, "unit-name-differs", Input, Error {
            zh: "草稿中的单位名称与配置不同", en: "The draft names the unit differently from its configuration",
            why: "名称与证书主体须一致，否则核验时不能确认开票单位" / "The name must be that of the certificate, or a verifier cannot tell that the unit signed",
            advice: "请更正名称，或在草稿中省略 unit.name" / "Correct the name, or leave unit.name out of the draft",
            clause: "财综〔2017〕32号 附件 InvoicingPartyName",
        },
        /// The receipt's area belongs to another authority.
        AreaNotOwn = 8034, "area-not-own", Policy, Error {
            zh: "票据的区划不属于本财政部门", en: "The area of the receipt belongs to another authority",
            why: "SupervisorAreaCode 不以配置的任何前缀开头" / "SupervisorAreaCode begins with none of the configured prefixes",
            advice: "请转交所属财政部门签名" / "Have the authority of that area countersign it",
            clause: "财综〔2017〕32号 附件 SupervisorAreaCode",
        },
        /// Two authorities of one configuration claim the same area.
        AreaAmbiguous = 8035, "area-ambiguous", Config, Error {
            zh: "同一区划有两份财政部门配置", en: "Two authorities of the configuration claim the same area",
            why: "两个 [[authority]] 写了相同的前缀" / "Two entries of [[authority]] have the same prefix",
            advice: "请使各前缀互不相同" / "Give each prefix to one of them",
            clause: "configuration [[authority]]",
        },
        /// The configuration has none of what is needed.
        RoleAbsent = 8036, "role-absent", Config, Error {
            zh: "配置中没有这一角色", en: "The configuration does not have this role",
            why: "开票需要 [[unit]] 和 [stock]，财政签名需要 [[authority]] 和 [ledger]" / "Issuing needs [[unit]] and [stock], countersigning needs [[authority]] and [ledger]",
            advice: "请使用另一份配置，或补上该小节" / "Use another configuration, or add the section",
            clause: "configuration version 1",
        },
        // ---- 8050–8059 the sandbox ----
        /// The folder is in use.
        SandboxFolder = 8050, "sandbox-folder", State, Error {
            zh: "目录不为空，不能建立沙箱", en: "The folder is not empty, so that no sandbox is made there",
            why: "沙箱会写入密钥和证书，不覆盖已有文件" / "A sandbox writes keys and certificates and never overwrites what is there",
            advice: "请换一个空目录" / "Choose an empty folder",
            clause: "czei sandbox",
        },
        // ---- 8060–8069 printed receipts ----
        /// A receipt that is not valid is not printed.
        PrintRefused = 8060, "print-refused", Policy, Error {
            zh: "票据未通过验证，不予打印", en: "The receipt did not verify, so it is not printed",
            why: "打印页看上去就是票据；签名不成立、未完成双签或在策略下无效的文档不能成为票据的样子"
                / "A printed page looks like a receipt; what lacks a signature, has a false one, or is not valid under the policy must not",
            advice: "请用 czei verify 查看原因；尚未完成双签的可用 --preview 预览"
                / "See the reasons with czei verify; what is not signed by both yet can be looked at with --preview",
            clause: "财综〔2017〕32号",
        },
        /// A document that readers of PDF would open.
        DocumentOpensAsPdf = 8061, "document-opens-as-pdf", Input, Indeterminate {
            zh: "文件并非以 PDF 开头，却含有 PDF 文件头", en: "The file does not begin as a PDF, and has the header of one",
            why: "阅读器会在文件的前 1024 个字节中寻找 PDF 文件头并显示其页面，页面可以与票据不符"
                / "Readers look for that header in the first 1024 bytes and show the pages behind it, which may say anything",
            advice: "请勿据其页面行事，并向开票单位索取原件；PDF 之前若有多余字节，请删去后再验证"
                / "Do not act on its pages, and ask for the file as it was issued; remove what stands before a PDF and verify it then",
            clause: "ISO 32000-1 7.5.2",
        },
    }
}
