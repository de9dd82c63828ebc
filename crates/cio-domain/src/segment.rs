//! Segments: groups of people. Manual ones, so far: people are put in by name.

use crate::UnixMillis;

/// A segment's number in its workspace, counting from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SegmentId(pub u32);

/// A manual segment as it is created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSegment {
    /// What people call it.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
}

/// A segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its number.
    pub id: SegmentId,
    /// Name and description.
    pub details: NewSegment,
    /// When it was created.
    pub created_at: UnixMillis,
    /// How many people are in it.
    pub count: u64,
}
