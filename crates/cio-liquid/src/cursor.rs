//! Reads what is written in a tag or an output: words, values, punctuation.

mod literal;

use std::sync::Arc;

use crate::ParseError;
use crate::expression::{Base, Literal, Operand, Path, Segment};
use crate::lexer::{Markup, excerpt, is_blank, is_word};
use crate::limits::BRACKETS_MAX;

#[derive(Debug, Clone)]
pub(crate) struct Cursor<'s> {
    text: &'s str,
    position: usize,
    line: u32,
    /// How many brackets are open.
    depth: usize,
}

impl<'s> Cursor<'s> {
    pub(crate) fn new(markup: Markup<'s>) -> Self {
        Self {
            text: markup.text,
            position: 0,
            line: markup.line,
            depth: 0,
        }
    }

    pub(crate) fn rest(&self) -> &'s str {
        &self.text[self.position..]
    }

    /// What was read since a position.
    pub(crate) fn since(&self, position: usize) -> &'s str {
        self.text[position..self.position].trim_matches(is_blank)
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn return_to(&mut self, position: usize) {
        self.position = position;
    }

    pub(crate) fn is_at_end(&mut self) -> bool {
        self.skip_blanks();
        self.rest().is_empty()
    }

    pub(crate) fn peek(&mut self) -> Option<char> {
        self.skip_blanks();
        self.rest().chars().next()
    }

    pub(crate) fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start_matches(is_blank).len();
    }

    /// Takes a mark if it is next, after blanks.
    pub(crate) fn take(&mut self, mark: &str) -> bool {
        self.skip_blanks();
        let is_next = self.rest().starts_with(mark);
        if is_next {
            self.position += mark.len();
        }
        is_next
    }

    /// The next word, after blanks.
    pub(crate) fn word(&mut self) -> Option<&'s str> {
        self.skip_blanks();
        let rest = self.rest();
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        self.position += end;
        (end > 0).then(|| &rest[..end])
    }

    /// Takes this word if it is next, and whole.
    pub(crate) fn take_word(&mut self, word: &str) -> bool {
        let before = self.position;
        if self.word() == Some(word) {
            return true;
        }
        self.position = before;
        false
    }

    pub(crate) fn error(&self, message: impl Into<String>) -> ParseError {
        ParseError::new(self.line, message)
    }

    /// The error that something else was expected here.
    pub(crate) fn unexpected(&self, expected: &str) -> ParseError {
        let found = match excerpt(self.rest().trim_start_matches(is_blank)) {
            nothing if nothing.is_empty() => "the end".to_owned(),
            found => format!("`{found}`"),
        };
        self.error(format!("expected {expected}, found {found}"))
    }

    /// # Errors
    /// If something is left.
    pub(crate) fn expect_end(&mut self) -> Result<(), ParseError> {
        if self.is_at_end() {
            return Ok(());
        }
        Err(self.unexpected("nothing more"))
    }

    /// A literal, a range or a variable; `None` if something else is next.
    pub(crate) fn value(&mut self) -> Result<Option<Operand>, ParseError> {
        self.skip_blanks();
        let start = self.position;
        let base = if let Some(literal) = self.literal()? {
            Some(Operand::Literal(literal))
        } else if self.rest().starts_with('(') {
            Some(self.range()?)
        } else {
            None
        };
        let (name, segments) = match &base {
            Some(_) => (None, self.segments()?),
            None if self.rest().starts_with('[') => (None, self.segments()?),
            None => match self.word() {
                Some(name) => (Some(name), self.segments()?),
                None => return Ok(None),
            },
        };
        let base = match (base, name) {
            (Some(value), _) if segments.is_empty() => return Ok(Some(value)),
            (Some(value), _) => Base::Value(Box::new(value)),
            (None, Some(name)) => Base::Root(name.into()),
            (None, None) => Base::Computed,
        };
        Ok(Some(Operand::Variable(Box::new(Path {
            base,
            segments: segments.into(),
            text: self.since(start).into(),
        }))))
    }

    /// # Errors
    /// If no value is next.
    pub(crate) fn expect_value(&mut self) -> Result<Operand, ParseError> {
        match self.value()? {
            Some(value) => Ok(value),
            None => Err(self.unexpected("a value")),
        }
    }

    /// The rest of a path after its first name: `.name`, `["name"]`, `[0]`.
    pub(crate) fn segments(&mut self) -> Result<Vec<Segment>, ParseError> {
        let mut segments = Vec::new();
        loop {
            let rest = self.rest();
            if rest.starts_with('[') {
                self.position += 1;
                segments.push(self.bracket()?);
            } else if rest.starts_with('.') && !rest.starts_with("..") {
                self.position += 1;
                match self.word() {
                    Some(name) => segments.push(Segment::Key(name.into())),
                    None => return Err(self.unexpected("a name after `.`")),
                }
            } else {
                return Ok(segments);
            }
        }
    }

    fn bracket(&mut self) -> Result<Segment, ParseError> {
        self.deeper()?;
        let inside = self.expect_value()?;
        self.depth -= 1;
        if !self.take("]") {
            return Err(self.unexpected("`]`"));
        }
        Ok(match inside {
            Operand::Literal(Literal::Text(key)) => Segment::Key(key),
            other => Segment::Index(other),
        })
    }

    fn range(&mut self) -> Result<Operand, ParseError> {
        let written = self.rest();
        self.position += 1;
        self.deeper()?;
        let first = self.expect_value()?;
        if !self.take("..") {
            return Err(self.error(format!(
                "`{}`: parentheses are for ranges such as `(1..5)` only",
                excerpt(written)
            )));
        }
        let last = self.expect_value()?;
        self.depth -= 1;
        if !self.take(")") {
            return Err(self.unexpected("`)`"));
        }
        Ok(Operand::Range(Box::new((first, last))))
    }

    fn deeper(&mut self) -> Result<(), ParseError> {
        self.depth += 1;
        if self.depth > BRACKETS_MAX {
            return Err(self.error(format!(
                "brackets are more than {BRACKETS_MAX} deep in one another"
            )));
        }
        Ok(())
    }
}

/// A path as filters take it: `name` or `address.city`.
pub(crate) fn property(text: &str) -> Vec<Segment> {
    let mut cursor = Cursor::new(Markup { text, line: 1 });
    let start = cursor.position();
    let first = cursor.word().map(|name| Segment::Key(Arc::from(name)));
    let segments = cursor.segments();
    match segments {
        Ok(more) if cursor.is_at_end() && (first.is_some() || !more.is_empty()) => {
            first.into_iter().chain(more).collect()
        }
        // Whatever else it is, it is one name.
        _ => {
            cursor.return_to(start);
            vec![Segment::Key(Arc::from(text))]
        }
    }
}
