//! Regions: the first two digits of receipt codes and of area codes.

use crate::value::{ascii, digits, malformed, shown_as_text, text_value};
use crate::{Code, Error};

/// The region of a supervising finance authority: two digits, `00` for the central one, `66` for
/// the Xinjiang Production and Construction Corps, else the province of GB/T 2260.
///
/// Any two digits are a region; [`Region::name_zh`] tells the known ones from others.
///
/// ```
/// use czei_core::ReceiptCode;
/// let region = ReceiptCode::parse("32010121")?.region();
/// assert_eq!((region.as_str(), region.name_zh()), ("32", Some("江苏省")));
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region([u8; 2]);

impl Region {
    /// `00`, the central authority.
    pub const CENTRAL: Region = Region(*b"00");
    /// `66`, the Xinjiang Production and Construction Corps.
    pub const CORPS: Region = Region(*b"66");

    /// Reads two digits.
    ///
    /// # Errors
    /// [`Code::AreaCode`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        digits(text).map(Region).ok_or_else(|| malformed(Code::AreaCode, text, "2 digits of region"))
    }

    /// The region of two bytes that were checked to be digits.
    pub(crate) const fn of(digits: [u8; 2]) -> Self {
        Region(digits)
    }

    /// The two digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }

    /// The name of a known region (GB/T 2260-2007, with `00` and `66` of 财综〔2017〕32号).
    #[must_use]
    pub fn name_zh(self) -> Option<&'static str> {
        Some(match &self.0 {
            b"00" => "中央",
            b"11" => "北京市",
            b"12" => "天津市",
            b"13" => "河北省",
            b"14" => "山西省",
            b"15" => "内蒙古自治区",
            b"21" => "辽宁省",
            b"22" => "吉林省",
            b"23" => "黑龙江省",
            b"31" => "上海市",
            b"32" => "江苏省",
            b"33" => "浙江省",
            b"34" => "安徽省",
            b"35" => "福建省",
            b"36" => "江西省",
            b"37" => "山东省",
            b"41" => "河南省",
            b"42" => "湖北省",
            b"43" => "湖南省",
            b"44" => "广东省",
            b"45" => "广西壮族自治区",
            b"46" => "海南省",
            b"50" => "重庆市",
            b"51" => "四川省",
            b"52" => "贵州省",
            b"53" => "云南省",
            b"54" => "西藏自治区",
            b"61" => "陕西省",
            b"62" => "甘肃省",
            b"63" => "青海省",
            b"64" => "宁夏回族自治区",
            b"65" => "新疆维吾尔自治区",
            b"66" => "新疆生产建设兵团",
            b"71" => "台湾省",
            b"81" => "香港特别行政区",
            b"82" => "澳门特别行政区",
            _ => return None,
        })
    }

    /// Whether the region is in the list.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.name_zh().is_some()
    }

    /// Whether authorities of every area may stand under this region: `00` and `66` are not
    /// beginnings of area codes.
    #[must_use]
    pub fn spans_areas(self) -> bool {
        self == Self::CENTRAL || self == Self::CORPS
    }
}

shown_as_text!(Region);
text_value!(Region);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_list_is_that_of_the_standards() {
        let known: Vec<u32> = (0..100).filter(|n| Region::parse(&format!("{n:02}")).unwrap().is_known()).collect();
        let mut listed = vec![0];
        for range in [11..=15, 21..=23, 31..=37, 41..=46, 50..=54, 61..=66, 71..=71, 81..=82] {
            listed.extend(range);
        }
        assert_eq!(known, listed);
        assert!(Region::CENTRAL.spans_areas() && Region::CORPS.spans_areas());
        assert!(!Region::parse("65").unwrap().spans_areas());
    }

    #[test]
    fn two_digits_and_nothing_else() {
        for text in ["", "3", "320", "3x", "３２"] {
            assert_eq!(Region::parse(text).unwrap_err().code(), Code::AreaCode, "{text}");
        }
        assert_eq!(Region::parse("99").unwrap().name_zh(), None);
    }
}
