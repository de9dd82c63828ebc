//! JSON, out and in.

use super::Invocation;
use crate::RenderError;
use crate::value::{Value, write_json};

/// With an argument, indented by so many blanks.
pub(super) fn json<'a>(
    input: Value<'a>,
    call: &mut Invocation<'_, 'a>,
) -> Result<Value<'a>, RenderError> {
    const INDENT_MAX: i64 = 10;
    let indent = call.number_argument(0).as_integer().clamp(0, INDENT_MAX);
    let indent = usize::try_from(indent).unwrap_or(0);
    call.build(|out| write_json(&input, indent, out))
}

/// What is no text is taken for data already.
pub(super) fn from_json<'a>(
    input: Value<'a>,
    call: &mut Invocation<'_, 'a>,
) -> Result<Value<'a>, RenderError> {
    let Value::Text(text) = &input else {
        return Ok(input);
    };
    call.meter().items(text.as_str().len() / 8)?;
    match serde_json::from_str(text.as_str()) {
        Ok(json) => call.renderer.owned(json),
        Err(error) => Err(call.fail(format!(
            "what it is given is not JSON, at line {} column {}",
            error.line(),
            error.column()
        ))),
    }
}
