#![allow(clippy::unwrap_used)]

use png::{BitDepth, Encoder};

use super::*;

/// A PNG file of these samples.
fn file(columns: u32, rows: u32, colour: ColorType, depth: BitDepth, samples: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, columns, rows);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    if colour == ColorType::Indexed {
        encoder.set_palette(vec![0xFF, 0xFF, 0xFF, 0xD7, 0x00, 0x0F]);
        encoder.set_trns(vec![0, 0xFF]);
    }
    encoder.write_header().unwrap().write_image_data(samples).unwrap();
    bytes
}

/// Two pixels, the left one red, the right one transparent green.
fn small() -> Vec<u8> {
    file(2, 1, ColorType::Rgba, BitDepth::Eight, &[0xD7, 0, 0x0F, 0xFF, 0, 0xFF, 0, 0])
}

/// Limits without the least size: the images of most tests have few pixels.
const TINY: ImageLimits = ImageLimits { bytes: 2 << 20, side: 2_000, least_side: 1 };

/// What is read, whatever it looks like.
fn read(png: &[u8]) -> Result<Artwork, Error> {
    let (image, width, height) = unpacked(png, mm(30), &TINY)?;
    Ok(Artwork { width, height, picture: Picture::Image(image) })
}

fn pixels(artwork: &Artwork) -> &Image {
    let Picture::Image(image) = &artwork.picture else { panic!("no image") };
    image
}

fn code(png: &[u8]) -> Code {
    read(png).unwrap_err().code()
}

/// A chunk with its checksum.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut chunk = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    chunk.extend(kind);
    chunk.extend(data);
    let mut crc = !0_u32;
    for byte in &chunk[4..] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
    }
    chunk.extend((!crc).to_be_bytes());
    chunk
}

/// A grey image of these sides whose compressed data is given.
fn built(columns: u32, rows: u32, chunks: &[Vec<u8>]) -> Vec<u8> {
    let header = [columns.to_be_bytes(), rows.to_be_bytes()].concat();
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(chunk(b"IHDR", &[&header[..], &[8, 0, 0, 0, 0]].concat()));
    chunks.iter().for_each(|chunk| bytes.extend(chunk));
    bytes.extend(chunk(b"IEND", &[]));
    bytes
}

fn packed(data: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(data, 9)
}

#[test]
fn colours_and_transparency_apart() {
    let seal = read(&small()).unwrap();
    assert_eq!((seal.width, seal.height, seal.is_opaque()), (30_000, 15_000, false));
    // What lies under a transparent pixel is made white.
    assert_eq!(pixels(&seal).rgb, [0xD7, 0, 0x0F, 0xFF, 0xFF, 0xFF]);
    assert_eq!(pixels(&seal).alpha.as_deref(), Some(&[0xFF, 0][..]));
    assert_eq!((pixels(&seal).columns, pixels(&seal).rows), (2, 1));
}

#[test]
fn every_kind_of_pixel() {
    let red = [0xD7, 0, 0x0F];
    for (colour, depth, samples, rgb, alpha) in [
        (ColorType::Grayscale, BitDepth::One, &[0b0100_0000][..], [[0; 3], [0xFF; 3]], None),
        (ColorType::Grayscale, BitDepth::Eight, &[7, 9], [[7; 3], [9; 3]], None),
        (ColorType::Grayscale, BitDepth::Sixteen, &[7, 200, 9, 3], [[7; 3], [9; 3]], None),
        (ColorType::GrayscaleAlpha, BitDepth::Eight, &[7, 1, 9, 0xFF], [[7; 3], [9; 3]], Some([1, 0xFF])),
        (ColorType::GrayscaleAlpha, BitDepth::Eight, &[7, 0xFF, 9, 0xFF], [[7; 3], [9; 3]], None),
        (ColorType::Rgb, BitDepth::Eight, &[0xD7, 0, 0x0F, 1, 2, 3], [red, [1, 2, 3]], None),
        (ColorType::Rgb, BitDepth::Sixteen, &[0xD7, 9, 0, 9, 0x0F, 9, 1, 9, 2, 9, 3, 9], [red, [1, 2, 3]], None),
        (ColorType::Indexed, BitDepth::Eight, &[1, 0], [red, [0xFF; 3]], Some([0xFF, 0])),
        (ColorType::Indexed, BitDepth::Two, &[0b0100_0000], [red, [0xFF; 3]], Some([0xFF, 0])),
        (ColorType::Rgba, BitDepth::Eight, &[0xD7, 0, 0x0F, 128, 1, 2, 3, 4], [red, [1, 2, 3]], Some([128, 4])),
    ] {
        let seal = read(&file(2, 1, colour, depth, samples)).unwrap();
        assert_eq!(pixels(&seal).rgb, rgb.concat(), "{colour:?} {depth:?}");
        assert_eq!(pixels(&seal).alpha, alpha.map(Vec::from), "{colour:?} {depth:?}");
        assert_eq!(seal.is_opaque(), alpha.is_none(), "{colour:?} {depth:?}");
    }
}

