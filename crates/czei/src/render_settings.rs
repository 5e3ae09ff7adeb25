//! The settings of printed receipts: fonts, templates, codes and seals, as TOML.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use czei_codes::Code as _;
use czei_render::RenderSettings;
use czei_render::artwork::Artwork;
use czei_render::font::FontSet;
use czei_render::length::mm;
use czei_render::qr::{QrPattern, QrText};
use czei_render::seal::{self, ImageLimits};
use czei_render::template::Template;
use serde::Deserialize;

use crate::files::shown;
use crate::settings::{self, At, Files};
use crate::{Code, Error, Result, tables};

/// The most bytes of a font file: collections of all CJK languages have 20 to 30 million.
const MAX_FONT: usize = 64 << 20;

/// The width at which a unit's seal stands where none is given: that of a seal for financial matters (财务专用章).
const SEAL_WIDTH_MM: u32 = 38;

/// The width of the oval of supervision (财政部 制).
const SUPERVISION_WIDTH_MM: u32 = 30;

/// The widest seal: the built-in templates have no room for more, and would draw it smaller.
const MAX_SEAL_WIDTH_MM: u32 = 42;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RenderToml {
    v: u32,
    #[serde(default, deserialize_with = "tables::one")]
    fonts: FontsToml,
    #[serde(default, deserialize_with = "tables::one")]
    layout: LayoutToml,
    #[serde(default, deserialize_with = "tables::one")]
    qr: QrToml,
    #[serde(default, deserialize_with = "tables::one")]
    seal: SealToml,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FontsToml {
    bundled: bool,
    files: Vec<String>,
    system: bool,
}

impl Default for FontsToml {
    fn default() -> Self {
        FontsToml { bundled: true, files: Vec::new(), system: false }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LayoutToml {
    templates: Vec<String>,
    identity_numbers: Option<String>,
    parameters: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct QrToml {
    receipt: Option<String>,
    notice: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SealToml {
    #[serde(deserialize_with = "tables::list")]
    unit: Vec<UnitSealToml>,
    #[serde(deserialize_with = "tables::list")]
    supervision: Vec<SupervisionSealToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitSealToml {
    code: String,
    image: String,
    width_mm: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SupervisionSealToml {
    area: Vec<String>,
    image: String,
}

/// What the file says, and whether fonts of the system may be searched.
pub(crate) struct Loaded {
    pub(crate) settings: RenderSettings,
    pub(crate) system_fonts: bool,
}

pub(crate) fn load(path: &Path, files: &dyn Files) -> Result<Loaded> {
    let (folder, name) = settings::folder_and_name(path);
    let toml: RenderToml = settings::parse_toml(&files.read(path)?, &name)?;
    let at = At::file(&name);
    settings::check_version(toml.v, &at)?;
    let mut fonts = if toml.fonts.bundled { bundled(&at)? } else { FontSet::new() };
    for (index, file) in toml.fonts.files.iter().enumerate() {
        fonts = font_file(fonts, &folder, file, files).map_err(|error| at_key(error, &at, "fonts.files", index))?;
    }
    if fonts.faces().next().is_none() {
        return Err(at.key("fonts").error(Code::SettingValue.fault().expected("1 or more fonts").found("0")));
    }
    let mut settings = RenderSettings::new(fonts);
    layout(&mut settings, toml.layout, &at.key("layout"), &folder, files)?;
    qr(&mut settings, &toml.qr, &at.key("qr"))?;
    seals(&mut settings, &toml.seal, &at.key("seal"), &folder, files)?;
    Ok(Loaded { settings, system_fonts: toml.fonts.system })
}

#[cfg(feature = "bundled-font")]
fn bundled(_: &At<'_>) -> Result<FontSet> {
    Ok(FontSet::bundled())
}

#[cfg(not(feature = "bundled-font"))]
fn bundled(at: &At<'_>) -> Result<FontSet> {
    let fault = Code::SettingValue.fault().expected("`false`: this build has no bundled font").found("`true`");
    Err(at.key("fonts.bundled").error(fault))
}

/// A font file after those that there are; `#2` behind the path names a face of a collection.
pub(crate) fn font_file(fonts: FontSet, folder: &Path, file: &str, files: &dyn Files) -> Result<FontSet> {
    let (path, face) = match file.rsplit_once('#') {
        Some((path, face)) if face.bytes().all(|byte| byte.is_ascii_digit()) => match face.parse() {
            Ok(face) => (path, face),
            Err(_) => {
                return Err(Code::SettingValue
                    .fault()
                    .expected("a face of the collection")
                    .found(format!("`{file}`"))
                    .into());
            }
        },
        _ => (file, 0),
    };
    let path = folder.join(path);
    let bytes = files.read_large(&path, MAX_FONT)?;
    let name = shown(&path);
    fonts.with_face(&name, bytes.into(), face).map_err(|fault| Error::from(fault).in_file(name))
}

fn at_key(error: Error, at: &At<'_>, key: &str, index: usize) -> Error {
    // A place within the named file says more than the key that names it.
    if error.place().file.is_some() { error } else { at.key(key).index(index).error(error) }
}

fn layout(
    settings: &mut RenderSettings,
    layout: LayoutToml,
    at: &At<'_>,
    folder: &Path,
    files: &dyn Files,
) -> Result<()> {
    for (index, pattern) in layout.templates.iter().enumerate() {
        let at = at.key(&format!("templates[{index}]"));
        for path in settings::matching_files(folder, pattern, &at, files)? {
            add_template(settings, &path, files)?;
        }
    }
    settings.show_identity_numbers = match layout.identity_numbers.as_deref() {
        None => false,
        Some(name) => at.key("identity_numbers").one_of(name, &[("masked", false), ("shown", true)])?,
    };
    for name in layout.parameters.keys() {
        // One that no template asks for would be passed over without a word.
        let known: BTreeSet<_> = settings.templates.all().flat_map(Template::parameters).collect();
        if !known.contains(name.as_str()) {
            let fault = Code::SettingValue.fault().expected(settings::in_accents(known)).found(format!("`{name}`"));
            return Err(at.key("parameters").error(fault));
        }
    }
    settings.parameters = layout.parameters;
    Ok(())
}

/// A template file, before those that there are.
pub(crate) fn add_template(settings: &mut RenderSettings, path: &Path, files: &dyn Files) -> Result<()> {
    let bytes = files.read(path)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Error::from(Code::TomlSyntax.fault().in_file(shown(path)).found("bytes that are not UTF-8")))?;
    // Other templates extend it by the name of its file.
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let added = settings.templates.add(&name, text);
    added.map(drop).map_err(|fault| Error::from(fault).in_file(shown(path)))
}

fn qr(settings: &mut RenderSettings, qr: &QrToml, at: &At<'_>) -> Result<()> {
    if let Some(pattern) = &qr.receipt {
        let pattern = QrPattern::receipt(pattern).map_err(|fault| at.key("receipt").error(fault))?;
        settings.receipt_qr = QrText::Address(pattern);
    }
    if let Some(pattern) = &qr.notice {
        let pattern = QrPattern::payment(pattern).map_err(|fault| at.key("notice").error(fault))?;
        settings.payment_qr = Some(pattern);
    }
    Ok(())
}

fn seals(settings: &mut RenderSettings, seal: &SealToml, at: &At<'_>, folder: &Path, files: &dyn Files) -> Result<()> {
    for (index, row) in seal.unit.iter().enumerate() {
        let at = at.key(&format!("unit[{index}]"));
        let width = row.width_mm.unwrap_or(SEAL_WIDTH_MM);
        if !(1..=MAX_SEAL_WIDTH_MM).contains(&width) {
            let fault =
                Code::SettingValue.fault().expected(format!("1 to {MAX_SEAL_WIDTH_MM}")).found(width.to_string());
            return Err(at.key("width_mm").error(fault));
        }
        let artwork = image(&folder.join(&row.image), width, files)?;
        if settings.unit_seals.insert(row.code.clone(), artwork).is_some() {
            return Err(at
                .key("code")
                .error(Code::SettingValue.fault().expected("each unit once").found(format!("`{}`", row.code))));
        }
    }
    for (index, row) in seal.supervision.iter().enumerate() {
        let at = at.key(&format!("supervision[{index}].area"));
        settings::check_areas(&row.area, &at)?;
        let artwork = image(&folder.join(&row.image), SUPERVISION_WIDTH_MM, files)?;
        for area in &row.area {
            if settings.supervision_seals.insert(area.clone(), Arc::clone(&artwork)).is_some() {
                return Err(at.error(Code::SettingValue.fault().expected("each area once").found(format!("`{area}`"))));
            }
        }
    }
    Ok(())
}

/// A seal from a PNG file at a width in millimetres.
fn image(path: &Path, width: u32, files: &dyn Files) -> Result<Arc<Artwork>> {
    let bytes = files.read(path)?;
    let in_file = |fault: czei_render::Error| Error::from(fault).in_file(shown(path));
    // At most 42.
    let width = mm(width as i32);
    seal::image(&bytes, width, &ImageLimits::default()).map(Arc::new).map_err(in_file)
}
