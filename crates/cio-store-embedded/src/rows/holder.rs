//! Who holds an identifier.

use cio_domain::UnixMillis;
use cio_store::StoreError;

use super::compact::{Reader, put_number, put_text};
use crate::engine::Table;

/// Who holds an identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HolderRow {
    /// A person, and how the address is spelled where that is not lower case.
    Person(u64, Option<String>),
    /// A visitor who was identified: as whom, and when last.
    Visitor { person: u64, at: UnixMillis },
    /// Blocked, together with these.
    Suppressed {
        id: Option<String>,
        email: Option<String>,
    },
}

impl HolderRow {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut row = Vec::with_capacity(16);
        match self {
            HolderRow::Person(person, None) => {
                row.push(b'p');
                put_number(&mut row, *person);
            }
            HolderRow::Person(person, Some(spelling)) => {
                row.push(b'P');
                put_number(&mut row, *person);
                put_text(&mut row, spelling);
            }
            HolderRow::Visitor { person, at } => {
                row.push(b'v');
                put_number(&mut row, *person);
                put_number(&mut row, *at);
            }
            HolderRow::Suppressed { id, email } => {
                row.push(b's');
                row.push(u8::from(id.is_some()) | u8::from(email.is_some()) << 1);
                let texts = id.iter().chain(email);
                texts.for_each(|text| put_text(&mut row, text));
            }
        }
        row
    }

    pub(crate) fn decode(row: &[u8]) -> Result<HolderRow, StoreError> {
        let mut reader = Reader::new(Table::Identifiers, row);
        let holder = match reader.byte()? {
            b'p' => HolderRow::Person(reader.number()?, None),
            b'P' => HolderRow::Person(reader.number()?, Some(reader.text()?)),
            b'v' => HolderRow::Visitor {
                person: reader.number()?,
                at: reader.number()?,
            },
            b's' => {
                let has = reader.byte()?;
                let mut text = |bit: u8| (has & bit != 0).then(|| reader.text()).transpose();
                HolderRow::Suppressed {
                    id: text(1)?,
                    email: text(2)?,
                }
            }
            _ => return Err(reader.corrupt("a holder of an unknown kind")),
        };
        reader.end()?;
        Ok(holder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_holder_reads_back() {
        let text = || Some("Ada@example.com".to_owned());
        for holder in [
            HolderRow::Person(7, None),
            HolderRow::Person(u64::MAX, text()),
            HolderRow::Visitor { person: 300, at: 9 },
            HolderRow::Suppressed {
                id: None,
                email: text(),
            },
            HolderRow::Suppressed {
                id: text(),
                email: None,
            },
        ] {
            assert_eq!(HolderRow::decode(&holder.encode()).unwrap(), holder);
        }
        for damaged in [&b""[..], b"x", b"p", b"p\x07more", b"P\x07\xff"] {
            assert!(HolderRow::decode(damaged).is_err(), "{damaged:?}");
        }
    }
}
