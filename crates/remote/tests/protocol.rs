//! Each rule of `PROTOCOL.md` by its name.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::sync::atomic::Ordering;
use std::time::Duration;

use common::{
    Fake, Folder, Peer, answers, answers_after_hello, certificate, inputs, key, label, options, server, signer_at,
};
use czei_pki::Signer as _;
use czei_remote::{
    Address, Code, KeyLabel, KeyProvider, MAX_REQUEST, Options, Program, Refusal, Remote, Send, Server, SocketServer,
};
use czei_sm2::{Message, Signature, Sm3, UserId};

const DIGEST: &str = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640";

fn signature(answer: &str, id: &str) -> Signature {
    let hex = answer.strip_prefix(&format!("OK {id} ")).unwrap().strip_suffix('\n').unwrap();
    assert_eq!(hex.len(), 128);
    let bytes: Vec<u8> = (0..64).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect();
    Signature::from_slice(&bytes).unwrap()
}

/// The error of one signature by a server that behaves so.
fn error_of(
    options: Options,
    play: impl Fn(usize, &mut Peer) + std::marker::Send + Sync + 'static,
) -> (Code, Option<String>) {
    let fake = Fake::new(play);
    let signer = fake.signer(options);
    let error = signer.try_sign_batch(&inputs(&certificate(1), &[[b"content"]])).unwrap_err();
    assert_eq!(error.place().file, Some(fake.path().display().to_string()));
    (error.code(), error.found_text().map(str::to_owned))
}

/// The same for a server that greets and then says this to the first request.
fn error_after(says: &'static str) -> (Code, Option<String>) {
    let once = Options { attempts: 1, ..options() };
    error_of(once, move |_, peer| {
        peer.greet();
        peer.line();
        peer.say(says);
        peer.line();
    })
}

#[test]
fn every_rule_has_its_test() {
    let (rules, tests) = (include_str!("../PROTOCOL.md"), include_str!("protocol.rs"));
    let names: Vec<_> = rules.split("- **").skip(1).map(|rule| rule.split("**").next().unwrap()).collect();
    assert_eq!(names.len(), 29);
    for name in names {
        assert!(tests.contains(&format!("\nfn rule_{}_", name.to_lowercase())), "{name}");
    }
}

#[test]
fn rule_l1_lines_are_printable_ascii_with_single_spaces() {
    assert_eq!(answers_after_hello("PING 1\nPING 2\n"), "OK 1\nOK 2\n");
    let plain = "ERR - protocol a line is printable ASCII\n";
    for bad in ["PING 1\r\n", "PING\t1\n", "PING 1é\n", "PING 1\0\n"] {
        assert_eq!(answers_after_hello(bad), plain, "{bad:?}");
    }
    for bad in ["PING  1\n", " PING 1\n", "PING\n", "\n"] {
        assert_eq!(answers_after_hello(bad), "ERR - protocol the second field is the id\n", "{bad:?}");
    }
    for bad in ["PING 1 \n", "PING 1 2\n"] {
        assert_eq!(answers_after_hello(bad), "ERR 1 protocol the line has too many fields\n", "{bad:?}");
    }
    for bad in [
        "OK 1 \n",
        "OK 1\r\n",
        "ok 1\n",
        "\n",
        "OK\n",
        "HELLO\n",
        "OK 1 é\n",
        "ERR 1\n",
        "ERR 1 maybe\n",
        "ERR 1  busy\n",
    ] {
        let (code, found) = error_after(bad);
        assert_eq!(code, Code::AnswerMalformed, "{bad:?}");
        assert!(found.is_some());
    }
}

#[test]
fn rule_l2_a_line_without_its_end_is_no_request() {
    assert_eq!(answers_after_hello("PING 1\nPING 2"), "OK 1\n");
    assert_eq!(answers("HELLO czei-sign/1"), "");
    let whole = format!("SIGN 1 unit-1 DIGEST {DIGEST}");
    for end in 0..=whole.len() {
        assert_eq!(answers_after_hello(&whole[..end]), "", "{end}");
    }
    // Nor is a line of the server without its end an answer.
    assert_eq!(
        error_of(Options { attempts: 1, ..options() }, |_, peer| {
            peer.greet();
            let line = peer.line().unwrap();
            peer.say(Peer::answer(&line).trim_end());
        }),
        (Code::Closed, None)
    );
}

#[test]
fn rule_l3_lines_have_a_longest_length() {
    let head = "SIGN 1 unit-1 MESSAGE - ";
    let longest = format!("{head}{}", "A".repeat((MAX_REQUEST - head.len() - 1) / 4 * 4));
    signature(&answers_after_hello(&format!("{longest}\n")), "1");
    let padded = format!("{longest}{}\n", "A".repeat(MAX_REQUEST - longest.len()));
    assert_eq!(padded.len(), MAX_REQUEST + 1);
    assert_eq!(answers_after_hello(&padded), "ERR - protocol the line is too long\n");

    // A message that does not fit is not sent at all.
    let fake = Fake::new(|_, peer| peer.behave());
    let signer = fake.signer(Options { send: Send::Message, ..options() });
    let long = vec![7; MAX_REQUEST / 4 * 3];
    let error = signer.try_sign_batch(&inputs(&certificate(1), &[[b"short"], [&long]])).unwrap_err();
    assert_eq!((error.code(), error.expected_text()), (Code::MessageTooLong, Some("<= 4194304")));
    assert_eq!(fake.connections.load(Ordering::SeqCst), 0);

    let (code, _) = error_of(Options { attempts: 1, ..options() }, |_, peer| {
        peer.greet();
        peer.say("O".repeat(65_536));
        peer.line();
        peer.line();
    });
    assert_eq!(code, Code::LineTooLong);
}

