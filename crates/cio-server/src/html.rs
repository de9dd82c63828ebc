//! Pages that people open in a browser: plain HTML that works without a script and on a phone.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

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

/// A page: what it is called, and what is on it as HTML.
pub(crate) fn document(title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>{}</title><style>{STYLE}</style></head><body><main>{main}</main></body></html>\n",
        escaped(title)
    )
}

/// The answer with a page. Its address is as good as a key: it is not passed on, kept or shown
/// in a frame.
pub(crate) fn page(status: StatusCode, html: impl Into<Body>) -> Response {
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
    let mut response = Response::new(html.into());
    *response.status_mut() = status;
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Text as it stands in HTML, attributes included.
pub(crate) fn escaped(text: &str) -> String {
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

/// A page that says one thing.
pub(crate) fn message(title: &str, text: &str) -> String {
    let main = format!("<h1>{}</h1><p>{}</p>", escaped(title), escaped(text));
    document(title, &main)
}
