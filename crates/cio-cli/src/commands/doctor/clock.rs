//! The clock of this machine.

use customerio::reqwest::header::{DATE, HeaderMap};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::finding::{Findings, Problem};

/// How far clocks may be apart without a word.
const SKEW_MAX_SECONDS: i64 = 120;

/// This machine's clock against the service's.
pub(super) fn examine(headers: &HeaderMap, findings: &mut Findings) {
    let date = headers.get(DATE).and_then(|value| value.to_str().ok());
    let date = date.map(|text| text.replace("GMT", "+0000"));
    let date = date.and_then(|text| rfc2822::parse(&text).ok());
    let Some(date) = date else {
        return findings.skip("clock", "the answer has no date");
    };
    let ahead = Timestamp::now().as_second() - date.timestamp().as_second();
    if ahead.abs() <= SKEW_MAX_SECONDS {
        return findings.pass("clock", "it agrees with the service's");
    }
    let minutes = (ahead.abs() + 30) / 60;
    let direction = if ahead > 0 { "fast" } else { "slow" };
    let problem = Problem::new(
        "clock_skew",
        format!(
            "the clock of this machine is {minutes} minutes {direction}, measured by the service's"
        ),
        "set it, and let it be kept right (`timedatectl set-ntp true`): events get wrong times, and signatures are refused",
    );
    findings.warn("clock", problem);
}
