//! Bad input for the XML reader, one test a case: each asserts the code and the place. The same
//! cases are compared with xmllint, and are the seeds of the fuzz targets.
#![allow(missing_docs, clippy::unwrap_used)]

mod canonical_bytes;
mod content;
mod fixture;
mod judge;
mod parsing;
mod resources;
mod structure;
mod xmllint;

/// Every case of this test as a named document: seeds for fuzzing, and what is compared with
/// outside tools.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let mut corpus = vec![
        ("receipt".to_owned(), fixture::receipt().into_bytes()),
        ("receipt_2020".to_owned(), fixture::receipt_2020().into_bytes()),
    ];
    corpus.extend(parsing::corpus());
    corpus.extend(canonical_bytes::corpus());
    corpus.extend(structure::corpus());
    corpus.extend(content::corpus());
    corpus.extend(resources::corpus());
    corpus
}

/// Writes the corpus where `CZEI_WRITE_CORPUS` says, one file a case.
#[test]
fn the_corpus_has_distinct_names_and_is_written_where_asked() {
    let corpus = corpus();
    let mut names: Vec<&str> = corpus.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), corpus.len());
    let Some(folder) = std::env::var_os("CZEI_WRITE_CORPUS") else {
        eprintln!("CZEI_WRITE_CORPUS is not set: {} documents not written", corpus.len());
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in corpus {
        // Seeds stay small: what only shows a limit by its size is no seed.
        if bytes.len() <= 64 * 1024 {
            std::fs::write(folder.join(format!("{name}.xml")), bytes).unwrap();
        }
    }
}
