//! The output intent's profile: sRGB (IEC 61966-2-1) as an ICC profile of matrix and curve, made from its numbers.
//!
//! Primaries (0.64, 0.33), (0.30, 0.60), (0.15, 0.06) and white (0.3127, 0.3290), adapted to D50 by the linear
//! Bradford transform (ICC.1:2004-10, Annex E) and rounded to 1/65536 so that each row adds up to D50 itself: white
//! stays white. The curve is that of the standard, as a parametric curve of type 3.

/// D50 as the profile connection space has it (ICC.1:2004-10, 7.2.16).
const D50: [u32; 3] = [0xF6D6, 0x1_0000, 0xD32D];

/// The colorants: X, Y and Z of red, green and blue.
const RED: [u32; 3] = [0x6FA0, 0x38F5, 0x0390];
const GREEN: [u32; 3] = [0x6297, 0xB787, 0x18DA];
const BLUE: [u32; 3] = [0x249F, 0x0F84, 0xB6C3];

/// From the standard's white to D50, row by row.
const ADAPTATION: [i32; 9] = [0x10C42, 0x5DE, -0xCDB, 0x793, 0xFD90, -0x45F, -0x25E, 0x3DC, 0xC06E];

/// g, a, b, c, d of `((X·a + b)^g` from d on, `X·c` below): 2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045.
const CURVE: [u32; 5] = [0x2_6666, 0xF2A7, 0x0D59, 0x13D0, 0x0A5B];

/// The whole profile.
pub(super) fn srgb() -> Vec<u8> {
    let tags: [(&[u8; 4], Vec<u8>); 8] = [
        (b"desc", text("sRGB")),
        (b"cprt", text("No copyright, use freely")),
        (b"wtpt", numbers(b"XYZ ", &D50)),
        (b"chad", numbers(b"sf32", &ADAPTATION.map(|value| value as u32))),
        (b"rXYZ", numbers(b"XYZ ", &RED)),
        (b"gXYZ", numbers(b"XYZ ", &GREEN)),
        (b"bXYZ", numbers(b"XYZ ", &BLUE)),
        (b"rTRC", curve()),
    ];
    // Green and blue share the curve of red.
    let count = tags.len() + 2;
    let mut table = (count as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    for (name, bytes) in &tags {
        let offset = 128 + 4 + 12 * count + data.len();
        let mut row = |name: &[u8]| {
            table.extend_from_slice(name);
            table.extend_from_slice(&(offset as u32).to_be_bytes());
            table.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
        };
        row(*name);
        if *name == b"rTRC" {
            row(b"gTRC");
            row(b"bTRC");
        }
        data.extend_from_slice(bytes);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut profile = header(128 + table.len() + data.len());
    profile.extend_from_slice(&table);
    profile.extend_from_slice(&data);
    profile
}

/// The header of 128 bytes (ICC.1:2004-10, 7.2).
fn header(size: usize) -> Vec<u8> {
    let mut header = (size as u32).to_be_bytes().to_vec();
    header.extend_from_slice(&[0; 4]); // no preferred colour management module
    header.extend_from_slice(&0x0420_0000_u32.to_be_bytes()); // version 4.2
    header.extend_from_slice(b"mntrRGB XYZ ");
    for part in [2026_u16, 1, 1, 0, 0, 0] {
        header.extend_from_slice(&part.to_be_bytes()); // when its numbers were set down; not a clock
    }
    header.extend_from_slice(b"acsp");
    header.resize(64, 0); // no platform, flags, device or attributes
    header.extend_from_slice(&[0; 4]); // perceptual
    for value in D50 {
        header.extend_from_slice(&value.to_be_bytes());
    }
    header.resize(128, 0);
    header
}

/// A list of numbers of 4 bytes under a type.
fn numbers(kind: &[u8; 4], values: &[u32]) -> Vec<u8> {
    let mut bytes = kind.to_vec();
    bytes.extend_from_slice(&[0; 4]);
    for value in values {
        bytes.extend_from_slice(&value.to_be_bytes());
    }
    bytes
}

/// `parametricCurveType` of function type 3.
fn curve() -> Vec<u8> {
    let mut bytes = b"para\0\0\0\0\0\x03\0\0".to_vec();
    for value in CURVE {
        bytes.extend_from_slice(&value.to_be_bytes());
    }
    bytes
}

/// `multiLocalizedUnicodeType` with one English record.
fn text(ascii: &str) -> Vec<u8> {
    let mut bytes = numbers(b"mluc", &[1, 12]);
    bytes.extend_from_slice(b"enUS");
    bytes.extend_from_slice(&((ascii.len() * 2) as u32).to_be_bytes());
    bytes.extend_from_slice(&28_u32.to_be_bytes());
    for unit in ascii.encode_utf16() {
        bytes.extend_from_slice(&unit.to_be_bytes());
    }
    bytes
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn colorants_add_up_to_white() {
        for axis in 0..3 {
            assert_eq!(RED[axis] + GREEN[axis] + BLUE[axis], D50[axis]);
        }
    }

    #[test]
    fn table_points_at_tags_within_the_profile() {
        let profile = srgb();
        let number = |at: usize| u32::from_be_bytes(profile[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!(number(0), profile.len());
        assert_eq!(&profile[36..40], b"acsp");
        assert_eq!(number(128), 10);
        let kinds: Vec<_> = (0..10)
            .map(|row| {
                let (offset, length) = (number(136 + row * 12), number(140 + row * 12));
                assert!(offset % 4 == 0 && offset >= 252 && offset + length <= profile.len());
                (&profile[132 + row * 12..136 + row * 12], &profile[offset..offset + 4])
            })
            .collect();
        assert_eq!(kinds[0], (&b"desc"[..], &b"mluc"[..]));
        assert_eq!(kinds[9], (&b"bTRC"[..], &b"para"[..]));
    }
}
