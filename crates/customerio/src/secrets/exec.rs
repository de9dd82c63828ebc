//! Secrets that a command prints: the tools of password managers.

use std::io::{self, BufRead as _, Read as _};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::oneshot;

use super::{Fetching, Found, Reference, SecretError, SecretErrorKind, SecretSource};

/// Longest a command may take: some ask a person to unlock something.
const TIME: Duration = Duration::from_secs(30);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(10);
/// Longest first line.
const BYTES_MAX: u64 = 64 << 10;

/// One command with its arguments.
pub(super) struct Exec {
    words: Vec<String>,
    place: String,
}

impl Exec {
    pub(super) fn of(reference: &Reference) -> Result<Exec, SecretError> {
        let words = shlex::split(reference.path()).unwrap_or_default();
        let place = reference.place();
        if words.is_empty() {
            let problem = "it is no command: check the quotes, and write exec://COMMAND ARGUMENT …";
            return Err(SecretError::new(place, SecretErrorKind::Setting, problem));
        }
        Ok(Exec { words, place })
    }

    fn error(&self, kind: SecretErrorKind, problem: impl Into<String>) -> SecretError {
        SecretError::new(&self.place, kind, problem)
    }

    fn start(&self) -> Result<Child, SecretError> {
        let mut command = Command::new(&self.words[0]);
        // What it says beside the secret may be one too, and this program's errors may be logged.
        command
            .args(&self.words[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        command.spawn().map_err(|error| {
            let problem = match error.kind() {
                io::ErrorKind::NotFound => {
                    "the command cannot be run: there is none of that name; install it, or write its whole path".to_owned()
                }
                _ => format!("the command cannot be run: {error}"),
            };
            self.error(SecretErrorKind::Setting, problem)
        })
    }

    async fn run(&self) -> Result<Option<Found>, SecretError> {
        let mut child = Ending(self.start()?);
        let stdout = child.0.stdout.take();
        let ran = tokio::time::timeout(TIME, async {
            // At once, or a command that prints a lot would wait for its reader.
            let line = stdout.map(first_line);
            let status = child.status().await?;
            let line = match line {
                Some(line) if status.success() => line.await.map_err(io::Error::other)?,
                _ => Ok(String::new()),
            };
            Ok((status, line))
        });
        let (status, line) = match ran.await {
            Ok(Ok(ran)) => ran,
            Ok(Err(error)) => {
                let error: io::Error = error;
                return Err(self.error(SecretErrorKind::Unreachable, error.to_string()));
            }
            Err(_) => {
                let problem = format!("the command did not end within {} s", TIME.as_secs());
                return Err(self.error(SecretErrorKind::Unreachable, problem));
            }
        };
        if !status.success() {
            let problem = format!("the command failed ({status}): run it by hand to see why");
            return Err(self.error(SecretErrorKind::Denied, problem));
        }
        let line = line.map_err(|_| {
            let problem = "its first line is no UTF-8 text of a reasonable length";
            self.error(SecretErrorKind::Unreadable, problem)
        })?;
        let line = line.trim();
        Ok((!line.is_empty()).then(|| Found::new(line)))
    }
}

/// The first line, and then nothing, until the command and whoever has its output of it are done:
/// an agent that it started may go on for good, so nobody waits for that but a thread.
fn first_line(stdout: ChildStdout) -> oneshot::Receiver<io::Result<String>> {
    let (tell, told) = oneshot::channel();
    std::thread::spawn(move || {
        let mut stdout = io::BufReader::new(stdout);
        let mut line = String::new();
        let read = stdout.by_ref().take(BYTES_MAX).read_line(&mut line);
        let is_whole = (line.len() as u64) < BYTES_MAX || line.ends_with('\n');
        let _ = tell.send(match (read, is_whole) {
            (Ok(_), true) => Ok(line),
            (Ok(_), false) => Err(io::ErrorKind::InvalidData.into()),
            (Err(error), _) => Err(error),
        });
        let _ = io::copy(&mut stdout, &mut io::sink());
    });
    told
}

/// A command that does not outlive whoever waits for it.
struct Ending(Child);

impl Ending {
    async fn status(&mut self) -> io::Result<ExitStatus> {
        loop {
            if let Some(status) = self.0.try_wait()? {
                return Ok(status);
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Ok(None) = self.0.try_wait() {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

impl SecretSource for Exec {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn fetch(&self) -> Fetching<'_> {
        Box::pin(self.run())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Option<Vec<String>> {
        let reference: Reference = format!("exec://{text}").parse().ok()?;
        Some(Exec::of(&reference).ok()?.words)
    }

    #[test]
    fn words_are_split_as_a_shell_does_and_nothing_else_is_done() {
        for (text, expected) in [
            ("pass show cio/app", vec!["pass", "show", "cio/app"]),
            (
                "op read 'op://vault/cio app/key'",
                vec!["op", "read", "op://vault/cio app/key"],
            ),
            (r#"a "b \" c" d\ e"#, vec!["a", "b \" c", "d e"]),
            ("a ''", vec!["a", ""]),
            (
                "a $HOME `b` $(c) ~ * | d; e > f",
                vec![
                    "a", "$HOME", "`b`", "$(c)", "~", "*", "|", "d;", "e", ">", "f",
                ],
            ),
        ] {
            assert_eq!(words(text).unwrap(), expected);
        }
        assert_eq!(words("'unfinished"), None);
        assert_eq!(words("# a comment"), None);
    }

    proptest! {
        #[test]
        fn any_words_can_be_written(expected in proptest::collection::vec("[^\0]{0,12}", 1..6)) {
            let text = shlex::try_join(expected.iter().map(String::as_str)).unwrap();
            prop_assert_eq!(words(&text), Some(expected));
        }

        #[test]
        fn any_text_is_split_or_refused(text in ".*") {
            if let Some(words) = words(&text) {
                prop_assert!(!words.is_empty());
            }
        }
    }
}
