//! `customerio pull`: write a workspace's definitions to the files of a folder.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use cio_domain::definition::{Kind, State};
use serde_json::json;

use super::apply::remote::Remote;
use super::apply::unreadable;
use crate::args::PullArgs;
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::folder::{self, Folder, Step, Strangers};

/// A file while it is written. Names with a dot are passed over where a folder is read.
const UNFINISHED: &str = ".customerio-unfinished";

pub(crate) async fn run(args: &PullArgs, context: &Context) -> Result<u8, Failure> {
    let output = &context.output;
    let root = &args.directory;
    let folder = existing(root, args.force)?;
    let client = context.admin(&args.server).await?;
    let remote = Remote::read(&client, args.of.workspace).await?;
    let kinds = kinds(&folder, &remote.state, args.all);
    remote.refuse_twins(&kinds)?;
    let steps = folder::plan(&folder, &kinds, &remote.state);
    let mut files = Vec::new();
    for (file, step) in &steps {
        let text = match step {
            Step::Write(text) => Some(text.clone()),
            Step::WriteRows(key) => {
                let rows = remote.rows(&client, args.of.workspace, key).await?;
                let text = folder::rows_text(&rows);
                let odd = || Failure::unexpected(format!("{key}: the server's rows are no list"));
                Some(text.ok_or_else(odd)?)
            }
            Step::Remove => None,
        };
        let path = root.join(file);
        let action = match (&text, path.exists()) {
            (None, _) => "remove",
            (Some(_), true) => "update",
            (Some(_), false) => "create",
        };
        let done = match text {
            Some(text) => write(&path, &text),
            None => remove(root, file),
        };
        done.map_err(|error| Failure::config(format!("{}: {error}", path.display())))?;
        files.push((action, file.display().to_string()));
    }
    if output.json() {
        let files: Vec<_> = files
            .iter()
            .map(|(action, file)| json!({ "action": action, "file": file }))
            .collect();
        let report = json!({ "workspace": args.of.workspace, "files": files });
        output.data(&report.to_string());
        return Ok(exit::DONE);
    }
    for (action, file) in &files {
        let mark = match *action {
            "create" => '+',
            "update" => '~',
            _ => '-',
        };
        output.data(&format!("{mark} {file}"));
    }
    let (shown, workspace) = (root.display(), args.of.workspace);
    output.note(&match files.len() {
        0 => format!("Nothing to do: {shown} says what workspace {workspace} is."),
        1 => format!("Wrote 1 file in {shown}."),
        count => format!("Wrote {count} files in {shown}."),
    });
    Ok(exit::DONE)
}

/// What is in the folder, if it is there.
fn existing(root: &Path, force: bool) -> Result<Folder, Failure> {
    if !root.exists() {
        return Ok(Folder::default());
    }
    let strangers = match force {
        true => Strangers::PassedOver,
        false => Strangers::Refused,
    };
    folder::read(root, strangers).map_err(|mut problems| {
        let is_stranger = |problem: &String| problem.contains(folder::STRANGER);
        problems.push(match problems.iter().any(is_stranger) {
            true => "nothing was written: the folder must be a new one, or have the files of a \
                     workspace alone; --force leaves other files where they are"
                .to_owned(),
            false => "nothing was written: mend or remove these files first".to_owned(),
        });
        unreadable(problems)
    })
}

/// What is written: what the folder looks after, and in a new one what there is.
fn kinds(folder: &Folder, state: &State, all: bool) -> BTreeSet<Kind> {
    let mut kinds = folder.managed.clone();
    if kinds.is_empty() || all {
        kinds.extend(state.keys().map(|key| key.kind));
    }
    kinds
}

/// Removes a file, and a folder that was there for it alone. An empty folder of a kind stays:
/// it says that there is none.
fn remove(root: &Path, file: &Path) -> io::Result<()> {
    fs::remove_file(root.join(file))?;
    let own = file.ancestors().skip(1);
    for folder in own.take_while(|it| it.components().count() > 1) {
        let folder = root.join(folder);
        if fs::read_dir(&folder)?.next().is_some() {
            break;
        }
        fs::remove_dir(folder)?;
    }
    Ok(())
}

/// The file is whole, or as it was.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let unfinished = folder.join(UNFINISHED);
    fs::write(&unfinished, text)?;
    fs::rename(&unfinished, path)
}
