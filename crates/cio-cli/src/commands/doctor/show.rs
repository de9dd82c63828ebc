//! How it is told: the cause in the first line, then all that was looked at.

use serde_json::{Value, json};

use super::finding::{Finding, Findings, Status};
use crate::output::{Output, Tone};

pub(super) fn print(findings: &Findings, output: &Output) {
    output.answer(&report(findings), || words(findings, output));
}

fn report(findings: &Findings) -> Value {
    let cause = findings
        .cause()
        .map(|cause| json!({ "code": cause.code, "message": cause.message, "fix": cause.fix }));
    json!({
        "ok": !findings.failed(),
        "cause": cause,
        "region": findings.region.map(cio_wire::Region::as_str),
        "checks": findings.all,
        "variables": findings.variables,
    })
}

/// The sentence that matters.
fn first_line(findings: &Findings) -> String {
    let Some(cause) = findings.cause() else {
        let region = findings.region.map_or("us", cio_wire::Region::as_str);
        return format!("Everything works, in region {region}.");
    };
    let fix = cause.fix.as_deref().unwrap_or_default();
    let message = &cause.message;
    match cause.status {
        Status::Warning => format!("Everything works, but {message}. What to do: {fix}."),
        _ => format!("{}. What to do: {fix}.", capitalised(message)),
    }
}

/// A URL stays as it is.
fn capitalised(text: &str) -> String {
    if text.starts_with("http") {
        return text.to_owned();
    }
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

fn words(findings: &Findings, output: &Output) {
    output.data(&output.out(Tone::Strong, &first_line(findings)));
    output.data("");
    findings.all.iter().for_each(|it| check(it, output));
    if findings.variables.is_empty() {
        return;
    }
    output.data("");
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let shown = findings.variables.iter();
    let rows: Vec<Vec<String>> = shown
        .map(|it| vec![it.name.clone(), or_dash(&it.value), or_dash(&it.from)])
        .collect();
    output.table(&["VARIABLE", "VALUE", "FROM"], &rows);
}

fn check(finding: &Finding, output: &Output) {
    let mark = match finding.status {
        Status::Passed => output.out(Tone::Good, "✓"),
        Status::Warning => output.out(Tone::Strong, "!"),
        Status::Failed => output.out(Tone::Bad, "✗"),
        Status::Skipped => output.out(Tone::Faint, "–"),
    };
    let time = finding
        .duration_ms
        .filter(|_| finding.status != Status::Skipped);
    let time = time.map_or_else(String::new, |time| format!("  {time} ms"));
    let time = output.out(Tone::Faint, &time);
    output.data(&format!(
        "{mark} {:<28} {}{time}",
        finding.name, finding.message
    ));
    if let Some(fix) = &finding.fix {
        output.data(&format!(
            "    {} {fix}",
            output.out(Tone::Strong, "What to do:")
        ));
    }
    if let Some(detail) = &finding.detail {
        output.data(&format!("    {}", output.out(Tone::Faint, detail)));
    }
}
