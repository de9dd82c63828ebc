//! Exports and imports: numbered, done as jobs, and taken in with how far they are.

use cio_domain::delivery::Parent;
use cio_domain::job::{Job, Queue, Work};
use cio_domain::limits::IMPORT_ERRORS_MAX;
use cio_domain::transfer::{
    DataToProcess, Export, ExportId, ExportSource, ExportStatus, Import, ImportId, ImportKind,
    ImportRow, ImportState, ImportStep, NewExport, NewImport, PersonName, Position, TransferEnd,
};
use cio_domain::{Operation, UnixMillis, WorkspaceId};

use super::given::{AT, Given, deliver, delivery, event_with_id, given, id, identify, track};
use crate::{Store, StoreError};

const LEASE: UnixMillis = 1_000;

fn new_export() -> NewExport {
    NewExport {
        source: ExportSource::People {
            filter: "{}".to_owned(),
            attributes: vec!["plan".to_owned()],
        },
        description: "People".to_owned(),
    }
}

fn new_import(kind: ImportKind, data_to_process: DataToProcess) -> NewImport {
    NewImport {
        name: "name".to_owned(),
        description: "why".to_owned(),
        kind,
        person: Some(PersonName::Id),
        object_type: None,
        data_to_process,
        data_file_url: "https://example.com/?token=hunter2".to_owned(),
    }
}

async fn export_of(given: &Given<'_>, new: NewExport) -> Export {
    let created = given.store.create_export(given.workspace, AT, new).await;
    created.expect("exports are taken").expect("there is room")
}

async fn import_of(given: &Given<'_>, new: NewImport) -> Import {
    let created = given.store.create_import(given.workspace, AT, new).await;
    created.expect("imports are taken").expect("there is room")
}

async fn export(given: &Given<'_>, id: ExportId) -> Export {
    let found = given.store.export(given.workspace, id).await;
    found.expect("exports are read").expect("it is there")
}

async fn import(given: &Given<'_>, id: ImportId) -> Import {
    let found = given.store.import(given.workspace, id).await;
    found.expect("imports are read").expect("it is there")
}

async fn claim(store: &dyn Store, at: UnixMillis) -> Vec<Job> {
    let jobs = store.claim_jobs(Queue::Transfers, at, at + LEASE, 10).await;
    jobs.expect("jobs can be claimed")
}

async fn take_in(given: &Given<'_>, job: &Job, rows: Vec<ImportRow>, row: u64) -> Option<Job> {
    let step = ImportStep {
        state: ImportState::Importing,
        rows_to_import: Some(9),
        rows,
        position: Position {
            offset: row * 10,
            line: row,
            row,
        },
    };
    let taken = given.store.take_in(job.clone(), AT, AT + 5_000, step).await;
    taken.expect("rows are taken in")
}

async fn settle(given: &Given<'_>, job: &Job, end: TransferEnd) -> bool {
    let settled = given.store.settle_transfer(job.clone(), AT + 7, end).await;
    settled.expect("jobs can be settled")
}

fn row(number: u64, operation: impl Into<Operation>) -> ImportRow {
    ImportRow {
        number,
        content: Ok(operation.into()),
    }
}

fn bad(number: u64) -> ImportRow {
    ImportRow {
        number,
        content: Err(format!("row {number} is bad")),
    }
}

async fn errors(given: &Given<'_>, id: ImportId, after: u64, limit: usize) -> Vec<(u64, String)> {
    let errors = given.store.import_errors(given.workspace, id, after, limit);
    errors.await.expect("errors are read")
}

