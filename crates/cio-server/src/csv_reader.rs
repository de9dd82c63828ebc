//! Reading a CSV file: bounded in the length of a row, from any row on.

use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use cio_domain::limits::IMPORT_ROW_BYTES_MAX;
use cio_domain::transfer::Position;
use csv::ByteRecord;

/// Why a file cannot be read on.
#[derive(Debug)]
pub(crate) enum Problem {
    Io(io::Error),
    /// This row does not end.
    TooLong(u64),
    /// It is not such a file.
    Never(String),
}

/// What is wrong, to whoever gave the file.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Io(error) => write!(f, "the file cannot be read: {error}"),
            Problem::Never(text) => f.write_str(text),
            Problem::TooLong(row) => write!(
                f,
                "row {row} is longer than {IMPORT_ROW_BYTES_MAX} bytes: is a quote left open?"
            ),
        }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Problem {
        Problem::Io(error)
    }
}

/// A file, and the row it is at.
pub(crate) struct Reader<R> {
    csv: csv::Reader<Bounded<R>>,
    record: ByteRecord,
    /// Rows that were read, the header included.
    row: u64,
}

impl Reader<File> {
    pub(crate) fn open(path: &Path) -> Result<Reader<File>, Problem> {
        Ok(Reader::new(File::open(path)?))
    }
}

impl<R: Read> Reader<R> {
    pub(crate) fn new(file: R) -> Reader<R> {
        let csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(64 << 10)
            .from_reader(Bounded {
                inner: file,
                left: 0,
            });
        Reader {
            csv,
            record: ByteRecord::new(),
            row: 0,
        }
    }

    /// The names in the first row, each once, without the mark that some programs put before
    /// them. A column may have none.
    pub(crate) fn header(&mut self) -> Result<Vec<String>, Problem> {
        let empty = || Problem::Never("the file is empty: it needs a header and rows".to_owned());
        let record = self.next()?.ok_or_else(empty)?;
        let mut names = Vec::with_capacity(record.len());
        for cell in record {
            let name = std::str::from_utf8(cell).map_err(|_| {
                Problem::Never("the header is not UTF-8: save the file as UTF-8".to_owned())
            })?;
            names.push(name.trim_start_matches('\u{feff}').trim().to_owned());
        }
        let mut seen = HashSet::new();
        let named = names.iter().filter(|name| !name.is_empty());
        for name in named {
            if !seen.insert(name) {
                let name = short(name);
                return Err(Problem::Never(format!(
                    "the header has the column \"{name}\" twice"
                )));
            }
        }
        Ok(names)
    }

    /// The next row. Lines without anything are none.
    pub(crate) fn next(&mut self) -> Result<Option<&ByteRecord>, Problem> {
        self.csv.get_mut().left = IMPORT_ROW_BYTES_MAX;
        match self.csv.read_byte_record(&mut self.record) {
            Ok(false) => Ok(None),
            Ok(true) => {
                self.row += 1;
                Ok(Some(&self.record))
            }
            Err(error) => Err(match error.into_kind() {
                csv::ErrorKind::Io(error) if is_too_long(&error) => Problem::TooLong(self.row + 1),
                csv::ErrorKind::Io(error) => Problem::Io(error),
                _ => Problem::Never(format!("row {} is not CSV", self.row + 1)),
            }),
        }
    }

    /// Behind the row that was read last.
    pub(crate) fn position(&self) -> Position {
        Position {
            offset: self.csv.position().byte(),
            line: self.csv.position().line(),
            row: self.row,
        }
    }
}

impl<R: Read + Seek> Reader<R> {
    pub(crate) fn seek(&mut self, to: Position) -> Result<(), Problem> {
        let mut position = csv::Position::new();
        position
            .set_byte(to.offset)
            .set_line(to.line)
            .set_record(to.row);
        self.csv
            .seek(position)
            .map_err(|error| Problem::Io(error.into()))?;
        self.row = to.row;
        Ok(())
    }
}

