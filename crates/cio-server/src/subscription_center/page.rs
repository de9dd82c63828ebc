//! The page itself: plain HTML that works without a script and on a phone.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use cio_domain::Person;
use cio_domain::content::preference_center::Header;
use cio_domain::content::topic::{Topic, subscriptions};

use crate::app::subscriptions::chosen;

/// The field that says which choices were on the page.
pub(super) const SHOWN: &str = "shown";
/// The field, and the attribute, of who wants nothing at all.
pub(super) const UNSUBSCRIBED: &str = "unsubscribed";

const STYLE: &str = "\
body{font:1rem/1.5 system-ui,sans-serif;margin:0;padding:1.5rem;color:#1b1b1f;background:#fff}\
main{max-width:34rem;margin:0 auto}\
h1{font-size:1.5rem;line-height:1.25}\
label{display:flex;gap:.75rem;padding:.75rem 0;border-top:1px solid #ddd}\
input{flex:none;width:1.25rem;height:1.25rem}\
small{display:block;color:#555}\
button{font:inherit;margin-top:1rem;padding:.6rem 1.5rem;border:0;border-radius:.3rem;\
background:#1b1b1f;color:#fff}\
[role=status]{padding:.6rem 1rem;background:#e6f4ea}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#16161a}small{color:#aaa}\
label{border-color:#333}button{background:#eee;color:#16161a}[role=status]{background:#1d3a26}}";

/// What is on the page.
pub(super) struct Choices<'a> {
    pub(super) header: &'a Header,
    pub(super) topics: &'a [Topic],
    pub(super) person: &'a Person,
    pub(super) language: Option<&'a str>,
    /// Whether this answers a choice.
    pub(super) is_saved: bool,
}

impl Choices<'_> {
    pub(super) fn html(&self) -> String {
        let mut main = format!("<h1>{}</h1>", escaped(&self.header.title));
        if !self.header.subtitle.is_empty() {
            main += &format!("<p>{}</p>", escaped(&self.header.subtitle));
        }
        if self.is_saved {
            main += "<p role=\"status\">Your choices are saved.</p>";
        }
        main += "<form method=\"post\">";
        for (topic, subscribed) in subscriptions(self.topics, chosen(self.person)) {
            let text = topic.text_in(self.language);
            let name = topic.id.to_string();
            main += &choice(&name, subscribed, &text.name, &text.description);
        }
        let unsubscribed = self.person.is_unsubscribed();
        let text = "Do not send me anything";
        let about = "Whatever is chosen above.";
        let about = if self.topics.is_empty() { "" } else { about };
        main += &choice(UNSUBSCRIBED, unsubscribed, text, about);
        main += "<button>Save</button></form>";
        document(&self.header.title, &main)
    }
}

fn choice(name: &str, is_set: bool, text: &str, about: &str) -> String {
    let checked = if is_set { " checked" } else { "" };
    let about = match about {
        "" => String::new(),
        about => format!("<small>{}</small>", escaped(about)),
    };
    format!(
        "<input type=\"hidden\" name=\"{SHOWN}\" value=\"{name}\">\
         <label><input type=\"checkbox\" name=\"{name}\" value=\"1\"{checked}>\
         <span>{}{about}</span></label>",
        escaped(text)
    )
}

/// A link that was not made here, or leads to nobody any more.
pub(super) fn gone() -> Response {
    let text = "This link does not work. Please use the newest one you were sent.";
    problem(StatusCode::NOT_FOUND, text)
}

/// A link that worked once.
pub(super) fn expired() -> Response {
    let text = "This link has expired. Please ask for a new one, or use the newest one you \
                were sent.";
    problem(StatusCode::GONE, text)
}

fn problem(status: StatusCode, text: &str) -> Response {
    let title = Header::default().title;
    let main = format!("<h1>{}</h1><p>{}</p>", escaped(&title), escaped(text));
    answer(status, &document(&title, &main))
}

fn document(title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{}</title><style>{STYLE}</style></head><body><main>{main}</main></body></html>\n",
        escaped(title)
    )
}

/// The address is as good as a key: it is not passed on, kept or shown in a frame.
pub(super) fn answer(status: StatusCode, html: &str) -> Response {
    const HEADERS: [(header::HeaderName, &str); 6] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    let mut response = Response::new(Body::from(html.to_owned()));
    *response.status_mut() = status;
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Text as it stands in HTML, attributes included.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_written_is_markup() {
        let html = choice("topic_1", true, "<b>\"A\" & 'B'</b>", "</small><script>");
        assert!(html.contains("&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;"));
        assert!(
            !html.contains("<b>") && !html.contains("<script>"),
            "{html}"
        );
    }
}
