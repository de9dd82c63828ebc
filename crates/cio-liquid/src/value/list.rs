//! Lists and objects: the host's, or made by filters.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::{Text, Value};
use crate::limits::DATA_DEPTH_MAX;
use crate::{Limit, RenderError};

#[derive(Debug, Clone)]
pub(crate) enum List<'a> {
    Borrowed(&'a [Json]),
    Shared(Rc<Made<Vec<Value<'a>>>>),
}

#[derive(Debug, Clone)]
pub(crate) enum Object<'a> {
    Borrowed(&'a Map<String, Json>),
    Shared(Rc<Made<BTreeMap<Arc<str>, Value<'a>>>>),
}

/// Something that was made, and how deep it is: what is dropped or compared level by level
/// must not be deeper than the stack.
#[derive(Debug)]
pub(crate) struct Made<T> {
    inner: T,
    depth: usize,
}

/// How deep a list or an object of these is.
fn depth_over<'v, 'a: 'v>(
    values: impl Iterator<Item = &'v Value<'a>>,
) -> Result<usize, RenderError> {
    let depth = 1 + values.map(Value::depth).max().unwrap_or(0);
    if depth > DATA_DEPTH_MAX {
        return Err(Limit::DataDepth.into());
    }
    Ok(depth)
}

impl<'a> List<'a> {
    /// # Errors
    /// If it is too deep.
    pub(crate) fn new(items: Vec<Value<'a>>) -> Result<Self, RenderError> {
        let depth = depth_over(items.iter())?;
        Ok(Self::Shared(Rc::new(Made {
            inner: items,
            depth,
        })))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Borrowed(items) => items.len(),
            Self::Shared(items) => items.inner.len(),
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::Borrowed(items) => items.get(index).map(Value::borrowed),
            Self::Shared(items) => items.inner.get(index).cloned(),
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = Value<'a>> + '_ {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    pub(super) fn depth(&self) -> usize {
        match self {
            Self::Borrowed(_) => 0,
            Self::Shared(items) => items.depth,
        }
    }
}

impl<'a> Object<'a> {
    /// # Errors
    /// If it is too deep.
    pub(crate) fn new(fields: BTreeMap<Arc<str>, Value<'a>>) -> Result<Self, RenderError> {
        let depth = depth_over(fields.values())?;
        Ok(Self::Shared(Rc::new(Made {
            inner: fields,
            depth,
        })))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Borrowed(fields) => fields.len(),
            Self::Shared(fields) => fields.inner.len(),
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<Value<'a>> {
        match self {
            Self::Borrowed(fields) => fields.get(name).map(Value::borrowed),
            Self::Shared(fields) => fields.inner.get(name).cloned(),
        }
    }

    pub(crate) fn fields(&self) -> Vec<(Text<'a>, Value<'a>)> {
        match self {
            Self::Borrowed(fields) => fields
                .iter()
                .map(|(name, value)| (Text::Borrowed(name.as_str()), Value::borrowed(value)))
                .collect(),
            Self::Shared(fields) => fields
                .inner
                .iter()
                .map(|(name, value)| (Text::Shared(Arc::clone(name)), value.clone()))
                .collect(),
        }
    }

    pub(super) fn depth(&self) -> usize {
        match self {
            Self::Borrowed(_) => 0,
            Self::Shared(fields) => fields.depth,
        }
    }
}