/// Numbered by workspace, and read back as asked for.
pub(super) async fn exports_and_imports_read_back(store: &dyn Store) {
    let one = given(store).await;
    let two = one.another().await;
    let deliveries = NewExport {
        source: ExportSource::Deliveries {
            parent: Parent::Transactional(7),
            since: 5,
            until: AT,
            metric: Some("sent".to_owned()),
            drafts: true,
            attributes: Vec::new(),
        },
        description: String::new(),
    };
    let first = export_of(&one, new_export()).await;
    let second = export_of(&one, deliveries.clone()).await;
    assert_eq!((first.id, second.id), (ExportId(1), ExportId(2)));
    assert_eq!(first.details, new_export());
    assert_eq!(second.details, deliveries);
    assert_eq!((first.status, first.total), (ExportStatus::Pending, 0));
    assert_eq!(export_of(&two, new_export()).await.id, ExportId(1));
    let all = store.exports(one.workspace).await.expect("they are listed");
    assert_eq!(all, [first.clone(), second]);
    assert_eq!(export(&one, first.id).await, first);
    assert_eq!(
        store
            .export(one.workspace, ExportId(3))
            .await
            .expect("read"),
        None
    );
    for _ in 0..2 {
        let counted = store.count_download(one.workspace, first.id).await;
        assert!(counted.expect("it is counted").is_some());
    }
    assert_eq!(export(&one, first.id).await.downloads, 2);
    let nothing = store.count_download(one.workspace, ExportId(3)).await;
    assert_eq!(nothing.expect("nothing is counted"), None);

    for kind in ImportKind::ALL {
        let new = new_import(kind, DataToProcess::OnlyExisting);
        let created = import_of(&one, new.clone()).await;
        assert_eq!(created.details, new);
        assert_eq!(created.state, ImportState::Preprocessing);
        assert_eq!(import(&one, created.id).await, created);
        assert!(
            !format!("{created:?}").contains("hunter2"),
            "it is a secret"
        );
    }
    let elsewhere = store.import(two.workspace, ImportId(1)).await;
    assert_eq!(elsewhere.expect("imports are read"), None);
}

/// Each with its job, in a queue of its own.
pub(super) async fn transfers_wait_in_a_queue_of_their_own(store: &dyn Store) {
    let given = given(store).await;
    let due = async |queue| store.next_job_due(queue).await.expect("jobs are read");
    assert_eq!(due(Queue::Transfers).await, None);
    let export = export_of(&given, new_export()).await;
    assert_eq!(due(Queue::Transfers).await, Some(AT));
    assert_eq!(due(Queue::Deliveries).await, None);
    given.apply(deliver(delivery("d1", None))).await;
    let import = import_of(&given, new_import(ImportKind::People, DataToProcess::All)).await;
    let jobs = claim(store, AT).await;
    let work: Vec<Work> = jobs.iter().map(|job| job.work.clone()).collect();
    assert_eq!(work, [Work::Export(export.id), Work::Import(import.id)]);
    assert_eq!(claim(store, AT + LEASE - 1).await, []);
    assert_eq!(due(Queue::Transfers).await, Some(AT + LEASE));
    let deliveries = store.claim_jobs(Queue::Deliveries, AT, AT + LEASE, 10);
    let deliveries = deliveries.await.expect("jobs are claimed");
    assert_eq!(deliveries.len(), 1, "nobody waits for them");
    // What is not one's own is not settled.
    assert!(!settle(&given, &deliveries[0], TransferEnd::Done { total: 0 }).await);
}

/// A lease can be made to end later by whoever has it; whoever lost it changes nothing.
pub(super) async fn a_transfer_belongs_to_its_lease(store: &dyn Store) {
    let given = given(store).await;
    let id = export_of(&given, new_export()).await.id;
    let job = claim(store, AT).await.remove(0);
    let longer = store.extend_lease(job.clone(), AT + 5_000).await;
    let longer = longer.expect("leases are extended").expect("it is ours");
    assert_eq!(longer.lease_until, AT + 5_000);
    assert_eq!(claim(store, AT + LEASE).await, [], "it has not ended");
    // The old handle is no longer good.
    let old = store.extend_lease(job.clone(), AT + 9_000).await;
    assert_eq!(old.expect("it is read"), None);
    let done = || TransferEnd::Done { total: 3 };
    assert!(!settle(&given, &job, done()).await);
    let taken_over = claim(store, AT + 5_000).await.remove(0);
    assert_eq!(taken_over.attempts, 1);
    assert!(!settle(&given, &longer, done()).await, "it was lost");
    assert_eq!(export(&given, id).await.status, ExportStatus::Pending);
    assert!(settle(&given, &taken_over, done()).await);
    let settled = export(&given, id).await;
    assert_eq!((settled.status, settled.total), (ExportStatus::Done, 3));
    assert_eq!(settled.updated_at, AT + 7);
    assert!(!settle(&given, &taken_over, done()).await, "once");
    let due = store.next_job_due(Queue::Transfers).await;
    assert_eq!(due.expect("jobs are read"), None);
}

