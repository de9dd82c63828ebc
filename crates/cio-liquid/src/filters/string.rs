//! Filters of text. Positions and lengths count characters.

use super::Invocation;
use crate::RenderError;
use crate::lexer::is_blank;
use crate::value::{Number, Text, Value, count};

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

pub(super) fn truncate<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    let ellipsis = match call.positional.len() {
        0 | 1 => Text::Borrowed("..."),
        _ => call.text_argument(1)?,
    };
    let (text, ellipsis) = (text.as_str(), ellipsis.as_str());
    let length = call.integer_or(0, Number::Int(50)).as_integer();
    let length = usize::try_from(length).unwrap_or(0);
    if text.len() <= length || text.chars().count() <= length {
        return Ok(input);
    }
    let kept = length.saturating_sub(ellipsis.chars().count());
    let end = text
        .char_indices()
        .nth(kept)
        .map_or(text.len(), |(at, _)| at);
    call.build(|out| {
        out.push(&text[..end])?;
        out.push(ellipsis)
    })
}

/// The ellipsis is there as soon as there are as many words, as in the reference.
pub(super) fn truncatewords<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    let ellipsis = match call.positional.len() {
        0 | 1 => Text::Borrowed("..."),
        _ => call.text_argument(1)?,
    };
    let words_max = call.integer_or(0, Number::Int(15)).as_integer().max(1);
    let words_max = usize::try_from(words_max).unwrap_or(usize::MAX);
    let text = text.as_str().trim_start_matches(is_blank);
    // Blanks at the end are followed by one more word, which is empty.
    let words = || {
        let mut in_blanks = false;
        text.split(move |c: char| {
            let starts = is_blank(c) && !in_blanks;
            in_blanks = is_blank(c);
            starts
        })
        .map(|word| word.trim_start_matches(is_blank))
    };
    let is_cut = words().nth(words_max - 1).is_some();
    call.build(|out| {
        for (index, word) in words().take(words_max).enumerate() {
            if index > 0 {
                out.push(" ")?;
            }
            out.push(word)?;
        }
        match is_cut {
            true => out.push(ellipsis.as_str()),
            false => Ok(()),
        }
    })
}

/// Of a text, a list or an object.
pub(super) fn size<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    Ok(match &input {
        Value::Text(text) => {
            call.meter().read(text.as_str().len())?;
            count(text.as_str().chars().count())
        }
        Value::List(list) => count(list.len()),
        Value::Object(object) => count(object.len()),
        Value::Range(first, last) => Value::Int(crate::value::range_len(*first, *last)),
        _ => Value::Int(0),
    })
}

/// A part of a text or a list, from a position on; negative ones count from the end.
pub(super) fn slice<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let begin = call.number_argument(0).as_integer();
    let length = call.integer_or(1, Number::Int(1)).as_integer();
    match &input {
        Value::Nil => call.list(Vec::new()),
        Value::List(_) | Value::Range(..) => {
            let items = call.items(&input)?;
            let part = part(begin, length, items.len());
            call.list(items[part].to_vec())
        }
        _ => {
            let text = call.text(&input)?;
            let text = text.as_str();
            let part = part(begin, length, text.chars().count());
            let end_of = |chars: usize| {
                text.char_indices()
                    .nth(chars)
                    .map_or(text.len(), |(at, _)| at)
            };
            call.made(text[end_of(part.start)..end_of(part.end)].to_owned())
        }
    }
}

fn part(begin: i64, length: i64, of: usize) -> std::ops::Range<usize> {
    let size = i64::try_from(of).unwrap_or(i64::MAX);
    let begin = if begin < 0 {
        size.saturating_add(begin)
    } else {
        begin
    };
    if begin < 0 || length < 0 {
        return 0..0;
    }
    let at = |position: i64| usize::try_from(position.min(size)).unwrap_or(of);
    at(begin)..at(begin.saturating_add(length))
}

/// `3 items`, `1 item`: the number, and the word that goes with it.
pub(super) fn pluralize<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let number = call.text(&input)?;
    let one = call.text_argument(0)?;
    let many = call.argument(1).cloned();
    let is_one = input
        .number()
        .is_some_and(|number| number.as_float() == 1.0);
    let many = match many {
        Some(many) => call.meter().text_of(&many)?,
        None => Text::Shared(format!("{}s", one.as_str()).into()),
    };
    call.build(|out| {
        out.push(number.as_str())?;
        out.push(" ")?;
        out.push(if is_one { one.as_str() } else { many.as_str() })
    })
}

/// How many words; with `cjk`, Chinese, Japanese and Korean characters are words of their
/// own, and with `auto` if there are any.
pub(super) fn number_of_words<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let (text, mode) = (call.text(&input)?, call.text_argument(0)?);
    let text = text.as_str();
    let cjk = text.chars().filter(|c| is_cjk(*c)).count();
    let others =
        |breaks: &dyn Fn(char) -> bool| text.split(breaks).filter(|w| !w.is_empty()).count();
    let words = match mode.as_str() {
        "cjk" => cjk + others(&|c| is_blank(c) || is_cjk(c)),
        "auto" if cjk > 0 => cjk + others(&|c| is_blank(c) || is_cjk(c)),
        _ => others(&is_blank),
    };
    Ok(count(words))
}

fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{3040}'..='\u{309f}' | '\u{30a0}'..='\u{30ff}' | '\u{ac00}'..='\u{d7af}')
}

/// `a, b, and c`.
pub(super) fn array_to_sentence_string<'a>(
    input: Value<'a>,
    call: &mut Invocation<'_, 'a>,
) -> Outcome<'a> {
    let items = call.items(&input)?;
    let connector = call.text_argument_or(0, "and")?;
    let connector = connector.as_str();
    let mut texts = Vec::with_capacity(items.len());
    for item in &items {
        texts.push(call.meter().text_of(item)?);
    }
    call.build(|out| {
        let last = texts.len().saturating_sub(1);
        for (index, text) in texts.iter().enumerate() {
            if index > 0 {
                out.push(if texts.len() > 2 { ", " } else { " " })?;
            }
            if index > 0 && index == last {
                out.push(connector)?;
                out.push(" ")?;
            }
            out.push(text.as_str())?;
        }
        Ok(())
    })
}

/// Whether a list has an item, or a text has another in it.
pub(super) fn contains<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let part = call.argument(0).cloned().unwrap_or(Value::Nil);
    crate::value::contains(&input, &part, call.meter()).map(Value::Bool)
}
