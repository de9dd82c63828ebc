//! Renders a template: goes through its blocks, within limits, into one text.

mod evaluate;
mod forloop;
mod iterate;
mod meter;
mod own;
mod partial;
mod scope;
mod snippet;

use std::collections::HashMap;
use std::sync::Arc;

pub(crate) use forloop::ForLoop;
use meter::Capped;
pub(crate) use meter::Meter;
use scope::Scope;

use crate::expression::Filtered;
use crate::limits::NESTING_MAX;
use crate::node::{Block, Case, Cycle, If, Node};
use crate::value::{Value, equal, write_text};
use crate::{Host, Limit, Limits, RenderError, Template};

/// One render.
pub(crate) struct Renderer<'a> {
    host: &'a dyn Host,
    pub(crate) meter: Meter<'a>,
    output: String,
    /// How many `capture`s and their like the output is in: what they hold is memory.
    captures: usize,
    scope: Scope<'a>,
    roots: HashMap<Arc<str>, Option<Value<'a>>>,
    block_depth: usize,
    include_depth: usize,
}

/// How a block ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

/// What a variable without a value does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Fails,
    IsNil,
}

impl<'a> Renderer<'a> {
    pub(crate) fn new(host: &'a dyn Host, limits: &Limits) -> Self {
        Self {
            host,
            meter: Meter::new(host, *limits),
            output: String::new(),
            captures: 0,
            scope: Scope::default(),
            roots: HashMap::new(),
            block_depth: 0,
            include_depth: 0,
        }
    }

    pub(crate) fn run(mut self, template: &Template) -> Result<String, RenderError> {
        self.block(template.nodes())?;
        Ok(self.output)
    }

    fn block(&mut self, nodes: &Block) -> Result<Flow, RenderError> {
        self.block_depth += 1;
        if self.block_depth > 2 * NESTING_MAX {
            return Err(Limit::IncludeDepth.into());
        }
        for node in nodes {
            self.meter.step()?;
            match self.node(node)? {
                Flow::On => {}
                flow => {
                    self.block_depth -= 1;
                    return Ok(flow);
                }
            }
        }
        self.block_depth -= 1;
        Ok(Flow::On)
    }

    fn node(&mut self, node: &Node) -> Result<Flow, RenderError> {
        match node {
            Node::Text(text) => self.push(text)?,
            Node::Output(output) => self.output(output)?,
            Node::If(tag) => return self.condition(tag),
            Node::Case(tag) => return self.case(tag),
            Node::For(tag) => return self.for_loop(tag),
            Node::TableRow(tag) => return self.table_row(tag),
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
            Node::Group(nodes) => return self.block(nodes),
            Node::Assign(tag) => {
                let value = self.filtered(&tag.1, Missing::IsNil)?;
                self.scope.assign(&tag.0, value);
            }
            Node::Capture(tag) => {
                let (text, flow) = self.captured(&tag.1)?;
                self.scope.assign(&tag.0, Value::text(text));
                return Ok(flow);
            }
            Node::Cycle(tag) => self.cycle(tag)?,
            Node::Increment(name) => {
                let value = self.scope.count(name, 1) - 1;
                self.print(&Value::Int(value))?;
            }
            Node::Decrement(name) => {
                let value = self.scope.count(name, -1);
                self.print(&Value::Int(value))?;
            }
            Node::Include(tag) => return self.include(tag),
            Node::Render(tag) => self.isolated(tag)?,
            own => self.own(own)?,
        }
        Ok(Flow::On)
    }

    fn output(&mut self, output: &Filtered) -> Result<(), RenderError> {
        if let Some(name) = self.printed_snippet(output) {
            return self.print_snippet(name);
        }
        let value = self.filtered(output, Missing::Fails)?;
        self.print(&value)
    }

    fn condition(&mut self, tag: &If) -> Result<Flow, RenderError> {
        for branch in &tag.branches {
            let holds = self
                .filtered(&branch.condition, Missing::IsNil)?
                .is_truthy();
            if holds != branch.unless {
                return self.block(&branch.body);
            }
        }
        self.block(&tag.otherwise)
    }

    /// Every `when` that has the value is rendered, not only the first.
    fn case(&mut self, tag: &Case) -> Result<Flow, RenderError> {
        let value = self.filtered(&tag.value, Missing::IsNil)?;
        let mut hit = false;
        for (candidates, body) in &tag.whens {
            for candidate in candidates {
                let candidate = self.operand(candidate, Missing::IsNil)?;
                if equal(&value, &candidate, &mut self.meter)? {
                    hit = true;
                    match self.block(body)? {
                        Flow::On => break,
                        flow => return Ok(flow),
                    }
                }
            }
        }
        if hit {
            return Ok(Flow::On);
        }
        self.block(&tag.otherwise)
    }

    fn cycle(&mut self, tag: &Cycle) -> Result<(), RenderError> {
        let group = match &tag.group {
            Some(group) => self.operand(group, Missing::Fails)?,
            None => Value::Nil,
        };
        let group = self.meter.text_of(&group)?;
        let key = format!("{}:{}", group.as_str(), tag.text);
        self.meter.make(key.len())?;
        let turn = self.scope.turn(key) % tag.values.len();
        let value = self.filtered(&tag.values[turn], Missing::Fails)?;
        self.print(&value)
    }

    /// What a block renders to, as a text of its own.
    fn captured(&mut self, nodes: &Block) -> Result<(String, Flow), RenderError> {
        let outer = std::mem::take(&mut self.output);
        self.captures += 1;
        let flow = self.block(nodes)?;
        self.captures -= 1;
        let inner = std::mem::replace(&mut self.output, outer);
        Ok((inner, flow))
    }

    fn push(&mut self, text: &str) -> Result<(), RenderError> {
        meter::Sink::push(&mut self.sink(), text)
    }

    fn print(&mut self, value: &Value<'_>) -> Result<(), RenderError> {
        write_text(value, &mut self.sink())
    }

    fn sink(&mut self) -> Capped<'_, 'a> {
        Capped {
            is_memory: self.captures > 0,
            is_output: self.captures == 0,
            text: &mut self.output,
            meter: &mut self.meter,
        }
    }
}
