//! An older copy put in place, a mark that is lost or is another one: noticed at opening, and the way on.
#![allow(clippy::unwrap_used)]

mod files;

use std::fs;

use czei_core::{Code as Rule, NumberSource as _};
use czei_stock::{
    Accepted, Code, Document, Event, Find, IssuedUpTo, Mark, NumberId, Origin, PayCodeRequest, Result, SegmentId,
    SqliteStock, State, Stock as _,
};
use files::{BY, CODE, Folder, UNIT, add_segment, assert_error, raw, reserve, reserve_many, rows_from};

fn id(number: u64) -> NumberId {
    NumberId::new(CODE.parse().unwrap(), czei_core::ReceiptNumber::new(number).unwrap())
}

fn accept(folder: &Folder, up_to: &[u64]) -> Result<Accepted> {
    let up_to: Vec<_> = up_to.iter().map(|number| IssuedUpTo::Number(id(*number))).collect();
    SqliteStock::accept_older(&folder.options(), &up_to, "硬盘故障", BY)
}

/// A stock with 5 numbers given out, closed; its files are kept as `old`; then 3 more.
fn older(folder: &Folder) {
    let stock = folder.stock();
    assert_eq!(reserve_many(&stock, "before", 5), [1, 2, 3, 4, 5]);
    drop(stock);
    folder.copy("stock.db", "old");
    folder.copy("stock.db.mark", "old.mark");
    let stock = SqliteStock::open(&folder.options()).unwrap();
    assert_eq!(reserve_many(&stock, "since", 3), [6, 7, 8]);
}

fn put_back(folder: &Folder) {
    folder.copy("old", "stock.db");
}

fn pay(stock: &SqliteStock, name: &str) -> String {
    let request_id = czei_core::RequestId::new(name).unwrap();
    let region = czei_core::AreaCode::parse("320682").unwrap();
    let request = PayCodeRequest {
        unit: UNIT,
        request_id: &request_id,
        region,
        year: 2026,
        allotted_id: 7,
        with_check_digit: false,
    };
    stock.pay_codes(&[request]).pop().unwrap().unwrap().to_string()
}

fn add_segment_of(stock: &SqliteStock, unit: &str, first: u64, last: u64, next: Option<u64>) -> Result<SegmentId> {
    let (first, last) = (id(first).number(), id(last).number());
    let code = CODE.parse().unwrap();
    stock.receive(&czei_stock::NewSegment { unit, code, first, last, next, giver: "省财政厅" }, BY)
}

#[track_caller]
fn assert_whole(stock: &SqliteStock) {
    let check = stock.check().unwrap();
    let wrong: Vec<_> = check.indicators.iter().filter(|indicator| !indicator.holds()).collect();
    assert!(check.holds(), "{wrong:?}");
    let journal = stock.verify_journal(None).unwrap();
    assert!(journal.holds(), "{:?}", journal.faults);
}

#[test]
fn an_older_copy_is_noticed_and_its_gap_is_never_issued() {
    let folder = Folder::new();
    older(&folder);
    put_back(&folder);
    let mark = folder.file("stock.db.mark");
    let error = assert_error(SqliteStock::open(&folder.options()), Code::OlderState, &mark);
    assert_eq!((error.expected_text(), error.found_text()), (Some("journal rows 11"), Some("journal rows 8")));

    let accepted = accept(&folder, &[]).unwrap();
    assert_eq!(accepted.unknown, [(id(6), id(8))]);
    assert!(accepted.lost.is_empty());
    let stock = SqliteStock::open(&folder.options()).unwrap();
    assert_eq!(stock.status(chrono::NaiveDate::MIN).unwrap().generation, accepted.generation);
    // A retry of what was lost gets another number: nobody knows its old one.
    assert_eq!(reserve(&stock, "since-0").unwrap().token.number.get(), 9);
    assert_eq!(reserve(&stock, "before-4").unwrap().token.number.get(), 5);
    let mut states = Vec::new();
    let mut each = |record: czei_stock::NumberRecord| {
        states.push(record.id);
        Ok(())
    };
    stock.find_numbers(Find::State(State::Unknown), &mut each).unwrap();
    assert_eq!(states, [id(6), id(7), id(8)]);
    assert!(stock.find(&[(id(7).code(), id(7).number())])[0].as_ref().unwrap_err().is(Rule::NumberState));
    assert_whole(&stock);
}