#[test]
fn rule_l4_hex_and_base64_have_one_form() {
    let cases = [
        (format!("SIGN 1 unit-1 DIGEST {}\n", DIGEST.to_uppercase()), "a digest is 64 lower-case hex characters"),
        (format!("SIGN 1 unit-1 DIGEST {}\n", &DIGEST[2..]), "a digest is 64 lower-case hex characters"),
        ("SIGN 1 unit-1 MESSAGE 3A YQ==\n".to_owned(), "a user id is lower-case hex, of at most 8191 bytes"),
        ("SIGN 1 unit-1 MESSAGE  YQ==\n".to_owned(), "a user id is lower-case hex, of at most 8191 bytes"),
        ("SIGN 1 unit-1 MESSAGE 3a \n".to_owned(), "a message is base64"),
        ("SIGN 1 unit-1 MESSAGE 3a YQ\n".to_owned(), "a message is base64"),
        ("SIGN 1 unit-1 MESSAGE 3a YR==\n".to_owned(), "a message is base64"),
        ("SIGN 1 unit-1 MESSAGE 3a Y_==\n".to_owned(), "a message is base64"),
    ];
    for (request, what) in cases {
        assert_eq!(answers_after_hello(&request), format!("ERR 1 protocol {what}\n"), "{request}");
    }
    let upper = |_: usize, peer: &mut Peer| {
        peer.greet();
        let answer = Peer::answer(&peer.line().unwrap());
        peer.say(format!("OK{}", answer[2..].to_uppercase()));
        peer.line();
    };
    assert_eq!(error_of(Options { attempts: 1, ..options() }, upper), (Code::AnswerMalformed, None));
}

#[test]
fn rule_l5_ids_are_digits() {
    for good in ["1", "9", "1234567890123456789"] {
        assert_eq!(answers_after_hello(&format!("PING {good}\n")), format!("OK {good}\n"));
    }
    for bad in ["0", "01", "-1", "+1", "a", "12345678901234567890", "-"] {
        let answer = answers_after_hello(&format!("PING {bad}\n"));
        assert_eq!(answer, "ERR - protocol the second field is the id\n", "{bad}");
    }
    let fake = Fake::new(|_, peer| {
        peer.greet();
        peer.behave();
    });
    let signer = fake.signer(options());
    for _ in 0..3 {
        signer.try_sign_batch(&inputs(&certificate(1), &[[b"a"], [b"b"]])).unwrap();
    }
    let lines = fake.lines.lock().unwrap();
    let mut ids: Vec<_> = lines.iter().skip(1).map(|line| line.split(' ').nth(1).unwrap()).collect();
    assert_eq!(ids.len(), 6, "one session");
    ids.dedup();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 6);
}

#[test]
fn rule_l6_answers_come_in_any_order_and_once() {
    // All 300 are asked for, of which 256 wait at most; each 256 are answered backwards.
    let fake = Fake::new(|_, peer| {
        peer.greet();
        let mut waiting = Vec::new();
        for count in 1..=300 {
            waiting.push(peer.line().unwrap());
            if count % 256 == 0 || count == 300 {
                if count == 256 {
                    peer.stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
                    assert_eq!(peer.line(), None, "a 257th request waits");
                    peer.stream.set_read_timeout(None).unwrap();
                }
                for line in waiting.drain(..).rev() {
                    peer.say(Peer::answer(&line));
                }
            }
        }
        peer.line();
    });
    let signer = fake.signer(Options { sessions: 1, ..options() });
    let texts: Vec<String> = (0..300).map(|at| format!("content {at}")).collect();
    let parts: Vec<[&[u8]; 1]> = texts.iter().map(|text| [text.as_bytes()]).collect();
    let inputs = inputs(&certificate(1), &parts);
    let signatures = signer.try_sign_batch(&inputs).unwrap();
    for (input, signature) in inputs.iter().zip(&signatures) {
        key(1).verifying_key().verify(Message::Digest(input.digest()), signature).unwrap();
    }
    assert_eq!((signatures.len(), fake.asked()), (300, 300));

    assert_eq!(error_after("OK 7\n"), (Code::AnswerUnasked, Some("7".to_owned())));
    assert_eq!(error_after("ERR 7 busy\n"), (Code::AnswerUnasked, Some("7".to_owned())));
    let twice = |_: usize, peer: &mut Peer| {
        peer.greet();
        let first = peer.line().unwrap();
        peer.line();
        peer.say(Peer::answer(&first).repeat(2));
        peer.line();
    };
    let fake = Fake::new(twice);
    let signer = fake.signer(Options { sessions: 1, attempts: 1, ..options() });
    let error = signer.try_sign_batch(&common::inputs(&certificate(1), &[[b"a"], [b"b"]])).unwrap_err();
    assert_eq!(error.code(), Code::AnswerUnasked);
}

#[test]
fn rule_l7_the_end_of_the_input_is_the_end() {
    assert_eq!(answers(""), "");
    assert_eq!(answers_after_hello("PING 1\n"), "OK 1\n");
    let (code, found) = error_of(options(), |_, peer| {
        peer.greet();
        peer.line();
    });
    assert_eq!((code, found), (Code::Closed, None));
}

