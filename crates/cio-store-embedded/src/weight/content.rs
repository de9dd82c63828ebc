//! The same of a list of changes to content.

use std::collections::BTreeMap;

use cio_domain::content::ContentChange;
use cio_domain::content::collection::{CollectionChange, Rows};
use cio_domain::content::esp::EspChange;
use cio_domain::content::preference_center::Header;
use cio_domain::content::reporting_webhook::ReportingWebhookChange;
use cio_domain::content::sender::SenderChange;
use cio_domain::content::snippet::SnippetChange;
use cio_domain::content::topic::{TopicChange, TopicText};
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
            let mut parts = 0;
            if let Some(condition) = &new.condition {
                condition.visit(&mut |_| parts += 1);
            }
            new.name.len() + new.description.len() + parts * FIXED
        }
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

fn of_rows(rows: &Rows) -> usize {
    usize::try_from(rows.bytes()).unwrap_or(usize::MAX)
}

fn of_translations<T>(all: &BTreeMap<String, T>, of_one: impl Fn(&T) -> usize) -> usize {
    all.iter().map(|(key, text)| key.len() + of_one(text)).sum()
}
