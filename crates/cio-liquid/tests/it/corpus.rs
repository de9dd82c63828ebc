//! The corpus that is compared with the references, `conformance/liquid/cases`: every case
//! renders, or fails, as it is recorded there.

use std::path::Path;

use serde_json::{Value, json};

use crate::case;

#[test]
fn every_case_of_the_corpus_is_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/liquid/cases");
    let (mut count, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let subject: Value =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for recorded in subject["cases"].as_array().unwrap() {
            let mut case = recorded.clone();
            for shared in ["data", "snippets", "partials"] {
                case[shared] = subject[shared].clone();
            }
            let rendered = match case::render(&case) {
                Ok(output) => json!({ "output": output }),
                Err(error) => json!({ "error": error }),
            };
            let kind = if recorded.get("output").is_some() {
                "output"
            } else {
                "error"
            };
            if rendered != json!({ kind: recorded[kind] }) {
                wrong.push(format!(
                    "{}: {recorded}, and not {rendered}",
                    path.display()
                ));
            }
            count += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 600, "only {count} cases are there");
}
