//! Rows of CSV.
//!
//! The reader underneath fills what it is given and says when that is full, so that a quote that
//! is never closed is a row that is too long, and not all memory there is.

use std::io;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::input::Input;
use super::{ROW_BYTES_MAX, Record};
use crate::import::format::Delimiter;

/// One more than a row may have: the reader stops when there is no room left.
const BYTES_MAX: usize = ROW_BYTES_MAX + 1;
/// Most cells of a row.
const CELLS_MAX: usize = 10_000;

pub(super) struct Csv {
    reader: Reader,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Csv {
    pub(super) fn new(delimiter: Delimiter) -> Csv {
        Csv {
            reader: ReaderBuilder::new().delimiter(delimiter.0).build(),
            bytes: vec![0; 4_096],
            ends: vec![0; 64],
        }
    }

    pub(super) fn next(&mut self, input: &mut Input) -> io::Result<Option<Record>> {
        // The reader passes over empty lines, and the row would seem to begin there.
        let is_break = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        while input.take(|next| next.iter().take_while(is_break).count())? > 0 {}
        let line = input.line();
        let (mut bytes, mut cells) = (0, 0);
        let mut beginning = None;
        loop {
            let mut result = ReadRecordResult::InputEmpty;
            input.take(|next| {
                let room = (&mut self.bytes[bytes..], &mut self.ends[cells..]);
                let (seen, used, written, ended) = self.reader.read_record(next, room.0, room.1);
                result = seen;
                bytes += written;
                cells += ended;
                used
            })?;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if bytes < BYTES_MAX => {
                    let larger = (self.bytes.len() * 2).min(BYTES_MAX);
                    self.bytes.resize(larger, 0);
                }
                ReadRecordResult::OutputEndsFull if cells < CELLS_MAX => {
                    self.ends.resize((self.ends.len() * 2).min(CELLS_MAX), 0);
                }
                // Too much of it: the rest is passed over.
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    beginning.get_or_insert_with(|| self.bytes[..bytes].to_vec());
                    (bytes, cells) = (0, 0);
                }
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(None),
            }
        }
        if let Some(beginning) = beginning {
            let hint =
                format!(", or has more than {CELLS_MAX} cells: perhaps a quote is not closed");
            return Ok(Some(Record::too_long(line, beginning, &hint)));
        }
        Ok(Some(Record {
            line,
            bytes: self.bytes[..bytes].to_vec(),
            ends: self.ends[..cells].to_vec(),
            problem: None,
        }))
    }
}
