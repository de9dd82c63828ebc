//! Reading rows one after the other, without a list of them beside their text.

use std::fmt;

use cio_domain::content::collection::{Rows, RowsBuilder};
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::json;

/// Reads a list of objects. An error says what is wrong with what is called `name`.
pub(super) fn read(text: &str, name: &str) -> Result<Rows, String> {
    let mut reader = Reader {
        builder: RowsBuilder::default(),
        problem: None,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = reader
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    match (reader.problem, read) {
        (Some(problem), _) => Err(format!("{name} {problem}")),
        (None, Ok(())) => Ok(reader.builder.finish()),
        (None, Err(error)) if error.is_data() => Err(format!("{name} must be a list of objects")),
        (None, Err(error)) => Err(format!("{name} is not valid JSON: {error}")),
    }
}

struct Reader {
    builder: RowsBuilder,
    /// What is wrong with the row that reading ended at.
    problem: Option<String>,
}

impl Reader {
    fn add(&mut self, place: usize, row: &RawValue) -> Result<(), String> {
        if !json::is_object(row) {
            return Err(format!("[{place}] must be an object"));
        }
        let fields = json::fields(row.get().as_bytes());
        let fields = fields.map_err(|error| {
            let problem = error.to_string();
            format!(
                "[{place}] {}",
                problem.trim_start_matches("the request body ")
            )
        })?;
        let names = fields.iter().map(|(name, _)| name);
        let added = self.builder.push(row.get(), names);
        added.map_err(|invalid| invalid.problem)
    }
}

impl<'de> DeserializeSeed<'de> for &mut Reader {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for &mut Reader {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut place = 0;
        while let Some(row) = list.next_element::<&RawValue>()? {
            if let Err(problem) = self.add(place, row) {
                self.problem = Some(problem);
                return Err(A::Error::custom("a row cannot be taken"));
            }
            place += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use cio_domain::limits::JSON_DEPTH_MAX;

    use super::*;

    #[test]
    fn rows_are_read_with_their_names_in_order() {
        let rows = read(r#" [ {"b":1,"a":2}, {"c":[{"d":1}],"a":3}, {} ] "#, "it").unwrap();
        assert_eq!(
            (rows.count(), rows.schema()),
            (3, &["b", "a", "c"].map(String::from)[..])
        );
        assert_eq!(read("[]", "it").unwrap().count(), 0);
    }

    #[test]
    fn what_is_not_a_list_of_objects_is_refused() {
        let deep = JSON_DEPTH_MAX + 1;
        let deep = format!(r#"[{{"a":{}{}}}]"#, "[".repeat(deep), "]".repeat(deep));
        for (text, problem) in [
            ("{}", "it must be a list of objects"),
            ("\"a\"", "it must be a list of objects"),
            ("null", "it must be a list of objects"),
            ("[{},1]", "it [1] must be an object"),
            ("[null]", "it [0] must be an object"),
            (&deep, "it [0] cannot be nested more than 100 deep"),
        ] {
            assert_eq!(read(text, "it").unwrap_err(), problem);
        }
        for text in ["", "[", "[{}", "[{}]x", "[{},]"] {
            let problem = read(text, "it").unwrap_err();
            assert!(
                problem.starts_with("it is not valid JSON: "),
                "{text}: {problem}"
            );
        }
    }
}