#[test]
fn rule_h1_both_ends_greet_with_the_version() {
    assert_eq!(answers("HELLO czei-sign/1\n"), "OK czei-sign/1\n");
    for other in ["HELLO czei-sign/2\n", "HELLO\n", "HELLO czei-sign/1 more\n"] {
        assert_eq!(answers(other), "ERR - protocol this server speaks czei-sign/1\n", "{other}");
    }
    for (greeting, code, found) in [
        ("OK czei-sign/2\n", Code::Version, Some("OK czei-sign/2")),
        ("OK czei-sign/1 \n", Code::Version, Some("OK czei-sign/1 ")),
        ("Welcome to HSM\n", Code::Version, Some("Welcome to HSM")),
        (
            "ERR - protocol this server speaks czei-sign/2\n",
            Code::Version,
            Some("ERR - protocol this server speaks czei-sign/2"),
        ),
        ("ERR - auth log in first\n", Code::Auth, Some("log in first")),
        ("\u{1b}[2J\n", Code::AnswerMalformed, None),
    ] {
        let (met, what) = error_of(options(), move |_, peer| {
            peer.line();
            peer.say(greeting);
            peer.line();
        });
        assert_eq!((met, what.as_deref()), (code, found), "{greeting}");
    }
    // Busy is tried again: nothing was asked yet.
    let fake = Fake::new(|number, peer| {
        if number < 2 {
            peer.say("ERR - busy too many sessions\n");
            return;
        }
        peer.greet();
        peer.behave();
    });
    fake.signer(options()).try_sign_batch(&inputs(&certificate(1), &[[b"a"]])).unwrap();
    assert_eq!((fake.connections.load(Ordering::SeqCst), fake.asked()), (3, 1));
}

#[test]
fn rule_h2_the_greeting_comes_first_and_once() {
    assert_eq!(answers("PING 1\nPING 2\n"), "ERR - protocol the first line is HELLO\n");
    assert_eq!(answers_after_hello("HELLO czei-sign/1\nPING 1\n"), "ERR - protocol greeted before\n");
}

#[test]
fn rule_k1_labels_are_short_and_plain() {
    let longest = "k".repeat(64);
    assert_eq!(answers_after_hello(&format!("CERT 1 {longest}\n")), format!("ERR 1 no-key no key {longest}\n"));
    for bad in [&"k".repeat(65), "", "a/b", "a*"] {
        let answer = answers_after_hello(&format!("CERT 1 {bad}\n"));
        assert_eq!(answer, "ERR 1 protocol the third field is the label of the key\n", "{bad}");
        assert_eq!(KeyLabel::new(bad).unwrap_err().code(), Code::Settings);
    }
}

#[test]
fn rule_r1_ping_is_answered() {
    assert_eq!(answers_after_hello("PING 77\n"), "OK 77\n");
}

#[test]
fn rule_c1_the_certificate_is_der_in_base64() {
    let fake = Fake::new(|_, peer| {
        peer.greet();
        peer.behave();
    });
    let remote = Remote::new(fake.address(), options()).unwrap();
    let theirs = remote.certificate(&label()).unwrap();
    assert_eq!(theirs.verifying_key().unwrap(), key(1).verifying_key());
    remote.signer(label(), certificate(1)).unwrap().check().unwrap();
    let error = remote.signer(label(), certificate(2)).unwrap().check().unwrap_err();
    assert_eq!((error.code(), error.place().file.clone()), (Code::KeyDiffers, Some(fake.path().display().to_string())));
    let error = remote.certificate(&KeyLabel::new("other").unwrap()).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::NoKey, Some("no key other")));

    for (answer, code) in [
        ("OK 1 -\n", Code::NoCertificate),
        ("OK 1 AAA\n", Code::AnswerMalformed),
        ("OK 1\n", Code::NoCertificate),
        ("OK 1 AAAA\n", Code::NoCertificate),
    ] {
        let fake = Fake::new(move |_, peer| {
            peer.greet();
            peer.line();
            peer.say(answer);
            peer.line();
        });
        let remote = Remote::new(fake.address(), options()).unwrap();
        assert_eq!(remote.certificate(&label()).unwrap_err().code(), code, "{answer}");
    }
}

#[test]
fn rule_d1_a_digest_is_signed_as_it_is() {
    let digest: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&DIGEST[2 * at..2 * at + 2], 16).unwrap()).collect();
    let signature = signature(&answers_after_hello(&format!("SIGN 5 unit-1 DIGEST {DIGEST}\n")), "5");
    key(1).verifying_key().verify(Message::Digest(&digest.try_into().unwrap()), &signature).unwrap();
    let bad = answers_after_hello(&format!("SIGN 5 unit-1 HASH {DIGEST}\n"));
    assert_eq!(bad, "ERR 5 protocol the fourth field is DIGEST or MESSAGE\n");
}

