//! Fetching the file of an export.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use customerio::reqwest::{Response, Url};

use crate::exit::Failure;
use crate::http;
use crate::output::Output;

/// Longest silence of the server while a file comes in.
const SILENCE: Duration = Duration::from_secs(60);
/// Every so many bytes a person sees how far it is.
const PROGRESS_BYTES: u64 = 4 << 20;

/// Writes what is at a link to a file, or to stdout for `-`, and says how much it was. The
/// link opens the file by itself, so no credentials go there and no message shows it.
pub(super) async fn to(url: &str, target: &str, output: &Output) -> Result<u64, Failure> {
    let no_link = || Failure::unexpected("the service names no link to the file");
    let url = Url::parse(url).map_err(|_| no_link())?;
    let client = http::client(&url)?;
    let asked = tokio::time::timeout(SILENCE, client.get(url).send()).await;
    let response = match asked {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(broken(&error.without_url())),
        Err(_) => return Err(silent()),
    };
    if !response.status().is_success() {
        let status = response.status();
        return Err(Failure::unexpected(format!(
            "the link to the file answered {status}"
        )));
    }
    match target {
        "-" => copy(response, &mut std::io::stdout().lock(), output).await,
        path => to_file(response, Path::new(path), output).await,
    }
}

/// Beside the file first, so that it has its name when it is whole.
async fn to_file(response: Response, path: &Path, output: &Output) -> Result<u64, Failure> {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let cannot = |error: std::io::Error| {
        Failure::config(format!("cannot write {}: {error}", path.display()))
    };
    let mut file = File::create(&part).map_err(cannot)?;
    let copied = copy(response, &mut file, output).await;
    let whole = copied.and_then(|bytes| {
        file.sync_all().map_err(cannot)?;
        fs::rename(&part, path).map_err(cannot)?;
        Ok(bytes)
    });
    if whole.is_err() {
        let _ = fs::remove_file(&part);
    }
    whole
}

async fn copy(
    mut response: Response,
    target: &mut impl Write,
    output: &Output,
) -> Result<u64, Failure> {
    let mut bytes = 0_u64;
    let mut shown = 0;
    loop {
        let chunk = tokio::time::timeout(SILENCE, response.chunk()).await;
        let chunk = chunk.map_err(|_| silent())?;
        let Some(chunk) = chunk.map_err(|error| broken(&error.without_url()))? else {
            break;
        };
        if let Err(error) = target.write_all(&chunk) {
            return match error.kind() {
                ErrorKind::BrokenPipe => Ok(bytes),
                _ => Err(Failure::config(format!("cannot write the file: {error}"))),
            };
        }
        bytes += chunk.len() as u64;
        if bytes - shown >= PROGRESS_BYTES {
            shown = bytes;
            output.passing(&format!("{} MB", bytes >> 20));
        }
    }
    let _ = target.flush();
    Ok(bytes)
}

fn broken(error: &customerio::reqwest::Error) -> Failure {
    Failure::unexpected(format!("the file could not be fetched: {error}"))
        .next("run it again; what was written so far is gone")
}

fn silent() -> Failure {
    let seconds = SILENCE.as_secs();
    Failure::unexpected(format!("the server sent nothing for {seconds} s"))
        .next("run it again; what was written so far is gone")
}
