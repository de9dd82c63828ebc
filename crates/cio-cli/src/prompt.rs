//! Asking: a person at a terminal, or a program that writes lines to stdin.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::exit::Failure;
use crate::output::Output;

/// Whoever answers.
pub(crate) struct Prompt<'a> {
    output: &'a Output,
    is_terminal: bool,
}

impl<'a> Prompt<'a> {
    pub(crate) fn new(output: &'a Output) -> Prompt<'a> {
        Prompt {
            output,
            is_terminal: io::stdin().is_terminal(),
        }
    }

    /// A line, without the white space at its ends.
    pub(crate) fn line(&mut self, question: &str) -> Result<String, Failure> {
        self.ask(question);
        let mut line = String::new();
        let read = io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(unreadable)?;
        if read == 0 {
            return Err(Failure::config(format!(
                "stdin ended before an answer to \"{}\"",
                question.trim()
            )));
        }
        Ok(line.trim().to_owned())
    }

    /// A line that a terminal does not show.
    pub(crate) fn secret(&mut self, question: &str) -> Result<String, Failure> {
        if !self.is_terminal {
            return self.line(question);
        }
        let typed = rpassword::prompt_password(format!("{question}: ")).map_err(unreadable)?;
        Ok(typed.trim().to_owned())
    }

    /// Anything but yes is no.
    pub(crate) fn yes(&mut self, question: &str) -> Result<bool, Failure> {
        let answer = self.line(&format!("{question} [y/N]"))?;
        Ok(["y", "yes"].contains(&answer.to_lowercase().as_str()))
    }

    fn ask(&self, question: &str) {
        if self.is_terminal {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "{question}: ").and_then(|()| stderr.flush());
        } else {
            self.output.note(question);
        }
    }
}

fn unreadable(error: io::Error) -> Failure {
    Failure::config(format!("cannot read the answer: {error}"))
}
