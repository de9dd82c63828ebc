//! Filters of text. Positions and lengths count characters.

use super::Invocation;
use crate::RenderError;
use crate::lexer::is_blank;
use crate::value::{Text, Value};

type Outcome<'a> = Result<Value<'a>, RenderError>;

pub(super) fn append<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let (text, after) = (call.text(&input)?, call.text_argument(0)?);
    call.build(|out| {
        out.push(text.as_str())?;
        out.push(after.as_str())
    })
}

pub(super) fn prepend<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let (text, before) = (call.text(&input)?, call.text_argument(0)?);
    call.build(|out| {
        out.push(before.as_str())?;
        out.push(text.as_str())
    })
}

pub(super) fn capitalize<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    let made = capitalized(text.as_str());
    call.made(made)
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + &chars.as_str().to_lowercase(),
        None => String::new(),
    }
}

/// Every word with a capital and the rest small: `JOHN SMITH` is written `John Smith`.
pub(super) fn titlecase<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    let mut made = String::with_capacity(text.as_str().len());
    let mut starts = true;
    for c in text.as_str().chars() {
        if starts {
            made.extend(c.to_uppercase());
        } else {
            made.extend(c.to_lowercase());
        }
        starts = is_blank(c) || (starts && !c.is_alphanumeric()) || c == '-';
    }
    call.made(made)
}

pub(super) fn upcase<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    call.made(text.as_str().to_uppercase())
}

pub(super) fn downcase<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    call.made(text.as_str().to_lowercase())
}

pub(super) fn strip<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    stripped(&input, call, true, true)
}

pub(super) fn lstrip<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    stripped(&input, call, true, false)
}

pub(super) fn rstrip<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    stripped(&input, call, false, true)
}

/// Takes blanks away, or the characters that are named.
fn stripped<'a>(
    input: &Value<'a>,
    call: &mut Invocation<'_, 'a>,
    at_start: bool,
    at_end: bool,
) -> Outcome<'a> {
    let text = call.text(input)?;
    let named = call.text_argument(0)?;
    let named: std::collections::HashSet<char> = named.as_str().chars().collect();
    call.meter().items(named.len())?;
    let goes = |c: char| match named.is_empty() {
        true => is_blank(c) || c == '\u{feff}',
        false => named.contains(&c),
    };
    let mut kept = text.as_str();
    if at_start {
        kept = kept.trim_start_matches(goes);
    }
    if at_end {
        kept = kept.trim_end_matches(goes);
    }
    call.made(kept.to_owned())
}

pub(super) fn strip_newlines<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    call.made(text.as_str().replace("\r\n", "").replace('\n', ""))
}

pub(super) fn normalize_whitespace<'a>(
    input: Value<'a>,
    call: &mut Invocation<'_, 'a>,
) -> Outcome<'a> {
    let text = call.text(&input)?;
    call.made(with_single_blanks(text.as_str()))
}

pub(super) fn squish<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    call.made(with_single_blanks(text.as_str().trim_matches(is_blank)))
}

fn with_single_blanks(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut in_blanks = false;
    for c in text.chars() {
        if !is_blank(c) {
            made.push(c);
        } else if !in_blanks {
            made.push(' ');
        }
        in_blanks = is_blank(c);
    }
    made
}

pub(super) fn split<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let (text, separator) = (call.text(&input)?, call.text_argument(0)?);
    let (text, separator) = (text.as_str(), separator.as_str());
    // A piece costs a value and the text in it, which has a head of its own.
    let pieces = match separator {
        "" => text.chars().count(),
        separator => text.matches(separator).count() + 1,
    };
    call.meter().make_items(pieces.saturating_mul(2))?;
    call.meter().make(text.len())?;
    let mut items: Vec<Value<'a>> = match separator {
        "" => text.chars().map(|c| Value::text(c.to_string())).collect(),
        separator => text.split(separator).map(Value::text).collect(),
    };
    while items
        .pop_if(|last| matches!(last, Value::Text(text) if text.as_str().is_empty()))
        .is_some()
    {}
    call.list(items)
}

pub(super) fn replace<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let (text, from, to) = (
        call.text(&input)?,
        call.text_argument(0)?,
        call.text_argument(1)?,
    );
    let (text, from, to) = (text.as_str(), from.as_str(), to.as_str());
    call.build(|out| {
        if from.is_empty() {
            // Between every two characters.
            for (index, c) in text.chars().enumerate() {
                if index > 0 {
                    out.push(to)?;
                }
                out.push(c.encode_utf8(&mut [0; 4]))?;
            }
            return Ok(());
        }
        for (index, piece) in text.split(from).enumerate() {
            if index > 0 {
                out.push(to)?;
            }
            out.push(piece)?;
        }
        Ok(())
    })
}

pub(super) fn replace_first<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let to = call.text_argument(1)?;
    replaced_at(&input, call, &to, |text, from| text.find(from))
}

pub(super) fn replace_last<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let to = call.text_argument(1)?;
    replaced_at(&input, call, &to, |text, from| text.rfind(from))
}

pub(super) fn remove<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let (text, from) = (call.text(&input)?, call.text_argument(0)?);
    match from.as_str() {
        "" => Ok(Value::Text(text)),
        from => call.made(text.as_str().replace(from, "")),
    }
}

pub(super) fn remove_first<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    replaced_at(&input, call, &Text::Borrowed(""), |text, from| {
        text.find(from)
    })
}

pub(super) fn remove_last<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    replaced_at(&input, call, &Text::Borrowed(""), |text, from| {
        text.rfind(from)
    })
}

fn replaced_at<'a>(
    input: &Value<'a>,
    call: &mut Invocation<'_, 'a>,
    to: &Text<'a>,
    find: impl Fn(&str, &str) -> Option<usize>,
) -> Outcome<'a> {
    let (text, from) = (call.text(input)?, call.text_argument(0)?);
    let (text, from) = (text.as_str(), from.as_str());
    let Some(at) = find(text, from) else {
        return call.made(text.to_owned());
    };
    call.build(|out| {
        out.push(&text[..at])?;
        out.push(to.as_str())?;
        out.push(&text[at + from.len()..])
    })
}

/// Whether a list has an item, or a text has another in it.
pub(super) fn contains<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let part = call.argument(0).cloned().unwrap_or(Value::Nil);
    crate::value::contains(&input, &part, call.meter()).map(Value::Bool)
}
