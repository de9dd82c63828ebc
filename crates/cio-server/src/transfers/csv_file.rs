//! Writing a CSV file: UTF-8, RFC 4180, under its name only when it is whole.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::files;

/// A file in the making.
pub(super) struct CsvFile {
    writer: csv::Writer<File>,
    path: PathBuf,
    rows: u64,
    escape_formulas: bool,
}

impl CsvFile {
    /// Starts a file with its header. What an attempt before left of it is gone.
    pub(super) fn create(
        path: &Path,
        header: &[String],
        escape_formulas: bool,
    ) -> io::Result<CsvFile> {
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .buffer_capacity(64 << 10)
            .from_writer(files::start(path)?);
        let mut file = CsvFile {
            writer,
            path: path.to_owned(),
            rows: 0,
            escape_formulas,
        };
        file.write(header.iter().map(String::as_str))?;
        file.rows = 0;
        Ok(file)
    }

    /// Adds a row.
    pub(super) fn write<'a>(&mut self, cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
        for cell in cells {
            if self.escape_formulas && is_formula(cell) {
                self.writer.write_field(format!("'{cell}"))?;
            } else {
                self.writer.write_field(cell)?;
            }
        }
        self.writer.write_record(None::<&[u8]>)?;
        self.rows += 1;
        Ok(())
    }

    /// Puts the file in its place, and says how many rows it has.
    pub(super) fn finish(mut self) -> io::Result<u64> {
        self.writer.flush()?;
        files::publish(self.writer.get_ref(), &self.path)?;
        Ok(self.rows)
    }
}

/// Whether a spreadsheet would compute a cell instead of showing it.
fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(escape_formulas: bool) -> String {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("1-1.csv");
        let header = ["a", "b"].map(str::to_owned);
        let mut file = CsvFile::create(&path, &header, escape_formulas).unwrap();
        for row in [
            ["plain", "with \"quotes\""],
            ["two\r\nlines", "a,comma"],
            ["=1+1", "-5"],
            ["", "ü"],
        ] {
            file.write(row.into_iter()).unwrap();
        }
        assert!(!path.exists(), "it is not whole yet");
        assert_eq!(file.finish().unwrap(), 4);
        std::fs::read_to_string(&path).unwrap()
    }

    #[test]
    fn cells_are_quoted_where_they_have_to_be_and_otherwise_left_as_they_are() {
        let expected = "a,b\r\nplain,\"with \"\"quotes\"\"\"\r\n\"two\r\nlines\",\"a,comma\"\r\n\
            =1+1,-5\r\n,ü\r\n";
        assert_eq!(written(false), expected);
    }

    #[test]
    fn formulas_are_made_harmless_if_asked_for() {
        assert!(written(true).contains("\r\n'=1+1,'-5\r\n"));
    }

    #[test]
    fn what_another_attempt_left_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("1-1.csv");
        let header = ["a".to_owned()];
        let mut first = CsvFile::create(&path, &header, false).unwrap();
        first.write(["lost"].into_iter()).unwrap();
        drop(first);
        let mut second = CsvFile::create(&path, &header, false).unwrap();
        second.write(["kept"].into_iter()).unwrap();
        second.finish().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a\r\nkept\r\n");
    }
}
