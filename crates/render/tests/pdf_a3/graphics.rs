//! Clauses 6.2 but for fonts: what is painted, and in which colours.

use lopdf::{Dictionary, Object, dictionary};

use crate::content::{Contents, contents, with_operators};
use crate::subject::{Subject, hold, holds, name_of, one, refuses};

/// The operators of ISO 32000-1, annex A.
const OPERATORS: &str = "b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l \
     m M MP n q Q re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \"";

/// The blend modes of ISO 32000-1, tables 136 and 137.
const BLEND_MODES: &str = "Normal Compatible Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn HardLight SoftLight \
     Difference Exclusion Hue Saturation Color Luminosity";

const INTENTS: &str = "RelativeColorimetric AbsoluteColorimetric Perceptual Saturation";

/// Whether a list of words has a word.
fn has(list: &str, word: &[u8]) -> bool {
    list.split_ascii_whitespace().any(|one| one.as_bytes() == word)
}

/// One more object that the catalogue names.
fn with_object(object: impl Into<Object>) -> Subject {
    let object = object.into();
    one().changed(|pdf| pdf.catalog_mut().unwrap().set("Test", object))
}

#[test]
fn clause_6_2_2_content_streams() {
    holds(content_streams);
    refuses(content_streams, &with_operators(one(), "BX 1 own EX"), "own");
    refuses(content_streams, &with_operators(one(), "/Absent Do"), "Absent");
    refuses(content_streams, &with_operators(one(), "/Absent 9 Tf"), "Absent");
    refuses(content_streams, &with_operators(one(), "/Absent gs"), "Absent");
    let bare = one().changed(|pdf| {
        let page = pdf.page_iter().next().unwrap();
        pdf.get_dictionary_mut(page).unwrap().remove(b"Resources");
    });
    refuses(content_streams, &bare, "Resources");
}

fn content_streams(subject: &Subject) -> Result<(), String> {
    for Contents { resources, operations } in contents(subject) {
        for operation in operations {
            let operator = operation.operator.as_str();
            hold(has(OPERATORS, operator.as_bytes()), || format!("the operator {operator}"))?;
            let kind = match operator {
                "Tf" => "Font",
                "Do" => "XObject",
                "gs" => "ExtGState",
                "cs" | "CS" => "ColorSpace",
                "sh" => "Shading",
                _ => continue,
            };
            let name = operation.operands[0].as_name().map_err(|error| error.to_string())?;
            let resources = resources.ok_or("no Resources of its own")?;
            let named =
                subject.get(resources, kind).and_then(|all| all.as_dict().ok()).is_some_and(|all| all.has(name));
            hold(named, || format!("Resources have no {}", name.escape_ascii()))?;
        }
    }
    Ok(())
}

#[test]
fn clause_6_2_3_output_intent() {
    holds(output_intent);
    refuses(
        output_intent,
        &one().changed(|pdf| drop(pdf.catalog_mut().unwrap().remove(b"OutputIntents"))),
        "no output",
    );
    let scanner = with_profile(|profile| profile[12..16].copy_from_slice(b"scnr"));
    refuses(output_intent, &scanner, "device class");
    refuses(output_intent, &with_profile(|profile| profile[16..20].copy_from_slice(b"CMYK")), "colour space");
    refuses(output_intent, &with_profile(|profile| profile.truncate(100)), "length");
}

/// The profile of the output intent, changed.
fn with_profile(change: impl FnOnce(&mut Vec<u8>)) -> Subject {
    one().changed(|pdf| {
        let profile = pdf.objects.values_mut().filter_map(|object| object.as_stream_mut().ok());
        let profile = profile.into_iter().find(|stream| stream.dict.has(b"N")).unwrap();
        let mut bytes = profile.get_plain_content().unwrap();
        change(&mut bytes);
        profile.dict.remove(b"Filter");
        profile.set_content(bytes);
    })
}

fn output_intent(subject: &Subject) -> Result<(), String> {
    let intents = subject.get(subject.catalog(), "OutputIntents").and_then(|all| all.as_array().ok());
    let [intent] = intents.map(Vec::as_slice).ok_or("no output intent")? else {
        return Err("more than one output intent".to_owned());
    };
    let intent = subject.resolved(intent).as_dict().unwrap();
    hold(name_of(intent, "S") == Some(b"GTS_PDFA1"), || "an output intent of another kind".to_owned())?;
    hold(!intent.has(b"DestOutputProfileRef"), || "a profile elsewhere".to_owned())?;
    let profile = subject.get(intent, "DestOutputProfile").and_then(|all| all.as_stream().ok()).ok_or("no profile")?;
    let bytes = profile.get_plain_content().unwrap();
    let length = bytes.get(..4).map(|size| u32::from_be_bytes([size[0], size[1], size[2], size[3]]) as usize);
    hold(length == Some(bytes.len()) && bytes.len() > 128, || "the profile has another length".to_owned())?;
    hold(bytes[8] <= 4, || "a profile of another version".to_owned())?;
    hold(matches!(&bytes[12..16], b"mntr" | b"prtr"), || "a profile of another device class".to_owned())?;
    let good = &bytes[16..20] == b"RGB " && profile.dict.get(b"N").and_then(Object::as_i64).ok() == Some(3);
    hold(good, || "a profile of another colour space".to_owned())
}

