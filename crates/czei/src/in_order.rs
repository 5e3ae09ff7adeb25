//! Work on many documents on all processors, in constant memory; the answers come in the order of the questions.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// The most documents of one parcel: signatures are checked a parcel at a time.
const PARCEL_DOCUMENTS: usize = 32;

/// A parcel is handed over once it has this many bytes, so that large documents go alone.
const PARCEL_BYTES: usize = 256 << 10;

/// Parcels under way for each thread: one at work, one waiting.
const PARCELS_A_THREAD: usize = 2;

/// The most threads, whatever is asked for.
const MAX_THREADS: usize = 256;

/// What is done with the documents of a parcel; as many answers, in their order.
pub(crate) type Work<A> = dyn Fn(&[Vec<u8>]) -> Vec<A> + Send + Sync;

/// Answers to many documents, each with its key, in the order of the documents: what
/// [`Verifier::verify_stream`](crate::Verifier::verify_stream),
/// [`Verifier::receipt_stream`](crate::Verifier::receipt_stream) and
/// [`Renderer::render_stream`](crate::Renderer::render_stream) give.
///
/// Documents are drawn from `I` on the thread that asks for answers, a little ahead. Dropping it ends its threads.
pub struct InOrder<K, I, A> {
    items: I,
    work: Arc<Work<A>>,
    /// The most documents of one parcel here.
    parcel: usize,
    /// `None` once the stream ends; closing it ends the threads.
    parcels: Option<SyncSender<Parcel<A>>>,
    threads: Vec<JoinHandle<()>>,
    under_way: VecDeque<Answer<K, A>>,
    ready: VecDeque<(K, A)>,
}

/// Documents on their way to a thread.
struct Parcel<A> {
    documents: Vec<Vec<u8>>,
    answer: SyncSender<Vec<A>>,
}

/// The keys of a parcel, and where its answers will come from.
struct Answer<K, A> {
    keys: Vec<K>,
    answers: Receiver<Vec<A>>,
}

impl<K, I, A> InOrder<K, I, A>
where
    I: Iterator<Item = (K, Vec<u8>)>,
    A: Send + 'static,
{
    /// 0 threads means one for each processor; `parcel` is bounded by 1 and [`PARCEL_DOCUMENTS`].
    pub(crate) fn new(items: I, threads: usize, parcel: usize, work: Arc<Work<A>>) -> Self {
        let wanted = match threads {
            0 => thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let (sender, receiver) = sync_channel(MAX_THREADS * PARCELS_A_THREAD);
        let receiver = Arc::new(Mutex::new(receiver));
        let threads: Vec<_> = (0..wanted.min(MAX_THREADS))
            .map_while(|index| {
                let (work, receiver) = (Arc::clone(&work), Arc::clone(&receiver));
                // Where the system gives no further thread, those that there are do the work.
                thread::Builder::new().name(format!("czei-{index}")).spawn(move || serve(&*work, &receiver)).ok()
            })
            .collect();
        let parcels = if threads.is_empty() { None } else { Some(sender) };
        let parcel = parcel.clamp(1, PARCEL_DOCUMENTS);
        InOrder { items, work, parcel, parcels, threads, under_way: VecDeque::new(), ready: VecDeque::new() }
    }

    /// Draws items until enough parcels are under way or there are no more.
    fn send(&mut self) {
        while self.under_way.len() < self.threads.len() * PARCELS_A_THREAD {
            let Some((keys, documents)) = self.draw() else { return };
            let (answer, answers) = sync_channel(1);
            let sent = self.parcels.as_ref().map(|parcels| parcels.send(Parcel { documents, answer }));
            debug_assert!(matches!(sent, Some(Ok(()))), "the threads live as long as the stream");
            self.under_way.push_back(Answer { keys, answers });
        }
    }

    fn draw(&mut self) -> Option<(Vec<K>, Vec<Vec<u8>>)> {
        let (mut keys, mut documents, mut bytes) = (Vec::new(), Vec::new(), 0);
        while documents.len() < self.parcel && bytes < PARCEL_BYTES {
            let Some((key, document)) = self.items.next() else { break };
            bytes += document.len();
            keys.push(key);
            documents.push(document);
        }
        (!keys.is_empty()).then_some((keys, documents))
    }
}

impl<K, I, A> Iterator for InOrder<K, I, A>
where
    I: Iterator<Item = (K, Vec<u8>)>,
    A: Send + 'static,
{
    type Item = (K, A);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(ready) = self.ready.pop_front() {
            return Some(ready);
        }
        if self.threads.is_empty() {
            let (key, document) = self.items.next()?;
            return (self.work)(&[document]).pop().map(|answer| (key, answer));
        }
        self.send();
        let Answer { keys, answers } = self.under_way.pop_front()?;
        match answers.recv() {
            Ok(answers) => self.ready.extend(keys.into_iter().zip(answers)),
            // Only a panic in a thread leads here: going on would leave documents out of the answer.
            Err(_) => panic!("a thread ended before its work was done"),
        }
        self.ready.pop_front()
    }
}

impl<K, I, A> Drop for InOrder<K, I, A> {
    fn drop(&mut self) {
        self.parcels = None;
        for thread in self.threads.drain(..) {
            // Its panic was reported where its answer was awaited.
            let _ = thread.join();
        }
    }
}

/// One thread: parcels until the stream ends.
fn serve<A>(work: &Work<A>, parcels: &Mutex<Receiver<Parcel<A>>>) {
    loop {
        // The lock is held while waiting: the next thread waits for the lock instead.
        let parcel = parcels.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Parcel { documents, answer }) = parcel else { return };
        // Nobody waits any more when the stream was dropped: the next parcel is the last or none.
        let _ = answer.send(work(&documents));
    }
}
