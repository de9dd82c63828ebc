//! Who looks at a message, by what they say of themselves.

use axum::http::{HeaderMap, Method, header};
use cio_domain::operation::Reader;

/// What fetches pictures so that nobody sees for whom. That of Gmail counts as a machine, as
/// the service has it: what it fetches may be for nobody.
const PROXIES: [&str; 2] = ["googleimageproxy", "yahoomailproxy"];

/// What Apple's Mail Privacy Protection sends, and no browser does: nothing beyond this. It
/// fetches whatever comes in.
const APPLE_PRIVACY: &str = "mozilla/5.0";

/// Parts of the names of what is no browser: filters, crawlers, previews, and programs.
const MACHINES: [&str; 16] = [
    "googleimageproxy",
    "bot",
    "crawl",
    "spider",
    "slurp",
    "preview",
    "scan",
    "barracuda",
    "proofpoint",
    "mimecast",
    "externalhit",
    "headless",
    "python",
    "curl/",
    "wget/",
    "go-http-client",
];

/// Who fetched the picture of a message.
pub(super) fn of_open(headers: &HeaderMap) -> Reader {
    let agent = agent(headers);
    Reader {
        is_machine: is_machine(&agent) || agent == APPLE_PRIVACY,
        is_proxy: PROXIES.iter().any(|proxy| agent.contains(proxy)) || agent == APPLE_PRIVACY,
    }
}

/// Who followed a link of a message. People fetch what is there, not its headers alone.
pub(super) fn of_click(method: &Method, headers: &HeaderMap) -> Reader {
    Reader {
        is_machine: method != Method::GET || is_machine(&agent(headers)),
        is_proxy: false,
    }
}

fn agent(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT);
    let agent = agent.and_then(|value| value.to_str().ok());
    agent.unwrap_or_default().trim().to_ascii_lowercase()
}

/// Every browser says what it is.
fn is_machine(agent: &str) -> bool {
    agent.is_empty() || MACHINES.iter().any(|name| agent.contains(name))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                          Chrome/140.0.0.0 Safari/537.36";
    const GMAIL: &str = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 \
                         (via ggpht.com GoogleImageProxy)";
    const YAHOO: &str = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html";

    fn headers(agent: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_static(agent))])
    }

    #[test]
    fn a_person_s_browser_is_no_machine_and_what_runs_ahead_of_it_is() {
        let reader = |agent| {
            let Reader {
                is_machine,
                is_proxy,
            } = of_open(&headers(agent));
            (is_machine, is_proxy)
        };
        assert_eq!(reader(CHROME), (false, false));
        assert_eq!(reader(YAHOO), (false, true));
        assert_eq!(reader(GMAIL), (true, true));
        assert_eq!(reader("Mozilla/5.0"), (true, true));
        assert_eq!(reader("Barracuda Sentinel (EE)"), (true, false));
        assert_eq!(of_open(&HeaderMap::new()), of_open(&headers("curl/8.5.0")));
    }

    #[test]
    fn a_click_is_a_person_s_unless_a_machine_says_otherwise() {
        let by_machine = |method: Method, agent| of_click(&method, &headers(agent)).is_machine;
        assert!(!by_machine(Method::GET, CHROME));
        assert!(by_machine(Method::HEAD, CHROME));
        assert!(by_machine(Method::GET, "Slackbot-LinkExpanding 1.0"));
        assert!(by_machine(Method::GET, ""));
        assert!(!by_machine(Method::GET, "Mozilla/5.0"));
    }
}
