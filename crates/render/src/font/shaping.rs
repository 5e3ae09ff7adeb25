//! Characters that cannot be set one after the other.
//!
//! Text is set here glyph by glyph from left to right. That is right for Chinese, Japanese, Korean syllables, Latin,
//! Greek, Cyrillic and signs; it would print other letters in the wrong shape, place or order, and combining marks
//! beside their letters.

/// First and last of each range: combining marks (general category M, without variation selectors), conjoining jamo,
/// right-to-left scripts, and the scripts that HarfBuzz gives to a shaper of its own; from the Unicode Character
/// Database 16.0 by `scripts/make_shaping.py`. The comment is the first character's name.
const SHAPED: [(u32, u32); 69] = [
    (0x0300, 0x036F),   // combining grave accent
    (0x0483, 0x0489),   // combining cyrillic titlo
    (0x0590, 0x0963),   // (not assigned)
    (0x0966, 0x0E3A),   // devanagari digit zero
    (0x0E40, 0x0FD4),   // thai character sara e
    (0x0FD9, 0x109F),   // tibetan mark leading mchan rtags
    (0x1100, 0x11FF),   // hangul choseong kiyeok
    (0x135D, 0x135F),   // ethiopic combining gemination and vowel length mark
    (0x1700, 0x1734),   // tagalog letter a
    (0x1740, 0x1801),   // buhid letter a
    (0x1804, 0x1804),   // mongolian colon
    (0x1806, 0x18AA),   // mongolian todo soft hyphen
    (0x1900, 0x1C4F),   // limbu vowel-carrier letter
    (0x1CC0, 0x1CD2),   // sundanese punctuation bindu surya
    (0x1CD4, 0x1CE8),   // vedic sign yajurvedic midline svarita
    (0x1CED, 0x1CED),   // vedic sign tiryak
    (0x1CF4, 0x1CF4),   // vedic tone candra above
    (0x1CF7, 0x1CF9),   // vedic sign atikrama
    (0x1DC0, 0x1DFF),   // combining dotted grave accent
    (0x200F, 0x200F),   // right-to-left mark
    (0x20D0, 0x20F0),   // combining left harpoon above
    (0x2CEF, 0x2CF1),   // coptic combining ni above
    (0x2D30, 0x2D7F),   // tifinagh letter ya
    (0x2DE0, 0x2DFF),   // combining cyrillic letter be
    (0x302A, 0x302F),   // ideographic level tone mark
    (0x3099, 0x309A),   // combining katakana-hiragana voiced sound mark
    (0xA66F, 0xA672),   // combining cyrillic vzmet
    (0xA674, 0xA67D),   // combining cyrillic letter ukrainian ie
    (0xA69E, 0xA69F),   // combining cyrillic letter ef
    (0xA6F0, 0xA6F1),   // bamum combining mark koqndon
    (0xA800, 0xA82C),   // syloti nagri letter a
    (0xA840, 0xA92D),   // phags-pa letter ka
    (0xA92F, 0xA9CD),   // kayah li sign shya
    (0xA9D0, 0xAAF6),   // javanese digit zero
    (0xABC0, 0xABF9),   // meetei mayek letter kok
    (0xD7B0, 0xD7FF),   // hangul jungseong o-yeo
    (0xFB1D, 0xFDFF),   // hebrew letter yod with hiriq
    (0xFE20, 0xFE2F),   // combining ligature left half
    (0xFE70, 0xFEFE),   // arabic fathatan isolated form
    (0x101FD, 0x101FD), // phaistos disc sign combining oblique stroke
    (0x102E0, 0x102E0), // coptic epact thousands mark
    (0x10376, 0x1037A), // combining old permic letter an
    (0x10800, 0x110CD), // cypriot syllable a
    (0x11100, 0x1183B), // chakma sign candrabindu
    (0x11900, 0x11AA2), // dives akuru letter a
    (0x11B00, 0x11F5A), // devanagari head mark
    (0x11FC0, 0x11FFF), // tamil fraction one three-hundred-and-twentieth
    (0x12F90, 0x143FA), // cypro-minoan sign cm001
    (0x16100, 0x16139), // gurung khema letter a
    (0x16A70, 0x16AC9), // tangsa letter oz
    (0x16AF0, 0x16AF4), // bassa vah combining high tone
    (0x16B30, 0x16B36), // pahawh hmong mark cim tub
    (0x16D40, 0x16F9F), // kirat rai sign anusvara
    (0x16FE4, 0x16FF1), // khitan small script filler
    (0x18B00, 0x18CFF), // khitan small script character-18b00
    (0x1BC00, 0x1BC9F), // duployan letter h
    (0x1CF00, 0x1CF46), // znamenny combining mark gorazdo nizko s kryzhem on left
    (0x1D165, 0x1D169), // musical symbol combining stem
    (0x1D16D, 0x1D172), // musical symbol combining augmentation dot
    (0x1D17B, 0x1D182), // musical symbol combining accent
    (0x1D185, 0x1D18B), // musical symbol combining doit
    (0x1D1AA, 0x1D1AD), // musical symbol combining down bow
    (0x1D242, 0x1D244), // combining greek musical triseme
    (0x1D800, 0x1DAAF), // signwriting hand-fist index
    (0x1E000, 0x1E02A), // combining glagolitic letter azu
    (0x1E08F, 0x1E08F), // combining cyrillic small letter byelorussian-ukrainian i
    (0x1E130, 0x1E136), // nyiakeng puachue hmong tone-b
    (0x1E290, 0x1E5FF), // toto letter pa
    (0x1E800, 0x1EFFF), // mende kikakui syllable m001 ki
];

/// Whether setting this character takes more than its glyph.
pub(super) fn is_shaped(character: char) -> bool {
    let code = character as u32;
    // Nearly every character asked about is below the first range or a Chinese one.
    if code < SHAPED[0].0 || (0x3400..0xA000).contains(&code) {
        return false;
    }
    let after = SHAPED.partition_point(|(first, _)| *first <= code);
    after > 0 && code <= SHAPED[after - 1].1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ranges_ascend() {
        assert!(SHAPED.iter().all(|(first, last)| first <= last));
        assert!(SHAPED.windows(2).all(|pair| pair[0].1 < pair[1].0));
        assert!(!SHAPED.iter().any(|(first, last)| *first < 0xA000 && 0x3400 <= *last));
    }

    #[test]
    fn scripts_and_marks() {
        for character in "\u{300}\u{36F}אعܐހߊकঅกກབမខᠠꡀ\u{1100}\u{11FF}\u{302A}𐤀𞤀\u{1E8D0}".chars()
        {
            assert!(is_shaped(character), "{character:?}");
        }
        for character in "AzéΩЖ中𠀀㐂あア한ㄅ฿—％😀ሀႠᎠ".chars() {
            assert!(!is_shaped(character), "{character:?}");
        }
    }
}
