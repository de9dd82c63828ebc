//! What a command prints: the tools of password managers, and whatever AWS is told to ask.

use std::io::{self, BufRead as _, Read};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::oneshot;

use super::{SecretError, SecretErrorKind};

/// Longest a command may take: some ask a person to unlock something.
const TIME: Duration = Duration::from_secs(30);
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(10);
/// The most that is taken of what it prints.
const BYTES_MAX: u64 = 64 << 10;

/// What of the output is wanted.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(all(feature = "secrets-exec", feature = "secrets-aws")),
    expect(dead_code, reason = "each store wants one of the two")
)]
pub(super) enum Wanted {
    FirstLine,
    Everything,
}

/// The words of a command, split as a shell does. Nothing is expanded, and no shell takes part.
/// `None` if that is no command.
pub(super) fn words(command: &str) -> Option<Vec<String>> {
    shlex::split(command).filter(|words| !words.is_empty())
}

/// Runs a command and answers what it prints. `name` is what errors call it.
///
/// # Errors
///
/// [`SecretError`] if it cannot be run, fails, takes too long or prints no text. Neither its
/// arguments nor what it prints is repeated: both may be secret.
pub(super) async fn output(
    name: &str,
    words: &[String],
    wanted: Wanted,
) -> Result<String, SecretError> {
    let error = |kind, problem: &str| Err(SecretError::new(name, kind, problem.to_owned()));
    let mut child = Ending(start(name, words)?);
    // From the beginning, or a command that prints a lot would wait for its reader.
    let printed = child.0.stdout.take().map(|stdout| read(stdout, wanted));
    let ran = tokio::time::timeout(TIME, async {
        let status = child.status().await?;
        let printed = match printed {
            Some(printed) if status.success() => {
                printed.await.unwrap_or_else(|_| Ok(Vec::new()))?
            }
            _ => Vec::new(),
        };
        io::Result::Ok((status, printed))
    });
    let (status, printed) = match ran.await {
        Ok(Ok(ran)) => ran,
        Ok(Err(why)) => return error(SecretErrorKind::Unreachable, &why.to_string()),
        Err(_) => {
            let problem = format!("the command did not end within {} s", TIME.as_secs());
            return error(SecretErrorKind::Unreachable, &problem);
        }
    };
    if !status.success() {
        let problem = format!("the command failed ({status}): run it by hand to see why");
        return error(SecretErrorKind::Denied, &problem);
    }
    if printed.len() as u64 > BYTES_MAX {
        let problem = "it prints more than 64 KB, so that is no secret";
        return error(SecretErrorKind::Unreadable, problem);
    }
    match String::from_utf8(printed) {
        Ok(printed) => Ok(printed),
        Err(_) => error(
            SecretErrorKind::Unreadable,
            "what it prints is no UTF-8 text",
        ),
    }
}

fn start(name: &str, words: &[String]) -> Result<Child, SecretError> {
    let setting = |problem: String| SecretError::new(name, SecretErrorKind::Setting, problem);
    let Some((program, arguments)) = words.split_first() else {
        return Err(setting("it is no command: check the quotes".to_owned()));
    };
    // What it says beside the secret may be one too, and what this program says may be logged.
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    child.map_err(|why| match why.kind() {
        io::ErrorKind::NotFound => setting(
            "the command cannot be run: there is none of that name; install it, or write its whole path".to_owned(),
        ),
        _ => setting(format!("the command cannot be run: {why}")),
    })
}

/// What is wanted as soon as it is there. An agent that the command started may hold its output
/// for good, so nobody waits for the end of it but a thread.
fn read(stdout: ChildStdout, wanted: Wanted) -> oneshot::Receiver<io::Result<Vec<u8>>> {
    let (tell, told) = oneshot::channel();
    std::thread::spawn(move || {
        let mut stdout = io::BufReader::new(stdout);
        let mut bytes = Vec::new();
        let mut part = stdout.by_ref().take(BYTES_MAX + 1);
        let read = match wanted {
            Wanted::FirstLine => part.read_until(b'\n', &mut bytes),
            Wanted::Everything => part.read_to_end(&mut bytes),
        };
        // Whoever asked may have gone.
        let _ = tell.send(read.map(|_| bytes));
        // The rest, so that the command is not stopped in the middle of it.
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
