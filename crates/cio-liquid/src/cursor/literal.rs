//! Values that are written out: numbers, texts in quotes, and words that are values.

use super::Cursor;
use crate::ParseError;
use crate::expression::Literal;
use crate::lexer::{excerpt, is_word};

impl Cursor<'_> {
    pub(super) fn literal(&mut self) -> Result<Option<Literal>, ParseError> {
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
