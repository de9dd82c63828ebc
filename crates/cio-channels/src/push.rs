//! Push notifications: one message to one device.

pub mod apns;
pub mod fcm;
mod payload;

use std::str::FromStr;

use cio_domain::message::PushContent;

/// What kind of device it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// An iPhone or iPad.
    Ios,
    /// An Android phone or tablet.
    Android,
}

impl Platform {
    /// As devices and payloads call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Platform::Ios => "ios",
            Platform::Android => "android",
        }
    }
}

/// A text that is no platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAPlatform;

impl FromStr for Platform {
    type Err = NotAPlatform;

    fn from_str(text: &str) -> Result<Platform, NotAPlatform> {
        match text {
            "ios" => Ok(Platform::Ios),
            "android" => Ok(Platform::Android),
            _ => Err(NotAPlatform),
        }
    }
}

/// A push for one device.
#[derive(Clone, Copy)]
pub struct Notification<'a> {
    /// The delivery it is part of: `CIO-Delivery-ID`, by which the app reports what became
    /// of it.
    pub delivery_id: &'a str,
    /// What kind of device it goes to.
    pub platform: Platform,
    /// The device's token.
    pub token: &'a str,
    /// What it says, rendered.
    pub content: &'a PushContent,
}
