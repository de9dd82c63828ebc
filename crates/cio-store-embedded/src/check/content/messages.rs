//! Messages, layouts, and what they name.

use std::collections::BTreeSet;

use cio_domain::WorkspaceId;
use cio_domain::content::broadcast::BroadcastId;
use cio_domain::content::topic::TopicId;
use cio_domain::content::transactional::TransactionalId;
use cio_domain::content::usage::User;
use cio_domain::content::variant::{ContentId, DEFAULT_LANGUAGE};
use cio_domain::delivery::WITHOUT_TEMPLATE;
use cio_domain::message::Content;
use cio_domain::segment::SegmentId;
use cio_store::StoreError;

use super::{Problem, Totals};
use crate::check::{Checked, Row, text};
use crate::engine::Table;
use crate::keys::content as keys;
use crate::rows::content::{BroadcastRow, LayoutRow, TransactionalRow, UsageRow, VariantRow, user};
use crate::rows::{ContentRow, decode};

/// What rows that were walked have to be found later: contents and usages are behind those who
/// have them.
#[derive(Default)]
pub(super) struct Expected {
    contents: BTreeSet<(WorkspaceId, u32)>,
    usages: BTreeSet<Vec<u8>>,
}

pub(super) fn layout(
    checked: &Checked<'_>,
    row: Row<'_>,
    counted: &mut Totals,
    expected: &mut Expected,
) -> Problem {
    let name = text(row.rest).into_owned();
    let layout: LayoutRow = decode(Table::Content, row.value)?;
    let totals = counted.entry((row.workspace, keys::LAYOUT)).or_default();
    totals.count += 1;
    totals.bytes += (name.len() + layout.body.len()) as u64;
    if u64::from(layout.id) > checked.counter(&keys::layout_counter(row.workspace))? {
        let problem = format!("layout {} has a number that was never given out", layout.id);
        return Ok(Some(problem));
    }
    let by = User::Layout(name);
    let problem = named(checked, row.workspace, &by, &layout.usages, expected)?;
    Ok(problem.map(|problem| format!("layout {} {problem}", layout.id)))
}

pub(super) fn transactional(
    checked: &Checked<'_>,
    row: Row<'_>,
    counted: &mut Totals,
    expected: &mut Expected,
) -> Problem {
    let id = TransactionalId(keys::number(row.rest));
    let message: TransactionalRow = decode(Table::Content, row.value)?;
    let usages = message.usages();
    let (name, variants) = (message.name.clone(), message.variants.clone());
    message.into_message(id)?;
    let by = User::Transactional(id);
    let totals = counted.entry((row.workspace, keys::TRANSACTIONAL));
    totals.or_default().count += 1;
    let last = checked.counter(&keys::transactional_counter(row.workspace))?;
    let given_out = WITHOUT_TEMPLATE + 1..=last + WITHOUT_TEMPLATE;
    if !given_out.contains(&id.0.into()) {
        return Ok(Some(format!("{by} has a number that was never given out")));
    }
    let name = keys::message_name(row.workspace, keys::TRANSACTIONAL_NAME, &name);
    if !leads_to(checked, &name, id.0)? {
        return Ok(Some(format!("{by} is not found by its name")));
    }
    if let Some(problem) = said(checked, row.workspace, &variants, counted, expected)? {
        return Ok(Some(format!("{by}: {problem}")));
    }
    let problem = named(checked, row.workspace, &by, &usages, expected)?;
    Ok(problem.map(|problem| format!("{by} {problem}")))
}

pub(super) fn broadcast(
    checked: &Checked<'_>,
    row: Row<'_>,
    counted: &mut Totals,
    expected: &mut Expected,
) -> Problem {
    let id = BroadcastId(keys::number(row.rest));
    let broadcast: BroadcastRow = decode(Table::Content, row.value)?;
    broadcast.clone().into_broadcast(id)?;
    let by = User::Broadcast(id);
    let totals = counted.entry((row.workspace, keys::BROADCAST));
    totals.or_default().count += 1;
    let last = checked.counter(&keys::broadcast_counter(row.workspace))?;
    let last_action = checked.counter(&keys::action_counter(row.workspace))?;
    let mut actions = broadcast.actions.iter();
    if u64::from(id.0) > last || actions.any(|it| u64::from(it.id) > last_action) {
        return Ok(Some(format!("{by} has a number that was never given out")));
    }
    let name = keys::message_name(row.workspace, keys::BROADCAST_NAME, &broadcast.name);
    if !leads_to(checked, &name, id.0)? {
        return Ok(Some(format!("{by} is not found by its name")));
    }
    for action in &broadcast.actions {
        let variants = &action.variants;
        if let Some(problem) = said(checked, row.workspace, variants, counted, expected)? {
            return Ok(Some(format!("action {} of {by}: {problem}", action.id)));
        }
    }
    let usages = broadcast.usages()?;
    let problem = named(checked, row.workspace, &by, &usages, expected)?;
    Ok(problem.map(|problem| format!("{by} {problem}")))
}