#[test]
fn rule_m1_a_message_is_hashed_with_its_user_id_or_without() {
    let public = key(1).verifying_key().clone();
    let cases = [("-", UserId::EMPTY), ("31323334353637383132333435363738", UserId::DEFAULT)];
    for (field, user_id) in cases {
        let signature = signature(&answers_after_hello(&format!("SIGN 5 unit-1 MESSAGE {field} YWJj\n")), "5");
        public.verify(Message::Parts { user_id: &user_id, parts: &[b"abc"] }, &signature).unwrap();
    }
    let without = signature(&answers_after_hello("SIGN 5 unit-1 MESSAGE none YWJj\n"), "5");
    public.verify(Message::Digest(&Sm3::digest(b"abc")), &without).unwrap();
    let empty = signature(&answers_after_hello("SIGN 5 unit-1 MESSAGE none -\n"), "5");
    public.verify(Message::Digest(&Sm3::digest(b"")), &empty).unwrap();

    // The client sends what it has been told to send.
    let fake = Fake::new(|_, peer| {
        peer.greet();
        peer.behave();
    });
    let signer = fake.signer(Options { send: Send::Message, ..options() });
    signer.try_sign_batch(&inputs(&certificate(1), &[[b"abc"], [b""]])).unwrap();
    let lines = fake.lines.lock().unwrap();
    assert_eq!(
        lines[1..],
        [
            "SIGN 1 unit-1 MESSAGE 31323334353637383132333435363738 YWJj\n",
            "SIGN 2 unit-1 MESSAGE 31323334353637383132333435363738 -\n",
        ]
    );
}

#[test]
fn rule_e1_each_class_has_its_code() {
    for (answer, code) in [
        ("ERR 1 busy\n", Code::Busy),
        ("ERR 1 refused\n", Code::Refused),
        ("ERR 1 failed\n", Code::Failed),
        ("ERR 1 no-key\n", Code::NoKey),
        ("ERR 1 auth\n", Code::Auth),
        ("ERR 1 protocol\n", Code::NotUnderstood),
    ] {
        assert_eq!(error_after(answer), (code, Some(String::new())), "{answer}");
    }
    assert_eq!(error_after("ERR 1 Busy\n").0, Code::AnswerMalformed);
    // None but busy is asked again.
    for (class, times) in [("busy", 4), ("refused", 1), ("failed", 1), ("no-key", 1), ("auth", 1), ("protocol", 1)] {
        let fake = Fake::new(move |_, peer| {
            peer.greet();
            while let Some(line) = peer.line() {
                let id = line.split(' ').nth(1).unwrap();
                peer.say(format!("ERR {id} {class}\n"));
            }
        });
        fake.signer(options()).try_sign_batch(&inputs(&certificate(1), &[[b"a"]])).unwrap_err();
        assert_eq!((fake.asked(), fake.connections.load(Ordering::SeqCst)), (times, 1), "{class}");
    }
}

#[test]
fn rule_e2_texts_are_short_and_plain() {
    struct Talks;
    impl KeyProvider for Talks {
        fn certificate(&self, _: &KeyLabel) -> Result<Option<std::sync::Arc<czei_pki::Certificate>>, Refusal> {
            Err(Refusal::new(czei_remote::Class::Auth, format!("令\n{}", "x".repeat(300))))
        }
        fn sign_digest(&self, _: &KeyLabel, _: &[u8; 32]) -> Result<Signature, Refusal> {
            panic!("a provider with a defect")
        }
    }
    let mut out = Vec::new();
    let request = format!("HELLO czei-sign/1\nCERT 1 a\nSIGN 2 a DIGEST {DIGEST}\n");
    Server::new(Talks).serve(request.as_bytes(), &mut out).unwrap();
    let expected =
        format!("OK czei-sign/1\nERR 1 auth ??{}\nERR 2 failed the provider of the keys panicked\n", "x".repeat(198));
    assert_eq!(String::from_utf8(out).unwrap(), expected);
    assert_eq!(error_after("ERR 1 refused  two  spaces \n"), (Code::Refused, Some(" two  spaces ".to_owned())));
    let long: &'static str = Box::leak(format!("ERR 1 refused {}\n", "y".repeat(1000)).into_boxed_str());
    assert_eq!(error_after(long), (Code::Refused, Some("y".repeat(200))));
}

#[test]
fn rule_e3_after_a_broken_rule_the_session_ends() {
    assert_eq!(answers_after_hello("NOISE 1\nPING 2\n"), "ERR 1 protocol requests are HELLO, PING, CERT and SIGN\n");
    assert_eq!(error_after("ERR - failed out of order\n"), (Code::Failed, Some("out of order".to_owned())));
    assert_eq!(error_after("OK - x\n").0, Code::AnswerMalformed);
    // Busy with everything: what was sent may have been signed by then, and is not sent again.
    let fake = Fake::new(|number, peer| {
        peer.greet();
        if number > 0 {
            return peer.behave();
        }
        let line = peer.line().unwrap();
        peer.say(Peer::answer(&line));
        peer.line();
        peer.say("ERR - busy going down\n");
        peer.line();
    });
    let error = fake.signer(options()).try_sign_batch(&inputs(&certificate(1), &[[b"a"], [b"b"]])).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::Closed, Some("busy going down")));
    assert_eq!((fake.asked(), fake.connections.load(Ordering::SeqCst)), (2, 1));
    // Before a request was sent whole it promises enough: the next session is asked.
    let fake = Fake::new(|number, peer| {
        peer.greet();
        if number > 0 {
            return peer.behave();
        }
        peer.say("ERR - busy going down\n");
        // It does not read, so that the client cannot send the rest.
        std::thread::sleep(Duration::from_millis(200));
    });
    let long = vec![7; 2 << 20];
    let signer = fake.signer(Options { send: Send::Message, ..options() });
    signer.try_sign_batch(&inputs(&certificate(1), &[[&long]])).unwrap();
    assert_eq!((fake.asked(), fake.connections.load(Ordering::SeqCst)), (1, 2));
}

