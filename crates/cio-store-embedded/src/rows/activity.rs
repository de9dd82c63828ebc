//! An activity.

use cio_domain::UnixMillis;
use cio_domain::activity::ActivityKind;
use cio_store::StoreError;

use super::compact::{Reader, put_number, put_text};
use crate::engine::Table;

/// An activity. What the key says is not here: time, sequence and mostly the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActivityRow {
    pub(crate) kind: ActivityKind,
    pub(crate) name: Option<String>,
    /// The event's id.
    pub(crate) id: Option<String>,
    pub(crate) data: Option<String>,
    pub(crate) delivery_id: Option<String>,
    /// When it was received: a visitor's events count from then on.
    pub(crate) received_at: Option<UnixMillis>,
    /// What may be said of a person who was removed.
    pub(crate) gone: Option<u64>,
}

/// The commonest kinds, which need no more than a letter.
static SHORT_KINDS: [(u8, ActivityKind); 4] = [
    (b'e', ActivityKind::EVENT),
    (b'p', ActivityKind::PAGE),
    (b's', ActivityKind::SCREEN),
    (b'c', ActivityKind::ATTRIBUTE_CHANGE),
];
/// Stands before a kind that has no letter.
const LONG_KIND: u8 = b'_';

impl ActivityRow {
    pub(crate) fn of(kind: &ActivityKind) -> ActivityRow {
        ActivityRow {
            kind: kind.clone(),
            name: None,
            id: None,
            data: None,
            delivery_id: None,
            received_at: None,
            gone: None,
        }
    }

    pub(crate) fn kind(&self) -> &ActivityKind {
        &self.kind
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let texts = [&self.name, &self.id, &self.data, &self.delivery_id];
        let numbers = [self.received_at, self.gone];
        let length: usize = texts.into_iter().flatten().map(String::len).sum();
        let mut row = Vec::with_capacity(length + 48);
        match SHORT_KINDS.iter().find(|(_, known)| *known == self.kind) {
            Some((letter, _)) => row.push(*letter),
            None => {
                row.push(LONG_KIND);
                put_text(&mut row, self.kind.as_str());
            }
        }
        let texts_there = texts.iter().map(|text| text.is_some());
        let there = texts_there.chain(numbers.iter().map(Option::is_some));
        row.push(
            there
                .enumerate()
                .fold(0, |has, (bit, there)| has | u8::from(there) << bit),
        );
        for text in texts.into_iter().flatten() {
            put_text(&mut row, text);
        }
        for number in numbers.into_iter().flatten() {
            put_number(&mut row, number);
        }
        row
    }

    pub(crate) fn decode(row: &[u8]) -> Result<ActivityRow, StoreError> {
        let mut reader = Reader::new(Table::Activities, row);
        let letter = reader.byte()?;
        let kind = match SHORT_KINDS.iter().find(|(short, _)| *short == letter) {
            Some((_, kind)) => kind.clone(),
            None if letter == LONG_KIND => ActivityKind::named(reader.text()?),
            None => return Err(reader.corrupt("an activity of an unknown kind")),
        };
        let has = reader.byte()?;
        let mut text = |bit: u8| {
            let there = has & (1 << bit) != 0;
            there.then(|| reader.text()).transpose()
        };
        let (name, id, data, delivery_id) = (text(0)?, text(1)?, text(2)?, text(3)?);
        let mut number = |bit: u8| {
            let there = has & (1 << bit) != 0;
            there.then(|| reader.number()).transpose()
        };
        let (received_at, gone) = (number(4)?, number(5)?);
        reader.end()?;
        Ok(ActivityRow {
            kind,
            name,
            id,
            data,
            delivery_id,
            received_at,
            gone,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_activity_reads_back() {
        let event = ActivityRow {
            name: Some("order_placed".to_owned()),
            id: Some(String::new()),
            data: Some(r#"{"a":"ü"}"#.repeat(40)),
            received_at: Some(u64::MAX),
            ..ActivityRow::of(&ActivityKind::EVENT)
        };
        let gone = ActivityRow {
            delivery_id: Some("d".to_owned()),
            gone: Some(0),
            ..ActivityRow::of(&ActivityKind::PROFILE_DELETE)
        };
        for row in [event, gone, ActivityRow::of(&ActivityKind::PAGE)] {
            let bytes = row.encode();
            assert_eq!(ActivityRow::decode(&bytes).unwrap(), row);
            for end in 0..bytes.len() {
                assert!(ActivityRow::decode(&bytes[..end]).is_err(), "{end}");
            }
        }
    }
}
