//! The codes of the command line. They stand here and not in the `czei` command's own crate, so
//! that one list holds every code.

czei_codes::code_table! {
    /// What can go wrong in the `czei` command.
    pub enum CliCode in "cli", 9000..=9999 {
        // ---- 9000–9009 the command line and files ----
        /// The arguments are not understood.
        Usage = 9001, "usage", Input, Error {
            zh: "命令行参数不正确", en: "The command line is not understood",
            why: "参数缺失、多余、写错，或互相冲突" / "An argument is missing, superfluous, misspelt, or in conflict with another",
            advice: "请运行 czei --help 或 czei 命令 --help" / "Run czei --help or czei COMMAND --help",
            clause: "czei command line",
        },
        /// A file cannot be read.
        CannotRead = 9002, "cannot-read", System, Error {
            zh: "无法读取文件", en: "The file cannot be read",
            why: "文件不存在、无权限、符号链接成环，或磁盘出错" / "The file does not exist, may not be read, is a loop of links, or the disk failed",
            advice: "请检查路径和权限后重试" / "Check the path and the permissions and try again",
            clause: "operating system",
        },
        /// Output cannot be written.
        CannotWrite = 9003, "cannot-write", System, Error {
            zh: "无法写入", en: "Output cannot be written",
            why: "目录不存在、无权限、磁盘已满或管道已关闭" / "The folder does not exist, may not be written, the disk is full, or a pipe was closed",
            advice: "请检查目录、权限和剩余空间" / "Check the folder, the permissions and the free space",
            clause: "operating system",
        },
        /// A path is neither file nor folder.
        SpecialFile = 9004, "special-file", System, Error {
            zh: "不是普通文件", en: "This is no ordinary file",
            why: "文件夹中有管道、设备或套接字，读取它可能永远等待" / "A folder holds a pipe, a device or a socket; reading it could wait for ever",
            advice: "请从文件夹中移走它，或单独把它作为参数给出" / "Move it out of the folder, or name it as an argument of its own",
            clause: "operating system",
        },
        /// A link to a folder inside a folder is not followed.
        LinkedFolder = 9005, "linked-folder", System, Note {
            zh: "未进入符号链接指向的文件夹", en: "A linked folder was not entered",
            why: "链接可能成环，也可能使同一票据被统计两次" / "Links can form a loop, or have the same receipt counted twice",
            advice: "如需检查该文件夹，请把它作为参数单独给出" / "Name the folder as an argument of its own to have it checked",
            clause: "czei command line",
        },
        /// The paths hold no receipt.
        NoInput = 9006, "no-input", Input, Error {
            zh: "没有找到可检查的票据", en: "No receipt was found",
            why: "给出的路径中没有扩展名为 .xml 的文件；没有检查任何票据不等于全部有效" /
                 "The paths hold no file with the extension .xml; nothing checked is not the same as all valid",
            advice: "请检查路径和扩展名" / "Check the paths and the extensions",
            clause: "czei command line",
        },
        /// A file stands where output belongs, with other content.
        FileExists = 9007, "file-exists", State, Error {
            zh: "输出文件已存在且内容不同", en: "The output file exists with other content",
            why: "覆盖一张已开具的票据会丢失它" / "Writing over an issued receipt would lose it",
            advice: "请换一个输出文件夹，或先移走原文件" / "Take another output folder, or move the file away first",
            clause: "czei command line",
        },

        // ---- 9010–9019 archives ----
        /// An archive is damaged.
        ArchiveBroken = 9010, "archive-broken", Input, Error {
            zh: "归档文件已损坏", en: "The archive is damaged",
            why: "归档被截断、目录与内容不符，或校验和不对；其后的票据没有检查" /
                 "It was cut off, its table does not fit its content, or a checksum is wrong; what follows the damage was not checked",
            advice: "请重新获取该归档" / "Get the archive again",
            clause: "PKWARE APPNOTE 6.3; POSIX.1-2008 pax; RFC 1952",
        },
        /// An archive member is encrypted or compressed in another way.
        ArchiveMethod = 9011, "archive-method", Input, Error {
            zh: "不支持这种压缩或加密方式", en: "It is encrypted or compressed in a way that is not read",
            why: "可读取 zip（store、deflate，未加密）、tar 和 tar.gz" /
                 "What is read is zip (stored or deflated, not encrypted), tar and tar.gz",
            advice: "请解压或解密后再检查" / "Unpack or decrypt it first",
            clause: "PKWARE APPNOTE 6.3",
        },
        /// An archive unpacks to much more than it can mean to.
        ArchiveBomb = 9012, "archive-bomb", Limit, Error {
            zh: "归档解压后过大", en: "The archive unpacks to too much",
            why: "成员互相重叠，或单个成员解压后超过 1 GiB" / "Members overlap, or a single one unpacks to more than 1 GiB",
            advice: "请不要信任该归档的来源；确需检查时先自行解压" / "Distrust where it came from; unpack it yourself if it must be checked",
            clause: "czei limits",
        },
        /// A zip archive on standard input.
        ZipOnStdin = 9013, "zip-on-stdin", Input, Error {
            zh: "标准输入不能是 zip", en: "A zip archive cannot come from standard input",
            why: "zip 的目录在文件末尾，需要可定位的文件" / "The table of a zip stands at its end, so that a file is needed in which one can seek",
            advice: "请先存为文件，或改用 tar、tar.gz" / "Store it as a file first, or use tar or tar.gz",
            clause: "PKWARE APPNOTE 6.3",
        },
        /// A zip member has two names.
        ArchiveTwoNames = 9014, "archive-two-names", Input, Error {
            zh: "zip 成员在目录和文件头中的名称不同", en: "A zip member has one name in the table and another before its content",
            why: "不同软件会把它解压成不同的文件" / "Different programs would unpack it as different files",
            advice: "请不要信任该归档的来源" / "Distrust where the archive came from",
            clause: "PKWARE APPNOTE 6.3",
        },
        /// An archive inside an archive is not entered.
        ArchiveNested = 9015, "archive-nested", System, Note {
            zh: "未进入归档中的归档", en: "An archive within the archive was not entered",
            why: "层层嵌套的归档可能展开出无穷多的内容" / "Archives within archives can unfold to no end",
            advice: "如需检查其中的票据，请先把它取出来再单独给出" / "Take it out and name it on its own to have its receipts checked",
            clause: "czei command line",
        },

        // ---- 9020–9039 issuing ----
        /// There is no source of numbers.
        NoNumberSource = 9020, "no-number-source", State, Error {
            zh: "没有票据号码来源", en: "There is no source of numbers",
            why: "配置中没有 [stock]；没有号码库就无人记住已用的号码，会重号" /
                 "The configuration has no [stock]; without a stock nobody remembers which numbers were used, and some would be used twice",
            advice: "请用 czei stock init 建库，并在配置中写入 [stock] file；从外部取得的号码也由它保管" /
                    "Make a stock with czei stock init and name it in the configuration as [stock] file; it keeps numbers obtained elsewhere too",
            clause: "财综〔2017〕32号 票据号码",
        },
        /// The input holds bad drafts.
        BadDrafts = 9021, "bad-drafts", Input, Error {
            zh: "输入中有不合格的草稿，没有开具任何票据", en: "The input holds bad drafts, and nothing was issued",
            why: "部分开具之后难以核对，因此默认全部不开" / "A file issued in part is hard to reconcile, so that by default nothing of it is issued",
            advice: "请更正上面列出的各行，或加 --skip-bad 只开具其余各行" / "Correct the rows listed above, or issue the others with --skip-bad",
            clause: "czei command line",
        },
        /// A folder is not czei demo's.
        ForeignFolder = 9022, "foreign-folder", State, Error {
            zh: "该文件夹不是 czei demo 生成的", en: "The folder was not made by czei demo",
            why: "演示会清空并重建它的文件夹，因此只接受不存在、为空或带有演示标记的文件夹" /
                 "The demo empties and rebuilds its folder, and takes only one that does not exist, is empty, or bears the demo's mark",
            advice: "请换一个文件夹" / "Take another folder",
            clause: "czei command line",
        },
        /// The demo did not come out as it must.
        DemoFailed = 9023, "demo-failed", State, Error {
            zh: "演示结果不符合预期", en: "The demo did not come out as it must",
            why: "有票据未通过验证，或被改动的副本未被发现" / "A receipt did not verify, or the changed copy was not found out",
            advice: "请报告这个问题并附上演示文件夹" / "Report this with the demo's folder",
            clause: "czei command line",
        },
        /// `--number` with several drafts.
        OneNumberOneDraft = 9024, "one-number-one-draft", Input, Error {
            zh: "--number 只能用于一份草稿", en: "--number takes exactly one draft",
            why: "一个号码只能用于一张票据" / "A number stands on one receipt",
            advice: "请每次给出一份数据和一个号码" / "Give one draft and one number at a time",
            clause: "财综〔2017〕32号 票据号码",
        },
        /// The sandbox's list of numbers cannot be understood. Not reported any more: the list gave way to
        /// the stock.
        LedgerDamaged = 9025, "ledger-damaged", State, Error {
            zh: "沙箱的号码记录无法识别", en: "The sandbox's list of numbers cannot be understood",
            why: "issued.jsonl 被改动或被截断" / "issued.jsonl was changed or cut off",
            advice: "请恢复 issued.jsonl，或重新运行 czei demo（该文件夹会被清空）" /
                    "Restore issued.jsonl, or run czei demo again, which empties the folder",
            clause: "czei command line",
        },
        /// A request id came again with another draft.
        RequestReused = 9026, "request-reused", State, Error {
            zh: "请求号已用于另一份草稿", en: "The request id was used for another draft",
            why: "同一请求号只能对应同一份数据、同一个号码" / "A request id stands for one draft and one number",
            advice: "重试请用原数据，新票据请用新的请求号" / "Retry with the same draft, and take a new request id for a new receipt",
            clause: "czei command line",
        },
        /// A line of the input is longer than a draft may be.
        LineTooLong = 9027, "line-too-long", Limit, Error {
            zh: "输入行过长", en: "A line of the input is too long",
            why: "一行为一份草稿，至多 8 MiB" / "A line is one draft, of at most 8 MiB",
            advice: "请检查换行符，或改用 --format json" / "Check the line ends, or use --format json",
            clause: "czei command line",
        },
        /// The input of drafts is empty.
        NoDrafts = 9028, "no-drafts", Input, Error {
            zh: "输入中没有草稿", en: "The input holds no draft",
            why: "文件为空或只有空行" / "The file is empty or has blank lines only",
            advice: "请检查输入文件" / "Check the input file",
            clause: "czei command line",
        },
        /// A number from elsewhere stands on another receipt.
        NumberTaken = 9029, "number-taken", State, Error {
            zh: "该票据号码已被另一张票据占用", en: "The number stands on another receipt",
            why: "一个号码只能用于一张票据" / "A number stands on one receipt",
            advice: "请核对 --number，或取一个未使用的号码" / "Check --number, or obtain a number that is free",
            clause: "财综〔2017〕32号 票据号码",
        },

        // ---- 9040–9059 looking at receipts ----
        /// There is no such code.
        CodeUnknown = 9040, "code-unknown", Input, Error {
            zh: "没有这个代码", en: "There is no such code",
            why: "代码形如 CZ3101、3101 或 no-root" / "A code is written like CZ3101, 3101 or no-root",
            advice: "请运行 czei explain --all 查看全部代码" / "Run czei explain --all for the whole list",
            clause: "czei command line",
        },
        /// The receipt does not have the signature asked for.
        SignatureAbsent = 9041, "signature-absent", Input, Error {
            zh: "票据中没有所要的签名", en: "The receipt does not have the signature asked for",
            why: "财政部门签名的原文包含单位签名，没有单位签名就没有该原文" /
                 "What the authority signs holds the unit's signature, and there is none",
            advice: "请用 czei inspect 查看票据中的签名" / "See the receipt's signatures with czei inspect",
            clause: "财综〔2017〕32号 EInvoiceSignature",
        },
        /// A page is for one receipt.
        ReportForOne = 9042, "report-for-one", Input, Error {
            zh: "--report 只用于一张票据", en: "--report is for one receipt",
            why: "给出的路径中有多张票据" / "The paths hold several receipts",
            advice: "请给出一个文件" / "Name a single file",
            clause: "czei command line",
        },

        // ---- 9060–9069 the stock ----
        /// Receipts of an old system without a policy.
        ImportUnverified = 9060, "import-unverified", Input, Error {
            zh: "导入票据须指定策略", en: "Receipts are taken over under a policy",
            why: "未经验证的文件可能是伪造的；导入后即视为已开具" / "A file that nobody verified may be forged, and counts as issued once it is taken over",
            advice: "请用 --policy 指定策略文件；确需不验证时加 --unverified" / "Name a policy with --policy, or say --unverified",
            clause: "czei command line",
        },
        /// A list is in another encoding.
        ListNotUtf8 = 9061, "list-not-utf-8", Input, Error {
            zh: "表格文件的编码不是 UTF-8", en: "The list is not in UTF-8",
            why: "多半是 Excel 另存的“CSV（逗号分隔）”，编码为 GBK；没有导入其中任何一行" /
                 "Most likely a spreadsheet saved it in GBK; no row of it was taken over",
            advice: "请在 Excel 中另存为“CSV UTF-8（逗号分隔）”，或执行 iconv -f GB18030 -t UTF-8 原文件 > 新文件（“Unicode 文本”用 -f UTF-16）" /
                    "Save it as \"CSV UTF-8\" in the spreadsheet, or run iconv -f GB18030 -t UTF-8 OLD > NEW (\"Unicode text\": -f UTF-16)",
            clause: "czei command line",
        },
        /// Nothing happened to the number yet, or ever will.
        NumberNeverGiven = 9062, "number-never-given", State, Error {
            zh: "该号码从未发出", en: "The number was never given out",
            why: "号码未使用、未领入或已退回，没有票据，也就无可作废、换开或取出" /
                 "It is free, not taken in yet or was given back: there is no receipt, and nothing to void, exchange or take out",
            advice: "请核对号码；未用的号码随号段尾部退回（czei stock return）" /
                    "Check the number; unused numbers are given back with the tail of their segment (czei stock return)",
            clause: "czei command line",
        },

        // ---- 9080–9099 keys and certificates ----
        /// A key's file, or another one of these commands, would replace what is there.
        KeyFileExists = 9080, "key-file-exists", State, Error {
            zh: "文件已存在，不予覆盖", en: "The file exists, and is not written over",
            why: "被覆盖的密钥无法找回，用它签名的一方将不能再签名" / "A key that is written over is gone, and with it what it was needed for",
            advice: "请换一个文件名，或先移走原文件" / "Take another name, or move the file away first",
            clause: "czei command line",
        },
        /// A file is to be encrypted, and no password was given.
        PasswordAbsent = 9081, "password-absent", Input, Error {
            zh: "没有给出新文件的口令", en: "There is no password for the new file",
            why: "这种格式以口令加密；没有终端可供输入，也没有指定口令的来源" /
                 "The format is encrypted under a password; there is no terminal to ask at, and no source of a password was named",
            advice: "请用 --password-file 或 --password-env 指定口令的来源（转换时用 --out-password-file 或 --out-password-env）" /
                    "Name one with --password-file or --password-env (when converting --out-password-file or --out-password-env)",
            clause: "czei command line",
        },
        /// The password was typed differently the second time.
        PasswordsDiffer = 9082, "passwords-differ", Input, Error {
            zh: "两次输入的口令不同", en: "The passwords that were typed differ",
            why: "两次之中有一次输入有误" / "One of the two was mistyped",
            advice: "请重新运行并再次输入" / "Run the command again",
            clause: "czei command line",
        },
        /// The environment has no such variable.
        PasswordVariable = 9083, "password-variable", Input, Error {
            zh: "环境中没有该口令变量", en: "The environment has no such variable with a password",
            why: "变量名写错，或变量没有导出" / "The name is misspelt, or the variable was not exported",
            advice: "请检查变量名；--password-env 的值是变量名，不是口令" /
                    "Check the name: --password-env takes the name of a variable, and not the password",
            clause: "czei command line",
        },
        /// A new password is empty.
        PasswordEmpty = 9084, "password-empty", Input, Error {
            zh: "新口令为空", en: "The new password is empty",
            why: "空口令不保护任何内容，却会使人以为密钥已加密" / "It protects nothing, and the file would be believed to be encrypted",
            advice: "请给出口令，或明确选择不加密的格式 pkcs8" / "Give one, or choose the format pkcs8, which is not encrypted",
            clause: "czei command line",
        },
        /// A setting does not fit the format.
        KeyFormatSetting = 9085, "key-format-setting", Input, Error {
            zh: "该参数不适用于所选的密钥格式", en: "The argument does not fit the format of the key file",
            why: "pkcs8 和 sec1 不加密，也不含证书和名称；忽略该参数会使人以为密钥已加密" /
                 "pkcs8 and sec1 are not encrypted and hold no certificate or name; ignoring it would have the key believed to be encrypted",
            advice: "请去掉该参数，或改用 encrypted-pkcs8 或 pkcs12" / "Leave the argument out, or take encrypted-pkcs8 or pkcs12",
            clause: "czei command line",
        },
        /// Password and file both come from standard input.
        StandardInputTwice = 9086, "standard-input-twice", Input, Error {
            zh: "标准输入只能读取一次", en: "Standard input can be read only once",
            why: "两个参数都是 -，无法区分各自的内容" / "Two arguments are -, and nobody could tell where one ends",
            advice: "请把其中之一存入文件" / "Put one of them into a file",
            clause: "czei command line",
        },
        /// A file is none of those that the command shows.
        FileNotRecognised = 9087, "file-not-recognised", Input, Error {
            zh: "无法识别的文件", en: "The file is none that is known",
            why: "它不是 PEM 或 DER 的证书、CRL、证书申请，也不是密钥文件，或者已被截断" /
                 "It is no certificate, CRL, request or key file in PEM or DER, or it was cut off",
            advice: "请检查是否取错了文件，或重新获取" / "Check whether it is the right file, or get it again",
            clause: "RFC 7468; ITU-T X.690",
        },
        /// A file holds no certificate to check.
        NoCertificate = 9088, "no-certificate", Input, Error {
            zh: "文件中没有证书", en: "The file holds no certificate",
            why: "它只有密钥、CRL 或证书申请" / "It has a key, a CRL or a request only",
            advice: "请给出签名者的证书文件" / "Name the file with the signer's certificate",
            clause: "czei command line",
        },
        /// Labels or certificates are more or fewer than keys.
        LabelCount = 9089, "key-label-count", Input, Error {
            zh: "密钥、标签与证书的个数不一致", en: "The keys, labels and certificates are not as many as each other",
            why: "标签和证书按顺序对应密钥" / "Labels and certificates belong to the keys in their order",
            advice: "请为每个密钥各给一个，或全部省略" / "Give one for each key, or none",
            clause: "czei command line",
        },

        // ---- 9100–9119 what deserves a look about keys and certificates ----
        /// A key file can be read by others.
        KeyFileOpen = 9100, "key-file-open", Config, Warning {
            zh: "密钥文件对其他用户开放", en: "The key file is open to others",
            why: "同组或其他用户可以复制密钥，再离线猜测口令" / "Its group or everyone can copy it, and guess the password at leisure",
            advice: "请执行 chmod 600" / "Run chmod 600",
            clause: "GM/T 0054-2018",
        },
        /// A key file has no password.
        KeyFilePlain = 9101, "key-file-plain", Config, Note {
            zh: "密钥没有以口令加密", en: "The key is not encrypted under a password",
            why: "只有文件权限保护它" / "Only the permissions of the file protect it",
            advice: "请确认备份和磁盘也受保护，或用 czei key convert --to encrypted-pkcs8 转换" /
                    "See that backups and disks are protected too, or convert it with czei key convert --to encrypted-pkcs8",
            clause: "GM/T 0054-2018",
        },
        /// A key file is encrypted by an outdated scheme.
        KeyEncryptionWeak = 9102, "key-encryption-weak", Crypto, Warning {
            zh: "密钥文件的加密方式过时", en: "The key file is encrypted in an outdated way",
            why: "RC2、3DES、SHA-1 口令派生或单次散列挡不住离线猜测口令" /
                 "RC2, 3DES, passwords hashed by SHA-1, or hashed once only, do not withstand guessing",
            advice: "请用 czei key convert --to pkcs12 或 --to encrypted-pkcs8 重新加密，并删除原文件" /
                    "Encrypt it anew with czei key convert --to pkcs12 or --to encrypted-pkcs8, and delete the old file",
            clause: "RFC 8018; GB/T 35276-2017",
        },
        /// A password is hashed few times.
        KeyIterationsFew = 9103, "key-iterations-few", Crypto, Warning {
            zh: "口令派生的迭代次数太少", en: "The password is hashed few times",
            why: "次数越少，离线猜测口令越快" / "The fewer, the faster a password is guessed",
            advice: "请用 czei key convert 重新加密" / "Encrypt it anew with czei key convert",
            clause: "RFC 8018 4.2",
        },
        /// A certificate expires soon.
        CertificateExpires = 9110, "certificate-expires-soon", Certificate, Warning {
            zh: "证书即将过期", en: "The certificate expires soon",
            why: "过期之后签出的票据不能通过验证" / "What is signed after that does not verify",
            advice: "请及时向证书认证机构更新证书" / "Renew it in good time",
            clause: "GB/T 20518-2018 5.2.3.5",
        },
        /// A CRL is due for renewal soon, or was.
        CrlExpires = 9111, "crl-expires-soon", Certificate, Warning {
            zh: "CRL 即将到期或已经到期", en: "The CRL is due for renewal",
            why: "到期之后吊销状态无从得知，结论至多为无法判定" / "After that nobody knows what was revoked, and verdicts become indeterminate",
            advice: "请获取新的 CRL" / "Get the new one",
            clause: "RFC 5280 5.1.2.5",
        },
        // ---- 9120–9129 printed receipts ----
        /// A PDF stands where a document is taken.
        PrintedNotTaken = 9120, "printed-not-taken", Input, Error {
            zh: "此处只接受票据文档，不接受 PDF", en: "This takes receipts as documents, not as PDF",
            why: "PDF 是票据的打印页；入库和签名针对的是其中的 XML 文档" / "A PDF is the printed page of a receipt; what is stored and signed is the XML inside it",
            advice: "请用 czei inspect --document 取出其中的 XML 文档" / "Take the XML out with czei inspect --document",
            clause: "ISO 19005-3 6.8",
        },
        /// A file is called .pdf and does not begin as one.
        NamedPdf = 9121, "named-pdf", Input, Error {
            zh: "文件名为 .pdf，内容却不是 PDF", en: "A file is named .pdf and does not begin as a PDF",
            why: "阅读器仍可能按 PDF 打开它，显示与其中票据无关的页面" /
                 "Readers may open it as a PDF all the same, and show pages that have nothing to do with the receipt in it",
            advice: "请按其真实类型改名后再验证；勿据其页面行事" / "Name it after what it is and verify it then; do not act on its pages",
            clause: "ISO 32000-1 7.5.2",
        },
    }
}

/// An error of the command line.
pub type CliError = czei_codes::Fault<CliCode>;
