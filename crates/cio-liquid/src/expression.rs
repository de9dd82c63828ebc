//! Values as they are written: literals, variables, comparisons, and the filters that follow.

use std::sync::Arc;

use crate::ParseError;
use crate::cursor::Cursor;
use crate::filters::{self, Filter};
use crate::lexer::{Markup, is_word};

#[derive(Debug, Clone)]
pub(crate) enum Literal {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    Empty,
    Blank,
}

#[derive(Debug)]
pub(crate) enum Operand {
    Literal(Literal),
    Variable(Box<Path>),
    Range(Box<(Operand, Operand)>),
}

#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) base: Base,
    pub(crate) segments: Box<[Segment]>,
    /// As it is written.
    pub(crate) text: Arc<str>,
}

impl Path {
    /// Its name without so many segments at its end, for an error: `customer.address`.
    pub(crate) fn name_without(&self, segments: usize) -> String {
        if segments == 0 {
            return self.text.to_string();
        }
        let mut name = match &self.base {
            Base::Root(root) => root.to_string(),
            Base::Value(_) | Base::Computed => return self.text.to_string(),
        };
        for segment in &self.segments[..self.segments.len() - segments] {
            match segment {
                Segment::Key(key) if key.chars().all(is_word) => {
                    name.push('.');
                    name.push_str(key);
                }
                Segment::Key(key) => {
                    name.push_str("[\"");
                    name.push_str(key);
                    name.push_str("\"]");
                }
                // What was asked for is more than a name can tell.
                Segment::Index(_) => return self.text.to_string(),
            }
        }
        name
    }
}

#[derive(Debug)]
pub(crate) enum Base {
    Root(Arc<str>),
    /// A literal or a range: `"abc".size`.
    Value(Box<Operand>),
    /// The first bracket names the variable: `["first name"]`.
    Computed,
}

#[derive(Debug)]
pub(crate) enum Segment {
    Key(Arc<str>),
    Index(Operand),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Contains,
    Not,
    And,
    Or,
}

impl Operator {
    /// `and` and `or` have the same, and go from right to left.
    fn precedence(self) -> u8 {
        match self {
            Self::And | Self::Or => 0,
            Self::Not => 1,
            _ => 2,
        }
    }
}

/// A value or a condition.
#[derive(Debug)]
pub(crate) enum Expression {
    Value(Operand),
    /// Operands first, then what is done with them.
    Postfix(Vec<Item>),
}

#[derive(Debug)]
pub(crate) enum Item {
    Operand(Operand),
    Operator(Operator),
}

/// An expression, and the filters it goes through.
#[derive(Debug)]
pub(crate) struct Filtered {
    pub(crate) expression: Expression,
    pub(crate) filters: Vec<Call>,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) filter: &'static Filter,
    pub(crate) positional: Vec<Operand>,
    pub(crate) named: Vec<(Arc<str>, Operand)>,
}

impl Filtered {
    /// All of a markup.
    pub(crate) fn parse(markup: Markup<'_>) -> Result<Self, ParseError> {
        let mut cursor = Cursor::new(markup);
        let filtered = Self::read(&mut cursor)?;
        cursor.expect_end()?;
        Ok(filtered)
    }

    /// What is next.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        let expression = read_expression(cursor)?;
        let mut filters = Vec::new();
        while cursor.take("|") {
            if cursor.is_at_end() {
                break;
            }
            filters.push(read_call(cursor)?);
        }
        Ok(Self {
            expression,
            filters,
        })
    }
}

fn read_expression(cursor: &mut Cursor<'_>) -> Result<Expression, ParseError> {
    let mut items = Vec::new();
    let mut waiting: Vec<Operator> = Vec::new();
    let mut operand_is_next = true;
    loop {
        let operator = read_operator(cursor);
        match operator {
            Some(Operator::Not) if operand_is_next => waiting.push(Operator::Not),
            Some(operator) if !operand_is_next => {
                while let Some(before) = waiting.pop_if(|o| o.precedence() > operator.precedence())
                {
                    items.push(Item::Operator(before));
                }
                waiting.push(operator);
                operand_is_next = true;
            }
            None if operand_is_next => {
                items.push(Item::Operand(cursor.expect_value()?));
                operand_is_next = false;
            }
            None => break,
            Some(_) => return Err(cursor.unexpected("a value beside an operator")),
        }
    }
    if matches!(cursor.peek(), Some('=')) {
        return Err(cursor.error("`=` compares nothing: write `==`"));
    }
    items.extend(waiting.into_iter().rev().map(Item::Operator));
    Ok(match items.pop() {
        Some(Item::Operand(only)) if items.is_empty() => Expression::Value(only),
        last => {
            items.extend(last);
            Expression::Postfix(items)
        }
    })
}

fn read_operator(cursor: &mut Cursor<'_>) -> Option<Operator> {
    const MARKS: [(&str, Operator); 7] = [
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<>", Operator::NotEqual),
        (">=", Operator::GreaterOrEqual),
        ("<=", Operator::LessOrEqual),
        (">", Operator::Greater),
        ("<", Operator::Less),
    ];
    const WORDS: [(&str, Operator); 4] = [
        ("and", Operator::And),
        ("or", Operator::Or),
        ("contains", Operator::Contains),
        ("not", Operator::Not),
    ];
    if let Some((_, operator)) = MARKS.iter().find(|(mark, _)| cursor.take(mark)) {
        return Some(*operator);
    }
    let before = cursor.position();
    let word = cursor.word();
    let operator = WORDS.iter().find(|(name, _)| word == Some(name));
    match operator {
        Some((_, operator)) => Some(*operator),
        None => {
            cursor.return_to(before);
            None
        }
    }
}

fn read_call(cursor: &mut Cursor<'_>) -> Result<Call, ParseError> {
    let Some(name) = cursor.word() else {
        return Err(cursor.unexpected("the name of a filter after `|`"));
    };
    let Some(filter) = filters::find(name) else {
        let hint = match filters::closest(name) {
            Some(closest) => format!(", did you mean `{closest}`?"),
            None => String::new(),
        };
        return Err(cursor.error(format!("there is no filter `{name}`{hint}")));
    };
    let mut call = Call {
        filter,
        positional: Vec::new(),
        named: Vec::new(),
    };
    if cursor.take(":") {
        loop {
            read_argument(cursor, &mut call)?;
            if !cursor.take(",") {
                break;
            }
        }
    }
    if !matches!(cursor.peek(), None | Some('|' | ')' | ',')) {
        return Err(cursor.unexpected("`:` with arguments, `|` or the end after a filter"));
    }
    if call.positional.len() < filter.arguments_min {
        return Err(cursor.error(format!(
            "filter `{name}` needs {} argument{}, as in `{name}: 'x'`",
            filter.arguments_min,
            if filter.arguments_min == 1 { "" } else { "s" },
        )));
    }
    Ok(call)
}

fn read_argument(cursor: &mut Cursor<'_>, call: &mut Call) -> Result<(), ParseError> {
    let before = cursor.position();
    if let Some(name) = cursor.word()
        && cursor.take(":")
    {
        let value = cursor.expect_value()?;
        call.named.push((name.into(), value));
        return Ok(());
    }
    cursor.return_to(before);
    // `| date:` without a value is the same as without the colon.
    if let Some(value) = cursor.value()? {
        call.positional.push(value);
    }
    Ok(())
}
