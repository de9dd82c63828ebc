//! What stands in a tag behind its name.

use std::ops::Range;

use super::is_space;

/// An attribute of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attribute<'a> {
    /// As it is written.
    pub(crate) name: &'a str,
    /// As it is written, without quotes. Empty where there is none.
    pub(crate) value: &'a str,
    /// Where name and value stand in the tag, quotes included.
    pub(crate) start: usize,
    /// Behind it.
    pub(crate) end: usize,
}

/// See [`Tag::attributes`](super::Tag::attributes).
pub(crate) struct Attributes<'a> {
    tag: &'a str,
    at: usize,
}

impl<'a> Attributes<'a> {
    /// Those of a tag that has nothing but its name before `at`.
    pub(super) fn of(tag: &'a str, at: usize) -> Attributes<'a> {
        Attributes { tag, at }
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        match scan(self.tag.as_bytes(), self.at)? {
            Scanned::End(_) => None,
            Scanned::Attribute {
                start,
                name_end,
                value,
                end,
            } => {
                self.at = end;
                Some(Attribute {
                    name: &self.tag[start..name_end],
                    value: &self.tag[value],
                    start,
                    end,
                })
            }
        }
    }
}

pub(super) enum Scanned {
    Attribute {
        start: usize,
        name_end: usize,
        value: Range<usize>,
        end: usize,
    },
    /// Behind the `>`.
    End(usize),
}

/// What follows in a tag. `None`: the text ends before the tag does.
pub(super) fn scan(bytes: &[u8], at: usize) -> Option<Scanned> {
    let skip = |at: usize, while_it: fn(u8) -> bool| {
        let rest = bytes.get(at..)?;
        rest.iter()
            .position(|byte| !while_it(*byte))
            .map(|it| at + it)
    };
    let start = skip(at, |it| is_space(it) || it == b'/')?;
    if bytes[start] == b'>' {
        return Some(Scanned::End(start + 1));
    }
    // A name may begin with `=`.
    let name_end = skip(start + 1, |it| {
        !is_space(it) && !matches!(it, b'/' | b'>' | b'=')
    })?;
    let equals = skip(name_end, is_space)?;
    let (value, end) = if bytes[equals] == b'=' {
        let from = skip(equals + 1, is_space)?;
        match bytes[from] {
            quote @ (b'"' | b'\'') => {
                let to = from + 1 + memchr::memchr(quote, &bytes[from + 1..])?;
                (from + 1..to, to + 1)
            }
            _ => {
                let to = skip(from, |it| !is_space(it) && it != b'>')?;
                (from..to, to)
            }
        }
    } else {
        (name_end..name_end, name_end)
    };
    Some(Scanned::Attribute {
        start,
        name_end,
        value,
        end,
    })
}
