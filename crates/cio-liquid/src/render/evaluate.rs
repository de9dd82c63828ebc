//! What an expression is worth.

use std::cmp::Ordering;
use std::sync::Arc;

use super::snippet::SNIPPETS;
use super::{Missing, Renderer};
use crate::RenderError;
use crate::expression::{Base, Call, Expression, Filtered, Item, Operand, Operator, Path, Segment};
use crate::filters::{Invocation, Kind, needs_default};
use crate::value::{Value, compare, contains, equal, property, property_named};

/// Names of tags that are easily written as variables. The service renders these empty.
const TAGS_IN_BRACES: [&str; 9] = [
    "unsubscribe_url",
    "unsubscribe",
    "manage_subscription_preferences_url",
    "view_in_browser_url",
    "tracking_consent_url",
    "cio_link",
    "cio_link_id",
    "subscription_topic_name",
    "generate_uuid",
];

impl<'a> Renderer<'a> {
    pub(crate) fn filtered(
        &mut self,
        filtered: &Filtered,
        missing: Missing,
    ) -> Result<Value<'a>, RenderError> {
        let mut calls = filtered.filters.iter().peekable();
        let guarded = |call: Option<&&Call>| match call {
            Some(call) if matches!(call.filter.kind, Kind::Default) => Missing::IsNil,
            _ => missing,
        };
        let mut value = self.expression(&filtered.expression, guarded(calls.peek()))?;
        while let Some(call) = calls.next() {
            self.meter.step()?;
            value = match call.filter.kind {
                Kind::Default => self.default(value, call, guarded(calls.peek()))?,
                Kind::Apply(apply) => {
                    let mut invocation = self.invocation(call, missing)?;
                    apply(value, &mut invocation)?
                }
            };
        }
        Ok(value)
    }

    /// The fallback is looked at only when it is needed.
    fn default(
        &mut self,
        value: Value<'a>,
        call: &Call,
        missing: Missing,
    ) -> Result<Value<'a>, RenderError> {
        let allows_false = match call.named.iter().find(|(name, _)| &**name == "allow_false") {
            Some((_, operand)) => self.operand(operand, Missing::IsNil)?.is_truthy(),
            None => false,
        };
        if !needs_default(&value, allows_false) {
            return Ok(value);
        }
        match call.positional.first() {
            Some(fallback) => self.operand(fallback, missing),
            None => Ok(Value::text("")),
        }
    }

    fn invocation<'r>(
        &'r mut self,
        call: &Call,
        missing: Missing,
    ) -> Result<Invocation<'r, 'a>, RenderError> {
        let mut positional = Vec::with_capacity(call.positional.len());
        for operand in &call.positional {
            positional.push(self.operand(operand, missing)?);
        }
        let mut named = Vec::with_capacity(call.named.len());
        for (name, operand) in &call.named {
            named.push((Arc::clone(name), self.operand(operand, missing)?));
        }
        Ok(Invocation {
            filter: call.filter.name,
            positional,
            named,
            renderer: self,
        })
    }

    fn expression(
        &mut self,
        expression: &Expression,
        missing: Missing,
    ) -> Result<Value<'a>, RenderError> {
        let items = match expression {
            Expression::Value(operand) => return self.operand(operand, missing),
            Expression::Postfix(items) => items,
        };
        let mut stack: Vec<Value<'a>> = Vec::with_capacity(4);
        for item in items {
            self.meter.step()?;
            let value = match item {
                Item::Operand(operand) => self.operand(operand, missing)?,
                Item::Operator(Operator::Not) => {
                    Value::Bool(!stack.pop().is_some_and(|value| value.is_truthy()))
                }
                Item::Operator(operator) => {
                    let right = stack.pop().unwrap_or(Value::Nil);
                    let left = stack.pop().unwrap_or(Value::Nil);
                    Value::Bool(self.operate(*operator, &left, &right)?)
                }
            };
            stack.push(value);
        }
        Ok(stack.pop().unwrap_or(Value::Nil))
    }

    fn operate(
        &mut self,
        operator: Operator,
        left: &Value<'a>,
        right: &Value<'a>,
    ) -> Result<bool, RenderError> {
        let meter = &mut self.meter;
        Ok(match operator {
            Operator::Equal => equal(left, right, meter)?,
            Operator::NotEqual => !equal(left, right, meter)?,
            Operator::Contains => contains(left, right, meter)?,
            Operator::And => left.is_truthy() && right.is_truthy(),
            Operator::Or => left.is_truthy() || right.is_truthy(),
            Operator::Not => !right.is_truthy(),
            Operator::Greater => compare(left, right, meter)? == Some(Ordering::Greater),
            Operator::Less => compare(left, right, meter)? == Some(Ordering::Less),
            Operator::GreaterOrEqual => compare(left, right, meter)?.is_some_and(Ordering::is_ge),
            Operator::LessOrEqual => compare(left, right, meter)?.is_some_and(Ordering::is_le),
        })
    }

    pub(crate) fn operand(
        &mut self,
        operand: &Operand,
        missing: Missing,
    ) -> Result<Value<'a>, RenderError> {
        match operand {
            Operand::Literal(literal) => Ok(Value::literal(literal)),
            Operand::Variable(path) => self.path(path, missing),
            Operand::Range(ends) => {
                let first = self.operand(&ends.0, missing)?.number_or_zero();
                let last = self.operand(&ends.1, missing)?.number_or_zero();
                Ok(Value::Range(first.as_integer(), last.as_integer()))
            }
        }
    }

    fn path(&mut self, path: &Path, missing: Missing) -> Result<Value<'a>, RenderError> {
        let mut segments = path.segments.iter();
        let mut value = match &path.base {
            Base::Value(operand) => Some(self.operand(operand, missing)?),
            Base::Computed => match segments.next() {
                Some(first) => {
                    let name = self.name(first, missing)?;
                    self.variable(&name)?
                }
                None => None,
            },
            Base::Root(root) => match self.variable(root)? {
                None if &**root == SNIPPETS => match segments.next() {
                    Some(first) => {
                        let name = self.name(first, missing)?;
                        self.snippet(&name)?
                    }
                    None => None,
                },
                value => value,
            },
        };
        while let Some(found) = value.take_if(|value| !value.is_nil()) {
            value = match segments.next() {
                None => return Ok(found),
                Some(Segment::Key(key)) => property_named(&found, key),
                Some(Segment::Index(operand)) => {
                    let key = self.operand(operand, missing)?;
                    property(&found, &key)
                }
            };
        }
        match missing {
            Missing::IsNil => Ok(Value::Nil),
            Missing::Fails => Err(RenderError::Missing(path.name_without(segments.len()))),
        }
    }

    /// The name of a variable or a snippet that is in a bracket.
    fn name(&mut self, segment: &Segment, missing: Missing) -> Result<Arc<str>, RenderError> {
        match segment {
            Segment::Key(key) => Ok(Arc::clone(key)),
            Segment::Index(operand) => {
                let name = self.operand(operand, missing)?;
                Ok(self.meter.text_of(&name)?.as_str().into())
            }
        }
    }

    /// A variable by its name: the template's own, or the host's.
    pub(super) fn variable(&mut self, name: &Arc<str>) -> Result<Option<Value<'a>>, RenderError> {
        if let Some(value) = self.scope.get(name) {
            return Ok(Some(value));
        }
        if let Some(root) = self.roots.get(name) {
            return Ok(root.clone());
        }
        let root = match self.host.root(name) {
            Some(json) => Some(Value::lent(json)?),
            None if TAGS_IN_BRACES.contains(&&**name) => Some(Value::text("")),
            None => None,
        };
        self.roots.insert(Arc::clone(name), root.clone());
        Ok(root)
    }

    /// The key that a segment of a path is, for a filter that is given one.
    pub(crate) fn key(&mut self, segment: &Segment) -> Result<Value<'a>, RenderError> {
        match segment {
            Segment::Key(key) => Ok(Value::text(Arc::clone(key))),
            Segment::Index(operand) => self.operand(operand, Missing::IsNil),
        }
    }

    /// What a condition comes to with a variable bound to an item.
    pub(crate) fn with_item(
        &mut self,
        variable: &Arc<str>,
        item: &Value<'a>,
        condition: &Filtered,
    ) -> Result<Value<'a>, RenderError> {
        let bound = self.scope.bound();
        self.scope.bind(variable, item.clone());
        // A condition may have such a filter in it, even the same by a variable.
        self.enter()?;
        let value = self.filtered(condition, Missing::IsNil)?;
        self.leave();
        self.scope.unbind(bound);
        Ok(value)
    }

    pub(crate) fn random(&self) -> u64 {
        self.host.random()
    }

    pub(crate) fn now(&self) -> i64 {
        self.host.now()
    }
}