#[test]
fn going_on_stands_in_the_journal_with_reason_and_both_persons() {
    let folder = Folder::new();
    older(&folder);
    put_back(&folder);
    let accepted = accept(&folder, &[]).unwrap();
    let stock = SqliteStock::open(&folder.options()).unwrap();
    let rows = rows_from(&stock, 9);
    let events: Vec<_> = rows.iter().map(|row| (row.event, row.chain.as_str())).collect();
    assert_eq!(events, [(Event::Unknown, "segment 1"), (Event::GenerationAccepted, "stock")]);
    for row in &rows {
        assert_eq!(row.actor, "张三");
        assert!(
            row.detail.contains("\"checker\":\"李四\"") && row.detail.contains("\"reason\":\"硬盘故障\""),
            "{}",
            row.detail
        );
    }
    assert!(rows[1].detail.contains(&accepted.generation), "{}", rows[1].detail);
    let story = stock.explain(id(7)).unwrap();
    assert_eq!(story.record.unwrap().state, State::Unknown);
    assert!(story.journal.iter().any(|row| row.event == Event::Unknown));
}

#[test]
fn the_lost_timeline_cannot_go_on() {
    let folder = Folder::new();
    older(&folder);
    // The newer file was only away.
    fs::rename(folder.file("stock.db"), folder.file("newer")).unwrap();
    put_back(&folder);
    let before = SqliteStock::open(&folder.options().with_mark(Mark::Beside)).unwrap_err();
    assert!(before.is(Code::OlderState));
    accept(&folder, &[]).unwrap();
    fs::rename(folder.file("newer"), folder.file("stock.db")).unwrap();
    assert_error(SqliteStock::open(&folder.options()), Code::OtherGeneration, &folder.file("stock.db.mark"));
}

#[test]
fn a_copy_that_went_on_by_itself_is_noticed_by_its_rows() {
    let folder = Folder::new();
    older(&folder);
    // The same rows by count, written elsewhere with a mark of its own.
    let other = Folder::new();
    fs::copy(folder.file("old"), other.file("stock.db")).unwrap();
    fs::copy(folder.file("old.mark"), other.file("stock.db.mark")).unwrap();
    let stock = SqliteStock::open(&other.options()).unwrap();
    assert_eq!(reserve_many(&stock, "elsewhere", 3), [6, 7, 8]);
    drop(stock);
    fs::copy(other.file("stock.db"), folder.file("stock.db")).unwrap();
    let error =
        assert_error(SqliteStock::open(&folder.options()), Code::OtherGeneration, &folder.file("stock.db.mark"));
    assert_eq!(error.found_text(), Some("another row 11 in the journal"));
}

#[test]
fn a_mark_that_is_missing_needs_the_operators_word() {
    let folder = Folder::new();
    older(&folder);
    put_back(&folder);
    let mark = folder.file("stock.db.mark");
    fs::remove_file(&mark).unwrap();
    assert_error(SqliteStock::open(&folder.options()), Code::MarkMissing, &mark);
    let error = assert_error(accept(&folder, &[]), Code::MarkMissing, &mark);
    assert_eq!(error.expected_text(), Some("the last number given out of 32010126 for 0104901, or that there is none"));
    // A number in no segment says nothing of the segment that is here; and numbers of that one were drawn.
    assert_error(accept(&folder, &[1001]), Code::MarkMissing, &mark);
    let nothing = [IssuedUpTo::Nothing { unit: UNIT.to_owned(), code: CODE.parse().unwrap() }];
    let error = SqliteStock::accept_older(&folder.options(), &nothing, "硬盘故障", BY);
    assert_error(error, Code::MarkMissing, &mark);
    // Nothing was changed by what was refused.
    assert!(!mark.exists());
    assert_eq!(accept(&folder, &[8]).unwrap().unknown, [(id(6), id(8))]);
    let stock = SqliteStock::open(&folder.options()).unwrap();
    assert_eq!(reserve(&stock, "next").unwrap().token.number.get(), 9);
    assert_whole(&stock);
}

