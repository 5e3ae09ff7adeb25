//! Templates: the layout of a class of receipts as data. `crates/render/TEMPLATES.md` is their language.

mod change;
mod check;
mod condition;
mod flow;
mod model;
mod node;
mod places;
mod read;
mod read_block;
mod read_list;
mod says;
mod templates;
mod tree;
mod value;

use crate::Error;

pub use model::Template;
pub(crate) use model::{
    Body, Column, FixedText, Info, Inks, ItemTable, List, ListSource, Rows, SealPlace, Side, Which,
};
pub(crate) use node::GRID;
pub use templates::Templates;
pub(crate) use value::{Piece, Value};

impl Template {
    /// Reads a template of the language of `crates/render/TEMPLATES.md`; `name` stands in messages and is what others
    /// extend it by. It may extend the built-in templates; to extend others, add it to [`Templates`] behind them.
    ///
    /// Everything is checked here, so that no receipt is printed wrongly later on: unknown keys and fields, columns
    /// that do not fill their table, blocks outside the margins or over one another, measures off the grid of
    /// 0.5 mm, sizes below 6 pt, more than a page holds, and pages that do not say what a receipt must say.
    ///
    /// # Errors
    /// [`Code::TemplateSyntax`], [`Code::TemplateKey`], [`Code::TemplateValue`], [`Code::TemplateMissing`],
    /// [`Code::TemplateVersion`], [`Code::TemplateField`], [`Code::TemplateCondition`], [`Code::TemplateMeasure`],
    /// [`Code::TemplateColumns`], [`Code::TemplatePlace`], [`Code::TemplateIncomplete`], [`Code::TemplateUnknown`],
    /// [`Code::TemplateLimit`]; each with line, column and path.
    ///
    /// ```
    /// use czei_render::template::Template;
    /// let text = "v = 1\nextends = \"general\"\n[colours]\ncaption = \"#1E3A8C\"\n";
    /// assert_eq!(Template::parse("blue.toml", text)?.name(), "blue.toml");
    ///
    /// let error = Template::parse("blue.toml", "v = 1\nextends = \"general\"\n[colour]\n").unwrap_err();
    /// assert_eq!((error.entry().name, error.place().line), ("template-key", Some(3)));
    /// # Ok::<(), czei_render::Error>(())
    /// ```
    ///
    /// [`Code::TemplateSyntax`]: crate::Code::TemplateSyntax
    /// [`Code::TemplateKey`]: crate::Code::TemplateKey
    /// [`Code::TemplateValue`]: crate::Code::TemplateValue
    /// [`Code::TemplateMissing`]: crate::Code::TemplateMissing
    /// [`Code::TemplateVersion`]: crate::Code::TemplateVersion
    /// [`Code::TemplateField`]: crate::Code::TemplateField
    /// [`Code::TemplateCondition`]: crate::Code::TemplateCondition
    /// [`Code::TemplateMeasure`]: crate::Code::TemplateMeasure
    /// [`Code::TemplateColumns`]: crate::Code::TemplateColumns
    /// [`Code::TemplatePlace`]: crate::Code::TemplatePlace
    /// [`Code::TemplateIncomplete`]: crate::Code::TemplateIncomplete
    /// [`Code::TemplateUnknown`]: crate::Code::TemplateUnknown
    /// [`Code::TemplateLimit`]: crate::Code::TemplateLimit
    pub fn parse(name: &str, text: &str) -> Result<Template, Error> {
        read::read(name, text, &templates::built_in)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is for, in words.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// SM3 over its text and those of the templates it extends: what a page's looks depend on.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// Every text of its own that any page may have: captions, headings, and what the layout itself adds.
    pub fn fixed_text(&self) -> impl Iterator<Item = &str> {
        let infos = self.blocks.iter().filter_map(|block| match &block.body {
            Body::Info(info) => Some([info.caption.as_str(), &info.more, &info.continuation]),
            _ => None,
        });
        let lists = self.lists.iter().map(|list| [list.title.as_str(), &list.subtotal, &list.total]);
        self.values()
            .flat_map(|(_, value)| value.literals())
            .chain(infos.flatten())
            .chain(lists.flatten())
            .chain(self.names.values().map(String::as_str))
            .chain(["：", crate::fields::UNNUMBERED])
    }

    /// The names of the parameters that a caller may set.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.parameters.keys().map(String::as_str)
    }

    /// All values with the ids of their blocks and lists.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&str, &Value)> {
        let blocks = self.blocks.iter().flat_map(|block| {
            let values: Vec<&Value> = match &block.body {
                Body::Qr(_) | Body::Seal(_) => Vec::new(),
                Body::Text(text) | Body::Preview(text) => vec![&text.value],
                Body::Rows(rows) => rows.cells.iter().flat_map(|cell| [&cell.caption, &cell.value]).collect(),
                Body::Table(table) => {
                    let columns = table.columns.iter().flat_map(|column| [&column.caption, &column.value]);
                    columns.chain([&table.more]).collect()
                }
                Body::Info(info) => info.lines.iter().flat_map(|line| [&line.caption, &line.value]).collect(),
            };
            values.into_iter().map(|value| (block.id.as_str(), value))
        });
        let lists = self.lists.iter().flat_map(|list| {
            let columns = list.columns.iter().flat_map(|column| [&column.caption, &column.value]);
            columns.map(|value| (list.id.as_str(), value))
        });
        blocks.chain(lists)
    }
}

#[cfg(test)]
mod tests;
