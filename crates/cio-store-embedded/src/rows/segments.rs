//! Segments, and work on them that is not done.

use cio_domain::condition::{Condition, Grammar};
use cio_domain::segment::{NewSegment, Segment, SegmentId};
use cio_domain::{UnixMillis, UnixSeconds};
use cio_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::engine::Table;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SegmentRow {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created_at: UnixMillis,
    /// Kept with the members, so that counting does not read them.
    pub(crate) count: u64,
    #[serde(default)]
    pub(crate) updated_at: UnixMillis,
    /// As JSON. A manual segment has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) condition: Option<String>,
    /// How often the condition was changed.
    #[serde(default)]
    pub(crate) revision: u32,
}

impl SegmentRow {
    /// `progress` is that of its build, while there is one.
    pub(crate) fn into_segment(
        self,
        id: SegmentId,
        progress: Option<u8>,
    ) -> Result<Segment, StoreError> {
        let condition = self.condition()?;
        Ok(Segment {
            id,
            details: NewSegment {
                name: self.name,
                description: self.description,
                condition,
            },
            created_at: self.created_at,
            updated_at: self.updated_at.max(self.created_at),
            count: self.count,
            progress,
        })
    }

    /// What it asks for. `None`: a manual segment.
    pub(crate) fn condition(&self) -> Result<Option<Condition>, StoreError> {
        let corrupt = |reason: String| StoreError::Corrupt {
            table: Table::Segments.name(),
            reason,
        };
        let Some(text) = &self.condition else {
            return Ok(None);
        };
        let json = serde_json::from_str(text).map_err(|error| corrupt(error.to_string()))?;
        Condition::from_json(&json, "condition", Grammar::Definition)
            .map(Some)
            .map_err(|error| corrupt(error.to_string()))
    }
}

/// Going through everybody who was there when it began.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BuildRow {
    pub(crate) people: u64,
    pub(crate) next_person: u64,
    /// How far the next person's log was gone through.
    pub(crate) beyond: Option<(UnixSeconds, u64)>,
}

impl BuildRow {
    pub(crate) fn new(people: u64) -> BuildRow {
        BuildRow {
            people,
            next_person: 1,
            beyond: None,
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.next_person > self.people
    }

    /// In percent.
    pub(crate) fn progress(&self) -> u8 {
        let done = self.next_person.saturating_sub(1).saturating_mul(100);
        u8::try_from(done / self.people.max(1)).unwrap_or(100)
    }
}

/// A field whose values are indexed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IndexRow {
    pub(crate) number: u32,
    pub(crate) is_whole: bool,
}

/// Removing what is left of a segment: which part, and the end of the last key removed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct RemovalRow {
    pub(crate) part: usize,
    pub(crate) beyond: Vec<u8>,
}