/// A name leads to a message that has it.
pub(super) fn name(checked: &Checked<'_>, row: Row<'_>) -> Problem {
    let number = keys::number(row.value);
    let found = match row.kind {
        keys::TRANSACTIONAL_NAME => {
            let key = keys::transactional(row.workspace, TransactionalId(number));
            let found = checked.view.get(Table::Content, &key)?;
            let found = found.map(|bytes| decode::<TransactionalRow>(Table::Content, &bytes));
            found.transpose()?.map(|it| it.name)
        }
        _ => {
            let key = keys::broadcast(row.workspace, BroadcastId(number));
            let found = checked.view.get(Table::Content, &key)?;
            let found = found.map(|bytes| decode::<BroadcastRow>(Table::Content, &bytes));
            found.transpose()?.map(|it| it.name)
        }
    };
    let is_its_own = found.is_some_and(|name| name.to_lowercase().as_bytes() == row.rest);
    Ok((!is_its_own).then(|| format!("a name leads to message {number}, which has another")))
}

pub(super) fn content(row: Row<'_>, expected: &Expected) -> Problem {
    decode::<ContentRow>(Table::Content, row.value)?;
    let id = keys::number(row.rest);
    let is_said = expected.contents.contains(&(row.workspace, id));
    Ok((!is_said).then(|| format!("content {id}, which no message says")))
}

pub(super) fn usage(row: Row<'_>, expected: &Expected) -> Problem {
    let prefix = keys::all(row.workspace, keys::USAGE);
    let key = [prefix.as_slice(), row.rest].concat();
    let is_so = expected.usages.contains(&key);
    Ok((!is_so).then(|| "that something is named by what does not name it".to_owned()))
}

/// What is said in each language is there and as large as it says.
fn said(
    checked: &Checked<'_>,
    workspace: WorkspaceId,
    variants: &[VariantRow],
    counted: &mut Totals,
    expected: &mut Expected,
) -> Problem {
    let last = checked.counter(&keys::content_counter(workspace))?;
    if variants
        .first()
        .is_none_or(|it| it.language != DEFAULT_LANGUAGE)
    {
        return Ok(Some("there is no default language".to_owned()));
    }
    for variant in variants {
        let id = variant.id;
        let totals = counted.entry((workspace, keys::CONTENT)).or_default();
        totals.count += 1;
        totals.bytes += variant.bytes;
        if u64::from(id) > last || !expected.contents.insert((workspace, id)) {
            return Ok(Some(format!("content {id} was not given out to it")));
        }
        let found = checked
            .view
            .get(Table::Content, &keys::content(workspace, ContentId(id)))?;
        let found = found.map(|bytes| decode::<ContentRow>(Table::Content, &bytes));
        let Some(content) = found.transpose()? else {
            return Ok(Some(format!("content {id} is not there")));
        };
        if Content::from(content).size() as u64 != variant.bytes {
            return Ok(Some(format!("content {id} is not as large as it says")));
        }
    }
    Ok(None)
}

/// All that is named is there, and knows that it is named.
fn named(
    checked: &Checked<'_>,
    workspace: WorkspaceId,
    by: &User,
    usages: &BTreeSet<UsageRow>,
    expected: &mut Expected,
) -> Problem {
    for UsageRow(kind, name) in usages {
        let key = keys::usage(workspace, (*kind, name), &user(by));
        if !checked.has(Table::Content, &key)? {
            return Ok(Some(
                "names something without a row that says so".to_owned(),
            ));
        }
        expected.usages.insert(key);
        if !is_there(checked, workspace, *kind, name)? {
            return Ok(Some("names what is not there".to_owned()));
        }
    }
    Ok(None)
}

/// Whether what is named is there, if it has to be.
fn is_there(
    checked: &Checked<'_>,
    workspace: WorkspaceId,
    kind: char,
    name: &str,
) -> Result<bool, StoreError> {
    let number = || name.parse().unwrap_or_default();
    match kind {
        'l' => checked.has(Table::Content, &keys::layout(workspace, name)),
        't' => {
            let topic = TopicId(number());
            checked.has(Table::Content, &keys::topic(workspace, topic))
        }
        'g' => {
            let segment = SegmentId(number());
            checked.has(Table::Segments, &crate::keys::segment(workspace, segment))
        }
        // A text may name a snippet that is not written yet, and come from whomever.
        _ => Ok(true),
    }
}

fn leads_to(checked: &Checked<'_>, key: &[u8], id: u32) -> Result<bool, StoreError> {
    let found = checked.view.get(Table::Content, key)?;
    Ok(found.is_some_and(|bytes| keys::number(&bytes) == id))
}
