//! Counts what a render does, and ends it at its limits.

use crate::limits::{BYTES_PER_STEP, STEPS_PER_DEADLINE};
pub(crate) use crate::value::Sink;
use crate::value::{Text, Value, write_text};
use crate::{Host, Limit, Limits, RenderError};

pub(crate) struct Meter<'a> {
    host: &'a dyn Host,
    limits: Limits,
    steps: u64,
    ask_at: u64,
    memory_bytes: usize,
}

impl<'a> Meter<'a> {
    pub(super) fn new(host: &'a dyn Host, limits: Limits) -> Self {
        Self {
            host,
            limits,
            steps: 0,
            ask_at: STEPS_PER_DEADLINE,
            memory_bytes: 0,
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn step(&mut self) -> Result<(), RenderError> {
        self.take(1)
    }

    /// Before something is done for each of so many items.
    pub(crate) fn items(&mut self, count: usize) -> Result<(), RenderError> {
        self.take(count as u64)
    }

    /// Before so many bytes are looked at.
    pub(crate) fn read(&mut self, bytes: usize) -> Result<(), RenderError> {
        if bytes < BYTES_PER_STEP {
            return Ok(());
        }
        self.take((bytes / BYTES_PER_STEP) as u64)
    }

    /// Before so many bytes are kept.
    pub(crate) fn make(&mut self, bytes: usize) -> Result<(), RenderError> {
        self.memory_bytes = self.memory_bytes.saturating_add(bytes);
        if self.memory_bytes > self.limits.memory_bytes {
            return Err(Limit::Memory.into());
        }
        self.read(bytes)
    }

    /// Before a list of so many values is made.
    pub(crate) fn make_items(&mut self, count: usize) -> Result<(), RenderError> {
        self.make(count.saturating_mul(size_of::<Value<'_>>()))?;
        self.items(count)
    }

    fn take(&mut self, steps: u64) -> Result<(), RenderError> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.limits.steps {
            return Err(Limit::Steps.into());
        }
        if self.steps >= self.ask_at {
            self.ask_at = self.steps + STEPS_PER_DEADLINE;
            if self.host.expired() {
                return Err(Limit::Deadline.into());
            }
        }
        Ok(())
    }

    /// A value as text; nothing is copied if it is one.
    pub(crate) fn text_of<'v>(&mut self, value: &Value<'v>) -> Result<Text<'v>, RenderError> {
        if let Value::Text(text) = value {
            return Ok(text.clone());
        }
        let mut text = String::new();
        write_text(value, &mut self.sink(&mut text))?;
        Ok(Text::Shared(text.into()))
    }

    /// Fills a text of memory.
    pub(crate) fn sink<'r>(&'r mut self, text: &'r mut String) -> Capped<'r, 'a> {
        Capped {
            text,
            meter: self,
            is_output: false,
            is_memory: true,
        }
    }
}

/// A text that grows within the limits.
pub(crate) struct Capped<'r, 'a> {
    pub(super) text: &'r mut String,
    pub(super) meter: &'r mut Meter<'a>,
    pub(super) is_output: bool,
    pub(super) is_memory: bool,
}

impl Sink for Capped<'_, '_> {
    fn push(&mut self, text: &str) -> Result<(), RenderError> {
        if self.is_output && self.text.len() + text.len() > self.meter.limits.output_bytes {
            return Err(Limit::Output.into());
        }
        if self.is_memory {
            self.meter.make(text.len())?;
        } else {
            self.meter.read(text.len())?;
        }
        self.text.push_str(text);
        Ok(())
    }

    fn step(&mut self) -> Result<(), RenderError> {
        self.meter.step()
    }
}
