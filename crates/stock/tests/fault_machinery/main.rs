//! The machinery of the proofs, proven itself: a worker does known writes, and the crash states of its trace
//! must be those that the model promises, no fewer and no more.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "../fault/mod.rs"]
mod fault;
mod worker;

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;

use fault::replay::{CrashStates, Random, State, Style};
use fault::trace::{Baseline, Op, Trace};
use fault::{Counts, Scratch, Shim, collect};

// ---- how the tests run it -----------------------------------------------------------------------------

struct Traced {
    trace: Trace,
    heard: Vec<String>,
    _scratch: Scratch,
}

/// Runs a role over a folder that has the given files; the trace must explain the folder afterwards.
fn traced(shim: &Shim, scratch: Scratch, role: &str, plan: &str, files: &[(&str, &[u8])]) -> Traced {
    let (root, file) = (scratch.dir("root"), scratch.path("trace"));
    for (name, bytes) in files {
        fs::write(root.join(name), bytes).unwrap();
    }
    let before = Baseline::of(&root).unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    let heard = collect(reader);
    let mut run = shim.run(&root, "worker", role).trace(&file).acks(&writer);
    if !plan.is_empty() {
        run = if plan == "SYNC" { run.env("SYNC", "1") } else { run.fail(plan) };
    }
    let code = run.wait();
    drop(writer);
    assert_eq!(code, Some(if plan.contains("exit") { 9 } else { 0 }), "{role}");
    let trace = Trace::read(&file, before).unwrap();
    CrashStates::new(&trace, 0, 0).check_live(&root).unwrap();
    Traced { trace, heard: heard.join().unwrap(), _scratch: scratch }
}

fn file<'s>(state: &'s State<'_>, name: &str) -> Option<&'s [u8]> {
    state.files.get(Path::new(name)).map(Vec::as_slice)
}

/// What a file is in 400 crashes at one point, in the styles that decide by chance.
fn outcomes(trace: &Trace, point: usize, name: &str) -> BTreeSet<Option<Vec<u8>>> {
    let mut states = CrashStates::new(trace, 0, 0);
    let styles = [Style::Sectors(8), Style::Earlier, Style::PerFile, Style::Sectors(12)];
    (0..400).map(|n| file(&states.at(point, styles[n % 4], n as u64), name).map(<[u8]>::to_vec)).collect()
}

fn sectors(bytes: &[u8]) -> String {
    let letter = |sector: &[u8]| {
        let whole = sector.iter().all(|byte| *byte == sector[0]);
        if whole { char::from(sector[0].max(b'0')) } else { '?' }
    };
    bytes.chunks(512).map(letter).collect()
}

/// Not a test: the tests below start it in processes of its own.
#[test]
fn worker() {
    worker::play();
}

// ---- the tests ----------------------------------------------------------------------------------------

#[test]
fn what_was_synced_is_never_lost_and_what_was_not_sometimes_is() {
    let Some(shim) = Shim::get() else { return };
    let run = traced(shim, Scratch::new(), "append", "", &[]);
    assert_eq!(run.heard, (0..20).step_by(2).map(|n| n.to_string()).collect::<Vec<_>>());
    let acked: Vec<_> = run.trace.acks.iter().map(|ack| ack.line.clone()).collect();
    assert_eq!(acked, run.heard);

    let (mut lost, mut torn, mut kept) = (0, 0, 0);
    for state in CrashStates::new(&run.trace, 2000, 1) {
        let Some(last) = state.acked.last() else { continue };
        let synced: usize = last.line.parse().unwrap();
        let log = file(&state, "log").unwrap();
        for n in 0..=synced {
            let byte = u8::try_from(n + 1).unwrap();
            assert!(log[n * 1300..(n + 1) * 1300].iter().all(|b| *b == byte), "{:?} at {}", state.style, state.point);
        }
        let written = run.trace.records[..state.point].iter().filter(|r| matches!(r.op, Op::Wrote { .. })).count();
        if written > synced + 1 {
            let byte = u8::try_from(synced + 2).unwrap();
            match log[(synced + 1) * 1300..].iter().take(1300).filter(|b| **b == byte).count() {
                0 => lost += 1,
                1300 => kept += 1,
                _ => torn += 1,
            }
        }
    }
    assert!(lost > 50 && torn > 50 && kept > 50, "lost {lost}, torn {torn}, kept {kept}");
}

