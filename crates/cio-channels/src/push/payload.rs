//! What is sent to a device, as the push services and the official mobile SDKs read it.
//!
//! The SDKs take a push for theirs when it has both `CIO-Delivery-ID` and
//! `CIO-Delivery-Token`: on Android among `data`, on iOS beside `aps`. A link and a picture
//! are `link` and `image` there, and below `CIO.push` on iOS.

use serde_json::{Map, Value, json};

use super::{Notification, Platform};

const DELIVERY_ID: &str = "CIO-Delivery-ID";
const DELIVERY_TOKEN: &str = "CIO-Delivery-Token";

/// Headers of APNs that a payload in the form of FCM may say.
const APNS_HEADERS: [&str; 4] = [
    "apns-collapse-id",
    "apns-expiration",
    "apns-priority",
    "apns-push-type",
];

/// What APNs is sent.
#[derive(Debug, PartialEq)]
pub(super) struct ApnsPayload {
    pub(super) body: Map<String, Value>,
    /// Headers that the payload says, names in lower case.
    pub(super) headers: Vec<(&'static str, String)>,
}

impl ApnsPayload {
    /// Whether it shows something: what does not has to be sent as such, or APNs refuses
    /// it.
    pub(super) fn is_shown(&self) -> bool {
        let shows = |name: &str| {
            self.body
                .get("aps")
                .is_some_and(|aps| aps.get(name).is_some())
        };
        shows("alert") || shows("badge") || shows("sound")
    }
}

/// The body of a request to FCM: `{"message": …}`. The text says what a payload of the
/// caller's own lacks.
pub(super) fn fcm(push: &Notification<'_>) -> Result<Value, String> {
    let custom = Custom::read(push)?;
    let mut message = match custom.of(push.platform) {
        None => match push.platform {
            Platform::Android => android(push),
            Platform::Ios => of_apns(ios(push)),
        },
        Some(own) => match own.get("message") {
            Some(Value::Object(message)) => message.clone(),
            // In the form of APNs, which FCM passes on.
            None if push.platform == Platform::Ios && own.contains_key("aps") => {
                of_apns(own.clone())
            }
            _ => return Err(format!("custom_payload.{} has no `message`", custom.name)),
        },
    };
    for other_target in ["topic", "condition"] {
        message.remove(other_target);
    }
    message.insert("token".to_owned(), push.token.into());
    add_ids(object(&mut message, "data"), push);
    if let Some(Value::Object(apns)) = message.get_mut("apns")
        && let Some(Value::Object(payload)) = apns.get_mut("payload")
    {
        add_ids(payload, push);
    }
    Ok(json!({ "message": message }))
}

/// What APNs is sent. The text says what a payload of the caller's own lacks.
pub(super) fn apns(push: &Notification<'_>) -> Result<ApnsPayload, String> {
    let custom = Custom::read(push)?;
    let (mut body, headers) = match custom.of(Platform::Ios) {
        None => (ios(push), Vec::new()),
        Some(own) => match own.get("message") {
            None => (own.clone(), Vec::new()),
            Some(message) => {
                let Some(Value::Object(payload)) = message.pointer("/apns/payload") else {
                    return Err(format!(
                        "custom_payload.{} has no `message.apns.payload`, and this device is \
                         reached through APNs",
                        custom.name
                    ));
                };
                (payload.clone(), headers(message.pointer("/apns/headers")))
            }
        },
    };
    add_ids(&mut body, push);
    Ok(ApnsPayload { body, headers })
}

/// `custom_payload` of a message.
struct Custom {
    ios: Option<Map<String, Value>>,
    android: Option<Map<String, Value>>,
    /// Which of them is meant.
    name: &'static str,
}

impl Custom {
    fn read(push: &Notification<'_>) -> Result<Custom, String> {
        let mut custom = Custom {
            ios: None,
            android: None,
            name: push.platform.as_str(),
        };
        let text = push.content.custom_payload.as_deref().unwrap_or_default();
        if text.trim().is_empty() {
            return Ok(custom);
        }
        let own: Value =
            serde_json::from_str(text).map_err(|_| "custom_payload is not JSON".to_owned())?;
        let part = |name: &str| match own.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(part)) => Ok(Some(part.clone())),
            Some(_) => Err(format!("custom_payload.{name} is not a JSON object")),
        };
        custom.ios = part("ios")?;
        custom.android = part("android")?;
        if custom.ios.is_none() && custom.android.is_none() {
            return Err("custom_payload has neither `ios` nor `android`".to_owned());
        }
        // One payload for both, as the editor for it offers with FCM.
        if push.platform == Platform::Ios && custom.ios.is_none() {
            custom.name = Platform::Android.as_str();
        }
        let needed = match push.platform {
            Platform::Ios => custom.ios.as_ref().or(custom.android.as_ref()),
            Platform::Android => custom.android.as_ref(),
        };
        if needed.is_none() {
            return Err(format!("custom_payload says nothing for {}", custom.name));
        }
        Ok(custom)
    }

    fn of(&self, platform: Platform) -> Option<&Map<String, Value>> {
        match platform {
            Platform::Ios => self.ios.as_ref().or(self.android.as_ref()),
            Platform::Android => self.android.as_ref(),
        }
    }
}