#[test]
fn what_is_stated_covers_the_lower_segments_of_the_unit() {
    let folder = Folder::new();
    let stock = folder.stock();
    add_segment(&stock, 3001, 3100);
    add_segment(&stock, 2001, 2003);
    reserve_many(&stock, "a", 998);
    drop(stock);
    fs::remove_file(folder.file("stock.db.mark")).unwrap();
    let accepted = accept(&folder, &[3005, 3002]).unwrap();
    assert_eq!(accepted.unknown, [(id(999), id(1000)), (id(2001), id(2003)), (id(3001), id(3005))]);
    let stock = SqliteStock::open(&folder.options()).unwrap();
    assert_eq!(reserve(&stock, "next").unwrap().token.number.get(), 3006);
    assert_whole(&stock);
}

#[test]
fn a_mark_that_is_damaged_is_refused() {
    let folder = Folder::new();
    drop(folder.stock());
    let mark = folder.file("stock.db.mark");
    let whole = fs::read(&mark).unwrap();
    // Header; both places of the first slot; nothing at all.
    for damage in [&[17][..], &[4096, 8192][..]] {
        let mut bytes = whole.clone();
        damage.iter().for_each(|at| bytes[*at] ^= 1);
        fs::write(&mark, bytes).unwrap();
        assert_error(SqliteStock::open(&folder.options()), Code::MarkDamaged, &mark);
    }
    fs::write(&mark, "").unwrap();
    assert_error(SqliteStock::open(&folder.options()), Code::MarkDamaged, &mark);
    // Untouched here, but it may have been drawn from since.
    assert_error(accept(&folder, &[]), Code::MarkDamaged, &mark);
    let nothing = [IssuedUpTo::Nothing { unit: UNIT.to_owned(), code: CODE.parse().unwrap() }];
    assert!(SqliteStock::accept_older(&folder.options(), &nothing, "硬盘故障", BY).unwrap().unknown.is_empty());
    SqliteStock::open(&folder.options()).unwrap();
}

#[test]
fn the_operators_word_is_asked_for_each_unit_of_a_code() {
    let folder = Folder::new();
    let stock = folder.stock();
    reserve_many(&stock, "a", 2);
    add_segment_of(&stock, "0104902", 2001, 2100, None).unwrap();
    drop(stock);
    let mark = folder.file("stock.db.mark");
    fs::remove_file(&mark).unwrap();
    let error = assert_error(accept(&folder, &[5]), Code::MarkMissing, &mark);
    let expected = "the last number given out of 32010126 for 0104902, or that there is none";
    assert_eq!(error.expected_text(), Some(expected));
    let accepted = accept(&folder, &[5, 2002, 7777]).unwrap();
    assert_eq!(accepted.unknown, [(id(3), id(5)), (id(2001), id(2002))]);
    assert_eq!(accepted.lost, [id(7777)]);
    assert_whole(&SqliteStock::open(&folder.options()).unwrap());
}

#[test]
fn the_higher_of_two_marks_counts() {
    let folder = Folder::new();
    older(&folder);
    put_back(&folder);
    // The mark that is to be used from now on is an older one of the same stock.
    let moved = folder.options().with_mark(Mark::At(folder.file("old.mark")));
    let accepted = SqliteStock::accept_older(&moved, &[], "另一块盘", BY).unwrap();
    assert_eq!(accepted.unknown, [(id(6), id(8))]);
    assert_eq!(reserve(&SqliteStock::open(&moved).unwrap(), "next").unwrap().token.number.get(), 9);
}

