//! Reading an object strictly: what is misspelled must not be passed over.

use std::fmt;

use serde_json::{Map, Value};

use crate::condition::ConditionError;
use crate::content::Invalid;

/// What is wrong with a definition, and where in it: `translations.de.name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Where; empty for all of it.
    pub path: String,
    /// What is wrong there.
    pub problem: String,
    /// Where a field is not known, those that are.
    pub known: &'static [&'static str],
}

impl Misfit {
    pub(super) fn new(path: impl Into<String>, problem: impl Into<String>) -> Misfit {
        Misfit {
            path: path.into(),
            problem: problem.into(),
            known: &[],
        }
    }

    pub(super) fn invalid(under: &str, invalid: Invalid) -> Misfit {
        Misfit::new(join(under, invalid.field), invalid.problem)
    }
}

impl From<ConditionError> for Misfit {
    fn from(error: ConditionError) -> Misfit {
        Misfit::new(error.path(), error.reason())
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "it {}", self.problem),
            path => write!(f, "\"{path}\" {}", self.problem),
        }
    }
}

/// The fields of an object, all of them known.
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    path: &'a str,
}

impl<'a> Fields<'a> {
    pub(super) fn read(
        value: &'a Value,
        path: &'a str,
        known: &'static [&'static str],
    ) -> Result<Fields<'a>, Misfit> {
        let object = value
            .as_object()
            .ok_or_else(|| Misfit::new(path, format!("must have {}", known.join(", "))))?;
        match object.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(Fields { object, path }),
            Some(key) => {
                let key: String = key.chars().take(50).collect();
                let problem = format!("is not known; known are {}", known.join(", "));
                let misfit = Misfit::new(join(path, &key), problem);
                Err(Misfit { known, ..misfit })
            }
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A text, or an empty one.
    pub(super) fn text(&self, name: &str) -> Result<&'a str, Misfit> {
        Ok(self.optional_text(name)?.unwrap_or_default())
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&'a str>, Misfit> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Misfit::new(join(self.path, name), "must be a text")),
        }
    }

    pub(super) fn required_text(&self, name: &str) -> Result<&'a str, Misfit> {
        let missing = || Misfit::new(join(self.path, name), "is required");
        self.optional_text(name)?.ok_or_else(missing)
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Misfit> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(Misfit::new(join(self.path, name), "must be true or false")),
        }
    }

    pub(super) fn object(&self, name: &str) -> Result<Option<&'a Map<String, Value>>, Misfit> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(Misfit::new(join(self.path, name), "must be an object")),
        }
    }
}

pub(super) fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}
