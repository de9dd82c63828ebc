//! What messages say, of whatever kind they are.

use cio_domain::content::patch::VariantPatch;
use cio_domain::content::topic::TopicId;
use cio_domain::content::variant::{ContentId, NewVariant, NewVariants, VariantRef};
use cio_domain::content::{Invalid, Refusal};
use cio_domain::limits::{MESSAGE_BYTES_MAX, MESSAGES_BYTES_MAX};
use cio_store::StoreError;

use super::totals;
use crate::apply::Context;
use crate::engine::{Shared, Table};
use crate::keys::content::{self as keys, CONTENT};
use crate::rows::{self, ContentRow, content::VariantRow};
use crate::transaction::Transaction;

type Checked<T> = Result<Result<T, Refusal>, StoreError>;

/// Writes what is said in place of what was said. Who is said to be the same keeps its number.
pub(super) fn put(
    transaction: &mut Transaction<'_>,
    context: Context,
    before: &[VariantRow],
    now: NewVariants,
) -> Checked<Vec<VariantRow>> {
    let mut written = Vec::new();
    for (language, variant) in now {
        if let Some(refusal) = missing_layout(transaction, context, &variant)? {
            return Ok(Err(refusal));
        }
        let old = before.iter().find(|it| it.language == language);
        written.push(put_one(transaction, context, old, language, variant)?);
    }
    for old in before {
        if !written.iter().any(|it| it.id == old.id) {
            remove_one(transaction, context, old)?;
        }
    }
    Ok(too_large(transaction, context)?.map_or(Ok(written), Err))
}

/// Removes all that was said.
pub(super) fn remove(
    transaction: &mut Transaction<'_>,
    context: Context,
    all: &[VariantRow],
) -> Result<(), StoreError> {
    all.iter()
        .try_for_each(|it| remove_one(transaction, context, it))
}

/// Changes parts of one.
pub(super) fn patch(
    transaction: &mut Transaction<'_>,
    context: Context,
    all: &mut [VariantRow],
    which: &VariantRef,
    patch: &VariantPatch,
) -> Checked<()> {
    let Some(old) = all.iter_mut().find(|it| which.is(&it.info())) else {
        return Ok(Err(Refusal::NotFound));
    };
    let content: ContentRow = rows::decode(Table::Content, &read(transaction, context, old)?)?;
    let variant = NewVariant {
        content: content.into(),
        layout: old.layout.clone(),
    };
    let variant = match patch.apply(variant) {
        Ok(variant) => variant,
        Err(invalid) => return Ok(Err(Refusal::Invalid(invalid))),
    };
    let language = old.language.clone();
    *old = put_one(transaction, context, Some(old), language, variant)?;
    let bytes: u64 = all.iter().map(|it| it.bytes).sum();
    if bytes > MESSAGE_BYTES_MAX {
        let problem = format!("cannot be larger than {MESSAGE_BYTES_MAX} bytes in all languages");
        let field = "body";
        return Ok(Err(Refusal::Invalid(Invalid { field, problem })));
    }
    Ok(too_large(transaction, context)?.map_or(Ok(()), Err))
}

/// The topic that a message is about has to be there.
pub(super) fn missing_topic(
    transaction: &mut Transaction<'_>,
    context: Context,
    topic: Option<TopicId>,
) -> Result<Option<Refusal>, StoreError> {
    let Some(topic) = topic else {
        return Ok(None);
    };
    let found = transaction.get(Table::Content, &keys::topic(context.workspace, topic))?;
    Ok(found.is_none().then(|| Refusal::Missing {
        what: "topic",
        name: topic.to_string(),
    }))
}

fn missing_layout(
    transaction: &mut Transaction<'_>,
    context: Context,
    variant: &NewVariant,
) -> Result<Option<Refusal>, StoreError> {
    let Some(name) = &variant.layout else {
        return Ok(None);
    };
    let found = transaction.get(Table::Content, &keys::layout(context.workspace, name))?;
    Ok(found.is_none().then(|| Refusal::Missing {
        what: "layout",
        name: name.clone(),
    }))
}

fn put_one(
    transaction: &mut Transaction<'_>,
    context: Context,
    old: Option<&VariantRow>,
    language: String,
    variant: NewVariant,
) -> Result<VariantRow, StoreError> {
    let (bytes, usages) = (variant.bytes(), rows::content::usages(variant.usages()));
    let content = rows::encode(&ContentRow::from(variant.content));
    let is_said = match old {
        Some(old) => *read(transaction, context, old)? == *content,
        None => false,
    };
    let id = match old {
        Some(old) if is_said && old.layout == variant.layout => return Ok(old.clone()),
        Some(old) => old.id,
        None => {
            let number = transaction.next(&keys::content_counter(context.workspace))?;
            u32::try_from(number).unwrap_or(u32::MAX)
        }
    };
    let mut all = totals::read(transaction, context, CONTENT)?;
    match old {
        Some(old) => all.bytes = all.bytes.saturating_sub(old.bytes),
        None => all.count += 1,
    }
    all.bytes += bytes;
    totals::write(transaction, context, CONTENT, all);
    let key = keys::content(context.workspace, ContentId(id));
    transaction.put(Table::Content, key, content);
    Ok(VariantRow {
        id,
        language,
        layout: variant.layout,
        bytes,
        usages,
        created_at: old.map_or(context.at, |old| old.created_at),
        updated_at: context.at,
    })
}

fn remove_one(
    transaction: &mut Transaction<'_>,
    context: Context,
    old: &VariantRow,
) -> Result<(), StoreError> {
    let mut all = totals::read(transaction, context, CONTENT)?;
    all.count = all.count.saturating_sub(1);
    all.bytes = all.bytes.saturating_sub(old.bytes);
    totals::write(transaction, context, CONTENT, all);
    let key = keys::content(context.workspace, ContentId(old.id));
    transaction.remove(Table::Content, key);
    Ok(())
}

fn too_large(
    transaction: &mut Transaction<'_>,
    context: Context,
) -> Result<Option<Refusal>, StoreError> {
    let all = totals::read(transaction, context, CONTENT)?;
    Ok(
        (all.bytes > MESSAGES_BYTES_MAX).then_some(Refusal::TooLarge {
            what: "messages",
            bytes_max: MESSAGES_BYTES_MAX,
        }),
    )
}

/// What is said, as it is stored.
fn read(
    transaction: &mut Transaction<'_>,
    context: Context,
    variant: &VariantRow,
) -> Result<Shared, StoreError> {
    let key = keys::content(context.workspace, ContentId(variant.id));
    let bytes = transaction.get(Table::Content, &key)?;
    bytes.ok_or_else(|| StoreError::Corrupt {
        table: Table::Content.name(),
        reason: format!("content {} is not there", variant.id),
    })
}