#[test]
fn rule_t1_what_was_sent_whole_is_not_sent_again() {
    // The answer breaks off at each byte: one request, whatever comes of it.
    let full = Peer::answer(&format!("SIGN 1 unit-1 DIGEST {DIGEST}\n")).len();
    for end in 0..full {
        let fake = Fake::new(move |_, peer| {
            peer.greet();
            let line = peer.line().unwrap();
            peer.say(&Peer::answer(&line)[..end]);
        });
        let error = fake.signer(options()).try_sign_batch(&inputs(&certificate(1), &[[b"a"]])).unwrap_err();
        assert_eq!((error.code(), fake.asked()), (Code::Closed, 1), "{end}");
    }
    // The greeting breaks off at each byte: nothing was asked, so that the next session is.
    for end in 0.."OK czei-sign/1\n".len() {
        let fake = Fake::new(move |number, peer| {
            if number == 0 {
                peer.line();
                return peer.say(&"OK czei-sign/1\n"[..end]);
            }
            peer.greet();
            peer.behave();
        });
        fake.signer(options()).try_sign_batch(&inputs(&certificate(1), &[[b"a"]])).unwrap();
        assert_eq!((fake.asked(), fake.connections.load(Ordering::SeqCst)), (1, 2), "{end}");
    }
    // A request of which only a part could be written.
    let fake = Fake::new(|number, peer| {
        peer.greet();
        if number > 0 {
            peer.behave();
        }
    });
    let long = vec![7; 2 << 20];
    let signer = fake.signer(Options { send: Send::Message, ..options() });
    signer.try_sign_batch(&inputs(&certificate(1), &[[&long]])).unwrap();
    assert_eq!((fake.asked(), fake.connections.load(Ordering::SeqCst)), (1, 2));
}

#[test]
fn rule_t2_each_signature_is_verified() {
    let zeros = format!("OK 1 {}\n", "0".repeat(128));
    assert_eq!(error_after(Box::leak(zeros.into_boxed_str())).0, Code::AnswerMalformed);
    let of_other_digest = |_: usize, peer: &mut Peer| {
        peer.greet();
        peer.line();
        peer.say(Peer::answer(&format!("SIGN 1 unit-1 DIGEST {DIGEST}\n")));
        assert_eq!(peer.line(), None, "its session is over");
    };
    assert_eq!(error_of(options(), of_other_digest), (Code::SignatureWrong, None));
    // Each of a batch, also in the middle; and the signer says so through its trait.
    let fake = Fake::new(|_, peer| {
        peer.greet();
        while let Some(line) = peer.line() {
            let line = if line.starts_with("SIGN 2 ") { format!("SIGN 2 unit-1 DIGEST {DIGEST}\n") } else { line };
            peer.say(Peer::answer(&line));
        }
    });
    let signer = fake.signer(options());
    let error = signer.sign_batch(&inputs(&certificate(1), &[[b"a"], [b"b"], [b"c"]])).unwrap_err();
    assert_eq!(error.code(), czei_pki::Code::SigningFailed);
    assert!(error.found_text().unwrap().starts_with("CZ2830 "), "{error}");
}

