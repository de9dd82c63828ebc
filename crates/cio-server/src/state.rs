//! What a handler may use.

use std::sync::Arc;

use cio_domain::content::{ContentChange, ContentOutcome, Refusal};
use cio_domain::{Clock, Operation, Outcome, UnixMillis, UnixSeconds, WorkspaceId};
use cio_store::{Store, StoreError};
use tokio::sync::Notify;

use crate::admin::access::Gate;
use crate::app::collections::RowFiles;
use crate::delivery::Carriers;
use crate::error::ApiError;
use crate::fetch::Poster;
use crate::keyring::Keys;
use crate::metrics::Metrics;
use crate::rate_limit::{Bucket, RateLimits};
use crate::settings::{AppApi, MetricsAccess};
use crate::tracking::Links;
use crate::transfers::Files;

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) keys: Arc<Keys>,
    /// Who may use `/admin/v1`.
    pub(crate) admin: Gate,
    /// Wakes the delivery worker when there is a new job.
    pub(crate) jobs: Arc<Notify>,
    /// Who carries pushes and texts, and tells what became of them.
    pub(crate) carriers: Arc<Carriers>,
    /// Wakes what fills segments when there is a new definition.
    pub(crate) tending: Arc<Notify>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) metrics_access: MetricsAccess,
    /// Wakes the worker of triggers of broadcasts.
    pub(crate) broadcasts: Arc<Notify>,
    /// Wakes the worker of exports and imports.
    pub(crate) transfers: Arc<Notify>,
    /// Wakes the worker of reporting webhooks.
    pub(crate) reporting: Arc<Notify>,
    /// Says which URLs they may call.
    pub(crate) poster: Poster,
    pub(crate) files: Files,
    /// Fetches rows of collections.
    pub(crate) row_files: RowFiles,
    pub(crate) app: AppApi,
    pub(crate) rate_limits: RateLimits,
    /// Links in messages, and what they lead to.
    pub(crate) links: Links,
    /// This server's own root, as the region call answers it.
    pub(crate) url: String,
}

impl std::ops::Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl AppState {
    pub(crate) fn new(shared: Shared) -> AppState {
        AppState(Arc::new(shared))
    }

    pub(crate) fn now(&self) -> UnixMillis {
        self.clock.now()
    }

    pub(crate) fn now_seconds(&self) -> UnixSeconds {
        i64::try_from(self.now() / 1_000).unwrap_or(i64::MAX)
    }

    /// Counts a call where the server keeps to limits, and says how many are left of them;
    /// refuses one too many.
    pub(crate) fn take_turn(
        &self,
        workspace: WorkspaceId,
        bucket: Bucket,
    ) -> Result<Option<u32>, ApiError> {
        if !self.app.rate_limit {
            return Ok(None);
        }
        let left = self.rate_limits.take(workspace, bucket, self.now())?;
        Ok(Some(left))
    }

    /// Applies one operation and waits until it is on disk.
    pub(crate) async fn apply(
        &self,
        workspace: WorkspaceId,
        operation: Operation,
    ) -> Result<Outcome, StoreError> {
        let outcomes = self.apply_all(workspace, vec![operation]).await?;
        outcomes.into_iter().next().ok_or_else(no_outcome)
    }

    /// Makes one change to what a workspace keeps beside people, or says why not.
    pub(crate) async fn change_content(
        &self,
        workspace: WorkspaceId,
        change: ContentChange,
    ) -> Result<Result<ContentOutcome, Refusal>, StoreError> {
        let now = self.now();
        let changed = self.store.change_content(workspace, now, vec![change]);
        match changed.await? {
            Err(refused) => Ok(Err(refused.reason)),
            Ok(outcomes) => outcomes.into_iter().next().map(Ok).ok_or_else(no_outcome),
        }
    }

    /// Applies operations in order, all or none, and waits until they are on disk.
    pub(crate) async fn apply_all(
        &self,
        workspace: WorkspaceId,
        operations: Vec<Operation>,
    ) -> Result<Vec<Outcome>, StoreError> {
        self.store.apply(workspace, self.now(), operations).await
    }
}

fn no_outcome() -> StoreError {
    StoreError::Corrupt {
        table: "outcomes",
        reason: "an operation without an outcome".to_owned(),
    }
}
