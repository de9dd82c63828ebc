//! The one place that prints: data to stdout, everything else to stderr.

mod progress;

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
        let mut stdout = io::stdout().lock();
        let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
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
        self.aligned_rows(heading, rows, &mut Vec::new(), true);
    }

    /// A list that comes page by page: one object a line, or a table.
    pub(crate) fn rows<'a>(
        &'a self,
        heading: &'static [&'static str],
        row: fn(&Value) -> Vec<String>,
    ) -> Rows<'a> {
        Rows {
            output: self,
            heading,
            row,
            widths: Vec::new(),
            count: 0,
        }
    }

    fn aligned_rows(
        &self,
        heading: &[&str],
        rows: &[Vec<String>],
        widths: &mut Vec<usize>,
        with_heading: bool,
    ) {
        if rows.is_empty() {
            return;
        }
        let rows: Vec<Vec<String>> = rows.iter().map(|row| one_line_each(row)).collect();
        if !self.terminal_out {
            rows.iter().for_each(|row| self.data(&row.join("\t")));
            return;
        }
        let heading: Vec<String> = heading.iter().map(|&name| name.to_owned()).collect();
        let lines = aligned(&heading, &rows, widths);
        for (index, line) in lines.iter().enumerate() {
            match index {
                0 if with_heading => self.data(&self.out(Tone::Strong, line)),
                0 => {}
                _ => self.data(line),
            }
        }
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

/// A list that comes page by page.
pub(crate) struct Rows<'a> {
    output: &'a Output,
    heading: &'static [&'static str],
    row: fn(&Value) -> Vec<String>,
    /// Columns do not get narrower from page to page.
    widths: Vec<usize>,
    count: usize,
}

impl Rows<'_> {
    /// Shows some more.
    pub(crate) fn add(&mut self, items: &[&Value]) {
        if self.output.json {
            for item in items {
                self.output.data(&item.to_string());
            }
        } else if !items.is_empty() {
            let rows: Vec<Vec<String>> = items.iter().map(|item| (self.row)(item)).collect();
            let is_first = self.count == 0;
            self.output
                .aligned_rows(self.heading, &rows, &mut self.widths, is_first);
        }
        self.count += items.len();
    }

    /// How many were shown.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }
}

fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Names come from elsewhere: they must not move the cursor.
fn one_line_each(row: &[String]) -> Vec<String> {
    let plain = |cell: &String| cell.replace(char::is_control, " ");
    row.iter().map(plain).collect()
}

/// Columns as wide as their widest cell and at least as wide as before.
fn aligned(heading: &[String], rows: &[Vec<String>], widths: &mut Vec<usize>) -> Vec<String> {
    let all = || std::iter::once(heading).chain(rows.iter().map(Vec::as_slice));
    widths.resize(heading.len(), 0);
    for row in all() {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    all()
        .map(|row| {
            let cells = row.iter().zip(&*widths);
            let line: String = cells
                .map(|(cell, width)| format!("{cell:<width$}  "))
                .collect();
            line.trim_end().to_owned()
        })
        .collect()
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
    fn columns_are_as_wide_as_their_widest_cell() {
        let cells = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let rows = [cells(["1", "Größe"]), cells(["10", "b"])];
        let mut widths = Vec::new();
        let lines = aligned(&cells(["ID", "NAME"]), &rows, &mut widths);
        assert_eq!(lines, ["ID  NAME", "1   Größe", "10  b"]);
        let lines = aligned(&cells(["ID", "NAME"]), &[cells(["7", "c"])], &mut widths);
        assert_eq!(lines, ["ID  NAME", "7   c"]);
        let wider = aligned(&cells(["ID", "NAME"]), &[cells(["100", "c"])], &mut widths);
        assert_eq!(wider, ["ID   NAME", "100  c"]);
        assert_eq!(one_line_each(&cells(["a\tb", "\x1b[2J"])), ["a b", " [2J"]);
    }

    #[test]
    fn times_are_read_in_utc() {
        assert_eq!(utc(&1_790_000_000.into()), "2026-09-21 14:13:20Z");
        assert_eq!(utc(&Value::Null), "-");
    }
}
