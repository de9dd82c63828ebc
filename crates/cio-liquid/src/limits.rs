//! How much a template may ask for. None of these is the service's: it names none. Ours let
//! every message through that somebody means to send, and end the others in milliseconds.

/// Largest source of a template, in bytes.
pub const SOURCE_BYTES_MAX: usize = 2 << 20;
/// Deepest nesting of blocks in a template. A render goes no deeper than twice this, with
/// everything that it includes.
pub const NESTING_MAX: usize = 100;
/// Deepest nesting of brackets in an expression.
pub(crate) const BRACKETS_MAX: usize = 20;
/// Deepest nesting of the data that a template prints or makes.
pub(crate) const DATA_DEPTH_MAX: usize = 128;
/// Largest width that a format of a date pads to, as `%010d` to ten.
pub(crate) const PADDING_MAX: usize = 1_000;
/// Bytes that are read or written for the cost of one step.
pub(crate) const BYTES_PER_STEP: usize = 128;
/// Steps between two questions to the host whether its time is up.
pub(crate) const STEPS_PER_DEADLINE: u64 = 1_000;

/// How much one render may do. Every limit that is reached fails it, with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text that come out. 4 MiB by default.
    pub output_bytes: usize,
    /// Steps: a tag, an output, a filter, a turn of a loop, an item that a filter looks at, or
    /// 128 bytes of text. A million by default, which takes a fraction of a second.
    pub steps: u64,
    /// Bytes of the values that filters, `assign` and `capture` make, all together: what is
    /// dropped in between counts as well. 32 MiB by default.
    pub memory_bytes: usize,
    /// How deep snippets, partials and `render_liquid` may be in one another. 10 by default.
    pub include_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            output_bytes: 4 << 20,
            steps: 1_000_000,
            memory_bytes: 32 << 20,
            include_depth: 10,
        }
    }
}
