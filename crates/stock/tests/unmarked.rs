//! A number whose process was killed between commit and mark, and another process that goes on with it: what that
//! one acknowledges is in the mark, the number too.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod files;

use std::fs::{self, File};
use std::process::Command;

use czei_core::{NumberSource as _, ReceiptNumber, Token, Voiding};
use czei_stock::{Code, NumberId, OpenOptions, SqliteStock, Stock as _};
use files::{CODE, Folder, raw, reserve};

const FOLDER: &str = "CZEI_TEST_UNMARKED";

/// Reserves in another process; the test holds the mark, so that it is not written.
#[test]
fn worker() {
    let Some(path) = std::env::var_os(FOLDER) else { return };
    let options = OpenOptions::new(path).with_busy_timeout(std::time::Duration::from_millis(200));
    let stock = SqliteStock::open(&options).unwrap();
    println!("open");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    let error = reserve(&stock, "killed").unwrap_err();
    assert!(error.is(Code::MarkNotWritten), "{error}");
    // As if killed: nothing is tried again.
    std::process::exit(0);
}

/// A stock that knows of no number, and the token of one that another process reserved without the mark.
fn unmarked(folder: &Folder) -> (SqliteStock, Token) {
    use std::io::{BufRead as _, BufReader, Write as _};
    let stock = folder.stock();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "worker", "--nocapture"])
        .env(FOLDER, folder.file("stock.db"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("open")));
    let mark = File::open(folder.file("stock.db.mark")).unwrap();
    mark.lock().unwrap();
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    lines.for_each(drop);
    assert!(child.wait().unwrap().success());
    drop(mark);
    assert!(!is_marked(folder));
    let salt: i64 = raw(&folder.file("stock.db")).query_row("SELECT salt FROM number", [], |row| row.get(0)).unwrap();
    (stock, Token { code: CODE.parse().unwrap(), number: ReceiptNumber::new(1).unwrap(), salt: salt.unsigned_abs() })
}

/// Whether the mark has the first number as the last of its segment.
fn is_marked(folder: &Folder) -> bool {
    let value = (CODE.parse::<i64>().unwrap() * 10_000_000_000 + 1).to_be_bytes();
    fs::read(folder.file("stock.db.mark")).unwrap().windows(8).any(|bytes| bytes == value)
}

#[test]
fn a_number_is_marked_before_it_is_said_to_be_signed() {
    let folder = Folder::new();
    let (stock, token) = unmarked(&folder);
    stock.store_signed(&[(token, b"<E>1</E>")]).pop().unwrap().unwrap();
    assert!(is_marked(&folder));
}

#[test]
fn a_number_is_marked_before_it_is_said_to_be_void() {
    let voiding =
        || Voiding {
            reason: "重复", actor: "张三", at: chrono::DateTime::UNIX_EPOCH.fixed_offset(), refusal: None
        };
    let folder = Folder::new();
    let (stock, token) = unmarked(&folder);
    stock.void(&[(token, voiding())]).pop().unwrap().unwrap();
    assert!(is_marked(&folder));
    let folder = Folder::new();
    let (stock, token) = unmarked(&folder);
    stock.void_number(NumberId::new(token.code, token.number), &voiding()).unwrap();
    assert!(is_marked(&folder));
}
