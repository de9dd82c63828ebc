//! Where an API is: an origin and maybe a path prefix, checked once.

use std::net::IpAddr;

use reqwest::Url;

use crate::operations::Api;

impl Api {
    /// The version prefix that every path of the API starts with.
    const fn version_prefix(self) -> &'static str {
        match self {
            Api::Track => "/api/v1",
            Api::App | Api::Pipelines => "/v1",
        }
    }
}

/// A checked base URL. `Url` adds a slash to a bare origin, so the text without a
/// trailing slash is kept beside it.
#[derive(Debug, Clone)]
pub(crate) struct BaseUrl {
    url: Url,
    root: String,
    origin: String,
    is_loopback: bool,
}

impl BaseUrl {
    /// # Errors
    ///
    /// What is wrong with the URL, without repeating it: it may hold a password.
    pub(crate) fn parse(text: &str, api: Api) -> Result<BaseUrl, String> {
        let url = Url::parse(text.trim()).map_err(|error| {
            format!("is not a URL ({error}); write it like http://127.0.0.1:8080")
        })?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err("must start with http:// or https:// and name a host".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "must not hold a user name or password; credentials have their own settings"
                    .to_owned(),
            );
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("must not have a query or a fragment".to_owned());
        }
        let root = url.as_str().trim_end_matches('/').to_owned();
        let prefix = api.version_prefix();
        if url.path().trim_end_matches('/').ends_with(prefix) {
            return Err(format!("must not end in {prefix}; the client adds it"));
        }
        let origin = url.origin().ascii_serialization();
        let is_loopback = is_loopback(&url);
        Ok(BaseUrl {
            url,
            root,
            origin,
            is_loopback,
        })
    }

    /// The URL of a path below it, which is percent-encoded. Every call makes one, and
    /// parsing the whole text each time would be a tenth of the call's work.
    pub(crate) fn join(&self, path_and_query: &str) -> Url {
        let (path, query) = match path_and_query.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path_and_query, None),
        };
        let mut url = self.url.clone();
        match self.url.path() {
            "/" => url.set_path(path),
            prefix => url.set_path(&format!("{}{path}", prefix.trim_end_matches('/'))),
        }
        if query.is_some() {
            url.set_query(query);
        }
        url
    }

    /// The whole base without a trailing slash.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    /// Whether it is on this machine, where no proxy is on the way.
    pub(crate) const fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// Scheme, host and port only, for error messages.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_this_machine() {
        let is_loopback = |text| BaseUrl::parse(text, Api::Track).unwrap().is_loopback();
        for here in [
            "http://127.0.0.1:8080",
            "http://localhost",
            "https://[::1]:1",
        ] {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in [
            "http://10.0.0.1",
            "https://track.customer.io",
            "http://localhost.de",
        ] {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn a_trailing_slash_and_a_prefix_are_fine() {
        let root = |text| BaseUrl::parse(text, Api::Track).map(|url| url.root().to_owned());
        assert_eq!(
            root("http://127.0.0.1:8080/").unwrap(),
            "http://127.0.0.1:8080"
        );
        assert_eq!(root("https://h/cio/").unwrap(), "https://h/cio");
    }

    #[test]
    fn what_cannot_be_a_base_is_refused_without_being_repeated() {
        for text in [
            "localhost:8080",
            "ftp://h",
            "http://user:hunter2@h",
            "http://h?x=hunter2",
            "http://h/#hunter2",
            "http://h/api/v1",
            "http://h/api/v1/",
            "",
        ] {
            let problem = BaseUrl::parse(text, Api::Track).unwrap_err();
            assert!(!problem.contains("hunter2"), "{text}: {problem}");
        }
    }
}
