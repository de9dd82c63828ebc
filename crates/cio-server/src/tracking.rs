//! stub
use cio_domain::{PersonId, UnixMillis, WorkspaceId};
#[derive(Clone)]
pub(crate) struct Links {
    root: String,
}
impl Links {
    pub(crate) fn new(root: String) -> Links {
        Links { root }
    }
    pub(crate) fn open(&self, id: &str) -> String {
        format!("{}/e/o/{id}", self.root)
    }
    pub(crate) fn click(&self, id: &str, href: &str) -> String {
        format!("{}/e/c/{id}{href}", self.root)
    }
    pub(crate) fn unsubscribe(&self, id: &str) -> String {
        format!("{}/unsubscribe/{id}", self.root)
    }
    pub(crate) fn view(&self, id: &str) -> String {
        format!("{}/v/{id}", self.root)
    }
    pub(crate) fn preferences(&self, _: WorkspaceId, p: PersonId, _: UnixMillis) -> String {
        format!("{}/u/i/{p}", self.root)
    }
    pub(crate) fn are_from_here(&self, url: &str) -> bool {
        url.starts_with(&self.root)
    }
}
