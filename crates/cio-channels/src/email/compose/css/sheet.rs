//! Style sheets: rules, their selectors and declarations.

use std::borrow::Cow;

use super::selector::Selector;

/// Selectors and what holds for the elements they are for.
#[derive(Debug)]
pub(super) struct Rule<'a> {
    /// Those that can be told without a screen; none of them has to be left.
    pub(super) selectors: Vec<Selector<'a>>,
    pub(super) declarations: Vec<Declaration<'a>>,
}

/// `name: value`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Declaration<'a> {
    /// In small letters.
    pub(super) name: Cow<'a, str>,
    /// Without `!important`.
    pub(super) value: &'a str,
    pub(super) is_important: bool,
}

/// The rules of a style sheet, in order. What is in no rule is left out: `@media` and its
/// like, and what is no CSS.
pub(super) fn rules(sheet: &str) -> Vec<Rule<'_>> {
    let mut found = Vec::new();
    let mut rest = sheet;
    while !rest.is_empty() {
        let end = end_of(rest, b"{;");
        let before = &rest[..end];
        let is_block = rest.as_bytes().get(end) == Some(&b'{');
        let is_rule = is_block && !strip(before).starts_with('@');
        rest = rest.get(end + 1..).unwrap_or_default();
        if !is_block {
            continue;
        }
        let end = end_of(rest, b"}");
        if is_rule {
            let declarations = declarations(&rest[..end]);
            let selectors = split(before, b',').filter_map(|it| Selector::read(strip(it)));
            let selectors: Vec<_> = selectors.collect();
            if !selectors.is_empty() && !declarations.is_empty() {
                found.push(Rule {
                    selectors,
                    declarations,
                });
            }
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    found
}

/// The declarations of a block, in order. What is none is left out, as browsers do.
pub(super) fn declarations(block: &str) -> Vec<Declaration<'_>> {
    split(block, b';').filter_map(declaration).collect()
}

fn declaration(text: &str) -> Option<Declaration<'_>> {
    let (name, value) = strip(text).split_once(':')?;
    let name = name.trim_end();
    let is_name = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    if name.is_empty() || !name.bytes().all(is_name) {
        return None;
    }
    let value = value.trim();
    let (value, is_important) = match value.rsplit_once('!') {
        Some((before, word)) if word.trim().eq_ignore_ascii_case("important") => {
            (before.trim_end(), true)
        }
        _ => (value, false),
    };
    // A comment within a value is a space to browsers, and nothing to others.
    if value.is_empty() || value.contains("/*") {
        return None;
    }
    let name = match name.bytes().any(|it| it.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    };
    Some(Declaration {
        name,
        value,
        is_important,
    })
}

/// Without what may stand around anything: spaces, comments, and the marks that hid style
/// sheets from browsers that knew none.
fn strip(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let shorter = if let Some(rest) = text.strip_prefix("/*") {
            rest.split_once("*/").map_or("", |(_, after)| after)
        } else if let Some(rest) = text.strip_prefix("<!--") {
            rest
        } else if let Some(rest) = text.strip_prefix("-->") {
            rest
        } else if text.ends_with("*/")
            && let Some(at) = text.rfind("/*")
        {
            &text[..at]
        } else {
            return text;
        };
        text = shorter.trim();
    }
}

fn split(text: &str, at: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = end_of(text, &[at]);
        rest = text.get(end + 1..);
        Some(&text[..end])
    })
}

/// Where one of these stands, outside of strings, comments, brackets and blocks; else the
/// end.
fn end_of(text: &str, wanted: &[u8]) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if depth == 0 && wanted.contains(&byte) {
            return at;
        }
        match byte {
            b'\\' => at += 1,
            quote @ (b'"' | b'\'') => at = end_of_string(bytes, at + 1, quote),
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let end = memchr::memmem::find(&bytes[at + 2..], b"*/");
                at = end.map_or(bytes.len(), |end| at + 2 + end + 1);
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// Where the quote is that ends a string, or the line end that breaks it off.
fn end_of_string(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' => return at,
            other if other == quote => return at,
            _ => {}
        }
        at += 1;
    }
    at
}