#[test]
fn clause_6_2_4_2_icc_based() {
    holds(icc_based);
    refuses(icc_based, &with_object(vec![Object::Name(b"ICCBased".to_vec()), Object::Null]), "ICCBased");
    refuses(icc_based, &with_object(dictionary! { "OPM" => 1 }), "overprint");
}

/// No colour space of its own rests on a profile, and nothing overprints.
fn icc_based(subject: &Subject) -> Result<(), String> {
    hold(!colour_space(subject, "ICCBased"), || "ICCBased".to_owned())?;
    let modes = subject.dictionaries().into_iter().filter_map(|one| one.get(b"OPM").ok());
    hold(modes.filter_map(|mode| mode.as_i64().ok()).all(|mode| mode == 0), || "an overprint mode".to_owned())
}

/// Whether an array begins with a colour space's name, or a name stands for it.
fn colour_space(subject: &Subject, name: &str) -> bool {
    subject.every().into_iter().any(|object| object.as_name().ok() == Some(name.as_bytes()))
}

#[test]
fn clause_6_2_4_3_device_colours() {
    holds(device_colours);
    refuses(device_colours, &with_operators(one(), "0 0 0 1 k"), "CMYK");
    refuses(device_colours, &with_object(Object::Name(b"DeviceCMYK".to_vec())), "CMYK");
    let without = one().changed(|pdf| drop(pdf.catalog_mut().unwrap().remove(b"OutputIntents")));
    refuses(device_colours, &without, "output intent");
}

/// RGB and grey, which the output intent describes; never CMYK.
fn device_colours(subject: &Subject) -> Result<(), String> {
    hold(!colour_space(subject, "DeviceCMYK"), || "DeviceCMYK".to_owned())?;
    let mut device = colour_space(subject, "DeviceRGB") || colour_space(subject, "DeviceGray");
    for Contents { operations, .. } in contents(subject) {
        for operation in operations {
            hold(!matches!(operation.operator.as_str(), "k" | "K"), || "an operator of CMYK".to_owned())?;
            device |= matches!(operation.operator.as_str(), "rg" | "RG" | "g" | "G");
        }
    }
    hold(!device || subject.catalog().has(b"OutputIntents"), || "device colours without an output intent".to_owned())
}

#[test]
fn clause_6_2_4_4_spot_colours() {
    holds(spot_colours);
    for name in ["Separation", "DeviceN"] {
        refuses(spot_colours, &with_object(vec![Object::Name(name.into())]), name);
    }
}

fn spot_colours(subject: &Subject) -> Result<(), String> {
    for name in ["Separation", "DeviceN"] {
        hold(!colour_space(subject, name), || format!("the colour space {name}"))?;
    }
    Ok(())
}

#[test]
fn clause_6_2_5_graphics_states() {
    holds(graphics_states);
    for key in ["TR", "TR2", "HTP", "HT"] {
        let state = dictionary! { "Type" => "ExtGState", key => Object::Name(b"Identity".to_vec()) };
        refuses(graphics_states, &with_object(state), key);
    }
}

fn graphics_states(subject: &Subject) -> Result<(), String> {
    for state in subject.dictionaries() {
        for key in ["TR", "TR2", "HTP", "HT", "HalftoneType", "HalftoneName", "TransferFunction"] {
            hold(!state.has(key.as_bytes()), || format!("a graphics state with {key}"))?;
        }
    }
    Ok(())
}

#[test]
fn clause_6_2_6_rendering_intents() {
    holds(rendering_intents);
    refuses(rendering_intents, &with_operators(one(), "/Pretty ri"), "Pretty");
    refuses(rendering_intents, &with_object(dictionary! { "RI" => "Pretty" }), "Pretty");
    refuses(rendering_intents, &with_object(dictionary! { "Subtype" => "Image", "Intent" => "Pretty" }), "Pretty");
}

fn rendering_intents(subject: &Subject) -> Result<(), String> {
    let named = subject.dictionaries().into_iter().flat_map(|one| {
        [name_of(one, "RI"), name_of(one, "Intent").filter(|_| name_of(one, "Subtype") == Some(b"Image"))]
    });
    let mut intents: Vec<Vec<u8>> = named.flatten().map(<[u8]>::to_vec).collect();
    for Contents { operations, .. } in contents(subject) {
        let set = operations.into_iter().filter(|operation| operation.operator == "ri");
        intents.extend(set.filter_map(|operation| Some(operation.operands.first()?.as_name().ok()?.to_vec())));
    }
    match intents.into_iter().find(|intent| !has(INTENTS, intent)) {
        Some(other) => Err(format!("the intent {}", other.escape_ascii())),
        None => Ok(()),
    }
}