#[test]
fn a_number_of_the_mark_says_which_segment_is_meant() {
    let folder = Folder::new();
    let stock = folder.stock();
    drop(stock);
    folder.copy("stock.db", "old");
    // Segment 2 in this course of events.
    let stock = SqliteStock::open(&folder.options()).unwrap();
    add_segment(&stock, 5001, 6000);
    reserve_many(&stock, "a", 1005);
    stock.give_back(SegmentId(2), Some(id(5101).number()), "年末", BY).unwrap();
    drop(stock);
    folder.copy("stock.db.mark", "first.mark");
    // And in another one.
    put_back(&folder);
    folder.copy("first.mark", "stock.db.mark");
    accept(&folder, &[]).unwrap();
    let stock = SqliteStock::open(&folder.options()).unwrap();
    add_segment_of(&stock, UNIT, 2001, 3000, Some(2001)).unwrap();
    drop(stock);
    let content = fs::read(folder.file("first.mark")).unwrap();
    fs::write(folder.file("stock.db.mark"), content).unwrap();
    let accepted = accept(&folder, &[1000, 2001]).unwrap();
    assert_eq!((accepted.unknown.as_slice(), accepted.lost.as_slice()), (&[(id(2001), id(2001))][..], &[id(5005)][..]));
    let segments = SqliteStock::open(&folder.options()).unwrap().segments().unwrap();
    assert_eq!(segments.iter().map(|segment| segment.returned_from).collect::<Vec<_>>(), [None, None]);
}

#[test]
fn payment_codes_need_the_operators_word_too() {
    let folder = Folder::new();
    let stock = folder.stock();
    let given = [pay(&stock, "a"), pay(&stock, "b")];
    drop(stock);
    folder.copy("stock.db", "old");
    let stock = SqliteStock::open(&folder.options()).unwrap();
    let since = pay(&stock, "c");
    drop(stock);
    put_back(&folder);
    let mark = folder.file("stock.db.mark");
    fs::remove_file(&mark).unwrap();
    let error = assert_error(accept(&folder, &[1]), Code::MarkMissing, &mark);
    assert_eq!(error.expected_text(), Some("the last payment code given out of 320682 2026 07"));
    let last = czei_core::PayCode::read(&since).unwrap();
    let stated = [IssuedUpTo::Number(id(1)), IssuedUpTo::PayCode(last)];
    SqliteStock::accept_older(&folder.options(), &stated, "硬盘故障", BY).unwrap();
    let stock = SqliteStock::open(&folder.options()).unwrap();
    let next = pay(&stock, "d");
    assert!(next > since && !given.contains(&next), "{next}");
    assert_whole(&stock);
}

#[test]
fn a_slot_cut_short_leaves_the_value_before() {
    let folder = Folder::new();
    let stock = folder.stock();
    reserve_many(&stock, "a", 4);
    drop(stock);
    let mark = folder.file("stock.db.mark");
    let whole = fs::read(&mark).unwrap();
    for place in [4096, 8192] {
        let mut bytes = whole.clone();
        bytes[place..place + 32].fill(0xa5);
        fs::write(&mark, bytes).unwrap();
        // Brought up again when it is opened.
        drop(SqliteStock::open(&folder.options()).unwrap());
    }
}

#[test]
fn the_mark_of_another_stock_is_refused() {
    let (folder, other) = (Folder::new(), Folder::new());
    drop(folder.stock());
    drop(other.stock());
    fs::copy(other.file("stock.db.mark"), folder.file("stock.db.mark")).unwrap();
    let mark = folder.file("stock.db.mark");
    assert_error(SqliteStock::open(&folder.options()), Code::OtherGeneration, &mark);
    assert_error(accept(&folder, &[1]), Code::OtherGeneration, &mark);
}

#[test]
fn a_mark_behind_the_database_is_brought_up() {
    let folder = Folder::new();
    older(&folder);
    // As after a crash between commit and mark.
    folder.copy("old.mark", "stock.db.mark");
    drop(SqliteStock::open(&folder.options()).unwrap());
    put_back(&folder);
    assert_error(SqliteStock::open(&folder.options()), Code::OlderState, &folder.file("stock.db.mark"));
}