fn android(push: &Notification<'_>) -> Map<String, Value> {
    let content = push.content;
    let image = content.image_url.as_deref().unwrap_or_default();
    let mut message = Map::new();
    let notification = said([
        ("title", content.title.as_str()),
        ("body", &content.message),
        ("image", image),
    ]);
    // Without one it is for the app alone.
    if !content.title.is_empty() || !content.message.is_empty() {
        message.insert("notification".to_owned(), notification.into());
    }
    let mut data = data(push);
    let link = content.link.as_deref().unwrap_or_default();
    data.extend(said([("link", link), ("image", image)]));
    message.insert("data".to_owned(), data.into());
    message
}

fn ios(push: &Notification<'_>) -> Map<String, Value> {
    let content = push.content;
    let alert = said([
        ("title", content.title.as_str()),
        ("body", &content.message),
    ]);
    let mut aps = Map::new();
    if alert.is_empty() {
        aps.insert("content-available".to_owned(), 1.into());
    } else {
        aps.insert("alert".to_owned(), alert.into());
        // The app's extension may change it: shows its picture, and says that it came.
        aps.insert("mutable-content".to_owned(), 1.into());
        match content.sound.as_deref() {
            Some("none") => {}
            None | Some("") => drop(aps.insert("sound".to_owned(), "default".into())),
            Some(sound) => drop(aps.insert("sound".to_owned(), sound.into())),
        }
    }
    let mut payload = data(push);
    payload.insert("aps".to_owned(), aps.into());
    let rich = said([
        ("link", content.link.as_deref().unwrap_or_default()),
        ("image", content.image_url.as_deref().unwrap_or_default()),
    ]);
    if !rich.is_empty() {
        payload.insert("CIO".to_owned(), json!({ "push": rich }));
    }
    payload
}

fn of_apns(payload: Map<String, Value>) -> Map<String, Value> {
    let mut message = Map::new();
    message.insert("apns".to_owned(), json!({ "payload": payload }));
    message
}

fn data(push: &Notification<'_>) -> Map<String, Value> {
    let pairs = push.content.custom_data.iter();
    pairs
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect()
}

fn add_ids(data: &mut Map<String, Value>, push: &Notification<'_>) {
    data.insert(DELIVERY_ID.to_owned(), push.delivery_id.into());
    data.insert(DELIVERY_TOKEN.to_owned(), push.token.into());
}

/// Those that say something.
fn said<const N: usize>(fields: [(&str, &str); N]) -> Map<String, Value> {
    let fields = fields.into_iter().filter(|(_, text)| !text.is_empty());
    fields
        .map(|(name, text)| (name.to_owned(), text.into()))
        .collect()
}

/// A member that is an object, made one if it is not.
fn object<'a>(map: &'a mut Map<String, Value>, name: &str) -> &'a mut Map<String, Value> {
    let member = map.entry(name).or_insert(Value::Null);
    if !member.is_object() {
        *member = Map::new().into();
    }
    member
        .as_object_mut()
        .unwrap_or_else(|| unreachable!("it was made an object"))
}

fn headers(said: Option<&Value>) -> Vec<(&'static str, String)> {
    let Some(Value::Object(said)) = said else {
        return Vec::new();
    };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    APNS_HEADERS
        .into_iter()
        .filter_map(|known| {
            let (_, value) = said
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(known))?;
            Some((known, text(value)?))
        })
        .collect()
}

#[cfg(test)]
mod tests;
