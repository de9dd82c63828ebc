//! What a call is made with, as `calls.json` writes it.

use customerio::Identifier;
use serde_json::Value;

/// What becomes of a call.
pub(crate) type Made = Result<(), Failure>;

pub(crate) enum Failure {
    /// The SDK has no method for it.
    Lacks,
    Failed(String),
}

impl Failure {
    pub(crate) const fn lacks() -> Made {
        Err(Failure::Lacks)
    }
}

impl From<customerio::Error> for Failure {
    fn from(error: customerio::Error) -> Self {
        Failure::Failed(error.to_string())
    }
}

/// The call is made; what it was answered does not matter here.
pub(crate) async fn sent<T>(
    request: impl IntoFuture<Output = Result<T, customerio::Error>>,
) -> Made {
    request.await?;
    Ok(())
}

/// An object of named values.
#[derive(Clone, Copy)]
pub(crate) struct With<'a>(pub(crate) &'a Value);

impl<'a> With<'a> {
    /// A value, `null` if there is none.
    pub(crate) fn value(self, name: &str) -> &'a Value {
        &self.0[name]
    }

    pub(crate) fn has(self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    pub(crate) fn part(self, name: &str) -> With<'a> {
        With(self.value(name))
    }

    pub(crate) fn maybe_text(self, name: &str) -> Option<&'a str> {
        self.value(name).as_str()
    }

    pub(crate) fn text(self, name: &str) -> Result<&'a str, Failure> {
        self.maybe_text(name).ok_or_else(|| lacking("text", name))
    }

    pub(crate) fn maybe_number(self, name: &str) -> Option<u64> {
        self.value(name).as_u64()
    }

    pub(crate) fn number(self, name: &str) -> Result<u64, Failure> {
        self.maybe_number(name)
            .ok_or_else(|| lacking("number", name))
    }

    pub(crate) fn maybe_flag(self, name: &str) -> Option<bool> {
        self.value(name).as_bool()
    }

    pub(crate) fn items(self, name: &str) -> &'a [Value] {
        self.value(name).as_array().map_or(&[], Vec::as_slice)
    }

    pub(crate) fn texts(self, name: &str) -> Vec<&'a str> {
        self.items(name).iter().filter_map(Value::as_str).collect()
    }

    /// The names and values of the object `name`; none if there is no such object.
    pub(crate) fn fields(self, name: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        entries(self.value(name))
    }

    pub(crate) fn person(self, name: &str) -> Result<Identifier, Failure> {
        person(self.value(name))
    }

    pub(crate) fn people(self, name: &str) -> Result<Vec<Identifier>, Failure> {
        self.items(name).iter().map(person).collect()
    }
}

/// The names and values of an object.
pub(crate) fn entries(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let fields = object.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.as_str(), value))
}

/// A text, which is an id, or `{id}`, `{email}` or `{cio_id}`.
pub(crate) fn person(value: &Value) -> Result<Identifier, Failure> {
    if let Some(id) = value.as_str() {
        return Ok(id.into());
    }
    let field = entries(value).next();
    let named = field.and_then(|(kind, value)| Some((kind, value.as_str()?.to_owned())));
    match named {
        Some(("id", id)) => Ok(Identifier::Id(id)),
        Some(("email", email)) => Ok(Identifier::Email(email)),
        Some(("cio_id", id)) => Ok(Identifier::CioId(id)),
        _ => Err(Failure::Failed(format!("{value} names nobody"))),
    }
}

/// A value that the call list has and this program cannot set.
pub(crate) fn unknown(name: &str) -> Failure {
    Failure::Failed(format!("this program cannot set {name}"))
}

fn lacking(kind: &str, name: &str) -> Failure {
    Failure::Failed(format!("the call list has no {kind} {name}"))
}
