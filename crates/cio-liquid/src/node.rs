//! What a template is once it is parsed.

use std::sync::Arc;

use crate::UrlTag;
use crate::expression::{Filtered, Operand};

pub(crate) type Block = Vec<Node>;

#[derive(Debug)]
pub(crate) enum Node {
    Text(Box<str>),
    Output(Filtered),
    If(Box<If>),
    Case(Box<Case>),
    For(Box<For>),
    TableRow(Box<TableRow>),
    Break,
    Continue,
    Assign(Box<(Arc<str>, Filtered)>),
    Capture(Box<(Arc<str>, Block)>),
    Cycle(Box<Cycle>),
    Increment(Arc<str>),
    Decrement(Arc<str>),
    /// The tags of a `liquid` tag.
    Group(Block),
    Include(Box<Include>),
    Render(Box<Isolated>),
    Url(UrlTag),
    Unsubscribe,
    Link(Box<LinkTag>),
    LinkId,
    TopicName(Option<Box<Operand>>),
    GenerateUuid,
    Random(Box<Operand>),
    RenderLiquid(Box<Filtered>),
    Countdown(Box<[(String, String)]>),
}

/// `if` and `unless`, with their `elsif`s.
#[derive(Debug)]
pub(crate) struct If {
    pub(crate) branches: Vec<Branch>,
    pub(crate) otherwise: Block,
}

#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) condition: Filtered,
    /// Whether it is taken when the condition does not hold: the first of an `unless`.
    pub(crate) unless: bool,
    pub(crate) body: Block,
}

#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) value: Filtered,
    pub(crate) whens: Vec<(Vec<Operand>, Block)>,
    pub(crate) otherwise: Block,
}

#[derive(Debug)]
pub(crate) struct For {
    pub(crate) variable: Arc<str>,
    pub(crate) collection: Operand,
    /// The collection as it is written: `offset: continue` goes on where a loop with the same
    /// variable and collection ended.
    pub(crate) collection_text: Arc<str>,
    pub(crate) offset: Option<Offset>,
    pub(crate) limit: Option<Operand>,
    pub(crate) reversed: bool,
    pub(crate) body: Block,
    pub(crate) otherwise: Block,
}

#[derive(Debug)]
pub(crate) enum Offset {
    At(Operand),
    Continue,
}

#[derive(Debug)]
pub(crate) struct TableRow {
    pub(crate) variable: Arc<str>,
    pub(crate) collection: Operand,
    pub(crate) collection_text: Arc<str>,
    pub(crate) offset: Option<Operand>,
    pub(crate) limit: Option<Operand>,
    pub(crate) columns: Option<Operand>,
    pub(crate) body: Block,
}

#[derive(Debug)]
pub(crate) struct Cycle {
    pub(crate) group: Option<Operand>,
    /// The values as they are written, which tells one cycle from another.
    pub(crate) text: Arc<str>,
    pub(crate) values: Vec<Filtered>,
}

pub(crate) type Arguments = Vec<(Arc<str>, Operand)>;

#[derive(Debug)]
pub(crate) struct Include {
    pub(crate) name: Operand,
    pub(crate) with: Option<Operand>,
    pub(crate) arguments: Arguments,
}

#[derive(Debug)]
pub(crate) struct Isolated {
    pub(crate) name: Operand,
    pub(crate) with: Option<Binding>,
    pub(crate) each: Option<Binding>,
    pub(crate) arguments: Arguments,
}

/// `with product as item`, `for products as item`.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) value: Operand,
    pub(crate) text: Arc<str>,
    pub(crate) alias: Option<Arc<str>>,
}

#[derive(Debug)]
pub(crate) struct LinkTag {
    pub(crate) url: LinkUrl,
    pub(crate) track: Option<Operand>,
    pub(crate) url_params: Option<Operand>,
}

#[derive(Debug)]
pub(crate) enum LinkUrl {
    /// Written out, with outputs in it.
    Written(Block),
    Variable(Operand),
}
