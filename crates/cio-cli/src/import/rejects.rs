//! The rows that were not taken, each with its line and the reason, in the format that they came
//! in: corrected, the file can be imported as it is.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::format::Delimiter;
use super::records::Record;

/// What is added to a row. An import passes over these columns.
pub(crate) const COLUMNS: [&str; 2] = ["rejected_line", "rejected_reason"];

/// How rows are written.
pub(crate) enum Layout {
    Csv {
        delimiter: Delimiter,
        header: Vec<String>,
    },
    JsonLines,
}

pub(crate) struct Rejects {
    path: PathBuf,
    layout: Layout,
    /// Made with the first row.
    file: Option<File>,
    /// What is not written yet.
    waiting: Vec<u8>,
    bytes: u64,
}

impl Rejects {
    /// The file as it was when it was so long. What came later is forgotten; with no bytes, the
    /// whole file, if it is one of rejected rows.
    pub(crate) fn open(path: &Path, layout: Layout, bytes: u64) -> io::Result<Rejects> {
        let file = match bytes {
            0 => {
                remove(path)?;
                None
            }
            _ => {
                let mut file = OpenOptions::new().write(true).open(path)?;
                if file.metadata()?.len() < bytes {
                    let said = "it is shorter than it was: the rejected rows in it are gone";
                    return Err(io::Error::other(said));
                }
                file.set_len(bytes)?;
                file.seek(SeekFrom::Start(bytes))?;
                Some(file)
            }
        };
        Ok(Rejects {
            path: path.to_owned(),
            layout,
            file,
            waiting: Vec::new(),
            bytes,
        })
    }

    /// Whether there are rejected rows of before; an error if there is something else.
    pub(crate) fn check(path: &Path) -> io::Result<bool> {
        let mut file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            other => other?,
        };
        let mut beginning = Vec::new();
        (&mut file).take(64).read_to_end(&mut beginning)?;
        let ours = COLUMNS[0].as_bytes();
        let is_ours = beginning.windows(ours.len()).any(|part| part == ours);
        match is_ours || beginning.is_empty() {
            true => Ok(true),
            false => Err(io::Error::other(
                "there is a file that holds no rejected rows: name another one with --rejects",
            )),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds a row. It is there for certain once [`Rejects::sync`] has been called.
    pub(crate) fn add(&mut self, record: &Record, reason: &str) -> io::Result<()> {
        match &self.layout {
            Layout::Csv { delimiter, header } => {
                if self.bytes == 0 && self.waiting.is_empty() {
                    let names = header.iter().map(String::as_bytes).collect::<Vec<_>>();
                    let names = without_ours(header, names);
                    let ours = COLUMNS.iter().map(|name| name.as_bytes());
                    write_row(&mut self.waiting, *delimiter, ours.chain(names));
                }
                let line = record.line.to_string();
                let cells = without_ours(header, record.cells().collect());
                let ours = [line.as_bytes(), reason.as_bytes()].into_iter();
                write_row(&mut self.waiting, *delimiter, ours.chain(cells));
            }
            Layout::JsonLines => {
                let line = json_line(record, reason);
                self.waiting.extend_from_slice(line.as_bytes());
                self.waiting.push(b'\n');
            }
        }
        match self.waiting.len() < 1 << 20 {
            true => Ok(()),
            false => self.write(),
        }
    }

    /// Brings everything to the disk, and says how long the file is.
    pub(crate) fn sync(&mut self) -> io::Result<u64> {
        if !self.waiting.is_empty() {
            self.write()?;
            if let Some(file) = &self.file {
                file.sync_data()?;
            }
        }
        Ok(self.bytes)
    }

    fn write(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(create(&self.path)?),
        };
        file.write_all(&self.waiting)?;
        self.bytes += self.waiting.len() as u64;
        self.waiting.clear();
        Ok(())
    }
}

/// A file for the owner's eyes, which is there after a crash too.
pub(super) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let file = options.mode(0o600).open(path)?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(file)
}

/// Removes rejected rows of before, and nothing else.
fn remove(path: &Path) -> io::Result<()> {
    match Rejects::check(path)? {
        true => fs::remove_file(path),
        false => Ok(()),
    }
}

/// The cells of a row, without those that a file of rejected rows had added.
fn without_ours<'a>(header: &[String], cells: Vec<&'a [u8]>) -> Vec<&'a [u8]> {
    if cells.len() != header.len() {
        return cells;
    }
    let pairs = header.iter().zip(cells);
    pairs
        .filter(|(name, _)| !COLUMNS.contains(&name.as_str()))
        .map(|(_, cell)| cell)
        .collect()
}

fn write_row<'a>(out: &mut Vec<u8>, delimiter: Delimiter, cells: impl Iterator<Item = &'a [u8]>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(delimiter.0);
        }
        let special = |byte: &u8| matches!(byte, b'"' | b'\n' | b'\r') || *byte == delimiter.0;
        if !cell.iter().any(special) {
            out.extend_from_slice(cell);
            continue;
        }
        out.push(b'"');
        for byte in cell {
            if *byte == b'"' {
                out.push(b'"');
            }
            out.push(*byte);
        }
        out.push(b'"');
    }
    out.push(b'\n');
}