/// Tried again with the reason; an interruption counts for nothing; given up with the reason.
pub(super) async fn a_transfer_is_tried_again_or_given_up(store: &dyn Store) {
    let given = given(store).await;
    let id = export_of(&given, new_export()).await.id;
    let mut at = AT;
    for (reason, attempts) in [(Some("the disk is full"), 0), (None, 1), (None, 1)] {
        let job = claim(store, at).await.remove(0);
        assert_eq!(job.attempts, attempts);
        at += 3_000;
        let reason = reason.map(str::to_owned);
        let retry = TransferEnd::Retry { at, reason };
        assert!(settle(&given, &job, retry).await);
        assert_eq!(claim(store, at - 1).await, []);
    }
    let job = claim(store, at).await.remove(0);
    let failed = TransferEnd::Failed("it cannot be done".to_owned());
    assert!(settle(&given, &job, failed).await);
    let ended = export(&given, id).await;
    assert_eq!(ended.status, ExportStatus::Failed);
    assert_eq!(ended.failure.as_deref(), Some("it cannot be done"));
    assert_eq!(claim(store, at * 2).await, []);
}

/// Rows and how far the import is come in one commit; a lost lease takes nothing in.
pub(super) async fn rows_are_taken_in_with_how_far_it_is(store: &dyn Store) {
    let given = given(store).await;
    let new = new_import(ImportKind::People, DataToProcess::All);
    let import_id = import_of(&given, new).await.id;
    let first = claim(store, AT).await.remove(0);
    let rows = vec![row(2, identify(id("1"))), bad(3), row(4, identify(id("2")))];
    let second = take_in(&given, &first, rows, 4).await.expect("it is ours");
    let half = import(&given, import_id).await;
    assert_eq!(half.state, ImportState::Importing);
    assert_eq!(
        (half.rows_to_import, half.rows_imported, half.rows_failed),
        (9, 2, 1)
    );
    assert_eq!((half.position.offset, half.position.row), (40, 4));
    given.person(&id("1")).await;
    // The one who thinks it still has the job.
    let late = take_in(&given, &first, vec![row(5, identify(id("3")))], 5).await;
    assert_eq!(late, None);
    assert_eq!(given.find(&id("3")).await, None);
    assert_eq!(import(&given, import_id).await, half);
    // What goes on starts counting attempts again.
    let again = claim(store, second.lease_until).await.remove(0);
    assert_eq!(again.attempts, 1);
    given.apply(Operation::Suppress(id("blocked"))).await;
    let rows = vec![row(5, identify(id("blocked")))];
    let last = take_in(&given, &again, rows, 5).await.expect("it is ours");
    let expected = [
        (3, "row 3 is bad".to_owned()),
        (5, "the person is suppressed".to_owned()),
    ];
    assert_eq!(errors(&given, import_id, 0, 9).await, expected);
    assert_eq!(errors(&given, import_id, 3, 9).await, expected[1..]);
    assert_eq!(errors(&given, import_id, 0, 1).await, expected[..1]);

    assert!(settle(&given, &last, TransferEnd::Done { total: 0 }).await);
    let ended = import(&given, import_id).await;
    assert_eq!(ended.state, ImportState::Imported);
    assert_eq!(ended.details.data_file_url, "", "nobody needs it any more");
    let of_errors = ended.error_export.expect("rows were left out");
    let source = export(&given, of_errors).await.details.source;
    assert_eq!(source, ExportSource::ImportErrors(import_id));
    let job = claim(store, AT + 9).await.remove(0);
    assert_eq!(job.work, Work::Export(of_errors));
    assert!(settle(&given, &job, TransferEnd::Done { total: 2 }).await);
    assert_eq!(
        errors(&given, import_id, 0, 9).await,
        [],
        "they are in the file"
    );
}

