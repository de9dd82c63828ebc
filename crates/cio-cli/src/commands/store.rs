//! `customerio store`: look after the data of a server that is stopped.

use cio_server::maintenance::{self, Backup, CheckReport, MaintenanceError};
use serde_json::json;

use crate::args::{BackupArgs, CheckArgs, StoreCommand};
use crate::exit::{self, Failure};
use crate::output::{Output, Tone};

pub(crate) async fn run(command: &StoreCommand, output: &Output) -> Result<u8, Failure> {
    match command {
        StoreCommand::Check(args) => check(args, output),
        StoreCommand::Backup(args) => backup(args, output).await,
    }
}

fn check(args: &CheckArgs, output: &Output) -> Result<u8, Failure> {
    let report = maintenance::check(&args.data)?;
    if args.json {
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

async fn backup(args: &BackupArgs, output: &Output) -> Result<u8, Failure> {
    let backup = maintenance::backup(&args.data, &args.directory).await?;
    let Backup { entries, findings } = &backup;
    if args.json {
        let line = json!({
            "ok": *findings == 0,
            "directory": args.directory,
            "entries": entries,
            "findings_total": findings,
        });
        output.data(&line.to_string());
    } else {
        let total: u64 = entries.values().sum();
        let directory = args.directory.display();
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

impl From<MaintenanceError> for Failure {
    fn from(error: MaintenanceError) -> Failure {
        Failure::config(error)
    }
}
