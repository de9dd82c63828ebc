//! The Pipelines API.

use std::time::{Duration, UNIX_EPOCH};

use customerio::pipelines::{Alias, Group, Identify, Message, Page, Screen, Track, User, UtcTime};
use customerio::{Error, PipelinesClient};

use crate::with::{Failure, Made, With, sent, unknown};

pub(crate) async fn make(pipelines: &PipelinesClient, call: &str, with: &With<'_>) -> Made {
    match call {
        "pipelines_identify" => sent(pipelines.identify(identify(*with)?)).await,
        "pipelines_track" => sent(pipelines.track(track(*with)?)).await,
        "pipelines_page" => sent(pipelines.page(page(*with)?)).await,
        "pipelines_screen" => sent(pipelines.screen(screen(*with)?)).await,
        "pipelines_group" => sent(pipelines.group(group(*with)?)).await,
        "pipelines_alias" => sent(pipelines.alias(alias(*with)?)).await,
        "pipelines_batch" => {
            let items = with.items("items").iter().map(|item| message(With(item)));
            let messages = items.collect::<Result<Vec<Message>, Failure>>()?;
            let batch = pipelines.batch(messages).await;
            batch.map_err(|failed| Error::from(failed).into())
        }
        _ => Failure::lacks(),
    }
}

fn message(with: With<'_>) -> Result<Message, Failure> {
    Ok(match with.text("type")? {
        "identify" => identify(with)?.into(),
        "track" => track(with)?.into(),
        "page" => page(with)?.into(),
        "screen" => screen(with)?.into(),
        "group" => group(with)?.into(),
        "alias" => alias(with)?.into(),
        other => return Err(unknown(other)),
    })
}

fn user(with: With<'_>) -> Result<User, Failure> {
    match (with.maybe_text("userId"), with.maybe_text("anonymousId")) {
        (Some(id), None) => Ok(User::from(id)),
        (None, Some(id)) => Ok(User::anonymous(id)),
        (Some(id), Some(anonymous)) => Ok(User::from(id).and_anonymous(anonymous)),
        (None, None) => Err(unknown("nobody")),
    }
}

/// The fields that every kind has.
macro_rules! enveloped {
    ($message:expr, $with:expr) => {{
        let mut message = $message;
        if let Some(id) = $with.maybe_text("messageId") {
            message = message.message_id(id);
        }
        if let Some(text) = $with.maybe_text("timestamp") {
            message = message.timestamp(time(text)?);
        }
        if $with.has("context") {
            message = message.context($with.value("context"));
        }
        if $with.has("integrations") {
            message = message.integrations($with.value("integrations"));
        }
        message
    }};
}

/// The one time that the call list has.
fn time(text: &str) -> Result<UtcTime, Failure> {
    let time = UtcTime::from(UNIX_EPOCH + Duration::from_millis(1_767_323_045_678));
    match time.to_string() == text {
        true => Ok(time),
        false => Err(unknown(text)),
    }
}

fn identify(with: With<'_>) -> Result<Identify, Failure> {
    let mut identify = enveloped!(Identify::new(user(with)?), with);
    if with.has("traits") {
        identify = identify.traits(with.value("traits"));
    }
    Ok(identify)
}

fn track(with: With<'_>) -> Result<Track, Failure> {
    let mut track = enveloped!(Track::new(user(with)?, with.text("event")?), with);
    if with.has("properties") {
        track = track.properties(with.value("properties"));
    }
    Ok(track)
}

macro_rules! view {
    ($make:ident, $type:ident) => {
        fn $make(with: With<'_>) -> Result<$type, Failure> {
            let mut view = enveloped!($type::new(user(with)?), with);
            if let Some(name) = with.maybe_text("name") {
                view = view.name(name);
            }
            if let Some(category) = with.maybe_text("category") {
                view = view.category(category);
            }
            if with.has("properties") {
                view = view.properties(with.value("properties"));
            }
            Ok(view)
        }
    };
}
view!(page, Page);
view!(screen, Screen);

fn group(with: With<'_>) -> Result<Group, Failure> {
    let mut group = enveloped!(Group::new(with.text("groupId")?).user(user(with)?), with);
    if with.has("traits") {
        group = group.traits(with.value("traits"));
    }
    Ok(group)
}

fn alias(with: With<'_>) -> Result<Alias, Failure> {
    let alias = Alias::new(with.text("previousId")?, with.text("userId")?);
    Ok(enveloped!(alias, with))
}
