//! What a filter is given, and how it makes values within the limits.

use std::sync::Arc;

use crate::RenderError;
use crate::render::{Meter, Renderer};
use crate::value::{List, Number, Sink, Text, Value};

pub(crate) struct Invocation<'r, 'a> {
    pub(crate) filter: &'static str,
    pub(crate) positional: Vec<Value<'a>>,
    pub(crate) named: Vec<(Arc<str>, Value<'a>)>,
    pub(crate) renderer: &'r mut Renderer<'a>,
}

impl<'a> Invocation<'_, 'a> {
    pub(super) fn meter(&mut self) -> &mut Meter<'a> {
        &mut self.renderer.meter
    }

    /// An argument by its position; nil is as good as none.
    pub(super) fn argument(&self, index: usize) -> Option<&Value<'a>> {
        self.positional.get(index).filter(|value| !value.is_nil())
    }

    pub(super) fn named(&self, name: &str) -> Option<&Value<'a>> {
        let (_, value) = self.named.iter().find(|(named, _)| &**named == name)?;
        Some(value)
    }

    /// An argument as text; empty if there is none.
    pub(super) fn text_argument(&mut self, index: usize) -> Result<Text<'a>, RenderError> {
        self.text_argument_or(index, "")
    }

    pub(super) fn text_argument_or(
        &mut self,
        index: usize,
        otherwise: &'static str,
    ) -> Result<Text<'a>, RenderError> {
        match self.argument(index).cloned() {
            Some(value) => self.meter().text_of(&value),
            None => Ok(Text::Borrowed(otherwise)),
        }
    }

    /// An argument as a number; zero if there is none.
    pub(super) fn number_argument(&self, index: usize) -> Number {
        self.number_or(index, Number::Int(0))
    }

    pub(super) fn number_or(&self, index: usize, otherwise: Number) -> Number {
        self.argument(index)
            .map_or(otherwise, Value::number_or_zero)
    }

    /// A value as text, which is about to be read.
    pub(super) fn text(&mut self, value: &Value<'a>) -> Result<Text<'a>, RenderError> {
        let text = self.meter().text_of(value)?;
        self.meter().read(text.as_str().len())?;
        Ok(text)
    }

    /// A text that was made.
    pub(super) fn made(&mut self, text: String) -> Result<Value<'a>, RenderError> {
        self.meter().make(text.len())?;
        Ok(Value::text(text))
    }

    /// Makes a text piece by piece.
    pub(super) fn build(
        &mut self,
        pieces: impl FnOnce(&mut dyn Sink) -> Result<(), RenderError>,
    ) -> Result<Value<'a>, RenderError> {
        let mut text = String::new();
        pieces(&mut self.meter().sink(&mut text))?;
        Ok(Value::text(text))
    }

    /// A value as a list: nothing is none, and anything else that is no list is one item.
    pub(super) fn items(&mut self, value: &Value<'a>) -> Result<Vec<Value<'a>>, RenderError> {
        match value {
            Value::Nil => Ok(Vec::new()),
            Value::List(list) => {
                self.meter().make_items(list.len())?;
                Ok(list.iter().collect())
            }
            Value::Range(first, last) => {
                let len = crate::value::range_len(*first, *last);
                self.meter()
                    .make_items(usize::try_from(len).unwrap_or(usize::MAX))?;
                Ok((*first..=*last).map(Value::Int).collect())
            }
            other => Ok(vec![other.clone()]),
        }
    }

    pub(super) fn list(&mut self, items: Vec<Value<'a>>) -> Result<Value<'a>, RenderError> {
        List::new(items).map(Value::List)
    }

    pub(super) fn fail(&self, reason: impl Into<String>) -> RenderError {
        RenderError::Filter {
            filter: self.filter,
            reason: reason.into(),
        }
    }
}
