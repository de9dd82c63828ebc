//! A plain text that says what a body in HTML says, for mail clients that show no HTML.

use crate::email::html::{Piece, Tag, decode_attribute, decode_text, is_void, pieces};

/// Most lists within one another that are counted.
const LISTS_MAX: usize = 32;

/// Makes it. A link is followed by its address: `here ( https://example.com )`.
pub(super) fn plain_text(html: &str) -> String {
    let mut writer = Writer::default();
    // The element whose end is waited for, and how often it has begun.
    let mut unseen: Option<(&str, usize)> = None;
    for piece in pieces(html) {
        match piece {
            Piece::Tag(tag) => {
                if let Some((name, depth)) = &mut unseen {
                    if tag.is(name) {
                        *depth = if tag.is_end { *depth - 1 } else { *depth + 1 };
                        if *depth == 0 {
                            unseen = None;
                        }
                    }
                    continue;
                }
                let name = tag.small_name();
                if tag.is_end || !is_unseen(&name, &tag) {
                    writer.tag(&name, &tag);
                } else if !is_void(&name) {
                    unseen = Some((tag.name, 1));
                }
            }
            Piece::Text(text) if unseen.is_none() => writer.text(text),
            Piece::Text(_) | Piece::Raw(_) | Piece::Aside(_) => {}
        }
    }
    writer.finish()
}

fn is_unseen(name: &str, tag: &Tag<'_>) -> bool {
    let is_never_shown = matches!(
        name,
        "head" | "noembed" | "noframes" | "script" | "select" | "style" | "template" | "title"
    );
    if is_never_shown || tag.attribute("hidden").is_some() {
        return true;
    }
    tag.attribute("style").is_some_and(|style| {
        let style = style.value.to_ascii_lowercase();
        style
            .replace(char::is_whitespace, "")
            .contains("display:none")
    })
}

#[derive(Default)]
struct Writer {
    text: String,
    /// Line ends to write before the next word.
    lines: usize,
    /// A space to write before the next word.
    space: bool,
    /// Where the text of the current link began, and where it leads.
    link: Option<(usize, String)>,
    /// For each list, the number of its next item; 0 where items have none.
    lists: Vec<usize>,
    /// How many `pre` are open.
    pre: usize,
}

