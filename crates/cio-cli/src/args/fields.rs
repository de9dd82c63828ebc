//! Attributes and data as they are typed: `plan=pro seats:=5`, or a JSON object.

use std::fs;
use std::io::Read;
use std::str::FromStr;

use clap::Args;
use serde_json::{Map, Value};

use crate::exit::Failure;

/// Named values of a person, an event or a message.
#[derive(Debug, Clone, Args)]
pub(crate) struct Fields {
    /// NAME=TEXT, or NAME:=JSON for numbers, booleans, lists and null
    #[arg(value_name = "NAME=VALUE")]
    fields: Vec<Field>,
    /// A JSON object, @FILE with one, or - for stdin; NAME=VALUE wins over it
    #[arg(long, value_name = "JSON")]
    data: Option<String>,
}

/// One of them.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: Value,
}

/// `NAME=TEXT`, for what takes nothing but texts.
pub(crate) fn text_pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or("write NAME=TEXT")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Field, String> {
        let (name, value) = text
            .split_once('=')
            .filter(|(name, _)| !name.is_empty() && *name != ":")
            .ok_or("write NAME=TEXT or NAME:=JSON")?;
        let (name, value) = match name.strip_suffix(':') {
            None => (name, Value::from(value)),
            Some(name) => {
                let json = serde_json::from_str(value);
                let value = json.map_err(|error| format!("after := comes JSON: {error}"))?;
                (name, value)
            }
        };
        Ok(Field {
            name: name.to_owned(),
            value,
        })
    }
}

impl Fields {
    /// One more, before the others.
    pub(crate) fn prepend(&mut self, text: &str) -> Result<(), String> {
        self.fields.insert(0, text.parse()?);
        Ok(())
    }

    /// Whether anything is typed.
    pub(crate) fn is_some(&self) -> bool {
        self.data.is_some() || !self.fields.is_empty()
    }

    /// What is typed as any JSON: an object of all of them, or --data alone whatever it is;
    /// `None` for nothing.
    pub(crate) fn any(&self) -> Result<Option<Value>, Failure> {
        match &self.data {
            Some(text) if self.fields.is_empty() => value_of("--data", text).map(Some),
            None if self.fields.is_empty() => Ok(None),
            _ => self.object().map(|object| Some(object.into())),
        }
    }

    /// All of them as one object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, Failure> {
        let mut object = match &self.data {
            Some(text) => object_of("--data", text)?,
            None => Map::new(),
        };
        let fields = self.fields.iter().cloned();
        object.extend(fields.map(|field| (field.name, field.value)));
        Ok(object)
    }
}

/// A JSON object that is written out, in a file, or on stdin.
pub(crate) fn object_of(argument: &str, text: &str) -> Result<Map<String, Value>, Failure> {
    match value_of(argument, text)? {
        Value::Object(object) => Ok(object),
        _ => Err(Failure::config(format!("{argument} must be a JSON object"))),
    }
}

/// Any JSON that is written out, in a file, or on stdin.
pub(crate) fn value_of(argument: &str, text: &str) -> Result<Value, Failure> {
    let text = text_of(argument, text)?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::config(format!("{argument} is not valid JSON: {error}")))
}

/// A text that is written out, in a file (`@FILE`), or on stdin (`-`).
pub(crate) fn text_of(argument: &str, text: &str) -> Result<String, Failure> {
    let unreadable =
        |what: &str, error| Failure::config(format!("{argument}: cannot read {what}: {error}"));
    match (text, text.strip_prefix('@')) {
        ("-", _) => {
            let mut input = String::new();
            let read = std::io::stdin().lock().read_to_string(&mut input);
            read.map_err(|error| unreadable("stdin", error))?;
            Ok(input)
        }
        (_, Some(file)) => fs::read_to_string(file).map_err(|error| unreadable(file, error)),
        (text, None) => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_and_json_are_told_apart() {
        let field = |text: &str| text.parse::<Field>().map(|field| (field.name, field.value));
        assert_eq!(field("plan=pro"), Ok(("plan".into(), json!("pro"))));
        assert_eq!(field("zip=01234"), Ok(("zip".into(), json!("01234"))));
        assert_eq!(field("seats:=5"), Ok(("seats".into(), json!(5))));
        assert_eq!(field("formula=a=b"), Ok(("formula".into(), json!("a=b"))));
        for text in ["plan", "=pro", ":=5", "seats:=five"] {
            assert!(field(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_typed_wins_over_the_data() {
        let fields = Fields {
            fields: vec!["plan=pro".parse().unwrap()],
            data: Some(r#"{"plan":"free","seats":1}"#.to_owned()),
        };
        let object = Value::Object(fields.object().unwrap());
        assert_eq!(object, json!({ "plan": "pro", "seats": 1 }));
        assert!(object_of("--data", "[1]").is_err());
        assert!(object_of("--data", "@/no/such/file").is_err());
    }
}