#[test]
fn rule_t3_a_silent_session_is_ended() {
    let short = Options { answer: Duration::from_millis(50), ..options() };
    let (code, found) = error_of(short, |_, peer| {
        peer.greet();
        peer.line();
        assert_eq!(peer.line(), None, "the session is over");
    });
    assert_eq!((code, found.as_deref()), (Code::Silent, Some("50 ms")));
    // Bytes that make no line are no step forward.
    let (code, _) = error_of(short, |_, peer| {
        peer.greet();
        peer.line();
        while std::io::Write::write_all(&mut peer.stream, b"O").is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    assert_eq!(code, Code::Silent);
    let short = Options { connect: Duration::from_millis(50), attempts: 2, ..options() };
    let (code, found) = error_of(short, |_, peer| {
        peer.line();
        peer.line();
    });
    assert_eq!((code, found.as_deref()), (Code::Silent, Some("greeting")));
}

#[test]
fn rule_t4_after_a_fault_there_is_a_new_session() {
    let fake = Fake::new(|number, peer| {
        peer.greet();
        match number {
            0 => {
                peer.line();
                peer.say("rubbish\n");
            }
            1 => {
                // A good answer, and more than was asked for.
                let line = peer.line().unwrap();
                peer.say(Peer::answer(&line));
                peer.say("OK 9\n");
                peer.line();
            }
            2 => {
                let line = peer.line().unwrap();
                peer.say(Peer::answer(&line));
            }
            _ => peer.behave(),
        }
    });
    let signer = fake.signer(options());
    let parts: [[&[u8]; 1]; 1] = [[b"a"]];
    let inputs = inputs(&certificate(1), &parts);
    assert_eq!(signer.try_sign_batch(&inputs).unwrap_err().code(), Code::AnswerMalformed);
    for asked in 2..=4 {
        signer.try_sign_batch(&inputs).unwrap();
        // What comes late must have come before the session is looked at again.
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!((fake.asked(), fake.connections.load(Ordering::SeqCst)), (asked, asked));
    }
    signer.try_sign_batch(&inputs).unwrap();
    assert_eq!((fake.asked(), fake.connections.load(Ordering::SeqCst)), (5, 4), "the last session is good");
}

#[test]
fn rule_t5_a_batch_is_used_whole_or_not_at_all() {
    for bad in 1..=8 {
        let fake = Fake::new(move |_, peer| {
            peer.greet();
            while let Some(line) = peer.line() {
                match line.starts_with(&format!("SIGN {bad} ")) {
                    true => peer.say(format!("ERR {bad} failed\n")),
                    false => peer.say(Peer::answer(&line)),
                }
            }
        });
        let signer = fake.signer(Options { sessions: 1, ..options() });
        let parts: [[&[u8]; 1]; 8] = [[b"a"]; 8];
        let error = signer.try_sign_batch(&inputs(&certificate(1), &parts)).unwrap_err();
        assert_eq!(error.code(), Code::Failed, "{bad}");
    }
    // Busy ones are asked for again, the others are not.
    let fake = Fake::new(|_, peer| {
        peer.greet();
        while let Some(line) = peer.line() {
            let id: u64 = line.split(' ').nth(1).unwrap().parse().unwrap();
            match [2, 4, 6, 8].contains(&id) {
                true => peer.say(format!("ERR {id} busy\n")),
                false => peer.say(Peer::answer(&line)),
            }
        }
    });
    let signer = fake.signer(Options { sessions: 1, ..options() });
    let parts: [[&[u8]; 1]; 8] = [[b"a"]; 8];
    assert_eq!(signer.try_sign_batch(&inputs(&certificate(1), &parts)).unwrap().len(), 8);
    assert_eq!(fake.asked(), 12);
}

/// A program of `sh` that greets, then does what the script says.
fn script(script: &str) -> Program {
    noted("", script)
}

/// The same with a note before the greeting.
fn noted(note: &str, script: &str) -> Program {
    Program::new(["/bin/sh", "-c", &format!("{note} read hello; echo OK czei-sign/1; {script}")]).unwrap()
}

#[test]
fn rule_p1_a_program_gets_its_arguments_and_little_else() {
    let folder = Folder::new();
    let out = folder.path("out");
    let body =
        format!("read x; {{ pwd; echo \"$0|$1|$2|$#\"; env; echo end; }} > {0}.tmp; mv {0}.tmp {0}", out.display());
    let with_arguments =
        ["/bin/sh", "-c", &format!("read hello; echo OK czei-sign/1; {body}"), "name", "$(id) ; *", ""];
    let once = Options { attempts: 1, ..options() };
    // Cargo sets it for every test.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    for passed in [false, true] {
        let mut program = Program::new(with_arguments).unwrap();
        if passed {
            program = program.pass("CARGO_MANIFEST_DIR").unwrap().pass("NOT_SET_ANYWHERE").unwrap();
        }
        let error = signer_at(Address::Program(program), once).try_sign_batch(&inputs(&certificate(1), &[[b"a"]]));
        assert_eq!(error.unwrap_err().code(), Code::Closed);
        let text = common::wait_for(&out);
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("/"));
        assert_eq!(lines.next(), Some("name|$(id) ; *||2"));
        let known = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_", "end"];
        let others: Vec<_> =
            lines.map(|line| line.split('=').next().unwrap()).filter(|name| !known.contains(name)).collect();
        assert_eq!(others, if passed { vec!["CARGO_MANIFEST_DIR"] } else { vec![] });
        std::fs::remove_file(&out).unwrap();
    }
    for bad in ["sh", "./sh", "", "/bin/\0sh"] {
        let error = Program::new([bad]).unwrap_err();
        assert_eq!((error.code(), error.place().path.as_deref()), (Code::Settings, Some("program")), "{bad:?}");
    }
    for bad in ["", "A=B", "é"] {
        let error = Program::new(["/bin/sh"]).unwrap().pass(bad).unwrap_err();
        assert_eq!((error.code(), error.place().path.as_deref()), (Code::Settings, Some("environment")), "{bad:?}");
    }
    let error = signer_at(Address::Program(Program::new(["/no/such"]).unwrap()), once).check().unwrap_err();
    assert_eq!((error.code(), error.place().file.as_deref()), (Code::Connect, Some("/no/such")));
}

#[test]
fn rule_p2_no_secret_passes() {
    // What the client can write is what these four requests hold: a label, a digest, a user id, a message.
    let fake = Fake::new(|_, peer| {
        peer.greet();
        peer.behave();
    });
    for send in [Send::Digest, Send::Message] {
        let signer = fake.signer(Options { send, ..options() });
        signer.check().unwrap();
        signer.try_sign_batch(&inputs(&certificate(1), &[[b"abc"]])).unwrap();
    }
    let lines = fake.lines.lock().unwrap();
    let words: Vec<_> = lines.iter().map(|line| (line.split(' ').next().unwrap(), line.split(' ').count())).collect();
    assert_eq!(words, [("HELLO", 2), ("CERT", 3), ("SIGN", 5), ("HELLO", 2), ("CERT", 3), ("SIGN", 6)]);
}

/// The process is gone, or waits for whoever adopted it.
#[cfg(target_os = "linux")]
fn is_over(pid: &str) -> bool {
    match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with(['Z', 'X'])),
        Err(_) => true,
    }
}

