//! Reading messages: a folder each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cio_domain::content::layout::NewLayout;
use cio_domain::definition::{Definition, Key, Kind};
use cio_domain::message::Channel;
use serde_json::{Map, Value};

use super::{Reader, said};
use crate::folder::messages::{BROADCAST, MESSAGE, action_folders, known_names, read_name};
use crate::folder::parsed::Parsed;

/// Largest file with a long text of a message: a megabyte of it, and white space.
const BODY_BYTES_MAX: u64 = 2 << 20;
/// What the text of a layout may be in.
const LAYOUT_ENDINGS: [&str; 3] = ["html", "liquid", "txt"];

/// Where a text of a message comes from that is not in its TOML file.
type Bodies = BTreeMap<String, PathBuf>;

impl Reader<'_> {
    pub(super) fn layout(&mut self, file: PathBuf, stem: &str, ending: &str) {
        if !LAYOUT_ENDINGS.contains(&ending) {
            let known = LAYOUT_ENDINGS.join(", .");
            return self.stranger(&file, &[&format!("files that end in .{known}")]);
        }
        let Some(name) = self.name(&file, stem) else {
            return;
        };
        let Some(text) = self.text(&file, BODY_BYTES_MAX) else {
            return;
        };
        match NewLayout::new(&name, &text) {
            Ok(layout) => self.add(Definition::Layout(layout), &file),
            Err(invalid) => self.problem(&file, &format!("its {}", said(&invalid))),
        }
    }

    /// Each message of a folder, in a folder of its own.
    pub(super) fn messages(&mut self, folder: &Path, kind: Kind) {
        self.folder.managed.insert(kind);
        for (name, is_folder) in self.entries(folder) {
            let own = folder.join(&name);
            if !is_folder {
                self.stranger(&own, &["a folder for each, and no files"]);
                continue;
            }
            let entries = self.entries(&own);
            self.message(&own, &name, kind, &entries);
        }
    }

    /// Whether a folder has nothing in it but empty folders: git keeps none of them.
    fn is_left_over(&mut self, folder: &Path, entries: &[(String, bool)]) -> bool {
        let mut entries = entries.iter();
        entries.all(|(name, is_folder)| *is_folder && self.entries(&folder.join(name)).is_empty())
    }

    fn message(&mut self, own: &Path, name: &str, kind: Kind, entries: &[(String, bool)]) {
        let what = match kind {
            Kind::Broadcast => BROADCAST,
            _ => MESSAGE,
        };
        let file = own.join(what);
        let Some(name) = self.name(own, name) else {
            return;
        };
        if !entries.contains(&(what.to_owned(), false)) {
            if !self.is_left_over(own, entries) {
                self.problem(own, &format!("has no {what}"));
            }
            return;
        }
        let Some(mut parsed) = self.toml(&file) else {
            return;
        };
        let mut value = Value::Object(std::mem::take(&mut parsed.fields));
        let others = entries.iter().filter(|(entry, _)| entry != what);
        let others: Vec<(String, bool)> = others.cloned().collect();
        let mut bodies = Bodies::new();
        let problems = self.problems.len();
        match kind {
            Kind::Broadcast => {
                // A table for each is called after one of them.
                if let Some(actions) = value.as_object_mut().and_then(|it| it.remove("action")) {
                    value["actions"] = actions;
                }
                self.action_bodies(own, &others, &mut value, &mut bodies);
            }
            _ => self.bodies(own, &others, &mut value, ("", &mut bodies)),
        }
        // A text that could not be read must not be taken for one that says nothing.
        if self.problems.len() > problems {
            return;
        }
        let key = Key::new(kind, name);
        self.define_message(&parsed, &key, &value, (&file, bodies));
    }

    fn define_message(
        &mut self,
        parsed: &Parsed<'_>,
        key: &Key,
        value: &Value,
        (file, bodies): (&Path, Bodies),
    ) {
        match Definition::from_json(key.kind, &key.name, &value.to_string()) {
            Ok(definition) => {
                let key = definition.key();
                let files: BTreeSet<PathBuf> = bodies.into_values().collect();
                self.folder.bodies.insert(key, files);
                self.add(definition, file);
            }
            Err(mut misfit) => match bodies.get(&misfit.path) {
                Some(body) => self.problem(body, &misfit.problem),
                None => {
                    // As they are called in the file.
                    if let Some(rest) = misfit.path.strip_prefix("actions") {
                        misfit.path = format!("action{rest}");
                    }
                    self.problems.push(parsed.misfit("", &[], &misfit));
                }
            },
        }
    }

    /// Puts the long texts of a broadcast's actions into its JSON.
    fn action_bodies(
        &mut self,
        own: &Path,
        entries: &[(String, bool)],
        value: &mut Value,
        bodies: &mut Bodies,
    ) {
        let folders = action_folders(value);
        for (name, is_folder) in entries {
            let folder = own.join(name);
            let place = folders.iter().position(|it| it == name);
            match (is_folder, place) {
                (true, Some(place)) => {
                    let entries = self.entries(&folder);
                    let under = format!("actions[{place}]");
                    let action = &mut value["actions"][place];
                    self.bodies(&folder, &entries, action, (&under, &mut *bodies));
                }
                (true, None) if self.entries(&folder).is_empty() => {}
                _ if name == "README.md" => {}
                _ => {
                    let known: Vec<&str> = folders.iter().map(String::as_str).collect();
                    let known = known.join(", ");
                    let known = format!("{BROADCAST} and a folder for each action: {known}");
                    self.stranger(&folder, &[&known]);
                }
            }
        }
    }

    /// Puts the long texts of a message or an action into its JSON.
    fn bodies(
        &mut self,
        folder: &Path,
        entries: &[(String, bool)],
        value: &mut Value,
        (under, bodies): (&str, &mut Bodies),
    ) {
        let channel = value["channel"].as_str().unwrap_or_default();
        // What is wrong with the channel is told later.
        let channel = channel.parse().unwrap_or(Channel::Email);
        for (name, is_folder) in entries {
            let file = folder.join(name);
            if name == "README.md" && !is_folder {
                continue;
            }
            let Some((language, field)) = read_name(name, channel).filter(|_| !is_folder) else {
                let known = format!("the texts of its channel: {}", known_names(channel));
                self.stranger(&file, &[&known]);
                continue;
            };
            let Some(text) = self.text(&file, BODY_BYTES_MAX) else {
                continue;
            };
            let Some(said) = variant(value, &language) else {
                self.problem(&file, "stands beside something that is no table");
                continue;
            };
            if said.contains_key(field) {
                self.problem(
                    &file,
                    &format!("says what {field} in the TOML file says, too"),
                );
                continue;
            }
            said.insert(field.to_owned(), text.into());
            let path = match language.as_str() {
                "" => format!("content.{field}"),
                language => format!("translations.{language}.{field}"),
            };
            let path = match under {
                "" => path,
                under => format!("{under}.{path}"),
            };
            bodies.insert(path, file);
        }
    }
}

/// What is said in a language, to add to.
fn variant<'a>(value: &'a mut Value, language: &str) -> Option<&'a mut Map<String, Value>> {
    let object = value.as_object_mut()?;
    let table = || Value::Object(Map::new());
    match language {
        "" => object
            .entry("content")
            .or_insert_with(table)
            .as_object_mut(),
        language => object
            .entry("translations")
            .or_insert_with(table)
            .as_object_mut()?
            .entry(language)
            .or_insert_with(table)
            .as_object_mut(),
    }
}