impl Writer {
    fn tag(&mut self, name: &str, tag: &Tag<'_>) {
        match name {
            "br" => self.lines = (self.lines + 1).min(2),
            "hr" => {
                self.end_line(2);
                self.write("---");
                self.end_line(2);
            }
            "img" => {
                if let Some(alt) = tag.attribute("alt") {
                    self.text(alt.value);
                }
            }
            "a" => {
                self.end_link();
                if !tag.is_end {
                    self.link = tag
                        .attribute("href")
                        .and_then(|href| decode_attribute(href.value))
                        .map(|url| (self.text.len(), url.trim().to_owned()));
                }
            }
            "td" | "th" => self.space = true,
            // With an empty line around them.
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dl" | "blockquote" | "figure" => {
                self.end_line(2);
            }
            "ul" | "ol" => self.list(name, tag.is_end),
            "pre" => {
                self.end_line(2);
                self.pre = match tag.is_end {
                    true => self.pre.saturating_sub(1),
                    false => self.pre + 1,
                };
            }
            "li" => {
                self.end_line(1);
                if !tag.is_end {
                    self.item();
                }
            }
            // On lines of their own.
            "div" | "table" | "tr" | "dt" | "dd" | "section" | "article" | "header" | "footer"
            | "main" | "nav" | "aside" | "address" | "center" | "caption" | "form" | "body" => {
                self.end_line(1);
            }
            _ => {}
        }
    }

    fn list(&mut self, name: &str, is_end: bool) {
        // Lists within lists have no empty lines around them.
        let is_inner = self.lists.len() > usize::from(is_end);
        self.end_line(if is_inner { 1 } else { 2 });
        if is_end {
            self.lists.pop();
        } else if self.lists.len() < LISTS_MAX {
            self.lists.push(usize::from(name == "ol"));
        }
    }

    fn item(&mut self) {
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        let mark = match self.lists.last_mut() {
            Some(number) if *number > 0 => {
                *number += 1;
                format!("{indent}{}.", *number - 1)
            }
            _ => format!("{indent}*"),
        };
        self.write(&mark);
        self.space = true;
    }

    fn text(&mut self, text: &str) {
        let text = decode_text(text);
        if self.pre > 0 {
            for (at, line) in text.split('\n').enumerate() {
                if at > 0 {
                    self.lines = (self.lines + 1).min(2);
                }
                let line = line.trim_end();
                if !line.is_empty() {
                    self.write(line);
                }
            }
            return;
        }
        // What keeps a preheader apart from the body is no text.
        let is_filling = |it: char| matches!(it, '\u{200b}' | '\u{200c}' | '\u{34f}' | '\u{ad}');
        let is_gap = |it: char| it.is_whitespace();
        for (at, word) in text.split(is_gap).enumerate() {
            self.space |= at > 0;
            let without;
            let word = match word.is_ascii() || !word.contains(is_filling) {
                true => word,
                false => {
                    without = word.replace(is_filling, "");
                    &without
                }
            };
            if !word.is_empty() {
                self.write(word);
            }
        }
    }

    fn write(&mut self, word: &str) {
        if self.text.is_empty() {
            // Nothing stands before the first word.
        } else if self.lines > 0 {
            self.text.push_str(&"\n\n"[..self.lines]);
        } else if self.space {
            self.text.push(' ');
        }
        self.lines = 0;
        self.space = false;
        self.text.push_str(word);
    }

    fn end_line(&mut self, lines: usize) {
        if !self.text.is_empty() {
            self.lines = self.lines.max(lines);
        }
        self.space = false;
    }

    fn end_link(&mut self) {
        let Some((start, url)) = self.link.take() else {
            return;
        };
        let is_one = ["http://", "https://", "mailto:", "tel:"]
            .iter()
            .any(|scheme| {
                url.get(..scheme.len())
                    .is_some_and(|it| it.eq_ignore_ascii_case(scheme))
            });
        // An address that is shown is not shown twice.
        let shown = self.text[start..].trim();
        let bare = url.split_once(':').map_or(url.as_str(), |(_, rest)| rest);
        let bare = bare.trim_start_matches('/').trim_end_matches('/');
        let is_shown = shown.trim_end_matches('/').ends_with(bare);
        if is_one && !shown.is_empty() && !is_shown && !url.contains(char::is_whitespace) {
            // It belongs to the words before it, whatever comes between.
            let (lines, space) = (self.lines, self.space);
            (self.lines, self.space) = (0, true);
            self.write(&format!("( {url} )"));
            (self.lines, self.space) = (lines, space);
        }
    }

    fn finish(mut self) -> String {
        self.end_link();
        self.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_says_what_the_body_says() {
        let html = "<!DOCTYPE html><html><head><title>No</title><style>p{}</style></head>\n<body>\
            <!--[if mso]>no<![endif]--><div style=\"Display: none\">no<div>no</div></div>\
            <table><tr><td><img src=x alt=\"Shop &amp; Co\"></td><td>Order\n  4711</td></tr></table>\
            <h1>Thanks,&nbsp;Ana</h1><p>It is <b>on</b> its way.<br>See <a href=\"https://s.example/t?a=1&amp;b=2\">its page</a>.</p>\
            <ul><li>One<li>Two<ol><li>a</li><li>b</li></ol></ul>\
            <p><a href=\"https://s.example/\">s.example</a> <a href=\"#top\">up</a> <a href=\"https://s.example/x\"><img src=y></a></p>\
            <hr><pre>a  b\n c</pre>1 &lt; 2 &unknown; x</body></html>";
        assert_eq!(
            plain_text(html),
            "Shop & Co Order 4711\n\nThanks, Ana\n\nIt is on its way.\nSee its page ( https://s.example/t?a=1&b=2 ).\n\n\
            * One\n* Two\n  1. a\n  2. b\n\ns.example up\n\n---\n\na  b\n c\n\n1 < 2 &unknown; x"
        );
    }

    #[test]
    fn what_is_not_closed_does_no_harm() {
        assert_eq!(
            plain_text("<p>a<p>b</div></ul></pre><a href=https://x.y>c"),
            "a\n\nb\n\nc ( https://x.y )"
        );
        assert_eq!(plain_text(""), "");
        assert_eq!(plain_text("<style>x"), "");
    }

    proptest! {
        #[test]
        fn nothing_is_left_of_tags(html in "(<p>|</p>|<li>|<ul>|</ul>|<a href=x>|</a>|<br>|<td>|a| |\n|<pre>|</pre>|<head>|</head>|<img alt=b>){0,40}") {
            let text = plain_text(&html);
            prop_assert!(!text.contains('<'), "{}", text);
            prop_assert!(!text.contains("\n\n\n"), "{}", text);
            prop_assert_eq!(text.trim_end(), text.as_str());
        }
    }
}
