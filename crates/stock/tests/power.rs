//! Power loss, replayed from recorded traces of writes and syncs: what was acknowledged is there, whatever
//! of the rest the disk kept.
#![allow(missing_docs, clippy::unwrap_used)]

mod fault;
mod proof;

use std::path::Path;
use std::sync::Mutex;

use czei_stock::{By, Code, Result, SqliteStock};
use fault::Shim;
use proof::facts::Facts;
use proof::job::{Job, Task};
use proof::judge::Tally;
use proof::power::{After, Experiment, Open, Stage, open};
use proof::{Proof, count};

#[test]
fn worker() {
    proof::worker::play();
}

/// Where a crash may find the stock at work.
struct Scene {
    name: String,
    states: usize,
    /// What its workers have in common.
    job: Job,
    play: Box<dyn Fn(&mut Stage<'_>) + Send + Sync>,
    open: &'static Open,
    after: &'static After,
}

fn scene(
    name: impl Into<String>,
    states: usize,
    job: Job,
    play: impl Fn(&mut Stage<'_>) + Send + Sync + 'static,
) -> Scene {
    Scene { name: name.into(), states, job, play: Box::new(play), open: &open, after: &|_, _, _| {} }
}

fn common() -> Job {
    Job::new(Path::new(""), 0, 0)
}

fn at_work() -> Vec<Scene> {
    let elsewhere = Job { mark_elsewhere: true, ..common() };
    vec![
        scene("one process", 500, common(), |stage| {
            stage.run(&stage.worker(1, 40).creating());
        }),
        scene("four processes, mark elsewhere", 500, elsewhere.clone(), |stage| {
            stage.run(&stage.worker(1, 0).creating());
            stage.run_all(&[2, 3, 4, 5].map(|who| stage.worker(who, 14)));
        }),
        scene("opened again and again", 300, Job { reopen: 3, ..common() }, |stage| {
            stage.run(&stage.worker(1, 10).creating());
            stage.run_all(&[2, 3, 4].map(|who| stage.worker(who, 15)));
        }),
        scene("checkpoints", 500, Job { checkpoint: 3, ..common() }, |stage| {
            stage.run(&stage.worker(1, 10).creating());
            stage.run_all(&[2, 3, 4].map(|who| stage.worker(who, 15)));
        }),
        scene("receipts beside", 300, Job { receipts_beside: true, ..common() }, |stage| {
            stage.run(&stage.worker(1, 20).creating());
            stage.run_all(&[2, 3].map(|who| Job { reopen: 4, ..stage.worker(who, 10) }));
        }),
        scene("making it", 200, common(), |stage| stage.run(&stage.worker(1, 1).creating())),
        scene("making it, mark elsewhere", 200, elsewhere, |stage| stage.run(&stage.worker(1, 1).creating())),
        scene("segments", 200, common(), |stage| {
            let mut job = stage.worker(1, 4).first(Task::Create);
            for n in 0..6 {
                job =
                    job.first(Task::Segment(n * 100 + 1, n * 100 + 8)).first(Task::GiveBack(n * 100 + 8, n * 100 + 7));
            }
            stage.run(&job.first(Task::SignHeads));
        }),
    ]
}

/// A worker dies at an exact call; another one asks again what it got no answer to; then the power goes.
fn killed_before() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for (operation, end) in
        [("fsync", "exit-before"), ("fsync", "exit-after"), ("write", "exit-before"), ("write", "exit-after")]
    {
        for n in [2, 3, 5, 8, 13, 14, 15, 21, 22, 34, 35] {
            let plan = format!("{operation}:{n}:{end}");
            scenes.push(scene(plan.clone(), 20, common(), move |stage| {
                stage.prepare(&stage.worker(1, 3).creating());
                let codes = stage.run_planned(&[(&stage.worker(2, 40), Some((&plan, "")))]);
                assert_eq!(codes, [Some(9)]);
                let retry = stage.unanswered();
                stage.run(&Job { retry, ..stage.worker(3, 4) });
            }));
        }
    }
    scenes
}

/// A sync fails; the same process goes on as it can, another one comes after it or was there all the time.
fn sync_failed_before() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for n in [1, 2, 3, 4, 5, 6, 8, 11, 16, 17, 23, 24, 25, 33] {
        for (what, tries) in [("EIO", 4), ("EIO", 1), ("EIO:sticky", 4)] {
            let plan = format!("fsync:{n}:{what}");
            let job = Job { receipts_beside: n % 2 == 0, mark_elsewhere: n % 3 == 0, ..common() };
            scenes.push(scene(format!("{plan}, {tries} tries"), 16, job, move |stage| {
                stage.prepare(&stage.worker(1, 3).creating());
                let first = Job { tries, ..stage.worker(2, 20) };
                stage.run_planned(&[(&first, Some((&plan, "")))]).iter().for_each(|code| assert_eq!(*code, Some(0)));
                let retry = stage.unanswered();
                stage.run(&Job { retry, ..stage.worker(3, 4) });
            }));
        }
        let plan = format!("fsync:{}:EIO", 3 * n);
        scenes.push(scene(format!("{plan}, another process beside"), 16, common(), move |stage| {
            stage.prepare(&stage.worker(1, 3).creating());
            let (first, second) = (stage.worker(2, 12), stage.worker(3, 12));
            let codes = stage.run_planned(&[(&first, Some((&plan, ""))), (&second, None)]);
            assert_eq!(codes, [Some(0), Some(0)]);
        }));
    }
    scenes
}

