//! Filling variables into a message: `{{ customer.first_name }}`, `{{ trigger.total }}`.
//!
//! Only plain variables are rendered. Liquid tags and filters are refused by name, for a
//! message that shows its own template to a customer is worse than one that does not
//! leave. As in the service, a variable that resolves to nothing fails the message.

use serde_json::Value;

use crate::limits::RENDERED_BYTES_MAX;

/// Why a message cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RenderError {
    /// A variable that resolves to nothing.
    Missing(String),
    /// A tag or a filter, or a tag that is not closed.
    Unsupported(String),
    /// The result is larger than the limit.
    TooLarge,
}

impl std::fmt::Display for RenderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RenderError::Missing(name) => write!(f, "the variable {{{{ {name} }}}} has no value"),
            RenderError::Unsupported(text) => {
                write!(f, "only plain variables can be rendered, not: {text}")
            }
            RenderError::TooLarge => f.write_str("the rendered message is too large"),
        }
    }
}

impl std::error::Error for RenderError {}

/// Renders a text with the variables of `scope`, an object of objects.
pub fn render(template: &str, scope: &Value) -> Result<String, RenderError> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        let tail = &rest[start..];
        if tail.starts_with("{{") {
            let end = tail.find("}}").ok_or_else(|| unsupported(tail))?;
            out.push_str(&variable(tail[2..end].trim_matches('-').trim(), scope)?);
            rest = &tail[end + 2..];
        } else if tail.starts_with("{%") {
            return Err(unsupported(tail));
        } else {
            out.push('{');
            rest = &tail[1..];
        }
        if out.len() > RENDERED_BYTES_MAX {
            return Err(RenderError::TooLarge);
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn unsupported(text: &str) -> RenderError {
    RenderError::Unsupported(text.chars().take(60).collect())
}

fn variable(path: &str, scope: &Value) -> Result<String, RenderError> {
    let is_plain = !path.is_empty()
        && path
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if !is_plain {
        return Err(unsupported(path));
    }
    let value = path
        .split('.')
        .try_fold(scope, |value, key| value.get(key))
        .filter(|value| !value.is_null());
    match value {
        None => Err(RenderError::Missing(path.to_owned())),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(other) => Ok(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn fills_variables_in() {
        let scope = json!({"customer": {"first_name": "Ana"}, "trigger": {"total": 12.5}});
        assert_eq!(
            render(
                "Hi {{ customer.first_name }}, {{trigger.total}} { } {{-trigger.total-}}",
                &scope
            ),
            Ok("Hi Ana, 12.5 { } 12.5".into())
        );
    }

    #[test]
    fn a_missing_variable_is_named() {
        let error = render("{{ customer.nope }}", &json!({"customer": {}})).unwrap_err();
        assert_eq!(error, RenderError::Missing("customer.nope".into()));
        assert_eq!(
            error.to_string(),
            "the variable {{ customer.nope }} has no value"
        );
    }

    #[test]
    fn tags_and_filters_are_refused_not_printed() {
        for template in [
            "{% if x %}",
            "{{ customer.x | upcase }}",
            "{{ open",
            "{{}}",
            "{{ a[0] }}",
        ] {
            let result = render(template, &json!({}));
            assert!(
                matches!(result, Err(RenderError::Unsupported(_))),
                "{template}: {result:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn text_without_braces_stays_as_it_is(text in "[^{]*") {
            prop_assert_eq!(render(&text, &Value::Null), Ok(text));
        }

        #[test]
        fn anything_renders_or_is_refused(text in ".*") {
            let _ = render(&text, &json!({"a": 1}));
        }
    }
}
