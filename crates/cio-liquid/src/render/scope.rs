//! The variables that a template makes.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::ForLoop;
use crate::value::Value;

#[derive(Default)]
pub(super) struct Scope<'a> {
    /// From `assign` and `capture`: there from then on, in whatever block that is.
    locals: HashMap<Arc<str>, Value<'a>>,
    /// Of loops and includes; the innermost is last.
    bound: Vec<(Arc<str>, Value<'a>)>,
    counters: HashMap<Arc<str>, i64>,
    cycles: HashMap<String, usize>,
    offsets: HashMap<(Arc<str>, Arc<str>), usize>,
    pub(super) innermost: Option<Rc<ForLoop>>,
}

impl<'a> Scope<'a> {
    /// Has these variables and no others.
    pub(super) fn with(locals: Vec<(Arc<str>, Value<'a>)>) -> Self {
        Self {
            locals: locals.into_iter().collect(),
            ..Self::default()
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<Value<'a>> {
        if let Some((_, value)) = self.bound.iter().rev().find(|(bound, _)| &**bound == name) {
            return Some(value.clone());
        }
        if let Some(value) = self.locals.get(name) {
            return Some(value.clone());
        }
        self.counters.get(name).map(|count| Value::Int(*count))
    }

    pub(super) fn assign(&mut self, name: &Arc<str>, value: Value<'a>) {
        self.locals.insert(Arc::clone(name), value);
    }

    /// Binds a name until [`unbind`](Self::unbind).
    pub(super) fn bind(&mut self, name: &Arc<str>, value: Value<'a>) {
        self.bound.push((Arc::clone(name), value));
    }

    /// How many names are bound, to come back to.
    pub(super) fn bound(&self) -> usize {
        self.bound.len()
    }

    pub(super) fn unbind(&mut self, to: usize) {
        self.bound.truncate(to);
    }

    /// Adds to a counter, which starts at zero.
    pub(super) fn count(&mut self, name: &Arc<str>, by: i64) -> i64 {
        let counter = self.counters.entry(Arc::clone(name)).or_default();
        *counter += by;
        *counter
    }

    /// How often a cycle was asked before.
    pub(super) fn turn(&mut self, cycle: String) -> usize {
        let turns = self.cycles.entry(cycle).or_default();
        *turns += 1;
        *turns - 1
    }

    /// Where a loop over the same collection ended.
    pub(super) fn offset(&self, variable: &Arc<str>, collection: &Arc<str>) -> usize {
        let key = (Arc::clone(variable), Arc::clone(collection));
        self.offsets.get(&key).copied().unwrap_or(0)
    }

    pub(super) fn ended_at(&mut self, variable: &Arc<str>, collection: &Arc<str>, offset: usize) {
        let key = (Arc::clone(variable), Arc::clone(collection));
        self.offsets.insert(key, offset);
    }
}
