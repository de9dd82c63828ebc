//! Attempts that end in every way, with time that stands still.

use std::sync::atomic::{AtomicU64, Ordering};

use cio_domain::transfer::{
    DataToProcess, ExportSource, ExportStatus, Import, ImportId, ImportKind, ImportState,
    NewExport, NewImport, PersonName,
};
use cio_domain::workspace::NewWorkspace;
use cio_domain::{UnixMillis, WorkspaceId};
use cio_store_embedded::EmbeddedStore;
use cio_wire::{Identifier, Region};

use std::time::Duration;

use tokio::sync::watch;

use super::*;
use crate::long_jobs::{ENDED_MAX, LEASE_MS, WAITS_MS, work};

const W: WorkspaceId = WorkspaceId(1);
const AT: UnixMillis = 1_790_000_000_000;

#[derive(Default)]
struct Hands(AtomicU64);

impl Hands {
    fn on(&self, millis: u64) {
        self.0.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> UnixMillis {
        AT + self.0.load(Ordering::Relaxed)
    }
}

struct Fixture {
    transfers: Arc<Transfers>,
    clock: Arc<Hands>,
    _stop: watch::Sender<bool>,
    stop: watch::Receiver<bool>,
}

async fn fixture() -> Fixture {
    let store = Arc::new(EmbeddedStore::in_memory());
    let new = NewWorkspace {
        name: "one".to_owned(),
        region: Region::Eu,
        created_at: AT,
    };
    store.create_workspace(new, Vec::new()).await.unwrap();
    let clock = Arc::new(Hands::default());
    let (sender, stop) = watch::channel(false);
    let transfers = Transfers {
        store,
        clock: clock.clone(),
        files: Files::open(None).unwrap(),
        fetcher: Fetcher::new(true, 1 << 20, Duration::from_secs(5)).unwrap(),
        escape_formulas: false,
    };
    Fixture {
        transfers: Arc::new(transfers),
        clock,
        _stop: sender,
        stop,
    }
}

impl Fixture {
    async fn import(&self, url: &str) -> ImportId {
        let new = NewImport {
            name: "people".to_owned(),
            description: String::new(),
            kind: ImportKind::People,
            person: Some(PersonName::Id),
            object_type: None,
            data_to_process: DataToProcess::All,
            data_file_url: url.to_owned(),
        };
        let created = self.transfers.store.create_import(W, AT, new).await;
        created.unwrap().unwrap().id
    }

    async fn found(&self, id: ImportId) -> Import {
        self.transfers.store.import(W, id).await.unwrap().unwrap()
    }

    async fn claim(&self) -> Vec<Job> {
        let now = self.clock.now();
        let store = &self.transfers.store;
        let claimed = store.claim_jobs(Queue::Transfers, now, now + LEASE_MS, 9);
        claimed.await.unwrap()
    }

    /// Does all that is due.
    async fn work(&self) -> usize {
        let jobs = self.claim().await;
        let count = jobs.len();
        for job in jobs {
            work(self.transfers.as_ref(), job, self.stop.clone())
                .await
                .unwrap();
        }
        count
    }

    /// The file of an import, as if it had been fetched.
    fn put_file(&self, id: ImportId, content: &str) {
        let path = self.transfers.files.import(W, id);
        std::fs::write(path, content).unwrap();
    }

