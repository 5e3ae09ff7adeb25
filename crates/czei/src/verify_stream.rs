//! Many receipts in order, on all processors, in constant memory.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use chrono::{DateTime, Utc};
use czei_core::{Report, Verifier};

/// The most receipts of one parcel: signatures are checked a parcel at a time.
const PARCEL_RECEIPTS: usize = 32;

/// A parcel is handed over once it has this many bytes, so that large files go alone.
const PARCEL_BYTES: usize = 256 << 10;

/// Parcels under way for each thread: one at work, one waiting.
const PARCELS_A_THREAD: usize = 2;

/// The most threads, whatever is asked for.
const MAX_THREADS: usize = 256;

/// The reports of [`Verifier::verify_stream`](crate::Verifier::verify_stream), in the order of the
/// items. Dropping it ends its threads.
pub struct VerifyStream<K, I> {
    items: I,
    verifier: Arc<Verifier>,
    now: DateTime<Utc>,
    /// `None` once the stream ends; closing it ends the threads.
    work: Option<SyncSender<Parcel>>,
    threads: Vec<JoinHandle<()>>,
    under_way: VecDeque<Answer<K>>,
    ready: VecDeque<(K, Report)>,
}

/// Receipts on their way to a thread.
struct Parcel {
    receipts: Vec<Vec<u8>>,
    answer: SyncSender<Vec<Report>>,
}

/// The keys of a parcel, and where its reports will come from.
struct Answer<K> {
    keys: Vec<K>,
    reports: Receiver<Vec<Report>>,
}

impl<K, I: Iterator<Item = (K, Vec<u8>)>> VerifyStream<K, I> {
    pub(crate) fn new(verifier: Arc<Verifier>, items: I, threads: usize, now: DateTime<Utc>) -> Self {
        let wanted = match threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let (work, parcels) = sync_channel(MAX_THREADS * PARCELS_A_THREAD);
        let parcels = Arc::new(Mutex::new(parcels));
        let threads: Vec<_> = (0..wanted.min(MAX_THREADS))
            .map_while(|index| {
                let (verifier, parcels) = (Arc::clone(&verifier), Arc::clone(&parcels));
                // Where the system gives no further thread, those that there are do the work.
                thread::Builder::new()
                    .name(format!("czei-verify-{index}"))
                    .spawn(move || serve(&verifier, &parcels, now))
                    .ok()
            })
            .collect();
        let work = if threads.is_empty() { None } else { Some(work) };
        VerifyStream { items, verifier, now, work, threads, under_way: VecDeque::new(), ready: VecDeque::new() }
    }

    /// Draws items until enough parcels are under way or there are no more.
    fn send(&mut self) {
        while self.under_way.len() < self.threads.len() * PARCELS_A_THREAD {
            let Some((keys, receipts)) = self.draw() else { return };
            let (answer, reports) = sync_channel(1);
            let sent = self.work.as_ref().map(|work| work.send(Parcel { receipts, answer }));
            debug_assert!(matches!(sent, Some(Ok(()))), "the threads live as long as the stream");
            self.under_way.push_back(Answer { keys, reports });
        }
    }

    fn draw(&mut self) -> Option<(Vec<K>, Vec<Vec<u8>>)> {
        let (mut keys, mut receipts, mut bytes) = (Vec::new(), Vec::new(), 0);
        while receipts.len() < PARCEL_RECEIPTS && bytes < PARCEL_BYTES {
            let Some((key, receipt)) = self.items.next() else { break };
            bytes += receipt.len();
            keys.push(key);
            receipts.push(receipt);
        }
        (!keys.is_empty()).then_some((keys, receipts))
    }
}

impl<K, I: Iterator<Item = (K, Vec<u8>)>> Iterator for VerifyStream<K, I> {
    type Item = (K, Report);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(ready) = self.ready.pop_front() {
            return Some(ready);
        }
        if self.threads.is_empty() {
            let (key, receipt) = self.items.next()?;
            return Some((key, self.verifier.verify(&receipt, self.now)));
        }
        self.send();
        let Answer { keys, reports } = self.under_way.pop_front()?;
        match reports.recv() {
            Ok(reports) => self.ready.extend(keys.into_iter().zip(reports)),
            // Only a panic in a thread leads here: going on would leave receipts out of the answer.
            Err(_) => panic!("a verifying thread ended before its work was done"),
        }
        self.ready.pop_front()
    }
}

impl<K, I> Drop for VerifyStream<K, I> {
    fn drop(&mut self) {
        self.work = None;
        for thread in self.threads.drain(..) {
            // Its panic was reported where its answer was awaited.
            let _ = thread.join();
        }
    }
}

/// One thread: parcels until the stream ends.
fn serve(verifier: &Verifier, parcels: &Mutex<Receiver<Parcel>>, now: DateTime<Utc>) {
    loop {
        // The lock is held while waiting: the next thread waits for the lock instead.
        let parcel = parcels.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Parcel { receipts, answer }) = parcel else { return };
        let documents: Vec<&[u8]> = receipts.iter().map(Vec::as_slice).collect();
        // Nobody waits any more when the stream was dropped: the next parcel is the last or none.
        let _ = answer.send(verifier.verify_many(&documents, now));
    }
}
