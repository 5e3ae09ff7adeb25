//! The codes of the stock.

czei_codes::code_table! {
    /// What can go wrong in the stock and in the ledger, besides the rules of numbers, whose codes are
    /// [`czei_core::Code`]'s.
    pub enum Code in "stock", 4000..=4999 {
        // ---- 4000–4019 opening ----
        /// A stock is to be made where a file is.
        StockExists = 4000, "stock-exists", State, Error {
            zh: "库文件已存在", en: "The stock file exists already",
            why: "建库不会覆盖已有的文件" / "Making a stock never overwrites a file",
            advice: "请换一个路径，或直接打开该库" / "Choose another path, or open the stock that is there",
            clause: "stock files",
        },
        /// There is no stock at the path.
        StockAbsent = 4001, "stock-absent", Config, Error {
            zh: "库文件不存在", en: "There is no stock at this path",
            why: "路径写错，或尚未建库；打开时从不新建，以免把空库当成真库" / "The path is wrong, or no stock was made yet; opening never makes one, so that an empty stock is not taken for the real one",
            advice: "请核对路径；库丢失时用备份恢复（restore），从未建过才执行 czei stock init 或 czei ledger init" / "Check the path; restore a backup when it was lost (restore), and run czei stock init or czei ledger init only where there never was one",
            clause: "stock files",
        },
        /// The file is another database.
        NotAStock = 4002, "not-a-stock", Config, Error {
            zh: "文件不是本软件的号码库", en: "The file is no stock of numbers",
            why: "文件是别的 SQLite 数据库，或另一种库（单位库与财政台账不能互换）" / "It is another SQLite database, or the other kind: a unit's stock and an authority's ledger are not exchangeable",
            advice: "请核对路径" / "Check the path",
            clause: "stock files",
        },
        /// The schema is newer than this version knows.
        SchemaNewer = 4003, "schema-newer", State, Error {
            zh: "库由更新版本的软件建立", en: "A newer version of the software made this stock",
            why: "旧版本不认识新的库结构，继续使用可能损坏数据" / "This version does not know the newer schema and could damage it",
            advice: "请升级本软件" / "Use the newer version of the software",
            clause: "stock schema",
        },
        /// A setting was not taken by SQLite.
        SettingNotInForce = 4004, "setting-not-in-force", System, Error {
            zh: "数据库的安全设置没有生效", en: "A safety setting of the database is not in force",
            why: "文件系统或编译选项不支持该设置；没有它，断电会丢号" / "The file system or the build does not support it; without it a power cut would lose numbers",
            advice: "请把库移到本机磁盘，并使用自带的 SQLite" / "Move the stock to a local disk and use the SQLite that comes with the software",
            clause: "numbers, design: journal_mode WAL with synchronous FULL",
        },
        /// The file lies on a network file system.
        NetworkFileSystem = 4005, "network-file-system", Config, Error {
            zh: "号码库不能放在网络文件系统上", en: "A stock cannot lie on a network file system",
            why: "网络文件系统的锁与同步不可靠，两台机器同时写会重号" / "Locks and syncs of network file systems are not reliable; two machines on one file would give numbers twice",
            advice: "请把库移到本机磁盘" / "Move the stock to a local disk",
            clause: "numbers, design: file systems",
        },
        /// A second copy of the library holds the stock open.
        SecondCopy = 4006, "second-copy-in-process", State, Error {
            zh: "本进程中已有另一份程序库打开了该库", en: "Another copy of the library in this process has the stock open",
            why: "同一进程加载了两份程序库（两个类加载器，或 Java 与 Python 并存）；SQLite 的文件锁在其间不起作用。两个容器共用一个卷且进程号相同时也会如此" / "The process has loaded the library twice (two class loaders, Java beside Python), between which the locks of SQLite do not work. Two containers with the same process id on one volume look the same",
            advice: "请让一个进程只加载一份程序库；容器请使用共享的进程号空间" / "Load the library once per process; let containers share a process id namespace",
            clause: "numbers, design: one copy a process",
        },
        /// The process forked after opening.
        Forked = 4007, "forked-process", State, Error {
            zh: "库在另一个进程中打开，不能在子进程中使用", en: "The stock was opened in the parent process and cannot be used after fork",
            why: "fork 之后沿用数据库连接会损坏文件" / "A database connection carried through fork damages the file",
            advice: "请在 fork 之后才打开库，或用 exec 启动子进程" / "Open the stock only after the fork, or start children with exec",
            clause: "SQLite, How To Corrupt: fork",
        },
        /// The handle met a disk error before.
        HandlePoisoned = 4008, "handle-poisoned", System, Error {
            zh: "此前的磁盘错误使本连接不再可信", en: "An earlier disk error made this handle unusable",
            why: "一次写入或同步失败后，内存与磁盘可能不一致" / "After a failed write or sync, memory and disk may differ",
            advice: "请排除磁盘故障后重新打开；未确认的请求用原请求号重试" / "Mend the disk and open the stock again; ask for unanswered requests with the same request ids",
            clause: "numbers, design: after an error of a sync",
        },
        /// The file at the path is another one than was opened.
        FileReplaced = 4009, "database-file-replaced", System, Error {
            zh: "库文件在使用中被删除或替换", en: "The database file was deleted or replaced while in use",
            why: "有人移动、删除或恢复了库文件或它的 -wal 文件" / "Somebody moved, deleted or restored the database or its -wal file",
            advice: "请停止所有使用者，查明原因后再打开" / "Stop everything that uses it and find out why before opening it again",
            clause: "numbers, faults: the file deleted under the process",
        },
        /// The database is behind its mark.
        OlderState = 4010, "older-state", State, Error {
            zh: "库比最后确认的状态旧", en: "The stock is older than the last state that was acknowledged",
            why: "恢复了较旧的备份：其后发出的号码不在库中，继续开票会重号" / "An older backup was put in place: numbers given out since are not in it and would be given twice",
            advice: "请先找最新的库；确已丢失时执行 czei stock restore --in-place（台账为 czei ledger restore），其间的号码将列为待核实，永不再发" / "Look for the newest copy first; when it is lost, run czei stock restore --in-place (of a ledger: czei ledger restore): the numbers in between become unknown and are never issued again",
            clause: "numbers, design: restored backups",
        },
        /// Stock and mark do not belong together.
        OtherGeneration = 4011, "other-generation", State, Error {
            zh: "库与存证标记不属于同一代", en: "The stock and its mark belong to different generations",
            why: "库是另一次恢复之前的副本，或标记文件属于别的库" / "The database is a copy from before another restore, or the mark belongs to another stock",
            advice: "请找到正在使用的库；确需使用本副本时执行 czei stock restore --in-place（台账为 czei ledger restore）。标记若属于别的库（stock 编号不同），请先换回本库的标记，或移走它并以 --up-to 指明已发出的最大号码" / "Find the stock that is in use; if this copy must serve, run czei stock restore --in-place (of a ledger: czei ledger restore). When the mark belongs to another stock (another stock id), put this one's mark back first, or move that one away and state with --up-to how far numbers were given out",
            clause: "numbers, design: restored backups",
        },
        /// The mark is not where it should be.
        MarkMissing = 4012, "mark-missing", State, Error {
            zh: "存证标记文件不见了", en: "The mark of the stock is missing",
            why: "标记文件被删除或所在的盘未挂载；没有它就看不出库是否较旧" / "The mark was deleted or its disk is not mounted; without it an older state cannot be told",
            advice: "请挂载该盘；标记确已丢失时执行 czei stock restore --in-place（台账为 czei ledger restore），以 --up-to 指明每个单位每个代码已发出的最大号码" / "Mount the disk; if the mark is lost, run czei stock restore --in-place (of a ledger: czei ledger restore) and state with --up-to the last number given out of each code for each unit",
            clause: "numbers, design: restored backups",
        },
        /// The mark cannot be read.
        MarkDamaged = 4013, "mark-damaged", System, Error {
            zh: "存证标记文件已损坏", en: "The mark of the stock is damaged",
            why: "文件被改动，或磁盘出错" / "It was changed, or the disk has errors",
            advice: "请检查磁盘；然后执行 czei stock restore --in-place（台账为 czei ledger restore），以 --up-to 指明每个单位每个代码已发出的最大号码" / "Check the disk, then run czei stock restore --in-place (of a ledger: czei ledger restore) and state with --up-to the last number given out of each code for each unit",
            clause: "numbers, design: restored backups",
        },
        /// Mark or folder of receipts differ.
        OldSettings = 4014, "settings-differ", Config, Error {
            zh: "打开时给出的设置与库中的不同", en: "The settings given at opening differ from those of the stock",
            why: "同一个库被不同的设置打开，标记或票据会写到两处" / "One stock opened with different settings would keep its mark or receipts in two places",
            advice: "请改用库中的设置，或用 czei stock restore --in-place 变更标记位置" / "Use the stock's own settings",
            clause: "stock settings",
        },
        /// A step of a migration failed.
        MigrationFailed = 4015, "migration-failed", System, Error {
            zh: "升级库结构失败，库保持原样", en: "Bringing the schema to this version failed; the stock is as it was",
            why: "磁盘已满或出错" / "The disk is full or has errors",
            advice: "请处理后重试" / "Mend that and try again",
            clause: "stock schema",
        },
        /// The database file has a second name.
        FileHasTwoNames = 4016, "file-has-two-names", Config, Error {
            zh: "库文件有两个名字（硬链接）", en: "The stock file has two names (hard links)",
            why: "SQLite 按路径命名日志文件：从两个名字打开会有两份日志，互相看不见对方的号码" / "SQLite names its log after the path: opened under two names the file has two logs, and neither side sees the numbers of the other",
            advice: "请先停用，用 ls -i 与 find -inum 找出另一个名字并删除它（内容不会丢失）；备份请用 czei stock backup，不要用硬链接" / "Stop what uses it, find the other name with ls -i and find -inum, and remove that name (the content stays); make backups with czei stock backup and not as hard links",
            clause: "SQLite, How To Corrupt: multiple links to the same file",
        },
        /// The folder of a file that is to be made is not there.
        FolderAbsent = 4017, "folder-absent", Config, Error {
            zh: "目录不存在", en: "The folder does not exist",
            why: "路径写错、目录尚未建立，或所在的盘没有挂载；目录从不代建，以免写到挂载点下面的另一块盘上" / "The path is wrong, the folder was not made yet, or its disk is not mounted; folders are not made here, so that nothing is written below an empty mount point",
            advice: "请核对路径、挂载该盘，或先建立目录" / "Check the path, mount the disk, or make the folder first",
            clause: "stock files",
        },
        /// The mark would be written over something else.
        MarkPlaceTaken = 4018, "mark-place-taken", Config, Error {
            zh: "存证标记的位置已被别的文件占用", en: "Something else is where the mark is to be kept",
            why: "存证标记会覆盖该位置的文件：那里是库自己的文件、目录，或不是存证标记的文件（损坏的标记也看作此类）" / "The mark is written over what stands there: one of the stock's own files, a folder, or a file that is no mark (a damaged mark looks the same)",
            advice: "请为存证标记另选一个文件名，或先移走该文件" / "Name another file for the mark, or move that file away first",
            clause: "numbers, design: a second place",
        },
        // ---- 4020–4039 database ----
        /// The write lock was not to be had in time.
        Busy = 4020, "stock-busy", System, Error {
            zh: "等待其他进程写入超时", en: "Waiting for other processes that write took too long",
            why: "另一进程长时间占用写锁，或进程已挂起" / "Another process has held the write lock for long, or hangs",
            advice: "请稍后用原请求号重试；查看是否有挂起的进程" / "Try again with the same request ids; look for a process that hangs",
            clause: "numbers, design: BEGIN IMMEDIATE",
        },
        /// No space was left.
        DiskFull = 4021, "disk-full", System, Error {
            zh: "磁盘已满，没有写入", en: "The disk is full; nothing was written",
            why: "数据库、日志或标记无法增长" / "The database, its log or the mark could not grow",
            advice: "请释放空间后用原请求号重试" / "Free space, then try again with the same request ids",
            clause: "numbers, faults: disk full",
        },
        /// The file cannot be written.
        ReadOnly = 4022, "stock-read-only", System, Error {
            zh: "库文件或所在目录不可写", en: "The stock or its folder cannot be written",
            why: "没有写权限，或文件系统以只读方式挂载" / "Permissions are missing, or the file system is mounted read-only",
            advice: "请改正权限" / "Correct the permissions",
            clause: "numbers, faults: read-only",
        },
        /// SQLite found the file malformed, or a row makes no sense.
        DatabaseDamaged = 4023, "database-damaged", System, Error {
            zh: "库文件已损坏", en: "The database file is damaged",
            why: "磁盘出错，或其他程序改动了文件" / "The disk has errors, or another program changed the file",
            advice: "请勿继续使用；从备份恢复，再执行 czei stock check" / "Do not use it any more; restore a backup and run czei stock check",
            clause: "SQLite: database disk image is malformed",
        },
        /// Any other error of SQLite before the commit.
        DatabaseFailed = 4024, "database-failed", System, Error {
            zh: "数据库报错，没有写入", en: "The database reported an error; nothing was written",
            why: "磁盘读写错误、内存不足，或内部错误" / "The disk could not be read or written, memory ran out, or something inside failed",
            advice: "请按系统给出的原因处理，用原请求号重试" / "Mend what the system reports and try again with the same request ids",
            clause: "SQLite result codes",
        },
        /// COMMIT failed.
        OutcomeUnknown = 4025, "outcome-unknown", System, Error {
            zh: "提交时出错，结果未知", en: "The commit reported an error; whether it took effect is not known",
            why: "写入或同步失败；数据可能已经落盘" / "A write or sync failed; the data may be on the disk all the same",
            advice: "请重新打开库，用原请求号再问：已占号的会得到同一号码" / "Open the stock again and ask with the same request ids: a request that has its number gets the same one",
            clause: "numbers, design: an error from COMMIT",
        },
        /// The mark's disk failed after the commit.
        MarkNotWritten = 4026, "mark-not-written", System, Error {
            zh: "存证标记没有写成，结果未确认", en: "The mark could not be written; the change is not acknowledged",
            why: "标记所在的盘已满或出错；号码已入库，但未交出" / "The disk of the mark is full or has errors; the numbers are in the stock but were not handed out",
            advice: "请处理该盘后用原请求号重试" / "Mend that disk and try again with the same request ids",
            clause: "numbers, design: a second place",
        },
        /// A receipt beside the file could not be written.
        ReceiptNotStored = 4027, "receipt-file-not-stored", System, Error {
            zh: "票据文件没有写成", en: "The receipt's file could not be written",
            why: "票据目录不可写、已满或出错；号码的状态没有改变" / "The folder of receipts cannot be written, is full or has errors; the number's state is unchanged",
            advice: "请处理后重试" / "Mend that and try again",
            clause: "numbers, design: receipts beside the file",
        },
        /// A receipt beside the file is not what the row says.
        ReceiptMissing = 4028, "receipt-file-missing", System, Error {
            zh: "票据文件不见了或内容不符", en: "The receipt's file is missing or has other content",
            why: "文件被删除、改动，或目录没有一并恢复" / "It was deleted or changed, or the folder was not restored together with the stock",
            advice: "请从备份恢复票据目录，再执行 czei stock check" / "Restore the folder of receipts and run czei stock check",
            clause: "numbers, design: receipts beside the file",
        },
        // ---- 4040–4059 changes ----
        /// No segment has this id.
        SegmentUnknown = 4040, "segment-unknown", State, Error {
            zh: "没有这个号段", en: "There is no such segment",
            why: "号段编号写错，或属于别的库" / "Its name is wrong, or it belongs to another stock",
            advice: "请执行 czei stock segment list（台账为 czei ledger list）查看编号" / "czei stock segment list, or czei ledger list, shows the ids",
            clause: "numbers: taking in",
        },
        /// A segment is taken in twice.
        SegmentTakenIn = 4041, "segment-taken-in-before", State, Error {
            zh: "号段已经领入", en: "The segment was taken in before",
            why: "重复领入" / "It is taken in twice",
            advice: "无需再领" / "Nothing is left to do",
            clause: "numbers: taking in",
        },
        /// The tail is empty or reaches into used numbers.
        NothingToReturn = 4042, "nothing-to-return", State, Error {
            zh: "没有可退回的号码", en: "No number can be given back",
            why: "号段已用完或已退回，或起号之后仍有已用号码" / "The segment is used up or was returned, or numbers after the first one are in use",
            advice: "请核对起号：只能退回尾部未用的号码" / "Check the first number: only the unused tail can be returned",
            clause: "numbers: return",
        },
        /// A signed number without a refusal.
        RefusalNeeded = 4043, "refusal-needed", State, Error {
            zh: "已签名的号码须附财政部门的拒签记录才能作废", en: "A number that the unit signed is voided only with the authority's refusal",
            why: "签名后的票据可能已经送出" / "The signed receipt may have left already",
            advice: "请附上拒签记录，或继续完成财政签名" / "Hand in the refusal, or have the authority sign",
            clause: "numbers: void",
        },
        /// A person, reason or giver is not 1 to its limit of visible characters.
        TextLimit = 4044, "stock-text-limit", Input, Error {
            zh: "文字为空、过长或含有不可见字符", en: "A text is empty, too long or has invisible characters",
            why: "姓名、原因等为 1 至规定字数的可见文字" / "Names and reasons are visible text of 1 to so many characters",
            advice: "请改正" / "Correct it",
            clause: "stock limits",
        },
        /// An import contradicts the stock.
        PastDiffers = 4045, "past-differs", State, Error {
            zh: "导入的内容与库中的不同", en: "What is imported differs from what the stock has",
            why: "同一号码在库中已有另一份内容或另一种结果" / "The stock has other content, or another end, for this number",
            advice: "请查明哪一份是真的；库中的记录不会被覆盖" / "Find out which one is real; what the stock has is never overwritten",
            clause: "numbers: moving in",
        },
        /// An import for a number that is free, returned or a stranger.
        PastNotAwaited = 4046, "past-not-awaited", State, Error {
            zh: "该号码不在待核实之列", en: "The number does not wait to be reconciled",
            why: "号码仍可用、已退回，或不在任何号段中" / "It is free, was returned, or lies in no segment",
            advice: "请先按旧系统的进度登记号段（segment add --next）" / "Note the segment with the number it has come to first (segment add --next)",
            clause: "numbers: moving in",
        },
        /// Exchange of a number that is not issued.
        NotIssued = 4047, "number-not-issued", State, Error {
            zh: "号码尚未开具", en: "The number is not issued",
            why: "只有已开具的票据才能换开纸质票据" / "Only an issued receipt is exchanged for paper",
            advice: "请核对号码" / "Check the number",
            clause: "numbers: exchange",
        },
        /// A sequence of payment codes is at its end.
        PaySequenceExhausted = 4048, "pay-sequence-exhausted", State, Error {
            zh: "缴款识别码的顺序号已用完", en: "The sequence of payment codes is used up",
            why: "该区划、年度和分配号下的顺序号已到最大" / "The sequence of this region, year and allotted id has come to its last number",
            advice: "请使用另一个分配号" / "Use another allotted id",
            clause: "财综〔2017〕32号 PayCode",
        },
        /// A payment code's request came again with other parts.
        PayCodeDiffers = 4049, "pay-code-differs", State, Error {
            zh: "同一请求号对应的缴款识别码参数不同", en: "The same request id came with other parts of a payment code",
            why: "区划、年度、分配号或校验位与上次不同" / "Region, year, allotted id or check digit differ from last time",
            advice: "新业务请使用新的请求号" / "Use a new request id for new business",
            clause: "numbers: payment codes",
        },
        /// Signing heads failed.
        HeadRefused = 4050, "heads-not-signed", Crypto, Error {
            zh: "链首未能签名", en: "The heads could not be signed",
            why: "签名者没有给出签名或证书，或存证的链首已不在库中" / "The signer answered without signature or certificate, or the heads that were noted are no longer there",
            advice: "请检查密钥" / "Check the key",
            clause: "invariant I7",
        },
        // ---- 4060–4079 ledger ----
        /// Code and number are not in a segment of that unit.
        NotGiven = 4060, "number-not-given", Policy, Error {
            zh: "号码不在发放给该单位的号段内", en: "The number lies in no segment given to this unit",
            why: "单位使用了未发放、已收回或发放给他人的号码，或台账漏记" / "The unit used a number that was not given, was taken back or was given to another, or the ledger misses an entry",
            advice: "请核对发放记录；财政部门不得签名" / "Check what was given; the authority must not sign",
            clause: "authority's ledger",
        },
        /// A second content for one code and number.
        SecondContent = 4061, "second-content", Policy, Error {
            zh: "该号码已受理过另一份内容", en: "The number was claimed for other content before",
            why: "同一票据代码和号码出现了两份不同的票据" / "Two different receipts bear one code and number",
            advice: "请查明单位是否重号；财政部门不得再签" / "Find out whether the unit doubled the number; the authority must not sign again",
            clause: "authority's ledger",
        },
        /// A countersigned receipt without its claim.
        ClaimUnknown = 4062, "claim-unknown", State, Error {
            zh: "台账中没有这次受理", en: "The ledger has no such claim",
            why: "存入签名之前必须先受理" / "A number is claimed before its countersignature is stored",
            advice: "请先受理" / "Claim it first",
            clause: "authority's ledger",
        },
        /// A given segment overlaps another.
        GivenOverlap = 4063, "given-overlap", State, Error {
            zh: "号段与已发放的重叠", en: "The segment overlaps one that was given",
            why: "起止号颠倒，或其中的号码已发放" / "Its ends are the wrong way round, or numbers of it were given before",
            advice: "请核对起止号码" / "Check the first and last number",
            clause: "authority's ledger",
        },
        // ---- 4080–4099 checks, backup ----
        /// A row's hash does not follow.
        JournalChainBroken = 4080, "journal-chain-broken", Crypto, Error {
            zh: "日志链断裂", en: "A chain of the journal is broken",
            why: "有行被改动、删除或插入，或磁盘出错" / "Rows were changed, removed or put in, or the disk has errors",
            advice: "请保全现场，与备份中签名的链首比对" / "Keep everything as it is and compare with the signed heads in backups",
            clause: "invariant I7",
        },
        /// Noted heads are not those of the rows.
        HeadsDiffer = 4081, "heads-differ", Crypto, Error {
            zh: "存证的链首与日志不符", en: "Heads that were noted do not fit the journal",
            why: "日志在存证之后被重新计算过" / "The journal was recomputed after they were noted",
            advice: "请保全现场，与备份中签名的链首比对" / "Keep everything as it is and compare with the signed heads in backups",
            clause: "invariant I7",
        },
        /// Signed heads do not verify.
        HeadSignatureWrong = 4082, "head-signature-wrong", Crypto, Error {
            zh: "链首的签名验证不通过", en: "The signature over the heads does not verify",
            why: "签名被改动，或签名者不被信任" / "It was changed, or its signer is not trusted",
            advice: "请保全现场，核对签名证书" / "Keep everything as it is and check the signer's certificate",
            clause: "invariant I7",
        },
        /// A backup does not fit its manifest.
        BackupWrong = 4083, "backup-wrong", Input, Error {
            zh: "备份不完整或内容不符", en: "The backup is incomplete or has other content",
            why: "文件被改动、截断，或缺少清单" / "It was changed or cut short, or its manifest is missing",
            advice: "请换用另一份备份" / "Use another backup",
            clause: "backup",
        },
        /// Restore onto an existing file.
        RestoreTargetExists = 4084, "restore-target-exists", State, Error {
            zh: "备份或恢复的目标已存在", en: "There is a file where a backup is to be written or restored",
            why: "备份与恢复都不覆盖已有的文件，只有被中断的同一备份可以重做" / "Neither writes over a file that is there: it may be in use. Only a backup that was interrupted is made again under its name",
            advice: "请换一个路径，或先移走原文件" / "Choose another path, or move the file away first",
            clause: "backup",
        },
        /// Others have the stock open.
        StockInUse = 4085, "stock-in-use", State, Error {
            zh: "库正被使用", en: "The stock is in use",
            why: "恢复或接受较旧状态时不得有其他使用者" / "While a stock is restored or an older state accepted, nothing else may use it",
            advice: "请停止所有使用者后重试" / "Stop everything that uses it and try again",
            clause: "restore",
        },
        /// A row of an exported journal is none.
        JournalRowMalformed = 4090, "journal-row-malformed", Input, Error {
            zh: "不是日志行", en: "This is no row of a journal",
            why: "文件不是以 JSON 行导出的日志，或被截断、改动；空文件也不算" / "The file is no journal exported as JSON lines, or it was cut off or changed; an empty one is none either",
            advice: "请重新执行 czei stock export --what journal --format jsonl" / "Export it again with czei stock export --what journal --format jsonl",
            clause: "invariant I7",
        },
        /// A text of heads is none.
        HeadsMalformed = 4091, "heads-malformed", Input, Error {
            zh: "不是链首存证的文本", en: "This is no text of heads",
            why: "文件不是 czei stock heads 的输出，或被改动" / "The file is not what czei stock heads printed, or it was changed",
            advice: "请使用原样保存的输出" / "Use the output as it was kept",
            clause: "invariant I7",
        },
        /// A CSV file is malformed.
        CsvMalformed = 4092, "csv-malformed", Input, Error {
            zh: "CSV 格式不正确", en: "The CSV is malformed",
            why: "引号不成对、一行过长，或编码不是 UTF-8（表格软件另存时请选 UTF-8）" / "A quote is not closed or stands inside a field, a record is too long, or the text is not UTF-8",
            advice: "请另存为 UTF-8 编码的 CSV" / "Save it as CSV in UTF-8",
            clause: "RFC 4180",
        },
        /// A list of voided numbers lacks a column.
        VoidListHeader = 4093, "void-list-header", Input, Error {
            zh: "作废号码表的表头不正确", en: "The list of voided numbers has the wrong columns",
            why: "首行须有代码、号码、原因、作废人、时间各一列，中英文均可" / "Its first line names code, number, reason, person and time, each once, in Chinese or English",
            advice: "请改正首行" / "Correct its first line",
            clause: "numbers: moving in",
        },
        /// A row of a list of voided numbers is wrong.
        VoidListRow = 4094, "void-list-row", Input, Error {
            zh: "作废号码表中的一行不正确", en: "A row of the list of voided numbers is wrong",
            why: "字段数不对、内容为空，或时间无法识别" / "It has too many or too few fields, an empty one, or a time that is not understood",
            advice: "请改正该行" / "Correct the row",
            clause: "numbers: moving in",
        },
        /// A list could not be read.
        ListNotRead = 4095, "list-not-read", System, Error {
            zh: "无法读取清单", en: "The list cannot be read",
            why: "磁盘或管道报错" / "The disk or a pipe reported an error",
            advice: "请按系统给出的原因处理后重试" / "Mend what the system reports and try again",
            clause: "operating system",
        },
        // ---- 4100–4119 reconciling ----
        /// An issued number has no file.
        FileMissing = 4100, "reconcile-gap", State, Error {
            zh: "已开具的票据没有对应的文件", en: "Issued numbers have no receipt among the files",
            why: "文件遗失、没有归档，或给出的路径不全" / "The files were lost or not filed, or the paths do not hold all",
            advice: "可用 czei stock get 从库中取出该票据" / "Take the receipt out of the stock with czei stock get",
            clause: "numbers: gaps and duplicates",
        },
        /// A file bears a number that is not issued here.
        FileStranger = 4101, "reconcile-stranger", State, Error {
            zh: "文件中的号码在库中没有开具", en: "The file bears a number that is not issued here",
            why: "号码未经本库开具、已作废，或属于别的单位；也可能是旧系统的票据尚未导入" / "The number was not issued from this stock, was voided, or is another unit's; or a receipt of an old system was not imported yet",
            advice: "请执行 czei stock explain 查看该号码，必要时导入" / "Look at the number with czei stock explain; import what is of the past",
            clause: "numbers: gaps and duplicates",
        },
        /// A file has other content than the receipt issued.
        FileOtherContent = 4102, "reconcile-other-content", State, Error {
            zh: "文件内容与库中已开具的票据不同", en: "The file has other content than the receipt that was issued",
            why: "文件被改动，或同一号码出现了第二张票据" / "It was changed, or a second receipt bears the number",
            advice: "请查明文件来源；以库中的票据为准" / "Find out where the file came from; the stock's receipt is the one that was issued",
            clause: "numbers: gaps and duplicates",
        },
        /// The same content under other signatures.
        FileOtherSignatures = 4103, "reconcile-other-signatures", State, Error {
            zh: "文件内容相同，签名部分与库中的不同", en: "The file has the same content and other signatures than the receipt that was issued",
            why: "只有单位签名、签名被改动，或签名后重新保存过；未按策略验证时不予认可" / "It has the unit's signature only, its signatures were changed, or it was saved again; without a policy it is not taken for the receipt",
            advice: "请加 --policy 重新核对，或从库中取出票据" / "Reconcile again with --policy, or take the receipt out of the stock",
            clause: "numbers: gaps and duplicates",
        },
        /// The policy refuses a file.
        FileRefused = 4104, "reconcile-refused", Policy, Error {
            zh: "文件未通过验证，不作为票据计数", en: "The file does not verify and does not count as a receipt",
            why: "签名、证书或内容不符合策略" / "Signatures, certificates or content do not fit the policy",
            advice: "请执行 czei verify 查看原因" / "See why with czei verify",
            clause: "numbers: gaps and duplicates",
        },
    }
}