/// The cells of a row with the names of their columns. A column without a name is left out.
pub(crate) fn named_cells<'a>(
    names: &'a [String],
    record: &'a ByteRecord,
) -> Result<Vec<(&'a str, &'a str)>, String> {
    if record.len() != names.len() {
        return Err(format!(
            "it has {} cells, and the header {}",
            record.len(),
            names.len()
        ));
    }
    let mut cells = Vec::with_capacity(names.len());
    for (name, cell) in names.iter().zip(record) {
        if name.is_empty() {
            continue;
        }
        let text = std::str::from_utf8(cell)
            .map_err(|_| format!("the cell in \"{}\" is not UTF-8", short(name)))?;
        cells.push((name.as_str(), text));
    }
    Ok(cells)
}

/// A name as it can be shown: it may be anything.
fn short(name: &str) -> String {
    name.chars().take(100).collect()
}

/// A file of which so much is read until somebody allows more.
struct Bounded<R> {
    inner: R,
    left: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("a row is too long")]
struct TooLong;

fn is_too_long(error: &io::Error) -> bool {
    matches!(error.get_ref(), Some(cause) if cause.is::<TooLong>())
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other(TooLong));
        }
        let length = buffer.len().min(self.left);
        let read = self.inner.read(&mut buffer[..length])?;
        self.left -= read;
        Ok(read)
    }
}

impl<R: Seek> Seek for Bounded<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(content: &[u8]) -> (tempfile::TempDir, Reader<File>) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("1-1.csv");
        std::fs::write(&path, content).unwrap();
        let reader = Reader::open(&path).unwrap();
        (directory, reader)
    }

    fn cells(record: &ByteRecord) -> Vec<String> {
        let cells = record.iter();
        cells
            .map(|it| String::from_utf8_lossy(it).into_owned())
            .collect()
    }

    #[test]
    fn rows_are_read_from_any_of_them_on() {
        let file = b"\xef\xbb\xbfid, name \r\n1,\"two\nlines\"\r\n\r\n2,\"a \"\"b\"\"\"\n3,c";
        let (_directory, mut reader) = reader(file);
        assert_eq!(reader.header().unwrap(), ["id", "name"]);
        let mut places = vec![reader.position()];
        let mut rows = Vec::new();
        while let Some(record) = reader.next().unwrap() {
            rows.push(cells(record));
            places.push(reader.position());
        }
        assert_eq!(rows, [["1", "two\nlines"], ["2", "a \"b\""], ["3", "c"]]);
        assert_eq!(reader.position().row, 4);
        for (row, place) in rows.iter().zip(places) {
            reader.seek(place).unwrap();
            assert_eq!(&cells(reader.next().unwrap().unwrap()), row);
            assert_eq!(reader.position().row, place.row + 1);
        }
    }

    #[test]
    fn a_row_without_an_end_is_given_up() {
        let file = [b"id\n1\n\"".to_vec(), vec![b'x'; 3 << 20]].concat();
        let (_directory, mut reader) = reader(&file);
        reader.header().unwrap();
        assert!(reader.next().unwrap().is_some());
        let problem = reader.next().unwrap_err();
        assert!(matches!(problem, Problem::TooLong(3)), "{problem:?}");
    }

    #[test]
    fn what_has_no_header_is_said() {
        for file in [b"".as_slice(), b"\n\n"] {
            let (_directory, mut reader) = reader(file);
            let problem = reader.header().unwrap_err();
            assert!(matches!(&problem, Problem::Never(text) if text.contains("empty")));
        }
        let (_directory, mut reader) = reader(b"id,\xff\n");
        let problem = reader.header().unwrap_err();
        assert!(matches!(&problem, Problem::Never(text) if text.contains("UTF-8")));
    }

    #[test]
    fn a_column_has_a_name_of_its_own_or_none() {
        let problem = Reader::new(&b"id, plan,plan\n"[..]).header().unwrap_err();
        let text = "the header has the column \"plan\" twice";
        assert_eq!(problem.to_string(), text);
        let names = Reader::new(&b"id,,\n"[..]).header().unwrap();
        let record = ByteRecord::from(vec!["1", "2", "3"]);
        assert_eq!(named_cells(&names, &record).unwrap(), [("id", "1")]);
    }
}
