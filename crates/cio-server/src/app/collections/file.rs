//! The rows of a collection from a file that a caller names by its URL. It is fetched and
//! read within the request, so it is small and has to come soon.

use std::sync::Arc;
use std::time::Duration;

use cio_domain::content::collection::{Rows, RowsBuilder, Unfit};
use cio_domain::limits::COLLECTION_BYTES_MAX;
use cio_store::StoreError;
use reqwest::Url;
use serde::Serializer as _;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::sheet;
use crate::app::content::bad_request;
use crate::body::off_the_runtime;
use crate::csv_reader::{Reader, named_cells};
use crate::error::{ApiError, Family};
use crate::fetch::{FetchError, Fetcher};

/// Longest time for a file to come: whoever asked waits as long.
const FETCH_MAX: Duration = Duration::from_secs(20);
/// Longest wait of a request while others fetch theirs.
const TURN_MAX: Duration = Duration::from_secs(5);
/// Most files at a time: each is in memory as a whole.
const TURNS: usize = 8;

/// Fetches files with rows, a few at a time.
pub(crate) struct RowFiles {
    fetcher: Fetcher,
    turns: Arc<Semaphore>,
    turn_max: Duration,
    fetch_max: Duration,
}

impl RowFiles {
    pub(crate) fn new(fetcher: &Fetcher) -> RowFiles {
        RowFiles {
            fetcher: fetcher.at_most(COLLECTION_BYTES_MAX),
            turns: Arc::new(Semaphore::new(TURNS)),
            turn_max: TURN_MAX,
            fetch_max: FETCH_MAX,
        }
    }

    /// The rows of a file, or what is wrong with it.
    pub(super) async fn rows(&self, url: &str) -> Result<Rows, ApiError> {
        let turn = timeout(self.turn_max, Arc::clone(&self.turns).acquire_owned());
        let Ok(Ok(turn)) = turn.await else {
            return Err(ApiError::store(Family::App, &StoreError::Busy));
        };
        let unreadable = |problem: &str| bad_request(&format!("\"url\": {problem}"));
        let fetched = timeout(self.fetch_max, self.fetch(url)).await;
        let (format, file) = fetched
            .map_err(|_| {
                let seconds = self.fetch_max.as_secs();
                unreadable(&format!(
                    "the file did not come as a whole within {seconds} seconds"
                ))
            })?
            .map_err(|error| unreadable(&format!("the file cannot be fetched: {error}")))?;
        off_the_runtime(Family::App, move || {
            let rows = read(format, &file);
            drop(turn);
            rows.map_err(|problem| unreadable(&problem))
        })
        .await
    }

    async fn fetch(&self, url: &str) -> Result<(Format, Vec<u8>), FetchError> {
        let export = sheet::csv_export(url);
        let fetched = self.fetcher.get(export.as_deref().unwrap_or(url)).await?;
        fetched.check_is_data()?;
        let format = Format::of(fetched.content_type.as_deref(), url);
        Ok((format, fetched.all().await?))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Csv,
}

impl Format {
    /// As the file's server says. Where it says nothing of the two, as the URL ends; else it
    /// is JSON.
    fn of(content_type: Option<&str>, url: &str) -> Format {
        let kind = content_type.unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        match kind {
            "text/csv" | "application/csv" => return Format::Csv,
            "application/json" | "text/json" => return Format::Json,
            _ => {}
        }
        let path = url.parse().map(|url: Url| url.path().to_ascii_lowercase());
        let path = path.unwrap_or_default();
        if path.trim_end_matches(".gz").ends_with(".csv") {
            Format::Csv
        } else {
            Format::Json
        }
    }
}

/// The rows of a file. The text says what is wrong.
fn read(format: Format, file: &[u8]) -> Result<Rows, String> {
    match format {
        Format::Json => {
            let text = std::str::from_utf8(file)
                .map_err(|_| "the file is not UTF-8: save it as UTF-8".to_owned())?;
            Rows::from_json(text.trim_start_matches('\u{feff}'))
                .map_err(|problem| format!("the file {problem}"))
        }
        Format::Csv => read_csv(file),
    }
}

/// The first row has the names, every value is a text, that of an empty cell an empty one.
fn read_csv(file: &[u8]) -> Result<Rows, String> {
    let mut reader = Reader::new(file);
    let names = reader.header().map_err(|problem| problem.to_string())?;
    if names.iter().all(String::is_empty) {
        return Err("the header has no names".to_owned());
    }
    let mut builder = RowsBuilder::default();
    let mut row = 1;
    while let Some(record) = reader.next().map_err(|problem| problem.to_string())? {
        row += 1;
        let cells =
            named_cells(&names, record).map_err(|problem| format!("row {row}: {problem}"))?;
        let columns = cells.iter().map(|(name, _)| *name);
        let added = builder.push(&object(&cells), columns);
        added.map_err(|unfit| match unfit {
            Unfit::Row(problem) => format!("row {row} {problem}"),
            Unfit::Rows(problem) => format!("the file {problem}"),
        })?;
    }
    Ok(builder.finish())
}

/// The names in the order of the columns.
fn object(cells: &[(&str, &str)]) -> String {
    let mut json = Vec::new();
    serde_json::Serializer::new(&mut json)
        .collect_map(cells.iter().copied())
        .expect("texts are JSON");
    String::from_utf8(json).expect("JSON is UTF-8")
}

#[cfg(test)]
mod tests;
