//! Which template a receipt is printed with.

use std::sync::LazyLock;

use czei_core::{Content, Kind};

use crate::fields::is_notice;
use crate::{Code, Error};

use super::model::{Scope, Template};
use super::node::{listed, quoted};
use super::read;

/// The built-in templates, each behind those it extends.
const TEXTS: [(&str, &str); 4] = [
    ("general", include_str!("../../templates/general.toml")),
    ("red", include_str!("../../templates/red.toml")),
    ("medical", include_str!("../../templates/medical.toml")),
    ("notice", include_str!("../../templates/notice.toml")),
];

static BUILT_IN: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let mut templates: Vec<Template> = Vec::with_capacity(TEXTS.len());
    for (name, text) in TEXTS {
        let template = read::read(name, text, &|name| templates.iter().find(|template| template.name() == name));
        // They are part of the program, and a test reads them.
        #[allow(clippy::expect_used)]
        templates.push(template.expect("the built-in templates are right"));
    }
    templates
});

/// The built-in template of a name.
pub(super) fn built_in(name: &str) -> Option<&'static Template> {
    BUILT_IN.iter().find(|template| template.name() == name)
}

/// The built-in templates and those of the caller.
///
/// ```
/// use czei_render::template::Templates;
/// let mut templates = Templates::new();
/// templates.add("jiangsu", "v = 1\nextends = \"general\"\n[for]\nregions = [\"32\"]\n")?;
/// assert_eq!(templates.get("jiangsu")?.name(), "jiangsu");
/// # Ok::<(), czei_render::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Templates {
    added: Vec<Template>,
}

impl Templates {
    /// The most templates that a caller may add.
    pub const MAX: usize = 1000;

    /// The built-in templates: `general`, `red`, `medical`, `notice`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a template, which may extend the built-in ones and those added before. One of the same name, built-in
    /// or not, gives way to it.
    ///
    /// # Errors
    /// Those of [`Template::parse`]; [`Code::TemplateLimit`] beyond [`Templates::MAX`].
    pub fn add(&mut self, name: &str, text: &str) -> Result<&Template, Error> {
        let template = read::read(name, text, &|name| self.find(name))?;
        self.added.retain(|other| other.name() != name);
        if self.added.len() >= Self::MAX {
            let error = Error::new(Code::TemplateLimit).in_file(name);
            return Err(error.expected(format!("at most {} templates", Self::MAX)));
        }
        self.added.push(template);
        // It was pushed just now.
        Ok(&self.added[self.added.len() - 1])
    }

    /// The template of a name.
    ///
    /// # Errors
    /// [`Code::TemplateUnknown`], with the names that there are.
    pub fn get(&self, name: &str) -> Result<&Template, Error> {
        self.find(name).ok_or_else(|| {
            Error::new(Code::TemplateUnknown).expected(listed(self.all().map(Template::name))).found(quoted(name))
        })
    }

    /// All templates, those added last first.
    pub fn all(&self) -> impl Iterator<Item = &Template> {
        let built_in =
            BUILT_IN.iter().rev().filter(|template| !self.added.iter().any(|other| other.name() == template.name()));
        self.added.iter().rev().chain(built_in)
    }

    /// The template for a receipt: of those whose `[for]` it fits the most particular one, and of equals the one
    /// added last. A template for payment notices is more particular than one for classes, that more than one for
    /// regions, and that more than one for red receipts. A payment notice is told by its name, which says
    /// 缴款通知书 or 缴款书.
    #[must_use]
    pub fn choose(&self, content: &Content) -> &Template {
        let mut best: Option<(&Template, u8)> = None;
        for template in self.all() {
            let Some(rank) = rank(&template.scope, content) else { continue };
            if best.is_none_or(|(_, other)| rank > other) {
                best = Some((template, rank));
            }
        }
        // The first built-in template is for every receipt; it may only have been replaced by a narrower one.
        best.map_or(&BUILT_IN[0], |(template, _)| template)
    }

    fn find(&self, name: &str) -> Option<&Template> {
        self.added.iter().rev().find(|template| template.name() == name).or_else(|| built_in(name))
    }
}

/// How particular a scope is; none when it does not fit the receipt.
fn rank(scope: &Scope, content: &Content) -> Option<u8> {
    let region = content.code.region();
    let class = content.code.class_digits();
    let fits = |list: &[String], text: &str| list.is_empty() || list.iter().any(|other| other == text);
    let holds = fits(&scope.regions, region.as_str())
        && fits(&scope.classes, class)
        && scope.red.is_none_or(|red| red == (content.kind() == Kind::Red))
        && scope.notice.is_none_or(|notice| notice == is_notice(content));
    holds.then(|| {
        8 * u8::from(scope.notice.is_some())
            + 4 * u8::from(!scope.classes.is_empty())
            + 2 * u8::from(!scope.regions.is_empty())
            + u8::from(scope.red.is_some())
    })
}
