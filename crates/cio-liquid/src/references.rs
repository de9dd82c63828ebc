//! What a template reads: found by going through it in the order it is rendered.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use crate::UrlTag;
use crate::expression::{Base, Expression, Filtered, Item, Literal, Operand, Path, Segment};
use crate::node::{Arguments, Block, LinkUrl, Node, Offset};

/// What a template may read that it does not make itself. What its snippets and partials
/// read is in their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// Variables by the names they begin with: `customer`, `trigger`, a collection.
    /// `snippets` is not one of them.
    pub roots: BTreeSet<String>,
    /// Snippets.
    pub snippets: Names,
    /// Templates of `include` and `render`.
    pub partials: Names,
    /// Links of the delivery.
    pub urls: BTreeSet<UrlTag>,
    /// Whether it renders Liquid that comes as a value, or names variables by values: then it
    /// may read anything.
    pub dynamic: bool,
}

/// Names, or all there are if the template computes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Names {
    /// These.
    Some(BTreeSet<String>),
    /// Any.
    All,
}

impl Default for Names {
    fn default() -> Self {
        Self::Some(BTreeSet::new())
    }
}

impl Names {
    fn add(&mut self, name: Option<&str>) {
        match (&mut *self, name) {
            (Self::Some(names), Some(name)) => {
                names.insert(name.to_owned());
            }
            (this, _) => *this = Self::All,
        }
    }
}

pub(crate) fn of(nodes: &Block) -> References {
    let mut reader = Reader {
        found: References::default(),
        known: Vec::new(),
    };
    reader.block(nodes, &[]);
    reader.found
}

struct Reader {
    found: References,
    /// For each block that it is in, the variables that are made in it for certain.
    known: Vec<HashSet<Arc<str>>>,
}

impl Reader {
    /// What a block makes is certain only until its end.
    fn block(&mut self, nodes: &Block, bound: &[&str]) {
        self.known
            .push(bound.iter().map(|name| Arc::from(*name)).collect());
        self.nodes(nodes);
        self.known.pop();
    }

