//! The line mail clients show beside the subject.

use crate::email::html::{Piece, escape_text, pieces};

/// How much of it is shown at most, by the vendor's estimate.
const SHOWN_CHARS: usize = 140;
/// Two characters that take a place and show nothing.
const FILLING: &str = "&#847;&nbsp;";

/// Puts it first in the body, hidden, and fills up what a mail client would take of the
/// body otherwise.
pub(super) fn with_preheader(html: &str, preheader: &str) -> String {
    let preheader = preheader.trim();
    if preheader.is_empty() {
        return html.to_owned();
    }
    let missing = SHOWN_CHARS.saturating_sub(preheader.chars().count());
    let hidden = format!(
        "<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">{}{}</div>",
        escape_text(preheader),
        FILLING.repeat(missing)
    );
    let at = start_of_body(html);
    format!("{}{hidden}{}", &html[..at], &html[at..])
}

/// Where what is shown begins: behind `<body …>`, or behind all that cannot be shown.
fn start_of_body(html: &str) -> usize {
    let (mut at, mut start) = (0, 0);
    for piece in pieces(html) {
        at += piece.text().len();
        match piece {
            Piece::Tag(tag) if tag.is("body") && !tag.is_end => return at,
            Piece::Tag(tag) if tag.is("head") && tag.is_end => start = at,
            Piece::Tag(tag) if tag.is("html") && !tag.is_end => start = at,
            Piece::Aside(text) if start == 0 && text.len() > 2 && is_doctype(text) => start = at,
            _ => {}
        }
    }
    start
}

fn is_doctype(text: &str) -> bool {
    text.get(2..9)
        .is_some_and(|it| it.eq_ignore_ascii_case("doctype"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_first_thing_in_the_body() {
        for (html, before) in [
            ("<html><BODY class=x>Hi", "<html><BODY class=x>"),
            (
                "<!-- <body> --><html><head></head>Hi",
                "<!-- <body> --><html><head></head>",
            ),
            ("<!DOCTYPE html><p>Hi", "<!DOCTYPE html>"),
            ("<html><p>Hi", "<html>"),
            ("Hi", ""),
        ] {
            let made = with_preheader(html, " a<b ");
            let hidden = made.strip_prefix(before).unwrap();
            assert!(hidden.starts_with("<div style=\"display:none;"), "{made}");
            assert!(hidden.contains(">a&lt;b&#847;&nbsp;"), "{made}");
            assert!(made.ends_with(&html[before.len()..]));
            assert_eq!(made.matches("&nbsp;").count(), 137);
        }
        assert_eq!(with_preheader("<p>Hi", " "), "<p>Hi");
        let long = "x".repeat(200);
        assert!(with_preheader("Hi", &long).contains(&format!(">{long}</div>Hi")));
    }
}
