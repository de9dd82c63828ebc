//! A source into text, outputs and tags, with the whitespace taken away that a hyphen asks for.

use crate::ParseError;

/// A piece of a template.
#[derive(Debug)]
pub(crate) enum Token<'s> {
    Text(&'s str),
    /// What is between `{{` and `}}`.
    Output(Markup<'s>),
    Tag(Tag<'s>),
}

/// What is written inside delimiters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Markup<'s> {
    pub(crate) text: &'s str,
    pub(crate) line: u32,
}

/// A tag: its name and what follows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tag<'s> {
    pub(crate) name: &'s str,
    pub(crate) markup: Markup<'s>,
}

pub(crate) fn lex(source: &str) -> Result<Vec<Token<'_>>, ParseError> {
    let mut lexer = Lexer {
        source,
        position: 0,
        line: 1,
        tokens: Vec::new(),
        text_is_last: false,
        trim_next: false,
    };
    lexer.run()?;
    Ok(lexer.tokens)
}

struct Lexer<'s> {
    source: &'s str,
    position: usize,
    line: u32,
    tokens: Vec<Token<'s>>,
    /// Whether the last token is text that a hyphen may shorten: what `raw` keeps is not.
    text_is_last: bool,
    trim_next: bool,
}

impl<'s> Lexer<'s> {
    fn run(&mut self) -> Result<(), ParseError> {
        while self.position < self.source.len() {
            let rest = &self.source[self.position..];
            if rest.starts_with("{{") {
                self.output(rest)?;
            } else if rest.starts_with("{%") {
                self.tag(rest)?;
            } else {
                self.text(rest);
            }
        }
        Ok(())
    }

    fn text(&mut self, rest: &'s str) {
        let end = next_delimiter(rest);
        let mut text = &rest[..end];
        if self.trim_next {
            text = text.trim_start_matches(is_blank);
        }
        self.advance(end);
        self.trim_next = false;
        self.text_is_last = true;
        self.tokens.push(Token::Text(text));
    }

    fn output(&mut self, rest: &'s str) -> Result<(), ParseError> {
        let line = self.line;
        let Some(end) = end_of_output(rest) else {
            return Err(ParseError::new(
                line,
                format!(
                    "`{}` is never closed: add `}}}}`, and check its quotes",
                    excerpt(rest)
                ),
            ));
        };
        let inner = self.inside(&rest[..end]);
        self.tokens
            .push(Token::Output(Markup { text: inner, line }));
        self.advance(end);
        Ok(())
    }

    fn tag(&mut self, rest: &'s str) -> Result<(), ParseError> {
        let line = self.line;
        let Some(end) = rest[2..].find("%}").map(|end| end + 4) else {
            return Err(ParseError::new(
                line,
                format!("`{}` is never closed: add `%}}`", excerpt(rest)),
            ));
        };
        let raw_or_comment = tag_name(strip_hyphens(&rest[..end]).trim_start_matches(is_blank));
        match raw_or_comment {
            "raw" => return self.raw(rest, end),
            "comment" => return self.comment(rest, end),
            _ => {}
        }
        let inner = self.inside(&rest[..end]);
        self.tokens.push(Token::Tag(tag(inner, line)));
        self.advance(end);
        Ok(())
    }

    fn raw(&mut self, rest: &'s str, start: usize) -> Result<(), ParseError> {
        let Some((end, after)) = find_tag(&rest[start..], "endraw") else {
            return Err(self.unclosed("raw"));
        };
        let (end, after) = (start + end, start + after);
        self.inside(&rest[..start]);
        self.tokens.push(Token::Text(&rest[start..end]));
        self.inside(&rest[end..after]);
        self.text_is_last = false;
        self.advance(after);
        Ok(())
    }

    fn comment(&mut self, rest: &'s str, start: usize) -> Result<(), ParseError> {
        let Some((end, after)) = find_tag(&rest[start..], "endcomment") else {
            return Err(self.unclosed("comment"));
        };
        let (end, after) = (start + end, start + after);
        self.inside(&rest[..start]);
        self.inside(&rest[end..after]);
        self.advance(after);
        Ok(())
    }