#[test]
fn clause_6_2_8_images() {
    holds(images);
    let image = |key: &str, value: Object| {
        let mut image = dictionary! { "Subtype" => "Image", "BitsPerComponent" => 8 };
        image.set(key, value);
        with_object(image)
    };
    refuses(images, &image("Alternates", Object::Array(Vec::new())), "Alternates");
    refuses(images, &image("OPI", Object::Dictionary(Dictionary::new())), "OPI");
    refuses(images, &image("Interpolate", true.into()), "Interpolate");
    refuses(images, &image("BitsPerComponent", 3.into()), "bits");
    refuses(images, &image("ImageMask", true.into()), "bits");
}

fn images(subject: &Subject) -> Result<(), String> {
    for image in subject.of_type("Subtype", "Image") {
        for key in ["Alternates", "OPI"] {
            hold(!image.has(key.as_bytes()), || format!("an image with {key}"))?;
        }
        let flag = |key: &[u8]| image.get(key).and_then(Object::as_bool).unwrap_or(false);
        hold(!flag(b"Interpolate"), || "Interpolate".to_owned())?;
        let bits = image.get(b"BitsPerComponent").and_then(Object::as_i64).unwrap_or(1);
        let good = if flag(b"ImageMask") { bits == 1 } else { [1, 2, 4, 8, 16].contains(&bits) };
        hold(good, || format!("an image of {bits} bits"))?;
    }
    Ok(())
}

#[test]
fn clause_6_2_8_3_jpeg2000() {
    holds(jpeg2000);
    refuses(jpeg2000, &with_object(Object::Name(b"JPXDecode".to_vec())), "JPXDecode");
}

fn jpeg2000(subject: &Subject) -> Result<(), String> {
    hold(!colour_space(subject, "JPXDecode"), || "JPXDecode".to_owned())
}

#[test]
fn clause_6_2_9_external_objects() {
    holds(external_objects);
    for key in ["OPI", "PS", "Ref"] {
        let form = dictionary! { "Subtype" => "Form", key => Dictionary::new() };
        refuses(external_objects, &with_object(form), key);
    }
    refuses(external_objects, &with_object(dictionary! { "Subtype" => "Form", "Subtype2" => "PS" }), "Subtype2");
    refuses(external_objects, &with_object(dictionary! { "Subtype" => "PS" }), "PostScript");
}

fn external_objects(subject: &Subject) -> Result<(), String> {
    for form in subject.of_type("Subtype", "Form") {
        for key in ["OPI", "PS", "Ref", "Subtype2"] {
            hold(!form.has(key.as_bytes()), || format!("a form with {key}"))?;
        }
    }
    hold(subject.of_type("Subtype", "PS").is_empty(), || "a PostScript object".to_owned())
}

#[test]
fn clause_6_2_10_transparency() {
    holds(transparency);
    refuses(transparency, &with_object(dictionary! { "BM" => "Fancy" }), "Fancy");
    let without = one().changed(|pdf| drop(pdf.catalog_mut().unwrap().remove(b"OutputIntents")));
    refuses(transparency, &without, "blending");
    let group = one().changed(|pdf| {
        let page = pdf.page_iter().next().unwrap();
        let group = dictionary! { "S" => "Transparency", "CS" => "DeviceCMYK" };
        pdf.get_dictionary_mut(page).unwrap().set("Group", group);
    });
    refuses(transparency, &group, "blending");
}

/// Standard blend modes, and a space to blend in: the output intent's, or the group's, which is that of the intent.
fn transparency(subject: &Subject) -> Result<(), String> {
    let modes =
        subject.dictionaries().into_iter().filter_map(|one| one.get(b"BM").ok()).map(|mode| subject.resolved(mode));
    let mut blends = false;
    for mode in modes {
        let mode = mode.as_name().map_err(|error| error.to_string())?;
        blends |= mode != b"Normal";
        hold(has(BLEND_MODES, mode), || format!("the blend mode {}", mode.escape_ascii()))?;
    }
    hold(!blends || subject.catalog().has(b"OutputIntents"), || "no space for blending".to_owned())?;
    for page in subject.pages() {
        let Some(group) = subject.get(page, "Group").and_then(|group| group.as_dict().ok()) else { continue };
        let space = name_of(group, "CS");
        hold(matches!(space, None | Some(b"DeviceRGB")), || format!("blending in {space:?}"))?;
    }
    Ok(())
}
