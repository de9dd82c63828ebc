//! Rows of a CSV file, as RFC 4180 has them: the first line has the names, every value is
//! a text.

/// The same rows as a JSON list.
///
/// # Errors
/// What is wrong, and in which line.
pub(super) fn to_json(text: &str) -> Result<String, (usize, String)> {
    let mut records = records(text.trim_start_matches('\u{feff}'))?.into_iter();
    let Some((_, names)) = records.next() else {
        return Err((
            1,
            "it must have a line with the names of its columns".to_owned(),
        ));
    };
    for (place, name) in names.iter().enumerate() {
        if name.is_empty() || names[..place].contains(name) {
            let problem = format!("the columns must have names of their own, not {name:?}");
            return Err((1, problem));
        }
    }
    let mut rows = Vec::new();
    for (line, values) in records {
        if values.len() != names.len() {
            let (has, needs) = (values.len(), names.len());
            let problem = format!("it has {has} values where there are {needs} columns");
            return Err((line, problem));
        }
        let fields = names.iter().zip(&values);
        let fields: Vec<String> = fields
            .map(|(name, value)| format!("{}:{}", quoted(name), quoted(value)))
            .collect();
        rows.push(format!("{{{}}}", fields.join(",")));
    }
    Ok(format!("[{}]", rows.join(",")))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A record, and the line it starts in.
type Record = (usize, Vec<String>);

/// All records. Empty lines are none.
fn records(text: &str) -> Result<Vec<Record>, (usize, String)> {
    let (mut records, mut record, mut value) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut start) = (1, 1);
    let (mut is_quoted, mut was_quoted) = (false, false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        line += usize::from(character == '\n');
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                value.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            other if is_quoted => value.push(other),
            '"' if value.is_empty() && !was_quoted => (is_quoted, was_quoted) = (true, true),
            '"' => return Err((line, "a quote must be around a whole value".to_owned())),
            ',' => {
                record.push(std::mem::take(&mut value));
                was_quoted = false;
            }
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' => {
                end(&mut records, start, &mut record, &mut value, was_quoted);
                (start, was_quoted) = (line, false);
            }
            _ if was_quoted => {
                return Err((line, "a quote must be around a whole value".to_owned()));
            }
            other => value.push(other),
        }
    }
    if is_quoted {
        return Err((start, "a quote is not closed".to_owned()));
    }
    end(&mut records, start, &mut record, &mut value, was_quoted);
    Ok(records)
}

fn end(
    records: &mut Vec<Record>,
    start: usize,
    record: &mut Vec<String>,
    value: &mut String,
    was_quoted: bool,
) {
    if record.is_empty() && value.is_empty() && !was_quoted {
        return;
    }
    record.push(std::mem::take(value));
    records.push((start, std::mem::take(record)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_texts() {
        for (text, json) in [
            (
                "sku,price\na,1.10\r\nb,\n",
                r#"[{"sku":"a","price":"1.10"},{"sku":"b","price":""}]"#,
            ),
            (
                "\u{feff}a\n\"x, \"\"y\"\"\nz\"\n\n\"\"\n",
                r#"[{"a":"x, \"y\"\nz"},{"a":""}]"#,
            ),
            ("a,b\n", "[]"),
            ("a\n1", r#"[{"a":"1"}]"#),
        ] {
            assert_eq!(to_json(text).as_deref(), Ok(json), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, line, problem) in [
            ("", 1, "it must have a line"),
            ("a,a\n1,2\n", 1, "the columns must have names of their own"),
            ("a,\n1,2\n", 1, "the columns must have names of their own"),
            ("a,b\n1,2\n3\n", 3, "it has 1 values where there are 2"),
            ("a\nx\"y\n", 2, "a quote must be around"),
            ("a\n\"x\"y\n", 2, "a quote must be around"),
            ("a\n\n\"x\n\n", 3, "a quote is not closed"),
        ] {
            let (at, said) = to_json(text).unwrap_err();
            assert_eq!(at, line, "{text}");
            assert!(said.starts_with(problem), "{said}");
        }
    }
}
