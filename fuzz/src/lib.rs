//! What the targets have in common: a request to a new server, and what has to hold of
//! every answer.

use std::cell::Cell;

use cio_server::fuzzing::{APP, Api, PIPELINES, TRACK};

/// What can be read back, of whoever the seeds are about.
const READS: [&str; 8] = [
    "/v1/activities?limit=100&deleted=true",
    "/v1/customers/1/attributes",
    "/v1/customers/1/activities",
    "/v1/customers/1/relationships",
    "/v1/objects/1/acme/relationships",
    "/v1/messages",
    "/v1/campaigns/1/triggers/1",
    "/v1/campaigns/1/triggers/1/errors",
];

thread_local! {
    /// Servers that have refused everything so far: as good as new.
    static EMPTY: Cell<Option<Api>> = const { Cell::new(None) };
    static KNOWN: Cell<Option<Api>> = const { Cell::new(None) };
    static CASTING: Cell<Option<Api>> = const { Cell::new(None) };
}

/// A Track call.
pub fn track(method: &str, path: &str, body: &[u8]) {
    call((method, path), TRACK, body);
}

/// A call of a server that knows two people.
pub fn track_known(method: &str, path: &str, body: &[u8]) {
    let api = KNOWN.take().unwrap_or_else(known);
    KNOWN.set(take_and_read_back(api, (method, path), TRACK, body));
}

fn known() -> Api {
    let api = Api::default();
    let known = br#"{"email":"a@x.io","anonymous_id":"v","p":1}"#;
    ask(&api, "PUT", "/api/v1/customers/1", TRACK.as_bytes(), known);
    ask(&api, "PUT", "/api/v1/customers/2", TRACK.as_bytes(), b"{}");
    api
}

/// A trigger of a broadcast of a server that knows two people.
pub fn trigger(body: &[u8]) {
    let api = CASTING.take().unwrap_or_else(|| {
        let api = known();
        let path = "/admin/v1/workspaces/1/broadcasts/launch";
        let launch = br#"{"actions":[{"name":"a","channel":"in_app","content":{"body":"b"}}]}"#;
        let status = ask(&api, "PUT", path, b"Bearer admin", launch);
        assert_eq!(status, Some(200), "there is a broadcast");
        api
    });
    let call = ("POST", "/v1/campaigns/1/triggers");
    CASTING.set(take_and_read_back(api, call, APP, body));
}

/// A Pipelines call.
pub fn pipelines(path: &str, body: &[u8]) {
    call(("POST", path), PIPELINES, body);
}

/// A call of the App API.
pub fn app(method: &str, path: &str, body: &[u8]) {
    call((method, path), APP, body);
}

fn call(call: (&str, &str), key: &str, body: &[u8]) {
    let api = EMPTY.take().unwrap_or_default();
    EMPTY.set(take_and_read_back(api, call, key, body));
}

/// Gives the server back if it took nothing, or only answered.
fn take_and_read_back(
    api: Api,
    (method, path): (&str, &str),
    key: &str,
    body: &[u8],
) -> Option<Api> {
    let status = ask(&api, method, path, key.as_bytes(), body);
    let is_taken = method != "GET" && status.is_some_and(|status| status < 300);
    if !is_taken {
        return Some(api);
    }
    for path in READS {
        ask(&api, "GET", path, APP.as_bytes(), b"");
    }
    None
}

/// Any credentials: nobody gets in with others than these.
pub fn authorization(value: &[u8]) {
    let api = EMPTY.take().unwrap_or_default();
    for (path, key) in [
        ("/api/v1/accounts/region", "site:key"),
        ("/v1/messages", "app"),
    ] {
        let Some(status) = ask(&api, "GET", path, value, b"") else {
            break;
        };
        let text = String::from_utf8_lossy(value).to_ascii_lowercase();
        let may_be_right = match key {
            "app" => text.contains("bearer") && text.contains(key),
            _ => text.contains("basic") && text.contains("c2l0ztpr"),
        };
        assert!(status == 401 || may_be_right, "{status} for {text}");
    }
    ask(&api, "POST", "/v1/track", value, b"{}");
    EMPTY.set(Some(api));
}

/// Every answer is no failure of the server, and JSON if it is anything.
fn ask(api: &Api, method: &str, path: &str, authorization: &[u8], body: &[u8]) -> Option<u16> {
    let (status, body) = api.ask(method, path, authorization, body)?;
    assert!(status < 500, "{status} for {method} {path}");
    if !body.is_empty() {
        let read: Result<serde_json::Value, _> = serde_json::from_slice(&body);
        assert!(read.is_ok(), "{method} {path}: {body:?}");
    }
    Some(status)
}
