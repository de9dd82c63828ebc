//! Who carries pushes and texts, as the settings say.

use std::fmt;

use cio_channels::push::Platform;
use cio_channels::push::apns::{Apns, ApnsSettings};
use cio_channels::push::fcm::Fcm;
use cio_channels::text::http::{Gateway, GatewaySettings};
use cio_channels::text::twilio::{Twilio, TwilioSettings};
use cio_channels::{ConfigError, HttpOptions};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Who carries pushes and texts. Where nobody does, they are captured and can be read back.
#[derive(Debug, Clone, Default)]
pub struct CarrierSettings {
    /// Google's service, for Android, and for iOS where `apns` is not set.
    pub fcm: Option<FcmSettings>,
    /// Apple's service, for iOS.
    pub apns: Option<ApnsCarrier>,
    /// Whoever carries text messages and WhatsApp messages.
    pub texts: Option<TextCarrier>,
}

/// How Google's push service is used.
#[derive(Clone)]
pub struct FcmSettings {
    /// The JSON file of a service account.
    pub service_account: String,
    /// Where its API is, if not at Google's own address.
    pub base_url: Option<String>,
}

impl fmt::Debug for FcmSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FcmSettings").finish_non_exhaustive()
    }
}

/// How Apple's push service is used.
#[derive(Debug, Clone)]
pub struct ApnsCarrier {
    /// Who sends, and for which app.
    pub settings: ApnsSettings,
    /// Where its API is, if not at Apple's own address.
    pub base_url: Option<String>,
}

/// Who carries texts.
#[derive(Debug, Clone)]
pub enum TextCarrier {
    /// Twilio.
    Twilio {
        /// The account.
        settings: TwilioSettings,
        /// Where its API is, if not at Twilio's own address.
        base_url: Option<String>,
        /// The root at which Twilio reaches this server, to tell what became of texts.
        /// `None`: it is not asked to.
        callback_url: Option<String>,
    },
    /// A gateway of one's own.
    Gateway(GatewaySettings),
}

/// Why a carrier cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("[{section}] {problem}")]
pub struct CarrierError {
    section: &'static str,
    problem: ConfigError,
}

/// Whoever carries pushes and texts, ready to.
#[derive(Debug, Default)]
pub(crate) struct Carriers {
    fcm: Option<Fcm>,
    apns: Option<Apns>,
    pub(super) texts: Option<Texts>,
}

/// Who carries a push to a device.
pub(super) enum PushCarrier<'a> {
    Fcm(&'a Fcm),
    Apns(&'a Apns),
}

/// Whoever carries texts.
#[derive(Debug)]
pub(super) enum Texts {
    Twilio {
        twilio: Twilio,
        /// Without a slash at its end.
        callback_url: Option<String>,
    },
    Gateway(Gateway),
}

impl Carriers {
    pub(crate) fn new(settings: &CarrierSettings) -> Result<Carriers, CarrierError> {
        let fcm = settings
            .fcm
            .as_ref()
            .map(|fcm| Fcm::new(&fcm.service_account, &at(&fcm.base_url)).map_err(of("push.fcm")));
        let apns = settings
            .apns
            .as_ref()
            .map(|apns| Apns::new(&apns.settings, &at(&apns.base_url)).map_err(of("push.apns")));
        Ok(Carriers {
            fcm: fcm.transpose()?,
            apns: apns.transpose()?,
            texts: settings.texts.as_ref().map(Texts::new).transpose()?,
        })
    }

    /// Whether anybody carries pushes: else they are captured.
    pub(super) const fn carry_pushes(&self) -> bool {
        self.fcm.is_some() || self.apns.is_some()
    }

    /// Who carries a push to a device of this kind.
    pub(super) fn of(&self, platform: Platform) -> Option<PushCarrier<'_>> {
        let fcm = self.fcm.as_ref().map(PushCarrier::Fcm);
        match platform {
            Platform::Android => fcm,
            Platform::Ios => self.apns.as_ref().map(PushCarrier::Apns).or(fcm),
        }
    }

    /// Whether Twilio signed a report that was sent to a path of this server.
    pub(crate) fn is_twilio_s(
        &self,
        path: &str,
        fields: &[(String, String)],
        signature: &str,
    ) -> bool {
        match &self.texts {
            Some(Texts::Twilio {
                twilio,
                callback_url: Some(root),
            }) => twilio.is_signed(&format!("{root}{path}"), fields, signature),
            _ => false,
        }
    }
}

impl Texts {
    fn new(settings: &TextCarrier) -> Result<Texts, CarrierError> {
        match settings {
            TextCarrier::Twilio {
                settings,
                base_url,
                callback_url,
            } => {
                let section = "text.twilio";
                if let Some(url) = callback_url {
                    HttpOptions::check_url("callback_url", url).map_err(of(section))?;
                }
                Ok(Texts::Twilio {
                    twilio: Twilio::new(settings, &at(base_url)).map_err(of(section))?,
                    callback_url: callback_url
                        .as_deref()
                        .map(|url| url.trim().trim_end_matches('/').to_owned()),
                })
            }
            TextCarrier::Gateway(settings) => Gateway::new(settings, &HttpOptions::default())
                .map(Texts::Gateway)
                .map_err(of("text.http")),
        }
    }

    /// Where it tells what becomes of a delivery.
    pub(super) fn callback(&self, delivery_id: &str) -> Option<String> {
        match self {
            Texts::Twilio { callback_url, .. } => {
                let id = utf8_percent_encode(delivery_id, NON_ALPHANUMERIC);
                let root = callback_url.as_ref()?;
                Some(format!("{root}/carriers/twilio/{id}"))
            }
            Texts::Gateway(_) => None,
        }
    }
}

fn at(base_url: &Option<String>) -> HttpOptions {
    HttpOptions {
        base: base_url.clone(),
        ..HttpOptions::default()
    }
}

fn of(section: &'static str) -> impl Fn(ConfigError) -> CarrierError {
    move |problem| CarrierError { section, problem }
}

#[cfg(test)]
mod tests;