/// The program was waited for, and the kill of its group reaches what it started.
#[cfg(target_os = "linux")]
fn assert_over(program: &str, started: &str) {
    assert!(!std::path::Path::new(&format!("/proc/{program}")).exists(), "it was not waited for");
    for _ in 0..1000 {
        if is_over(started) {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    std::process::Command::new("/bin/sh").args(["-c", &format!("kill -9 {started}")]).status().unwrap();
    panic!("what the program started still ran");
}

#[cfg(target_os = "linux")]
#[test]
fn rule_p3_a_program_ends_with_its_session() {
    let folder = Folder::new();
    let pids = folder.path("pids");
    let note = format!("sleep 1000 & echo $$ $! > {0}.tmp; mv {0}.tmp {0};", pids.display());
    let once = Options { answer: Duration::from_millis(300), attempts: 1, ..options() };
    for (body, code) in [
        // It hangs, ignores the end of its input and every signal that can be ignored.
        ("trap '' TERM INT HUP PIPE; while :; do sleep 1000; done", Code::Silent),
        // It talks nonsense and stays.
        ("echo nonsense; sleep 1000", Code::AnswerMalformed),
    ] {
        let signer = signer_at(Address::Program(noted(&note, body)), once);
        let error = signer.try_sign_batch(&inputs(&certificate(1), &[[b"a"]])).unwrap_err();
        assert_eq!(error.code(), code);
        let text = common::wait_for(&pids);
        let (own, child) = text.trim().split_once(' ').unwrap();
        assert_over(own, child);
        std::fs::remove_file(&pids).unwrap();
    }
    // It stops reading: the request does not fit, the write waits for its time only.
    let fills = signer_at(Address::Program(script("sleep 1000")), Options { send: Send::Message, ..once });
    let long = vec![7; 2 << 20];
    assert_eq!(fills.try_sign_batch(&inputs(&certificate(1), &[[&long]])).unwrap_err().code(), Code::Silent);
    // It ends at once: no SIGPIPE, an error.
    let gone = signer_at(Address::Program(script("exit 3")), Options { send: Send::Message, ..once });
    assert_eq!(gone.try_sign_batch(&inputs(&certificate(1), &[[&long]])).unwrap_err().code(), Code::Closed);
    // It ends by itself, and what it started holds its streams open: each attempt cleans up.
    let all = folder.path("all");
    let note = format!("sleep 1000 & echo $$ $! >> {}; exit 0;", all.display());
    let short = Options { connect: Duration::from_millis(300), attempts: 2, ..options() };
    let leaves = signer_at(Address::Program(noted(&note, "")), short);
    let error = leaves.try_sign_batch(&inputs(&certificate(1), &[[b"a"]])).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::Silent, Some("greeting")));
    let text = std::fs::read_to_string(&all).unwrap();
    assert_eq!(text.lines().count(), 2);
    for (own, child) in text.lines().map(|line| line.split_once(' ').unwrap()) {
        assert_over(own, child);
    }
    // It ends with its input, and what it started ends too.
    let note = format!("sleep 1000 & echo $$ $! > {0}.tmp; mv {0}.tmp {0};", pids.display());
    let good = signer_at(Address::Program(noted(&note, "read x; echo OK 1 -; read x; exit 0")), options());
    assert!(good.check().is_ok());
    let text = common::wait_for(&pids);
    drop(good);
    let (own, child) = text.trim().split_once(' ').unwrap();
    assert_over(own, child);
}

#[cfg(not(target_os = "linux"))]
#[test]
fn rule_p3_a_program_ends_with_its_session() {
    let once = Options { answer: Duration::from_millis(300), attempts: 1, ..options() };
    let signer = signer_at(Address::Program(script("sleep 1000")), once);
    assert_eq!(signer.try_sign_batch(&inputs(&certificate(1), &[[b"a"]])).unwrap_err().code(), Code::Silent);
}

#[test]
fn rule_p4_only_a_program_that_others_cannot_replace_is_run() {
    let folder = Folder::new();
    let text = |path: &std::path::Path| path.display().to_string();
    let (inner, file, started) = (folder.path("bin"), folder.path("bin/sign"), folder.path("started"));
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(
        &file,
        format!("#!/bin/sh\necho one >> {}\nread a; echo OK czei-sign/1; read a; echo OK 1 -\n", text(&started)),
    )
    .unwrap();
    folder.set_mode("bin", 0o755);
    folder.set_mode("bin/sign", 0o755);
    let link = folder.path("sign");
    std::os::unix::fs::symlink("bin/sign", &link).unwrap();
    let once = Options { attempts: 1, ..options() };
    let signer = |path: &std::path::Path| signer_at(Address::Program(Program::new([path]).unwrap()), once);
    let refused = |path: &std::path::Path| {
        let error = signer(path).check().unwrap_err();
        let place = error.place().file.clone().unwrap();
        (error.code(), place, error.found_text().unwrap_or_default().to_owned())
    };
    for (mode, found) in [(0o775, "0775"), (0o757, "0757"), (0o4777, "4777")] {
        folder.set_mode("bin/sign", mode);
        for path in [&file, &link] {
            assert_eq!(refused(path), (Code::ProgramInsecure, text(&file), found.to_owned()));
        }
    }
    folder.set_mode("bin/sign", 0o755);
    for (mode, found) in [(0o775, "0775"), (0o1777, "1777")] {
        folder.set_mode("bin", mode);
        for path in [&file, &link] {
            assert_eq!(refused(path), (Code::ProgramInsecure, text(&inner), found.to_owned()));
        }
    }
    folder.set_mode("bin", 0o755);
    // Whoever may replace the link may replace the program.
    folder.set_mode("", 0o770);
    assert_eq!(refused(&link), (Code::ProgramInsecure, text(&folder.path("")), "0770".to_owned()));
    folder.set_mode("", 0o700);
    let circle = folder.path("circle");
    std::os::unix::fs::symlink("circle", &circle).unwrap();
    assert_eq!(refused(&circle), (Code::Connect, text(&circle), "too many links".to_owned()));
    // Another's program, where this test may make one.
    match std::os::unix::fs::chown(&file, Some(12_345), None) {
        Ok(()) => assert_eq!(refused(&link), (Code::ProgramInsecure, text(&file), "uid 12345".to_owned())),
        Err(_) => eprintln!("skipped: the owner of a file can be changed by root alone"),
    }
    std::os::unix::fs::chown(&file, Some(0), None).ok();
    assert!(!started.exists(), "none was started");
    signer(&file).check().unwrap();
    signer(&link).check().unwrap();
    assert_eq!(std::fs::read_to_string(&started).unwrap(), "one\none\n");
}

