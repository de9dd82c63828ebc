//! Which people, as it is typed.

use std::str::FromStr;

use clap::Args;
use customerio::Filter;
use serde_json::{Value, json};

use super::fields::object_of;
use crate::exit::Failure;

/// Conditions that people meet, all of them.
#[derive(Debug, Args)]
pub(crate) struct PeopleFilter {
    /// Those with this address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) email: Option<String>,
    /// Those whose attribute is this, or who have it: plan=pro, plan; may be repeated
    #[arg(long = "attribute", value_name = "NAME[=VALUE]")]
    attributes: Vec<Condition>,
    /// Those in this segment, by its number or name; may be repeated
    #[arg(long = "segment", value_name = "SEGMENT")]
    pub(crate) segments: Vec<String>,
    /// Those this filter of the App API matches: JSON, @FILE, or - for stdin
    #[arg(long, value_name = "JSON")]
    filter: Option<String>,
}

/// An attribute that is to be this, or to be there.
#[derive(Debug, Clone)]
struct Condition {
    name: String,
    value: Option<String>,
}

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Condition, String> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        match name.trim() {
            "" => Err("write NAME=VALUE, or NAME for those who have it".to_owned()),
            name => Ok(Condition {
                name: name.to_owned(),
                value,
            }),
        }
    }
}

impl PeopleFilter {
    /// Whether an address is all that is asked for.
    pub(crate) fn only_email(&self) -> Option<&str> {
        let email = self.email.as_deref()?;
        let is_all =
            self.attributes.is_empty() && self.segments.is_empty() && self.filter.is_none();
        is_all.then_some(email)
    }

    /// The filter of all conditions together, with the segments by number; `None` if there
    /// are none.
    pub(crate) fn json(&self, segments: &[u64]) -> Result<Option<Value>, Failure> {
        let email = self
            .email
            .iter()
            .map(|email| Filter::attribute("email", email));
        let segments = segments.iter().map(|&id| Filter::segment(id));
        let attributes = self
            .attributes
            .iter()
            .map(|condition| match &condition.value {
                Some(value) => Filter::attribute(&condition.name, value),
                None => Filter::has_attribute(&condition.name),
            });
        let typed = email.chain(segments).chain(attributes);
        let mut all: Vec<Value> = typed.map(|filter| json!(filter)).collect();
        if let Some(text) = &self.filter {
            all.push(Value::Object(object_of("--filter", text)?));
        }
        Ok(match all.len() {
            0 => None,
            1 => all.pop(),
            _ => Some(json!({ "and": all })),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(attributes: &[&str], filter: Option<&str>) -> PeopleFilter {
        let attributes = attributes.iter().map(|text| text.parse().unwrap());
        PeopleFilter {
            email: None,
            attributes: attributes.collect(),
            segments: Vec::new(),
            filter: filter.map(str::to_owned),
        }
    }

    #[test]
    fn conditions_are_joined_by_and() {
        assert_eq!(filter(&[], None).json(&[]).unwrap(), None);
        let one = filter(&[], None).json(&[7]).unwrap();
        assert_eq!(one, Some(json!({ "segment": { "id": 7 } })));
        let written = r#"{"not":{"segment":{"id":8}}}"#;
        let all = filter(&["plan=a=b", "phone"], Some(written));
        assert_eq!(
            all.json(&[7]).unwrap(),
            Some(json!({ "and": [
                { "segment": { "id": 7 } },
                { "attribute": { "field": "plan", "operator": "eq", "value": "a=b" } },
                { "attribute": { "field": "phone", "operator": "exists" } },
                { "not": { "segment": { "id": 8 } } },
            ] }))
        );
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        assert!("=pro".parse::<Condition>().is_err());
        assert!(filter(&[], Some("[]")).json(&[]).is_err());
    }
}
