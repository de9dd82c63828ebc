//! The one place that prints: data to stdout, everything else to stderr.

mod progress;
mod rows;

use std::io::{self, IsTerminal, Write};

use customerio::pipelines::UtcTime;
use serde::Serialize;
use serde_json::Value;

use crate::exit::Failure;
pub(crate) use progress::{Progress, Unit, duration};

/// Where output goes, and whether it may be coloured.
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    terminal_out: bool,
    terminal_err: bool,
    colour_out: bool,
    colour_err: bool,
}

/// A colour by what it means.
#[derive(Clone, Copy)]
pub(crate) enum Tone {
    Good,
    Bad,
    Faint,
    Strong,
}

impl Tone {
    const fn code(self) -> &'static str {
        match self {
            Tone::Good => "\x1b[32m",
            Tone::Bad => "\x1b[31m",
            Tone::Faint => "\x1b[2m",
            Tone::Strong => "\x1b[1m",
        }
    }
}

impl Output {
    /// `json`: data is JSON, one object or one on each line. `quiet`: nothing but data and
    /// failures.
    pub(crate) fn new(json: bool, quiet: bool) -> Output {
        let wanted = crate::settings::wants_colour();
        let (terminal_out, terminal_err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        Output {
            json,
            quiet,
            terminal_out,
            terminal_err,
            colour_out: wanted && terminal_out,
            colour_err: wanted && terminal_err,
        }
    }

    /// A line of data. A reader that went away is a normal end.
    pub(crate) fn data(&self, text: &str) {
        self.is_read(text);
    }

    /// The same, and whether somebody still reads.
    fn is_read(&self, text: &str) -> bool {
        let mut stdout = io::stdout().lock();
        let written = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
        written.is_ok()
    }

    /// A line of data that names what it says.
    pub(crate) fn field(&self, name: &str, value: &str) {
        let line = format!("{name:<24} {}", value.replace(char::is_control, " "));
        self.data(line.trim_end());
    }

    /// Data as it is: a script, a page.
    pub(crate) fn bytes(&self, data: &[u8]) {
        let mut stdout = io::stdout().lock();
        let _ = stdout.write_all(data).and_then(|()| stdout.flush());
    }

    /// Whether a person reads the data.
    pub(crate) const fn is_terminal(&self) -> bool {
        self.terminal_out
    }

    /// Whether data is to be JSON.
    pub(crate) const fn json(&self) -> bool {
        self.json
    }

    /// An answer: as JSON, or as a person reads it.
    pub(crate) fn answer(&self, value: &impl Serialize, words: impl FnOnce()) {
        match self.json {
            true => self.data(&serde_json::json!(value).to_string()),
            false => words(),
        }
    }

    /// A list: one object a line, or a table.
    pub(crate) fn list<T: Serialize>(
        &self,
        items: &[T],
        heading: &[&str],
        row: impl Fn(&T) -> Vec<String>,
    ) {
        if self.json {
            let lines = items.iter().map(|item| serde_json::json!(item).to_string());
            lines.for_each(|line| self.data(&line));
            return;
        }
        let rows: Vec<Vec<String>> = items.iter().map(row).collect();
        self.table(heading, &rows);
    }

    /// Rows: aligned and with a heading on a terminal, for programs separated by tabs.
    pub(crate) fn table(&self, heading: &[&str], rows: &[Vec<String>]) {
        rows::aligned(self, heading, rows, &mut Vec::new(), true);
    }

    /// A line for a person.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }

    /// What a person sees while waiting: one line that the next one takes the place of, and
    /// an empty one removes.
    pub(crate) fn passing(&self, text: &str) {
        if !self.quiet && self.terminal_err {
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r\x1b[K{text}").and_then(|()| stderr.flush());
        }
    }

    /// Shows how far something is, of which `done` were done before.
    pub(crate) fn progress(
        &self,
        what: &str,
        unit: Unit,
        total: Option<u64>,
        done: u64,
    ) -> Progress {
        let task = progress::Task {
            what,
            unit,
            total,
            done,
        };
        let is_terminal = io::stderr().is_terminal();
        // Programs that read JSON read stderr too.
        let is_silent = self.quiet || (self.json && !is_terminal);
        Progress::new(&task, is_terminal, is_silent)
    }

    /// What is known now and never again, for a person: quiet or not.
    pub(crate) fn shown_once(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Asks a person, if there is one. Anything but yes is no.
    pub(crate) fn asks(&self, question: &str) -> Option<bool> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return None;
        }
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush());
        let mut answer = String::new();
        let _ = stdin.read_line(&mut answer);
        let answer = answer.trim().to_lowercase();
        Some(["y", "yes"].contains(&answer.as_str()))
    }

    /// What went wrong, and what to do next.
    pub(crate) fn error(&self, failure: &Failure) {
        let mut stderr = io::stderr().lock();
        if self.json {
            let line = serde_json::json!({
                "error": failure.to_string(),
                "hint": failure.hint(),
                "exit_code": failure.code(),
            });
            let _ = writeln!(stderr, "{line}");
            return;
        }
        let label = paint(self.colour_err, Tone::Bad, "error:");
        let _ = writeln!(stderr, "{label} {failure}");
        if let Some(hint) = failure.hint() {
            let label = paint(self.colour_err, Tone::Strong, "hint:");
            let _ = writeln!(stderr, "{label} {hint}");
        }
    }

    /// Colours text for stdout, if it is a terminal that wants it.
    pub(crate) fn out(&self, tone: Tone, text: &str) -> String {
        paint(self.colour_out, tone, text)
    }
}

fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A time of the wire, in whole seconds, as people read it.
pub(crate) fn utc(seconds: &Value) -> String {
    let Some(seconds) = seconds.as_i64() else {
        return "-".to_owned();
    };
    let text = UtcTime::from(seconds).to_string();
    text.replacen('T', " ", 1).replace(".000Z", "Z")
}

fn paint(colour: bool, tone: Tone, text: &str) -> String {
    if colour {
        format!("{}{text}\x1b[0m", tone.code())
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_utc() {
        assert_eq!(utc(&1_790_000_000.into()), "2026-09-21 14:13:20Z");
        assert_eq!(utc(&Value::Null), "-");
    }
}
