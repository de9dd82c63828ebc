//! The same of a list of changes to content.

use std::collections::BTreeMap;

use cio_domain::condition::Condition;
use cio_domain::content::ContentChange;
use cio_domain::content::broadcast::BroadcastChange;
use cio_domain::content::collection::{CollectionChange, Rows};
use cio_domain::content::esp::EspChange;
use cio_domain::content::layout::LayoutChange;
use cio_domain::content::patch::VariantPatch;
use cio_domain::content::preference_center::Header;
use cio_domain::content::reporting_webhook::ReportingWebhookChange;
use cio_domain::content::sender::SenderChange;
use cio_domain::content::snippet::SnippetChange;
use cio_domain::content::topic::{TopicChange, TopicText};
use cio_domain::content::transactional::TransactionalChange;
use cio_domain::content::variant::NewVariants;
use cio_domain::segment::SegmentChange;

use super::FIXED;

/// Bytes of a list of changes, roughly.
pub(crate) fn of_content(changes: &[ContentChange]) -> usize {
    changes.iter().map(|it| of_one(it) + FIXED).sum::<usize>() + FIXED
}

fn of_one(change: &ContentChange) -> usize {
    match change {
        ContentChange::Snippet(SnippetChange::Create(new) | SnippetChange::Put(new)) => {
            new.name.len() + new.value.len()
        }
        ContentChange::Snippet(SnippetChange::Delete(name)) => name.len(),
        ContentChange::Collection(change) => match change {
            CollectionChange::Create { rows, .. } | CollectionChange::Put { rows, .. } => {
                of_rows(rows)
            }
            CollectionChange::Update { rows, .. } => rows.as_ref().map_or(0, of_rows),
            CollectionChange::Delete(_) => 0,
        },
        ContentChange::Sender(SenderChange::Put(new)) => new.name.len() + new.contact.value().len(),
        ContentChange::Topic(TopicChange::Put(topic)) => {
            let of_text = |text: &TopicText| text.name.len() + text.description.len();
            of_text(&topic.text) + of_translations(&topic.translations, of_text)
        }
        ContentChange::PreferenceCenter(center) => {
            let of_header = |header: &Header| header.title.len() + header.subtitle.len();
            of_header(&center.header) + of_translations(&center.translations, of_header)
        }
        ContentChange::Esp(EspChange::Add(new)) => new.reason.len() + new.email.len(),
        ContentChange::OptOuts(change) => {
            let senders = change.senders.iter();
            senders.map(|(opt_out, _)| opt_out.from.len() + 32).sum()
        }
        ContentChange::Rename(name) | ContentChange::Segment(SegmentChange::Delete(name)) => {
            name.len()
        }
        ContentChange::Segment(SegmentChange::Put(new)) => {
            let condition = new.condition.as_ref().map_or(0, of_condition);
            new.name.len() + new.description.len() + condition
        }
        ContentChange::Layout(LayoutChange::Put(new)) => new.name.len() + new.body.len(),
        ContentChange::Transactional(change) => of_transactional(change),
        ContentChange::Broadcast(change) => of_broadcast(change),
        ContentChange::Layout(LayoutChange::Delete(name)) => name.len(),
        ContentChange::ReportingWebhook(change) => match change {
            ReportingWebhookChange::Create(new) => new.name.len() + new.endpoint.as_str().len(),
            ReportingWebhookChange::Update(_, update) => {
                let endpoint = update.endpoint.as_ref();
                endpoint.map_or(0, |it| it.as_str().len())
            }
            ReportingWebhookChange::Delete(_) => 0,
        },
        ContentChange::Expect(_)
        | ContentChange::Sender(SenderChange::Delete(_))
        | ContentChange::Topic(TopicChange::Delete(_))
        | ContentChange::Esp(EspChange::Remove { .. }) => 0,
    }
}

fn of_transactional(change: &TransactionalChange) -> usize {
    match change {
        TransactionalChange::Put(new) => of_variants(new.variants()),
        TransactionalChange::AutoCreate(details) => details.name.len(),
        TransactionalChange::Patch { patch, .. } => of_patch(patch),
        TransactionalChange::Delete(name) => name.len(),
    }
}

fn of_broadcast(change: &BroadcastChange) -> usize {
    match change {
        BroadcastChange::Put(new) => {
            let audience = new.details().audience.as_ref();
            let actions = new.actions().iter();
            let said: usize = actions.map(|it| of_variants(&it.variants) + FIXED).sum();
            said + audience.map_or(0, of_condition)
        }
        BroadcastChange::Patch { patch, .. } => of_patch(patch),
        BroadcastChange::Delete(name) => name.len(),
    }
}

fn of_variants(variants: &NewVariants) -> usize {
    let bytes = usize::try_from(variants.bytes()).unwrap_or(usize::MAX);
    bytes.saturating_add(variants.iter().count() * FIXED)
}

fn of_patch(patch: &VariantPatch) -> usize {
    let texts = [
        &patch.body,
        &patch.body_plain,
        &patch.body_amp,
        &patch.subject,
        &patch.preheader,
    ];
    let headers = patch.headers.iter().flatten();
    let headers: usize = headers.map(|(name, value)| name.len() + value.len()).sum();
    texts.into_iter().flatten().map(String::len).sum::<usize>() + headers
}

/// Parts of a condition have no long texts.
fn of_condition<S>(condition: &Condition<S>) -> usize {
    let mut parts = 0;
    condition.visit(&mut |_| parts += 1);
    parts * FIXED
}

fn of_rows(rows: &Rows) -> usize {
    usize::try_from(rows.bytes()).unwrap_or(usize::MAX)
}

fn of_translations<T>(all: &BTreeMap<String, T>, of_one: impl Fn(&T) -> usize) -> usize {
    all.iter().map(|(key, text)| key.len() + of_one(text)).sum()
}
