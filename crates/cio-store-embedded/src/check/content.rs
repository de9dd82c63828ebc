//! What a workspace keeps beside people.

mod messages;

use std::collections::BTreeMap;

use cio_domain::WorkspaceId;
use cio_domain::content::collection::CollectionId;
use cio_domain::content::esp::SuppressionKind;
use cio_domain::content::sender::SenderId;
use cio_store::StoreError;
use serde_json::value::RawValue;

use super::{CheckReport, Checked, Row, reporting, text};
use crate::engine::{Scan, Table, take};
use crate::keys::content as keys;
use crate::rows::content::{
    CollectionRow, HeaderRow, SenderRow, SnippetRow, SuppressionRow, TopicRow, TotalsRow,
};
use crate::rows::{decode, number};
use messages::Expected;

/// Every row reads back, names and identities lead to what has them, a collection has the
/// rows it says, a message says what it has, opt-outs are of people, and what is counted is
/// counted right.
pub(super) fn rows(checked: &Checked<'_>, report: &mut CheckReport) -> Result<(), StoreError> {
    let mut counted: Totals = BTreeMap::new();
    let mut said: Totals = BTreeMap::new();
    let mut expected = Expected::default();
    checked.walk(Table::Content, report, |report, row| {
        let problem = match row.kind {
            keys::SNIPPET => snippet(row, &mut counted)?,
            keys::COLLECTION => collection(checked, row)?,
            keys::COLLECTION_NAME => collection_name(checked, row)?,
            keys::PIECE => piece(checked, row)?,
            keys::SENDER => sender(checked, row, &mut counted)?,
            keys::SENDER_IDENTITY => sender_identity(checked, row)?,
            keys::TOPIC => decode::<TopicRow>(Table::Content, row.value).map(|_| None)?,
            keys::HEADER => decode::<HeaderRow>(Table::Content, row.value).map(|_| None)?,
            keys::SUPPRESSION => suppression(row)?,
            keys::OPT_OUT => opt_out(checked, row)?,
            keys::LAYOUT => messages::layout(checked, row, &mut counted, &mut expected)?,
            keys::TRANSACTIONAL => {
                messages::transactional(checked, row, &mut counted, &mut expected)?
            }
            keys::BROADCAST => messages::broadcast(checked, row, &mut counted, &mut expected)?,
            keys::TRANSACTIONAL_NAME | keys::BROADCAST_NAME => messages::name(checked, row)?,
            keys::CONTENT => messages::content(row, &expected)?,
            keys::USAGE => messages::usage(row, &expected)?,
            keys::REPORTING_WEBHOOK => reporting::webhook(checked, row)?,
            keys::REVISION => number(Table::Content, row.value).map(|_| None)?,
            keys::TOTALS => {
                let of = row.rest.first().copied().unwrap_or_default();
                let totals = decode::<TotalsRow>(Table::Content, row.value)?;
                said.insert((row.workspace, of), totals);
                None
            }
            _ => Some("a row of no known kind".to_owned()),
        };
        if let Some(problem) = problem {
            let workspace = row.workspace.0;
            report.find(Table::Content, format!("workspace {workspace}: {problem}"));
        }
        Ok(())
    })?;
    compare(&counted, &said, report);
    Ok(())
}

/// By workspace and kind.
type Totals = BTreeMap<(WorkspaceId, u8), TotalsRow>;

/// What is wrong, if anything is.
type Problem = Result<Option<String>, StoreError>;

fn compare(counted: &Totals, said: &Totals, report: &mut CheckReport) {
    let mut keys: Vec<_> = counted.keys().chain(said.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let of = |totals: &Totals| totals.get(key).copied().unwrap_or_default();
        if of(counted) != of(said) {
            let (workspace, kind) = (key.0.0, char::from(key.1));
            report.find(
                Table::Content,
                format!("workspace {workspace}: what is said of all of '{kind}' is not so"),
            );
        }
    }
}

fn snippet(row: Row<'_>, counted: &mut Totals) -> Problem {
    let name = text(row.rest).into_owned();
    let snippet = decode::<SnippetRow>(Table::Content, row.value)?.into_snippet(name);
    let totals = counted.entry((row.workspace, keys::SNIPPET)).or_default();
    totals.count += 1;
    totals.bytes += snippet.details.bytes();
    Ok(None)
}

