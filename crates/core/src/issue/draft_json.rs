//! Drafts as JSON: one object a receipt; money and quantities are strings, unknown fields are
//! refused, every error names its place as a JSON pointer.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use serde_path_to_error::{Path, Segment};

use crate::model::{AuxItem, Extension, Item, Payee, Payer, PayerKind, Standard, Unit, XmlName};
use crate::{
    Amount, AreaCode, Code, Decimal, Error, ItemCode, PayCode, Quantity, ReceiptCode, Remark, SpecimenCode, Text,
};

use super::{Draft, DraftFields, DraftRules, Notify, RequestId};

/// A draft as it stands in JSON, and the fixed values of a unit in its configuration: a field that
/// is absent or `null` in the draft is taken from there.
///
/// ```
/// use czei_core::{Draft, DraftDefaults, DraftRules};
/// let json = r#"{ "v": 1, "request_id": "reg-1", "name": "江苏省非税收入统一票据（电子）",
///   "code": "32010125", "specimen": "3201012501", "area": "320682",
///   "unit": { "code": "12320682466320111W", "name": "如皋市不动产登记中心" },
///   "payer": { "type": "person", "name": "张三" },
///   "items": [ { "code": "103043211", "name": "不动产登记费", "amount": "80.00" } ],
///   "handler": "李四", "checker": "王五" }"#;
/// let draft = Draft::from_json(json.as_bytes(), &DraftDefaults::default(), DraftRules::default())?;
/// assert_eq!(draft.total().to_string(), "80.00");
///
/// let error = Draft::from_json(json.replace("80.00", "80").as_bytes(), &DraftDefaults::default(), DraftRules::default()).unwrap_err();
/// assert_eq!(error.place().path.as_deref(), Some("/items/0/amount"));
/// # Ok::<(), czei_core::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftDefaults {
    v: Option<u32>,
    request_id: Option<String>,
    name: Option<String>,
    code: Option<String>,
    specimen: Option<String>,
    area: Option<String>,
    #[serde(default, deserialize_with = "object")]
    unit: Option<UnitJson>,
    #[serde(default, deserialize_with = "object")]
    payer: Option<PayerJson>,
    #[serde(default, deserialize_with = "objects")]
    items: Option<Vec<ItemJson>>,
    aux: Option<Vec<Vec<(String, String)>>>,
    remark: Option<String>,
    pay_mode: Option<String>,
    biz_code: Option<String>,
    pay_code: Option<String>,
    currency: Option<String>,
    exchange_rate: Option<String>,
    handler: Option<String>,
    checker: Option<String>,
    ext: Option<Vec<(String, String)>>,
    supervisor_remark: Option<String>,
    #[serde(default, deserialize_with = "object")]
    notify: Option<NotifyJson>,
    #[serde(default, deserialize_with = "object")]
    payee: Option<PayeeJson>,
    total: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitJson {
    code: Option<String>,
    name: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct PayerJson {
    r#type: Option<String>,
    name: Option<String>,
    code: Option<String>,
    account: Option<String>,
    bank: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemJson {
    code: Option<String>,
    name: Option<String>,
    amount: Option<String>,
    unit: Option<String>,
    quantity: Option<String>,
    standard: Option<String>,
    #[serde(default)]
    ext: Option<Vec<(String, String)>>,
}

#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct NotifyJson {
    phone: Option<String>,
    email: Option<String>,
}

impl core::fmt::Debug for NotifyJson {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("NotifyJson(..)")
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct PayeeJson {
    name: Option<String>,
    account: Option<String>,
    bank: Option<String>,
}

impl Draft {
    /// The longest draft in bytes: 8 MiB.
    pub const MAX_JSON: usize = 8 << 20;

    /// Reads one JSON object. Fields that are absent or `null` are taken from `defaults`; an empty
    /// text counts as absent where the field is optional.
    ///
    /// # Errors
    /// [`Code::DraftTooLarge`], [`Code::DraftSyntax`], [`Code::DraftUnknownField`],
    /// [`Code::DraftDuplicateField`], [`Code::DraftType`], [`Code::DraftVersion`],
    /// [`Code::DraftMissing`], [`Code::DraftPayerType`], the codes of the value types, and those of
    /// [`Draft::new`]; each with the line and column or the JSON pointer.
    pub fn from_json(json: &[u8], defaults: &DraftDefaults, rules: DraftRules) -> Result<Self, Error> {
        if json.len() > Self::MAX_JSON {
            return Err(Error::new(Code::DraftTooLarge).found(json.len().to_string()));
        }
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let draft: Object<DraftDefaults> = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let place = pointer(error.path());
            json_error(error.inner(), place)
        })?;
        let draft = draft.0;
        deserializer.end().map_err(|error| json_error(&error, String::new()))?;
        if draft.v.is_some_and(|v| v != 1) {
            return Err(Error::new(Code::DraftVersion).at_path("/v").expected("1"));
        }
        Draft::new(draft.or(defaults).into_fields()?, rules)
    }
}

