//! The macro that declares a crate's codes.

/// Declares a crate's codes: an enumeration, its [`Entry`](crate::Entry) rows, and the list of all
/// codes as `Code::ALL`. A number outside the range does not compile. See the crate's example.
#[macro_export]
macro_rules! code_table {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident in $owner:literal, $first:literal..=$last:literal {
            $(
                $(#[$vmeta:meta])*
                $variant:ident = $number:literal, $short:literal, $kind:ident, $severity:ident {
                    zh: $zh:literal, en: $en:literal,
                    why: $why_zh:literal / $why_en:literal,
                    advice: $advice_zh:literal / $advice_en:literal,
                    clause: $clause:literal $(,)?
                }
            ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u16)]
        $vis enum $name {
            $( $(#[$vmeta])* $variant = $number, )*
        }

        impl $name {
            /// Every code of this table, in the order of declaration.
            pub const ALL: &'static [$name] = &[ $( $name::$variant ),* ];
        }

        impl $crate::Code for $name {
            fn entry(self) -> &'static $crate::Entry {
                match self {
                    $(
                        $name::$variant => {
                            const ROW: $crate::Entry = $crate::Entry {
                                number: $number,
                                name: $short,
                                owner: $owner,
                                kind: $crate::Kind::$kind,
                                severity: $crate::Severity::$severity,
                                zh: $zh,
                                en: $en,
                                why_zh: $why_zh,
                                why_en: $why_en,
                                advice_zh: $advice_zh,
                                advice_en: $advice_en,
                                clause: $clause,
                            };
                            const _: () = assert!($number >= $first && $number <= $last);
                            &ROW
                        }
                    )*
                }
            }

            fn from_number(number: u16) -> Option<Self> {
                match number {
                    $( $number => Some($name::$variant), )*
                    _ => None,
                }
            }
        }
    };
}
