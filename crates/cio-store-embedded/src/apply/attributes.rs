//! Changing attributes, those of people, objects and relationships alike.

use cio_domain::UnixSeconds;
use cio_domain::attribute::Change;
use cio_store::StoreError;
use serde_json::Value;

use crate::engine::Table;
use crate::rows;
use crate::transaction::Transaction;

/// When an attribute changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Changing {
    pub(super) at: UnixSeconds,
    /// The change says when it happened, so it can be older than what is stored. All
    /// others are written without reading.
    pub(super) may_be_late: bool,
}

/// What was changed and what came too late, by name, as the activity log tells it.
#[derive(Debug, Default)]
pub(super) struct Noted {
    pub(super) changed: Entries,
    pub(super) skipped: Entries,
}

/// Names, each with what is said of it as JSON text. Kept as text: an identify is what
/// happens most, and nobody looks into it before it is read.
#[derive(Debug, Default)]
pub(super) struct Entries(Vec<(String, String)>);

impl Entries {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// By name. Of a repeated name the last one counts.
    fn sorted(mut self) -> Vec<(String, String)> {
        self.0.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.0.dedup_by(|later, kept| {
            let is_same = later.0 == kept.0;
            if is_same {
                std::mem::swap(later, kept);
            }
            is_same
        });
        self.0
    }

    pub(super) fn names(self) -> Vec<String> {
        self.sorted().into_iter().map(|(name, _)| name).collect()
    }

    pub(super) fn into_value(self) -> Value {
        serde_json::from_str(&self.into_json()).unwrap_or_default()
    }

    /// All of it as a JSON object.
    pub(super) fn into_json(self) -> String {
        let length: usize = self
            .0
            .iter()
            .map(|(name, text)| name.len() + text.len())
            .sum();
        // Quotes, a colon and a comma.
        let mut json = String::with_capacity(length + self.0.len() * 4 + 2);
        json.push('{');
        for (name, text) in self.sorted() {
            if json.len() > 1 {
                json.push(',');
            }
            let is_plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
            if name.bytes().all(is_plain) {
                json.push('"');
                json.push_str(&name);
                json.push('"');
            } else {
                json.push_str(&Value::from(name).to_string());
            }
            json.push(':');
            json.push_str(&text);
        }
        json.push('}');
        json
    }
}

impl Noted {
    /// Writes one change to the attribute's key. Whether it did, and it came not too late.
    pub(super) fn write(
        &mut self,
        transaction: &mut Transaction<'_>,
        (table, key): (Table, Vec<u8>),
        changing: Changing,
        (name, change): (String, Change),
    ) -> Result<bool, StoreError> {
        let is_late = changing.may_be_late
            && match transaction.get(table, &key)? {
                Some(stored) => rows::read_attribute(table, &stored)?.0 > changing.at,
                None => false,
            };
        if is_late {
            let reason = r#"{"reason":"a newer change is stored"}"#.to_owned();
            self.skipped.0.push((name, reason));
            return Ok(false);
        }
        let to = match change {
            Change::Set(json) => {
                transaction.put(table, key, rows::attribute(changing.at, &json));
                format!(r#"{{"to":{json}}}"#)
            }
            Change::Remove => {
                transaction.remove(table, key);
                r#"{"to":null}"#.to_owned()
            }
        };
        self.changed.0.push((name, to));
        Ok(true)
    }
}
