//! A full disk: nothing is acknowledged that is not kept, and it goes on when there is
//! room again. On a small file system in memory, where one may be mounted.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use cio_domain::attribute::Change;
use cio_domain::operation::Identify;
use cio_domain::{Operation, WorkspaceId};
use cio_store::{Store, StoreError};
use cio_store_embedded::EmbeddedStore;
use cio_wire::Identifier;

const W: WorkspaceId = WorkspaceId(1);
const MIB: usize = 1 << 20;
/// Of the file system. An eighth of it is what the store keeps free.
const SIZE: usize = 64 * MIB;

struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// An error says why this user may not mount.
    fn mount() -> Result<SmallDisk, String> {
        let directory = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={SIZE}"), "small"])
            .arg(directory.path())
            .output();
        match mounted {
            Ok(output) if output.status.success() => Ok(SmallDisk(directory)),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Fills the disk but for so many bytes.
    fn fill_but(&self, left: usize) {
        let used: usize = allocated(self.0.path());
        let filler = File::create(self.filler()).unwrap();
        let mut filler = std::io::BufWriter::new(filler);
        let zeros = vec![1; SIZE - used - left];
        std::io::Write::write_all(&mut filler, &zeros).unwrap();
        std::io::Write::flush(&mut filler).unwrap();
    }

    fn filler(&self) -> std::path::PathBuf {
        self.0.path().join("filler")
    }

    fn free(&self) {
        fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

/// Bytes that a directory takes on the disk.
fn allocated(path: &Path) -> usize {
    use std::os::unix::fs::MetadataExt;
    let own = usize::try_from(fs::metadata(path).unwrap().blocks()).unwrap() * 512;
    if !path.is_dir() {
        return own;
    }
    let entries = fs::read_dir(path).unwrap();
    own + entries
        .map(|entry| allocated(&entry.unwrap().path()))
        .sum::<usize>()
}

fn identify(n: u32) -> Vec<Operation> {
    vec![Operation::Identify(Identify::new(Identifier::from(n)))]
}

async fn has(store: &EmbeddedStore, n: u32) -> bool {
    let person = store.person(W, Identifier::from(n)).await;
    person.unwrap().is_some()
}

fn is_full(result: Result<impl Sized, StoreError>) -> bool {
    match result {
        Err(StoreError::Unavailable(reason)) => reason.contains("the disk is full"),
        _ => false,
    }
}

#[tokio::test]
async fn writing_ends_before_the_room_does_and_goes_on_with_it() {
    let disk = match SmallDisk::mount() {
        Ok(disk) => disk,
        Err(why) => return println!("skipped, for nothing can be mounted here: {why}"),
    };
    let store = EmbeddedStore::open(&disk.0.path().join("store")).unwrap();
    store.apply(W, 1, identify(0)).await.unwrap();
    disk.fill_but(7 * MIB);
    assert!(is_full(store.ready().await));
    assert!(is_full(store.apply(W, 1, identify(1)).await));
    assert!(has(&store, 0).await, "it still reads");
    assert!(!has(&store, 1).await, "what was refused is not there");
    disk.free();
    store.ready().await.unwrap();
    store.apply(W, 1, identify(2)).await.unwrap();
    assert!(!has(&store, 1).await && has(&store, 2).await);
    assert_eq!(store.check().findings, []);
}

#[tokio::test]
async fn a_commit_that_finds_no_room_is_forgotten_and_the_store_goes_on() {
    let disk = match SmallDisk::mount() {
        Ok(disk) => disk,
        Err(why) => return println!("skipped, for nothing can be mounted here: {why}"),
    };
    let path = disk.0.path().join("store");
    let store = EmbeddedStore::open(&path).unwrap();
    for n in 0..20 {
        store.apply(W, 1, identify(n)).await.unwrap();
    }
    // More than what is kept free, less than one call may bring.
    disk.fill_but(9 * MIB);
    let noise: String = std::iter::repeat_with(fastrand::alphanumeric)
        .take(12 * MIB)
        .collect();
    let large = Operation::Identify(Identify {
        attributes: vec![("noise".to_owned(), Change::Set(format!("\"{noise}\"")))],
        ..Identify::new(Identifier::from(100))
    });
    let refused = store.apply(W, 1, vec![large]).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
    assert!(is_full(store.apply(W, 1, identify(20)).await));
    disk.free();
    store.ready().await.unwrap();
    store.apply(W, 1, identify(21)).await.unwrap();
    expect_what_was_answered(&store).await;
    drop(store);
    expect_what_was_answered(&EmbeddedStore::open(&path).unwrap()).await;
}

async fn expect_what_was_answered(store: &EmbeddedStore) {
    for n in (0..20).chain([21]) {
        assert!(has(store, n).await, "{n} was answered");
    }
    for n in [20, 100] {
        assert!(!has(store, n).await, "{n} was refused");
    }
    assert_eq!(store.check().findings, []);
}
