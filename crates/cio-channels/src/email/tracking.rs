//! Knowing of opens and clicks: links that lead past whoever counts them, and a picture of
//! one pixel.
//!
//! What is no link stays as it is, byte by byte. Not touched are links that are no
//! `http://` or `https://`, as they lead nowhere one could follow them to; links with
//! `class="untracked"` or `data-cio-tracking="false"`; and what stands in comments, style
//! sheets and scripts.

use super::html::{Attribute, Piece, Tag, decode_attribute, escape_attribute, pieces};

/// A link of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    /// Where it leads.
    pub url: &'a str,
    /// `data-cio-tag`: what it counts as, beside others whose addresses differ.
    pub tag: Option<&'a str>,
}

/// Where a link leads instead. `None`: where it does.
pub type LeadsTo<'a> = dyn Fn(Link<'_>) -> Option<String> + Sync + 'a;

/// What is put into a message so that it can be followed.
#[derive(Clone, Copy, Default)]
pub struct Tracking<'a> {
    /// The address of a picture that tells of an open.
    pub pixel: Option<&'a str>,
    /// Where a link leads instead.
    pub link: Option<&'a LeadsTo<'a>>,
}

/// Puts it in.
pub fn track(html: &str, tracking: &Tracking<'_>) -> String {
    let mut made = String::with_capacity(html.len() + html.len() / 2);
    let mut end_of_body = None;
    for piece in pieces(html) {
        match piece {
            Piece::Tag(tag) if !tag.is_end && (tag.is("a") || tag.is("area")) => {
                match tracking.link.and_then(|link| tracked(&tag, link)) {
                    None => made.push_str(tag.text),
                    Some((attribute, url)) => {
                        made.push_str(&tag.text[..attribute.start]);
                        made.push_str(attribute.name);
                        made.push_str("=\"");
                        made.push_str(&escape_attribute(&url));
                        made.push('"');
                        made.push_str(&tag.text[attribute.end..]);
                    }
                }
            }
            Piece::Tag(tag) if tag.is_end && tag.is("body") => {
                end_of_body = Some(made.len());
                made.push_str(tag.text);
            }
            Piece::Tag(tag) if tag.is_end && tag.is("html") => {
                end_of_body.get_or_insert(made.len());
                made.push_str(tag.text);
            }
            other => made.push_str(other.text()),
        }
    }
    if let Some(pixel) = tracking.pixel {
        let pixel = escape_attribute(pixel);
        let image = format!(
            "<img src=\"{pixel}\" width=\"1\" height=\"1\" alt=\"\" style=\"border:0;width:1px;height:1px\">"
        );
        made.insert_str(end_of_body.unwrap_or(made.len()), &image);
    }
    made
}

/// The attribute to replace and what by.
fn tracked<'a>(tag: &Tag<'a>, link: &LeadsTo<'_>) -> Option<(Attribute<'a>, String)> {
    let href = tag.attribute("href")?;
    let url = decode_attribute(href.value)?;
    // As a browser follows it: without what is around it, and without line breaks in it.
    let url: String = url
        .trim_matches(|it: char| it <= ' ')
        .chars()
        .filter(|it| !matches!(it, '\t' | '\n' | '\r'))
        .collect();
    let is_web = ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(scheme))
            && url.len() > scheme.len()
    });
    if !is_web || is_untracked(tag) {
        return None;
    }
    let name = tag.attribute("data-cio-tag");
    let name = name.and_then(|it| decode_attribute(it.value));
    let name = name.as_deref().map(str::trim).filter(|it| !it.is_empty());
    link(Link {
        url: &url,
        tag: name,
    })
    .map(|url| (href, url))
}

