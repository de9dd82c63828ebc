//! The body of an email: its style sheets, its links, the text that is made of it, and the
//! message it becomes.
#![no_main]

use cio_channels::email::tracking::{Link, Tracking, track};
use cio_channels::email::{ComposeOptions, compose};
use cio_domain::message::EmailContent;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|html: &str| {
    let nobody = |_: Link<'_>| None;
    let untouched = Tracking {
        pixel: None,
        link: Some(&nobody),
    };
    assert_eq!(track(html, &untouched), html);

    let link = |link: Link<'_>| Some(format!("https://t.example/{}", link.url.len()));
    let tracking = Tracking {
        pixel: Some("https://t.example/open"),
        link: Some(&link),
    };
    assert!(track(html, &tracking).contains("https://t.example/open"));

    let content = EmailContent {
        from: "shop@example.com".into(),
        to: "ana@example.com".into(),
        subject: html.chars().take(200).collect(),
        preheader: html.chars().nth(3).map(String::from),
        body: html.to_owned(),
        ..EmailContent::default()
    };
    let options = ComposeOptions {
        tracking: Some(tracking),
        ..ComposeOptions::new("id", 0)
    };
    let made = compose(&content, &options).expect("any body can be sent");
    let message = made[0].message();
    assert!(message.ends_with(b"\r\n"));
    assert!(message.split(|byte| *byte == b'\n').all(|line| line.len() <= 999));
});
