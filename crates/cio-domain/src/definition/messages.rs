//! JSON of messages and layouts.

use serde_json::{Value, json};

use super::content::{channel, variants, write_variants};
use super::fields::{Fields, Misfit, join};
use crate::condition::Condition;
use crate::content::broadcast::{
    ActionDetails, BroadcastDetails, NewAction, NewBroadcast, SendingState,
};
use crate::content::layout::NewLayout;
use crate::content::topic::TopicId;
use crate::content::transactional::{NewTransactional, TransactionalDetails};

pub(super) fn layout(name: &str, value: &Value) -> Result<NewLayout, Misfit> {
    let fields = Fields::read(value, "", &["body"])?;
    NewLayout::new(name, fields.required_text("body")?)
        .map_err(|invalid| Misfit::invalid("", invalid))
}

pub(super) fn transactional(name: &str, value: &Value) -> Result<NewTransactional, Misfit> {
    let known = &[
        "description",
        "channel",
        "send_to_unsubscribed",
        "link_tracking",
        "open_tracking",
        "hide_message_body",
        "queue_drafts",
        "topic",
        "content",
        "translations",
    ];
    let fields = Fields::read(value, "", known)?;
    let channel = channel(&fields, "")?;
    let invalid = |invalid| Misfit::invalid("", invalid);
    let details = TransactionalDetails::new(name, channel).map_err(invalid)?;
    let details = details.described(fields.text("description")?);
    let details = details.map_err(invalid)?;
    let flag =
        |name: &str, otherwise: bool| Ok::<_, Misfit>(fields.flag(name)?.unwrap_or(otherwise));
    let details = TransactionalDetails {
        send_to_unsubscribed: flag("send_to_unsubscribed", details.send_to_unsubscribed)?,
        link_tracking: flag("link_tracking", details.link_tracking)?,
        open_tracking: flag("open_tracking", details.open_tracking)?,
        hide_message_body: flag("hide_message_body", details.hide_message_body)?,
        queue_drafts: flag("queue_drafts", details.queue_drafts)?,
        topic: topic(&fields, "")?,
        ..details
    };
    let variants = variants(&fields, "", channel)?;
    NewTransactional::new(details, variants).map_err(invalid)
}

pub(super) fn broadcast(name: &str, value: &Value) -> Result<NewBroadcast<String>, Misfit> {
    let known = &["description", "active", "tags", "audience", "actions"];
    let fields = Fields::read(value, "", known)?;
    let invalid = |invalid| Misfit::invalid("", invalid);
    let details = BroadcastDetails::new(name).map_err(invalid)?;
    let tags = texts(&fields, "tags")?;
    let details = details.described(fields.text("description")?, tags);
    let details = details.map_err(invalid)?;
    let audience = fields.get("audience");
    let audience = audience.map(|it| Condition::from_json_by_name(it, "audience"));
    let details = BroadcastDetails {
        active: fields.flag("active")?.unwrap_or(details.active),
        audience: audience.transpose()?,
        ..details
    };
    let list = match fields.get("actions") {
        Some(Value::Array(list)) => list,
        Some(_) => return Err(Misfit::new("actions", "must be a list")),
        None => return Err(Misfit::new("actions", "is required")),
    };
    let numbered = list.iter().enumerate();
    let actions: Result<Vec<NewAction>, Misfit> = numbered
        .map(|(place, value)| action(value, &format!("actions[{place}]")))
        .collect();
    NewBroadcast::new(details, actions?).map_err(invalid)
}

fn action(value: &Value, path: &str) -> Result<NewAction, Misfit> {
    let known = &[
        "name",
        "channel",
        "sending_state",
        "send_to_unsubscribed",
        "link_tracking",
        "open_tracking",
        "topic",
        "content",
        "translations",
    ];
    let fields = Fields::read(value, path, known)?;
    let channel = channel(&fields, path)?;
    let details = ActionDetails::new(fields.required_text("name")?, channel);
    let details = details.map_err(|invalid| Misfit::invalid(path, invalid))?;
    let state = match fields.optional_text("sending_state")? {
        None => details.sending_state,
        Some(text) => SendingState::read(text).ok_or_else(|| {
            let known = SendingState::ALL.map(SendingState::as_str).join(", ");
            let problem = format!("must be one of {known}");
            Misfit::new(join(path, "sending_state"), problem)
        })?,
    };
    let flag =
        |name: &str, otherwise: bool| Ok::<_, Misfit>(fields.flag(name)?.unwrap_or(otherwise));
    Ok(NewAction {
        details: ActionDetails {
            send_to_unsubscribed: flag("send_to_unsubscribed", details.send_to_unsubscribed)?,
            link_tracking: flag("link_tracking", details.link_tracking)?,
            open_tracking: flag("open_tracking", details.open_tracking)?,
            topic: topic(&fields, path)?,
            sending_state: state,
            ..details
        },
        variants: variants(&fields, path, channel)?,
    })
}

