//! What became of each operation of a batch.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use cio_wire::ErrorItem;

use crate::Error;

/// A result for each operation of a [`BatchRequest`](crate::BatchRequest), in the order
/// they were given.
///
/// ```no_run
/// # async fn example(track: customerio::TrackClient, operations: Vec<customerio::Entity>) -> Result<(), customerio::Error> {
/// let report = track.batch(operations.clone()).await;
/// let again = report
///     .failures()
///     .filter(|(_, error)| error.is_retryable())
///     .map(|(index, _)| operations[index].clone());
/// track.batch(again).await.into_result()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "operations that were not taken are named here and nowhere else"]
pub struct BatchReport {
    results: Vec<Result<(), BatchError>>,
}

impl BatchReport {
    pub(super) const fn new(results: Vec<Result<(), BatchError>>) -> BatchReport {
        BatchReport { results }
    }

    /// One result per operation, at the index the operation had.
    pub fn results(&self) -> &[Result<(), BatchError>] {
        &self.results
    }

    /// The operations that were not taken, or not for certain: index and reason.
    pub fn failures(&self) -> impl Iterator<Item = (usize, &BatchError)> {
        let results = self.results.iter().enumerate();
        results.filter_map(|(index, result)| Some((index, result.as_ref().err()?)))
    }

    /// How many operations were taken.
    pub fn accepted(&self) -> usize {
        self.results.iter().filter(|result| result.is_ok()).count()
    }

    /// Whether all of them were taken.
    pub fn is_success(&self) -> bool {
        self.results.iter().all(Result::is_ok)
    }

    /// For callers to whom anything but a complete success is an error.
    ///
    /// # Errors
    ///
    /// [`BatchFailure`] with this report in it, if an operation was not taken.
    pub fn into_result(self) -> Result<(), BatchFailure> {
        match self.is_success() {
            true => Ok(()),
            false => Err(BatchFailure { report: self }),
        }
    }
}

/// Only how many: what the service says of one may quote it.
impl fmt::Debug for BatchReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchReport")
            .field("operations", &self.results.len())
            .field("accepted", &self.accepted())
            .finish_non_exhaustive()
    }
}

/// Why one operation of a batch was not taken, or may not have been.
#[derive(Clone)]
#[non_exhaustive]
pub enum BatchError {
    /// It breaks a known rule and was not sent.
    Invalid(Arc<Error>),
    /// The service refused this operation, and says why. `batch_index` is its index in
    /// the whole batch.
    Refused(Vec<ErrorItem>),
    /// The service took the request but not all that was in it, and did not say which
    /// operations it means. It may have taken this one.
    Unattributed(Arc<[ErrorItem]>),
    /// The request that carried it failed, and all its operations with it.
    Failed(Arc<Error>),
    /// It was not sent, because this had happened to an earlier request.
    NotSent(Arc<Error>),
}

impl BatchError {
    /// Whether the same operation may succeed later without changing anything.
    pub fn is_retryable(&self) -> bool {
        match self {
            BatchError::Failed(error) | BatchError::NotSent(error) => error.is_retryable(),
            BatchError::Invalid(_) | BatchError::Refused(_) | BatchError::Unattributed(_) => false,
        }
    }

    /// Whether the service may have acted on the operation all the same.
    pub fn may_have_been_received(&self) -> bool {
        match self {
            BatchError::Failed(error) => error.may_have_been_received(),
            BatchError::Unattributed(_) => true,
            BatchError::Invalid(_) | BatchError::Refused(_) | BatchError::NotSent(_) => false,
        }
    }

    /// What the service says about it, or about the request that carried it.
    pub fn items(&self) -> &[ErrorItem] {
        match self {
            BatchError::Refused(items) => items,
            BatchError::Unattributed(items) => items,
            BatchError::Failed(error) => error.answer().map_or(&[], |answer| &answer.errors),
            BatchError::Invalid(_) | BatchError::NotSent(_) => &[],
        }
    }

    /// The error behind it: the broken rule, or the failure of a request.
    pub fn error(&self) -> Option<&Error> {
        match self {
            BatchError::Invalid(error) | BatchError::Failed(error) | BatchError::NotSent(error) => {
                Some(error)
            }
            BatchError::Refused(_) | BatchError::Unattributed(_) => None,
        }
    }
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BatchError::Invalid(error) | BatchError::Failed(error) => error.fmt(f),
            BatchError::Refused(items) => {
                f.write_str("the service refused it")?;
                items.iter().try_for_each(|item| say(item, f))
            }
            BatchError::Unattributed(items) => {
                f.write_str("the service refused something in the same request and did not say what; it may have been this")?;
                items
                    .iter()
                    .take(SHOWN_MAX)
                    .try_for_each(|item| say(item, f))
            }
            BatchError::NotSent(_) => f.write_str("not sent, because an earlier request failed"),
        }
    }
}

/// There can be one for each operation of a request.
const SHOWN_MAX: usize = 3;

fn say(item: &ErrorItem, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(", ")?;
    if let Some(field) = &item.field {
        write!(f, "{field}: ")?;
    }
    write!(f, "\"{}\"", item.message)?;
    match &item.reason {
        Some(reason) if *reason != item.message => write!(f, " ({reason})"),
        _ => Ok(()),
    }
}

/// The message and the causes, as for [`Error`].
impl fmt::Debug for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            BatchError::Invalid(_) => "Invalid",
            BatchError::Refused(_) => "Refused",
            BatchError::Unattributed(_) => "Unattributed",
            BatchError::Failed(_) => "Failed",
            BatchError::NotSent(_) => "NotSent",
        };
        write!(f, "{kind}: {self}")?;
        write_causes(self, f)
    }
}

impl StdError for BatchError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            BatchError::Invalid(error) | BatchError::Failed(error) => error.source(),
            BatchError::NotSent(error) => Some(&**error),
            BatchError::Refused(_) | BatchError::Unattributed(_) => None,
        }
    }
}

/// A batch of which something was not taken, from [`BatchReport::into_result`].
#[derive(Clone)]
pub struct BatchFailure {
    report: BatchReport,
}

impl BatchFailure {
    /// What became of each operation.
    pub const fn report(&self) -> &BatchReport {
        &self.report
    }

    /// The same, for its owner.
    pub fn into_report(self) -> BatchReport {
        self.report
    }
}

impl fmt::Display for BatchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.report.results.len();
        let failed = count - self.report.accepted();
        write!(f, "not taken: {failed} of {count} operations")?;
        match self.report.failures().next() {
            Some((index, error)) => write!(f, "; the first, at index {index}: {error}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for BatchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchFailure: {self}")?;
        write_causes(self, f)
    }
}

impl StdError for BatchFailure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let (_, first) = self.report.failures().next()?;
        first.source()
    }
}

fn write_causes(error: &dyn StdError, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut source = error.source();
    while let Some(cause) = source {
        write!(f, "\n  caused by: {cause}")?;
        source = cause.source();
    }
    Ok(())
}
