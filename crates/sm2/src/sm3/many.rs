//! Several messages at once: each lane takes the next message as soon as its own is done.

use core::ops::Range;
use core::slice;

use zeroize::Zeroizing;

use super::compress::{BLOCK, START, State, compress};
use crate::lanes::Path;

/// The words A to H of N streams: `columns[0][lane]` is A of one of them.
pub(crate) type Columns<const N: usize> = [[u32; N]; 8];

/// The compression function for N streams at once.
pub(crate) trait Kernel<const N: usize>: Copy {
    /// Takes in as many blocks of each stream as the shortest has.
    fn compress(self, states: &mut Columns<N>, blocks: &[&[[u8; BLOCK]]; N]);
}

/// One message: a head, then parts that may be cut anywhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) head: &'a [u8],
    pub(crate) parts: &'a [&'a [u8]],
}

/// Up to so many streams are faster one after the other than together.
const FEW: usize = 2;

/// The digest of each message, in their order. Messages are not secret: buffers are not zeroed.
pub(crate) fn digest_jobs<'a>(path: Path, count: usize, job: impl Fn(usize) -> Job<'a>) -> Vec<[u8; 32]> {
    #[cfg(target_arch = "x86_64")]
    if count > FEW {
        if path >= Path::Avx512
            && let Some(kernel) = super::avx512::Avx512::detect()
        {
            return digest_lanes(kernel, count, job);
        }
        if path >= Path::Avx2
            && let Some(kernel) = super::avx2::Avx2::detect()
        {
            return digest_lanes(kernel, count, job);
        }
    }
    let _ = path; // Elsewhere there is one way only.
    (0..count).map(|index| digest_alone(Stream::new(index, job(index)), START)).collect()
}

#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
fn digest_lanes<'a, K: Kernel<N>, const N: usize>(
    kernel: K,
    count: usize,
    job: impl Fn(usize) -> Job<'a>,
) -> Vec<[u8; 32]> {
    let mut digests = vec![[0; 32]; count];
    // The longest first: the lanes then run empty at about the same time.
    let mut order: Vec<(u64, usize)> = (0..count).map(|index| (job(index).blocks(), index)).collect();
    order.sort_by_key(|(blocks, _)| core::cmp::Reverse(*blocks));
    let mut waiting = order.into_iter().map(|(_, index)| Stream::new(index, job(index)));

    let mut columns: Columns<N> = START.map(|word| [word; N]);
    let mut streams: [Option<Stream<'_>>; N] = core::array::from_fn(|_| waiting.next());
    loop {
        let mut running = streams.iter().flatten();
        let Some(first) = running.next() else { break };
        if running.count() < FEW {
            break;
        }
        // A lane without a message repeats another's blocks; what it gives is never looked at.
        let blocks = streams.each_ref().map(|stream| stream.as_ref().unwrap_or(first).blocks());
        let common = blocks.iter().map(|blocks| blocks.len()).min().unwrap_or(0);
        kernel.compress(&mut columns, &blocks);
        for (lane, slot) in streams.iter_mut().enumerate() {
            let Some(stream) = slot else { continue };
            if !stream.advance(common) {
                digests[stream.index] = bytes_of(&column(&columns, lane));
                *slot = waiting.next();
                set_column(&mut columns, lane, &START);
            }
        }
    }
    for (lane, stream) in streams.into_iter().enumerate() {
        if let Some(stream) = stream {
            let index = stream.index;
            digests[index] = digest_alone(stream, column(&columns, lane));
        }
    }
    digests
}

fn digest_alone(mut stream: Stream<'_>, mut state: State) -> [u8; 32] {
    loop {
        let blocks = stream.blocks();
        compress(&mut state, blocks);
        if !stream.advance(blocks.len()) {
            return bytes_of(&state);
        }
    }
}

impl Job<'_> {
    /// How many blocks the message has, padding included.
    fn blocks(&self) -> u64 {
        let bytes = self.parts.iter().map(|part| part.len() as u64).sum::<u64>() + self.head.len() as u64;
        (bytes + 9).div_ceil(BLOCK as u64)
    }
}

