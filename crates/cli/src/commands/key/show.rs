//! `czei key show`.

use std::path::Path;

use serde::Serialize;

use super::{KeyJson, KeyView};
use crate::Run;
use crate::arguments::key::Show;
use crate::commands::each_file::EachFile;
use crate::commands::password::PasswordSource;
use crate::failure::Result;
use crate::output::Output;
use crate::shown;

pub(crate) fn run(arguments: &Show, output: &mut Output) -> Run {
    let mut password = PasswordSource::new(&arguments.password, output.language);
    let mut each = EachFile::default();
    for path in &arguments.files {
        let shown = one(path, &mut password, output);
        each.done(path, shown, output)?;
    }
    Ok(each.ended())
}

fn one(path: &Path, password: &mut PasswordSource, output: &mut Output) -> Result<()> {
    #[derive(Serialize)]
    struct Line {
        v: u32,
        key: KeyJson,
    }
    let file = password.open(path, &super::read(path)?)?;
    let view = KeyView::new(path, &file);
    if output.json {
        return output.object(&Line { v: 1, key: view.json() });
    }
    output.line(&shown::path(path))?;
    view.text(output)
}
