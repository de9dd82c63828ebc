//! What is said of an import.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::import::{Progress, Survey};
use crate::output::{Output, duration};

/// Shorter times are said with a tenth of a second.
const SHORT: Duration = Duration::from_secs(10);

/// The first rows that cannot be sent.
pub(super) fn problems(survey: &Survey, output: &Output) {
    for (line, reason) in &survey.problems {
        output.note(&format!("line {line}: {reason}"));
    }
    let more = survey.bad - survey.problems.len() as u64;
    if more > 0 {
        output.note(&format!("and {more} more that cannot be sent"));
    }
}

pub(super) fn dry_run(survey: &Survey, rejects: Option<&Path>, output: &Output) {
    problems(survey, output);
    let (rows, good) = (survey.rows, survey.rows - survey.bad);
    let answer = json!({
        "dry_run": true,
        "rows": rows,
        "good": good,
        "rejected": survey.bad,
        "rejects_file": rejects,
        "first": survey.first,
    });
    output.answer(&answer, || {
        if let Some(first) = &survey.first {
            output.note("The first row, as it would be sent:");
            output.data(&format!("{first:#}"));
        }
        output.note(&format!("{good} of {rows} rows can be sent."));
        if let Some(rejects) = rejects {
            let (bad, path) = (survey.bad, rejects.display());
            output.note(&format!("{bad} cannot: see {path}."));
        }
    });
}

pub(super) fn done(
    done: &Progress,
    before: u64,
    took: Duration,
    rejects: Option<&Path>,
    output: &Output,
) {
    let seconds = took.as_secs_f64();
    let rate = ((done.rows - before) as f64 / seconds.max(0.001)).round() as u64;
    let answer = json!({
        "rows": done.rows,
        "sent": done.sent,
        "rejected": done.rejected,
        "seconds": (seconds * 1_000.0).round() / 1_000.0,
        "rate": rate,
        "resumed": before > 0,
        "rejects_file": rejects,
    });
    output.answer(&answer, || {
        let (sent, rows) = (done.sent, done.rows);
        let time = match took < SHORT {
            true => format!("{seconds:.1} s"),
            false => duration(took),
        };
        let this_time = match before {
            0 => String::new(),
            _ => format!(", {} of them this time,", done.rows - before),
        };
        output.note(&format!(
            "Imported {sent} of {rows} rows{this_time} in {time}, {rate} rows/s."
        ));
        if let Some(rejects) = rejects {
            let (rejected, path) = (done.rejected, rejects.display());
            output.note(&format!(
                "Rejected {rejected}, with the reasons: {path}. Corrected, it can be imported as it is."
            ));
        }
    });
}