/// The identifier of a topic, if there is one.
fn topic(fields: &Fields<'_>, path: &str) -> Result<Option<TopicId>, Misfit> {
    let wrong = || Misfit::new(join(path, "topic"), "must be topic_ and a number from 1");
    let text = fields.optional_text("topic")?.filter(|it| !it.is_empty());
    text.map(|text| text.parse().map_err(|_| wrong()))
        .transpose()
}

fn texts<'a>(fields: &Fields<'a>, name: &str) -> Result<Vec<&'a str>, Misfit> {
    let wrong = || Misfit::new(name, "must be a list of texts");
    match fields.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(list)) => list
            .iter()
            .map(|it| it.as_str().ok_or_else(wrong))
            .collect(),
        Some(_) => Err(wrong()),
    }
}

pub(super) fn write_transactional(message: &NewTransactional) -> Value {
    let details = message.details();
    let mut json = json!({
        "description": details.description,
        "channel": details.channel.name(),
        "send_to_unsubscribed": details.send_to_unsubscribed,
        "link_tracking": details.link_tracking,
        "open_tracking": details.open_tracking,
        "hide_message_body": details.hide_message_body,
        "queue_drafts": details.queue_drafts,
        "topic": details.topic.map(|topic| topic.to_string()),
    });
    write_variants(&mut json, message.variants());
    json
}

pub(super) fn write_broadcast(broadcast: &NewBroadcast<String>) -> Value {
    let details = broadcast.details();
    let actions: Vec<Value> = broadcast.actions().iter().map(write_action).collect();
    json!({
        "description": details.description,
        "active": details.active,
        "tags": details.tags,
        "audience": details.audience.as_ref().map(Condition::to_json_by_name),
        "actions": actions,
    })
}

fn write_action(action: &NewAction) -> Value {
    let details = &action.details;
    let mut json = json!({
        "name": details.name,
        "channel": details.channel.name(),
        "sending_state": details.sending_state.as_str(),
        "send_to_unsubscribed": details.send_to_unsubscribed,
        "link_tracking": details.link_tracking,
        "open_tracking": details.open_tracking,
        "topic": details.topic.map(|topic| topic.to_string()),
    });
    write_variants(&mut json, &action.variants);
    json
}

#[cfg(test)]
mod tests {
    use crate::definition::{Definition, Key, Kind};