#[test]
fn the_longer_side_is_as_asked() {
    let long =
        |columns, rows| file(columns, rows, ColorType::Grayscale, BitDepth::Eight, &vec![9; (columns * rows) as usize]);
    for (columns, rows, width, height) in [(10, 10, 30_000, 30_000), (1, 3, 10_000, 30_000), (2000, 1, 30_000, 15)] {
        let seal = read(&long(columns, rows)).unwrap();
        assert_eq!((seal.width, seal.height), (width, height));
    }
    for side in [0, -1, mm(5) - 1, mm(100) + 1, Um::MAX, Um::MIN] {
        let error = image(&small(), side, &ImageLimits::default()).unwrap_err();
        assert_eq!(error.code(), Code::SealSize, "{side}");
    }
}

#[test]
fn limits_come_before_memory() {
    // 32768 × 32768 grey pixels are 1 GB; the file has 70 bytes.
    let bomb = built(32_768, 32_768, &[chunk(b"IDAT", &packed(&[0]))]);
    assert!(bomb.len() < 100);
    let error = read(&bomb).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::SealImageLimit, Some("32768 × 32768 pixels")));
    assert_eq!(code(&built(u32::MAX, 1, &[])), Code::SealImageLimit);
    assert_eq!(code(&built(1, 2_001, &[])), Code::SealImageLimit);
    let limits = ImageLimits { bytes: small().len() - 1, ..TINY };
    assert_eq!(image(&small(), UNIT_SEAL_SIDE, &limits).unwrap_err().code(), Code::SealImageLimit);
    let limits = ImageLimits { bytes: small().len(), side: 1, ..TINY };
    assert_eq!(image(&small(), UNIT_SEAL_SIDE, &limits).unwrap_err().code(), Code::SealImageLimit);
    let limits = ImageLimits { bytes: small().len(), side: 2, ..TINY };
    assert!(image(&small(), UNIT_SEAL_SIDE, &limits).is_ok());
}

#[test]
fn what_unpacks_to_more_than_the_image_is_not_kept() {
    // 16 MB of zeros behind the one row of one pixel, in the image data and in a text and a colour profile.
    let zeros = packed(&vec![0; 16 << 20]);
    let image_data = chunk(b"IDAT", &zeros);
    assert_eq!(pixels(&read(&built(1, 1, std::slice::from_ref(&image_data))).unwrap()).rgb, [0, 0, 0]);
    let text = chunk(b"zTXt", &[b"Comment\0\0", &zeros[..]].concat());
    let profile = chunk(b"iCCP", &[b"profile\0\0", &zeros[..]].concat());
    let seal = read(&built(1, 1, &[profile, text, chunk(b"IDAT", &packed(&[0, 200]))])).unwrap();
    assert_eq!(pixels(&seal).rgb, [200, 200, 200]);
}

#[test]
fn files_that_are_none() {
    for bytes in [&b""[..], b"GIF89a", b"\xFF\xD8\xFF\xE0\0\x10JFIF", b"\x89PNG", b"\x89PNG\n\x1a\n", b"<svg/>"] {
        assert_eq!(code(bytes), Code::SealImageFormat);
    }
    assert_eq!(read(b"GIF89a").unwrap_err().found_text(), Some("474946383961"));
}

#[test]
fn damaged_files() {
    let whole = small();
    for length in 8..whole.len() {
        assert_eq!(code(&whole[..length]), Code::SealImageDamaged, "{length}");
    }
    // Each byte behind the signature counts: lengths, names, data and checksums.
    for index in 8..whole.len() {
        for bit in [0x01, 0x20, 0x80] {
            let mut bytes = whole.clone();
            bytes[index] ^= bit;
            assert!(read(&bytes).is_err(), "{index} {bit}");
        }
    }
    let data = || chunk(b"IDAT", &packed(&[0, 200]));
    for (chunks, what) in [
        (vec![], "no image data"),
        (vec![chunk(b"IDAT", &packed(&[0]))], "a row too short"),
        (vec![chunk(b"IDAT", &packed(&[9, 200]))], "an unknown filter"),
        (vec![chunk(b"IDAT", b"not zlib")], "no zlib"),
        (vec![chunk(b"IHDR", &[0, 0, 0, 9, 0, 0, 0, 9, 8, 0, 0, 0, 0]), data()], "two headers"),
        (vec![chunk(b"XXXX", &[]), data()], "a critical chunk of no one"),
    ] {
        assert_eq!(code(&built(1, 1, &chunks)), Code::SealImageDamaged, "{what}");
    }
    for (columns, rows) in [(0, 1), (1, 0), (0, 0)] {
        assert_eq!(code(&built(columns, rows, &[data()])), Code::SealImageDamaged);
    }
    let mut without_header = b"\x89PNG\r\n\x1a\n".to_vec();
    without_header.extend(chunk(b"IEND", &[]));
    assert_eq!(code(&without_header), Code::SealImageDamaged);
    assert!(read(&built(1, 1, &[data()])).is_ok());
}

