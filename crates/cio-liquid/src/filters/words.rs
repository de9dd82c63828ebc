//! Filters that count and cut: characters, words, and words for numbers and lists.

use super::Invocation;
use crate::RenderError;
use crate::lexer::is_blank;
use crate::value::{Number, Text, Value, count};

type Outcome<'a> = Result<Value<'a>, RenderError>;

pub(super) fn truncate<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    let ellipsis = match call.positional.len() {
        0 | 1 => Text::Borrowed("..."),
        _ => call.text_argument(1)?,
    };
    let (text, ellipsis) = (text.as_str(), ellipsis.as_str());
    let length = call.number_or(0, Number::Int(50)).as_integer();
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
    let words_max = call.number_or(0, Number::Int(15)).as_integer().max(1);
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
    let length = call.number_or(1, Number::Int(1)).as_integer();
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
    // It goes over the text a few times, character by character.
    call.meter().items(text.len() / 32)?;
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