impl DraftDefaults {
    /// This draft, with what it leaves out taken from the fixed values.
    fn or(self, defaults: &Self) -> Self {
        let unit = self.unit.unwrap_or_default();
        let fixed_unit = defaults.unit.clone().unwrap_or_default();
        let payee = self.payee.unwrap_or_default();
        let fixed_payee = defaults.payee.clone().unwrap_or_default();
        DraftDefaults {
            v: self.v.or(defaults.v),
            request_id: self.request_id,
            name: self.name.or_else(|| defaults.name.clone()),
            code: self.code.or_else(|| defaults.code.clone()),
            specimen: self.specimen.or_else(|| defaults.specimen.clone()),
            area: self.area.or_else(|| defaults.area.clone()),
            unit: Some(UnitJson { code: unit.code.or(fixed_unit.code), name: unit.name.or(fixed_unit.name) }),
            payer: self.payer.or_else(|| defaults.payer.clone()),
            items: self.items.or_else(|| defaults.items.clone()),
            aux: self.aux.or_else(|| defaults.aux.clone()),
            remark: self.remark.or_else(|| defaults.remark.clone()),
            pay_mode: self.pay_mode.or_else(|| defaults.pay_mode.clone()),
            biz_code: self.biz_code,
            pay_code: self.pay_code,
            currency: self.currency.or_else(|| defaults.currency.clone()),
            exchange_rate: self.exchange_rate.or_else(|| defaults.exchange_rate.clone()),
            handler: self.handler.or_else(|| defaults.handler.clone()),
            checker: self.checker.or_else(|| defaults.checker.clone()),
            ext: self.ext.or_else(|| defaults.ext.clone()),
            supervisor_remark: self.supervisor_remark.or_else(|| defaults.supervisor_remark.clone()),
            notify: self.notify.or_else(|| defaults.notify.clone()),
            payee: Some(PayeeJson {
                name: payee.name.or(fixed_payee.name),
                account: payee.account.or(fixed_payee.account),
                bank: payee.bank.or(fixed_payee.bank),
            }),
            total: self.total,
        }
    }

    fn into_fields(self) -> Result<DraftFields, Error> {
        let unit = self.unit.unwrap_or_default();
        let payee = self.payee.unwrap_or_default();
        let payer = self.payer.ok_or_else(|| missing("/payer"))?;
        let items = self.items.ok_or_else(|| missing("/items"))?;
        let aux = self.aux.unwrap_or_default();
        let notify = self.notify.unwrap_or_default();
        Ok(DraftFields {
            request_id: required(self.request_id, "/request_id", RequestId::new)?,
            name: required(self.name, "/name", text)?,
            code: required(self.code, "/code", |text| ReceiptCode::parse(&text))?,
            specimen: required(self.specimen, "/specimen", |text| SpecimenCode::parse(&text))?,
            area: required(self.area, "/area", |text| AreaCode::parse(&text))?,
            unit: Unit {
                code: required(unit.code, "/unit/code", text)?,
                name: required(unit.name, "/unit/name", text)?,
                payee: Payee {
                    name: optional(payee.name, "/payee/name", text)?,
                    account: optional(payee.account, "/payee/account", text)?,
                    bank: optional(payee.bank, "/payee/bank", text)?,
                },
            },
            payer: payer.into_payer()?,
            items: items
                .into_iter()
                .enumerate()
                .map(|(index, item)| item.into_item(&format!("/items/{index}")))
                .collect::<Result<_, _>>()?,
            aux: aux
                .into_iter()
                .enumerate()
                .map(|(index, fields)| Ok(AuxItem { fields: extensions(fields, &format!("/aux/{index}"))? }))
                .collect::<Result<_, Error>>()?,
            remark: optional(self.remark, "/remark", Remark::new)?,
            pay_mode: optional(self.pay_mode, "/pay_mode", text)?,
            biz_code: optional(self.biz_code, "/biz_code", text)?,
            pay_code: optional(self.pay_code, "/pay_code", |text| PayCode::parse(&text))?,
            currency: optional(self.currency, "/currency", text)?,
            exchange_rate: optional(self.exchange_rate, "/exchange_rate", |text| Decimal::parse(&text))?,
            handler: required(self.handler, "/handler", text)?,
            checker: required(self.checker, "/checker", text)?,
            supervisor_remark: optional(self.supervisor_remark, "/supervisor_remark", Remark::new)?,
            ext: extensions(self.ext.unwrap_or_default(), "/ext")?,
            notify: Notify { phone: notify.phone, email: notify.email },
            total: optional(self.total, "/total", |text| Amount::parse(&text))?,
        })
    }
}

impl PayerJson {
    fn into_payer(self) -> Result<Payer, Error> {
        let kind = match self.r#type.as_deref() {
            Some("person") => PayerKind::Person,
            Some("organisation") => PayerKind::Organisation,
            Some(other) => {
                return Err(Error::new(Code::DraftPayerType)
                    .at_path("/payer/type")
                    .expected("person | organisation")
                    .found(other.chars().take(40).collect::<String>()));
            }
            None => return Err(missing("/payer/type")),
        };
        Ok(Payer {
            kind,
            code: optional(self.code, "/payer/code", text)?,
            name: required(self.name, "/payer/name", text)?,
            account: optional(self.account, "/payer/account", text)?,
            bank: optional(self.bank, "/payer/bank", text)?,
        })
    }
}

