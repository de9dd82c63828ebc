//! Reading a folder, strictly: what is misspelled must not be passed over.

mod messages;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cio_domain::content::collection::{CollectionName, Rows};
use cio_domain::content::snippet::NewSnippet;
use cio_domain::definition::{Definition, Key, Kind};
use serde_json::Value;

use super::parsed::Parsed;
use super::{
    BROADCASTS, COLLECTIONS, ENTRIES, Folder, LAYOUTS, MESSAGES, SEGMENTS, SENDERS, SNIPPETS,
    TOPICS, WORKSPACE, csv, names,
};
use crate::suggest::nearest;

/// Largest file that people write by hand.
const TEXT_BYTES_MAX: u64 = 1 << 20;
/// Largest file with the rows of a collection: ten megabytes of them, and white space.
const ROWS_BYTES_MAX: u64 = 16 << 20;
/// Largest folder, for it is held in memory.
const FOLDER_BYTES_MAX: u64 = 256 << 20;
/// Most files of one kind.
const FILES_MAX: usize = 20_000;
/// What the text of a snippet may be in.
const SNIPPET_ENDINGS: [&str; 4] = ["liquid", "html", "md", "txt"];

/// What is said of a file that is none of a folder's.
pub(crate) const STRANGER: &str = "does not belong here";

/// What becomes of files that no folder has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strangers {
    /// They are errors.
    Refused,
    /// They are passed over.
    PassedOver,
}

/// Reads a folder.
///
/// # Errors
/// Everything that is wrong with it, each with its file and line.
pub(crate) fn read(root: &Path, strangers: Strangers) -> Result<Folder, Vec<String>> {
    let mut reader = Reader {
        root,
        strangers,
        folder: Folder::default(),
        problems: Vec::new(),
        folded: BTreeMap::new(),
        bytes: 0,
    };
    reader.root();
    match reader.problems.is_empty() {
        true => Ok(reader.folder),
        false => Err(reader.problems),
    }
}

struct Reader<'a> {
    root: &'a Path,
    strangers: Strangers,
    folder: Folder,
    problems: Vec<String>,
    /// What was read, by [`Key::folded`].
    folded: BTreeMap<Key, Key>,
    bytes: u64,
}

