//! Compression of streams: the same bytes from the same input on every processor.

/// zlib's balance of speed and size; the writer's figures rest on it.
const LEVEL: u8 = 6;

/// For what is compressed once and written many times.
const BEST: u8 = 9;

/// For font programs: higher levels take twice as long and gain nothing.
const QUICK: u8 = 1;

/// The input as a zlib stream (RFC 1950), for `FlateDecode`.
pub(crate) fn zlib(input: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(input, LEVEL)
}

/// The input as the smallest zlib stream there is at hand, at several times the cost.
pub(crate) fn zlib_best(input: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(input, BEST)
}

/// The input as a zlib stream made quickly, for what hardly grows smaller.
pub(crate) fn zlib_quick(input: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(input, QUICK)
}