#[test]
fn sectors_are_old_or_new_as_a_whole_and_each_on_its_own() {
    let Some(shim) = Shim::get() else { return };
    let run = traced(shim, Scratch::new(), "overwrite", "", &[("old", &[b'o'; 2048])]);
    let seen: BTreeSet<_> =
        outcomes(&run.trace, run.trace.len(), "old").iter().map(|f| sectors(f.as_ref().unwrap())).collect();
    assert_eq!(seen.len(), 16, "{seen:?}");
    assert!(seen.iter().all(|file| !file.contains('?')), "{seen:?}");
}

#[test]
fn the_extreme_states() {
    let Some(shim) = Shim::get() else { return };
    let run = traced(shim, Scratch::new(), "append", "", &[]);
    let mut states = CrashStates::new(&run.trace, 0, 0);
    let first_write = run.trace.records.iter().position(|r| matches!(r.op, Op::Wrote { .. })).unwrap() + 1;
    let mut at = |style| {
        let state = states.at(first_write, style, 0);
        file(&state, "log").map(|log| (log.len(), log.iter().filter(|b| **b == 1).count()))
    };
    assert_eq!(at(Style::Lost), Some((0, 0)));
    assert_eq!(at(Style::Kept), Some((1300, 1300)));
    assert_eq!(at(Style::DataLost), Some((0, 0)));
    assert_eq!(at(Style::NamesLost), Some((1300, 1300)), "the name was synced");
    assert_eq!(at(Style::SizesLost), Some((0, 0)));
    // Zeros, or what lay there before.
    assert!(matches!(at(Style::SizesOnly), Some((1300, 0..100))));
    // Before the folder was synced the name itself is in doubt, whatever the file's own sync said.
    let created = 2;
    assert_eq!(run.trace.records[1].op, Op::Synced { node: 1 });
    let mut name = |style| file(&states.at(created, style, 0), "log").is_some();
    assert!(!name(Style::Lost) && !name(Style::NamesLost) && name(Style::DataLost) && name(Style::Kept));
}

#[test]
fn a_rename_without_a_sync_of_its_folder_has_both_outcomes() {
    let Some(shim) = Shim::get() else { return };
    let old: &[(&str, &[u8])] = &[("old", b"former")];
    let run = traced(shim, Scratch::new(), "rename", "", old);
    let seen = outcomes(&run.trace, run.trace.len(), "old");
    assert_eq!(seen, BTreeSet::from([Some(b"former".to_vec()), Some(vec![b'n'; 600])]));
    assert_eq!(outcomes(&run.trace, run.trace.len(), "new"), BTreeSet::from([None, Some(vec![b'n'; 600])]));
    for state in CrashStates::new(&run.trace, 500, 7).filter(|state| state.point == run.trace.len()) {
        assert!(file(&state, "old").is_some(), "a rename never takes the target away");
        let renamed = file(&state, "old") == Some(&[b'n'; 600]);
        assert!(!(renamed && file(&state, "new").is_some()), "a rename in one folder is whole");
    }

    let run = traced(shim, Scratch::new(), "rename", "SYNC", old);
    assert_eq!(outcomes(&run.trace, run.trace.len(), "old"), BTreeSet::from([Some(vec![b'n'; 600])]));
    assert_eq!(outcomes(&run.trace, run.trace.len(), "new"), BTreeSet::from([None]));
}

#[test]
fn a_file_removed_and_made_anew_is_another_file() {
    let Some(shim) = Shim::get() else { return };
    for scratch in [Scratch::new(), Scratch::on_disk()] {
        let run = traced(shim, scratch, "journal", "", &[]);
        let made = |record: &&fault::trace::Record| matches!(record.op, Op::Created { .. });
        assert_eq!(run.trace.records.iter().filter(made).count(), 2);
        let seen = outcomes(&run.trace, run.trace.len(), "journal");
        // The old one whole, none, or the new one with what of it was written: never a mixture.
        assert!(seen.contains(&Some(vec![b'a'; 1024])) && seen.contains(&None), "{}", seen.len());
        assert!(seen.contains(&Some(vec![b'b'; 512])) && seen.contains(&Some(vec![])), "{}", seen.len());
        let stale = |file: &Vec<u8>| file.len() == 512 && file.iter().all(|b| *b == 0) || sectors(file) == "?";
        let known = [vec![b'a'; 1024], vec![b'b'; 512], vec![]];
        assert!(seen.iter().flatten().all(|file| known.contains(file) || stale(file)));
    }
}

