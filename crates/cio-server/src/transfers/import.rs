//! Doing imports: the file is fetched, its rows are counted, and then taken in, part by
//! part. Each part is one commit with how far it is, so that whoever goes on neither loses
//! nor repeats a row.

mod rows;

use std::fs::File;
use std::path::{Path, PathBuf};

use cio_domain::transfer::{Import, ImportId, ImportRow, ImportState, ImportStep, Position};
use cio_store::StoreError;

use super::Transfers;
use crate::csv_reader::{Problem, Reader};
use crate::long_jobs::{LEASE_MS, Lease, Stop, fetching, off_the_runtime};
use rows::Columns;

/// Most rows of a part.
const PART_ROWS: usize = 500;
/// Largest part, with the row that reaches it: what one commit makes everyone wait for.
const PART_BYTES: u64 = 256 << 10;
/// Rows that are counted before the hold on the job is looked after.
const COUNTED_ROWS: u64 = 100_000;

/// Goes on with an import.
pub(super) async fn run(
    transfers: &Transfers,
    lease: &mut Lease<'_>,
    id: ImportId,
) -> Result<u64, Stop> {
    let workspace = lease.job.workspace;
    let import = transfers.store.import(workspace, id).await?;
    let import = import.ok_or(Stop::Lost)?;
    let path = transfers.files.import(workspace, id);
    let is_there = {
        let path = path.clone();
        off_the_runtime(move || path.exists()).await?
    };
    if !is_there {
        if import.state == ImportState::Importing {
            return Err(Stop::Never(format!(
                "the file that was fetched is no longer on this server; {} rows of it were taken: \
                 import it again",
                import.rows_imported
            )));
        }
        fetching::fetch(
            &transfers.fetcher,
            lease,
            &import.details.data_file_url,
            &path,
        )
        .await?;
    }
    let mut position = import.position;
    if import.state != ImportState::Importing {
        let state = ImportState::Validating;
        note(lease, state, None, position).await?;
        let (first, rows) = validate(lease, &import, &path).await?;
        position = first;
        note(lease, ImportState::Importing, Some(rows), position).await?;
    }
    let mut part = Part::open(import, path, position).await?;
    loop {
        lease.keep().await?;
        let (rows, next) = part.read().await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let step = ImportStep {
            state: ImportState::Importing,
            rows_to_import: None,
            rows,
            position: next,
        };
        take_in(lease, step).await?;
    }
}

/// Notes how far it is.
async fn note(
    lease: &mut Lease<'_>,
    state: ImportState,
    rows_to_import: Option<u64>,
    position: Position,
) -> Result<(), Stop> {
    let step = ImportStep {
        state,
        rows_to_import,
        rows: Vec::new(),
        position,
    };
    take_in(lease, step).await
}

async fn take_in(lease: &mut Lease<'_>, step: ImportStep) -> Result<(), Stop> {
    let job = loop {
        let now = lease.now();
        let (job, step) = (lease.job.clone(), step.clone());
        match lease.store.take_in(job, now, now + LEASE_MS, step).await {
            Err(StoreError::Busy) => lease.wait_while_busy().await?,
            other => break other?,
        }
    };
    lease.job = job.ok_or(Stop::Lost)?;
    Ok(())
}

/// Looks at the header and counts the rows. Answers where the first one is.
async fn validate(
    lease: &mut Lease<'_>,
    import: &Import,
    path: &Path,
) -> Result<(Position, u64), Stop> {
    let (details, opened) = (import.details.clone(), path.to_owned());
    let opened = off_the_runtime(move || {
        let mut reader = Reader::open(&opened)?;
        let header = reader.header()?;
        Columns::read(&details, &header).map_err(Problem::Never)?;
        Ok::<_, Problem>(reader)
    });
    let mut reader = opened.await??;
    let first = reader.position();
    let mut rows = 0;
    loop {
        lease.keep().await?;
        let counting = off_the_runtime(move || {
            let mut counted = 0;
            while counted < COUNTED_ROWS && reader.next()?.is_some() {
                counted += 1;
            }
            Ok::<_, Problem>((reader, counted))
        });
        let counted;
        (reader, counted) = counting.await??;
        rows += counted;
        if counted < COUNTED_ROWS {
            break;
        }
    }
    if rows == 0 {
        let text = "the file has a header and no rows";
        return Err(Stop::Never(text.to_owned()));
    }
    Ok((first, rows))
}

/// Reads the rows of a file from where the import goes on.
struct Part {
    /// Lent to the thread that reads.
    lent: Option<(Reader<File>, Columns)>,
}

impl Part {
    async fn open(import: Import, path: PathBuf, position: Position) -> Result<Part, Stop> {
        let opened = off_the_runtime(move || {
            let mut reader = Reader::open(&path)?;
            let header = reader.header()?;
            let columns = Columns::read(&import.details, &header).map_err(Problem::Never)?;
            reader.seek(position)?;
            Ok::<_, Problem>((reader, columns))
        });
        Ok(Part {
            lent: Some(opened.await??),
        })
    }

    /// The next rows, none at the end, and where it goes on.
    async fn read(&mut self) -> Result<(Vec<ImportRow>, Position), Stop> {
        let (mut reader, columns) = self.lent.take().ok_or(Stop::Interrupted)?;
        let reading = off_the_runtime(move || {
            let mut rows = Vec::new();
            let from = reader.position().offset;
            while rows.len() < PART_ROWS && reader.position().offset - from < PART_BYTES {
                let Some(record) = reader.next()? else {
                    break;
                };
                let content = columns.operation(record);
                let number = reader.position().row;
                rows.push(ImportRow { number, content });
            }
            Ok::<_, Problem>((reader, columns, rows))
        });
        let (reader, columns, rows) = reading.await??;
        let position = reader.position();
        self.lent = Some((reader, columns));
        Ok((rows, position))
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Stop {
        match problem {
            Problem::Io(error) => error.into(),
            Problem::Never(_) | Problem::TooLong(_) => Stop::Never(problem.to_string()),
        }
    }
}