#[test]
fn going_on_that_was_cut_short_before_the_mark_goes_on() {
    let folder = Folder::new();
    older(&folder);
    put_back(&folder);
    folder.copy("stock.db.mark", "newer.mark");
    let first = accept(&folder, &[]).unwrap();
    assert_eq!(first.unknown.len(), 1);
    // The database has the new generation, the mark is still that of the old one.
    folder.copy("newer.mark", "stock.db.mark");
    assert_error(SqliteStock::open(&folder.options()), Code::OtherGeneration, &folder.file("stock.db.mark"));
    let second = accept(&folder, &[]).unwrap();
    assert!(second.unknown.is_empty());
    assert_ne!(first.generation, second.generation);
    let stock = SqliteStock::open(&folder.options()).unwrap();
    assert_eq!(reserve(&stock, "next").unwrap().token.number.get(), 9);
    drop(stock);
    // Once it went on, an old mark says too little.
    folder.copy("newer.mark", "stock.db.mark");
    let error = assert_error(accept(&folder, &[]), Code::OtherGeneration, &folder.file("stock.db.mark"));
    assert_eq!(error.expected_text(), Some("the last number given out of 32010126 for 0104901, or that there is none"));
    assert!(accept(&folder, &[9]).unwrap().unknown.is_empty());
}

#[test]
fn a_segment_that_the_older_state_does_not_know_goes_on_behind_its_last_number() {
    let folder = Folder::new();
    let stock = SqliteStock::create(&folder.options(), BY).unwrap();
    drop(stock);
    folder.copy("stock.db", "old");
    let stock = SqliteStock::open(&folder.options()).unwrap();
    add_segment(&stock, 1, 1000);
    reserve_many(&stock, "a", 7);
    drop(stock);
    put_back(&folder);
    let accepted = accept(&folder, &[]).unwrap();
    assert_eq!((accepted.unknown.as_slice(), accepted.lost.as_slice()), (&[][..], &[id(7)][..]));
    let stock = SqliteStock::open(&folder.options()).unwrap();
    let new = |next| czei_stock::NewSegment {
        unit: UNIT,
        code: CODE.parse().unwrap(),
        first: id(1).number(),
        last: id(1000).number(),
        next,
        giver: "省财政厅",
    };
    // Noted again in parts: the first part does not show that its numbers were drawn.
    let part = stock.receive(&czei_stock::NewSegment { last: id(5).number(), ..new(None) }, BY).unwrap_err();
    let expected = "next, as 0000000007 was given out of a segment that is not known here";
    assert_eq!((part.is(Rule::SegmentOverlap), part.expected_text()), (true, Some(expected)));
    for next in [None, Some(7)] {
        let error = stock.receive(&new(next), BY).unwrap_err();
        assert!(error.is(Rule::SegmentOverlap), "{error}");
        assert_eq!(error.expected_text(), Some("next at least 0000000008"));
    }
    let segment = stock.receive(&new(Some(8)), BY).unwrap();
    stock.take_in(segment, BY).unwrap();
    assert_eq!(reserve(&stock, "b").unwrap().token.number.get(), 8);
    assert_whole(&stock);
}

#[test]
fn a_tail_that_was_given_back_since_is_given_back_again() {
    let folder = Folder::new();
    let stock = folder.stock();
    reserve_many(&stock, "a", 2);
    drop(stock);
    folder.copy("stock.db", "old");
    let stock = SqliteStock::open(&folder.options()).unwrap();
    reserve_many(&stock, "b", 2);
    stock.give_back(SegmentId(1), Some(id(6).number()), "年末", BY).unwrap();
    drop(stock);
    put_back(&folder);
    assert_eq!(accept(&folder, &[]).unwrap().unknown, [(id(3), id(4))]);
    let stock = SqliteStock::open(&folder.options()).unwrap();
    let segment = &stock.segments().unwrap()[0];
    assert_eq!((segment.next, segment.returned_from), (5, Some(id(6).number())));
    assert_eq!(reserve(&stock, "c").unwrap().token.number.get(), 5);
    assert!(reserve(&stock, "d").unwrap_err().is(Rule::NumbersExhausted));
    assert_whole(&stock);
}