#[test]
fn a_rename_between_folders_is_two_changes_and_never_loses_the_file() {
    let Some(shim) = Shim::get() else { return };
    let run = traced(shim, Scratch::new(), "folders", "", &[]);
    let mut seen = BTreeSet::new();
    for state in CrashStates::new(&run.trace, 2000, 3).filter(|state| !state.acked.is_empty()) {
        let has = ["in/f", "out/f", "linked"].map(|name| file(&state, name));
        assert!(has.iter().flatten().all(|content| *content == b"content"), "{has:?}");
        seen.insert(has.map(|content| content.is_some()));
    }
    // The file under its old name, its new one, or both, as nothing orders two folders; never nowhere.
    assert!(seen.iter().all(|has| has[0] || has[1]), "{seen:?}");
    for outcome in
        [[true, false, false], [true, true, false], [false, true, false], [false, true, true], [true, false, true]]
    {
        assert!(seen.contains(&outcome), "{outcome:?} is not in {seen:?}");
    }
}

#[test]
fn a_shorter_file_that_grows_again_has_zeros() {
    let Some(shim) = Shim::get() else { return };
    let run = traced(shim, Scratch::new(), "sizes", "", &[("old", &[b'o'; 2048])]);
    let mut zeros = vec![b'o'; 100];
    zeros.resize(2048, 0);
    let expected = BTreeSet::from([Some(vec![b'o'; 2048]), Some(vec![b'o'; 100]), Some(zeros)]);
    assert_eq!(outcomes(&run.trace, run.trace.len(), "old"), expected);
}

#[test]
fn every_wrapped_call_is_in_the_trace() {
    let Some(shim) = Shim::get() else { return };
    for scratch in [Scratch::new(), Scratch::on_disk()] {
        // `traced` compares the end of the trace with the folder.
        let run = traced(shim, scratch, "calls", "", &[]);
        let pids: BTreeSet<_> = run.trace.records.iter().map(|record| record.pid).collect();
        assert_eq!(pids.len(), 2, "the child's write too");
    }
}

#[test]
fn a_write_past_the_shim_is_found() {
    let Some(shim) = Shim::get() else { return };
    let scratch = Scratch::new();
    let (root, file) = (scratch.dir("root"), scratch.path("trace"));
    fs::write(root.join("old"), [b'o'; 2048]).unwrap();
    let before = Baseline::of(&root).unwrap();
    assert_eq!(shim.run(&root, "worker", "overwrite").trace(&file).wait(), Some(0));
    let trace = Trace::read(&file, before).unwrap();
    let mut states = CrashStates::new(&trace, 0, 0);
    states.check_live(&root).unwrap();
    fs::write(root.join("stranger"), "s").unwrap();
    assert_eq!(states.check_live(&root), Err("stranger: in the directory, not in the trace".to_owned()));
    fs::remove_file(root.join("stranger")).unwrap();
    OpenOptions::new().write(true).open(root.join("old")).unwrap().write_all_at(b"!", 9).unwrap();
    assert_eq!(states.check_live(&root), Err("old: not what the trace says".to_owned()));
    fs::remove_file(root.join("old")).unwrap();
    assert_eq!(states.check_live(&root), Err("old: in the trace, not in the directory".to_owned()));
}

#[test]
fn a_call_that_is_not_modelled_spoils_the_trace() {
    let Some(shim) = Shim::get() else { return };
    let scratch = Scratch::new();
    let (root, file) = (scratch.dir("root"), scratch.path("trace"));
    fs::write(root.join("old"), "o").unwrap();
    let before = Baseline::of(&root).unwrap();
    assert_eq!(shim.run(&root, "worker", "outside").trace(&file).wait(), Some(0));
    let error = Trace::read(&file, before).unwrap_err();
    assert_eq!(error, format!("record 0: a rename that is not modelled: {}", root.join("old").display()));
    // A file that stood there before must be in the baseline.
    fs::remove_file(&file).unwrap();
    let before = Baseline::of(&root).unwrap();
    fs::write(root.join("old"), "o").unwrap();
    assert_eq!(shim.run(&root, "worker", "overwrite").trace(&file).wait(), Some(0));
    let error = Trace::read(&file, before).unwrap_err();
    assert!(error.contains("was not there before and was not created"), "{error}");
}