fn collection(checked: &Checked<'_>, row: Row<'_>) -> Problem {
    let id = CollectionId(keys::number(row.rest));
    let collection: CollectionRow = decode(Table::Content, row.value)?;
    let name = keys::collection_name(row.workspace, &collection.name);
    let holder = checked.view.get(Table::Content, &name)?;
    if holder.is_none_or(|holder| keys::number(&holder) != id.0) {
        return Ok(Some(format!(
            "collection {} is not found by its name",
            id.0
        )));
    }
    if u64::from(id.0) > checked.counter(&keys::collection_counter(row.workspace))? {
        let problem = format!("collection {} has a number that was never given out", id.0);
        return Ok(Some(problem));
    }
    let prefix = keys::pieces(row.workspace, id);
    let pieces = take(
        checked.view,
        Table::Content,
        &Scan::forward(&prefix),
        usize::MAX,
    )?;
    let mut rows = 0;
    for (_, piece) in &pieces {
        // A piece is a list without its brackets.
        let list = [b"[", piece.as_slice(), b"]"].concat();
        let texts: Vec<Box<RawValue>> = decode(Table::Content, &list)?;
        rows += texts.len() as u64;
    }
    let count = pieces.len() as u64;
    let sizes: u64 = pieces.iter().map(|(_, piece)| piece.len() as u64).sum();
    let bytes = sizes + count.saturating_sub(1) + 2;
    let is_whole = (count, rows, bytes)
        == (
            u64::from(collection.pieces),
            collection.rows,
            collection.bytes,
        );
    Ok((!is_whole).then(|| format!("collection {} has not the rows it says", id.0)))
}

fn collection_name(checked: &Checked<'_>, row: Row<'_>) -> Problem {
    let id = CollectionId(keys::number(row.value));
    let key = keys::collection(row.workspace, id);
    let collection = checked.view.get(Table::Content, &key)?;
    let collection = collection
        .map(|bytes| decode::<CollectionRow>(Table::Content, &bytes))
        .transpose()?;
    let is_its_own = collection.is_some_and(|it| it.name.as_bytes() == row.rest);
    Ok((!is_its_own).then(|| format!("a name leads to collection {}, which has another", id.0)))
}

fn piece(checked: &Checked<'_>, row: Row<'_>) -> Problem {
    let Some((id, number)) = row.rest.split_first_chunk::<4>() else {
        return Ok(Some("rows of no collection".to_owned()));
    };
    let id = CollectionId(u32::from_be_bytes(*id));
    let key = keys::collection(row.workspace, id);
    let collection = checked.view.get(Table::Content, &key)?;
    let collection = collection
        .map(|bytes| decode::<CollectionRow>(Table::Content, &bytes))
        .transpose()?;
    let is_its_own = collection.is_some_and(|it| keys::number(number) < it.pieces);
    Ok((!is_its_own).then(|| format!("rows that collection {} does not have", id.0)))
}

fn sender(checked: &Checked<'_>, row: Row<'_>, counted: &mut Totals) -> Problem {
    let id = SenderId(keys::number(row.rest));
    counted
        .entry((row.workspace, keys::SENDER))
        .or_default()
        .count += 1;
    let sender = decode::<SenderRow>(Table::Content, row.value)?.into_sender(id)?;
    let identity = keys::sender_identity(row.workspace, &sender.details);
    let holder = checked.view.get(Table::Content, &identity)?;
    if holder.is_none_or(|holder| keys::number(&holder) != id.0) {
        return Ok(Some(format!("sender {} is not found by its address", id.0)));
    }
    let is_given_out = u64::from(id.0) <= checked.counter(&keys::sender_counter(row.workspace))?;
    Ok((!is_given_out).then(|| format!("sender {} has a number that was never given out", id.0)))
}

fn sender_identity(checked: &Checked<'_>, row: Row<'_>) -> Problem {
    let id = SenderId(keys::number(row.value));
    let found = checked
        .view
        .get(Table::Content, &keys::sender(row.workspace, id))?;
    let sender = found
        .map(|bytes| decode::<SenderRow>(Table::Content, &bytes)?.into_sender(id))
        .transpose()?;
    let is_its_own = sender.is_some_and(|it| {
        let identity = keys::sender_identity(row.workspace, &it.details);
        keys::rest(&identity) == row.rest
    });
    Ok((!is_its_own).then(|| format!("an address leads to sender {}, which has another", id.0)))
}

fn suppression(row: Row<'_>) -> Problem {
    decode::<SuppressionRow>(Table::Content, row.value)?;
    let is_known = SuppressionKind::ALL
        .map(|kind| keys::suppressions(row.workspace, kind))
        .iter()
        .any(|prefix| row.rest.first() == prefix.last());
    Ok((!is_known).then(|| "an address that is suppressed for no known reason".to_owned()))
}

fn opt_out(checked: &Checked<'_>, row: Row<'_>) -> Problem {
    let Some((person, rest)) = row.person() else {
        return Ok(Some("an opt-out of nobody".to_owned()));
    };
    if keys::read_opt_out(rest).is_none() {
        return Ok(Some(format!("an opt-out of {person} of no known channel")));
    }
    let is_there = checked.has_person(row.workspace, person)?;
    Ok((!is_there).then(|| format!("an opt-out of {person}, who is not there")))
}