    async fn has(&self, id: &str) -> bool {
        let person = Identifier::Id(id.to_owned());
        self.transfers
            .store
            .person(W, person)
            .await
            .unwrap()
            .is_some()
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_with_growing_waits_and_then_given_up() {
    let fixture = fixture().await;
    let id = fixture.import("http://127.0.0.1:1/people.csv").await;
    for wait in WAITS_MS {
        assert_eq!(fixture.work().await, 1);
        let import = fixture.found(id).await;
        assert_eq!(import.state, ImportState::Preprocessing);
        assert!(import.error.unwrap().contains("cannot be reached"));
        fixture.clock.on(wait - 1);
        assert_eq!(fixture.work().await, 0, "not yet");
        fixture.clock.on(1);
    }
    assert_eq!(fixture.work().await, 1);
    let import = fixture.found(id).await;
    assert_eq!(import.state, ImportState::Failed);
    assert!(import.error.unwrap().contains("cannot be reached"));
    fixture.clock.on(1_000_000_000);
    assert_eq!(fixture.work().await, 0);
}

/// A server that was killed between two parts goes on behind the last one.
#[tokio::test]
async fn an_import_goes_on_behind_the_last_part_that_was_taken() {
    let fixture = fixture().await;
    let id = fixture.import("http://127.0.0.1:1/people.csv").await;
    let mut file = String::from("id,n\n");
    for n in 0..1_500 {
        file += &format!("p{n},\"{n}\n\"\n");
    }
    fixture.put_file(id, &file);
    // Killed when somebody looks after the hold for the fourth time: two parts are in.
    let job = fixture.claim().await.remove(0);
    let store = Arc::clone(&fixture.transfers.store);
    let mut lease = Lease {
        job,
        store: store.as_ref(),
        clock: fixture.clock.as_ref(),
        stop: fixture.stop.clone(),
    };
    {
        let mut running = std::pin::pin!(import::run(&fixture.transfers, &mut lease, id));
        loop {
            tokio::select! {
                biased;
                _ = &mut running => panic!("it was not stopped"),
                () = tokio::task::yield_now() => {}
            }
            let import = fixture.found(id).await;
            if import.position.row > 1_000 {
                break;
            }
        }
    }
    let half = fixture.found(id).await;
    assert_eq!((half.rows_to_import, half.rows_imported), (1_500, 1_000));
    assert!(fixture.has("p999").await && !fixture.has("p1000").await);
    // What was taken is gone since, and must not come back.
    let removed = cio_domain::Operation::Delete(Identifier::Id("p3".to_owned()));
    store.apply(W, AT, vec![removed]).await.unwrap();
    fixture.clock.on(LEASE_MS);
    assert_eq!(fixture.work().await, 1);
    let whole = fixture.found(id).await;
    assert_eq!(whole.state, ImportState::Imported, "{whole:?}");
    assert_eq!((whole.rows_imported, whole.rows_failed), (1_500, 0));
    assert!(fixture.has("p1499").await);
    assert!(!fixture.has("p3").await, "it was taken twice");
    let file = fixture.transfers.files.import(W, id);
    assert!(!file.exists(), "nobody needs it any more");
}

#[tokio::test]
async fn an_import_whose_file_is_gone_says_how_far_it_was() {
    let fixture = fixture().await;
    let id = fixture.import("http://127.0.0.1:1/people.csv").await;
    let job = fixture.claim().await.remove(0);
    let step = cio_domain::transfer::ImportStep {
        state: ImportState::Importing,
        rows_to_import: Some(9),
        rows: Vec::new(),
        position: cio_domain::transfer::Position::default(),
    };
    let store = &fixture.transfers.store;
    store.take_in(job, AT, AT + 1, step).await.unwrap().unwrap();
    fixture.clock.on(1);
    assert_eq!(fixture.work().await, 1);
    let import = fixture.found(id).await;
    assert_eq!(import.state, ImportState::Failed);
    assert!(import.error.unwrap().contains("no longer on this server"));
}

#[tokio::test]
async fn a_server_that_shuts_down_goes_on_at_once_when_it_is_back() {
    let fixture = fixture().await;
    let id = fixture.import("http://127.0.0.1:1/people.csv").await;
    fixture.put_file(id, "id\n1\n");
    let job = fixture.claim().await.remove(0);
    let (_sender, stopped) = watch::channel(true);
    work(fixture.transfers.as_ref(), job, stopped)
        .await
        .unwrap();
    let waiting = fixture.found(id).await;
    assert_eq!((waiting.error, waiting.rows_imported), (None, 0));
    let again = fixture.claim().await.remove(0);
    assert_eq!(again.attempts, 0, "an interruption counts for nothing");
    work(fixture.transfers.as_ref(), again, fixture.stop.clone())
        .await
        .unwrap();
    assert_eq!(fixture.found(id).await.state, ImportState::Imported);
}

#[tokio::test]
async fn what_ends_the_server_again_and_again_is_given_up() {
    let fixture = fixture().await;
    let id = fixture.import("http://127.0.0.1:1/people.csv").await;
    for _ in 0..ENDED_MAX {
        assert_eq!(fixture.claim().await.len(), 1);
        fixture.clock.on(LEASE_MS);
    }
    assert_eq!(fixture.work().await, 1);
    let import = fixture.found(id).await;
    assert_eq!(import.state, ImportState::Failed);
    assert!(import.error.unwrap().contains("ended with the server"));
}

#[tokio::test]
async fn old_exports_go_with_their_files_and_so_do_files_of_nobody() {
    let fixture = fixture().await;
    let store = &fixture.transfers.store;
    let new = NewExport {
        source: ExportSource::People {
            filter: r#"{"attribute":{"field":"cio_id","operator":"exists"}}"#.to_owned(),
            attributes: Vec::new(),
        },
        description: String::new(),
    };
    let export = store.create_export(W, AT, new).await.unwrap().unwrap();
    assert_eq!(fixture.work().await, 1);
    let done = store.export(W, export.id).await.unwrap().unwrap();
    assert_eq!(done.status, ExportStatus::Done, "{done:?}");
    let file = fixture.transfers.files.export(W, export.id);
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "id,email,cio_id\r\n"
    );
    let of_nobody = fixture
        .transfers
        .files
        .export(W, cio_domain::transfer::ExportId(77));
    std::fs::write(files::partial(&of_nobody), "half").unwrap();

    fixture.transfers.sweep().await.unwrap();
    assert!(file.exists() && !files::partial(&of_nobody).exists());
    fixture.clock.on(TRANSFER_DAYS * 86_400_000 + 1);
    fixture.transfers.sweep().await.unwrap();
    assert!(!file.exists());
    assert_eq!(store.export(W, export.id).await.unwrap(), None);
}
