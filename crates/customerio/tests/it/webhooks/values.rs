//! What a handler matches on holds what the body says.

use customerio::webhook::{
    CustomerEvent, EmailEvent, InAppEvent, Kind, Origin, PushEvent, SlackEvent, SmsEvent,
    WebhookEvent, WhatsAppEvent,
};

use super::fixtures::fixture;
use super::read;

#[test]
fn the_values_are_those_of_the_body() {
    let kind = |object_type, metric| read(&fixture(object_type, metric)).kind;
    let Kind::Email(EmailEvent::Bounced {
        recipient,
        subject,
        failure_message,
        ..
    }) = kind("email", "bounced")
    else {
        panic!("a bounce");
    };
    assert_eq!(recipient, "mira@example.net");
    assert_eq!(subject, "Your tea has left the warehouse");
    assert_eq!(
        failure_message,
        "550 5.1.1 <mira@example.net>: mailbox unknown"
    );

    let Kind::Email(EmailEvent::Sent {
        content, headers, ..
    }) = kind("email", "sent")
    else {
        panic!("a sent email");
    };
    assert_eq!(
        content.as_deref(),
        Some("<p>Mira, your tea is on its way.</p>")
    );
    assert_eq!(headers["X-Shop"], ["tea", "north"]);

    let Kind::Push(PushEvent::Sent { recipients, .. }) = kind("push", "sent") else {
        panic!("a sent push");
    };
    assert_eq!(recipients[0].device_id, "tok-7c21e9");
    assert_eq!(recipients[0].device_platform.as_deref(), Some("ios"));
    assert_eq!(recipients[0].failure_message, None);
    assert_eq!(
        recipients[1].failure_message.as_deref(),
        Some("the token is not registered")
    );

    for (channel, expected) in [
        (kind("sms", "clicked"), "sms"),
        (kind("whatsapp", "clicked"), "whatsapp"),
        (kind("in_app", "clicked"), "in_app"),
        (kind("slack", "clicked"), "slack"),
        (kind("webhook", "clicked"), "webhook"),
    ] {
        let (Kind::Sms(SmsEvent::Clicked { link_id, .. })
        | Kind::WhatsApp(WhatsAppEvent::Clicked { link_id, .. })
        | Kind::InApp(InAppEvent::Clicked { link_id, .. })
        | Kind::Slack(SlackEvent::Clicked { link_id, .. })
        | Kind::Webhook(WebhookEvent::Clicked { link_id, .. })) = channel
        else {
            panic!("a click of {expected}");
        };
        assert_eq!(link_id, Some(14), "{expected}");
    }

    let changed = read(&fixture("customer", "cio_subscription_preferences_changed"));
    let Kind::Customer(CustomerEvent::PreferencesChanged { content, .. }) = &changed.kind else {
        panic!("changed preferences");
    };
    assert_eq!(content.as_deref(), Some(r#"{"topics":{"topic_2":false}}"#));
    assert!(matches!(
        changed.origin,
        Some(Origin::Newsletter {
            newsletter_id: Some(58),
            content_id: Some(3),
            ..
        })
    ));
}
