//! What a command prints: the tools of password managers, and whatever AWS is told to ask.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::Instant;

use super::{SecretError, SecretErrorKind};

/// Longest a command may take: some ask a person to unlock something.
const TIME: Duration = Duration::from_secs(30);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(10);
/// What is read of what it prints.
const BYTES_MAX: u64 = 64 << 10;

/// Runs a command, without a shell, and answers what it prints. `name` is what errors call it.
///
/// # Errors
///
/// [`SecretError`] if it cannot be run, fails, takes too long or prints no text. Neither its
/// arguments nor what it prints is repeated: both may be secret.
pub(super) async fn output(name: &str, command: &str) -> Result<String, SecretError> {
    let error = |kind, problem: String| SecretError::new(name, kind, problem);
    let words = shlex::split(command).unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else {
        let problem = "it is no command: check the quotes".to_owned();
        return Err(error(SecretErrorKind::Setting, problem));
    };
    // What it says beside the secret is shown where it runs, and kept nowhere.
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn();
    let child = child.map_err(|why| {
        error(
            SecretErrorKind::Setting,
            format!("the command cannot be run: {why}"),
        )
    })?;
    let mut child = Ending(child);
    let begun = Instant::now();
    // It is little: what is printed fits into the pipe until the command has ended.
    let status = loop {
        match child.0.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if begun.elapsed() < TIME => tokio::time::sleep(LOOK).await,
            Ok(None) => {
                let problem = format!("the command did not end within {} s", TIME.as_secs());
                return Err(error(SecretErrorKind::Unreachable, problem));
            }
            Err(why) => return Err(error(SecretErrorKind::Unreachable, why.to_string())),
        }
    };
    if !status.success() {
        let problem = format!("the command failed ({status}): run it by hand to see why");
        return Err(error(SecretErrorKind::Denied, problem));
    }
    let mut printed = Vec::new();
    if let Some(stdout) = child.0.stdout.take() {
        let read = stdout.take(BYTES_MAX).read_to_end(&mut printed);
        read.map_err(|why| error(SecretErrorKind::Unreadable, why.to_string()))?;
    }
    String::from_utf8(printed).map_err(|_| {
        error(
            SecretErrorKind::Unreadable,
            "what it prints is no UTF-8 text".to_owned(),
        )
    })
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

/// A command whose first line is a secret.
#[cfg(feature = "secrets-exec")]
pub(super) struct Exec {
    command: String,
    place: String,
}

#[cfg(feature = "secrets-exec")]
impl Exec {
    pub(super) fn of(reference: &super::Reference) -> Result<Exec, SecretError> {
        // Arguments may be secret: only the program is named.
        let words = shlex::split(reference.path()).unwrap_or_default();
        let place = format!("exec://{}", words.first().map_or("", String::as_str));
        if words.is_empty() {
            let problem = "it is no command: check the quotes, and write exec://COMMAND ARGUMENT …";
            return Err(SecretError::new(place, SecretErrorKind::Setting, problem));
        }
        Ok(Exec {
            command: reference.path().to_owned(),
            place,
        })
    }

    async fn first_line(&self) -> Result<Option<super::Found>, SecretError> {
        let printed = output(&self.place, &self.command).await?;
        let line = printed.lines().next().unwrap_or_default().trim();
        Ok((!line.is_empty()).then(|| super::Found::new(line)))
    }
}

#[cfg(feature = "secrets-exec")]
impl super::SecretSource for Exec {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn fetch(&self) -> super::Fetching<'_> {
        Box::pin(self.first_line())
    }
}
