//! The page itself.

use axum::http::StatusCode;
use axum::response::Response;
use cio_domain::Person;
use cio_domain::content::preference_center::Header;
use cio_domain::content::topic::{Topic, subscriptions};

use crate::app::subscriptions::chosen;
use crate::html::{document, escaped, message, page};

/// The field that says which choices were on the page.
pub(super) const SHOWN: &str = "shown";
/// The field, and the attribute, of who wants nothing at all.
pub(super) const UNSUBSCRIBED: &str = "unsubscribed";

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
    page(status, message(&Header::default().title, text))
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
