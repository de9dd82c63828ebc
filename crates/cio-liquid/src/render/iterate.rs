//! `for` and `tablerow`.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use super::{Flow, ForLoop, Missing, Renderer};
use crate::RenderError;
use crate::expression::Operand;
use crate::node::{Block, For, Offset, TableRow};
use crate::value::{List, Value, range_len};

static FORLOOP: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from("forloop"));
static TABLEROWLOOP: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from("tablerowloop"));

/// What a loop goes over.
enum Items<'a> {
    List(List<'a>),
    Range(i64, usize),
    One(Value<'a>),
}

impl<'a> Items<'a> {
    fn len(&self) -> usize {
        match self {
            Self::List(list) => list.len(),
            Self::Range(_, len) => *len,
            Self::One(_) => 1,
        }
    }

    fn get(&self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::List(list) => list.get(index),
            Self::Range(first, len) if index < *len => {
                Some(Value::Int(first.saturating_add_unsigned(index as u64)))
            }
            Self::Range(..) => None,
            Self::One(value) => Some(value.clone()),
        }
    }
}

/// A part of the items, from the start of it to its end.
struct Part {
    start: usize,
    end: usize,
}

impl Part {
    /// As JavaScript slices: a negative offset counts from the end, a negative limit leaves so
    /// many out there.
    fn of(len: usize, offset: i64, limit: Option<i64>) -> Self {
        let start = from_end(offset, len);
        let rest = len - start;
        let taken = limit.map_or(rest, |limit| from_end(limit, rest));
        Self {
            start,
            end: start + taken,
        }
    }

    fn len(&self) -> usize {
        self.end - self.start
    }
}

struct Order {
    part: Part,
    reversed: bool,
}

fn from_end(position: i64, len: usize) -> usize {
    let distance = usize::try_from(position.unsigned_abs()).unwrap_or(usize::MAX);
    if position < 0 {
        len.saturating_sub(distance)
    } else {
        len.min(distance)
    }
}

impl<'a> Renderer<'a> {
    pub(super) fn for_loop(&mut self, tag: &For) -> Result<Flow, RenderError> {
        let collection = self.operand(&tag.collection, Missing::IsNil)?;
        let items = self.items(collection)?;
        let len = items.len();
        if len == 0 {
            return self.block(&tag.otherwise);
        }
        let offset = match &tag.offset {
            None => 0,
            Some(Offset::At(offset)) => self.count_of(offset)?,
            Some(Offset::Continue) => {
                let ended_at = self.scope.offset(&tag.variable, &tag.collection_text);
                i64::try_from(ended_at).unwrap_or(i64::MAX)
            }
        };
        let limit = self.count_if(tag.limit.as_ref())?;
        let part = Part::of(len, offset, limit);
        self.scope
            .ended_at(&tag.variable, &tag.collection_text, part.end);
        let order = Order {
            part,
            reversed: tag.reversed,
        };
        self.turns(
            &tag.variable,
            &tag.collection_text,
            &items,
            &order,
            &tag.body,
        )?;
        Ok(Flow::On)
    }

    /// Renders a block for each item of a collection, as `render … for` does.
    pub(super) fn each(
        &mut self,
        variable: &Arc<str>,
        collection_text: &Arc<str>,
        collection: Value<'a>,
        body: &Block,
    ) -> Result<(), RenderError> {
        let items = self.items(collection)?;
        let order = Order {
            part: Part::of(items.len(), 0, None),
            reversed: false,
        };
        self.turns(variable, collection_text, &items, &order, body)
    }

