//! Snippets: texts of the workspace that are Liquid themselves, or data as JSON.

use serde_json::Value as Json;

use super::scope::Scope;
use super::{Missing, Renderer};
use crate::expression::{Base, Expression, Filtered, Operand, Segment};
use crate::value::Value;
use crate::{RenderError, Template};

/// The variable that they are in, unless the host or the template has one of that name.
pub(super) const SNIPPETS: &str = "snippets";

impl<'a> Renderer<'a> {
    /// A snippet as a value. JSON is data: a list as it is written, an object once the Liquid
    /// in it is rendered; everything else is a text.
    pub(super) fn snippet(&mut self, name: &str) -> Result<Option<Value<'a>>, RenderError> {
        let Some(template) = self.host.snippet(name) else {
            return Ok(None);
        };
        if let Some(list) = self.json(template.source(), '[')? {
            return Ok(Some(list));
        }
        let outer = std::mem::take(&mut self.output);
        self.captures += 1;
        self.render_in(Scope::default(), &template)?;
        self.captures -= 1;
        let text = std::mem::replace(&mut self.output, outer);
        match self.json(&text, '{')? {
            Some(object) => Ok(Some(object)),
            None => Ok(Some(Value::text(text))),
        }
    }

    /// The name of the snippet if an output is nothing but one, which is then printed as it
    /// is: JSON is not written anew.
    pub(super) fn printed_snippet<'f>(&self, output: &'f Filtered) -> Option<&'f str> {
        let Expression::Value(Operand::Variable(path)) = &output.expression else {
            return None;
        };
        match (&path.base, &*path.segments) {
            (Base::Root(root), [Segment::Key(name)])
                if &**root == SNIPPETS
                    && output.filters.is_empty()
                    && self.scope.get(SNIPPETS).is_none()
                    && self.host.root(SNIPPETS).is_none() =>
            {
                Some(name)
            }
            _ => None,
        }
    }

    pub(super) fn print_snippet(&mut self, name: &str) -> Result<(), RenderError> {
        let Some(template) = self.host.snippet(name) else {
            return Err(RenderError::Missing(format!("{SNIPPETS}.{name}")));
        };
        if self.json(template.source(), '[')?.is_some() {
            return self.push(template.source());
        }
        self.render_in(Scope::default(), &template)
    }

    /// Liquid in a value, which sees the host's variables only.
    pub(super) fn render_liquid(&mut self, value: &Filtered) -> Result<(), RenderError> {
        let source = self.filtered(value, Missing::Fails)?;
        let source = self.meter.text_of(&source)?;
        // To parse is more work than to read.
        self.meter.items(source.as_str().len())?;
        let template = Template::parse(source.as_str()).map_err(RenderError::Parse)?;
        self.render_in(Scope::default(), &template)
    }

    fn json(&mut self, text: &str, opening: char) -> Result<Option<Value<'a>>, RenderError> {
        if !text.trim_start().starts_with(opening) {
            return Ok(None);
        }
        self.meter.items(text.len() / 8)?;
        match serde_json::from_str::<Json>(text) {
            Ok(json) => self.owned(json).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// JSON as a value that was made, and is accounted for.
    pub(crate) fn owned(&mut self, json: Json) -> Result<Value<'a>, RenderError> {
        self.meter.make(size_of_json(&json, 0))?;
        Value::owned(json)
    }
}

/// About what it takes.
fn size_of_json(json: &Json, depth: usize) -> usize {
    const ITEM: usize = size_of::<Value<'_>>();
    if depth > crate::limits::DATA_DEPTH_MAX {
        return ITEM;
    }
    let inner = match json {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(|item| size_of_json(item, depth + 1)).sum(),
        Json::Object(fields) => fields
            .iter()
            .map(|(name, value)| ITEM + name.len() + size_of_json(value, depth + 1))
            .sum(),
        Json::Null | Json::Bool(_) | Json::Number(_) => 0,
    };
    ITEM + inner
}
