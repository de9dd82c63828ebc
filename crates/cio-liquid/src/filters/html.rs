//! Filters of HTML.

use super::Invocation;
use crate::RenderError;
use crate::value::Value;

type Outcome<'a> = Result<Value<'a>, RenderError>;

const ESCAPES: [(char, &str); 5] = [
    ('&', "&amp;"),
    ('<', "&lt;"),
    ('>', "&gt;"),
    ('"', "&#34;"),
    ('\'', "&#39;"),
];

/// `xml_escape` is the same.
pub(super) fn escape<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    escaped(text.as_str(), call)
}

fn escaped<'a>(text: &str, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    call.build(|out| {
        let mut plain = 0;
        for (at, c) in text.char_indices() {
            if let Some((_, escape)) = ESCAPES.iter().find(|(escaped, _)| *escaped == c) {
                out.push(&text[plain..at])?;
                out.push(escape)?;
                plain = at + 1;
            }
        }
        out.push(&text[plain..])
    })
}

pub(super) fn unescape<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    let made = unescaped(text.as_str());
    call.made(made)
}

fn unescaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        made.push_str(&rest[..at]);
        rest = &rest[at..];
        match ESCAPES.iter().find(|(_, escape)| rest.starts_with(escape)) {
            Some((c, escape)) => {
                made.push(*c);
                rest = &rest[escape.len()..];
            }
            None => {
                made.push('&');
                rest = &rest[1..];
            }
        }
    }
    made.push_str(rest);
    made
}

/// What is escaped already stays as it is.
pub(super) fn escape_once<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    let plain = unescaped(text.as_str());
    call.meter().make(plain.len())?;
    escaped(&plain, call)
}

pub(super) fn newline_to_br<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    let text = text.as_str();
    call.build(|out| {
        for line in text.split_inclusive('\n') {
            match line.strip_suffix('\n') {
                Some(line) => {
                    out.push(line.strip_suffix('\r').unwrap_or(line))?;
                    out.push("<br />\n")?;
                }
                None => out.push(line)?,
            }
        }
        Ok(())
    })
}

/// Takes tags away, and scripts, styles and comments with what is in them.
pub(super) fn strip_html<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    let mut made = String::with_capacity(text.as_str().len());
    // One that is not closed once is not looked for again: each search goes to the end.
    let mut blocks = vec![
        ("<script", "</script>"),
        ("<style", "</style>"),
        ("<!--", "-->"),
        ("<", ">"),
    ];
    let mut rest = text.as_str();
    'text: while let Some(at) = rest.find('<') {
        made.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut index = 0;
        while let Some((open, close)) = blocks.get(index).copied() {
            if !rest.starts_with(open) {
                index += 1;
                continue;
            }
            match rest[open.len()..].find(close) {
                Some(end) => {
                    rest = &rest[open.len() + end + close.len()..];
                    continue 'text;
                }
                None => drop(blocks.remove(index)),
            }
        }
        break;
    }
    made.push_str(rest);
    call.made(made)
}

/// As it is; where a message is escaped, by another engine, this would prevent it.
pub(super) fn raw<'a>(input: Value<'a>, _: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    Ok(input)
}
