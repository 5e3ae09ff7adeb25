//! Templates, QR codes and seals of anybody: no input panics; what is refused has a place.
#![no_main]

use czei_render::qr;
use czei_render::seal::{self, ImageLimits, UNIT_SEAL_SIDE};
use czei_render::template::Template;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = seal::image(bytes, UNIT_SEAL_SIDE, &ImageLimits { side: 256, ..ImageLimits::default() });
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = qr::read(text, None);
    let _ = Template::parse("fuzz", text);
});
