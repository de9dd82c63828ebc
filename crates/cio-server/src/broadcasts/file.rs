//! The people of a file. It is fetched, then checked to its end, and only if nothing is wrong
//! with it anybody is sent to.

use std::collections::VecDeque;
use std::path::PathBuf;

use cio_domain::limits::TRIGGER_LINE_BYTES_MAX;
use cio_domain::trigger::{
    LineEnd, Recipient, Trigger, TriggerPosition, TriggerState, TriggerStep,
};

use super::fan_out::FanOut;
use super::lines::{Line, Lines};
use super::named::{self, Named};
use crate::long_jobs::{Stop, fetching, off_the_runtime};

/// Most lines that are checked before it is noted how far it is.
const CHECKED_LINES: usize = 5_000;
/// The same of their bytes, with the line that reaches it. Also what is held in memory.
const PART_BYTES: u64 = 1 << 20;

pub(super) async fn run(
    fan_out: &mut FanOut<'_, '_>,
    url: &str,
    trigger: &Trigger,
) -> Result<(), Stop> {
    let path = fan_out
        .broadcasts
        .files
        .trigger(fan_out.workspace, fan_out.id);
    let is_there = {
        let path = path.clone();
        off_the_runtime(move || path.exists()).await?
    };
    let checked = match trigger.position {
        TriggerPosition::Sending(end) => {
            if !is_there {
                return Err(gone(trigger));
            }
            return send(fan_out, path, end).await;
        }
        TriggerPosition::Checking(_) if !is_there => return Err(gone(trigger)),
        TriggerPosition::Checking(end) => end,
        _ => {
            if trigger.state == TriggerState::Waiting {
                fan_out.advance(TriggerStep::default()).await?;
            }
            if !is_there {
                let fetcher = &fan_out.broadcasts.fetcher;
                fetching::fetch(fetcher, fan_out.lease, url, &path).await?;
            }
            LineEnd::default()
        }
    };
    let errors = trigger.errors + check(fan_out, path.clone(), checked).await?;
    if errors > 0 {
        return Err(Stop::Never(format!(
            "{errors} of the lines of the file cannot be sent to, so nobody was"
        )));
    }
    let begin = TriggerStep {
        position: TriggerPosition::Sending(LineEnd::default()),
        ..TriggerStep::default()
    };
    fan_out.advance(begin).await?;
    send(fan_out, path, LineEnd::default()).await
}

fn gone(trigger: &Trigger) -> Stop {
    Stop::Never(format!(
        "the file that was fetched is no longer on this server; {} people have their messages",
        trigger.recipients
    ))
}

/// Looks at all lines from there on, and keeps what is wrong with them. Answers how many are
/// wrong.
async fn check(fan_out: &mut FanOut<'_, '_>, path: PathBuf, from: LineEnd) -> Result<u64, Stop> {
    let mut part = Part::open(path, from).await?;
    let mut wrong = 0;
    let mut lines = 0;
    loop {
        fan_out.lease.keep().await?;
        let (read, end) = part.read(CHECKED_LINES).await?;
        if read.is_empty() {
            break;
        }
        lines += read.len();
        let found = people(fan_out, read).await?;
        let errors: Vec<String> = found.into_iter().filter_map(Result::err).collect();
        wrong += errors.len() as u64;
        let step = TriggerStep {
            recipients: Vec::new(),
            errors,
            position: TriggerPosition::Checking(end),
        };
        fan_out.advance(step).await?;
    }
    if lines == 0 && from == LineEnd::default() {
        return Err(Stop::Never("the file has no lines".to_owned()));
    }
    Ok(wrong)
}

/// Sends to the people of all lines from there on.
async fn send(fan_out: &mut FanOut<'_, '_>, path: PathBuf, from: LineEnd) -> Result<(), Stop> {
    let mut part = Part::open(path, from).await?;
    loop {
        fan_out.lease.keep().await?;
        let (lines, end) = part.read(fan_out.people_of_part()).await?;
        if lines.is_empty() {
            return Ok(());
        }
        // Who is gone since the file was checked is left out.
        let found = people(fan_out, lines).await?;
        let recipients = found.into_iter().filter_map(Result::ok).flatten();
        let step = fan_out.step(recipients, TriggerPosition::Sending(end));
        fan_out.advance(step).await?;
    }
}

/// The people of some lines, or what is wrong with each.
async fn people(
    fan_out: &FanOut<'_, '_>,
    lines: Vec<Line>,
) -> Result<Vec<Result<Vec<Recipient>, String>>, Stop> {
    let read = off_the_runtime(move || {
        let lines = lines.into_iter();
        lines
            .map(|line| (line.number, read(line)))
            .collect::<Vec<_>>()
    });
    let read = read.await?;
    let named: Vec<Named> = read.iter().filter_map(|(_, it)| it.clone().ok()).collect();
    let store = fan_out.broadcasts.store.as_ref();
    let found = named::find(store, fan_out.workspace, fan_out.missing, named).await?;
    let mut found = VecDeque::from(found);
    let lines = read.into_iter();
    Ok(lines
        .map(|(number, line)| {
            line.and_then(|_| found.pop_front().unwrap_or_else(|| Ok(Vec::new())))
                .map_err(|error| format!("line {number}: {error}"))
        })
        .collect())
}

fn read(line: Line) -> Result<Named, String> {
    match line.text {
        Some(text) => named::read(&text),
        None => Err(format!("is longer than {TRIGGER_LINE_BYTES_MAX} bytes")),
    }
}

/// Reads the lines of a file, some at a time.
struct Part {
    /// Lent to the thread that reads.
    lent: Option<Lines>,
}

impl Part {
    async fn open(path: PathBuf, from: LineEnd) -> Result<Part, Stop> {
        let opened = off_the_runtime(move || Lines::open(&path, from));
        Ok(Part {
            lent: Some(opened.await??),
        })
    }

    /// The next lines, none at the end, and where they end.
    async fn read(&mut self, lines_max: usize) -> Result<(Vec<Line>, LineEnd), Stop> {
        let mut lines = self.lent.take().ok_or(Stop::Interrupted)?;
        let reading = off_the_runtime(move || {
            let mut read = Vec::new();
            let from = lines.end().offset;
            while read.len() < lines_max && lines.end().offset - from < PART_BYTES {
                let Some(line) = lines.next()? else {
                    break;
                };
                read.push(line);
            }
            Ok::<_, std::io::Error>((lines, read))
        });
        let (lines, read) = reading.await??;
        let end = lines.end();
        self.lent = Some(lines);
        Ok((read, end))
    }
}
