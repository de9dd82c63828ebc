//! `docs/compatibility.md` names a test for what it says. Each is there, and is run.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cells of the rows of all tables below a heading, up to the next one of its level.
fn rows(document: &str, heading: &str) -> Vec<Vec<String>> {
    let start = document
        .find(&format!("\n## {heading}\n"))
        .unwrap_or_else(|| panic!("no heading {heading:?}"));
    let section = &document[start + 1..];
    let section = section.split("\n## ").next().unwrap();
    let is_row = |line: &&str| line.starts_with("| ") && !line.ends_with("| test |");
    section
        .lines()
        .filter(is_row)
        .map(|line| {
            let cells = line.trim_matches('|').split(" | ");
            cells.map(|cell| cell.trim().to_owned()).collect()
        })
        .collect()
}

/// Where the document's names of tests are, by what they begin with.
fn source(module: &str) -> PathBuf {
    let folders = [
        ("channels/tests/", "crates/cio-channels/tests/http"),
        ("channels/", "crates/cio-channels/src"),
        ("mail/", "crates/cio-channels/tests/email"),
        ("domain/", "crates/cio-domain/src"),
        ("embedded/", "crates/cio-store-embedded/tests/it"),
        ("liquid/", "crates/cio-liquid/tests/it"),
        ("server/", "crates/cio-server/src"),
        ("store/", "crates/cio-store/src/suite"),
        ("wire/", "crates/cio-wire/src"),
        ("", "crates/cio-server/tests/it"),
    ];
    folders
        .into_iter()
        .find_map(|(prefix, folder)| Some((module.strip_prefix(prefix)?, folder)))
        .map(|(name, folder)| root().join(folder).join(format!("{name}.rs")))
        .unwrap()
}

/// Panics unless there is a test of this name, and something runs it.
fn assert_is_a_test(name: &str) {
    if name.starts_with("conformance/") {
        let run = text(&root().join("conformance/README.md"));
        let file = name.trim_start_matches("conformance/");
        assert!(root().join(name).exists(), "there is no {name}");
        assert!(run.contains(file), "{name} is not part of the run");
        return;
    }
    let (module, function) = name
        .split_once("::")
        .unwrap_or_else(|| panic!("{name} is no name of a test"));
    let code = text(&source(module));
    let before = code
        .split_once(&format!("fn {function}("))
        .unwrap_or_else(|| panic!("there is no {name}"))
        .0;
    if !module.contains('/') {
        let modules = text(&source("main"));
        assert!(
            modules.contains(&format!("\nmod {module};")),
            "{name} is not built"
        );
    }
    let is_run = match module.strip_prefix("store/") {
        Some(module) => text(&root().join("crates/cio-store/src/suite.rs"))
            .contains(&format!(" {module}::{function}(")),
        None => before
            .trim_end_matches("async ")
            .trim_end()
            .ends_with("test]"),
    };
    assert!(is_run, "nothing runs {name}");
}

/// The tests that a cell names.
fn named(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_promise_has_a_test() {
    let document = text(&root().join("docs/compatibility.md"));
    let promises = rows(&document, "Promises");
    assert!(promises.len() > 100, "only {} rows", promises.len());
    for row in promises {
        assert_eq!(row.len(), 3, "{row:?}");
        let tests = named(&row[2]);
        assert!(!tests.is_empty(), "{row:?} has no test");
        tests.into_iter().for_each(assert_is_a_test);
    }
}

#[test]
fn every_test_that_a_deviation_names_is_there() {
    let document = text(&root().join("docs/compatibility.md"));
    let deviations = rows(&document, "Deviations");
    assert!(deviations.len() > 80, "only {} rows", deviations.len());
    for row in deviations {
        assert_eq!(row.len(), 4, "{row:?}");
        let tests = named(&row[3]);
        assert!(!tests.is_empty() || row[3] == "–", "{row:?}");
        tests.into_iter().for_each(assert_is_a_test);
    }
}
