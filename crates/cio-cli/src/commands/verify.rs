//! `customerio verify`: say whether the credentials work, and if not, what is wrong.

use customerio::Config;
use customerio::verify::{Check, Report, Status, verify_with};

use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Output, Tone};

/// Prints each check as it ends, or the whole report as JSON. The exit code is the
/// report's.
pub(crate) async fn run(context: &Context) -> Result<u8, Failure> {
    let output = &context.output;
    let variables = context.variables()?;
    let report = match Config::from_vars(|name| variables.get(name)) {
        Err(error) => {
            let report = Report::from(&error);
            if !output.json() {
                report.checks.iter().for_each(|check| print(check, output));
            }
            report
        }
        Ok(config) => {
            verify_with(&config, &mut |check| {
                if !output.json() {
                    print(check, output);
                }
            })
            .await
        }
    };
    if output.json() {
        output.data(&serde_json::to_string(&report).map_err(Failure::unexpected)?);
    } else if report.ok {
        output.data(&output.out(Tone::Strong, "Everything works."));
    } else {
        output.data(&output.out(
            Tone::Strong,
            "Something is wrong; see above for what to do.",
        ));
    }
    Ok(report.outcome.exit_code())
}

fn print(check: &Check, output: &Output) {
    let mark = match check.status {
        Status::Passed => output.out(Tone::Good, "✓"),
        Status::Failed => output.out(Tone::Bad, "✗"),
        Status::Skipped => output.out(Tone::Faint, "–"),
    };
    let call = check.call.unwrap_or_default();
    let time = match check.status {
        Status::Skipped => String::new(),
        _ => format!("{} ms", check.duration_ms),
    };
    let detail = output.out(Tone::Faint, format!("{call:<50} {time:>7}").trim_end());
    output.data(&format!("{mark} {:<32} {detail}", check.name));
    if let Some(diagnosis) = check
        .diagnosis
        .as_ref()
        .filter(|_| check.status == Status::Failed)
    {
        output.data(&format!(
            "    {} ({})",
            diagnosis.message,
            diagnosis.code.as_str()
        ));
        output.data(&format!(
            "    {} {}",
            output.out(Tone::Strong, "What to do:"),
            diagnosis.fix
        ));
        if let Some(detail) = &diagnosis.detail {
            output.data(&format!("    {}", output.out(Tone::Faint, detail)));
        }
    }
}
