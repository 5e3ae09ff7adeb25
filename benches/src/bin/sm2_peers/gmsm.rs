//! gmsm, in a process of its own (`benches/gmsm`), which is asked for one window at a time.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;
use std::{cell::RefCell, rc::Rc};

use czei_benches::Result;
use czei_sm2::{Message, Signature, VerifyingKey};

use crate::windows::Subject;

struct Gmsm {
    process: Child,
    lines_in: Option<ChildStdin>,
    lines_out: BufReader<ChildStdout>,
}

/// The subjects of gmsm, or why there are none.
pub fn subjects() -> std::result::Result<Vec<Subject>, String> {
    let gmsm = Rc::new(RefCell::new(Gmsm::start().map_err(|error| error.to_string())?));
    let subject = |name, operation: &'static str, per_call| {
        let gmsm = Rc::clone(&gmsm);
        Subject::elsewhere(name, per_call, move |calls| gmsm.borrow_mut().window(operation, calls))
    };
    Ok(vec![
        subject("gmsm sign", "sign", 1.0),
        subject("gmsm verify", "verify", 1.0),
        subject("gmsm sm3", "sm3", crate::LENGTH as f64),
    ])
}

impl Gmsm {
    fn start() -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let program = folder.join("target/gmsm");
        let built =
            Command::new("go").args(["build", "-o"]).arg(&program).arg(".").current_dir(folder.join("gmsm")).output();
        let built = built.map_err(|error| format!("go: {error}"))?;
        if !built.status.success() {
            return Err(format!("go build: {}", String::from_utf8_lossy(&built.stderr).trim()).into());
        }
        let mut process = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let lines_in = process.stdin.take();
        let lines_out = BufReader::new(process.stdout.take().ok_or("no output")?);
        let mut gmsm = Gmsm { process, lines_in, lines_out };
        gmsm.does_the_same()?;
        Ok(gmsm)
    }

    /// Its signature is one that we accept.
    fn does_the_same(&mut self) -> Result<()> {
        let line = self.line()?;
        let values: Vec<Vec<u8>> = line.split(' ').map(unhex).collect::<Option<_>>().ok_or("no hexadecimal digits")?;
        let [public, message, signature] = &values[..] else { return Err("three values expected".into()) };
        assert_eq!(message.len(), crate::LENGTH);
        let signature = Signature::from_der(signature)?;
        Ok(VerifyingKey::from_sec1(public)?.verify(Message::of(&[message]), &signature)?)
    }

    fn window(&mut self, operation: &str, calls: u32) -> Result<Duration> {
        writeln!(self.lines_in.as_mut().ok_or("gmsm has ended")?, "{operation} {calls}")?;
        Ok(Duration::from_nanos(self.line()?.parse()?))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.lines_out.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Gmsm {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.lines_in.take());
        self.process.wait().ok();
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect()
}