/// An object with the fields of the row, or with its text if that is no object.
fn json_line(record: &Record, reason: &str) -> String {
    let ours = format!(
        "{{\"{}\":{},\"{}\":{}",
        COLUMNS[0],
        record.line,
        COLUMNS[1],
        json!(reason)
    );
    let row = serde_json::from_slice::<Map<String, Value>>(&record.bytes);
    let text = String::from_utf8_lossy(&record.bytes);
    let fields = match row {
        Err(_) => format!("\"rejected_text\":{}}}", json!(text)),
        Ok(mut row) if COLUMNS.iter().any(|ours| row.contains_key(*ours)) => {
            COLUMNS.iter().for_each(|ours| drop(row.remove(*ours)));
            Value::Object(row).to_string().split_off(1)
        }
        // As it was written, to the last digit.
        Ok(_) => text.trim().to_owned().split_off(1),
    };
    let comma = if fields.trim_start() == "}" { "" } else { "," };
    format!("{ours}{comma}{fields}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(line: u64, cells: &[&str]) -> Record {
        let bytes = cells.concat().into_bytes();
        let mut end = 0;
        let end_of = |cell: &&str| {
            end += cell.len();
            end
        };
        Record {
            line,
            ends: cells.iter().map(end_of).collect(),
            bytes,
            problem: None,
        }
    }

    fn csv(header: &[&str]) -> Layout {
        Layout::Csv {
            delimiter: Delimiter(b','),
            header: header.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    #[test]
    fn rows_are_kept_with_their_line_and_reason() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.csv");
        let mut rejects = Rejects::open(&path, csv(&["id", "note"]), 0).unwrap();
        assert_eq!(rejects.sync().unwrap(), 0);
        assert!(!path.exists(), "there is a file only if there are rows");
        rejects
            .add(&record(2, &["1", "a, \"b\""]), "has, no")
            .unwrap();
        rejects.add(&record(5, &["2"]), "short").unwrap();
        let bytes = rejects.sync().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let expected = "rejected_line,rejected_reason,id,note\n\
                        2,\"has, no\",1,\"a, \"\"b\"\"\"\n5,short,2\n";
        assert_eq!(text, expected);
        assert_eq!(bytes, expected.len() as u64);
    }

    #[test]
    fn what_came_after_the_length_that_was_noted_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.csv");
        let mut rejects = Rejects::open(&path, csv(&["id"]), 0).unwrap();
        rejects.add(&record(2, &["1"]), "a").unwrap();
        let noted = rejects.sync().unwrap();
        rejects.add(&record(3, &["2"]), "b").unwrap();
        rejects.sync().unwrap();
        let mut rejects = Rejects::open(&path, csv(&["id"]), noted).unwrap();
        rejects.add(&record(4, &["3"]), "c").unwrap();
        rejects.sync().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "rejected_line,rejected_reason,id\n2,a,1\n4,c,3\n");
        assert!(Rejects::open(&path, csv(&["id"]), 1_000).is_err());
        drop(Rejects::open(&path, csv(&["id"]), 0).unwrap());
        assert!(!path.exists());
    }

    #[test]
    fn another_file_is_not_overwritten() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.csv");
        fs::write(&path, "id,note\n1,mine\n").unwrap();
        assert!(Rejects::open(&path, csv(&["id"]), 0).is_err());
        assert!(path.exists());
    }

    #[test]
    fn rows_that_were_rejected_before_have_one_reason() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.csv");
        let header = ["rejected_line", "rejected_reason", "id"];
        let mut rejects = Rejects::open(&path, csv(&header), 0).unwrap();
        rejects.add(&record(2, &["7", "old", "1"]), "new").unwrap();
        rejects.sync().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "rejected_line,rejected_reason,id\n2,new,1\n");
        let line = json_line(&record(2, &[r#"{"id":1,"rejected_line":7}"#]), "new");
        assert_eq!(
            line,
            r#"{"rejected_line":2,"rejected_reason":"new","id":1}"#
        );
    }

    #[test]
    fn lines_of_json_are_kept_as_they_were_written() {
        for (text, rest) in [
            (r#" {"id": 1.10}"#, r#","id": 1.10}"#),
            ("{ }", " }"),
            ("{\"", r#","rejected_text":"{\""}"#),
            ("[1]", r#","rejected_text":"[1]"}"#),
        ] {
            let line = json_line(&record(3, &[text]), "no");
            let ours = r#"{"rejected_line":3,"rejected_reason":"no""#;
            assert_eq!(line, format!("{ours}{rest}"));
            assert!(serde_json::from_str::<Value>(&line).is_ok(), "{line}");
        }
    }
}