#[test]
fn payment_codes_given_out_since_are_not_given_again() {
    let folder = Folder::new();
    let stock = folder.stock();
    drop(stock);
    folder.copy("stock.db", "old");
    let stock = SqliteStock::open(&folder.options()).unwrap();
    let given = [pay(&stock, "a"), pay(&stock, "b")];
    drop(stock);
    put_back(&folder);
    accept(&folder, &[]).unwrap();
    let stock = SqliteStock::open(&folder.options()).unwrap();
    assert!(!given.contains(&pay(&stock, "c")));
    assert_whole(&stock);
}

#[test]
fn nobody_else_may_have_it_open() {
    let folder = Folder::new();
    let stock = folder.stock();
    assert_error(accept(&folder, &[]), Code::StockInUse, &folder.file("stock.db"));
    drop(stock);
    // Another process.
    let gate = fs::File::open(folder.file("stock.db.lock")).unwrap();
    gate.lock_shared().unwrap();
    assert_error(accept(&folder, &[]), Code::StockInUse, &folder.file("stock.db"));
    gate.unlock().unwrap();
    accept(&folder, &[]).unwrap();
}

#[test]
fn the_mark_can_be_moved() {
    let folder = Folder::new();
    older(&folder);
    let elsewhere = folder.file("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let moved = folder.options().with_mark(Mark::At(elsewhere.join("mark")));
    assert_error(SqliteStock::open(&moved), Code::OldSettings, &folder.file("stock.db"));
    assert!(SqliteStock::accept_older(&moved, &[], "另一块盘", BY).unwrap().unknown.is_empty());
    let stock = SqliteStock::open(&moved).unwrap();
    reserve(&stock, "a").unwrap();
    drop(stock);
    let changed = rows_from(&SqliteStock::open(&moved).unwrap(), 1);
    let changed = changed.iter().find(|row| row.event == Event::SettingChanged).unwrap();
    let said =
        r#"{"checker":"李四","from":"stock.db.mark","reason":"另一块盘","setting":"mark","to":"elsewhere/mark"}"#;
    assert_eq!((changed.detail.as_str(), changed.chain.as_str()), (said, "stock"));
    // A copy from before names the place that the mark was at.
    folder.copy("stock.db", "newer");
    put_back(&folder);
    assert_error(SqliteStock::open(&folder.options()), Code::MarkMissing, &folder.file("stock.db.mark"));
    folder.copy("newer", "stock.db");
    fs::remove_file(elsewhere.join("mark")).unwrap();
    assert_error(SqliteStock::open(&folder.options()), Code::MarkMissing, &elsewhere.join("mark"));
}

#[test]
fn a_mark_deleted_in_use_stops_acknowledging() {
    let folder = Folder::new();
    let stock = folder.stock();
    let mark = folder.file("stock.db.mark");
    fs::rename(&mark, folder.file("away")).unwrap();
    let error = reserve(&stock, "a").unwrap_err();
    assert!(error.is(Code::MarkNotWritten), "{error}");
    assert_eq!(error.place().file.as_deref(), Some(mark.display().to_string().as_str()));
    assert_eq!(error.found_text(), Some("the file was deleted or replaced"));
    // Put back, the request that was not acknowledged has its number, and the mark catches up.
    fs::rename(folder.file("away"), &mark).unwrap();
    assert_eq!(reserve(&stock, "a").unwrap().token.number.get(), 1);
}

#[test]
fn texts_are_bounded_and_nothing_happens() {
    let folder = Folder::new();
    drop(folder.stock());
    let error = SqliteStock::accept_older(&folder.options(), &[], "", BY).unwrap_err();
    assert!(error.is(Code::TextLimit), "{error}");
    assert_eq!(error.place().path.as_deref(), Some("reason"));
}

#[test]
fn numbers_from_outside_do_not_disturb_the_mark() {
    let folder = Folder::new();
    let stock = folder.stock();
    let request_id = czei_core::RequestId::new("outside").unwrap();
    let request = czei_core::NumberRequest {
        unit: UNIT,
        code: CODE.parse().unwrap(),
        request_id: &request_id,
        draft_digest: [7; 32],
        at: chrono::DateTime::UNIX_EPOCH.fixed_offset(),
        total: czei_core::Amount::ZERO,
        business_key: None,
        number: Some(id(77_777).number()),
        reverses: None,
    };
    stock.reserve(&[request], &mut |_, _| Ok(b"<E/>".to_vec())).pop().unwrap().unwrap();
    drop(stock);
    let stock = SqliteStock::open(&folder.options()).unwrap();
    assert!(stock.segments().unwrap().iter().any(|segment| segment.origin == Origin::External));
    assert_eq!(stock.document(id(77_777)).unwrap(), Some(Document::Unsigned(b"<E/>".to_vec())));
}

#[test]
fn a_copy_beside_the_stock_is_not_opened_with_its_mark() {
    let folder = Folder::new();
    let stock = folder.stock();
    reserve_many(&stock, "a", 3);
    drop(stock);
    // As up to date as the stock itself: the mark alone would let it pass.
    folder.copy("stock.db", "copy.db");
    let copy = czei_stock::OpenOptions::new(folder.file("copy.db"));
    let mark = folder.file("stock.db.mark");
    let stock = SqliteStock::open(&folder.options()).unwrap();
    let error = assert_error(SqliteStock::open(&copy), Code::OtherGeneration, &mark);
    assert_eq!(error.found_text(), Some(format!("that of {}", folder.file("stock.db").display()).as_str()));
    let accept = |options: &czei_stock::OpenOptions| SqliteStock::accept_older(options, &[], "副本", BY);
    assert_error(accept(&copy), Code::MarkPlaceTaken, &mark);
    // With a mark of its own it goes on, and leaves the other's alone.
    let copy = copy.with_mark(Mark::Beside);
    accept(&copy).unwrap();
    SqliteStock::open(&copy).unwrap();
    assert_eq!(reserve(&stock, "b").unwrap().token.number.get(), 4);
    // Renamed it is the stock.
    drop(stock);
    fs::rename(folder.file("stock.db"), folder.file("moved.db")).unwrap();
    let moved = czei_stock::OpenOptions::new(folder.file("moved.db"));
    assert_eq!(reserve(&SqliteStock::open(&moved).unwrap(), "c").unwrap().token.number.get(), 5);
}

#[test]
fn two_copies_that_share_a_mark_do_not_both_acknowledge() {
    let (folder, other) = (Folder::new(), Folder::new());
    let options = folder.options().with_mark(Mark::At(folder.file("mark")));
    let stock = SqliteStock::create(&options, BY).unwrap();
    add_segment(&stock, 1, 1000);
    reserve_many(&stock, "a", 3);
    drop(stock);
    let copy = |to: &str| fs::copy(folder.file("stock.db"), other.file(to)).unwrap();
    copy("stock.db");
    copy("second.db");
    copy("third.db");
    // Their mark lies in the folder of the first one, and names none of them.
    for name in ["stock.db", "second.db", "third.db"] {
        let place = folder.file("mark").display().to_string();
        raw(&other.file(name)).execute("UPDATE meta SET mark = ?1", [place]).unwrap();
    }
    let one = SqliteStock::open(&folder.options()).unwrap();
    let two = SqliteStock::open(&other.options()).unwrap();
    let late = czei_stock::OpenOptions::new(other.file("second.db"));
    let three = SqliteStock::open(&late).unwrap();
    let four = SqliteStock::open(&czei_stock::OpenOptions::new(other.file("third.db"))).unwrap();
    assert_eq!(reserve(&one, "b").unwrap().token.number.get(), 4);
    // As far as the mark is, and on another way.
    let error = reserve(&two, "c").unwrap_err();
    assert!(error.is(Code::OtherGeneration), "{error}");
    assert!(reserve(&two, "d").unwrap_err().is(Code::HandlePoisoned));
    assert_error(SqliteStock::open(&other.options()), Code::OtherGeneration, &folder.file("mark"));
    // Further than the mark with its first commit, and behind it.
    let ids: Vec<_> = (0..3).map(|each| czei_core::RequestId::new(format!("h{each}")).unwrap()).collect();
    let at = chrono::DateTime::UNIX_EPOCH.fixed_offset();
    let requests: Vec<_> = ids
        .iter()
        .map(|request_id| czei_core::NumberRequest {
            unit: UNIT,
            code: CODE.parse().unwrap(),
            request_id,
            draft_digest: [7; 32],
            at,
            total: czei_core::Amount::ZERO,
            business_key: None,
            number: None,
            reverses: None,
        })
        .collect();
    let answers = four.reserve(&requests, &mut |_, _| Ok(Vec::new()));
    assert!(answers.iter().all(|answer| answer.as_ref().is_err_and(|error| error.is(Code::OtherGeneration))));
    assert_eq!(reserve_many(&one, "e", 5), [5, 6, 7, 8, 9]);
    assert!(reserve(&three, "f").unwrap_err().is(Code::OtherGeneration));
    drop(three);
    assert_error(SqliteStock::open(&late), Code::OlderState, &folder.file("mark"));
    assert_eq!(reserve(&one, "g").unwrap().token.number.get(), 10);
}

#[cfg(unix)]
#[test]
fn a_mark_moved_to_another_disk_behind_a_link_is_used_there() {
    let folder = Folder::new();
    drop(folder.stock());
    let (mark, moved) = (folder.file("stock.db.mark"), folder.file("moved"));
    fs::rename(&mark, &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &mark).unwrap();
    let stock = SqliteStock::open(&folder.options()).unwrap();
    reserve_many(&stock, "a", 3);
    drop(stock);
    assert!(accept(&folder, &[]).unwrap().unknown.is_empty());
    assert!(fs::symlink_metadata(&mark).unwrap().is_symlink());
    reserve_many(&SqliteStock::open(&folder.options()).unwrap(), "b", 1);
    fs::remove_file(&moved).unwrap();
    assert_error(SqliteStock::open(&folder.options()), Code::MarkMissing, &mark);
}

#[test]
fn an_old_copy_of_the_mark_is_no_evidence_of_how_far_the_database_had_come() {
    let folder = Folder::new();
    let stock = folder.stock();
    reserve_many(&stock, "first", 2);
    drop(stock);
    folder.copy("stock.db.mark", "stale");
    let stock = SqliteStock::open(&folder.options()).unwrap();
    reserve_many(&stock, "before", 3);
    drop(stock);
    folder.copy("stock.db", "old");
    let stock = SqliteStock::open(&folder.options()).unwrap();
    reserve_many(&stock, "since", 3);
    drop(stock);
    put_back(&folder);
    fs::remove_file(folder.file("stock.db.mark")).unwrap();
    let stale = folder.options().with_mark(Mark::At(folder.file("stale")));
    let accept = |up_to: &[IssuedUpTo]| SqliteStock::accept_older(&stale, up_to, "硬盘故障", BY);
    let error = assert_error(accept(&[]), Code::MarkMissing, &folder.file("stock.db.mark"));
    assert_eq!(error.expected_text(), Some("the last number given out of 32010126 for 0104901, or that there is none"));
    assert_eq!(accept(&[IssuedUpTo::Number(id(8))]).unwrap().unknown, [(id(6), id(8))]);
    // The mark itself, carried to another place, is.
    fs::rename(folder.file("stale"), folder.file("carried")).unwrap();
    let carried = folder.options().with_mark(Mark::At(folder.file("carried")));
    assert!(SqliteStock::accept_older(&carried, &[], "另一块盘", BY).unwrap().unknown.is_empty());
}
