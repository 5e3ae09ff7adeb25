//! The names of fields and filters in templates.

/// A field of a receipt, of an item, or of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Field {
    /// A named field of `Main`.
    Main(Main),
    /// `ext:name`, an extension under `MainExt`.
    Ext(String),
    /// `param:name`, a parameter of the caller.
    Parameter(String),
    /// A field of an item.
    Item(ItemField),
    /// `itemext:name`, an extension under `ItemExt`.
    ItemExt(String),
    /// `AuxItem…`, an element of an auxiliary item.
    Aux(String),
    /// The elements of an auxiliary item that have no column.
    AuxNotes,
    /// The page's number, from 1.
    Page,
    /// How many pages there are.
    Pages,
    /// The heading of a page after the first.
    Heading,
    /// How many items stand on further pages.
    More,
}

/// Where a value stands, which decides what fields it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Rows and other information.
    Receipt,
    /// Fixed text.
    Page,
    /// A column of items.
    Item,
    /// A column of auxiliary items.
    Aux,
    /// The row of what goes on.
    More,
}

impl Scope {
    /// What may stand there, for messages.
    pub(crate) const fn fields(self) -> &'static str {
        match self {
            Scope::Receipt => "fields of the receipt, `ext:…`, `param:…`",
            Scope::Page => "fields of the receipt, `ext:…`, `param:…`, `Page`, `Pages`, `Heading`",
            Scope::Item => "fields of the receipt or of an item, `ext:…`, `itemext:…`, `param:…`",
            Scope::Aux => "fields of the receipt, `AuxItem…`, `AuxNotes`, `ext:…`, `param:…`",
            Scope::More => "fields of the receipt, `More`, `ext:…`, `param:…`",
        }
    }
}

macro_rules! names {
    ($(#[$meta:meta])* $type:ident: $($name:ident),* $(,)?) => {
        $(#[$meta])*
        // The standard's own names.
        #[allow(clippy::enum_variant_names)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $type { $($name),* }

        impl $type {
            fn named(text: &str) -> Option<Self> {
                match text {
                    $(stringify!($name) => Some($type::$name),)*
                    _ => None,
                }
            }
        }
    };
}

names! {
    /// The fields of `Main` by their names in the standard (财综〔2017〕32号).
    Main: EInvoiceName, EInvoiceCode, EInvoiceNumber, RandomNumber, EInvoiceSpecimenCode, SupervisorAreaCode,
    TotalAmount, IssueDate, IssueTime, InvoicingPartyCode, InvoicingPartyName, RecName, RecAcct, RecOpBk,
    PayerPartyType, PayerPartyCode, PayerPartyName, PayerAcct, PayerOpBk, PayMode, BizCode, CurrencyType,
    ExchangeRate, Remark, HandlingPerson, Checker, SupervisorRemark, RelatedInvoiceCode, RelatedInvoiceNumber,
    PayCode,
}

names! {
    /// The fields of an item; `ItemNotes` is the remark and the extensions without a column, `ItemIndex` counts
    /// from 1.
    ItemField: ItemCode, ItemName, ItemAmount, ItemUnit, ItemQuantity, ItemStd, ItemRemark, ItemNotes, ItemIndex,
}

impl Field {
    /// The field of a name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        if let Some((family, name)) = name.split_once(':') {
            let plain = |extra: &[char]| {
                !name.is_empty()
                    && name.len() <= 400
                    && name.chars().all(|c| c.is_alphanumeric() || c == '_' || extra.contains(&c))
            };
            return match family {
                "ext" if plain(&['-', '.']) => Some(Field::Ext(name.to_owned())),
                "itemext" if plain(&['-', '.']) => Some(Field::ItemExt(name.to_owned())),
                "param" if plain(&[]) => Some(Field::Parameter(name.to_owned())),
                _ => None,
            };
        }
        match name {
            "AuxNotes" => Some(Field::AuxNotes),
            "Page" => Some(Field::Page),
            "Pages" => Some(Field::Pages),
            "Heading" => Some(Field::Heading),
            "More" => Some(Field::More),
            _ if name.len() > 7 && name.starts_with("AuxItem") && name.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                Some(Field::Aux(name.to_owned()))
            }
            _ => Main::named(name).map(Field::Main).or_else(|| ItemField::named(name).map(Field::Item)),
        }
    }

    /// Whether it may stand there.
    pub(crate) fn fits(&self, scope: Scope) -> bool {
        match self {
            Field::Main(_) | Field::Ext(_) | Field::Parameter(_) => true,
            Field::Item(_) | Field::ItemExt(_) => scope == Scope::Item,
            Field::Aux(_) | Field::AuxNotes => scope == Scope::Aux,
            Field::Page | Field::Pages | Field::Heading => scope == Scope::Page,
            Field::More => scope == Scope::More,
        }
    }

    /// Whether it says something about the receipt as a whole.
    pub(crate) fn is_of_receipt(&self) -> bool {
        matches!(self, Field::Main(_) | Field::Ext(_))
    }

    /// The name of the extension or element that it is.
    pub(crate) fn extension(&self) -> Option<&str> {
        match self {
            Field::Ext(name) | Field::ItemExt(name) | Field::Aux(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn is_of_item(&self) -> bool {
        matches!(self, Field::Item(_) | Field::ItemExt(_))
    }

    pub(crate) fn is_of_aux(&self) -> bool {
        matches!(self, Field::Aux(_) | Field::AuxNotes)
    }
}

/// What is done to a field before it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filter {
    /// An amount in Chinese capitals.
    Capitals,
    /// `yyyy-MM-dd`.
    Date,
    /// `yyyy年MM月dd日`.
    DateZh,
    /// All but the last four characters as asterisks.
    Masked,
}

const FILTERS: [(&str, Filter); 4] =
    [("capitals", Filter::Capitals), ("date", Filter::Date), ("date-zh", Filter::DateZh), ("masked", Filter::Masked)];

impl Filter {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        FILTERS.iter().find(|(known, _)| *known == name).map(|(_, filter)| *filter)
    }

    /// Whether it has a meaning for a field.
    pub(crate) fn fits(self, field: &Field) -> bool {
        let free = matches!(field, Field::Ext(_) | Field::ItemExt(_) | Field::Aux(_) | Field::Parameter(_));
        match self {
            Filter::Capitals => {
                free || matches!(field, Field::Main(Main::TotalAmount) | Field::Item(ItemField::ItemAmount))
            }
            Filter::Date | Filter::DateZh => free || *field == Field::Main(Main::IssueDate),
            Filter::Masked => free || matches!(field, Field::Main(_)),
        }
    }

    /// The filters that a field can have, for messages.
    pub(crate) fn names_for(field: &Field) -> String {
        let fitting = FILTERS.iter().filter(|(_, filter)| filter.fits(field)).map(|(name, _)| format!("`{name}`"));
        let names = fitting.collect::<Vec<_>>().join(" | ");
        if names.is_empty() { "no filter".to_owned() } else { names }
    }
}