#[test]
fn animations_and_what_hangs_behind() {
    let data = chunk(b"IDAT", &packed(&[0, 200]));
    let animation = chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
    assert_eq!(code(&built(1, 1, &[animation, data.clone()])), Code::SealImageAnimated);
    assert_eq!(code(&built(1, 1, &[data.clone(), chunk(b"fdAT", &[])])), Code::SealImageAnimated);
    let mut trailing = built(1, 1, &[data]);
    trailing.extend(b"PK\x03\x04");
    let error = read(&trailing).unwrap_err();
    assert_eq!((error.code(), error.found_text()), (Code::SealImageTrailing, Some("4 bytes")));
}

#[test]
fn an_image_that_nobody_sees() {
    let samples = [0xD7, 0, 0x0F, 0].repeat(64 * 64);
    let png = file(64, 64, ColorType::Rgba, BitDepth::Eight, &samples);
    let error = image(&png, UNIT_SEAL_SIDE, &ImageLimits::default()).unwrap_err();
    assert_eq!(error.code(), Code::SealImageBlank);
}

#[test]
fn an_image_of_too_few_pixels() {
    let red = |columns, rows| {
        let samples = [0xD7, 0, 0x0F].repeat((columns * rows) as usize);
        let png = file(columns, rows, ColorType::Rgb, BitDepth::Eight, &samples);
        image(&png, UNIT_SEAL_SIDE, &ImageLimits::default())
    };
    assert!(red(64, 64).is_ok());
    for (columns, rows) in [(1, 1), (63, 64), (64, 63)] {
        let error = red(columns, rows).unwrap_err();
        assert_eq!((error.code(), error.expected_text()), (Code::SealImageSmall, Some("at least 64 × 64")));
        assert_eq!(error.found_text(), Some(format!("{columns} × {rows} pixels").as_str()));
    }
}

/// 64 × 64 pixels, so many of one kind and the rest of another.
fn mixed(count: usize, pixel: [u8; 4], rest: [u8; 4]) -> Result<Artwork, Error> {
    let samples = [pixel.repeat(count), rest.repeat(64 * 64 - count)].concat();
    let png = file(64, 64, ColorType::Rgba, BitDepth::Eight, &samples);
    image(&png, UNIT_SEAL_SIDE, &ImageLimits::default())
}

#[test]
fn an_image_that_hides_what_lies_beneath() {
    const RED: [u8; 4] = [0xD7, 0, 0x0F, 0xFF];
    const CLEAR: [u8; 4] = [0, 0, 0, 0];
    let all = 64 * 64;
    for (count, pixel, rest, found) in [
        (all, [0, 0, 0, 0xFF], CLEAR, Some("100%")),
        // What lay beneath a transparent ground, as JPEG has it: black around the red.
        (all / 2 + 1, [0, 0, 0, 0xFF], RED, Some("51%")),
        (all / 2, [0, 0, 0, 0xFF], RED, None),
        // Dark and all but opaque, and so clear that it is grey on paper.
        (all, [0x20, 0x20, 0x20, 0xC0], CLEAR, Some("100%")),
        (all, [0, 0, 0, 0x80], CLEAR, Some("100%")),
        (all, [0, 0, 0, 0x7F], CLEAR, None),
        (all, [0x80, 0x80, 0x80, 0xFF], CLEAR, None),
        (all, [0x7F, 0x7F, 0x7F, 0xFF], CLEAR, Some("100%")),
        // Red that covers everything, and white paper: what is darker shows.
        (all, RED, CLEAR, None),
        (all, [0xFF; 4], CLEAR, None),
    ] {
        let read = mixed(count, pixel, rest);
        let error = read.as_ref().err().map(|error| (error.code(), error.found_text()));
        assert_eq!(error, found.map(|found| (Code::SealImageDark, Some(found))), "{count} {pixel:?} {rest:?}");
    }
    // In 16 bits, of which the higher ones count.
    let png = file(64, 64, ColorType::Grayscale, BitDepth::Sixteen, &[0, 0xFF].repeat(all));
    let error = image(&png, UNIT_SEAL_SIDE, &ImageLimits::default()).unwrap_err();
    assert_eq!((error.code(), error.expected_text()), (Code::SealImageDark, Some("at most 50%")));
}
