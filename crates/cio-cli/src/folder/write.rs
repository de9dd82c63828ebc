//! Which files of a folder have to change for it to say what a workspace is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cio_domain::definition::{Key, Kind, State};
use serde_json::Value;
use serde_json::value::RawValue;

use super::messages::{self, Files};
use super::text::{fields, string};
use super::{
    BROADCASTS, COLLECTIONS, Folder, LAYOUTS, MESSAGES, SEGMENTS, SENDERS, SNIPPETS, TOPICS,
    WORKSPACE, names,
};

/// What becomes of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It has this text.
    Write(String),
    /// It has the rows of this collection.
    WriteRows(Key),
    /// It is gone.
    Remove,
}

/// The steps by file, below the folder. What says the same already stays as it is, with its
/// comments.
pub(crate) fn plan(
    folder: &Folder,
    kinds: &BTreeSet<Kind>,
    state: &State,
) -> BTreeMap<PathBuf, Step> {
    let mut plan = Plan {
        folder,
        before: folder.state(),
        state,
        steps: BTreeMap::new(),
    };
    plan.workspace(kinds);
    for kind in kinds {
        match kind {
            Kind::Workspace | Kind::PreferenceCenter => {}
            Kind::Sender => plan.list(*kind, SENDERS),
            Kind::Topic => plan.list(*kind, TOPICS),
            Kind::Segment => plan.each(*kind, SEGMENTS),
            Kind::Snippet => plan.each(*kind, SNIPPETS),
            Kind::Collection => plan.each(*kind, COLLECTIONS),
            Kind::Layout => plan.each(*kind, LAYOUTS),
            Kind::TransactionalMessage => plan.messages(*kind, MESSAGES),
            Kind::Broadcast => plan.messages(*kind, BROADCASTS),
        }
    }
    plan.steps
}

/// The text of a file with rows, one on each line.
pub(crate) fn rows_text(list: &str) -> Option<String> {
    let rows: Vec<&RawValue> = serde_json::from_str(list).ok()?;
    let rows: Vec<&str> = rows.into_iter().map(RawValue::get).collect();
    Some(match rows.is_empty() {
        true => "[]\n".to_owned(),
        false => format!("[\n{}\n]\n", rows.join(",\n")),
    })
}

struct Plan<'a> {
    folder: &'a Folder,
    before: State,
    state: &'a State,
    steps: BTreeMap<PathBuf, Step>,
}

