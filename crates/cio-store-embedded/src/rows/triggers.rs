//! Rows of triggers, and of the lists made for them.

use cio_domain::condition::{Condition, Grammar};
use cio_domain::delivery::Tracking;
use cio_domain::trigger::{
    Audience, LineEnd, ListId, NewTrigger, Recipient, Selector, Trigger, TriggerDetails, TriggerId,
    TriggerPosition, TriggerState, TriggeredAction, WhenMissing,
};
use cio_domain::{PersonId, UnixMillis};
use cio_store::StoreError;
use serde::{Deserialize, Serialize};

use super::compact::{self, Reader};
use super::transfers::named;
use crate::engine::Table;

/// Where a job stands in its queue.
type Place = (UnixMillis, u64);

/// How far a trigger is. What stays as it is has a row of its own, for this one is written
/// again and again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TriggerRow {
    selector: String,
    state: String,
    position: PositionRow,
    /// The list that is its own, until it has ended.
    list: Option<u64>,
    /// Whether it has something for everybody.
    pub(crate) has_data: bool,
    pub(crate) recipients: u64,
    pub(crate) errors: u64,
    pub(crate) failure: Option<String>,
    created_at: UnixMillis,
    ended_at: Option<UnixMillis>,
    /// Its job, while it has one.
    pub(crate) job: Option<Place>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PositionRow {
    Start,
    Page(String),
    Piece(u64),
    /// Offset and line.
    Checking(u64, u64),
    Sending(u64, u64),
}

impl TriggerRow {
    /// One that waits.
    pub(crate) fn new(new: &NewTrigger, at: UnixMillis) -> TriggerRow {
        let list = match new.details.audience {
            Audience::Listed(list) => list,
            Audience::Matching(_) | Audience::File(_) => None,
        };
        TriggerRow {
            selector: new.selector.as_str().to_owned(),
            state: TriggerState::Waiting.as_str().to_owned(),
            position: PositionRow::Start,
            list: list.map(|list| list.0),
            has_data: new.data.is_some(),
            recipients: 0,
            errors: 0,
            failure: None,
            created_at: at,
            ended_at: None,
            job: None,
        }
    }

    pub(crate) fn state(&self) -> Result<TriggerState, StoreError> {
        named(TriggerState::ALL, &self.state, TriggerState::as_str)
    }

    pub(crate) fn set_state(&mut self, state: TriggerState) {
        state.as_str().clone_into(&mut self.state);
    }

    pub(crate) fn list(&self) -> Option<ListId> {
        self.list.map(ListId)
    }

    /// The piece of its list that comes next.
    pub(crate) fn piece(&self) -> u64 {
        match self.position {
            PositionRow::Piece(piece) => piece,
            _ => 0,
        }
    }

    pub(crate) fn set_position(&mut self, position: TriggerPosition) {
        self.position = match position {
            TriggerPosition::Start => PositionRow::Start,
            TriggerPosition::Page(cursor) => PositionRow::Page(cursor),
            TriggerPosition::Piece(piece) => PositionRow::Piece(piece),
            TriggerPosition::Checking(end) => PositionRow::Checking(end.offset, end.line),
            TriggerPosition::Sending(end) => PositionRow::Sending(end.offset, end.line),
        };
    }

    /// Ends it, and it has no list any more.
    pub(crate) fn end(&mut self, state: TriggerState, at: UnixMillis) {
        self.set_state(state);
        self.ended_at = Some(at);
        self.list = None;
    }

