//! The part of the contract that is about counts over time.

use cio_domain::WorkspaceId;
use cio_store::Reply;
use cio_store::series::{LinkQuery, LinkSeries, Series, SeriesQuery, SeriesStore};

use super::EmbeddedStore;
use crate::read::series;

impl SeriesStore for EmbeddedStore {
    fn series(&self, workspace: WorkspaceId, query: SeriesQuery) -> Reply<'_, Series> {
        self.read(move |view| series::series(view, workspace, &query))
    }

    fn links(&self, workspace: WorkspaceId, query: LinkQuery) -> Reply<'_, Vec<LinkSeries>> {
        self.read(move |view| series::links(view, workspace, &query))
    }
}