impl Plan<'_> {
    fn of(state: &State, kind: Kind) -> Vec<(&Key, &Value)> {
        let all = state.iter();
        all.filter(|(key, _)| key.kind == kind).collect()
    }

    fn workspace(&mut self, kinds: &BTreeSet<Kind>) {
        let single = [Kind::Workspace, Kind::PreferenceCenter];
        let kept = single.into_iter().filter(|kind| kinds.contains(kind));
        let kept: Vec<Kind> = kept.collect();
        let is_same = |kind: &Kind| Plan::of(&self.before, *kind) == Plan::of(self.state, *kind);
        if kept.iter().all(is_same) {
            return;
        }
        let mut text = String::new();
        for kind in kept {
            for (_, definition) in Plan::of(self.state, kind) {
                if kind == Kind::Workspace {
                    text += &fields(kind, "", definition);
                    continue;
                }
                if !text.is_empty() {
                    text.push('\n');
                }
                let heading = kind.as_str();
                let _ = write!(text, "[{heading}]\n{}", fields(kind, heading, definition));
            }
        }
        self.steps.insert(WORKSPACE.into(), Step::Write(text));
    }

    fn list(&mut self, kind: Kind, file: &str) {
        let all = Plan::of(self.state, kind);
        let is_managed = self.folder.managed.contains(&kind);
        if is_managed && all == Plan::of(&self.before, kind) {
            return;
        }
        let heading = kind.as_str();
        let mut tables = Vec::new();
        for (key, definition) in all {
            let mut table = format!("[[{heading}]]\n");
            if let Some(id) = key
                .name
                .strip_prefix("topic_")
                .filter(|_| kind == Kind::Topic)
            {
                let _ = writeln!(table, "id = {id}");
            }
            table += &fields(kind, heading, definition);
            tables.push(table);
        }
        let text = match tables.is_empty() {
            true => format!("# There is no {heading}.\n"),
            false => tables.join("\n"),
        };
        self.steps.insert(file.into(), Step::Write(text));
    }

    fn each(&mut self, kind: Kind, folder: &str) {
        let mut taken = BTreeSet::new();
        for (key, (_, file)) in &self.folder.definitions {
            if key.kind != kind {
                continue;
            }
            let stem = file.file_stem().unwrap_or_default();
            taken.insert(stem.to_string_lossy().to_lowercase());
            if !self.state.contains_key(key) {
                self.steps.insert(file.clone(), Step::Remove);
            }
        }
        for (key, definition) in Plan::of(self.state, kind) {
            if self.before.get(key) == Some(definition) {
                continue;
            }
            let known = self.folder.definitions.get(key).map(|(_, file)| file);
            let file = match (known, kind) {
                (Some(file), _) => file.clone(),
                (None, Kind::Segment) => {
                    Path::new(folder).join(format!("{}.toml", names::slug(&key.name, &mut taken)))
                }
                (None, Kind::Snippet) => {
                    let name = names::file_name(&key.name, &mut taken);
                    Path::new(folder).join(format!("{name}.liquid"))
                }
                (None, _) => {
                    let name = names::file_name(&key.name, &mut taken);
                    let ending = match kind {
                        Kind::Layout => "html",
                        _ => "json",
                    };
                    Path::new(folder).join(format!("{name}.{ending}"))
                }
            };
            let step = match kind {
                Kind::Segment => {
                    let name = string(&key.name);
                    Step::Write(format!("name = {name}\n{}", fields(kind, "", definition)))
                }
                Kind::Snippet => {
                    let value = definition["value"].as_str().unwrap_or_default();
                    Step::Write(format!("{value}\n"))
                }
                Kind::Layout => {
                    let body = definition["body"].as_str().unwrap_or_default();
                    Step::Write(format!("{body}\n"))
                }
                _ => Step::WriteRows(key.clone()),
            };
            let is_rows = matches!(step, Step::WriteRows(_));
            if is_rows && file.extension().is_some_and(|ending| ending == "csv") {
                // What is not a text cannot be in one.
                self.steps.insert(file.with_extension("json"), step);
                self.steps.insert(file, Step::Remove);
                continue;
            }
            self.steps.insert(file, step);
        }
    }

    /// A folder for each, with the files of its long texts in it. A file that says the same
    /// already stays.
    fn messages(&mut self, kind: Kind, folder: &str) {
        let mut taken = BTreeSet::new();
        for (key, (_, file)) in &self.folder.definitions {
            if key.kind != kind {
                continue;
            }
            let own = file.parent().and_then(Path::file_name).unwrap_or_default();
            taken.insert(own.to_string_lossy().to_lowercase());
            if !self.state.contains_key(key) {
                let files = self.folder.bodies.get(key).into_iter().flatten();
                for file in files.chain([file]) {
                    self.steps.insert(file.clone(), Step::Remove);
                }
            }
        }
        let file_name = match kind {
            Kind::Broadcast => messages::BROADCAST,
            _ => messages::MESSAGE,
        };
        for (key, definition) in Plan::of(self.state, kind) {
            let before = self.before.get(key);
            if before == Some(definition) {
                continue;
            }
            let known = self.folder.definitions.get(key).map(|(_, file)| file);
            let file = known.cloned().unwrap_or_else(|| {
                let name = names::file_name(&key.name, &mut taken);
                Path::new(folder).join(name).join(file_name)
            });
            let own = file.parent().unwrap_or(Path::new("")).to_owned();
            let old = before.map(|before| messages::files(kind, before));
            let new = messages::files(kind, definition);
            let there = self.folder.bodies.get(key).cloned().unwrap_or_default();
            let in_files = |files: &Files| -> bool {
                let mut bodies = files.bodies.keys();
                bodies.all(|body| there.contains(&own.join(body)))
            };
            let is_same = |old: &Files| old.toml == new.toml && in_files(old);
            if !old.as_ref().is_some_and(is_same) {
                self.steps.insert(file, Step::Write(new.toml));
            }
            for gone in &there {
                if !new.bodies.keys().any(|body| own.join(body) == *gone) {
                    self.steps.insert(gone.clone(), Step::Remove);
                }
            }
            for (body, text) in new.bodies {
                let said = old.as_ref().and_then(|old| old.bodies.get(&body));
                let body = own.join(body);
                if said != Some(&text) || !there.contains(&body) {
                    self.steps.insert(body, Step::Write(text));
                }
            }
        }
    }
}
