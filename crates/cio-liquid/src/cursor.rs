//! Reads what is written in a tag or an output: words, values, punctuation.

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
        self.position += 1;
        self.deeper()?;
        let first = self.expect_value()?;
        if !self.take("..") {
            return Err(self.error(format!(
                "`({}`: parentheses are for ranges such as `(1..5)` only",
                excerpt(self.rest())
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

    fn literal(&mut self) -> Result<Option<Literal>, ParseError> {
        if matches!(self.rest().chars().next(), Some('"' | '\'')) {
            return self.quoted().map(|text| Some(Literal::Text(text.into())));
        }
        if let Some(number) = self.number() {
            return Ok(Some(number));
        }
        let before = self.position;
        let literal = match self.word() {
            Some("true") => Literal::Bool(true),
            Some("false") => Literal::Bool(false),
            Some("nil" | "null") => Literal::Nil,
            Some("empty") => Literal::Empty,
            Some("blank") => Literal::Blank,
            _ => {
                self.position = before;
                return Ok(None);
            }
        };
        Ok(Some(literal))
    }

    fn number(&mut self) -> Option<Literal> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let mut end = usize::from(bytes.first() == Some(&b'-'));
        let digits = |from: usize| {
            bytes[from..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count()
        };
        let whole = digits(end);
        if whole == 0 {
            return None;
        }
        end += whole;
        let mut is_whole = true;
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            end += 1 + digits(end + 1);
            is_whole = false;
        }
        if rest[end..].chars().next().is_some_and(is_word) {
            return None;
        }
        let written = &rest[..end];
        let integer = if is_whole { written.parse().ok() } else { None };
        self.position += end;
        Some(match integer {
            Some(integer) => Literal::Int(integer),
            None => Literal::Float(written.parse().unwrap_or(f64::INFINITY)),
        })
    }

    /// A quoted text, with its escapes resolved.
    pub(crate) fn quoted(&mut self) -> Result<String, ParseError> {
        let rest = self.rest();
        let mut chars = rest.char_indices().peekable();
        let quote = chars.next().map_or('"', |(_, c)| c);
        let mut text = String::new();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.position += at + 1;
                    return Ok(text);
                }
                '\\' => match chars.next() {
                    Some((_, 'b')) => text.push('\u{8}'),
                    Some((_, 'f')) => text.push('\u{c}'),
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, 'v')) => text.push('\u{b}'),
                    Some((_, 'u')) => text.push(code_point(&mut chars, 16, 4)),
                    Some((at, c)) if c.is_digit(8) => {
                        let mut from_here = rest[at..].char_indices().peekable();
                        text.push(code_point(&mut from_here, 8, 3));
                        let read = from_here.peek().map_or(rest.len(), |(next, _)| at + next);
                        while chars.peek().is_some_and(|(next, _)| *next < read) {
                            chars.next();
                        }
                    }
                    Some((_, c)) => text.push(c),
                    None => break,
                },
                c => text.push(c),
            }
        }
        Err(self.error(format!("`{}` lacks its closing quote", excerpt(rest))))
    }
}

/// A character by its number; one that there is not is the replacement character.
fn code_point(
    chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
    radix: u32,
    digits_max: usize,
) -> char {
    let mut number = 0;
    for _ in 0..digits_max {
        let Some(digit) = chars.peek().and_then(|(_, c)| c.to_digit(radix)) else {
            break;
        };
        number = number * radix + digit;
        chars.next();
    }
    char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
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
