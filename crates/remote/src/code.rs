//! The codes of this crate: one row for each thing that can go wrong with a key elsewhere.

czei_codes::code_table! {
    /// What can go wrong between here and a key elsewhere.
    pub enum Code in "remote", 2800..=2899 {
        // ---- 2800–2809 settings and the place of the server ----
        /// A setting of a signer elsewhere is outside its bounds.
        Settings = 2800, "remote-settings", Config, Error {
            zh: "远程签名的设置不合规定", en: "A setting of the signing server is out of bounds",
            why: "密钥标签、程序路径、超时或会话数不在允许的范围内"
                / "The key's label, the program's path, a timeout or the count of sessions is outside what is allowed",
            advice: "请按给出的范围改正设置"
                / "Correct the setting within the bounds given",
            clause: "czei-sign/1",
        },
        /// This platform has neither local sockets nor the pipes that deadlines need.
        Platform = 2801, "remote-platform", System, Error {
            zh: "此平台不支持外部签名程序和本地套接字", en: "Signing programs and local sockets are not offered on this platform",
            why: "带时限的管道和本地套接字需要 Unix 系统"
                / "Pipes with deadlines and local sockets need a Unix system",
            advice: "请改用进程内回调或密钥文件"
                / "Use a callback in the process, or a key file",
            clause: "czei-sign/1",
        },
        /// Others could put themselves in the place of the socket.
        SocketInsecure = 2802, "remote-socket-insecure", Config, Error {
            zh: "签名套接字的属主或权限不安全", en: "The owner or the mode of the signing socket is not safe",
            why: "套接字或其目录属于他人，或同组及其他用户可写，他人可以冒充签名服务"
                / "The socket or its folder belongs to someone else, or its group or everyone may write to it, so that others could pose as the server",
            advice: "套接字设为 0600，目录设为 0755 或更严，属主为本用户或 root"
                / "Set the socket to 0600 and its folder to 0755 or less, both owned by this user or by root",
            clause: "czei-sign/1 S2",
        },
        /// The process at the other end of the socket belongs to someone else.
        PeerStranger = 2803, "remote-peer-stranger", Config, Error {
            zh: "套接字另一端的进程属于其他用户", en: "The process at the other end of the socket belongs to another user",
            why: "对端进程的用户既不是本用户也不是 root"
                / "Its user is neither this one nor root",
            advice: "请以同一用户或 root 运行签名服务"
                / "Run the signing server as the same user or as root",
            clause: "czei-sign/1 S3",
        },
        /// Others could put another program in the place of this one.
        ProgramInsecure = 2804, "remote-program-insecure", Config, Error {
            zh: "签名程序的属主或权限不安全", en: "The owner or the mode of the signing program is not safe",
            why: "程序文件或其目录属于他人，或同组及其他用户可写，他人可以替换该程序"
                / "The program's file or its folder belongs to someone else, or its group or everyone may write to it, so that others could replace it",
            advice: "程序文件及其目录设为 0755 或更严，属主为本用户或 root；经由链接时，链接所在的目录也须如此"
                / "Set the program's file and its folder to 0755 or less, both owned by this user or by root; where a link leads to it, the link's folder too",
            clause: "czei-sign/1 P4",
        },
        // ---- 2810–2819 the session ----
        /// The program cannot be started, or the socket not be connected to.
        Connect = 2810, "remote-connect", System, Error {
            zh: "无法连接签名服务", en: "The signing server cannot be reached",
            why: "程序不存在或不可执行，或套接字上没有服务"
                / "The program does not exist or cannot be run, or nobody serves the socket",
            advice: "请按系统给出的原因处理；没有任何请求被发送，可放心重试"
                / "Mend what the system reports; nothing was sent, so that trying again is safe",
            clause: "czei-sign/1",
        },
        /// The server ended the session before it had answered.
        Closed = 2811, "remote-closed", System, Error {
            zh: "签名服务未答复就结束了会话", en: "The signing server ended the session before it had answered",
            why: "服务退出、崩溃或重启"
                / "The server quit, crashed or was restarted",
            advice: "请查看签名服务的日志，然后重试；票据仍保留其号码"
                / "Look at the server's log, then try again; the receipt keeps its number",
            clause: "czei-sign/1",
        },
        /// The server did not answer in time.
        Silent = 2812, "remote-silent", System, Error {
            zh: "签名服务未在时限内答复", en: "The signing server did not answer in time",
            why: "设备繁忙、挂起，或时限设得过短"
                / "The device is busy or hangs, or the time allowed is too short",
            advice: "请检查设备，必要时增大 timeout_ms，然后重试；票据仍保留其号码"
                / "Look at the device, raise timeout_ms where needed, then try again; the receipt keeps its number",
            clause: "czei-sign/1",
        },
        /// A line of the server is too long.
        LineTooLong = 2813, "remote-line-too-long", Limit, Error {
            zh: "签名服务的答复行过长", en: "A line of the signing server is too long",
            why: "对端不是 czei-sign 服务，或有故障"
                / "What is at the other end does not speak czei-sign, or is out of order",
            advice: "请核对程序或套接字路径"
                / "Check the path of the program or socket",
            clause: "czei-sign/1 L3",
        },
        /// A line of the server is no answer.
        AnswerMalformed = 2814, "remote-answer-malformed", Input, Error {
            zh: "签名服务的答复不合协议", en: "A line of the signing server is no answer of the protocol",
            why: "对端不是 czei-sign 服务，或程序把日志写到了标准输出"
                / "What is at the other end does not speak czei-sign, or a program writes its log to standard output",
            advice: "请核对程序；日志应写到标准错误"
                / "Check the program; a log belongs on standard error",
            clause: "czei-sign/1",
        },
        /// An answer to nothing that was asked.
        AnswerUnasked = 2815, "remote-answer-unasked", Input, Error {
            zh: "签名服务答复了未提出的请求", en: "The signing server answered what was not asked",
            why: "答复的编号不属于任何未答复的请求"
                / "The answer's id is that of no request that waits",
            advice: "请向服务的提供者报告此故障"
                / "Report this fault to the provider of the server",
            clause: "czei-sign/1 L6",
        },
        /// The server speaks another version.
        Version = 2816, "remote-version", Input, Error {
            zh: "签名服务的协议版本不同", en: "The signing server speaks another version of the protocol",
            why: "服务对问候的答复不是 czei-sign/1"
                / "The server did not answer the greeting with czei-sign/1",
            advice: "请使用支持 czei-sign/1 的服务"
                / "Use a server that speaks czei-sign/1",
            clause: "czei-sign/1 H1",
        },
        /// The message is too long for one line.
        MessageTooLong = 2817, "remote-message-too-long", Limit, Error {
            zh: "待签内容超过协议的行长上限", en: "What is to be signed is too long for a line of the protocol",
            why: "以 message 方式发送的内容编码后超过 4 MiB"
                / "Sent as a message, it exceeds 4 MiB in base64",
            advice: "请改为发送摘要（send = \"digest\"）"
                / "Send the digest in its place (send = \"digest\")",
            clause: "czei-sign/1 L3",
        },
        /// All sessions were in use until the deadline.
        NoSession = 2818, "remote-no-session", System, Error {
            zh: "时限内没有空闲的签名会话", en: "No session with the signing server became free in time",
            why: "同时签名的请求多于会话数，或设备过慢"
                / "More is signed at once than there are sessions, or the device is too slow",
            advice: "请增加 sessions 或减少并发；没有任何请求被发送，可放心重试"
                / "Raise sessions or sign less at once; nothing was sent, so that trying again is safe",
            clause: "czei-sign/1",
        },
        /// Another part of the same batch failed first.
        BatchStopped = 2819, "remote-batch-stopped", State, Error {
            zh: "同批的其他签名失败，此批已停止", en: "Another signature of the batch failed, and the batch was stopped",
            why: "一批签名要么全部得到，要么一个也不用"
                / "A batch is used whole or not at all",
            advice: "请按第一个错误处理后重试"
                / "Mend the first error and try again",
            clause: "czei-sign/1",
        },
        // ---- 2820–2829 refusals of the server, by class ----
        /// The server is busy.
        Busy = 2820, "remote-busy", System, Error {
            zh: "签名服务繁忙", en: "The signing server is busy",
            why: "服务称其暂时无法签名，多次重试后仍然如此"
                / "The server says that it cannot sign now, and kept saying so",
            advice: "请稍后重试；没有生成任何签名"
                / "Try again later; no signature was made",
            clause: "czei-sign/1 E1",
        },
        /// The server does not want to sign this.
        Refused = 2821, "remote-refused", Policy, Error {
            zh: "签名服务拒绝签名", en: "The signing server refuses to sign",
            why: "服务的规则不允许此次签名"
                / "The server's rules do not allow this signature",
            advice: "请按服务给出的说明处理"
                / "Follow what the server says",
            clause: "czei-sign/1 E1",
        },
        /// The device failed.
        Failed = 2822, "remote-failed", System, Error {
            zh: "签名服务报告故障", en: "The signing server reports a failure",
            why: "签名设备出错，是否已生成签名不得而知"
                / "The device failed; whether it made a signature is not known",
            advice: "请检查设备后重试；票据仍保留其号码"
                / "Look at the device, then try again; the receipt keeps its number",
            clause: "czei-sign/1 E1",
        },
        /// The server has no such key.
        NoKey = 2823, "remote-no-key", Config, Error {
            zh: "签名服务没有此标签的密钥", en: "The signing server has no key with this label",
            why: "密钥标签写错，或服务未载入该密钥"
                / "The label is misspelt, or the server did not load the key",
            advice: "请核对设置中的 key"
                / "Check key in the settings",
            clause: "czei-sign/1 E1",
        },
        /// The server is not allowed to use the key.
        Auth = 2824, "remote-auth", Config, Error {
            zh: "签名服务未获授权使用该密钥", en: "The signing server is not authorised to use the key",
            why: "服务自身的口令或授权缺失、有误或过期"
                / "The server's own PIN or authorisation is missing, wrong or expired",
            advice: "请在服务一侧登录或更新授权；口令从不经由此协议传递"
                / "Log in or renew the authorisation at the server; a PIN never passes through this protocol",
            clause: "czei-sign/1 E1",
        },
        /// The server did not understand.
        NotUnderstood = 2825, "remote-not-understood", Input, Error {
            zh: "签名服务不理解请求", en: "The signing server did not understand the request",
            why: "服务未完整实现 czei-sign/1"
                / "The server does not implement the whole of czei-sign/1",
            advice: "请向服务的提供者报告；部分服务只支持 digest 或只支持 message"
                / "Report it to the provider; some servers take only digests, others only messages",
            clause: "czei-sign/1 E1",
        },
        // ---- 2830–2839 what came back ----
        /// A signature came back that does not verify.
        SignatureWrong = 2830, "remote-signature-wrong", Crypto, Error {
            zh: "返回的签名验证不通过", en: "The signature that came back does not verify",
            why: "密钥与证书不符，用户标识不同，或服务有故障"
                / "The key is not the certificate's, the user id differs, or the server is out of order",
            advice: "此签名未被使用；请核对密钥标签、证书和用户标识"
                / "The signature was not used; check the key's label, the certificate and the user id",
            clause: "GB/T 32918.2-2016 7.1",
        },
        /// The server's certificate for the key is another one.
        KeyDiffers = 2831, "remote-key-differs", Certificate, Error {
            zh: "签名服务的证书与设置的证书不是同一密钥", en: "The server's certificate is for another key than the one configured",
            why: "密钥标签指向另一把密钥，或证书已更换"
                / "The label names another key, or the certificate was renewed with a new key",
            advice: "请核对密钥标签与证书"
                / "Check the key's label and the certificate",
            clause: "czei-sign/1 C1",
        },
        /// The server has no certificate for the key.
        NoCertificate = 2832, "remote-no-certificate", Certificate, Error {
            zh: "签名服务没有此密钥的证书", en: "The signing server has no certificate for the key",
            why: "服务只保管密钥"
                / "The server keeps only the key",
            advice: "请以文件给出证书"
                / "Give the certificate as a file",
            clause: "czei-sign/1 C1",
        },
        // ---- 2840–2849 callbacks ----
        /// The callback failed.
        CallbackFailed = 2840, "remote-callback-failed", System, Error {
            zh: "签名回调报告错误", en: "The signing callback reports an error",
            why: "回调所用的设备或服务出错"
                / "The device or service behind the callback failed",
            advice: "请按回调给出的说明处理后重试"
                / "Follow what the callback says, then try again",
            clause: "GB/T 32918.2-2016 6.1",
        },
        /// The callback panicked.
        CallbackPanicked = 2841, "remote-callback-panicked", System, Error {
            zh: "签名回调异常中止", en: "The signing callback panicked",
            why: "回调代码有缺陷"
                / "The code of the callback has a defect",
            advice: "请修复回调；没有任何签名被使用"
                / "Mend the callback; no signature was used",
            clause: "GB/T 32918.2-2016 6.1",
        },
        // ---- 2850–2859 our own server ----
        /// The server cannot listen.
        CannotListen = 2850, "remote-cannot-listen", System, Error {
            zh: "无法在套接字上提供签名服务", en: "The socket cannot be served",
            why: "目录不存在或不可写，路径过长，或系统报错"
                / "The folder does not exist or cannot be written, the path is too long, or the system reported an error",
            advice: "请按系统给出的原因处理"
                / "Mend what the system reports",
            clause: "czei-sign/1 S1",
        },
        /// Something else has the socket's path.
        SocketTaken = 2851, "remote-socket-taken", State, Error {
            zh: "套接字路径已被占用", en: "The path of the socket is taken",
            why: "另一个服务正在使用它，或该路径是其他文件"
                / "Another server uses it, or the path is some other file",
            advice: "请停止另一个服务，或选用其他路径"
                / "Stop the other server or choose another path",
            clause: "czei-sign/1 S1",
        },
    }
}

/// The error of this crate.
pub type Error = czei_codes::Fault<Code>;