#[test]
fn after_a_failed_sync_a_later_one_does_not_bring_the_data_back() {
    let Some(shim) = Shim::get() else { return };
    let run = traced(shim, Scratch::new(), "failed sync", "fsync:1:EIO", &[("old", &[b'0'; 1024])]);
    let seen = outcomes(&run.trace, run.trace.len(), "old");
    assert_eq!(
        seen,
        BTreeSet::from([Some([[b'0'; 512], [b'2'; 512]].concat()), Some([[b'1'; 512], [b'2'; 512]].concat())])
    );
}

#[test]
fn a_size_whose_sync_failed_reaches_as_far_as_what_was_written_later() {
    let Some(shim) = Shim::get() else { return };
    let run = traced(shim, Scratch::new(), "failed growth", "fsync:1:EIO", &[("old", &[b'0'; 512])]);
    let lengths = |point| -> BTreeSet<usize> {
        outcomes(&run.trace, point, "old").iter().map(|content| content.as_ref().unwrap().len()).collect()
    };
    let syncs: Vec<_> =
        (0..run.trace.len()).filter(|n| matches!(run.trace.records[*n].op, Op::Synced { .. })).collect();
    assert_eq!(lengths(syncs[0] + 1), BTreeSet::from([512, 2048]), "a later sync says nothing about it");
    assert_eq!(lengths(syncs[1] + 1), BTreeSet::from([1536, 2048]), "the third sector was written again");
    assert_eq!(lengths(syncs[2] + 1), BTreeSet::from([2048]), "so was the last");
    let last = outcomes(&run.trace, syncs[2] + 1, "old");
    assert!(last.iter().flatten().all(|content| content[1024..] == [[b'3'; 512], [b'4'; 512]].concat()));
    assert!(last.len() > 1, "the second sector is still in doubt");
}

#[test]
fn several_processes_trace_in_one_order_that_explains_the_files() {
    let Some(shim) = Shim::get() else { return };
    for scratch in [Scratch::new(), Scratch::on_disk()] {
        let (root, file) = (scratch.dir("root"), scratch.path("trace"));
        fs::write(root.join("shared"), [0; 2048]).unwrap();
        fs::write(root.join("log"), []).unwrap();
        let before = Baseline::of(&root).unwrap();
        let (reader, writer) = std::io::pipe().unwrap();
        let heard = collect(reader);
        let runs: Vec<_> = (0..4).map(|_| shim.run(&root, "worker", "shared").trace(&file).acks(&writer)).collect();
        let children: Vec<_> = runs.into_iter().map(|mut run| run.command.spawn().unwrap()).collect();
        drop(writer);
        for mut child in children {
            assert_eq!(child.wait().unwrap().code(), Some(0));
        }
        let trace = Trace::read(&file, before).unwrap();
        // Who wrote a byte last, whose file was renamed last, where an appended line stands: all as on disk.
        CrashStates::new(&trace, 0, 0).check_live(&root).unwrap();
        let acks: Vec<_> = trace.acks.iter().map(|ack| ack.line.clone()).collect();
        assert_eq!((acks.len(), acks), (1200, heard.join().unwrap()));
        let changes = trace.records.windows(2).filter(|pair| pair[0].pid != pair[1].pid).count();
        assert!(changes > 20, "the processes took turns: {changes}");
    }
}

#[test]
fn a_state_is_the_same_for_the_same_seed_in_any_order_and_lands_on_disk_as_it_is() {
    let Some(shim) = Shim::get() else { return };
    let run = traced(shim, Scratch::new(), "folders", "", &[]);
    let walked: Vec<_> = CrashStates::new(&run.trace, 64, 5).map(|state| (state.point, state.files)).collect();
    let mut again = CrashStates::new(&run.trace, 64, 5);
    for k in (0..64).rev() {
        let state = again.state(k);
        assert_eq!((state.point, state.files), walked[k]);
    }
    assert_eq!(walked[63].0, run.trace.len());

    let scratch = Scratch::new();
    let dir = scratch.path("state");
    let state = again.at(run.trace.len(), Style::Kept, 0);
    state.materialise(&dir).unwrap();
    again.check_live(&dir).unwrap();
    again.at(0, Style::Kept, 0).materialise(&dir).unwrap();
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
}