    fn unclosed(&self, tag: &str) -> ParseError {
        ParseError::new(
            self.line,
            format!("`{{% {tag} %}}` is never closed: add `{{% end{tag} %}}`"),
        )
    }

    /// What is between the delimiters; its hyphens have their effect.
    fn inside(&mut self, token: &'s str) -> &'s str {
        let inner = &token[2..token.len() - 2];
        if inner.starts_with('-')
            && self.text_is_last
            && let Some(Token::Text(text)) = self.tokens.last_mut()
        {
            *text = text.trim_end_matches(is_blank);
        }
        self.text_is_last = false;
        self.trim_next = inner.len() > 1 && inner.ends_with('-');
        strip_hyphens(token)
    }

    fn advance(&mut self, bytes: usize) {
        let passed = &self.source.as_bytes()[self.position..self.position + bytes];
        let lines = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self
            .line
            .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.position += bytes;
    }
}

fn strip_hyphens(token: &str) -> &str {
    let inner = &token[2..token.len() - 2];
    let inner = inner.strip_prefix('-').unwrap_or(inner);
    inner.strip_suffix('-').unwrap_or(inner)
}

/// Where the next `{{` or `{%` is, or the end.
fn next_delimiter(text: &str) -> usize {
    let mut from = 0;
    while let Some(at) = text[from..].find('{') {
        let at = from + at;
        if matches!(text.as_bytes().get(at + 1), Some(b'{' | b'%')) {
            return at;
        }
        from = at + 1;
    }
    text.len()
}

/// Where an output ends; what is quoted in it does not end it.
fn end_of_output(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 2;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'') => at = end_of_quoted(bytes, at, quote)?,
            b'}' if bytes.get(at + 1) == Some(&b'}') => return Some(at + 2),
            _ => at += 1,
        }
    }
    None
}

/// Past the closing quote.
fn end_of_quoted(bytes: &[u8], open: usize, quote: u8) -> Option<usize> {
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// Where a tag of this name begins and ends.
fn find_tag(text: &str, name: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = text[from..].find("{%") {
        let at = from + at;
        let inner = &text[at + 2..];
        let inner = inner.strip_prefix('-').unwrap_or(inner);
        if tag_name(inner.trim_start_matches(is_blank)) == name {
            let end = text[at + 2..].find("%}")?;
            return Some((at, at + 2 + end + 2));
        }
        from = at + 2;
    }
    None
}

/// A tag from what is written in it.
pub(crate) fn tag(inner: &str, line: u32) -> Tag<'_> {
    let trimmed = inner.trim_start_matches(is_blank);
    let passed = &inner[..inner.len() - trimmed.len()];
    let name = tag_name(trimmed);
    Tag {
        name,
        markup: Markup {
            text: &trimmed[name.len()..],
            line: line + u32::try_from(passed.matches('\n').count()).unwrap_or(0),
        },
    }
}

fn tag_name(text: &str) -> &str {
    if text.starts_with('#') {
        return &text[..1];
    }
    let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
    // `{%- if -%}` and `{% endif-%}`: the hyphen is whitespace control, not a part of the name.
    text[..end].trim_end_matches('-')
}

pub(crate) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '_' | '-' | '?')
        || (!c.is_ascii() && !is_blank(c) && !matches!(c, '\u{201c}' | '\u{201d}'))
}

pub(crate) fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\t' | '\n'
            | '\u{b}'
            | '\u{c}'
            | '\r'
            | ' '
            | '\u{a0}'
            | '\u{1680}'
            | '\u{180e}'
            | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

/// The beginning of a piece of source, for an error.
pub(crate) fn excerpt(text: &str) -> String {
    const CHARS_MAX: usize = 32;
    let text = text.trim_end();
    let line = text.lines().next().unwrap_or_default();
    let mut shown: String = line.chars().take(CHARS_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
