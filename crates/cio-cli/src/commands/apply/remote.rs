//! What a server has of a workspace.

use std::collections::{BTreeMap, BTreeSet};

use cio_domain::definition::{Key, Kind, State};
use serde_json::Value;

use crate::admin_client::AdminClient;
use crate::commands::{items, text};
use crate::exit::Failure;

/// The path of a workspace's definitions.
pub(in crate::commands) fn path(workspace: u32) -> String {
    format!("/workspaces/{workspace}/definitions")
}

/// The definitions of a workspace at one moment.
pub(in crate::commands) struct Remote {
    pub(super) revision: u64,
    pub(in crate::commands) state: State,
    /// Numbers of what has some.
    ids: BTreeMap<Key, Vec<String>>,
}

impl Remote {
    pub(in crate::commands) async fn read(
        client: &AdminClient,
        workspace: u32,
    ) -> Result<Remote, Failure> {
        let answer = client.get_text(&path(workspace)).await;
        let answer = answer.map_err(|failure| match failure.to_string().as_str() {
            "not found" => Failure::refused(format!(
                "there is no workspace {workspace}: `customerio workspaces list` shows them"
            )),
            _ => failure,
        })?;
        let answer: Value = serde_json::from_str(&answer).unwrap_or_default();
        let Some(revision) = answer["revision"].as_u64() else {
            return Err(Failure::unexpected(
                "the server answers without a revision: is it an older one?",
            ));
        };
        let mut remote = Remote {
            revision,
            state: State::new(),
            ids: BTreeMap::new(),
        };
        for item in items(&answer, "definitions") {
            // What only a newer server knows is none of ours.
            let Ok(kind) = text(&item["kind"]).parse::<Kind>() else {
                continue;
            };
            let key = Key::new(kind, item["name"].as_str().unwrap_or_default());
            let ids = remote.ids.entry(key.clone()).or_default();
            ids.push(text(&item["id"]));
            remote.state.insert(key, item["definition"].clone());
        }
        Ok(remote)
    }

    /// What the workspace is called.
    pub(super) fn name(&self) -> &str {
        let workspace = self.state.get(&Key::new(Kind::Workspace, ""));
        let name = workspace.and_then(|it| it["name"].as_str());
        name.unwrap_or_default()
    }

    /// Refuses names that are not one's own: files could mean either.
    pub(in crate::commands) fn refuse_twins(&self, kinds: &BTreeSet<Kind>) -> Result<(), Failure> {
        let mut twins = self.ids.iter();
        let twins = twins.find(|(key, ids)| ids.len() > 1 && kinds.contains(&key.kind));
        match twins {
            None => Ok(()),
            Some((key, ids)) => Err(Failure::refused(format!(
                "{key} is there {} times, with the numbers {}: rename or delete all but one",
                ids.len(),
                ids.join(" and ")
            ))),
        }
    }

    /// Refuses a name that the server spells differently: one of the two would be removed for
    /// the other, and they are the same.
    pub(super) fn refuse_other_spellings(&self, desired: &State) -> Result<(), Failure> {
        let spelled: BTreeMap<Key, &Key> =
            self.state.keys().map(|key| (key.folded(), key)).collect();
        for key in desired.keys() {
            if let Some(other) = spelled.get(&key.folded()).filter(|other| **other != key) {
                return Err(Failure::config(format!(
                    "{key} is called {:?} on the server, and letter case tells no names apart: \
                     spell it the same",
                    other.name
                )));
            }
        }
        Ok(())
    }

    /// The rows of a collection as a JSON list.
    pub(in crate::commands) async fn rows(
        &self,
        client: &AdminClient,
        workspace: u32,
        key: &Key,
    ) -> Result<String, Failure> {
        let id = self.ids.get(key).and_then(|ids| ids.first());
        let id = id.map_or("", String::as_str);
        let path = format!("/workspaces/{workspace}/collections/{id}/rows");
        client.get_text(&path).await
    }
}
