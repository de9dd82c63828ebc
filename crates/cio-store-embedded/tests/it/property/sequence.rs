//! What is done to a store, and when.

use std::ops::Range;

use cio_domain::segment::{NewSegment, SegmentId};
use cio_domain::{Operation, UnixMillis};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::conditions::segment;
use super::operations::{operation, received};

#[derive(Debug, Clone)]
pub(super) enum Step {
    /// A call of one operation or several.
    Apply(Vec<Operation>),
    CreateSegment(NewSegment),
    ChangeSegment(SegmentId, NewSegment),
    DeleteSegment(SegmentId),
    Reopen,
    Crash,
}

pub(super) type Sequence = Vec<(UnixMillis, Step)>;

pub(super) const START: UnixMillis = 1_700_000_000_000;
const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 60 * MINUTE;

/// How long after the step before: at once, soon, or at the edge of what is remembered.
fn pause() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0..3_000_u64,
        2 => select(&[5 * MINUTE, 5 * MINUTE + 1, 20 * MINUTE]),
        3 => select(&[DAY, 10 * DAY, 30 * DAY - 1, 30 * DAY, 30 * DAY + 1, 45 * DAY]),
    ]
}

fn number() -> impl Strategy<Value = SegmentId> {
    (0..5_u32).prop_map(SegmentId)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        24 => vec(operation(), 1..6).prop_map(Step::Apply),
        4 => segment().prop_map(Step::CreateSegment),
        2 => (number(), segment()).prop_map(|(id, it)| Step::ChangeSegment(id, it)),
        1 => number().prop_map(Step::DeleteSegment),
        2 => Just(Step::Reopen),
        2 => Just(Step::Crash),
    ]
}

pub(super) fn steps(count: Range<usize>) -> impl Strategy<Value = Sequence> {
    vec((pause(), step()), count).prop_map(|mut sequence| {
        let (mut at, mut deliveries) = (START, 0);
        for (pause, step) in &mut sequence {
            at += *pause;
            *pause = at;
            let Step::Apply(operations) = step else {
                continue;
            };
            for operation in operations {
                received(i64::try_from(at / 1_000).unwrap(), operation);
                if let Operation::Deliver(delivery) = operation {
                    delivery.id = format!("d{deliveries}");
                    deliveries += 1;
                }
            }
        }
        sequence
    })
}
