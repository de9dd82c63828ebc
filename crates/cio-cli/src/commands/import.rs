//! `customerio import`: people and events from a file.

mod plan;
mod said;

use std::io;
use std::time::Instant;

use self::plan::Plan;
use customerio::{Error, TrackClient};

use crate::args::{ImportArgs, ImportCommand};
use crate::commands::serve::Stop;
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::import::{self, Ended, Head, Import, Journal, Kind, Place, Rejects, Survey};
use crate::output::Unit;

pub(crate) async fn run(args: &ImportArgs, context: &Context) -> Result<u8, Failure> {
    let plan = match &args.what {
        ImportCommand::People(args) => Plan::new(Kind::People, &args.file, |operations| {
            operations.update_only = args.update_only;
        }),
        ImportCommand::Events(args) => Plan::new(Kind::Events, &args.file, |operations| {
            operations.name.clone_from(&args.name);
        }),
    }?;
    if plan.args.dry_run {
        return look_through(&plan, context);
    }
    // What is missing of the credentials is told before a long file is read.
    let builder = context.track_builder()?;
    let track = import::client(builder, plan.args.rate)?;
    let settings = plan.settings(context)?;
    let survey = match plan.places.can_be_read_twice() {
        true => Some(plan.survey(context, None)?),
        false => None,
    };
    if let Some(survey) = survey.as_ref().filter(|it| it.bad > 0) {
        said::problems(survey, &context.output);
        if plan.args.strict {
            return refuse_all(&plan, context);
        }
    }
    let content = survey.as_ref().map(|survey| survey.end.digest.clone());
    let ready = prepare(&plan, content, settings, context)?;
    send(&plan, ready, track, survey.as_ref(), context).await
}

/// `--dry-run`: says what would be sent, and keeps the rows that could not be.
fn look_through(plan: &Plan<'_>, context: &Context) -> Result<u8, Failure> {
    let survey = if plan.is_under_way() {
        let journal = plan.places.journal.display();
        let said = format!(
            "An import is under way ({journal}), so its rejected rows are left as they are."
        );
        context.output.note(&said);
        plan.survey(context, None)?
    } else {
        plan.survey_into_rejects(context)?
    };
    let is_kept = survey.bad > 0 && !plan.is_under_way();
    let rejects = is_kept.then_some(plan.places.rejects.as_path());
    said::dry_run(&survey, rejects, &context.output);
    Ok(code(survey.bad))
}

/// `--strict`, and there are rows that cannot be sent.
fn refuse_all(plan: &Plan<'_>, context: &Context) -> Result<u8, Failure> {
    if plan.is_under_way() {
        return Err(plan.cannot_go_on("it has rows that cannot be sent"));
    }
    let survey = plan.survey_into_rejects(context)?;
    let rejects = plan.places.rejects.display();
    Err(Failure::refused(format!(
        "nothing was sent: {} of {} rows cannot be",
        survey.bad, survey.rows
    ))
    .next(format!("correct them; they are in {rejects}")))
}

/// What is needed to send: where to go on, and where to note it.
struct Ready {
    journal: Journal,
    rejects: Rejects,
    done: import::Progress,
    records: import::Records,
    operations: import::Operations,
    stop: Stop,
}

