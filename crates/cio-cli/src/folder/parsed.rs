//! A TOML file as values, with the line of each.

use std::collections::BTreeMap;
use std::path::Path;

use cio_domain::definition::Misfit;
use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::suggest::nearest;

/// What a file says.
#[derive(Debug)]
pub(super) struct Parsed<'a> {
    file: &'a Path,
    pub(super) fields: Map<String, Value>,
    /// Lines by path: `condition.and[1].attribute`.
    lines: BTreeMap<String, usize>,
}

impl<'a> Parsed<'a> {
    pub(super) fn new(file: &'a Path, text: &str) -> Result<Parsed<'a>, String> {
        let line_at = |start: usize| {
            let before = &text.as_bytes()[..start.min(text.len())];
            before.iter().filter(|byte| **byte == b'\n').count() + 1
        };
        let table = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_at(span.start));
            format!("{}:{line}: {}", file.display(), error.message())
        })?;
        let mut parsed = Parsed {
            file,
            fields: Map::new(),
            lines: BTreeMap::new(),
        };
        parsed.fields = parsed.table("", table.get_ref(), &line_at);
        Ok(parsed)
    }

    fn table(
        &mut self,
        path: &str,
        table: &DeTable<'_>,
        line_at: &impl Fn(usize) -> usize,
    ) -> Map<String, Value> {
        let mut map = Map::new();
        for (key, value) in table.iter() {
            let name = key.get_ref().to_string();
            let path = match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            self.lines.insert(path.clone(), line_at(key.span().start));
            map.insert(name, self.value(&path, value, line_at));
        }
        map
    }

    fn value(
        &mut self,
        path: &str,
        value: &Spanned<DeValue<'_>>,
        line_at: &impl Fn(usize) -> usize,
    ) -> Value {
        match value.get_ref() {
            DeValue::String(text) => text.as_ref().into(),
            DeValue::Boolean(flag) => (*flag).into(),
            DeValue::Integer(integer) => {
                let number = i64::from_str_radix(integer.as_str(), integer.radix());
                number.map_or_else(|_| integer.as_str().into(), Value::from)
            }
            DeValue::Float(float) => {
                let number = float.as_str().parse().ok().and_then(Number::from_f64);
                number.map_or_else(|| float.as_str().into(), Value::Number)
            }
            DeValue::Datetime(time) => time.to_string().into(),
            DeValue::Array(items) => {
                let numbered = items.iter().enumerate();
                let items = numbered.map(|(number, item)| {
                    let path = format!("{path}[{number}]");
                    self.lines.insert(path.clone(), line_at(item.span().start));
                    self.value(&path, item, line_at)
                });
                Value::Array(items.collect())
            }
            DeValue::Table(table) => Value::Object(self.table(path, table, line_at)),
        }
    }

    /// The line of what is nearest to a path.
    fn line(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(line) = self.lines.get(path) {
                return *line;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return 1,
            }
        }
    }

    /// What is wrong at a path, with the file and the line of it.
    pub(super) fn problem(&self, path: &str, problem: &str) -> String {
        let (file, line) = (self.file.display(), self.line(path));
        match path {
            "" => format!("{file}:{line}: {problem}"),
            path => format!("{file}:{line}: {path} {problem}"),
        }
    }

    /// The same of a definition that begins at `under` and has `more` fields in files.
    pub(super) fn misfit(&self, under: &str, more: &[&str], misfit: &Misfit) -> String {
        let path = match (under, misfit.path.as_str()) {
            ("", path) => path.to_owned(),
            (under, "") => under.to_owned(),
            (under, path) => format!("{under}.{path}"),
        };
        if misfit.known.is_empty() {
            return self.problem(&path, &misfit.problem);
        }
        let known: Vec<&str> = more.iter().chain(misfit.known).copied().collect();
        self.unknown(&path, &known)
    }

    /// What is said of a field that there is not.
    pub(super) fn unknown(&self, path: &str, known: &[&str]) -> String {
        let field = path.rsplit('.').next().unwrap_or(path);
        let hint = match nearest(field, known) {
            Some(name) => format!("did you mean {name:?}?"),
            None => format!("there are {}", known.join(", ")),
        };
        self.problem(path, &format!("is not known here; {hint}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_read_with_their_lines() {
        let text = "a = 0x1F\nb = [\n  1.5,\n  { c = true },\n]\n[d.e]\nf = 1979-05-27\n";
        let parsed = Parsed::new(Path::new("x.toml"), text).unwrap();
        assert_eq!(
            Value::Object(parsed.fields.clone()),
            json!({ "a": 31, "b": [1.5, { "c": true }], "d": { "e": { "f": "1979-05-27" } } })
        );
        for (path, line) in [
            ("a", 1),
            ("b", 2),
            ("b[0]", 3),
            ("b[1].c", 4),
            ("b[1].z", 4),
            ("d.e.f", 7),
            ("d.e.f.g[0]", 7),
            ("z", 1),
        ] {
            assert_eq!(parsed.line(path), line, "{path}");
        }
    }

    #[test]
    fn what_is_no_toml_has_its_line() {
        let error = Parsed::new(Path::new("x.toml"), "a = 1\nb = \n").unwrap_err();
        assert!(error.starts_with("x.toml:2: "), "{error}");
        let twice = Parsed::new(Path::new("x.toml"), "a = 1\na = 2\n").unwrap_err();
        assert!(twice.starts_with("x.toml:2: "), "{twice}");
        let deep = format!("a = {}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(Parsed::new(Path::new("x.toml"), &deep).is_err());
    }
}
