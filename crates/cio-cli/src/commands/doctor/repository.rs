//! What git has of the credentials.

use std::path::Path;

use cio_wire::env_vars;
use customerio::secrets::Reference;

use super::finding::{Findings, Problem};
use crate::git::Git;
use crate::settings::{DOTENV, Variables};

const ROTATE: &str = "then make new keys, for whoever has the repository has these: \
                      `customerio keys rotate --help`";

pub(super) async fn examine(variables: &Variables, findings: &mut Findings) {
    let Some(git) = Git::of(Path::new(".")).await else {
        return findings.skip("git", "this directory is in no repository");
    };
    let before = findings.all.len();
    let has_dotenv = Path::new(DOTENV).exists();
    if git.tracks(DOTENV).await {
        let problem = Problem::new(
            "env_tracked",
            "git tracks .env, credentials and all",
            format!("`git rm --cached .env`, {ROTATE}"),
        );
        findings.warn("git", problem);
    } else if let Some(commit) = git.touched(DOTENV).await {
        let problem = Problem::new(
            "env_in_history",
            format!("commit {commit} has a .env, though git tracks it no more"),
            "if the keys in it are still in use, make new ones: `customerio keys rotate --help`",
        );
        findings.warn("git", problem);
    } else if has_dotenv && !git.ignores(DOTENV).await {
        let problem = Problem::new(
            "env_not_ignored",
            "git does not ignore .env, so the next `git add .` takes it",
            "add the line .env to .gitignore",
        );
        findings.warn("git", problem);
    }
    if let Some(leak) = git.holds(&secrets(variables)).await {
        let problem = Problem::new(
            "key_in_history",
            format!(
                "commit {} has one of the keys, in {}",
                leak.commit, leak.path
            ),
            "make new keys, for whoever has the repository has these: `customerio keys rotate --help`",
        );
        findings.warn("git", problem);
    }
    if findings.all.len() == before {
        findings.pass("git", "it has none of the credentials");
    }
}

fn secrets(variables: &Variables) -> Vec<String> {
    let names = env_vars::SECRETS.into_iter();
    let names = names.filter(|name| *name != env_vars::SITE_ID);
    let values = names.filter_map(|name| variables.filled(name));
    values.filter(|value| !Reference::is_meant(value)).collect()
}
