//! `customerio store`: look after the data of a server.

use std::path::PathBuf;

use cio_server::maintenance::{self, Backup, CheckReport, MaintenanceError, OpenError};
use serde_json::{Map, Value, json};

use crate::args::{BackupArgs, CheckArgs, StoreCommand};
use crate::context::Context;
use crate::exit::{self, Failure};
use crate::output::{Output, Tone};

pub(crate) async fn run(command: &StoreCommand, context: &Context) -> Result<u8, Failure> {
    match command {
        StoreCommand::Check(args) => check(args, context),
        StoreCommand::Backup(args) => backup(args, context).await,
    }
}

fn check(args: &CheckArgs, context: &Context) -> Result<u8, Failure> {
    let output = &context.output;
    let report = maintenance::check(&args.data)?;
    if output.json() {
        let line = json!({
            "ok": report.is_clean(),
            "entries": report.entries,
            "findings": report.findings,
            "findings_total": report.findings_total,
        });
        output.data(&line.to_string());
    } else {
        describe(&report, output);
    }
    Ok(match report.is_clean() {
        true => exit::DONE,
        false => exit::REFUSED,
    })
}

fn describe(report: &CheckReport, output: &Output) {
    for (table, entries) in &report.entries {
        output.data(&format!("{table:<12} {entries:>12}"));
    }
    for finding in &report.findings {
        let table = output.out(Tone::Bad, finding.table);
        output.data(&format!("{table}: {}", finding.what));
    }
    let more = report.findings_total - report.findings.len() as u64;
    if more > 0 {
        output.data(&format!("and {more} more"));
    }
    let end = match report.findings_total {
        0 => "Everything agrees.".to_owned(),
        1 => "One thing does not agree. Keep a copy of the directory before anything else."
            .to_owned(),
        n => format!("{n} things do not agree. Keep a copy of the directory before anything else."),
    };
    output.data(&output.out(Tone::Strong, &end));
}

async fn backup(args: &BackupArgs, context: &Context) -> Result<u8, Failure> {
    let output = &context.output;
    let is_running = args.running || args.server.url.is_some();
    let copy = match is_running {
        true => copy_of_a_running_server(args, context).await?,
        false => copy_of_a_directory(args).await?,
    };
    let Copy {
        directory,
        entries,
        findings,
    } = &copy;
    if output.json() {
        let line = json!({
            "ok": *findings == 0,
            "directory": directory,
            "entries": entries,
            "findings_total": findings,
        });
        output.data(&line.to_string());
    } else {
        let total: u64 = entries.values().filter_map(Value::as_u64).sum();
        let directory = directory.display();
        output.data(&format!(
            "{total} entries are in {directory}, and read back. To use it: customerio serve --data {directory}"
        ));
    }
    if *findings == 0 {
        return Ok(exit::DONE);
    }
    output.note(&format!(
        "The copy is complete, and {findings} things do not agree in it, as in the original: see customerio store check"
    ));
    Ok(exit::REFUSED)
}

/// A copy that was made, and what is in it.
struct Copy {
    directory: PathBuf,
    /// Their number by the name of their table.
    entries: Map<String, Value>,
    findings: u64,
}

async fn copy_of_a_directory(args: &BackupArgs) -> Result<Copy, Failure> {
    let backup = maintenance::backup(&args.data, &args.directory).await;
    let Backup { entries, findings } = backup.map_err(|error| match error {
        MaintenanceError::Open(OpenError::Locked(_)) => Failure::config(format!(
            "{error}. With --running it is copied while it serves"
        )),
        error => error.into(),
    })?;
    let entries = entries
        .into_iter()
        .map(|(table, entries)| (table.to_owned(), entries.into()));
    Ok(Copy {
        directory: args.directory.clone(),
        entries: entries.collect(),
        findings,
    })
}

/// The server's machine is this one or sees the same path: a relative one is of here.
async fn copy_of_a_running_server(args: &BackupArgs, context: &Context) -> Result<Copy, Failure> {
    let output = &context.output;
    let directory = std::path::absolute(&args.directory).map_err(Failure::config)?;
    let client = context.admin(&args.server).await?;
    output.note("The server copies and checks its data. It goes on serving.");
    let answer = client.backup(&json!({ "directory": directory })).await?;
    Ok(Copy {
        directory,
        entries: answer["entries"].as_object().cloned().unwrap_or_default(),
        findings: answer["findings_total"].as_u64().unwrap_or_default(),
    })
}

impl From<MaintenanceError> for Failure {
    fn from(error: MaintenanceError) -> Failure {
        Failure::config(error)
    }
}
