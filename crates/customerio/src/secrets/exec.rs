//! Secrets that a command prints: the tools of password managers.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;

use super::{Fetching, Found, Reference, SecretError, SecretErrorKind, SecretSource};

/// Longest a command may take: some ask a person to unlock something.
const TIME: Duration = Duration::from_secs(30);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(10);
/// What is read of what it prints.
const BYTES_MAX: u64 = 64 << 10;

/// One command with its arguments.
pub(super) struct Exec {
    words: Vec<String>,
    place: String,
}

impl Exec {
    pub(super) fn of(reference: &Reference) -> Result<Exec, SecretError> {
        // Arguments may be secret: only the command is named.
        let words = shlex::split(reference.path()).unwrap_or_default();
        let place = format!("exec://{}", words.first().map_or("", String::as_str));
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
        // What it says beside the secret is shown where it runs, and kept nowhere.
        command
            .args(&self.words[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        command.spawn().map_err(|error| {
            let problem = format!("the command cannot be run: {error}");
            self.error(SecretErrorKind::Setting, problem)
        })
    }

    async fn run(&self) -> Result<Option<Found>, SecretError> {
        let mut child = Ending(self.start()?);
        let begun = Instant::now();
        // It is little: what is printed fits into the pipe until the command has ended.
        let status = loop {
            match child.0.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if begun.elapsed() < TIME => tokio::time::sleep(LOOK).await,
                Ok(None) => {
                    let problem = format!("the command did not end within {} s", TIME.as_secs());
                    return Err(self.error(SecretErrorKind::Unreachable, problem));
                }
                Err(error) => {
                    return Err(self.error(SecretErrorKind::Unreachable, error.to_string()));
                }
            }
        };
        if !status.success() {
            let problem = format!("the command failed ({status}): run it by hand to see why");
            return Err(self.error(SecretErrorKind::Denied, problem));
        }
        let mut printed = Vec::new();
        if let Some(stdout) = child.0.stdout.take() {
            let read = stdout.take(BYTES_MAX).read_to_end(&mut printed);
            read.map_err(|error| self.error(SecretErrorKind::Unreadable, error.to_string()))?;
        }
        let text = String::from_utf8(printed).map_err(|_| {
            self.error(
                SecretErrorKind::Unreadable,
                "what it prints is no UTF-8 text",
            )
        })?;
        let line = text.lines().next().unwrap_or_default().trim();
        Ok((!line.is_empty()).then(|| Found::new(line)))
    }
}

/// A command that does not outlive whoever waits for it.
struct Ending(Child);

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