/// A message on its way: whole blocks are read where they lie, and only those that straddle two
/// parts and the padding are put together in the buffer.
struct Stream<'a> {
    /// Which message it is.
    index: usize,
    /// What is not yet taken from the part at hand.
    rest: &'a [u8],
    parts: slice::Iter<'a, &'a [u8]>,
    /// Bytes taken from parts before the one at hand, and from it when it is left.
    length: u64,
    buffer: [[u8; BLOCK]; 2],
    /// Bytes that wait in the buffer for the rest of their block.
    fill: usize,
    run: Run<'a>,
    padded: bool,
}

/// Blocks that follow one another in memory.
enum Run<'a> {
    Part(&'a [[u8; BLOCK]]),
    Buffer(Range<usize>),
}

impl<'a> Stream<'a> {
    fn new(index: usize, job: Job<'a>) -> Self {
        let mut stream = Stream {
            index,
            rest: job.head,
            parts: job.parts.iter(),
            length: job.head.len() as u64,
            buffer: [[0; BLOCK]; 2],
            fill: 0,
            run: Run::Part(&[]),
            padded: false,
        };
        // Even the empty message has a block, its padding.
        stream.next_run();
        stream
    }

    /// The blocks that come next: at least one until the end.
    fn blocks(&self) -> &[[u8; BLOCK]] {
        match &self.run {
            Run::Part(blocks) => blocks,
            Run::Buffer(range) => &self.buffer[range.clone()],
        }
    }

    /// Leaves blocks behind; false once there are no more.
    fn advance(&mut self, count: usize) -> bool {
        let left = match &mut self.run {
            Run::Part(blocks) => {
                *blocks = &blocks[count..];
                blocks.len()
            }
            Run::Buffer(range) => {
                range.start += count;
                range.len()
            }
        };
        left > 0 || self.next_run()
    }

    fn next_run(&mut self) -> bool {
        if self.padded {
            return false;
        }
        loop {
            if self.fill == 0 {
                let (blocks, rest) = self.rest.as_chunks::<BLOCK>();
                if !blocks.is_empty() {
                    self.rest = rest;
                    self.run = Run::Part(blocks);
                    return true;
                }
            }
            let (taken, rest) = self.rest.split_at(self.rest.len().min(BLOCK - self.fill));
            self.buffer[0][self.fill..self.fill + taken.len()].copy_from_slice(taken);
            self.fill += taken.len();
            self.rest = rest;
            if self.fill == BLOCK {
                self.fill = 0;
                self.run = Run::Buffer(0..1);
                return true;
            }
            let Some(part) = self.parts.next() else { break };
            self.rest = part;
            self.length += part.len() as u64;
        }
        self.padded = true;
        self.run = Run::Buffer(0..pad(&mut self.buffer, self.fill, self.length));
        true
    }
}

/// Pads a message of `length` bytes whose last `fill` bytes, fewer than a block, lie in the buffer
/// (GB/T 32905-2016, 5.2); says how many blocks that makes.
pub(super) fn pad(buffer: &mut [[u8; BLOCK]; 2], fill: usize, length: u64) -> usize {
    let count = if fill < BLOCK - 8 { 1 } else { 2 };
    let bytes = buffer[..count].as_flattened_mut();
    let end = bytes.len() - 8;
    bytes[fill] = 0x80;
    bytes[fill + 1..end].fill(0);
    bytes[end..].copy_from_slice(&(length << 3).to_be_bytes());
    count
}

