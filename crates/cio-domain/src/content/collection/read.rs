//! Reading rows one after the other, without a list of them beside their text.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

use super::{Rows, RowsBuilder, Unfit};
use crate::json::is_too_deep;
use crate::limits::JSON_DEPTH_MAX;

impl Rows {
    /// Reads a list of objects.
    ///
    /// # Errors
    /// What is wrong with the list, to be said after its name.
    pub fn from_json(text: &str) -> Result<Rows, String> {
        let mut reader = Reader {
            builder: RowsBuilder::default(),
            problem: None,
        };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let read = reader
            .deserialize(&mut deserializer)
            .and_then(|()| deserializer.end());
        match (reader.problem, read) {
            (Some(problem), _) => Err(problem),
            (None, Ok(())) => Ok(reader.builder.finish()),
            (None, Err(error)) if error.is_data() => Err("must be a list of objects".to_owned()),
            (None, Err(error)) => Err(format!("is not valid JSON: {error}")),
        }
    }
}

struct Reader {
    builder: RowsBuilder,
    /// What is wrong with the row that reading ended at.
    problem: Option<String>,
}

impl Reader {
    fn add(&mut self, place: usize, row: &RawValue) -> Result<(), String> {
        let row = row.get();
        if !row.starts_with('{') {
            return Err(format!("[{place}] must be an object"));
        }
        if is_too_deep(row.as_bytes()) {
            return Err(format!(
                "[{place}] cannot be nested more than {JSON_DEPTH_MAX} deep"
            ));
        }
        let names: Names = serde_json::from_str(row)
            .map_err(|error| format!("[{place}] is not valid: {error}"))?;
        let added = self.builder.push(row, names.0.iter().map(String::as_str));
        added.map_err(|unfit| match unfit {
            Unfit::Row(problem) => format!("[{place}] {problem}"),
            Unfit::Rows(problem) => problem,
        })
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

/// The names of an object, in order.
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Names, D::Error> {
        struct NamesVisitor;

        impl<'de> Visitor<'de> for NamesVisitor {
            type Value = Names;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }

        deserializer.deserialize_map(NamesVisitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;

    use super::*;
    use crate::limits::JSON_DEPTH_MAX;

    #[test]
    fn rows_are_read_with_their_names_in_order() {
        let rows = Rows::from_json(r#" [ {"b":1,"a":2}, {"c":[{"d":1}],"a":3}, {} ] "#).unwrap();
        assert_eq!(
            (rows.count(), rows.schema()),
            (3, &["b", "a", "c"].map(String::from)[..])
        );
        assert_eq!(Rows::from_json("[]").unwrap().count(), 0);
    }

    #[test]
    fn what_is_not_a_list_of_objects_is_refused() {
        let deep = JSON_DEPTH_MAX + 1;
        let deep = format!(r#"[{{"a":{}{}}}]"#, "[".repeat(deep), "]".repeat(deep));
        for (text, problem) in [
            ("{}", "must be a list of objects"),
            ("\"a\"", "must be a list of objects"),
            ("null", "must be a list of objects"),
            ("[{},1]", "[1] must be an object"),
            ("[null]", "[0] must be an object"),
            (&deep, "[0] cannot be nested more than 100 deep"),
        ] {
            assert_eq!(Rows::from_json(text).unwrap_err(), problem);
        }
        for text in ["", "[", "[{}", "[{}]x", "[{},]"] {
            let problem = Rows::from_json(text).unwrap_err();
            assert!(
                problem.starts_with("is not valid JSON: "),
                "{text}: {problem}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in r#"[\[\]{}",:\\a1 \n\x00]{0,32}"#) {
            let _ = Rows::from_json(&text);
        }

        #[test]
        fn rows_stay_what_they_are_without_white_space(
            list in vec(btree_map(r#"[a"\\ ]{0,4}"#, r#"[\[\]{}",:\\ü \n]{0,8}"#, 0..4), 0..5),
        ) {
            let rows = Rows::from_json(&serde_json::to_string_pretty(&list).unwrap()).unwrap();
            let kept = Rows::join(rows.pieces().iter().map(String::as_str));
            prop_assert_eq!(&kept, &serde_json::to_string(&list).unwrap());
            prop_assert_eq!((rows.count(), rows.bytes()), (list.len() as u64, kept.len() as u64));
        }
    }
}
