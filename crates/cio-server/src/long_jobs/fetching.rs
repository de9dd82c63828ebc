//! Fetching the file of a job to this server, so that it stays the same whoever changes it
//! meanwhile.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use super::{Lease, Stop, off_the_runtime};
use crate::fetch::{FetchError, Fetcher};
use crate::transfers::files;

/// How much is gathered before it is written.
const WRITTEN_BYTES: usize = 256 << 10;
/// How often the hold on the job is looked after while nothing comes.
const KEEP: Duration = Duration::from_secs(1);

pub(crate) async fn fetch(
    fetcher: &Fetcher,
    lease: &mut Lease<'_>,
    url: &str,
    path: &Path,
) -> Result<(), Stop> {
    let mut fetched = kept(lease, fetcher.get(url)).await??;
    fetched.check_is_data()?;
    let started = path.to_owned();
    let mut file = off_the_runtime(move || files::start(&started)).await??;
    let mut gathered = Vec::new();
    loop {
        let chunk = kept(lease, fetched.chunk()).await??;
        let is_end = chunk.is_none();
        gathered.extend_from_slice(&chunk.unwrap_or_default());
        if gathered.len() >= WRITTEN_BYTES || is_end {
            let bytes = std::mem::take(&mut gathered);
            let written = off_the_runtime(move || {
                file.write_all(&bytes)?;
                Ok::<_, std::io::Error>(file)
            });
            file = written.await??;
        }
        if is_end {
            let path = path.to_owned();
            return Ok(off_the_runtime(move || files::publish(&file, &path)).await??);
        }
    }
}

/// Waits for something, and keeps the hold on the job meanwhile.
async fn kept<T>(lease: &mut Lease<'_>, waiting: impl Future<Output = T>) -> Result<T, Stop> {
    let mut waiting = std::pin::pin!(waiting);
    loop {
        lease.keep().await?;
        tokio::select! {
            done = &mut waiting => return Ok(done),
            () = tokio::time::sleep(KEEP) => {}
        }
    }
}

impl From<FetchError> for Stop {
    fn from(error: FetchError) -> Stop {
        let text = format!("the file cannot be fetched: {error}");
        if error.may_pass {
            Stop::Later(text)
        } else {
            Stop::Never(text)
        }
    }
}
