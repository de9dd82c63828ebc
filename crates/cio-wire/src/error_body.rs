//! The JSON bodies an error answer can have. The APIs use four envelopes, chosen per
//! endpoint, and sometimes none at all.
//!
//! | shape | where |
//! |---|---|
//! | `{"meta":{"error":"…"}}` | Track v1 limits, merge, 401; all of `/v1/send/*` |
//! | `{"meta":{"errors":["…"]}}` | Track v1 default |
//! | `{"errors":[{"reason","field","message","batch_index"?}]}` | Track v2 |
//! | `{"errors":[{"detail","status","code"?,"source"?}]}` | App API default |

use serde_json::{Value, json};

/// One error out of an error body, whichever envelope it came in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorItem {
    /// What went wrong, in the service's words.
    pub message: String,
    /// Machine-readable reason: `reason` of Track v2, `code` of the App API.
    pub reason: Option<String>,
    /// The field at fault: `field` of Track v2, `source.pointer` of the App API.
    pub field: Option<String>,
    /// Position of the refused operation in the posted batch, counting from 0.
    pub batch_index: Option<usize>,
}

/// An error body, read leniently: [`ErrorBody::parse`] accepts all four envelopes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErrorBody {
    /// The errors named, in the order of the body. Never empty after a successful parse.
    pub items: Vec<ErrorItem>,
}

impl ErrorBody {
    /// Reads any of the four envelopes. `None` if the body is empty, not JSON (a proxy's
    /// HTML page, say) or JSON without an error in it.
    pub fn parse(body: &[u8]) -> Option<ErrorBody> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let items = if let Some(text) = value.pointer("/meta/error").and_then(Value::as_str) {
            vec![ErrorItem::message(text)]
        } else if let Some(list) = value.pointer("/meta/errors").and_then(Value::as_array) {
            list.iter().filter_map(ErrorItem::from_value).collect()
        } else {
            let list = value.get("errors")?.as_array()?;
            list.iter().filter_map(ErrorItem::from_value).collect()
        };
        (!items.is_empty()).then_some(ErrorBody { items })
    }

    /// All messages, joined with `; `.
    pub fn message(&self) -> String {
        let messages: Vec<&str> = self
            .items
            .iter()
            .map(|item| item.message.as_str())
            .collect();
        messages.join("; ")
    }
}

impl ErrorItem {
    fn message(text: &str) -> ErrorItem {
        ErrorItem {
            message: text.to_owned(),
            ..ErrorItem::default()
        }
    }

    fn from_value(value: &Value) -> Option<ErrorItem> {
        if let Some(text) = value.as_str() {
            return Some(ErrorItem::message(text));
        }
        let object = value.as_object()?;
        let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        let reason = text("reason").or_else(|| text("code"));
        Some(ErrorItem {
            message: text("message")
                .or_else(|| text("detail"))
                .or_else(|| reason.clone())
                .unwrap_or_default(),
            reason,
            field: text("field").or_else(|| {
                value
                    .pointer("/source/pointer")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            }),
            batch_index: object
                .get("batch_index")
                .and_then(Value::as_u64)
                .and_then(|index| usize::try_from(index).ok()),
        })
    }
}

/// `{"meta":{"error":text}}`: Track v1 limits and 401, all of `/v1/send/*`.
pub fn meta_error(text: &str) -> Value {
    json!({ "meta": { "error": text } })
}

/// `{"meta":{"errors":[text]}}`: the default of Track v1.
pub fn meta_errors(text: &str) -> Value {
    json!({ "meta": { "errors": [text] } })
}

/// `{"errors":[{"reason","field","message","batch_index"?}]}`: Track v2. `batch_index` is
/// there where an item has one.
pub fn v2_errors(items: &[ErrorItem]) -> Value {
    let errors: Vec<Value> = items
        .iter()
        .map(|item| {
            let mut error = json!({
                "reason": item.reason.as_deref().unwrap_or_default(),
                "field": item.field.as_deref().unwrap_or_default(),
                "message": item.message,
            });
            if let Some(index) = item.batch_index {
                error["batch_index"] = json!(index);
            }
            error
        })
        .collect();
    json!({ "errors": errors })
}

/// `{"errors":[{"detail":…,"status":"404"}]}`: the default of the App API, where the
/// status is the HTTP code as a string.
pub fn app_error(status: u16, detail: &str) -> Value {
    json!({ "errors": [{ "detail": detail, "status": status.to_string() }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_all_four_envelopes() {
        let parse = |body: &str| ErrorBody::parse(body.as_bytes()).unwrap();

        assert_eq!(parse(r#"{"meta":{"error":"no"}}"#).message(), "no");
        assert_eq!(parse(r#"{"meta":{"errors":["a","b"]}}"#).message(), "a; b");
        assert_eq!(
            parse(r#"{"errors":[{"batch_index":3,"reason":"required","field":"name","message":"Name is required"}]}"#).items,
            [ErrorItem {
                message: "Name is required".into(),
                reason: Some("required".into()),
                field: Some("name".into()),
                batch_index: Some(3),
            }]
        );
        assert_eq!(
            parse(r#"{"errors":[{"detail":"bad","status":"422","source":{"pointer":"/data/attributes/ids"}}]}"#).items,
            [ErrorItem {
                message: "bad".into(),
                field: Some("/data/attributes/ids".into()),
                ..ErrorItem::default()
            }]
        );
    }

    #[test]
    fn a_body_without_an_error_is_none() {
        for body in [
            "",
            "<html>",
            "{}",
            "null",
            r#"{"errors":[]}"#,
            r#"{"errors":null}"#,
            r#"{"meta":{}}"#,
        ] {
            assert_eq!(ErrorBody::parse(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for body in [meta_error("x"), meta_errors("x"), app_error(404, "x")] {
            assert_eq!(
                ErrorBody::parse(body.to_string().as_bytes())
                    .unwrap()
                    .message(),
                "x"
            );
        }
        let item = |batch_index| ErrorItem {
            message: "Name is required".into(),
            reason: Some("required".into()),
            field: Some("name".into()),
            batch_index,
        };
        let items = vec![item(None), item(Some(2))];
        let body = v2_errors(&items).to_string();
        assert_eq!(ErrorBody::parse(body.as_bytes()), Some(ErrorBody { items }));
    }
}