impl ItemJson {
    fn into_item(self, at: &str) -> Result<Item, Error> {
        let place = |name: &str| format!("{at}/{name}");
        Ok(Item {
            code: required(self.code, &place("code"), |text| ItemCode::parse(&text))?,
            name: required(self.name, &place("name"), text)?,
            amount: required(self.amount, &place("amount"), |text| Amount::parse(&text))?,
            unit: optional(self.unit, &place("unit"), text)?,
            quantity: optional(self.quantity, &place("quantity"), |text| Quantity::parse(&text))?,
            standard: optional(self.standard, &place("standard"), |text| Amount::parse(&text))?.map(Standard::Amount),
            remark: None,
            ext: extensions(self.ext.unwrap_or_default(), &place("ext"))?,
        })
    }
}

/// A JSON object. What serde derives also takes an array with the fields in their order, which would
/// make a draft of `["张三", …]`.
struct Object<T>(T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Only<T>(core::marker::PhantomData<T>);

        impl<'de, T: DeserializeOwned> Visitor<'de> for Only<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Only(core::marker::PhantomData))
    }
}

fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|object| object.0))
}

fn objects<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<Vec<T>>, D::Error> {
    let objects = Option::<Vec<Object<T>>>::deserialize(deserializer)?;
    Ok(objects.map(|objects| objects.into_iter().map(|object| object.0).collect()))
}

fn missing(path: &str) -> Error {
    Error::new(Code::DraftMissing).at_path(path)
}

fn text<const MIN: usize, const MAX: usize>(value: String) -> Result<Text<MIN, MAX>, Error> {
    Text::new(value)
}

fn required<T>(value: Option<String>, path: &str, parse: impl FnOnce(String) -> Result<T, Error>) -> Result<T, Error> {
    parse(value.ok_or_else(|| missing(path))?).map_err(|error| error.at_path(path))
}

fn optional<T>(
    value: Option<String>,
    path: &str,
    parse: impl FnOnce(String) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    match value.filter(|value| !value.is_empty()) {
        Some(value) => parse(value).map(Some).map_err(|error| error.at_path(path)),
        None => Ok(None),
    }
}

fn extensions(fields: Vec<(String, String)>, at: &str) -> Result<Vec<Extension>, Error> {
    fields
        .into_iter()
        .enumerate()
        .map(|(index, (name, value))| {
            let name = XmlName::new(name).map_err(|error| error.at_path(format!("{at}/{index}/0")))?;
            // The writer refuses control and invisible characters; a text of an extension may be empty.
            Text::<0, 65536>::new(&*value).map_err(|error| error.at_path(format!("{at}/{index}/1")))?;
            Ok(Extension { name, text: value })
        })
        .collect()
}

/// The JSON pointer of a place (RFC 6901).
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        pointer.push('/');
        match segment {
            Segment::Seq { index } => pointer.push_str(&index.to_string()),
            Segment::Map { key } => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => pointer.push_str(variant),
            Segment::Unknown => pointer.push('?'),
        }
    }
    pointer
}

/// serde_json tells its kinds of data errors apart in the message only.
fn json_error(error: &serde_json::Error, mut path: String) -> Error {
    let message = error.to_string();
    // The path ends at the object that has the field twice; the name stands in the message only.
    if let Some(name) = message.strip_prefix("duplicate field `").and_then(|rest| rest.split('`').next()) {
        path = format!("{path}/{name}");
    }
    let code = match error.classify() {
        serde_json::error::Category::Data if message.starts_with("unknown field") => Code::DraftUnknownField,
        serde_json::error::Category::Data if message.starts_with("duplicate field") => Code::DraftDuplicateField,
        serde_json::error::Category::Data => Code::DraftType,
        _ => Code::DraftSyntax,
    };
    let fault = said(Error::new(code), &message);
    let mut place = czei_codes::Place {
        line: u32::try_from(error.line()).ok().filter(|line| *line > 0),
        column: u32::try_from(error.column()).ok(),
        ..czei_codes::Place::default()
    };
    if !path.is_empty() {
        place.path = Some(path);
    }
    fault.at(place)
}

/// What serde_json says, as expected and found; line and column stand in the place.
fn said(fault: Error, message: &str) -> Error {
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let (found, expected) = message.split_once(", expected ").unwrap_or((message, ""));
    let found: String = match found.strip_prefix("invalid type: ").or(found.strip_prefix("invalid value: ")) {
        Some(value) => value.chars().take(120).collect(),
        None if found.contains(" field `") => found.split('`').nth(1).unwrap_or(found).chars().take(120).collect(),
        None => found.chars().take(120).collect(),
    };
    match expected {
        "" => fault.found(found),
        "u32" => fault.expected("a whole number").found(found),
        // The list of all fields belongs into the documentation.
        expected if expected.starts_with("one of ") => fault.found(found),
        expected => fault.expected(expected).found(found),
    }
}
