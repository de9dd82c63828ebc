//! Composes the messages it is told of, signs them and hands them over. What arrives is
//! checked by `conformance/mail`.
//!
//! ```text
//! cargo run -p cio-channels --example hand_over < plan.json
//! ```
//!
//! The plan: `{"smtp": URL, "dkim": [{"domain", "selector", "pem"}], "messages": […]}`, where
//! a message has the fields of a send and `id`, `unsubscribe_url`, `track`. It answers with
//! `{"dns": {name: record}, "handed": [[…] …]}`.

use std::error::Error;
use std::future::Future;
use std::io::Write as _;
use std::pin::Pin;

use cio_channels::email::dkim::DkimKey;
use cio_channels::email::smtp::{SmtpSettings, SmtpUrl, platform_tls};
use cio_channels::email::tracking::{Link, Tracking};
use cio_channels::email::{ComposeOptions, ProviderSettings, Providers, compose};
use cio_channels::{Handed, Point};
use cio_domain::message::{Attachment, EmailContent};
use serde_json::{Value, json};

/// Nothing is to be noted: nobody repeats this.
struct Nowhere;

impl Point for Nowhere {
    fn reached(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(std::future::ready(true))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let plan: Value = serde_json::from_reader(std::io::stdin())?;
    let mut dkim = Vec::new();
    for key in list(&plan, "dkim") {
        let (domain, selector) = (text(key, "domain"), text(key, "selector"));
        dkim.push(DkimKey::new(&domain, &selector, &text(key, "pem"))?);
    }
    let dns: serde_json::Map<String, Value> = dkim
        .iter()
        .map(DkimKey::dns_record)
        .map(|(name, record)| (name, record.into()))
        .collect();
    let provider = ProviderSettings {
        name: "sink".to_owned(),
        smtp: SmtpSettings::new(SmtpUrl::read(&text(&plan, "smtp"))?),
        domains: vec!["*".to_owned()],
        dkim,
    };
    let providers = Providers::new(vec![provider], &platform_tls()?);
    let mut handed = Vec::new();
    for message in list(&plan, "messages") {
        handed.push(hand_over(&providers, message).await?);
    }
    providers.close().await;
    let answer = json!({ "dns": dns, "handed": handed });
    writeln!(std::io::stdout(), "{answer}")?;
    Ok(())
}

async fn hand_over(providers: &Providers, message: &Value) -> Result<Vec<String>, Box<dyn Error>> {
    let (id, unsubscribe_url) = (text(message, "id"), maybe(message, "unsubscribe_url"));
    let link = |link: Link<'_>| {
        let to: String = link.url.bytes().map(|byte| format!("{byte:02x}")).collect();
        Some(format!("https://t.example.com/c?a=1&u={to}"))
    };
    let tracking = Tracking {
        pixel: Some("https://t.example.com/o?a=1&b=2"),
        link: Some(&link),
    };
    let options = ComposeOptions {
        unsubscribe_url: unsubscribe_url.as_deref(),
        tracking: (message["track"] == true).then_some(tracking),
        ..ComposeOptions::new(&id, 1_790_000_000_000)
    };
    let mut handed = Vec::new();
    for outgoing in compose(&content(message), &options)? {
        let report = providers.hand_over(&outgoing, &Nowhere).await;
        handed.push(match report.whole() {
            Handed::Taken { .. } => "taken".to_owned(),
            other => format!("{other:?}"),
        });
    }
    Ok(handed)
}

fn content(message: &Value) -> EmailContent {
    let pairs = |name: &str| {
        let pairs = message[name].as_object().into_iter().flatten();
        pairs.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
    };
    EmailContent {
        from: text(message, "from"),
        to: text(message, "to"),
        reply_to: maybe(message, "reply_to"),
        cc: maybe(message, "cc"),
        bcc: maybe(message, "bcc"),
        fake_bcc: message["fake_bcc"].as_bool(),
        subject: text(message, "subject"),
        preheader: maybe(message, "preheader"),
        body: text(message, "body"),
        body_plain: maybe(message, "body_plain"),
        body_amp: maybe(message, "body_amp"),
        headers: pairs("headers").collect(),
        attachments: pairs("attachments")
            .map(|(name, base64)| Attachment { name, base64 })
            .collect(),
        disable_css_preprocessing: message["disable_css_preprocessing"].as_bool(),
    }
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn maybe(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_owned)
}

fn text(value: &Value, name: &str) -> String {
    maybe(value, name).unwrap_or_default()
}