    fn turns(
        &mut self,
        variable: &Arc<str>,
        collection_text: &Arc<str>,
        items: &Items<'a>,
        order: &Order,
        body: &Block,
    ) -> Result<(), RenderError> {
        let part = &order.part;
        let state = Rc::new(ForLoop {
            length: part.len(),
            index: Cell::new(0),
            name: format!("{variable}-{collection_text}").into(),
            parent: self.scope.innermost.take(),
            columns: None,
        });
        self.scope.innermost = Some(Rc::clone(&state));
        let bound = self.scope.bound();
        for turn in 0..part.len() {
            self.meter.step()?;
            let index = if order.reversed {
                part.end - 1 - turn
            } else {
                part.start + turn
            };
            let Some(item) = items.get(index) else { break };
            self.scope.bind(&FORLOOP, Value::ForLoop(Rc::clone(&state)));
            self.scope.bind(variable, item);
            let flow = self.block(body)?;
            self.scope.unbind(bound);
            if flow == Flow::Break {
                break;
            }
            state.advance();
        }
        self.scope.innermost.clone_from(&state.parent);
        Ok(())
    }

    pub(super) fn table_row(&mut self, tag: &TableRow) -> Result<Flow, RenderError> {
        let collection = self.operand(&tag.collection, Missing::IsNil)?;
        let items = self.items(collection)?;
        let offset = self.count_if(tag.offset.as_ref())?.unwrap_or(0);
        let limit = self.count_if(tag.limit.as_ref())?;
        let part = Part::of(items.len(), offset, limit);
        let columns = self.count_if(tag.columns.as_ref())?;
        let columns = match columns.map(usize::try_from) {
            Some(Ok(columns)) if columns > 0 => columns,
            _ => part.len(),
        };
        let state = Rc::new(ForLoop {
            length: part.len(),
            index: Cell::new(0),
            name: format!("{}-{}", tag.variable, tag.collection_text).into(),
            parent: self.scope.innermost.take(),
            columns: Some(columns),
        });
        self.scope.innermost = Some(Rc::clone(&state));
        let bound = self.scope.bound();
        for turn in 0..part.len() {
            self.meter.step()?;
            let Some(item) = items.get(part.start + turn) else {
                break;
            };
            if turn % columns == 0 {
                let closes = if turn == 0 { "" } else { "</tr>" };
                self.push(&format!("{closes}<tr class=\"row{}\">", turn / columns + 1))?;
            }
            self.push(&format!("<td class=\"col{}\">", turn % columns + 1))?;
            self.scope
                .bind(&TABLEROWLOOP, Value::ForLoop(Rc::clone(&state)));
            self.scope.bind(&tag.variable, item);
            let flow = self.block(&tag.body)?;
            self.scope.unbind(bound);
            self.push("</td>")?;
            if flow == Flow::Break {
                break;
            }
            state.advance();
        }
        if part.len() > 0 {
            self.push("</tr>")?;
        }
        self.scope.innermost.clone_from(&state.parent);
        Ok(Flow::On)
    }

    /// What a value gives to a loop: an object its pairs, a text itself, nothing nothing.
    fn items(&mut self, value: Value<'a>) -> Result<Items<'a>, RenderError> {
        Ok(match value {
            Value::List(list) => Items::List(list),
            Value::Range(first, last) => Items::Range(
                first,
                usize::try_from(range_len(first, last)).unwrap_or(usize::MAX),
            ),
            Value::Text(text) if !text.as_str().is_empty() => Items::One(Value::Text(text)),
            Value::Object(object) => {
                self.meter.make_items(object.len().saturating_mul(2))?;
                let pairs: Result<Vec<_>, RenderError> = object
                    .fields()
                    .into_iter()
                    .map(|(name, value)| {
                        Ok(Value::List(List::new(vec![Value::Text(name), value])?))
                    })
                    .collect();
                Items::List(List::new(pairs?)?)
            }
            _ => Items::List(List::Borrowed(&[])),
        })
    }

    fn count_of(&mut self, operand: &Operand) -> Result<i64, RenderError> {
        Ok(self
            .operand(operand, Missing::Fails)?
            .number_or_zero()
            .as_integer())
    }

    fn count_if(&mut self, operand: Option<&Operand>) -> Result<Option<i64>, RenderError> {
        operand.map(|operand| self.count_of(operand)).transpose()
    }
}
