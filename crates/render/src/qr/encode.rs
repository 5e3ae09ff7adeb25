//! From a text to the modules of its code.

use czei_codes::Code as _;
use qrcode::{Color, EcLevel, QrCode, Version};

use super::{QrModules, excerpt};
use crate::{Code, Error};

/// The largest version, with 97 modules on each side: a code of 20 mm has modules of 0.2 mm then, as small as an
/// office printer and the camera of a telephone can be trusted with.
const LARGEST: i16 = 20;

/// The longest text of that version at level M, which has digits alone; others are shorter.
const LONGEST: usize = 1_600;

/// The QR code of a text, at error correction level M, in the smallest version that holds it: at least 21 modules a
/// side and at most 97, about 660 characters (GB/T 18284, ISO/IEC 18004). The same text gives the same modules.
///
/// The text is in printable ASCII, which every reader takes as it stands; the characters of addresses beyond it are
/// written with percent signs.
///
/// ```
/// let modules = czei_render::qr::encode("CZ-EI-32,32010125,0013933922,07892e,80.00,20250923")?;
/// assert_eq!(modules.side, 33);
/// # Ok::<(), czei_render::Error>(())
/// ```
///
/// # Errors
/// [`Code::QrLength`] for an empty text and one that is too long, [`Code::QrCharacter`] for other characters.
pub fn encode(text: &str) -> Result<QrModules, Error> {
    if let Some((index, character)) = text.chars().enumerate().find(|(_, character)| !matches!(character, ' '..='~')) {
        let place = czei_codes::Place { column: u32::try_from(index + 1).ok(), ..Default::default() };
        let found = excerpt(character.encode_utf8(&mut [0; 4]));
        return Err(Code::QrCharacter.fault().at(place).found(found).expected("printable ASCII"));
    }
    if text.is_empty() || text.len() > LONGEST {
        return Err(length(text));
    }
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| length(text))?;
    if !matches!(code.version(), Version::Normal(1..=LARGEST)) {
        return Err(length(text));
    }
    let side = code.width();
    let dark = code.into_colors().into_iter().map(|colour| colour == Color::Dark).collect();
    Ok(QrModules { side, dark })
}

fn length(text: &str) -> Error {
    let expected = format!("1 to about 660 characters, {} modules a side", 17 + 4 * LARGEST);
    Code::QrLength.fault().found(format!("{} characters", text.len())).expected(expected)
}

#[cfg(test)]
mod tests;
