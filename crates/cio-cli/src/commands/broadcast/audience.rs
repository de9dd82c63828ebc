//! Whom a broadcast goes to.

use customerio::{ApiClient, BroadcastTrigger, Filter, Identifier, PersonData};
use serde_json::Value;

use crate::args::broadcast::{Audience, TriggerArgs};
use crate::args::fields::object_of;
use crate::args::lines;
use crate::commands::named::SEGMENT;
use crate::exit::Failure;

/// The trigger for the people that are named, with the data for everybody.
pub(super) async fn trigger(
    args: &TriggerArgs,
    api: &ApiClient,
) -> Result<BroadcastTrigger, Failure> {
    let mut trigger = of(&args.to, api).await?;
    let data = args.data.object()?;
    if !data.is_empty() {
        trigger = trigger.data(data);
    }
    if args.ignore_missing_ids {
        trigger = trigger.id_ignore_missing(true);
    }
    if args.ignore_missing_emails {
        trigger = trigger.email_ignore_missing(true);
    }
    if args.add_duplicate_emails {
        trigger = trigger.email_add_duplicates(true);
    }
    Ok(trigger)
}

async fn of(to: &Audience, api: &ApiClient) -> Result<BroadcastTrigger, Failure> {
    if let Some(path) = &to.ids_file {
        return Ok(BroadcastTrigger::ids(texts("--ids-file", path)?));
    }
    if let Some(path) = &to.emails_file {
        return Ok(BroadcastTrigger::emails(texts("--emails-file", path)?));
    }
    if let Some(segment) = &to.segment {
        let number = SEGMENT.number(api, segment).await?;
        return Ok(BroadcastTrigger::filter(Filter::segment(number)));
    }
    if let Some(filter) = &to.filter {
        return Ok(BroadcastTrigger::filter(object_of("--filter", filter)?));
    }
    if let Some(path) = &to.per_person {
        return Ok(BroadcastTrigger::per_user_data(with_data(path)?));
    }
    if let Some(url) = &to.data_file_url {
        return Ok(BroadcastTrigger::data_file_url(url));
    }
    if to.default_audience {
        return Ok(BroadcastTrigger::default_audience());
    }
    if to.people.is_empty() {
        return Err(Failure::config("whom does it go to? Nobody is named").next(
            "--person, --segment, --filter, --ids-file, --emails-file, --per-person or \
             --data-file-url; --default-audience is whom the broadcast itself names",
        ));
    }
    people(to)
}

/// People of one kind are a list of their own; of both kinds each is said with it.
fn people(to: &Audience) -> Result<BroadcastTrigger, Failure> {
    let people = || to.people.iter().map(|person| &person.0);
    let values = || people().map(|person| person.value().to_owned());
    if people().any(|person| matches!(person, Identifier::CioId(_))) {
        return Err(
            Failure::config("a broadcast goes to people by id or address, not by cio_id")
                .next("customerio people show says the id and the address"),
        );
    }
    if people().all(|person| matches!(person, Identifier::Id(_))) {
        return Ok(BroadcastTrigger::ids(values()));
    }
    if people().all(|person| matches!(person, Identifier::Email(_))) {
        return Ok(BroadcastTrigger::emails(values()));
    }
    Ok(BroadcastTrigger::per_user_data(
        people().map(PersonData::new),
    ))
}

fn texts(argument: &'static str, path: &str) -> Result<Vec<String>, Failure> {
    let lines = lines::lines(argument, path)?;
    lines.map(|line| line.map(|(_, text)| text)).collect()
}

/// People of a file, each with data of their own.
fn with_data(path: &str) -> Result<Vec<PersonData>, Failure> {
    let lines = lines::lines("--per-person", path)?;
    lines
        .map(|line| {
            let (number, line) = line?;
            person(&line)
                .map_err(|why| Failure::config(format!("--per-person, line {number}: {why}")))
        })
        .collect()
}

fn person(line: &str) -> Result<PersonData, String> {
    let wanted = "write {\"id\":…} or {\"email\":…}, and \"data\":{…}";
    let value: Value = serde_json::from_str(line).map_err(|error| format!("{error}; {wanted}"))?;
    let identifier = match (&value["id"], &value["email"]) {
        (Value::String(id), Value::Null) => Identifier::Id(id.clone()),
        (Value::Number(id), Value::Null) => Identifier::Id(id.to_string()),
        (Value::Null, Value::String(email)) => Identifier::Email(email.clone()),
        _ => return Err(wanted.to_owned()),
    };
    let known = ["id", "email", "data"];
    let fields = value.as_object().into_iter().flatten();
    if let Some((other, _)) = fields
        .into_iter()
        .find(|(name, _)| !known.contains(&name.as_str()))
    {
        return Err(format!("\"{other}\" belongs into \"data\"; {wanted}"));
    }
    match &value["data"] {
        Value::Null => Ok(PersonData::new(identifier)),
        Value::Object(data) => Ok(PersonData::new(identifier).data(data)),
        _ => Err(format!("\"data\" must be an object; {wanted}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_one_person() {
        for line in [
            r#"{"id":"42"}"#,
            r#"{"id":42,"data":{"a":1}}"#,
            r#"{"email":"ana@example.com","data":null}"#,
        ] {
            assert!(person(line).is_ok(), "{line}");
        }
        for line in [
            "42",
            "{}",
            r#"{"id":"42","email":"ana@example.com"}"#,
            r#"{"id":"42","data":[1]}"#,
            r#"{"id":"42","plan":"pro"}"#,
            r#"{"id":"42""#,
        ] {
            assert!(person(line).is_err(), "{line}");
        }
    }
}
