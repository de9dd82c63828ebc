//! Numbers and texts one after the other: how the rows of which there are most are
//! written. Smaller than JSON, and read without looking at each character.

use cio_store::StoreError;

use crate::engine::Table;

/// A number of up to 64 bits, seven of them in a byte, the lowest first; the last byte has
/// its top bit clear.
pub(super) fn put_number(row: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        row.push(number as u8 | 0x80);
        number >>= 7;
    }
    row.push(number as u8);
}

/// A text, its length before it.
pub(super) fn put_text(row: &mut Vec<u8>, text: &str) {
    put_number(row, text.len() as u64);
    row.extend_from_slice(text.as_bytes());
}

/// What is left to read of a row.
pub(super) struct Reader<'a> {
    table: Table,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(table: Table, row: &'a [u8]) -> Reader<'a> {
        Reader { table, rest: row }
    }

    pub(super) fn corrupt(&self, reason: &str) -> StoreError {
        StoreError::Corrupt {
            table: self.table.name(),
            reason: reason.to_owned(),
        }
    }

    pub(super) fn byte(&mut self) -> Result<u8, StoreError> {
        let (byte, rest) = self
            .rest
            .split_first()
            .ok_or_else(|| self.corrupt("a row that is cut short"))?;
        self.rest = rest;
        Ok(*byte)
    }

    pub(super) fn number(&mut self) -> Result<u64, StoreError> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.corrupt("a number that is too long"))
    }

    pub(super) fn text(&mut self) -> Result<String, StoreError> {
        let length = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        let (text, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| self.corrupt("a text that is cut short"))?;
        let text =
            std::str::from_utf8(text).map_err(|_| self.corrupt("a text that is not UTF-8"))?;
        self.rest = rest;
        Ok(text.to_owned())
    }

    /// A row says all it has to say.
    pub(super) fn end(&self) -> Result<(), StoreError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.corrupt("a row that goes on"))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_and_texts_read_back(numbers: Vec<u64>, text: String) {
            let mut row = Vec::new();
            numbers.iter().for_each(|number| put_number(&mut row, *number));
            put_text(&mut row, &text);
            let mut reader = Reader::new(Table::Activities, &row);
            for number in numbers {
                prop_assert_eq!(reader.number().unwrap(), number);
            }
            prop_assert_eq!(reader.text().unwrap(), text);
            prop_assert!(reader.end().is_ok());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let mut reader = Reader::new(Table::Activities, &bytes);
            let _ = reader.number();
            let _ = reader.text();
        }
    }
}
