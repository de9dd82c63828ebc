//! Segments: groups of people. Into a manual one people are put by name; who is in a
//! data-driven one is whoever meets its condition.

use std::fmt;

use crate::UnixMillis;
use crate::condition::Condition;
use crate::content::broadcast::BroadcastId;

/// A segment's number in its workspace, counting from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SegmentId(pub u32);

/// What a segment is called, and who is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSegment<S = SegmentId> {
    /// What people call it.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// Who is in it. `None`: a manual segment.
    pub condition: Option<Condition<S>>,
}

/// A segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Its number.
    pub id: SegmentId,
    /// Name, description and condition.
    pub details: NewSegment,
    /// When it was created.
    pub created_at: UnixMillis,
    /// When its details last changed.
    pub updated_at: UnixMillis,
    /// How many people are in it.
    pub count: u64,
    /// How much of a new condition everybody was held to, in percent; `None` when all
    /// were, and of a manual segment.
    pub progress: Option<u8>,
}

/// A change of a segment by its name, which no other must have. So a list of changes can
/// ask for a segment that the same list creates.
#[derive(Debug, Clone, PartialEq)]
pub enum SegmentChange {
    /// Creates it, or gives it another description and condition.
    Put(NewSegment<String>),
    /// Removes the one of this name, which must be there and which no other asks for.
    Delete(String),
}

/// Why a segment was not created, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SegmentRefusal {
    /// There is no such segment.
    Unknown,
    /// Its condition asks for a segment that is not there.
    MissingSegment(SegmentId),
    /// Its condition asks for itself, in the end.
    Circular,
    /// A manual segment gets no condition, and a data-driven one keeps one.
    OtherKind,
    /// The condition of this segment asks for it.
    UsedBy(SegmentId),
    /// This broadcast is for those who are in it.
    UsedByBroadcast(BroadcastId),
}

impl fmt::Display for SegmentRefusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SegmentRefusal::Unknown => formatter.write_str("there is no such segment"),
            SegmentRefusal::MissingSegment(id) => write!(formatter, "segment {} does not exist", id.0),
            SegmentRefusal::Circular => {
                formatter.write_str("the segment's condition asks for the segment itself")
            }
            SegmentRefusal::OtherKind => formatter.write_str(
                "a manual segment cannot become data-driven, nor the other way round: create another",
            ),
            SegmentRefusal::UsedBy(id) => write!(
                formatter,
                "segment {} asks for it: change or delete that one first",
                id.0
            ),
            SegmentRefusal::UsedByBroadcast(id) => write!(
                formatter,
                "broadcast {} asks for it: change or delete that one first",
                id.0
            ),
        }
    }
}