/// For each pair of halves, which make one block, two messages: the block and a counter, the block
/// and the counter after it; for each the HMAC under a key whose states (inner and outer, the key's
/// block taken in) are given.
///
/// Nothing depends on the bytes but the answer, and all buffers are zeroed; what the kernels spill is
/// the caller's to wipe (`wipe.rs`).
pub(crate) fn macs_of_blocks(
    path: Path,
    keyed: [&State; 2],
    halves: &[(&[u8; 32], &[u8; 32])],
    counter: u32,
) -> Zeroizing<Vec<[[u8; 32]; 2]>> {
    #[cfg(target_arch = "x86_64")]
    if halves.len() > FEW {
        if path >= Path::Avx512
            && let Some(kernel) = super::avx512::Avx512::detect()
        {
            return macs_in_lanes(kernel, keyed, halves, counter);
        }
        if path >= Path::Avx2
            && let Some(kernel) = super::avx2::Avx2::detect()
        {
            return macs_in_lanes(kernel, keyed, halves, counter);
        }
    }
    let _ = path; // Elsewhere there is one way only.
    macs_in_lanes(Alone, keyed, halves, counter)
}

fn macs_in_lanes<K: Kernel<N>, const N: usize>(
    kernel: K,
    [inner, outer]: [&State; 2],
    halves: &[(&[u8; 32], &[u8; 32])],
    counter: u32,
) -> Zeroizing<Vec<[[u8; 32]; 2]>> {
    /// The key, the first block and the counter; the key and the inner digest.
    const LENGTHS: [u64; 2] = [(BLOCK + BLOCK + 4) as u64, (BLOCK + 32) as u64];
    let mut macs = Zeroizing::new(vec![[[0; 32]; 2]; halves.len()]);
    let mut blocks = Zeroizing::new([[0; BLOCK]; N]);
    let mut begun: Zeroizing<Columns<N>> = Zeroizing::new([[0; N]; 8]);
    let mut states: Zeroizing<Columns<N>> = Zeroizing::new([[0; N]; 8]);
    for (halves, macs) in halves.chunks(N).zip(macs.chunks_mut(N)) {
        for (block, (first, second)) in blocks.iter_mut().zip(halves) {
            block[..32].copy_from_slice(*first);
            block[32..].copy_from_slice(*second);
        }
        *begun = inner.map(|word| [word; N]);
        kernel.compress(&mut begun, &blocks.each_ref().map(slice::from_ref));
        for (which, counter) in [counter, counter.wrapping_add(1)].into_iter().enumerate() {
            let mut last = [[0; BLOCK]; 2];
            last[0][..4].copy_from_slice(&counter.to_be_bytes());
            let count = pad(&mut last, 4, LENGTHS[0]);
            *states = *begun;
            kernel.compress(&mut states, &[&last[..count]; N]);
            for (lane, block) in blocks.iter_mut().enumerate() {
                let mut padded = [[0; BLOCK]; 2];
                pad(&mut padded, 32, LENGTHS[1]);
                *block = padded[0];
                write_column(&states, lane, block);
            }
            *states = outer.map(|word| [word; N]);
            kernel.compress(&mut states, &blocks.each_ref().map(slice::from_ref));
            for (lane, macs) in macs.iter_mut().enumerate() {
                write_column(&states, lane, &mut macs[which]);
            }
        }
    }
    macs
}

/// One stream as a kernel of one lane.
#[derive(Clone, Copy)]
struct Alone;

impl Kernel<1> for Alone {
    fn compress(self, states: &mut Columns<1>, [blocks]: &[&[[u8; BLOCK]]; 1]) {
        let mut state = Zeroizing::new(column(states, 0));
        compress(&mut state, blocks);
        set_column(states, 0, &state);
    }
}

fn column<const N: usize>(columns: &Columns<N>, lane: usize) -> State {
    columns.each_ref().map(|words| words[lane])
}

fn set_column<const N: usize>(columns: &mut Columns<N>, lane: usize, state: &State) {
    for (words, word) in columns.iter_mut().zip(state) {
        words[lane] = *word;
    }
}

/// Writes the digest of a lane to the first 32 bytes, leaving no copy elsewhere.
fn write_column<const N: usize>(columns: &Columns<N>, lane: usize, bytes: &mut [u8]) {
    for (bytes, words) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(columns) {
        *bytes = words[lane].to_be_bytes();
    }
}

pub(super) fn bytes_of(state: &State) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (bytes, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    bytes
}