/// What is not there, what is there, or all; of people, events and relationships.
pub(super) async fn only_the_rows_that_are_wanted_are_taken(store: &dyn Store) {
    let given = given(store).await;
    given.apply(identify(id("known")).set("n", "1")).await;
    let set = |name: &str| identify(id(name)).set("n", "2");
    let tracked = |name: &str, event: &str| track(id(name), event_with_id("e", event));
    for (data, known, new) in [
        (DataToProcess::OnlyNew, "1", Some("2")),
        (DataToProcess::OnlyExisting, "2", None),
        (DataToProcess::All, "2", Some("2")),
    ] {
        let import_id = import_of(&given, new_import(ImportKind::People, data))
            .await
            .id;
        let job = claim(store, AT).await.remove(0);
        given.apply(identify(id("known")).set("n", "1")).await;
        let rows = vec![row(2, set("known")), row(3, set("new"))];
        let job = take_in(&given, &job, rows, 3).await.expect("it is ours");
        let n = |person: cio_domain::Person| person.attributes["n"].json.clone();
        assert_eq!(n(given.person(&id("known")).await), known, "{data:?}");
        let found = given.find(&id("new")).await.map(n);
        assert_eq!(found.as_deref(), new, "{data:?}");
        let taken = import(&given, import_id).await;
        let expected = u64::from(known == "2") + u64::from(new.is_some());
        assert_eq!(
            (taken.rows_imported, taken.rows_failed),
            (expected, 0),
            "{data:?}"
        );
        assert!(settle(&given, &job, TransferEnd::Done { total: 0 }).await);
        given.apply(Operation::Delete(id("new"))).await;
    }
    let new = new_import(ImportKind::Event, DataToProcess::OnlyExisting);
    import_of(&given, new).await;
    let job = claim(store, AT).await.remove(0);
    let rows = vec![row(2, tracked("known", "e1")), row(3, tracked("new", "e2"))];
    take_in(&given, &job, rows, 3).await.expect("it is ours");
    assert_eq!(given.find(&id("new")).await, None);
    assert_eq!(given.events(&id("known")).await.map(|it| it.len()), Some(1));
}

/// So many rows are kept with their reason; the others are counted.
pub(super) async fn reasons_are_kept_of_so_many_rows(store: &dyn Store) {
    let given = given(store).await;
    let new = new_import(ImportKind::People, DataToProcess::All);
    let import_id = import_of(&given, new).await.id;
    let job = claim(store, AT).await.remove(0);
    let rows = (0..IMPORT_ERRORS_MAX + 5).map(bad).collect();
    take_in(&given, &job, rows, 3).await.expect("it is ours");
    let kept = errors(&given, import_id, 0, usize::MAX).await.len() as u64;
    // Row 0 is before the first that is asked for.
    assert_eq!(kept, IMPORT_ERRORS_MAX - 1);
    assert_eq!(
        import(&given, import_id).await.rows_failed,
        IMPORT_ERRORS_MAX + 5
    );
}

/// What ended is forgotten after a while; what has not stays.
pub(super) async fn what_ended_is_forgotten_after_a_while(store: &dyn Store) {
    let given = given(store).await;
    for _ in 0..3 {
        export_of(&given, new_export()).await;
    }
    let import_id = import_of(&given, new_import(ImportKind::Event, DataToProcess::All))
        .await
        .id;
    let jobs = claim(store, AT).await;
    for job in &jobs {
        if job.work != Work::Export(ExportId(2)) {
            assert!(settle(&given, job, TransferEnd::Done { total: 0 }).await);
        }
    }
    let forget = async |before, limit| {
        let forgotten = store.forget_transfers(given.workspace, before, limit).await;
        forgotten.expect("they can be forgotten")
    };
    let ids = async || {
        let all = store
            .exports(given.workspace)
            .await
            .expect("they are listed");
        all.iter().map(|it| it.id.0).collect::<Vec<_>>()
    };
    assert!(
        !forget(AT + 7, 9).await,
        "they ended at that time, not before"
    );
    assert_eq!(ids().await, [1, 2, 3]);
    assert!(forget(AT + 8, 1).await, "there is more");
    assert_eq!(ids().await, [2, 3]);
    assert!(!forget(AT + 8, 9).await);
    assert_eq!(ids().await, [2], "it has not ended");
    let gone = store.import(given.workspace, import_id).await;
    assert_eq!(gone.expect("imports are read"), None);
    assert_eq!(
        export_of(&given, new_export()).await.id,
        ExportId(4),
        "numbers are not reused"
    );
    let nowhere: Result<_, StoreError> = store.exports(WorkspaceId(999)).await;
    assert_eq!(nowhere.expect("they are listed"), []);
}
