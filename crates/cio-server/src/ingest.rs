//! What Track v1, Track v2 and Pipelines read the same way: attributes, events, devices,
//! held to the same limits. Each API finds the fields in its own places and words a
//! refusal in its own envelope.

pub(crate) mod attributes;
pub(crate) mod device;
pub(crate) mod event;
mod invalid;
pub(crate) mod names;

pub(crate) use invalid::Invalid;

use cio_domain::limits::BATCH_ITEMS_MAX;
use serde_json::value::RawValue;

use crate::json::{self, Fields};

/// The items of a batch, unread: each is read once, where it is. `None`: there is no batch.
pub(crate) fn batch_items<'a>(fields: &Fields<'a>) -> Result<Option<Vec<&'a RawValue>>, Invalid> {
    let Some(batch) = fields.present("batch") else {
        return Ok(None);
    };
    let wrong = |text: &str| Invalid::wrong("batch", text);
    let items = json::items(batch).ok_or_else(|| wrong("batch must be an array"))?;
    if items.len() > BATCH_ITEMS_MAX {
        let text = format!("batch cannot hold more than {BATCH_ITEMS_MAX} items");
        return Err(wrong(&text));
    }
    Ok(Some(items))
}
