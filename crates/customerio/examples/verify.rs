//! Verifies the settings, and says what is wrong with them and how to mend it.
//!
//! ```sh
//! export CUSTOMERIO_SITE_ID=… CUSTOMERIO_TRACK_API_KEY=… CUSTOMERIO_APP_API_KEY=…
//! cargo run -p customerio --example verify
//! ```
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::process::ExitCode;

use customerio::Config;
use customerio::verify::{Check, Report, Status, verify_with};

#[tokio::main]
async fn main() -> ExitCode {
    let report = match Config::from_env() {
        Ok(config) => verify_with(&config, &mut print).await,
        Err(error) => {
            let report = Report::from(&error);
            report.checks.iter().for_each(print);
            report
        }
    };
    ExitCode::from(report.outcome.exit_code())
}

fn print(check: &Check) {
    let mark = match check.status {
        Status::Passed => "ok     ",
        Status::Failed => "FAILED ",
        Status::Skipped => "skipped",
    };
    println!("{mark} {} ({} ms)", check.name, check.duration_ms);
    if let Some(diagnosis) = &check.diagnosis {
        println!("        {}\n        {}", diagnosis.message, diagnosis.fix);
    }
}
