//! `customerio apply`: bring a workspace to what the files of a folder say.

mod lines;
pub(super) mod remote;
mod show;

use cio_domain::definition::{Change, difference};
use serde_json::{Value, json};

use self::remote::Remote;
use crate::admin_client::AdminClient;
use crate::args::ApplyArgs;
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::folder::{self, Folder, Strangers};
use crate::output::Output;

/// Largest list of changes that the server takes at once.
const CHANGES_BYTES_MAX: usize = 32 << 20;

pub(crate) async fn run(args: &ApplyArgs, context: &Context) -> Result<u8, Failure> {
    let output = &context.output;
    let folder = folder::read(&args.directory, Strangers::Refused).map_err(unreadable)?;
    let shown = args.directory.display();
    if folder.managed.is_empty() {
        return Err(Failure::config(format!(
            "{shown} has none of {}: `customerio pull {shown}` writes what the server has",
            folder::ENTRIES.join(", ")
        )));
    }
    let client = context.admin(&args.server).await?;
    let remote = Remote::read(&client, args.of.workspace).await?;
    remote.refuse_twins(&folder.managed)?;
    let desired = folder.state();
    remote.refuse_other_spellings(&desired)?;
    let changes = difference(&desired, &folder.managed, &remote.state)
        .map_err(|circle| Failure::config(format!("{shown}: {circle}")))?;
    let (kept, changes): (Vec<Change>, Vec<Change>) = changes
        .into_iter()
        .partition(|change| change.after.is_none() && !args.prune);
    if !output.json() {
        for line in show::lines(&changes, &kept, output) {
            output.data(&line);
        }
    }
    let applied = match changes.is_empty() {
        true => false,
        false => make(args, output, &client, &folder, &remote, &changes).await?,
    };
    if output.json() {
        let report = report(args, &changes, &kept, applied);
        output.data(&report.to_string());
    } else {
        output.note(&ending(args, &changes, &kept, applied));
    }
    Ok(exit::DONE)
}

/// Everything that is wrong with a folder.
pub(super) fn unreadable(problems: Vec<String>) -> Failure {
    /// More than a screen of them helps nobody.
    const SHOWN: usize = 20;
    let count = problems.len();
    let mut text: Vec<String> = problems.into_iter().take(SHOWN).collect();
    if count > SHOWN {
        text.push(format!("… and {} more", count - SHOWN));
    }
    Failure::config(text.join("\n"))
}

/// Makes the changes, if nobody says no. Whether they were made.
async fn make(
    args: &ApplyArgs,
    output: &Output,
    client: &AdminClient,
    folder: &Folder,
    remote: &Remote,
    changes: &[Change],
) -> Result<bool, Failure> {
    let path = remote::path(args.of.workspace);
    let body = |dry_run: bool| body(folder, remote, changes, dry_run);
    if !args.yes {
        // Before anybody is asked: what the server would refuse is not a question.
        client.post_text(&path, body(true)?).await?;
        if args.dry_run {
            return Ok(false);
        }
        let what = match changes.len() {
            1 => "this change".to_owned(),
            count => format!("these {count} changes"),
        };
        let (workspace, name, root) = (args.of.workspace, remote.name(), client.root());
        let question = format!("Apply {what} to workspace {workspace}, {name:?}, at {root}?");
        match output.asks(&question) {
            Some(true) => {}
            Some(false) => return Err(Failure::refused("nothing was changed")),
            None => {
                return Err(Failure::config(
                    "nothing was changed: there is no terminal to ask on; --yes applies without \
                     asking, --dry-run only shows",
                ));
            }
        }
    }
    client.post_text(&path, body(false)?).await?;
    Ok(true)
}

/// The request. Definitions are texts already, in which numbers are as in the files.
fn body(
    folder: &Folder,
    remote: &Remote,
    changes: &[Change],
    dry_run: bool,
) -> Result<String, Failure> {
    let entries: Vec<String> = changes
        .iter()
        .map(|change| {
            let key = &change.key;
            let definition = match (&change.after, folder.definitions.get(key)) {
                (Some(_), Some((definition, _))) => definition.to_json(),
                _ => "null".to_owned(),
            };
            let (kind, name) = (key.kind.as_str(), Value::from(key.name.as_str()));
            format!(r#"{{"kind":"{kind}","name":{name},"definition":{definition}}}"#)
        })
        .collect();
    let (revision, entries) = (remote.revision, entries.join(","));
    let body = format!(r#"{{"revision":{revision},"dry_run":{dry_run},"changes":[{entries}]}}"#);
    if body.len() > CHANGES_BYTES_MAX {
        let (megabytes, most) = (body.len() >> 20, CHANGES_BYTES_MAX >> 20);
        return Err(Failure::refused(format!(
            "these changes are {megabytes} MB, and {most} MB can be made at once: apply \
             them in parts, by moving some of the large files out of the folder"
        )));
    }
    Ok(body)
}

fn report(args: &ApplyArgs, changes: &[Change], kept: &[Change], applied: bool) -> Value {
    let one = |change: &Change| {
        json!({
            "action": show::action(change),
            "kind": change.key.kind.as_str(),
            "name": change.key.name,
            "before": change.before,
            "after": change.after,
        })
    };
    json!({
        "workspace": args.of.workspace,
        "applied": applied,
        "changes": changes.iter().map(one).collect::<Vec<_>>(),
        "kept": kept.iter().map(one).collect::<Vec<_>>(),
    })
}

/// The last line, for people.
fn ending(args: &ApplyArgs, changes: &[Change], kept: &[Change], applied: bool) -> String {
    let workspace = args.of.workspace;
    let count = match changes.len() {
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    let mut said = match (changes.is_empty(), applied) {
        (true, _) => format!(
            "Nothing to do: workspace {workspace} is as {} says.",
            args.directory.display()
        ),
        (false, true) => format!("Applied {count} to workspace {workspace}."),
        (false, false) => format!("A dry run: {count}, none of them made."),
    };
    if !kept.is_empty() {
        let count = kept.len();
        said +=
            &format!(" {count} not in the files, and kept: --prune removes what they do not have.");
    }
    said
}
