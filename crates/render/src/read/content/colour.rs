//! Fill colours as sRGB, as far as they can be told without colour management.

use super::super::file::PdfFile;
use super::super::object::{Dictionary, Object};
use super::matrix::{byte, cmyk};
use crate::page::Colour;

/// The colour space of the fill colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Gray,
    Rgb,
    Cmyk,
    Other,
}

impl Space {
    /// By its name, or the name under which the resources have it.
    pub(super) fn named(file: &PdfFile<'_>, resources: Option<&Dictionary>, name: &[u8]) -> Space {
        match name {
            b"DeviceGray" | b"G" => Space::Gray,
            b"DeviceRGB" | b"RGB" => Space::Rgb,
            b"DeviceCMYK" | b"CMYK" => Space::Cmyk,
            name => {
                let spaces = resources.and_then(|resources| file.dictionary(resources, "ColorSpace").ok().flatten());
                let space = spaces.and_then(|spaces| file.value(spaces, name).ok().flatten());
                space.map_or(Space::Other, |space| Space::of(file, space))
            }
        }
    }

    fn of(file: &PdfFile<'_>, space: &Object) -> Space {
        match space {
            Object::Name(name) => match name.as_slice() {
                b"DeviceGray" => Space::Gray,
                b"DeviceRGB" => Space::Rgb,
                b"DeviceCMYK" => Space::Cmyk,
                _ => Space::Other,
            },
            Object::Array(parts) => match parts.first().and_then(Object::name) {
                Some(b"CalGray") => Space::Gray,
                Some(b"CalRGB") => Space::Rgb,
                Some(b"ICCBased") => {
                    let profile = parts.get(1).and_then(|profile| file.resolve(profile).ok());
                    match profile
                        .and_then(Object::dictionary)
                        .and_then(|profile| file.value(profile, "N").ok().flatten())
                        .and_then(Object::integer)
                    {
                        Some(1) => Space::Gray,
                        Some(3) => Space::Rgb,
                        Some(4) => Space::Cmyk,
                        _ => Space::Other,
                    }
                }
                _ => Space::Other,
            },
            _ => Space::Other,
        }
    }

    /// The colour of these components; `None` when they do not fit the space.
    pub(super) fn colour(self, components: &[f64]) -> Option<Colour> {
        match (self, components) {
            (Space::Gray, &[gray]) => Some(Colour(byte(gray), byte(gray), byte(gray))),
            (Space::Rgb, &[red, green, blue]) => Some(Colour(byte(red), byte(green), byte(blue))),
            (Space::Cmyk, &[c, m, y, k]) => {
                let [red, green, blue] = cmyk([c, m, y, k]);
                Some(Colour(red, green, blue))
            }
            _ => None,
        }
    }
}

/// Whether a colour cannot be told from paper.
pub(super) fn is_white(colour: Colour) -> bool {
    let Colour(red, green, blue) = colour;
    red.min(green).min(blue) >= 240
}