/// What the role "injected" reports, and the counts.
fn injected(shim: &Shim, plan: &str, only: &str, quota: bool) -> (Option<i32>, String, Counts, u64) {
    let scratch = Scratch::new();
    let (root, counts) = (scratch.dir("root"), scratch.path("counts"));
    let (reader, writer) = std::io::pipe().unwrap();
    let heard = collect(reader);
    let mut run = shim.run(&root, "worker", "injected").acks(&writer).fail(plan).count(&counts);
    if !only.is_empty() {
        run = run.only(only);
    }
    if quota {
        run = run.freed(&scratch.path("freed"));
    }
    let code = run.wait();
    drop(writer);
    let size = fs::metadata(root.join("f")).map_or(0, |meta| meta.size());
    (code, heard.join().unwrap().concat(), Counts::read(&counts), size)
}

#[test]
fn exactly_the_nth_operation_fails() {
    let Some(shim) = Shim::get() else { return };
    let results = |plan| injected(shim, plan, "", false).1;
    let none = "1000 ok 1000 ok 1000 ok 1000 ok 1000 ok 1000 ok";
    assert_eq!(results("write:7:EIO"), none);
    assert_eq!(results("write:3:ENOSPC"), "1000 ok 1000 ok StorageFull ok 1000 ok 1000 ok 1000 ok");
    assert_eq!(results("fsync:2:EIO"), "1000 ok 1000 Some(5) 1000 ok 1000 ok 1000 ok 1000 ok");
    assert_eq!(results("fsync:5:EIO:sticky"), "1000 ok 1000 ok 1000 ok 1000 ok 1000 Some(5) 1000 Some(5)");
    assert_eq!(results("write:4:short"), "1000 ok 1000 ok 1000 ok 500 ok 1000 ok 1000 ok");
    assert_eq!(results("write:4:ENOSPC:short"), "1000 ok 1000 ok 1000 ok 500 ok StorageFull ok 1000 ok");
    assert_eq!(results("write:5:ENOSPC:short:sticky"), "1000 ok 1000 ok 1000 ok 1000 ok 500 ok StorageFull ok");
    // Only the files that are meant.
    assert_eq!(injected(shim, "write:1:EIO", "elsewhere", false).1, none);
    let (code, _, counts, _) = injected(shim, "write:3:EIO", "/f", false);
    assert_eq!(code, Some(0));
    let of = ["open", "write", "fsync", "close", "hits", "any"].map(|name| counts.of(name));
    assert_eq!(of, [1, 6, 6, 1, 1, 14]);
}

#[test]
fn a_worker_ends_before_or_after_exactly_the_nth_operation() {
    let Some(shim) = Shim::get() else { return };
    let (code, heard, counts, size) = injected(shim, "write:3:exit-before", "", false);
    assert_eq!((code, heard.as_str(), counts.of("write"), counts.of("hits"), size), (Some(9), "", 3, 1, 2000));
    let (code, _, _, size) = injected(shim, "write:3:exit-after", "", false);
    assert_eq!((code, size), (Some(9), 3000));

    // With a trace: the kill comes first, the power goes later.
    let kept = |plan| {
        let run = traced(shim, Scratch::new(), "append", plan, &[]);
        let synced = run.trace.records.iter().filter(|record| matches!(record.op, Op::Synced { .. })).count();
        let mut states = CrashStates::new(&run.trace, 0, 0);
        (run.heard.len(), synced, file(&states.at(run.trace.len(), Style::Lost, 0), "log").map(<[u8]>::len))
    };
    assert_eq!(kept("fsync:5:exit-before"), (2, 4, Some(3900)));
    assert_eq!(kept("fsync:5:exit-after"), (2, 5, Some(6500)));
}

#[test]
fn a_full_disk_has_room_again_when_it_is_freed() {
    let Some(shim) = Shim::get() else { return };
    let (code, heard, counts, size) = injected(shim, "quota:2500", "", true);
    assert_eq!(code, Some(0));
    assert_eq!(heard, "1000 ok 1000 ok 500 ok StorageFull ok StorageFull ok 1000 ok");
    assert_eq!((counts.of("hits"), size), (3, 6000));
}

#[test]
fn numbers_drawn_by_chance_are_spread() {
    let mut random = Random(1);
    let mut counts = [0; 8];
    for _ in 0..8000 {
        counts[random.below(8)] += 1;
    }
    assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
}
