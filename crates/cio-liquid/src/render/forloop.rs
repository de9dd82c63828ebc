//! `forloop` and `tablerowloop`: where a loop is.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use crate::value::{Value, count};

#[derive(Debug)]
pub(crate) struct ForLoop {
    pub(super) length: usize,
    pub(super) index: Cell<usize>,
    pub(super) name: Arc<str>,
    /// The loop that this one is in.
    pub(super) parent: Option<Rc<ForLoop>>,
    /// Of a table.
    pub(super) columns: Option<usize>,
}

impl ForLoop {
    pub(super) fn advance(&self) {
        self.index.set(self.index.get() + 1);
    }

    pub(crate) fn field<'a>(state: &Rc<Self>, name: &str) -> Option<Value<'a>> {
        let index = state.index.get();
        let column = state.columns.map(|columns| index % columns.max(1));
        Some(match name {
            "index" => count(index + 1),
            "index0" => count(index),
            "rindex" => count(state.length.saturating_sub(index)),
            "rindex0" => count(state.length.saturating_sub(index + 1)),
            "first" => Value::Bool(index == 0),
            "last" => Value::Bool(index + 1 == state.length),
            "length" => count(state.length),
            "name" => Value::text(Arc::clone(&state.name)),
            "parentloop" => Value::ForLoop(Rc::clone(state.parent.as_ref()?)),
            "row" => count(index / state.columns?.max(1) + 1),
            "col" => count(column? + 1),
            "col0" => count(column?),
            "col_first" => Value::Bool(column? == 0),
            "col_last" => Value::Bool(column? + 1 == state.columns?),
            _ => return None,
        })
    }

    pub(crate) fn json(&self) -> String {
        format!(
            "{{\"i\":{},\"length\":{},\"name\":{}}}",
            self.index.get(),
            self.length,
            serde_json::Value::from(&*self.name)
        )
    }
}