    pub(crate) fn into_trigger(self, id: TriggerId) -> Result<Trigger, StoreError> {
        Ok(Trigger {
            id,
            selector: named(Selector::ALL, &self.selector, Selector::as_str)?,
            state: self.state()?,
            position: match self.position {
                PositionRow::Start => TriggerPosition::Start,
                PositionRow::Page(cursor) => TriggerPosition::Page(cursor),
                PositionRow::Piece(piece) => TriggerPosition::Piece(piece),
                PositionRow::Checking(offset, line) => {
                    TriggerPosition::Checking(LineEnd { offset, line })
                }
                PositionRow::Sending(offset, line) => {
                    TriggerPosition::Sending(LineEnd { offset, line })
                }
            },
            recipients: self.recipients,
            errors: self.errors,
            failure: self.failure,
            created_at: self.created_at,
            ended_at: self.ended_at,
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TriggerDetailsRow {
    audience: AudienceRow,
    ignore_ids: bool,
    ignore_emails: bool,
    add_duplicates: bool,
    actions: Vec<TriggeredActionRow>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AudienceRow {
    /// As JSON.
    Matching(String),
    Listed(Option<u64>),
    File(String),
}

#[derive(Debug, Serialize, Deserialize)]
struct TriggeredActionRow {
    id: u64,
    channel: String,
    send_to_unsubscribed: bool,
    track_opens: bool,
    track_links: bool,
    draft: bool,
}

impl From<TriggerDetails> for TriggerDetailsRow {
    fn from(details: TriggerDetails) -> TriggerDetailsRow {
        let actions = details.actions.into_iter();
        TriggerDetailsRow {
            audience: match details.audience {
                Audience::Matching(condition) => {
                    AudienceRow::Matching(condition.to_json().to_string())
                }
                Audience::Listed(list) => AudienceRow::Listed(list.map(|list| list.0)),
                Audience::File(url) => AudienceRow::File(url),
            },
            ignore_ids: details.missing.ignore_ids,
            ignore_emails: details.missing.ignore_emails,
            add_duplicates: details.missing.add_duplicates,
            actions: actions
                .map(|action| TriggeredActionRow {
                    id: action.id,
                    channel: action.channel.as_str().to_owned(),
                    send_to_unsubscribed: action.send_to_unsubscribed,
                    track_opens: action.tracking.opens,
                    track_links: action.tracking.links,
                    draft: action.draft,
                })
                .collect(),
        }
    }
}

impl TriggerDetailsRow {
    pub(crate) fn into_details(self) -> Result<TriggerDetails, StoreError> {
        let actions = self.actions.into_iter().map(|row| {
            Ok(TriggeredAction {
                id: row.id,
                channel: row.channel.parse().map_err(|_| corrupt("a channel"))?,
                send_to_unsubscribed: row.send_to_unsubscribed,
                tracking: Tracking {
                    opens: row.track_opens,
                    links: row.track_links,
                },
                draft: row.draft,
            })
        });
        Ok(TriggerDetails {
            audience: match self.audience {
                AudienceRow::Matching(json) => Audience::Matching(condition(&json)?),
                AudienceRow::Listed(list) => Audience::Listed(list.map(ListId)),
                AudienceRow::File(url) => Audience::File(url),
            },
            missing: WhenMissing {
                ignore_ids: self.ignore_ids,
                ignore_emails: self.ignore_emails,
                add_duplicates: self.add_duplicates,
            },
            actions: actions.collect::<Result<_, StoreError>>()?,
        })
    }
}

/// A filter may be longer than the condition of a definition, and says less.
fn condition(json: &str) -> Result<Condition, StoreError> {
    let value = serde_json::from_str(json).map_err(|error| corrupt(&error.to_string()))?;
    Condition::from_json(&value, "audience", Grammar::Filter)
        .or_else(|_| Condition::from_json(&value, "audience", Grammar::Definition))
        .map_err(|error| corrupt(&error.to_string()))
}

fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt {
        table: Table::Jobs.name(),
        reason: format!("a trigger does not read back: {what}"),
    }
}

/// A list of people for a trigger.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ListRow {
    pub(crate) pieces: u64,
    pub(crate) created_at: UnixMillis,
    /// Broadcast and number of the trigger whose own it is.
    pub(crate) trigger: Option<(u64, u64)>,
}

/// A piece of a list: of each recipient the number, then the data, which is empty for none.
pub(crate) fn encode_recipients(recipients: &[Recipient]) -> Vec<u8> {
    let mut row = Vec::new();
    for recipient in recipients {
        compact::put_number(&mut row, recipient.person.0);
        compact::put_text(&mut row, recipient.data.as_deref().unwrap_or_default());
    }
    row
}

pub(crate) fn decode_recipients(row: &[u8]) -> Result<Vec<Recipient>, StoreError> {
    let mut reader = Reader::new(Table::Jobs, row);
    let mut recipients = Vec::new();
    while reader.end().is_err() {
        let person = PersonId(reader.number()?);
        let data = Some(reader.text()?).filter(|data| !data.is_empty());
        recipients.push(Recipient { person, data });
    }
    Ok(recipients)
}
