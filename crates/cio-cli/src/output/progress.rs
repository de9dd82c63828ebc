//! How far something is that takes a while: a bar on a terminal, a line every few seconds
//! elsewhere.

use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

/// Between two lines where there is no terminal.
const PACE: Duration = Duration::from_secs(5);
/// Between two looks at how fast it is.
const REDRAW: Duration = Duration::from_millis(100);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Bytes,
    /// Things, by their name in the plural.
    Things(&'static str),
}

enum Shown {
    Bar(ProgressBar),
    /// On stderr, a line each time.
    Lines,
    Nothing,
}

/// Something under way.
pub(crate) struct Progress {
    shown: Shown,
    what: String,
    unit: Unit,
    /// As many as there are, if that is known.
    total: Option<u64>,
    began_at: u64,
    began: Instant,
    told: Instant,
}

/// What is to be said of it.
pub(super) struct Task<'a> {
    pub(super) what: &'a str,
    pub(super) unit: Unit,
    pub(super) total: Option<u64>,
    /// So many were done before.
    pub(super) done: u64,
}

impl Progress {
    pub(super) fn new(task: &Task<'_>, is_terminal: bool, is_silent: bool) -> Progress {
        let shown = match (is_silent, is_terminal) {
            (true, _) => Shown::Nothing,
            (false, true) => Shown::Bar(bar(task)),
            (false, false) => Shown::Lines,
        };
        let now = Instant::now();
        Progress {
            shown,
            what: task.what.to_owned(),
            unit: task.unit,
            total: task.total,
            began_at: task.done,
            began: now,
            told: now,
        }
    }

    /// So many are done.
    pub(crate) fn set(&mut self, done: u64) {
        let pace = match self.shown {
            Shown::Nothing => return,
            Shown::Bar(_) => REDRAW,
            Shown::Lines => PACE,
        };
        if self.told.elapsed() < pace {
            return;
        }
        self.told = Instant::now();
        let said = words(
            self.unit,
            done,
            self.began_at,
            self.total,
            self.began.elapsed(),
        );
        match &self.shown {
            Shown::Bar(bar) => {
                bar.set_position(done);
                bar.set_message(said);
            }
            _ => super::say(&format!("{}: {said}", self.what)),
        }
    }

    /// A line for a person, in between.
    pub(crate) fn note(&self, text: &str) {
        match &self.shown {
            Shown::Bar(bar) => bar.println(text),
            Shown::Lines => super::say(text),
            Shown::Nothing => {}
        }
    }
}

impl Drop for Progress {
    /// What comes next is written where the bar was.
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

fn bar(task: &Task<'_>) -> ProgressBar {
    let (bar, template) = match task.total {
        Some(total) => (ProgressBar::new(total), "{prefix} {bar:20} {wide_msg}"),
        None => (ProgressBar::new_spinner(), "{prefix} {spinner} {wide_msg}"),
    };
    let bar = match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    };
    bar.set_prefix(task.what.to_owned());
    bar.set_position(task.done);
    bar
}

/// `12,000 of 1,000,000 rows, 24,000/s, 41 s left`.
fn words(unit: Unit, done: u64, before: u64, total: Option<u64>, took: Duration) -> String {
    let count = |count: u64| match unit {
        Unit::Bytes => HumanBytes(count).to_string(),
        Unit::Things(_) => HumanCount(count).to_string(),
    };
    let mut said = count(done);
    if let Some(total) = total {
        said.push_str(&format!(" of {}", count(total)));
    }
    if let Unit::Things(name) = unit {
        said.push_str(&format!(" {name}"));
    }
    let rate = (done.saturating_sub(before)) as f64 / took.as_secs_f64().max(0.001);
    said.push_str(&format!(", {}/s", count(rate as u64)));
    if let Some(total) = total.filter(|_| rate >= 1.0) {
        let left = total.saturating_sub(done) as f64 / rate;
        said.push_str(&format!(
            ", {} left",
            duration(Duration::from_secs(left as u64))
        ));
    }
    said
}

/// A length of time as it is said: `41 s`, `3 min 20 s`, `2 h 5 min`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_how_fast_and_how_long_yet() {
        let rows = Unit::Things("rows");
        let took = Duration::from_secs(10);
        let said = words(rows, 12_000, 2_000, Some(100_000), took);
        assert_eq!(said, "12,000 of 100,000 rows, 1,000/s, 1 min 28 s left");
        assert_eq!(words(rows, 5, 5, None, took), "5 rows, 0/s");
        let said = words(Unit::Bytes, 4 << 20, 0, Some(8 << 20), took);
        assert_eq!(said, "4.00 MiB of 8.00 MiB, 409.60 KiB/s, 10 s left");
    }

    #[test]
    fn times_are_said_as_people_say_them() {
        let said = |seconds| duration(Duration::from_secs(seconds));
        assert_eq!(
            [said(41), said(200), said(7_500)],
            ["41 s", "3 min 20 s", "2 h 5 min"]
        );
    }
}
