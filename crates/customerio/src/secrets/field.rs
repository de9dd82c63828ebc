//! A value that is a JSON object with several secrets in it.

use serde_json::{Map, Value};

use super::Reference;

/// The field that a reference names, or the value as a whole.
pub(super) struct Field(Option<String>);

impl Field {
    pub(super) fn of(reference: &Reference) -> Field {
        Field(reference.field().map(str::to_owned))
    }

    pub(super) fn whole() -> Field {
        Field(None)
    }

    /// Whether a new value takes the place of everything that is there.
    #[cfg(any(feature = "secrets-aws", feature = "secrets-gcp"))]
    pub(super) fn is_whole(&self) -> bool {
        self.0.is_none()
    }

    /// What it is of a value. `None` if the value has no such field.
    ///
    /// # Errors
    ///
    /// What is wrong with the value, without repeating any of it.
    pub(super) fn of_text(&self, text: &str) -> Result<Option<String>, String> {
        let Some(name) = &self.0 else {
            return Ok(Some(text.to_owned()));
        };
        of_object(&object(text)?, name)
    }

    /// The value with another one in the field's place; other fields stay.
    ///
    /// # Errors
    ///
    /// What is wrong with the value that is there.
    pub(super) fn replaced(&self, current: Option<&str>, value: &str) -> Result<String, String> {
        let Some(name) = &self.0 else {
            return Ok(value.to_owned());
        };
        let mut object = match current.map(str::trim) {
            None | Some("") => Map::new(),
            Some(text) => object(text)?,
        };
        object.insert(name.clone(), value.into());
        Ok(Value::Object(object).to_string())
    }
}

/// A field as text. `None` if there is no such field.
pub(super) fn of_object(object: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(format!("its field {name} is no text")),
    }
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    // The parser's own words may repeat what it read.
    serde_json::from_str(text).map_err(|_| "it is no JSON object, so it has no fields".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_and_replaced_among_others() {
        let field = Field(Some("app".to_owned()));
        let text = r#"{"app":"a","site":7}"#;
        assert_eq!(field.of_text(text), Ok(Some("a".to_owned())));
        let replaced = field.replaced(Some(text), "b").unwrap();
        assert_eq!(field.of_text(&replaced), Ok(Some("b".to_owned())));
        let other = Field(Some("site".to_owned()));
        assert_eq!(other.of_text(&replaced), Ok(Some("7".to_owned())));
        assert_eq!(Field(Some("no".into())).of_text(text), Ok(None));
        assert!(
            field
                .of_text("s3cret")
                .is_err_and(|why| !why.contains("s3cret"))
        );
        assert!(field.replaced(Some("[1]"), "b").is_err());
        assert_eq!(field.replaced(None, "b"), Ok(r#"{"app":"b"}"#.to_owned()));
        assert_eq!(Field(None).replaced(Some(text), "b"), Ok("b".to_owned()));
    }
}
