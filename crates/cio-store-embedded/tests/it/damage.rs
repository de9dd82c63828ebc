//! Damage is never silent: a store whose journal or tables were changed behind its back
//! opens with everything that was acknowledged, or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use cio_domain::attribute::Change;
use cio_domain::operation::Identify;
use cio_domain::{Operation, WorkspaceId};
use cio_store::Store;
use cio_store_embedded::{EmbeddedStore, OpenError};
use cio_wire::Identifier;

const PEOPLE: u32 = 30;

fn identify(n: u32) -> Operation {
    Operation::Identify(Identify {
        attributes: vec![("n".to_owned(), Change::Set(n.to_string()))],
        ..Identify::new(Identifier::from(n))
    })
}

/// A store of small rows, each in a batch of its own; the length of its journal after each.
async fn stored(directory: &Path) -> Vec<usize> {
    // From its second opening on, a journal is as long as what is written of it.
    drop(EmbeddedStore::open(directory).unwrap());
    let store = EmbeddedStore::open(directory).unwrap();
    let mut ends = Vec::new();
    for n in 0..PEOPLE {
        store
            .apply(WorkspaceId(1), 0, vec![identify(n)])
            .await
            .unwrap();
        let length = fs::metadata(journal_of(directory)).unwrap().len();
        ends.push(usize::try_from(length).unwrap());
    }
    ends
}

fn journal_of(directory: &Path) -> PathBuf {
    let mut journals: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "jnl"))
        .collect();
    assert_eq!(journals.len(), 1);
    journals.remove(0)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else if entry.path().extension().is_none_or(|it| it != "jnl") {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy of a store, whose journal is replaced before each opening.
struct Copy<'a> {
    original: &'a Path,
    directory: tempfile::TempDir,
}

impl Copy<'_> {
    fn of(original: &Path) -> Copy<'_> {
        let directory = tempfile::tempdir().unwrap();
        copy(original, directory.path());
        Copy {
            original,
            directory,
        }
    }

    fn open(&mut self, journal: &[u8]) -> Result<EmbeddedStore, OpenError> {
        let name = journal_of(self.original);
        let path = self.directory.path().join(name.file_name().unwrap());
        fs::write(path, journal).unwrap();
        let opened = EmbeddedStore::open(self.directory.path());
        if opened.is_ok() {
            // What was opened may be changed: the next one gets another.
            let next = tempfile::tempdir().unwrap();
            copy(self.original, next.path());
            self.directory = next;
        }
        opened
    }
}

async fn people(store: &EmbeddedStore) -> u32 {
    for n in 0..PEOPLE {
        let person = store.person(WorkspaceId(1), Identifier::from(n)).await;
        if person.unwrap().is_none() {
            return n;
        }
    }
    PEOPLE
}

#[tokio::test]
async fn a_flipped_bit_never_opens_without_what_was_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let ends = stored(directory.path()).await;
    let path = journal_of(directory.path());
    let bytes = &fs::read(&path).unwrap()[..*ends.last().unwrap()];
    // Of one batch in the middle and of the last one, and some in between: frame marks,
    // lengths, keys, values, checksums and trailers. The journal's own tests flip every bit.
    let middle = (ends[9]..ends[10]).step_by(7);
    let last = (ends[PEOPLE as usize - 2]..ends[PEOPLE as usize - 1]).step_by(7);
    let positions = middle.chain(last).chain((0..bytes.len()).step_by(211));
    let mut copy = Copy::of(directory.path());
    for (round, at) in positions.enumerate() {
        let mut flipped = bytes.to_vec();
        flipped[at] ^= 1 << (round % 8);
        match copy.open(&flipped) {
            Ok(store) => assert_eq!(
                people(&store).await,
                PEOPLE,
                "opened with byte {at} flipped"
            ),
            Err(error @ OpenError::Damaged { .. }) => {
                let text = error.to_string();
                assert!(
                    text.contains(".jnl at byte") && text.contains("backup"),
                    "{text}"
                );
            }
            Err(other) => panic!("byte {at}: {other}"),
        }
    }
}

#[tokio::test]
async fn a_last_batch_cut_short_opens_with_all_before_it() {
    let directory = tempfile::tempdir().unwrap();
    let ends = stored(directory.path()).await;
    let path = journal_of(directory.path());
    let bytes = fs::read(&path).unwrap();
    let last = ends[PEOPLE as usize - 2]..ends[PEOPLE as usize - 1];
    // The journal's own tests cut everywhere.
    let ends = (last.start..last.start + 20).chain(last.end - 10..last.end);
    let mut copy = Copy::of(directory.path());
    for cut in ends.chain((last.start + 20..last.end - 10).step_by(61)) {
        let store = copy.open(&bytes[..cut]).unwrap();
        assert_eq!(people(&store).await, PEOPLE - 1, "cut at {cut}");
        // What is written behind the cut is there the next time.
        store
            .apply(WorkspaceId(1), 0, vec![identify(PEOPLE - 1)])
            .await
            .unwrap();
        assert_eq!(people(&store).await, PEOPLE, "cut at {cut}");
    }
}

/// fjall would make a new store, or a new table, over what there is.
#[tokio::test]
async fn a_missing_mark_is_not_taken_for_an_empty_store() {
    let directory = tempfile::tempdir().unwrap();
    let original = directory.path().join("original");
    let store = EmbeddedStore::in_memory();
    store
        .apply(WorkspaceId(1), 0, vec![identify(0)])
        .await
        .unwrap();
    // A copy has its data in tables.
    store.backup(original.clone()).await.unwrap();
    for mark in ["version", "keyspaces/0/current", "keyspaces/3/current"] {
        let broken = directory.path().join("broken");
        copy(&original, &broken);
        fs::remove_file(broken.join(mark)).unwrap();
        let error = EmbeddedStore::open(&broken).err().unwrap();
        assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
        assert!(error.to_string().contains(mark), "{error}");
        fs::remove_dir_all(broken).unwrap();
    }
}