    fn nodes(&mut self, nodes: &Block) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Text(_)
            | Node::Break
            | Node::Continue
            | Node::LinkId
            | Node::TopicName(None)
            | Node::GenerateUuid
            | Node::Countdown(_) => {}
            Node::Output(value) => self.filtered(value),
            Node::If(tag) => {
                for branch in &tag.branches {
                    self.filtered(&branch.condition);
                    self.block(&branch.body, &[]);
                }
                self.block(&tag.otherwise, &[]);
            }
            Node::Case(tag) => {
                self.filtered(&tag.value);
                for (values, body) in &tag.whens {
                    self.operands(values);
                    self.block(body, &[]);
                }
                self.block(&tag.otherwise, &[]);
            }
            Node::For(tag) => {
                self.operand(&tag.collection);
                if let Some(Offset::At(offset)) = &tag.offset {
                    self.operand(offset);
                }
                self.operands(&tag.limit);
                self.block(&tag.body, &[&tag.variable, "forloop"]);
                self.block(&tag.otherwise, &[]);
            }
            Node::TableRow(tag) => {
                self.operand(&tag.collection);
                self.operands(tag.offset.iter().chain(&tag.limit).chain(&tag.columns));
                self.block(&tag.body, &[&tag.variable, "tablerowloop"]);
            }
            Node::Assign(tag) => {
                self.filtered(&tag.1);
                self.knows(&tag.0);
            }
            Node::Capture(tag) => {
                self.nodes(&tag.1);
                self.knows(&tag.0);
            }
            Node::Increment(name) | Node::Decrement(name) => self.knows(name),
            Node::Cycle(tag) => {
                self.operands(&tag.group);
                tag.values.iter().for_each(|value| self.filtered(value));
            }
            Node::Group(nodes) => self.nodes(nodes),
            Node::Include(tag) => {
                self.partial(&tag.name);
                self.operands(&tag.with);
                self.arguments(&tag.arguments);
            }
            Node::Render(tag) => {
                self.partial(&tag.name);
                let bindings = tag.with.iter().chain(&tag.each);
                self.operands(bindings.map(|binding| &binding.value));
                self.arguments(&tag.arguments);
            }
            Node::Url(tag) => {
                self.found.urls.insert(*tag);
            }
            Node::Unsubscribe => {
                self.found.urls.insert(UrlTag::Unsubscribe);
            }
            Node::Link(tag) => {
                match &tag.url {
                    LinkUrl::Written(nodes) => self.nodes(nodes),
                    LinkUrl::Variable(operand) => self.operand(operand),
                }
                self.operands(tag.track.iter().chain(&tag.url_params));
            }
            Node::TopicName(Some(operand)) | Node::Random(operand) => self.operand(operand),
            Node::RenderLiquid(value) => {
                self.filtered(value);
                self.found.dynamic = true;
            }
        }
    }

    fn knows(&mut self, name: &Arc<str>) {
        if let Some(innermost) = self.known.last_mut() {
            innermost.insert(Arc::clone(name));
        }
    }

    fn partial(&mut self, name: &Operand) {
        match name {
            Operand::Literal(Literal::Text(name)) => self.found.partials.add(Some(name)),
            name => {
                self.found.partials.add(None);
                self.operand(name);
            }
        }
    }

    fn arguments(&mut self, arguments: &Arguments) {
        self.operands(arguments.iter().map(|(_, value)| value));
    }

    fn filtered(&mut self, value: &Filtered) {
        match &value.expression {
            Expression::Value(operand) => self.operand(operand),
            Expression::Postfix(items) => {
                for item in items {
                    if let Item::Operand(operand) = item {
                        self.operand(operand);
                    }
                }
            }
        }
        for call in &value.filters {
            self.operands(&call.positional);
            self.arguments(&call.named);
            if call.filter.reads_expression {
                self.written_expression(&call.positional);
            }
        }
    }

    /// Filters such as `where_exp: "item", "item.size > limit"` hold a condition as text.
    fn written_expression(&mut self, arguments: &[Operand]) {
        let [
            Operand::Literal(Literal::Text(variable)),
            Operand::Literal(Literal::Text(text)),
            ..,
        ] = arguments
        else {
            self.found.dynamic = true;
            return;
        };
        let markup = crate::lexer::Markup { text, line: 1 };
        if let Ok(condition) = Filtered::parse(markup) {
            self.known.push(HashSet::from([Arc::clone(variable)]));
            self.filtered(&condition);
            self.known.pop();
        }
    }

    fn operands<'o>(&mut self, operands: impl IntoIterator<Item = &'o Operand>) {
        for operand in operands {
            self.operand(operand);
        }
    }

    fn operand(&mut self, operand: &Operand) {
        match operand {
            Operand::Literal(_) => {}
            Operand::Range(ends) => self.operands([&ends.0, &ends.1]),
            Operand::Variable(path) => self.path(path),
        }
    }

    fn path(&mut self, path: &Path) {
        match &path.base {
            Base::Value(operand) => self.operand(operand),
            Base::Computed => match path.segments.first() {
                Some(Segment::Key(name)) => self.variable(name, path.segments.get(1)),
                _ => self.found.dynamic = true,
            },
            Base::Root(root) => self.variable(root, path.segments.first()),
        }
        for segment in &path.segments {
            if let Segment::Index(operand) = segment {
                self.operand(operand);
            }
        }
    }

    fn variable(&mut self, root: &str, next: Option<&Segment>) {
        if self.known.iter().any(|names| names.contains(root)) {
            return;
        }
        match (root, next) {
            ("snippets", Some(Segment::Key(name))) => self.found.snippets.add(Some(name)),
            ("snippets", _) => self.found.snippets.add(None),
            _ => {
                self.found.roots.insert(root.to_owned());
            }
        }
    }
}
