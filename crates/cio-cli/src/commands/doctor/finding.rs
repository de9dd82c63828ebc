//! What was found.

use std::time::Duration;

use cio_wire::Region;
use serde::Serialize;

use crate::exit;

/// How one look went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Passed,
    /// It works, and should not stay as it is.
    Warning,
    Failed,
    Skipped,
}

/// One look at one thing.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) name: &'static str,
    pub(super) status: Status,
    pub(super) message: String,
    pub(super) code: Option<&'static str>,
    pub(super) fix: Option<String>,
    pub(super) detail: Option<String>,
    pub(super) duration_ms: Option<u64>,
    #[serde(skip)]
    exit: u8,
}

/// What is wrong, and what to do.
#[derive(Debug)]
pub(super) struct Problem {
    code: &'static str,
    message: String,
    fix: String,
    detail: Option<String>,
    exit: u8,
}

impl Problem {
    /// In the settings, which is where most are.
    pub(super) fn new(
        code: &'static str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Problem {
        Problem {
            code,
            message: message.into(),
            fix: fix.into(),
            detail: None,
            exit: exit::CONFIG,
        }
    }

    /// On the way to the service.
    pub(super) fn unreachable(self) -> Problem {
        self.ending(exit::UNEXPECTED)
    }

    pub(super) fn ending(mut self, exit: u8) -> Problem {
        self.exit = exit;
        self
    }

    pub(super) fn detail(mut self, detail: Option<String>) -> Problem {
        self.detail = detail;
        self
    }
}

/// A variable, as far as it may be shown.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    pub(super) name: String,
    /// What may be shown of the value; `None` if it is not set.
    pub(super) value: Option<String>,
    pub(super) from: Option<String>,
}

/// Everything that was found, in the order it was looked at.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) all: Vec<Finding>,
    pub(super) variables: Vec<Shown>,
    pub(super) region: Option<Region>,
}

impl Findings {
    pub(super) fn pass(&mut self, name: &'static str, message: impl Into<String>) {
        self.add(name, Status::Passed, message.into());
    }

    pub(super) fn skip(&mut self, name: &'static str, because: &str) {
        self.add(name, Status::Skipped, format!("not checked: {because}"));
    }

    pub(super) fn warn(&mut self, name: &'static str, problem: Problem) {
        self.problem(name, Status::Warning, problem);
    }

    pub(super) fn fail(&mut self, name: &'static str, problem: Problem) {
        self.problem(name, Status::Failed, problem);
    }

    /// How long the last look took.
    pub(super) fn took(&mut self, time: Duration) {
        if let Some(last) = self.all.last_mut() {
            last.duration_ms = Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        }
    }

    pub(super) fn failed(&self) -> bool {
        self.all.iter().any(|it| it.status == Status::Failed)
    }

    /// What to mend first.
    pub(super) fn cause(&self) -> Option<&Finding> {
        let first = |status| self.all.iter().find(|it| it.status == status);
        first(Status::Failed).or_else(|| first(Status::Warning))
    }

    /// That of what failed first; a warning is no failure.
    pub(super) fn exit_code(&self) -> u8 {
        let first = self.all.iter().find(|it| it.status == Status::Failed);
        first.map_or(exit::DONE, |it| it.exit)
    }

    fn add(&mut self, name: &'static str, status: Status, message: String) {
        self.all.push(Finding {
            name,
            status,
            message,
            code: None,
            fix: None,
            detail: None,
            duration_ms: None,
            exit: exit::DONE,
        });
    }

    fn problem(&mut self, name: &'static str, status: Status, problem: Problem) {
        self.all.push(Finding {
            name,
            status,
            message: problem.message,
            code: Some(problem.code),
            fix: Some(problem.fix),
            detail: problem.detail,
            duration_ms: None,
            exit: problem.exit,
        });
    }
}