/// A sync fails and the worker ends, and the power goes while the next one opens the stock: what that one reads
/// from the memory of the system may not be on the disk.
fn opened_after_failed_sync() -> Vec<Scene> {
    let scene_of = |n: usize| {
        let plan = format!("fsync:{n}:EIO");
        scene(format!("{plan}, then opened"), 40, Job { batch: 12, ..common() }, move |stage| {
            stage.prepare(&stage.worker(1, 3).creating());
            let first = Job { tries: 1, even: true, ..stage.worker(2, 40) };
            stage.run_planned(&[(&first, Some((&plan, "stock.db-wal")))]);
            for who in 3..6 {
                stage.run(&stage.worker(who, 0).first(Task::Open));
            }
        })
    };
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 25].map(scene_of).into()
}

/// A backup is made, put back, restored.
fn with_backups() -> Vec<Scene> {
    let elsewhere = Job { mark_elsewhere: true, ..common() };
    let backup = |stage: &mut Stage<'_>| {
        std::fs::create_dir(stage.job.root.join("backup")).unwrap();
        stage.prepare(&stage.worker(1, 8).creating());
        stage.prepare_gone(&stage.worker(2, 8).first(Task::Backup("backup/b".to_owned())));
        for name in ["stock.db", "stock.db-wal", "stock.db-shm"] {
            let _ = std::fs::remove_file(stage.job.root.join(name));
        }
    };
    let mut scenes = vec![
        scene("backups while others work", 150, common(), |stage| {
            std::fs::create_dir(stage.job.root.join("backup")).unwrap();
            stage.prepare(&stage.worker(1, 5).creating());
            let backups = (1..4).fold(stage.worker(2, 3), |job, n| job.first(Task::Backup(format!("backup/b{n}"))));
            stage.run_all(&[backups, stage.worker(3, 12)]);
        }),
        scene("older state accepted", 250, elsewhere.clone(), move |stage| {
            backup(stage);
            std::fs::copy(stage.job.root.join("backup/b"), stage.job.database()).unwrap();
            stage.run(&stage.worker(3, 6).first(Task::AcceptOlder));
        }),
        scene("backup restored", 250, elsewhere, move |stage| {
            backup(stage);
            stage.run(&stage.worker(3, 6).first(Task::Restore("backup/b".to_owned())));
        }),
    ];
    scenes[0].after = &drill;
    scenes[1].open = &accept;
    scenes[2].open = &accept;
    scenes
}

/// A backup that was acknowledged can be relied on; another one is whole or refused.
fn drill(job: &Job, facts: &Facts, tally: &mut Tally) {
    for n in 1..4 {
        let name = format!("backup/b{n}");
        let outcome = SqliteStock::drill(&job.root.join(&name), &job.root.join("drill"), None, None);
        match outcome {
            Ok(drill) if drill.holds() => {}
            Ok(drill) => tally.wrong(format!("{name}: {drill:?}")),
            Err(error) if facts.backups.contains(&name) => tally.lost(format!("{name}: {error}")),
            Err(_) => {}
        }
    }
}

/// Whoever went back goes on the same way after the crash, as long as nobody was told that it is done.
fn accept(job: &Job, facts: &Facts) -> Result<Option<SqliteStock>> {
    let by = By::two("张三", "李四");
    let mut opened = SqliteStock::open(&job.options());
    if let Err(error) = &opened
        && !facts.accepted
    {
        if error.is(Code::StockAbsent) {
            SqliteStock::restore(&job.root.join("backup/b"), &job.options(), &[], "磁盘损坏", by)?;
        } else if error.is(Code::OlderState) || error.is(Code::OtherGeneration) {
            SqliteStock::accept_older(&job.options(), &[], "磁盘损坏", by)?;
        }
        opened = SqliteStock::open(&job.options());
    }
    opened.map(Some)
}

#[test]
fn power() {
    if fault::role().is_some() {
        return;
    }
    let mut proof = Proof::of("power");
    let Some(shim) = Shim::get() else { return proof::skip("power loss: no Linux or no cc") };
    let scenes: Vec<Scene> =
        [at_work(), with_backups(), killed_before(), opened_after_failed_sync(), sync_failed_before()]
            .into_iter()
            .flatten()
            .collect();
    let only = std::env::var("CZEI_SCENE").ok();
    let todo = scenes.iter().filter(|scene| only.as_ref().is_none_or(|only| scene.name.contains(only)));
    let todo: Mutex<Vec<&Scene>> = Mutex::new(todo.collect::<Vec<_>>().into_iter().rev().collect());
    let tally = Mutex::new(Tally::default());
    let next = || todo.lock().unwrap().pop();
    let play = || {
        while let Some(scene) = next() {
            let since = std::time::Instant::now();
            let mut experiment = Experiment::new(&scene.name, count(scene.states, scene.states * 20), 0x5EED);
            experiment.job = scene.job.clone();
            (experiment.open, experiment.after) = (scene.open, scene.after);
            let found = experiment.run(shim, &scene.play);
            if proof::form() == proof::Form::Long || only.is_some() {
                proof::say(&format!("  {}: {found:?} in {:.1} s", scene.name, since.elapsed().as_secs_f32()));
            }
            tally.lock().unwrap().add(found);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(play);
        play();
    });
    proof.tally = tally.into_inner().unwrap();
    proof.end();
}
