//! Whether a condition holds, and for how long that is sure.

use super::{Comparison, Condition, EventCondition, Test};
use crate::UnixSeconds;
use crate::segment::SegmentId;

const DAY: i64 = 24 * 60 * 60;

/// What is known of a person.
pub trait Facts {
    /// Why something could not be found out.
    type Error;

    /// The text an attribute is shown as, `id`, `email` and `cio_id` included.
    ///
    /// # Errors
    /// What the source of facts fails with.
    fn attribute(&mut self, field: &str) -> Result<Option<String>, Self::Error>;

    /// Whether the person is in a segment.
    ///
    /// # Errors
    /// What the source of facts fails with.
    fn is_member(&mut self, segment: SegmentId) -> Result<bool, Self::Error>;

    /// When the person did something.
    ///
    /// # Errors
    /// What the source of facts fails with.
    fn events(
        &mut self,
        condition: &EventCondition,
        now: UnixSeconds,
    ) -> Result<EventTimes, Self::Error>;
}

/// When somebody did something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventTimes {
    /// The time of the `at_least`-th event counted back from now; `None` if there are fewer.
    pub nth_last: Option<UnixSeconds>,
    /// The first one that is still to come: clocks differ, and callers may say any time.
    pub next: Option<UnixSeconds>,
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// It holds now.
    pub holds: bool,
    /// Without a change of the person this stays so before that time. `None`: for good.
    pub until: Option<UnixSeconds>,
}

impl Verdict {
    fn forever(holds: bool) -> Verdict {
        Verdict { holds, until: None }
    }
}

/// Whether a condition holds of a person at a time.
///
/// # Errors
/// What the facts fail with.
pub fn evaluate<F: Facts>(
    condition: &Condition,
    now: UnixSeconds,
    facts: &mut F,
) -> Result<Verdict, F::Error> {
    match condition {
        Condition::All(parts) => every(parts, false, now, facts),
        Condition::Any(parts) => every(parts, true, now, facts),
        Condition::Not(part) => {
            let verdict = evaluate(part, now, facts)?;
            Ok(Verdict {
                holds: !verdict.holds,
                ..verdict
            })
        }
        Condition::Segment(segment) => Ok(Verdict::forever(facts.is_member(*segment)?)),
        Condition::Attribute(attribute) => {
            let value = facts.attribute(&attribute.field)?;
            let field = &attribute.field;
            Ok(passes(&attribute.test, value.as_deref(), now, field))
        }
        Condition::Event(event) => Ok(happened(event, now, facts.events(event, now)?)),
    }
}

/// All parts are looked at, the undecisive too: each may end earlier than the others.
fn every<F: Facts>(
    parts: &[Condition],
    decisive: bool,
    now: UnixSeconds,
    facts: &mut F,
) -> Result<Verdict, F::Error> {
    let mut whole = Verdict::forever(!decisive);
    for part in parts {
        let verdict = evaluate(part, now, facts)?;
        if verdict.holds == decisive {
            whole.holds = decisive;
        }
        whole.until = earlier(whole.until, verdict.until);
    }
    Ok(whole)
}

fn earlier(one: Option<UnixSeconds>, other: Option<UnixSeconds>) -> Option<UnixSeconds> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn happened(condition: &EventCondition, now: UnixSeconds, times: EventTimes) -> Verdict {
    let Some(days) = condition.in_last_days else {
        return match times.nth_last {
            // What happened stays so.
            Some(_) => Verdict::forever(true),
            None => Verdict {
                holds: false,
                until: times.next,
            },
        };
    };
    let ends = times
        .nth_last
        .map(|time| time.saturating_add(i64::from(days) * DAY));
    match ends.filter(|ends| now < *ends) {
        Some(ends) => Verdict {
            holds: true,
            until: Some(ends),
        },
        None => Verdict {
            holds: false,
            until: times.next,
        },
    }
}

/// Whether a value passes a test.
pub(super) fn passes(test: &Test, value: Option<&str>, now: UnixSeconds, field: &str) -> Verdict {
    let Some(value) = value else {
        return Verdict::forever(false);
    };
    match test {
        Test::Exists => Verdict::forever(true),
        Test::Equals(text) if field == "email" => {
            Verdict::forever(value.to_lowercase() == text.to_lowercase())
        }
        Test::Equals(text) => Verdict::forever(value == text),
        Test::Contains(text) => Verdict::forever(value.contains(text.as_str())),
        Test::Compares(comparison, number) => Verdict::forever(
            value
                .trim()
                .parse::<f64>()
                .is_ok_and(|value| value.is_finite() && comparison.holds(value, *number)),
        ),
        Test::InLastDays(days) => within(value, now, |time| (time, after(time, *days))),
        Test::InNextDays(days) => within(value, now, |time| (after(time, -i64::from(*days)), time)),
    }
}

fn after(time: UnixSeconds, days: impl Into<i64>) -> UnixSeconds {
    time.saturating_add(days.into() * DAY)
}

/// Whether now is in the time that begins and ends so around the value.
fn within(
    value: &str,
    now: UnixSeconds,
    bounds: impl Fn(UnixSeconds) -> (UnixSeconds, UnixSeconds),
) -> Verdict {
    let Some(time) = seconds(value) else {
        return Verdict::forever(false);
    };
    let (begins, ends) = bounds(time);
    Verdict {
        holds: begins <= now && now < ends,
        until: [begins, ends].into_iter().find(|change| now < *change),
    }
}

/// A time in Unix seconds; a fraction is cut off.
fn seconds(value: &str) -> Option<UnixSeconds> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(seconds);
    }
    let number: f64 = value.parse().ok()?;
    // Beyond that a number has no exact seconds any more.
    (number.abs() < 9e15).then_some(number as i64)
}

impl Comparison {
    fn holds(self, value: f64, number: f64) -> bool {
        match self {
            Comparison::Greater => value > number,
            Comparison::GreaterOrEqual => value >= number,
            Comparison::Less => value < number,
            Comparison::LessOrEqual => value <= number,
        }
    }
}
