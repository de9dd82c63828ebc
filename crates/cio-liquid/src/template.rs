//! A parsed template.

use std::fmt;
use std::sync::Arc;

use crate::node::Block;
use crate::references::References;
use crate::render::Renderer;
use crate::{Host, Limits, ParseError, RenderError, SOURCE_BYTES_MAX, parser, references};

/// A template, parsed. Cheap to clone, and to be shared between threads.
#[derive(Clone)]
pub struct Template {
    inner: Arc<Inner>,
}

struct Inner {
    source: Box<str>,
    nodes: Block,
    references: References,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// If it is no Liquid, names a tag or filter that there is not, or is larger or deeper
    /// than [`SOURCE_BYTES_MAX`] and [`NESTING_MAX`](crate::NESTING_MAX): with the line, and
    /// what to do.
    pub fn parse(source: &str) -> Result<Self, ParseError> {
        if source.len() > SOURCE_BYTES_MAX {
            return Err(ParseError::new(
                1,
                format!(
                    "the template has {} bytes, more than {SOURCE_BYTES_MAX}: make it shorter",
                    source.len()
                ),
            ));
        }
        let nodes = parser::parse(source)?;
        let references = references::of(&nodes);
        Ok(Self {
            inner: Arc::new(Inner {
                source: source.into(),
                nodes,
                references,
            }),
        })
    }

    /// Renders it. Nothing is kept: the next render starts anew.
    ///
    /// # Errors
    /// If something is missing, cannot be done, or is more than the limits allow. What was
    /// rendered until then is dropped.
    pub fn render(&self, host: &dyn Host, limits: &Limits) -> Result<String, RenderError> {
        Renderer::new(host, limits).run(self)
    }

    /// What it reads, so that a caller can fetch it first.
    #[must_use]
    pub fn references(&self) -> &References {
        &self.inner.references
    }

    /// What it was parsed from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.inner.source
    }

    pub(crate) fn nodes(&self) -> &Block {
        &self.inner.nodes
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Template").field(&self.source()).finish()
    }
}

/// Messages are rendered on many threads.
const _: () = {
    const fn is_shared<T: Clone + Send + Sync + 'static>() {}
    is_shared::<Template>();
};
