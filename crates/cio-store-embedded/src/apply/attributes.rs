//! Changing attributes, those of people, objects and relationships alike.

use cio_domain::UnixSeconds;
use cio_domain::attribute::Change;
use cio_store::StoreError;
use serde_json::{Map, Value, json};

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
    pub(super) changed: Map<String, Value>,
    pub(super) skipped: Map<String, Value>,
}

impl Noted {
    /// Writes one change to the attribute's key.
    pub(super) fn write(
        &mut self,
        transaction: &mut Transaction<'_>,
        (table, key): (Table, Vec<u8>),
        changing: Changing,
        (name, change): (String, Change),
    ) -> Result<(), StoreError> {
        let is_late = changing.may_be_late
            && match transaction.get(table, &key)? {
                Some(stored) => rows::read_attribute(table, &stored)?.0 > changing.at,
                None => false,
            };
        if is_late {
            let reason = json!({ "reason": "a newer change is stored" });
            self.skipped.insert(name, reason);
            return Ok(());
        }
        let to = match change {
            Change::Set(json) => {
                transaction.put(table, key, rows::attribute(changing.at, &json));
                serde_json::from_str(&json).unwrap_or(Value::String(json))
            }
            Change::Remove => {
                transaction.remove(table, key);
                Value::Null
            }
        };
        self.changed.insert(name, json!({ "to": to }));
        Ok(())
    }
}