#[test]
fn rule_s1_the_socket_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let path = folder.path("sign.sock");
    let bind = || SocketServer::bind(&path, server());
    let first = bind().unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    let told = |error: czei_remote::Error| (error.code(), error.place().file.clone().unwrap());
    let at = |path: &std::path::Path| path.display().to_string();
    assert_eq!(told(bind().unwrap_err()), (Code::SocketTaken, at(&path)));
    drop(first);
    assert!(!path.exists(), "it goes with its server");
    // As a killed server leaves it.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let second = bind().unwrap();
    // Somebody moved another socket there: it is not ours to remove.
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "mine").unwrap();
    drop(second);
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    assert_eq!(told(bind().unwrap_err()), (Code::SocketTaken, at(&path)));
    let long = folder.path(&"x".repeat(120));
    assert_eq!(told(SocketServer::bind(&long, server()).unwrap_err()), (Code::CannotListen, at(&long)));
    let nowhere = SocketServer::bind(folder.path("no/sign.sock"), server()).unwrap_err();
    assert_eq!(told(nowhere), (Code::CannotListen, at(&folder.path("no"))));
    folder.set_mode("", 0o770);
    let error = SocketServer::bind(folder.path("b.sock"), server()).unwrap_err();
    assert_eq!((error.expected_text(), error.found_text()), (Some("0755"), Some("0770")));
    assert_eq!(told(error), (Code::SocketInsecure, at(&folder.path(""))));
}

/// The queue of a server that hangs is full: whoever connects would wait.
#[cfg(target_os = "linux")]
#[test]
fn a_socket_of_a_server_that_hangs_is_taken_at_once() {
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
    let folder = Folder::new();
    let path = folder.path("sign.sock");
    let hangs = std::os::unix::net::UnixListener::bind(&path).unwrap();
    rustix::net::listen(&hangs, 0).unwrap();
    let address = SocketAddrUnix::new(&path).unwrap();
    let mut waiting = Vec::new();
    loop {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None).unwrap();
        match rustix::net::connect(&socket, &address) {
            Ok(()) => waiting.push(socket),
            Err(error) => break assert_eq!(error, rustix::io::Errno::AGAIN),
        }
    }
    let (sender, receiver) = std::sync::mpsc::channel();
    let bound = path.clone();
    std::thread::spawn(move || sender.send(SocketServer::bind(bound, server()).map(drop)));
    let error = receiver.recv_timeout(Duration::from_secs(20)).expect("it does not wait").unwrap_err();
    assert_eq!((error.code(), error.place().file.clone()), (Code::SocketTaken, Some(path.display().to_string())));
    assert!(path.exists(), "it is not removed");
}

#[test]
fn rule_s2_only_a_socket_that_others_cannot_replace_is_used() {
    let fake = Fake::new(|_, peer| {
        peer.greet();
        peer.behave();
    });
    let path = fake.path();
    let folder = path.parent().unwrap().to_owned();
    let check = |path: &std::path::Path| {
        let error = signer_at(Address::Socket(path.to_owned()), options()).check().unwrap_err();
        let place = error.place().file.clone().unwrap();
        (error.code(), place, error.found_text().unwrap_or_default().to_owned())
    };
    let set = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    let text = |path: &std::path::Path| path.display().to_string();
    for (mode, found) in [(0o660, "0660"), (0o602, "0602"), (0o777, "0777")] {
        set(&path, mode);
        assert_eq!(check(&path), (Code::SocketInsecure, text(&path), found.to_owned()));
    }
    set(&path, 0o600);
    for (mode, found) in [(0o770, "0770"), (0o1777, "1777")] {
        set(&folder, mode);
        assert_eq!(check(&path), (Code::SocketInsecure, text(&folder), found.to_owned()));
    }
    set(&folder, 0o755);
    let (file, link) = (folder.join("file"), folder.join("link"));
    std::fs::write(&file, "").unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert_eq!(check(&file), (Code::SocketInsecure, text(&file), "a file".to_owned()));
    assert_eq!(check(&link), (Code::SocketInsecure, text(&link), "a link".to_owned()));
    let once = Options { attempts: 1, ..options() };
    let missing = signer_at(Address::Socket(folder.join("missing")), once).check().unwrap_err();
    assert_eq!(missing.code(), Code::Connect);
    // Another's socket, where this test may make one.
    match std::os::unix::fs::chown(&path, Some(12_345), None) {
        Ok(()) => assert_eq!(check(&path), (Code::SocketInsecure, text(&path), "uid 12345".to_owned())),
        Err(_) => eprintln!("skipped: the owner of a socket can be changed by root alone"),
    }
    std::os::unix::fs::chown(&path, Some(0), None).ok();
    assert_eq!(fake.connections.load(Ordering::SeqCst), 0, "none was connected to");
    signer_at(Address::Socket(path), options()).check().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn rule_s3_each_end_looks_at_the_user_of_the_other() {
    let fake = Fake::new(|_, peer| {
        peer.greet();
        peer.behave();
    });
    fake.signer(options()).check().unwrap();
}
