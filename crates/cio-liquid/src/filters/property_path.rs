//! Properties that filters are given the names of.

use super::Invocation;
use crate::RenderError;
use crate::cursor;
use crate::expression::Segment;
use crate::value::{Value, property};

/// `name`, `address.city`.
pub(super) struct PropertyPath {
    segments: Vec<Segment>,
}

impl PropertyPath {
    pub(super) fn argument(
        call: &mut Invocation<'_, '_>,
        index: usize,
    ) -> Result<Self, RenderError> {
        let path = call.text_argument(index)?;
        call.meter().items(path.as_str().len() / 8)?;
        Ok(Self {
            segments: cursor::property(path.as_str()),
        })
    }

    /// Nil if it is not there.
    pub(super) fn of<'a>(
        &self,
        item: &Value<'a>,
        call: &mut Invocation<'_, 'a>,
    ) -> Result<Value<'a>, RenderError> {
        let mut value = item.clone();
        for segment in &self.segments {
            call.meter().step()?;
            let key = call.renderer.key(segment)?;
            match property(&value, &key) {
                Some(inner) => value = inner,
                None => return Ok(Value::Nil),
            }
        }
        Ok(value)
    }
}
