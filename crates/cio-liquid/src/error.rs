//! Why a template is refused, or its render fails. Neither holds data of a person beyond the
//! names that the template itself contains.

use std::fmt;

/// A template that is no Liquid, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    line: u32,
    message: String,
}

impl ParseError {
    pub(crate) fn new(line: u32, message: impl Into<String>) -> Self {
        Self {
            line,
            message: message.into(),
        }
    }

    /// The line it is on, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }

    /// What is wrong and what to do, without the line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

/// A render that failed. Nothing of it is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenderError {
    /// The variable has no value: it is not there, or null.
    Missing(String),
    /// The template asked for more than a render may.
    Limit(Limit),
    /// A filter cannot do what it is asked.
    Filter {
        /// Its name.
        filter: &'static str,
        /// Why not.
        reason: String,
    },
    /// A tag cannot do what it is asked, such as a link that this message does not have.
    Tag {
        /// Its name.
        tag: &'static str,
        /// Why not.
        reason: String,
    },
    /// There is no such template to `include` or `render`.
    NoPartial(String),
    /// Liquid that came as a value, for `render_liquid`, is not Liquid.
    Parse(ParseError),
}

/// A limit that a render reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// [`output_bytes`](crate::Limits::output_bytes).
    Output,
    /// [`steps`](crate::Limits::steps).
    Steps,
    /// [`memory_bytes`](crate::Limits::memory_bytes).
    Memory,
    /// [`include_depth`](crate::Limits::include_depth), or the depth of blocks with it.
    IncludeDepth,
    /// Lists and objects in one another, deeper than 128.
    DataDepth,
    /// The host's time is up: [`Host::expired`](crate::Host::expired).
    Deadline,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Output => "it comes out longer than a message may be",
            Self::Steps => "it takes more steps than a message may: look for long loops",
            Self::Memory => "it makes more text and lists than a message may",
            Self::IncludeDepth => "snippets or partials are too deep in one another: look for one that includes itself",
            Self::DataDepth => "lists or objects are too deep in one another",
            Self::Deadline => "it takes too long",
        })
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(
                f,
                "`{name}` has no value: give it one, or a fallback such as `| default: 'there'`"
            ),
            Self::Limit(limit) => limit.fmt(f),
            Self::Filter { filter, reason } => write!(f, "filter `{filter}`: {reason}"),
            Self::Tag { tag, reason } => write!(f, "tag `{tag}`: {reason}"),
            Self::NoPartial(name) => write!(f, "there is no template `{name}` to include"),
            Self::Parse(error) => write!(f, "liquid in a value: {error}"),
        }
    }
}

impl std::error::Error for RenderError {}

impl From<Limit> for RenderError {
    fn from(limit: Limit) -> Self {
        Self::Limit(limit)
    }
}
