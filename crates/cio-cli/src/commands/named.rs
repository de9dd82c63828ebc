//! What has a number and a name at the service, by either.

use customerio::{ApiClient, Filter, Request};
use serde_json::{Value, json};

use super::items;
use crate::args::PeopleFilter;
use crate::context::Context;
use crate::exit::Failure;
use crate::suggest::nearest;

/// A kind of thing that has a number and a name.
pub(super) struct Named {
    /// What one is called: `segment`.
    pub(super) kind: &'static str,
    /// What makes a list of them: `segments list`.
    pub(super) listed_by: &'static str,
    /// Name of the list in the answer.
    pub(super) field: &'static str,
    pub(super) list: fn(&ApiClient) -> Request<Value>,
}

pub(super) const SEGMENT: Named = Named {
    kind: "segment",
    listed_by: "segments list",
    field: "segments",
    list: |api| api.segments().list().json(),
};

pub(super) const TEMPLATE: Named = Named {
    kind: "template",
    listed_by: "templates list",
    field: "messages",
    list: |api| api.transactional().list().json(),
};

pub(super) const BROADCAST: Named = Named {
    kind: "broadcast",
    listed_by: "broadcast list",
    field: "broadcasts",
    list: |api| api.broadcasts().list().json(),
};

impl Named {
    /// What a refusal means where one is asked for that is not there.
    pub(super) fn if_missing<E: Into<Failure>>(&self, number: u64) -> impl FnOnce(E) -> Failure {
        let text = format!("there is no {} {number}", self.kind);
        let hint = format!("customerio {} shows which there are", self.listed_by);
        move |error| error.into().if_missing(&text, &hint)
    }

    /// The number of the one that is meant.
    ///
    /// # Errors
    ///
    /// That there is none or more than one of this name, and the failures of a call: a name is
    /// looked up.
    pub(super) async fn number(&self, api: &ApiClient, typed: &str) -> Result<u64, Failure> {
        if let Ok(number) = typed.trim().parse() {
            return Ok(number);
        }
        let answer = (self.list)(api).await?;
        let all = items(&answer, self.field);
        let name = |item: &Value| item["name"].as_str().unwrap_or_default().to_owned();
        let wanted = typed.trim().to_lowercase();
        let found: Vec<&Value> = all
            .iter()
            .filter(|item| name(item).to_lowercase() == wanted)
            .collect();
        let kind = self.kind;
        match found.as_slice() {
            [one] => match &one["id"] {
                Value::String(text) => text.parse().ok(),
                number => number.as_u64(),
            }
            .ok_or_else(|| Failure::unexpected(format!("the {kind} \"{typed}\" has no number"))),
            [] => {
                let names: Vec<String> = all.iter().map(name).collect();
                let known: Vec<&str> = names.iter().map(String::as_str).collect();
                let hint = match nearest(typed, &known) {
                    Some(meant) => format!("did you mean \"{meant}\"?"),
                    None => format!("customerio {} shows which there are", self.listed_by),
                };
                Err(Failure::refused(format!("there is no {kind} named \"{typed}\"")).next(hint))
            }
            several => Err(Failure::config(format!(
                "{} {kind}s are named \"{typed}\"",
                several.len()
            ))
            .next(format!(
                "say its number; customerio {} shows them",
                self.listed_by
            ))),
        }
    }
}

/// The filter of all conditions that are typed; everybody if there are none. Names of segments
/// are looked up.
pub(super) async fn people_filter(
    typed: &PeopleFilter,
    context: &Context,
) -> Result<Value, Failure> {
    let mut segments = Vec::new();
    if !typed.segments.is_empty() {
        let api = context.app()?;
        for segment in &typed.segments {
            segments.push(SEGMENT.number(&api, segment).await?);
        }
    }
    let filter = typed.json(&segments)?;
    Ok(filter.unwrap_or_else(|| json!(Filter::everybody())))
}