impl Reader<'_> {
    fn root(&mut self) {
        for (name, is_folder) in self.entries(Path::new("")) {
            let file = Path::new(&name);
            match name.as_str() {
                WORKSPACE if !is_folder => self.workspace(file),
                SENDERS if !is_folder => self.list(file, Kind::Sender),
                TOPICS if !is_folder => self.list(file, Kind::Topic),
                SEGMENTS if is_folder => self.each(file, Kind::Segment, Self::segment),
                SNIPPETS if is_folder => self.each(file, Kind::Snippet, Self::snippet),
                COLLECTIONS if is_folder => self.each(file, Kind::Collection, Self::collection),
                LAYOUTS if is_folder => self.each(file, Kind::Layout, Self::layout),
                MESSAGES if is_folder => self.messages(file, Kind::TransactionalMessage),
                BROADCASTS if is_folder => self.messages(file, Kind::Broadcast),
                "README.md" => {}
                _ => self.stranger(file, &ENTRIES),
            }
        }
    }

    /// Names in a folder, and whether each is one itself. Links are not followed: they may
    /// lead out of it.
    fn entries(&mut self, folder: &Path) -> Vec<(String, bool)> {
        let path = match folder.as_os_str().is_empty() {
            true => self.root.to_owned(),
            false => self.root.join(folder),
        };
        let unreadable =
            |error: std::io::Error| format!("{}: cannot be read: {error}", path.display());
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) => {
                self.problems.push(unreadable(error));
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for entry in entries.take(FILES_MAX + 1) {
            let read = entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?)));
            let (name, kind) = match read {
                Ok(read) => read,
                Err(error) => {
                    self.problems.push(unreadable(error));
                    continue;
                }
            };
            let file = folder.join(&name);
            match name.into_string() {
                Ok(name) if name.starts_with('.') => {}
                Ok(_) if kind.is_symlink() => self.problem(
                    &file,
                    "is a symbolic link, which is not followed: put the file itself here",
                ),
                Ok(_) if !kind.is_dir() && !kind.is_file() => self.problem(&file, "is no file"),
                Ok(name) => found.push((name, kind.is_dir())),
                Err(_) => self.problem(&file, "has a name that is not UTF-8"),
            }
        }
        if found.len() > FILES_MAX {
            self.problem(folder, &format!("has more than {FILES_MAX} files"));
            found.truncate(FILES_MAX);
        }
        found.sort();
        found
    }

    fn problem(&mut self, file: &Path, problem: &str) {
        self.problems.push(format!("{}: {problem}", file.display()));
    }

    /// A file that is none of a folder's.
    fn stranger(&mut self, file: &Path, known: &[&str]) {
        if self.strangers == Strangers::PassedOver {
            return;
        }
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let hint = match nearest(&name, known) {
            Some(known) if known != name => format!("did you mean {known}?"),
            Some(known) if known.contains('.') => "it must be a file".to_owned(),
            Some(_) => "it must be a folder".to_owned(),
            None => format!("there can be {}", known.join(", ")),
        };
        self.problem(file, &format!("{STRANGER}; {hint}"));
    }

    /// The text of a file.
    fn text(&mut self, file: &Path, bytes_max: u64) -> Option<String> {
        let path = self.root.join(file);
        let bytes = match fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) => {
                self.problem(file, &error.to_string());
                return None;
            }
        };
        self.bytes += bytes;
        if bytes > bytes_max || self.bytes > FOLDER_BYTES_MAX {
            let problem = match bytes > bytes_max {
                true => format!("cannot be larger than {bytes_max} bytes"),
                false => {
                    format!("all files together cannot be larger than {FOLDER_BYTES_MAX} bytes")
                }
            };
            self.problem(file, &problem);
            return None;
        }
        match fs::read(&path).map(String::from_utf8) {
            Ok(Ok(text)) => Some(text),
            Ok(Err(_)) => {
                self.problem(file, "is not UTF-8");
                None
            }
            Err(error) => {
                self.problem(file, &error.to_string());
                None
            }
        }
    }

    fn toml<'a>(&mut self, file: &'a Path) -> Option<Parsed<'a>> {
        let text = self.text(file, TEXT_BYTES_MAX)?;
        match Parsed::new(file, &text) {
            Ok(parsed) => Some(parsed),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }

    fn add(&mut self, definition: Definition, file: &Path) {
        let key = definition.key();
        if let Some((_, other)) = self.folder.definitions.get(&key) {
            let problem = format!("{key} is in {}, too", other.display());
            return self.problem(file, &problem);
        }
        if let Some(other) = self.folded.insert(key.folded(), key.clone()) {
            let problem = format!("{key} and {other} are one: letter case tells no names apart");
            return self.problem(file, &problem);
        }
        let placed = (definition, file.to_owned());
        self.folder.definitions.insert(key, placed);
    }

    /// Adds a definition that begins at `under`, or says what is wrong with it.
    fn define(
        &mut self,
        parsed: &Parsed<'_>,
        under: &str,
        more: &[&str],
        key: &Key,
        value: &Value,
        file: &Path,
    ) {
        match Definition::from_json(key.kind, &key.name, &value.to_string()) {
            Ok(definition) => self.add(definition, file),
            Err(misfit) => self.problems.push(parsed.misfit(under, more, &misfit)),
        }
    }

    fn workspace(&mut self, file: &Path) {
        const NAME: &str = "name";
        const CENTER: &str = "preference_center";
        let Some(mut parsed) = self.toml(file) else {
            return;
        };
        if let Some(name) = parsed.fields.remove(NAME) {
            self.folder.managed.insert(Kind::Workspace);
            let key = Key::new(Kind::Workspace, "");
            let settings = serde_json::json!({ NAME: name });
            self.define(&parsed, "", &[], &key, &settings, file);
        }
        if let Some(center) = parsed.fields.remove(CENTER) {
            self.folder.managed.insert(Kind::PreferenceCenter);
            let key = Key::new(Kind::PreferenceCenter, "");
            self.define(&parsed, CENTER, &[], &key, &center, file);
        }
        for field in parsed.fields.keys() {
            let problem = parsed.unknown(field, &[NAME, CENTER]);
            self.problems.push(problem);
        }
    }

    /// A file with one table for each, such as `[[sender]]`.
    fn list(&mut self, file: &Path, kind: Kind) {
        self.folder.managed.insert(kind);
        let Some(mut parsed) = self.toml(file) else {
            return;
        };
        let heading = kind.as_str();
        let list = parsed.fields.remove(heading);
        for field in parsed.fields.keys() {
            let problem = parsed.unknown(field, &[heading]);
            self.problems.push(problem);
        }
        let items = match list {
            None => return,
            Some(Value::Array(items)) => items,
            Some(_) => {
                let problem = format!("must be a list: write [[{heading}]]");
                self.problems.push(parsed.problem(heading, &problem));
                return;
            }
        };
        for (number, mut item) in items.into_iter().enumerate() {
            let under = format!("{heading}[{number}]");
            if kind != Kind::Topic {
                let key = Key::new(kind, "");
                self.define(&parsed, &under, &[], &key, &item, file);
                continue;
            }
            let id = item.as_object_mut().and_then(|fields| fields.remove("id"));
            match id.as_ref().and_then(Value::as_u64) {
                Some(id) => {
                    let key = Key::new(kind, format!("topic_{id}"));
                    self.define(&parsed, &under, &["id"], &key, &item, file);
                }
                None => {
                    let problem = "must be the topic's number: its identifier is topic_ and that";
                    let path = format!("{under}.id");
                    self.problems.push(parsed.problem(&path, problem));
                }
            }
        }
    }

    /// Each file of a folder.
    fn each(&mut self, folder: &Path, kind: Kind, read: fn(&mut Self, PathBuf, &str, &str)) {
        self.folder.managed.insert(kind);
        for (name, is_folder) in self.entries(folder) {
            let file = folder.join(&name);
            let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
            match is_folder {
                false => read(self, file, stem, ending),
                true => self.stranger(&file, &["files, and no folders"]),
            }
        }
    }

    fn segment(&mut self, file: PathBuf, _: &str, ending: &str) {
        if ending != "toml" {
            return self.stranger(&file, &["files that end in .toml"]);
        }
        let Some(mut parsed) = self.toml(&file) else {
            return;
        };
        match parsed.fields.remove("name") {
            Some(Value::String(name)) => {
                let key = Key::new(Kind::Segment, name);
                let rest = Value::Object(std::mem::take(&mut parsed.fields));
                self.define(&parsed, "", &["name"], &key, &rest, &file);
            }
            Some(_) => self.problems.push(parsed.problem("name", "must be a text")),
            None => self
                .problems
                .push(parsed.problem("", "a segment needs a name")),
        }
    }

    fn snippet(&mut self, file: PathBuf, stem: &str, ending: &str) {
        if !SNIPPET_ENDINGS.contains(&ending) {
            let known = SNIPPET_ENDINGS.join(", .");
            return self.stranger(&file, &[&format!("files that end in .{known}")]);
        }
        let Some(name) = self.name(&file, stem) else {
            return;
        };
        let Some(text) = self.text(&file, TEXT_BYTES_MAX) else {
            return;
        };
        match NewSnippet::new(&name, &text) {
            Ok(snippet) => self.add(Definition::Snippet(snippet), &file),
            Err(invalid) => self.problem(&file, &format!("its {}", said(&invalid))),
        }
    }

    fn collection(&mut self, file: PathBuf, stem: &str, ending: &str) {
        if !["json", "csv"].contains(&ending) {
            return self.stranger(&file, &["files that end in .json or .csv"]);
        }
        let Some(name) = self.name(&file, stem) else {
            return;
        };
        let name = match CollectionName::new(&name) {
            Ok(name) => name,
            Err(invalid) => return self.problem(&file, &format!("its {}", said(&invalid))),
        };
        let Some(mut text) = self.text(&file, ROWS_BYTES_MAX) else {
            return;
        };
        if ending == "csv" {
            text = match csv::to_json(&text) {
                Ok(json) => json,
                Err((line, problem)) => {
                    let problem = format!("{}:{line}: {problem}", file.display());
                    return self.problems.push(problem);
                }
            };
        }
        match Rows::from_json(&text) {
            Ok(rows) => self.add(Definition::Collection(name, rows), &file),
            Err(problem) => self.problem(&file, &format!("the file {problem}")),
        }
    }

    /// The name that a file's name stands for.
    fn name(&mut self, file: &Path, stem: &str) -> Option<String> {
        let name = names::name_of(stem);
        if name.is_none() {
            let problem = "has a % without the two digits that stand for a character: %25 is a %";
            self.problem(file, problem);
        }
        name
    }
}

fn said(invalid: &cio_domain::content::Invalid) -> String {
    format!("{} {}", invalid.field, invalid.problem)
}
