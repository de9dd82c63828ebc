//! HTML as a sequence of pieces that together are the text they were cut from, so that
//! what is changed in one place leaves every other byte as it is.
//!
//! It is cut as HTML's own tokenizer does it, but for one thing: where a tag has no end,
//! the rest is text. Nothing is refused.

mod attribute;
mod entity;

use std::borrow::Cow;

pub(crate) use attribute::{Attribute, Attributes};
use attribute::{Scanned, scan};
pub(crate) use entity::{decode_attribute, decode_text, escape_attribute, escape_text};

/// Whether an element has no content, and no end tag; by its name in small letters.
pub(crate) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Whether what an element contains is text up to its own end tag, whatever stands in it.
fn is_raw_text(name: &str) -> bool {
    matches!(
        name,
        "iframe"
            | "noembed"
            | "noframes"
            | "script"
            | "style"
            | "textarea"
            | "title"
            | "xmp"
            | "plaintext"
    )
}

/// A piece of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text between tags.
    Text(&'a str),
    /// What stands in a `<style>`, a `<script>` and their like.
    Raw(&'a str),
    /// A comment, a doctype or another declaration.
    Aside(&'a str),
    /// A tag.
    Tag(Tag<'a>),
}

impl<'a> Piece<'a> {
    /// As it stands in the text.
    pub(crate) fn text(&self) -> &'a str {
        match self {
            Piece::Text(text) | Piece::Raw(text) | Piece::Aside(text) => text,
            Piece::Tag(tag) => tag.text,
        }
    }
}

/// A start tag or an end tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// From `<` to `>`.
    pub(crate) text: &'a str,
    /// Its name as it is written.
    pub(crate) name: &'a str,
    pub(crate) is_end: bool,
}

impl<'a> Tag<'a> {
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Its name in small letters, as names are compared.
    pub(crate) fn small_name(&self) -> Cow<'a, str> {
        match self.name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(self.name.to_ascii_lowercase()),
            false => Cow::Borrowed(self.name),
        }
    }

    /// Its attributes, in order. Of two with one name the first counts.
    pub(crate) fn attributes(&self) -> Attributes<'a> {
        // An end tag begins with `</`.
        let behind_name = 1 + usize::from(self.is_end) + self.name.len();
        Attributes::of(self.text, behind_name)
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<Attribute<'a>> {
        self.attributes()
            .find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// Where another attribute can be put in: before `>` or `/>`.
    pub(crate) fn end_of_attributes(&self) -> usize {
        let last = self.attributes().last();
        last.map_or(1 + self.name.len(), |attribute| attribute.end)
    }
}

/// Cuts HTML into its pieces.
pub(crate) fn pieces(html: &str) -> Pieces<'_> {
    Pieces {
        html,
        at: 0,
        raw: None,
    }
}

/// See [`pieces`].
pub(crate) struct Pieces<'a> {
    html: &'a str,
    at: usize,
    /// What follows is raw text up to the end tag of this name.
    raw: Option<&'a str>,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let rest = &self.html[self.at..];
        if rest.is_empty() {
            return None;
        }
        let raw_length = self.raw.take().map_or(0, |name| raw_length(rest, name));
        let piece = match raw_length {
            0 => piece(rest),
            length => Piece::Raw(&rest[..length]),
        };
        self.at += piece.text().len();
        if let Piece::Tag(tag) = piece
            && !tag.is_end
            && is_raw_text(&tag.small_name())
        {
            self.raw = Some(tag.name);
        }
        Some(piece)
    }
}

fn piece(rest: &str) -> Piece<'_> {
    let bytes = rest.as_bytes();
    if !opens(bytes) {
        return Piece::Text(&rest[..text_length(bytes)]);
    }
    match bytes[1] {
        b'!' if rest.starts_with("<!--") => Piece::Aside(&rest[..comment_length(bytes)]),
        b'!' | b'?' => Piece::Aside(&rest[..to_angle(bytes)]),
        b'/' if !bytes[2].is_ascii_alphabetic() => Piece::Aside(&rest[..to_angle(bytes)]),
        second => {
            let is_end = second == b'/';
            let from = 1 + usize::from(is_end);
            let is_name = |byte: &u8| !is_space(*byte) && !matches!(byte, b'/' | b'>');
            let name = bytes[from..].iter().take_while(|it| is_name(it)).count();
            match tag_end(bytes, from + name) {
                Some(end) => Piece::Tag(Tag {
                    text: &rest[..end],
                    name: &rest[from..from + name],
                    is_end,
                }),
                // Nothing behind it is a tag either.
                None => Piece::Text(rest),
            }
        }
    }
}

/// Whether a tag, a comment or a declaration begins here.
fn opens(bytes: &[u8]) -> bool {
    matches!(bytes, [b'<', next, ..] if next.is_ascii_alphabetic() || matches!(next, b'!' | b'?' | b'/'))
        && bytes != b"</"
}

/// To where the next one begins.
fn text_length(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'<', bytes)
        .find(|at| opens(&bytes[*at..]))
        .unwrap_or(bytes.len())
}

fn to_angle(bytes: &[u8]) -> usize {
    memchr::memchr(b'>', bytes).map_or(bytes.len(), |end| end + 1)
}

fn comment_length(bytes: &[u8]) -> usize {
    for short in [&b"<!-->"[..], b"<!--->"] {
        if bytes.starts_with(short) {
            return short.len();
        }
    }
    memchr::memchr_iter(b'>', bytes)
        .find(|end| bytes[4..*end].ends_with(b"--") || bytes[4..*end].ends_with(b"--!"))
        .map_or(bytes.len(), |end| end + 1)
}

/// Behind the `>` of a tag whose name ends at `at`.
fn tag_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match scan(bytes, at)? {
            Scanned::End(end) => return Some(end),
            Scanned::Attribute { end, .. } => at = end,
        }
    }
}

fn raw_length(rest: &str, name: &str) -> usize {
    if name.eq_ignore_ascii_case("plaintext") {
        return rest.len();
    }
    let bytes = rest.as_bytes();
    memchr::memmem::find_iter(bytes, b"</")
        .find(|at| {
            let after = &bytes[at + 2..];
            let is_same = after
                .get(..name.len())
                .is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()));
            let next = after.get(name.len());
            is_same && next.is_some_and(|next| is_space(*next) || matches!(next, b'/' | b'>'))
        })
        .unwrap_or(bytes.len())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

#[cfg(test)]
mod tests;