/// Goes on where an earlier run was, if it was about the same; begins otherwise.
fn prepare(
    plan: &Plan<'_>,
    content: Option<String>,
    settings: String,
    context: &Context,
) -> Result<Ready, Failure> {
    // What cannot be begun leaves nothing behind.
    let (mut records, mut operations) = plan.open()?;
    plan.check_rejects()?;
    let mut journal = plan.journal()?;
    let name = content.clone().unwrap_or_else(plan::a_name_of_its_own);
    let head = Head::new(content, settings, name);
    let known = journal.state().filter(|_| !plan.args.restart).cloned();
    let (done, stop) = match known {
        Some((known, done)) => {
            if let Some(difference) = known.differs(&head) {
                return Err(plan.cannot_go_on(difference));
            }
            operations.import = known.import;
            if let Some(place) = done.place() {
                let is_same = records.skip_to(&place).map_err(|it| plan.unreadable(&it))?;
                if !is_same {
                    let said = format!("{} does not begin as it did", plan.places.name());
                    return Err(plan.cannot_go_on(&said));
                }
            }
            let (rows, line) = (done.rows, records.place().lines + 1);
            let said = format!("Going on at line {line}: {rows} rows are done with.");
            context.output.note(&said);
            (done, Stop::listen()?)
        }
        None => {
            operations.import = head.import.clone();
            // Not before: while a pipe is waited for, a signal just ends the command.
            let stop = Stop::listen()?;
            journal
                .begin(head)
                .map_err(|error| plan.unwritable(&error))?;
            (import::Progress::default(), stop)
        }
    };
    Ok(Ready {
        rejects: plan.rejects(&records, done.rejects_bytes)?,
        journal,
        done,
        records,
        operations,
        stop,
    })
}

async fn send(
    plan: &Plan<'_>,
    mut ready: Ready,
    track: TrackClient,
    survey: Option<&Survey>,
    context: &Context,
) -> Result<u8, Failure> {
    let before = ready.done.rows;
    let (output, total) = (&context.output, survey.map(|survey| survey.rows));
    let began = Instant::now();
    let mut import = Import {
        track,
        concurrency: plan.args.concurrency.into(),
        journal: ready.journal,
        rejects: ready.rejects,
        done: ready.done,
        progress: output.progress("Sending", Unit::Things("rows"), total, before),
    };
    let ended = import
        .run(ready.records, ready.operations, &mut ready.stop)
        .await;
    let Import {
        journal,
        rejects,
        done,
        progress,
        ..
    } = import;
    drop(progress);
    match ended {
        Ok(Ended::Complete(end)) => {
            check_unchanged(survey, &end, plan)?;
            journal.finish().map_err(|error| plan.unwritable(&error))?;
        }
        Ok(Ended::Interrupted) => return Err(stopped(&done, None, plan)),
        Ok(Ended::Failed(error)) => return Err(stopped(&done, Some(&error), plan)),
        Err(failure) => return Err(failure.next(plan.how_to_go_on())),
    }
    let rejects = (done.rejected > 0).then(|| rejects.path());
    said::done(&done, before, began.elapsed(), rejects, output);
    Ok(code(done.rejected))
}

/// It did not come to its end, and can go on. That is never 1, which says that it came to its end
/// and that rows were rejected.
fn stopped(done: &import::Progress, error: Option<&Error>, plan: &Plan<'_>) -> Failure {
    let so_far = format!("stopped after {} rows", done.rows);
    let failure = match error {
        None => Failure::unexpected(so_far),
        Some(error) if matches!(error.status(), Some(401 | 403)) => {
            Failure::config(format!("{so_far}: {error}"))
        }
        Some(error) => Failure::unexpected(format!("{so_far}: {error}")),
    };
    failure.next(plan.how_to_go_on())
}

/// What was looked through must be what was sent.
fn check_unchanged(survey: Option<&Survey>, end: &Place, plan: &Plan<'_>) -> Result<(), Failure> {
    match survey {
        Some(survey) if survey.end != *end => Err(Failure::unexpected(format!(
            "{} changed while it was sent",
            plan.places.name()
        ))
        .next("begin anew with --restart, once it stays as it is")),
        _ => Ok(()),
    }
}

const fn code(rejected: u64) -> u8 {
    match rejected {
        0 => exit::DONE,
        _ => exit::REFUSED,
    }
}

/// What was wrong with a file, with its name.
fn at(path: impl std::fmt::Display, error: &io::Error) -> Failure {
    Failure::config(format!("{path}: {error}"))
}
