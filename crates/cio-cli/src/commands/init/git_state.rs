//! What git has of what was written: a credential in a repository is everybody's.

use std::path::Path;

use super::Target;
use super::values::Values;
use crate::git::Git;
use crate::settings::DOTENV;

/// What to do about a credential that git has.
const ROTATE: &str = "whoever has the repository has the keys: make new ones \
                      (`customerio keys rotate --help`)";

/// What is wrong, each with what to do.
pub(super) async fn warnings(target: &Target, values: &Values) -> Vec<String> {
    let Some(git) = Git::of(Path::new(".")).await else {
        return Vec::new();
    };
    let mut warnings = Vec::new();
    if target.profile.is_none() {
        if git.tracks(DOTENV).await {
            warnings.push(format!(
                ".env is tracked by git, whatever .gitignore says: `git rm --cached {DOTENV}`; {ROTATE}"
            ));
        } else if let Some(commit) = git.touched(DOTENV).await {
            warnings.push(format!(
                "commit {commit} has a .env; if it held these keys, {ROTATE}"
            ));
        }
    }
    if let Some(leak) = git.holds(&values.secrets()).await {
        warnings.push(format!(
            "commit {} has one of these keys, in {}: {ROTATE}",
            leak.commit, leak.path
        ));
    }
    warnings
}
