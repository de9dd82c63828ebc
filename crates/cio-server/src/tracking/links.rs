//! The links that are put into messages.

use cio_domain::{PersonId, UnixMillis, WorkspaceId};
use reqwest::Url;

use crate::credentials::Hasher;
use crate::signed::{self, Purpose};
use crate::subscription_center::link::Link as PreferenceLink;

/// Makes links, and reads those it made.
#[derive(Clone)]
pub(crate) struct Links {
    /// What they start with, without a slash at its end.
    root: String,
    hasher: Hasher,
}

impl Links {
    pub(crate) fn new(root: String, hasher: Hasher) -> Links {
        Links { root, hasher }
    }

    /// The picture that tells that a message was opened.
    pub(crate) fn open(&self, delivery_id: &str) -> String {
        let token = signed::seal(&self.hasher, Purpose::Open, delivery_id.as_bytes());
        format!("{}/e/o/{token}", self.root)
    }

    /// The delivery of a picture.
    pub(super) fn read_open(&self, token: &str) -> Option<String> {
        let claim = signed::open(&self.hasher, Purpose::Open, token)?;
        String::from_utf8(claim).ok()
    }

    /// A link that leads to `href`, which is as a reader would type it, and tells that it was
    /// followed.
    pub(crate) fn click(&self, delivery_id: &str, href: &str) -> String {
        let token = signed::seal(
            &self.hasher,
            Purpose::Click,
            &[delivery_id.as_bytes(), b"\0", href.as_bytes()].concat(),
        );
        format!("{}/e/c/{token}", self.root)
    }

    /// The delivery of a link, and where it leads.
    pub(super) fn read_click(&self, token: &str) -> Option<(String, String)> {
        let claim = signed::open(&self.hasher, Purpose::Click, token)?;
        let claim = String::from_utf8(claim).ok()?;
        let (delivery_id, href) = claim.split_once('\0')?;
        Some((delivery_id.to_owned(), href.to_owned()))
    }

    /// Whether a link leads to this server already: it says itself that it was followed.
    pub(crate) fn are_from_here(&self, url: &str) -> bool {
        let rest = url.strip_prefix(self.root.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Where whoever got a message unsubscribes: a page, and what a mailbox calls for them
    /// (RFC 8058).
    pub(crate) fn unsubscribe(&self, delivery_id: &str) -> String {
        format!("{}/unsubscribe/{delivery_id}", self.root)
    }

    /// A message in the browser.
    pub(crate) fn view(&self, delivery_id: &str) -> String {
        let token = signed::seal(&self.hasher, Purpose::View, delivery_id.as_bytes());
        format!("{}/v/{token}", self.root)
    }

    /// The delivery that is shown.
    pub(super) fn read_view(&self, token: &str) -> Option<String> {
        let claim = signed::open(&self.hasher, Purpose::View, token)?;
        String::from_utf8(claim).ok()
    }

    /// The page on which somebody chooses what to hear of, in a message that leaves now.
    pub(crate) fn preferences(
        &self,
        workspace: WorkspaceId,
        person: PersonId,
        now: UnixMillis,
    ) -> String {
        let link = PreferenceLink::in_message(workspace, person, now);
        self.preference_page(&link.seal(&self.hasher))
    }

    /// The same page, by its token.
    pub(crate) fn preference_page(&self, token: &str) -> String {
        format!("{}/u/i/{token}", self.root)
    }
}

/// A root of links, without a slash at its end, or what is wrong with it.
pub(crate) fn links_root(url: &str) -> Result<String, &'static str> {
    let parsed = Url::parse(url).map_err(|_| "write it as https://links.example.com")?;
    if !["http", "https"].contains(&parsed.scheme()) {
        return Err("it must start with https:// or http://");
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err("it must not hold a password: everybody sees it");
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err("it must end before any ? and #");
    }
    Ok(parsed.as_str().trim_end_matches('/').to_owned())
}

/// A link as it stands in a header: what is not plain ASCII is escaped, as browsers do.
pub(super) fn as_location(href: &str) -> String {
    let mut location = String::with_capacity(href.len());
    for byte in href.bytes() {
        match byte {
            b'!'..=b'~' => location.push(char::from(byte)),
            other => location.push_str(&format!("%{other:02X}")),
        }
    }
    location
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links() -> Links {
        Links::new("https://l.example.com".to_owned(), Hasher::new([7; 32]))
    }

    fn token(url: &str) -> &str {
        url.rsplit('/').next().unwrap_or_default()
    }

    #[test]
    fn a_link_reads_back_where_it_was_made_and_as_what() {
        let links = links();
        let (open, view) = (links.open("d-1="), links.view("d-1="));
        assert!(open.starts_with("https://l.example.com/e/o/"));
        assert_eq!(links.read_open(token(&open)).as_deref(), Some("d-1="));
        assert_eq!(links.read_view(token(&view)).as_deref(), Some("d-1="));
        assert_eq!(links.read_open(token(&view)), None);
        assert_eq!(links.read_click(token(&open)), None);
        let click = links.click("d-1=", "https://a.example/?b=c");
        let read = Some(("d-1=".to_owned(), "https://a.example/?b=c".to_owned()));
        assert_eq!(links.read_click(token(&click)), read);
        let elsewhere = Links::new(String::new(), Hasher::new([8; 32]));
        assert_eq!(elsewhere.read_click(token(&click)), None);
    }

    proptest! {
        #[test]
        fn any_href_reads_back_and_no_token_that_was_not_made(
            href in ".*", forged in "[A-Za-z0-9_-]{0,200}",
        ) {
            let click = links().click("dgTx3AbpQwUDAZ9kQm4_", &href);
            let read = links().read_click(token(&click));
            prop_assert_eq!(read.map(|it| it.1), Some(href));
            prop_assert_eq!(links().read_click(&forged), None);
        }
    }

    #[test]
    fn a_root_is_a_plain_address() {
        let root = |url| links_root(url).unwrap();
        assert_eq!(root("https://l.example.com/"), "https://l.example.com");
        assert_eq!(root("http://[::1]:8080/cio/"), "http://[::1]:8080/cio");
        for url in [
            "l.example.com",
            "ftp://l.example.com",
            "https://u:p@l.example.com",
            "https://l.example.com/?x",
            "https://l.example.com/#x",
            "",
        ] {
            assert!(links_root(url).is_err(), "{url}");
        }
    }
}
