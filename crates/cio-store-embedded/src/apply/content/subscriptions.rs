//! Topics, and the page on which people choose them.

use cio_domain::content::preference_center::PreferenceCenter;
use cio_domain::content::topic::TopicChange;
use cio_domain::content::usage::Usage;
use cio_domain::content::{ContentOutcome, Refusal};
use cio_domain::limits::TOPICS_MAX;

use super::{Changed, usages};
use crate::apply::Context;
use crate::engine::Table;
use crate::keys::content::{self as keys, HEADER, TOPIC};
use crate::rows;
use crate::rows::content::{HeaderRow, TopicRow};
use crate::transaction::Transaction;

pub(super) fn change(
    transaction: &mut Transaction<'_>,
    context: Context,
    change: TopicChange,
) -> Changed {
    match change {
        TopicChange::Put(topic) => {
            let key = keys::topic(context.workspace, topic.id);
            let all = keys::all(context.workspace, TOPIC);
            let is_new = transaction.get(Table::Content, &key)?.is_none();
            if is_new && transaction.keys(Table::Content, &all)?.len() >= TOPICS_MAX {
                return Ok(Err(Refusal::TooMany {
                    what: "topics",
                    max: TOPICS_MAX,
                }));
            }
            let row = rows::encode(&TopicRow::from(topic));
            transaction.put(Table::Content, key, row);
        }
        TopicChange::Delete(id) => {
            let key = keys::topic(context.workspace, id);
            if transaction.get(Table::Content, &key)?.is_none() {
                return Ok(Err(Refusal::NotFound));
            }
            if let Some(user) = usages::first(transaction, context, &Usage::Topic(id))? {
                return Ok(Err(Refusal::UsedBy(user)));
            }
            transaction.remove(Table::Content, key);
        }
    }
    Ok(Ok(ContentOutcome::Done))
}

pub(super) fn put_center(
    transaction: &mut Transaction<'_>,
    context: Context,
    center: PreferenceCenter,
) -> Changed {
    let key = keys::all(context.workspace, HEADER);
    let row = rows::encode(&HeaderRow::from(center));
    transaction.put(Table::Content, key, row);
    Ok(Ok(ContentOutcome::Done))
}
