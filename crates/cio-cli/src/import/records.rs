//! The rows of an input, one after the other, in bounded memory.

mod csv;
mod input;
mod json_lines;

use std::io::{self, Read};

use self::csv::Csv;
use self::input::Input;
use super::format::{Delimiter, Format};
use super::rejects::Layout;

/// Longest row that is read.
pub(crate) const ROW_BYTES_MAX: usize = 1 << 20;
/// Of a longer one, so much is kept to be recognised by.
const KEPT_BYTES: usize = 1_000;

/// One row as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Where it begins, from 1; the header of CSV is in line 1.
    pub(crate) line: u64,
    /// Its cells without their quotes, one behind the other; in JSON Lines, the line.
    pub(crate) bytes: Vec<u8>,
    /// Where each cell ends.
    pub(crate) ends: Vec<usize>,
    /// Why it cannot be read as it should be.
    pub(crate) problem: Option<String>,
}

impl Record {
    /// The bytes of each cell.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let spans = starts.zip(self.ends.iter().copied());
        spans.map(|(start, end)| &self.bytes[start..end])
    }

    /// One that is longer than any may be.
    fn too_long(line: u64, mut bytes: Vec<u8>, hint: &str) -> Record {
        bytes.truncate(KEPT_BYTES);
        Record {
            line,
            ends: vec![bytes.len()],
            bytes,
            problem: Some(format!(
                "is longer than {ROW_BYTES_MAX} bytes{hint}; this is its beginning"
            )),
        }
    }
}

/// How far an input has been read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Place {
    /// Bytes, a byte order mark not counted.
    pub(crate) bytes: u64,
    /// Lines.
    pub(crate) lines: u64,
    /// SHA-256 of these bytes, in hexadecimal.
    pub(crate) digest: String,
}

/// Reads rows.
pub(crate) struct Records {
    input: Input,
    rows: Rows,
    /// The names of the columns of CSV, and what separates them.
    header: Option<(Vec<String>, Delimiter)>,
}

enum Rows {
    Csv(Box<Csv>),
    JsonLines,
}

impl Records {
    /// Begins to read: of CSV, up to behind the header. The text of an error that is no failure
    /// to read says what is wrong with the input.
    pub(crate) fn open(
        source: Box<dyn Read + Send>,
        format: Format,
        delimiter: Option<Delimiter>,
    ) -> io::Result<Result<Records, String>> {
        let mut input = Input::open(source)?;
        if input.is_utf16() {
            let said = "it is in UTF-16: save it as UTF-8, which Excel calls CSV UTF-8";
            return Ok(Err(said.to_owned()));
        }
        if format == Format::Jsonl {
            let rows = Rows::JsonLines;
            let header = None;
            return Ok(Ok(Records {
                input,
                rows,
                header,
            }));
        }
        let delimiter = delimiter.unwrap_or_else(|| Delimiter::of(input.first_line()));
        let mut csv = Csv::new(delimiter);
        let header = match csv.next(&mut input)? {
            Some(header) => names(&header),
            None => Err("it is empty: CSV begins with the names of its columns".to_owned()),
        };
        Ok(header.map(|header| Records {
            input,
            rows: Rows::Csv(Box::new(csv)),
            header: Some((header, delimiter)),
        }))
    }

    /// The names of the columns; none in JSON Lines.
    pub(crate) fn header(&self) -> Option<&[String]> {
        Some(&self.header.as_ref()?.0)
    }

    /// How rows that are like these are written.
    pub(crate) fn layout(&self) -> Layout {
        match &self.header {
            Some((header, delimiter)) => Layout::Csv {
                delimiter: *delimiter,
                header: header.clone(),
            },
            None => Layout::JsonLines,
        }
    }

    /// The next row.
    pub(crate) fn next(&mut self) -> io::Result<Option<Record>> {
        match &mut self.rows {
            Rows::Csv(csv) => csv.next(&mut self.input),
            Rows::JsonLines => json_lines::next(&mut self.input),
        }
    }

    /// How far it is.
    pub(crate) fn place(&self) -> Place {
        self.input.place()
    }

    /// How many bytes have been read.
    pub(crate) fn bytes(&self) -> u64 {
        self.input.bytes()
    }

    /// Passes over what comes before a place. No if it is not what was there when the place was
    /// noted.
    pub(crate) fn skip_to(&mut self, place: &Place) -> io::Result<bool> {
        self.input.skip_to(place.bytes)?;
        Ok(self.place() == *place)
    }
}

/// The names of the columns.
fn names(header: &Record) -> Result<Vec<String>, String> {
    if let Some(problem) = &header.problem {
        return Err(format!("the header {problem}"));
    }
    let mut names: Vec<String> = Vec::with_capacity(header.ends.len());
    for cell in header.cells() {
        let name = std::str::from_utf8(cell)
            .map_err(|_| "the header is not UTF-8: save the file as UTF-8".to_owned())?
            .trim();
        if !name.is_empty() && names.iter().any(|known| known == name) {
            return Err(format!("two columns have the name {name:?}"));
        }
        names.push(name.to_owned());
    }
    if names.iter().all(String::is_empty) {
        return Err("the first line must hold the names of the columns".to_owned());
    }
    Ok(names)
}

#[cfg(test)]
mod tests;
