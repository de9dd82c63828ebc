//! Counts of a day.

use cio_store::StoreError;

use super::compact::{self, Reader};
use crate::engine::Table;

const HOURS: usize = 24;

/// Counts by the hour of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct DayRow(pub(crate) [u64; HOURS]);

impl DayRow {
    /// Counts one more in an hour.
    pub(crate) fn add(&mut self, hour: usize) {
        if let Some(count) = self.0.get_mut(hour) {
            *count += 1;
        }
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The hours in which there was anything, each before its count.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut row = Vec::new();
        for (hour, count) in (0..).zip(self.0) {
            if count > 0 {
                row.push(hour);
                compact::put_number(&mut row, count);
            }
        }
        row
    }

    pub(crate) fn decode(row: &[u8]) -> Result<DayRow, StoreError> {
        let mut day = DayRow::default();
        let mut reader = Reader::new(Table::Series, row);
        while reader.end().is_err() {
            let hour = usize::from(reader.byte()?);
            let count = reader.number()?;
            match day.0.get_mut(hour) {
                Some(of_hour) => *of_hour = count,
                None => return Err(reader.corrupt("an hour that no day has")),
            }
        }
        Ok(day)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_day_reads_back(counts: [u64; HOURS]) {
            let day = DayRow(counts);
            prop_assert_eq!(DayRow::decode(&day.encode()).unwrap(), day);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = DayRow::decode(&bytes);
        }
    }

    #[test]
    fn an_hour_with_nothing_takes_no_room() {
        let mut day = DayRow::default();
        assert!(day.encode().is_empty());
        day.add(23);
        day.add(23);
        day.add(24);
        assert_eq!(day.encode(), [23, 2]);
    }
}