    /// Each kind: its name, JSON as people write it, and its one spelling.
    const ALL: [(Kind, &str, &str, &str); 5] = [
        (
            Kind::Layout,
            "main",
            r#"{"body":"<b>{{ content }}</b>\n"}"#,
            r#"{"body":"<b>{{ content }}</b>"}"#,
        ),
        (
            Kind::TransactionalMessage,
            "Reset",
            r#"{"channel":"email","topic":"topic_3","queue_drafts":true,
                "content":{"from":"Shop <a@x.io>","subject":" Hi ","body":"<p>\n","layout":"main",
                           "headers":{"X-A":"1"},"fake_bcc":false},
                "translations":{"pt_BR":{"subject":"Oi"}}}"#,
            r#"{"channel":"email","content":{"body":"<p>","fake_bcc":false,"from":"Shop <a@x.io>","headers":[{"name":"X-A","value":"1"}],"layout":"main","subject":"Hi"},"description":"","hide_message_body":false,"link_tracking":true,"open_tracking":true,"queue_drafts":true,"send_to_unsubscribed":true,"topic":"topic_3","translations":{"pt-br":{"subject":"Oi"}}}"#,
        ),
        (
            Kind::TransactionalMessage,
            "Ready",
            r#"{"channel":"push","open_tracking":false,
                "content":{"to":"last_used","title":"T","message":"M","sound":"none","link":"",
                           "custom_data":{"b":"2","a":"1"},"custom_payload":"{\"ios\":{}}"}}"#,
            r#"{"channel":"push","content":{"custom_data":{"a":"1","b":"2"},"custom_payload":"{\"ios\":{}}","message":"M","sound":"none","title":"T","to":"last_used"},"description":"","hide_message_body":false,"link_tracking":true,"open_tracking":false,"queue_drafts":false,"send_to_unsubscribed":true,"topic":null,"translations":{}}"#,
        ),
        (
            Kind::TransactionalMessage,
            "Empty",
            r#"{"channel":"twilio"}"#,
            r#"{"channel":"sms","content":{},"description":"","hide_message_body":false,"link_tracking":true,"open_tracking":true,"queue_drafts":false,"send_to_unsubscribed":true,"topic":null,"translations":{}}"#,
        ),
        (
            Kind::Broadcast,
            "Launch",
            r#"{"tags":["b","a"],"audience":{"segment":{"name":"VIP"}},"actions":[
                {"name":"text","channel":"whatsapp","sending_state":"draft","content":{"body":"Now"}},
                {"name":"inbox","channel":"inbox","send_to_unsubscribed":true,
                 "translations":{"de":{"title":"Jetzt"}}}]}"#,
            r#"{"actions":[{"channel":"whatsapp","content":{"body":"Now"},"link_tracking":true,"name":"text","open_tracking":true,"send_to_unsubscribed":false,"sending_state":"draft","topic":null,"translations":{}},{"channel":"inbox","content":{},"link_tracking":true,"name":"inbox","open_tracking":true,"send_to_unsubscribed":true,"sending_state":"automatic","topic":null,"translations":{"de":{"title":"Jetzt"}}}],"active":true,"audience":{"segment":{"name":"VIP"}},"description":"","tags":["a","b"]}"#,
        ),
    ];

    #[test]
    fn what_is_written_is_read_back_the_same() {
        for (kind, name, given, spelled) in ALL {
            let definition = Definition::from_json(kind, name, given).unwrap();
            assert_eq!(definition.key(), Key::new(kind, name));
            assert_eq!(definition.summary().to_string(), spelled);
            let json = definition.to_json();
            assert_eq!(Definition::from_json(kind, name, &json), Ok(definition));
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let (message, cast) = (Kind::TransactionalMessage, Kind::Broadcast);
        for (kind, json, problem) in [
            (Kind::Layout, "{}", "\"body\" is required"),
            (
                Kind::Layout,
                r#"{"body":"x"}"#,
                "\"body\" must have {{ content }} once",
            ),
            (message, "{}", "\"channel\" is required"),
            (
                message,
                r#"{"channel":"fax"}"#,
                "\"channel\" must be one of email, push, sms, whatsapp, in_app, inbox",
            ),
            (
                message,
                r#"{"channel":"sms","content":{"subject":"x"}}"#,
                "\"content.subject\" is not known; known are from, to, body, media_url",
            ),
            (
                message,
                r#"{"channel":"email","translations":{"de":{"subject":"a\nb"}}}"#,
                "\"translations.de.subject\" must be one line",
            ),
            (
                message,
                r#"{"channel":"email","translations":{"d e":{}}}"#,
                "\"translations\" \"d e\" is not a language's code",
            ),
            (
                message,
                r#"{"channel":"email","content":{"headers":{"X":1}}}"#,
                "\"content.headers\" must have a text for each name",
            ),
            (
                message,
                r#"{"channel":"push","content":{"sound":"loud"}}"#,
                "\"content.sound\" must be default or none",
            ),
            (
                message,
                r#"{"channel":"email","topic":"news"}"#,
                "\"topic\" must be topic_ and a number from 1",
            ),
            (cast, "{}", "\"actions\" is required"),
            (cast, r#"{"actions":[]}"#, "\"actions\" must be 1 to 20"),
            (
                cast,
                r#"{"actions":[{}]}"#,
                "\"actions[0].channel\" is required",
            ),
            (
                cast,
                r#"{"actions":[{"channel":"sms"}]}"#,
                "\"actions[0].name\" is required",
            ),
            (
                cast,
                r#"{"actions":[{"channel":"sms","name":"a","sending_state":"on"}]}"#,
                "\"actions[0].sending_state\" must be one of automatic, draft, off",
            ),
            (
                cast,
                r#"{"actions":[{"channel":"sms","name":"a","content":{"body":7}}]}"#,
                "\"actions[0].content.body\" must be a text",
            ),
            (
                cast,
                r#"{"audience":{"segment":{"id":3}},"actions":[]}"#,
                "\"audience.segment\" has an unknown property \"id\"",
            ),
            (
                cast,
                r#"{"tags":"a","actions":[]}"#,
                "\"tags\" must be a list of texts",
            ),
        ] {
            let misfit = Definition::from_json(kind, "a", json).unwrap_err();
            let said = misfit.to_string();
            assert!(said.starts_with(problem), "{kind} {json}: {said}");
        }
        let number = Definition::from_json(message, "44", r#"{"channel":"email"}"#);
        assert!(
            number
                .unwrap_err()
                .to_string()
                .starts_with("\"name\" cannot be a number")
        );
    }
}