fn is_untracked(tag: &Tag<'_>) -> bool {
    let class = tag.attribute("class").map_or("", |it| it.value);
    class.split_ascii_whitespace().any(|it| it == "untracked")
        || tag
            .attribute("data-cio-tracking")
            .is_some_and(|it| it.value.trim().eq_ignore_ascii_case("false"))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use proptest::prelude::*;

    use super::*;

    fn counted(link: Link<'_>) -> Option<String> {
        let tag = link.tag.map(|tag| format!("&t={tag}")).unwrap_or_default();
        Some(format!(
            "https://t.example/?u={}{tag}",
            link.url.replace(':', "%3A")
        ))
    }

    fn made(html: &str) -> String {
        track(
            html,
            &Tracking {
                link: Some(&counted),
                pixel: None,
            },
        )
    }

    #[test]
    fn links_lead_past_whoever_counts_them() {
        let to = |rest: &str| format!("\"https://t.example/?u=https%3A//a.b{rest}\"");
        for (html, tracked) in [
            (
                "<a href=\"https://a.b/?x=1&amp;y=2\" class=c>",
                format!("<a href={} class=c>", to("/?x=1&amp;y=2")),
            ),
            ("<A HREF='https://a.b'>", format!("<A HREF={}>", to(""))),
            (
                "<a id=x href=https://a.b/c>d",
                format!("<a id=x href={}>d", to("/c")),
            ),
            (
                "<area href=\" https://a.b\n/c \"/>",
                format!("<area href={}/>", to("/c")),
            ),
            (
                "<a data-cio-tag='x y' href='https://a.b'>",
                format!(
                    "<a data-cio-tag='x y' href={}>",
                    "\"https://t.example/?u=https%3A//a.b&amp;t=x y\""
                ),
            ),
        ] {
            assert_eq!(made(html), tracked, "{html}");
        }
    }

    #[test]
    fn what_is_not_to_be_followed_stays_as_it_is() {
        for html in [
            "<a href=\"mailto:a@b.c\">",
            "<a href='tel:+1'>",
            "<a href=#top>",
            "<a href=\"javascript:x\">",
            "<a href=\"/relative\">",
            "<a href=https://>",
            "<a name=x>",
            "<a class=\"button untracked\" href=\"https://a.b\">",
            "<a data-cio-tracking=\"false\" href=\"https://a.b\">",
            "<!-- <a href=\"https://a.b\"> --><script>'<a href=\"https://a.b\">'</script>",
            "<style>a[href=\"https://a.b\"]{}</style><textarea><a href=\"https://a.b\"></textarea>",
            "<link href=\"https://a.b\"><img src=\"https://a.b\">",
            "<a href=\"https://a.b",
            "<a href=\"https://a.b/&unknown;\">",
        ] {
            assert_eq!(made(html), html);
        }
    }

    #[test]
    fn the_pixel_is_the_last_thing_in_the_body() {
        let tracking = Tracking {
            pixel: Some("https://t.example/o?a=1&b=\"2\""),
            link: None,
        };
        let image = "<img src=\"https://t.example/o?a=1&amp;b=&quot;2&quot;\" width=\"1\" height=\"1\" alt=\"\" style=\"border:0;width:1px;height:1px\">";
        for (html, before, after) in [
            (
                "<html><body>x</BODY ></html>\n",
                "<html><body>x",
                "</BODY ></html>\n",
            ),
            ("<html>x</html>", "<html>x", "</html>"),
            ("x<!-- </body> -->", "x<!-- </body> -->", ""),
            ("", "", ""),
        ] {
            assert_eq!(track(html, &tracking), format!("{before}{image}{after}"));
        }
    }

    #[test]
    fn a_link_is_asked_for_as_a_browser_would_follow_it() {
        let asked = Mutex::new(Vec::new());
        let link = |link: Link<'_>| {
            asked.lock().unwrap().push(link.url.to_owned());
            None
        };
        let html = "<a href='HTTPS://a.b/ü?q=&#39;x&quot;'>";
        let tracking = Tracking {
            link: Some(&link),
            pixel: None,
        };
        assert_eq!(
            track(html, &tracking),
            html,
            "nothing is said, nothing changes"
        );
        assert_eq!(*asked.lock().unwrap(), ["HTTPS://a.b/ü?q='x\""]);
    }

    proptest! {
        #[test]
        fn without_links_nothing_changes(html in "(<a|</a>|<p>|>|<!--|-->| href=|\"|'| |x|é|&amp;|<style>|</style>){0,30}") {
            prop_assert_eq!(made(&html), html);
        }

        #[test]
        fn only_addresses_change(url in "https://[a-z]{1,8}/[a-z&=?\"'<> é]{0,20}", before in "[a-z <>&]{0,10}", after in "[a-z <>&]{0,10}") {
            let link = |link: Link<'_>| Some(link.url.chars().rev().collect());
            let tracking = Tracking { link: Some(&link), pixel: None };
            let tag = |url: &str| format!("<a x=1 href=\"{}\" y>", escape_attribute(url));
            // A `<` before the link would make something else of it.
            let before = before.replace('<', "");
            let url = url.trim_end();
            let reversed: String = url.chars().rev().collect();
            let html = format!("{before}{}{after}", tag(url));
            prop_assert_eq!(track(&html, &tracking), format!("{before}{}{after}", tag(&reversed)));
        }
    }
}
