//! What git knows of a file and of values that are to stay secret. Each question has little time,
//! and no value is an argument of a process.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many commits are searched for values, the newest ones.
const COMMITS: &str = "100";
/// Shorter values are found in texts that have nothing to do with them.
const SHORTEST: usize = 12;

/// The repository that a directory is in.
pub(crate) struct Git {
    directory: PathBuf,
}

/// A commit that holds a secret value, and where.
pub(crate) struct Leak {
    pub(crate) commit: String,
    pub(crate) path: String,
}

impl Git {
    /// `None` outside of a repository, or where there is no git.
    pub(crate) async fn of(directory: &Path) -> Option<Git> {
        let git = Git {
            directory: directory.to_owned(),
        };
        let inside = git.ask(&["rev-parse", "--is-inside-work-tree"]).await?;
        (inside.trim() == "true").then_some(git)
    }

    /// Whether a file is in the index.
    pub(crate) async fn tracks(&self, file: &str) -> bool {
        let asked = self.ask(&["ls-files", "--", file]).await;
        asked.is_some_and(|files| !files.trim().is_empty())
    }

    pub(crate) async fn ignores(&self, file: &str) -> bool {
        self.ask(&["check-ignore", "--", file]).await.is_some()
    }

    /// The newest commit that touched a file, on any branch.
    pub(crate) async fn touched(&self, file: &str) -> Option<String> {
        let arguments = ["log", "--all", "-1", "--format=%h", "--", file];
        let commits = self.ask(&arguments).await?;
        let commit = commits.lines().next()?.trim();
        (!commit.is_empty()).then(|| commit.to_owned())
    }

    /// A recent commit that holds one of these values.
    pub(crate) async fn holds(&self, values: &[String]) -> Option<Leak> {
        let values: Vec<&str> = values
            .iter()
            .map(String::as_str)
            .filter(|value| value.len() >= SHORTEST && !value.contains('\n'))
            .collect();
        if values.is_empty() {
            return None;
        }
        let commits = self.ask(&["rev-list", "--all", "-n", COMMITS]).await?;
        let mut arguments = vec!["grep", "-l", "-F", "-f", "-"];
        arguments.extend(commits.lines());
        let found = self.run(&arguments, &(values.join("\n") + "\n")).await?;
        let found = String::from_utf8_lossy(&found.stdout).into_owned();
        let (commit, path) = found.lines().next()?.split_once(':')?;
        Some(Leak {
            commit: commit.chars().take(9).collect(),
            path: path.to_owned(),
        })
    }

    /// What git says, if it says yes.
    async fn ask(&self, arguments: &[&str]) -> Option<String> {
        let output = self.run(arguments, "").await?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then_some(said)
    }

    async fn run(&self, arguments: &[&str], told: &str) -> Option<Output> {
        let mut child = Command::new("git")
            // Asking must not run what a repository says.
            .args(["-c", "core.fsmonitor=false", "--no-optional-locks"])
            .args(arguments)
            .current_dir(&self.directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .ok()?;
        let mut stdin = child.stdin.take()?;
        let asked = async move {
            // One that needs none may have closed it.
            let _ = stdin.write_all(told.as_bytes()).await;
            drop(stdin);
            child.wait_with_output().await.ok()
        };
        tokio::time::timeout(PATIENCE, asked).await.ok().flatten()
    }
}
