//! How far an import is, on disk.
//!
//! A file of lines, of which the first says what is imported and every other one how far that is;
//! the last whole line counts. Each is on the disk before anything relies on it, and each has a
//! checksum, for a crash may leave a part of one.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::records::Place;
use super::rejects;

/// Of the form of this file.
const VERSION: u32 = 1;
/// Of a line: its checksum and a space.
const CHECKSUM: usize = 16;

/// What is imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    version: u32,
    /// SHA-256 of the whole input; none of stdin.
    pub(crate) content: Option<String>,
    /// SHA-256 of what the rows are taken for, and of whose they become.
    pub(crate) settings: String,
    /// What the ids of events are made of.
    pub(crate) import: String,
}

impl Head {
    pub(crate) fn new(content: Option<String>, settings: String, import: String) -> Head {
        Head {
            version: VERSION,
            content,
            settings,
            import,
        }
    }

    /// Why an import of this cannot go on as one of that; nothing if it can.
    pub(crate) fn differs(&self, other: &Head) -> Option<&'static str> {
        if self.version != other.version {
            return Some("it was begun by another version of this command");
        }
        if self.content != other.content {
            return Some("the file has changed since");
        }
        let differ = self.settings != other.settings;
        differ.then_some("it was begun with other options or for another workspace")
    }
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Progress {
    bytes: u64,
    lines: u64,
    digest: String,
    /// Rows that are done with.
    pub(crate) rows: u64,
    /// Of these, those that the service took.
    pub(crate) sent: u64,
    /// Of these, those that it or we did not.
    pub(crate) rejected: u64,
    /// Length of the file of rejected rows.
    pub(crate) rejects_bytes: u64,
}

impl Progress {
    /// Up to where the input is done with; none if nothing is.
    pub(crate) fn place(&self) -> Option<Place> {
        (!self.digest.is_empty()).then(|| Place {
            bytes: self.bytes,
            lines: self.lines,
            digest: self.digest.clone(),
        })
    }

    pub(crate) fn set_place(&mut self, place: &Place) {
        self.bytes = place.bytes;
        self.lines = place.lines;
        self.digest.clone_from(&place.digest);
    }
}

pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    state: Option<(Head, Progress)>,
}

impl Journal {
    /// Opens the journal, or makes one, and keeps it from other processes.
    pub(crate) fn open(path: &Path) -> io::Result<Journal> {
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        folder.map_or(Ok(()), fs::create_dir_all)?;
        let mut file = rejects::create(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let said = "another process is importing this at the moment";
                return Err(io::Error::other(said));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (state, length) = read(&bytes);
        file.set_len(length as u64)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Journal {
            path: path.to_owned(),
            file,
            state,
        })
    }

    /// What is imported, and how far that is; none if nothing is.
    pub(crate) fn state(&self) -> Option<&(Head, Progress)> {
        self.state.as_ref()
    }

    /// Begins anew.
    pub(crate) fn begin(&mut self, head: Head) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.append(&line(&head)?)?;
        self.state = Some((head, Progress::default()));
        Ok(())
    }

    /// Notes how far it is.
    pub(crate) fn note(&mut self, progress: &Progress) -> io::Result<()> {
        self.append(&line(progress)?)?;
        if let Some((_, known)) = &mut self.state {
            known.clone_from(progress);
        }
        Ok(())
    }

    /// It is done: nothing is to be gone on with.
    pub(crate) fn finish(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }

    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        self.file.write_all(line)?;
        self.file.sync_data()
    }
}

fn line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let json = serde_json::to_string(value)?;
    Ok(format!("{} {json}\n", checksum(json.as_bytes())).into_bytes())
}

fn checksum(json: &[u8]) -> String {
    let digest = Sha256::digest(json);
    let bytes = digest.iter().take(CHECKSUM / 2);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// What the whole lines say, and where they end.
fn read(bytes: &[u8]) -> (Option<(Head, Progress)>, usize) {
    let mut lines = bytes.split_inclusive(|&byte| byte == b'\n');
    let Some(first) = lines.next() else {
        return (None, 0);
    };
    let Some(head) = parsed(first) else {
        return (None, 0);
    };
    let (mut progress, mut end) = (Progress::default(), first.len());
    for line in lines {
        let Some(later) = parsed(line) else { break };
        progress = later;
        end += line.len();
    }
    (Some((head, progress)), end)
}

fn parsed<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    let line = line.strip_suffix(b"\n")?;
    let (sum, json) = line.split_at_checked(CHECKSUM)?;
    let json = json.strip_prefix(b" ")?;
    let is_whole = sum == checksum(json).as_bytes();
    is_whole
        .then(|| serde_json::from_slice(json).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(content: &str) -> Head {
        Head::new(Some(content.into()), "settings".into(), "import".into())
    }

    fn progress(rows: u64) -> Progress {
        Progress {
            bytes: rows * 10,
            lines: rows + 1,
            digest: format!("digest {rows}"),
            rows,
            sent: rows / 2,
            rejected: rows - rows / 2,
            rejects_bytes: rows * 3,
        }
    }

    #[test]
    fn what_was_noted_last_is_there_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        assert!(journal.state().is_none());
        journal.begin(head("a")).unwrap();
        journal.note(&progress(1)).unwrap();
        journal.note(&progress(2)).unwrap();
        drop(journal);
        let mut journal = Journal::open(&path).unwrap();
        assert_eq!(journal.state(), Some(&(head("a"), progress(2))));
        journal.begin(head("b")).unwrap();
        drop(journal);
        let journal = Journal::open(&path).unwrap();
        assert_eq!(journal.state(), Some(&(head("b"), Progress::default())));
        journal.finish().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn two_processes_do_not_import_the_same_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        let journal = Journal::open(&path).unwrap();
        assert!(Journal::open(&path).is_err());
        drop(journal);
        assert!(Journal::open(&path).is_ok());
    }

    #[test]
    fn another_file_or_other_options_are_told_apart() {
        assert_eq!(head("a").differs(&head("a")), None);
        assert!(head("a").differs(&head("b")).unwrap().contains("changed"));
        let other = Head::new(Some("a".into()), "others".into(), "import".into());
        assert!(head("a").differs(&other).unwrap().contains("options"));
        let newer = Head {
            version: 2,
            ..head("a")
        };
        assert!(head("a").differs(&newer).unwrap().contains("version"));
    }

    proptest! {
        /// Cut off anywhere, and with anything behind that: it says what had been noted before.
        #[test]
        fn a_journal_that_a_crash_cut_off_says_what_was_noted_before(
            notes in 0_u64..5, cut in 0_usize..2_000, torn in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let mut bytes = line(&head("a")).unwrap();
            let mut ends = vec![bytes.len()];
            for rows in 1..=notes {
                bytes.extend(line(&progress(rows)).unwrap());
                ends.push(bytes.len());
            }
            bytes.truncate(cut);
            let whole = ends.iter().filter(|&&end| end <= bytes.len()).count();
            bytes.extend(torn);
            let (state, length) = read(&bytes);
            match whole {
                0 => prop_assert!(state.is_none() && length == 0),
                1 => prop_assert_eq!(state, Some((head("a"), Progress::default()))),
                _ => prop_assert_eq!(state, Some((head("a"), progress(whole as u64 - 1)))),
            }
            prop_assert_eq!(length, ends[..whole].last().copied().unwrap_or_default());
        }
    }
}
