use cio_domain::message::Attachment;

use super::*;
use crate::email::tracking::Link;

fn content() -> EmailContent {
    EmailContent {
        from: "\"Shöp\" <shop@example.com>".into(),
        to: "ana@example.com".into(),
        subject: "Grüße ✓".into(),
        body: "<p>Hallo</p>".into(),
        ..EmailContent::default()
    }
}

fn made(content: &EmailContent) -> Outgoing {
    let options = ComposeOptions::new("abc-_1==", 1_790_000_000_000);
    let mut made = compose(content, &options).unwrap();
    assert_eq!(made.len(), 1);
    made.remove(0)
}

fn text(outgoing: &Outgoing) -> String {
    let text = String::from_utf8(outgoing.message().to_vec()).unwrap();
    // The line breaks of quoted-printable are none of the text.
    text.replace("=\r\n", "")
}

/// The value of a field, its folds undone.
fn field(text: &str, name: &str) -> Option<String> {
    let head = text.split("\r\n\r\n").next()?.replace("\r\n ", " ");
    let mut lines = head.split("\r\n");
    lines.find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
}

#[test]
fn headers_are_ascii_and_say_where_the_message_comes_from() {
    let text = String::from_utf8(made(&content()).message().to_vec()).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.is_ascii());
    assert!(head.contains("Message-ID: <abc-_1@example.com>"), "{head}");
    assert!(head.contains("CIO-Delivery-ID: abc-_1=="));
    assert!(head.contains("Date: Mon, 21 Sep 2026"), "{head}");
    assert!(head.contains("Content-Type: multipart/alternative"));
}

#[test]
fn blind_copies_are_in_the_envelope_only() {
    let made = made(&EmailContent {
        cc: Some("Bo <bo@example.com>".into()),
        bcc: Some("hidden@example.com, ana@example.com".into()),
        ..content()
    });
    let envelope: Vec<_> = made
        .recipients()
        .iter()
        .map(|it| (it.address.as_str(), it.role))
        .collect();
    assert_eq!(
        envelope,
        [
            ("ana@example.com", Role::To),
            ("bo@example.com", Role::Copy),
            ("hidden@example.com", Role::Copy),
        ]
    );
    assert!(!text(&made).contains("hidden@"));
    assert_eq!(made.sender(), "shop@example.com");
}

#[test]
fn a_copy_of_its_own_says_whose_it_is_and_is_not_followed() {
    let content = EmailContent {
        bcc: Some("a@example.com, b@example.com".into()),
        fake_bcc: Some(true),
        subject: "Order".into(),
        body: "<p><a href=\"https://s.example\">x</a></p>".into(),
        cc: Some("bo@example.com".into()),
        ..content()
    };
    let link = |_: Link<'_>| Some("https://t.example".to_owned());
    let options = ComposeOptions {
        unsubscribe_url: Some("https://s.example/u"),
        tracking: Some(Tracking {
            pixel: Some("https://t.example/open"),
            link: Some(&link),
        }),
        ..ComposeOptions::new("id", 0)
    };
    let made = compose(&content, &options).unwrap();
    let texts: Vec<String> = made.iter().map(text).collect();
    assert_eq!(made.len(), 3);
    assert_eq!(made[0].recipients().len(), 2, "to and cc");
    assert!(texts[0].contains("https://t.example/open"));
    assert_eq!(field(&texts[0], "Subject").unwrap(), "Order");
    assert!(field(&texts[0], "List-Unsubscribe").is_some());
    for (copy, address) in [(1, "a@example.com"), (2, "b@example.com")] {
        assert_eq!(made[copy].recipients().len(), 1);
        assert_eq!(made[copy].recipients()[0].address, address);
        let text = &texts[copy];
        assert_eq!(field(text, "Subject").unwrap(), "[ana@example.com] Order");
        assert_eq!(field(text, "To").unwrap(), address);
        assert_eq!(
            field(text, "Message-ID").unwrap(),
            format!("<id.{copy}@example.com>")
        );
        assert_eq!(field(text, "Cc"), None);
        assert_eq!(field(text, "List-Unsubscribe"), None);
        assert!(!text.contains("t.example"), "{text}");
    }
}

#[test]
fn one_leaves_a_list_by_one_click_unless_the_message_says_how() {
    let with = |url, headers: &[(&str, &str)]| {
        let content = EmailContent {
            headers: headers
                .iter()
                .map(|(a, b)| ((*a).into(), (*b).into()))
                .collect(),
            ..content()
        };
        let options = ComposeOptions {
            unsubscribe_url: Some(url),
            ..ComposeOptions::new("id", 0)
        };
        let text = text(&compose(&content, &options)?[0]);
        Ok::<_, Problem>((
            field(&text, "List-Unsubscribe"),
            field(&text, "List-Unsubscribe-Post"),
        ))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        with("https://s.example/u", &[]).unwrap(),
        (
            some("<https://s.example/u>"),
            some("List-Unsubscribe=One-Click")
        )
    );
    assert_eq!(
        with("http://s.example/u", &[]).unwrap(),
        (some("<http://s.example/u>"), None)
    );
    let own = [("list-unsubscribe", "<mailto:x@example.com>")];
    let (listed, post) = with("https://s.example/u", &own).unwrap();
    assert_eq!(
        (listed, post),
        (None, None),
        "its own is in its own letters"
    );
    assert!(with("https://s.example/\r\nBcc: x@y.z", &[]).is_err());
}

#[test]
fn no_line_is_longer_than_smtp_allows() {
    let long = "wörter ".repeat(2_000).replace(' ', "");
    let made = made(&EmailContent {
        body: long.clone(),
        body_plain: Some(long.clone()),
        subject: "x".repeat(3_000),
        from: format!("\"{}\" <shop@example.com>", "y".repeat(500)),
        headers: vec![("X-Long".into(), "z".repeat(900))],
        attachments: vec![Attachment {
            name: format!("{}.pdf", "n".repeat(1_500)),
            base64: String::new(),
        }],
        ..content()
    });
    for line in made.message().split(|byte| *byte == b'\n') {
        assert!(line.len() <= 998, "{}", String::from_utf8_lossy(line));
    }
}

#[test]
fn text_amp_html_and_attachments_are_nested_as_clients_expect() {
    let made = made(&EmailContent {
        body_plain: Some("plain".into()),
        body_amp: Some("<html amp4email>".into()),
        attachments: vec![Attachment {
            name: "Rechnung März.pdf".into(),
            base64: "JVBERi0=".into(),
        }],
        ..content()
    });
    let text = text(&made);
    let order = [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/x-amp-html",
        "text/html",
        "application/pdf",
    ];
    let places: Vec<usize> = order.iter().map(|part| text.find(part).unwrap()).collect();
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn a_text_is_made_of_a_body_that_comes_without_one() {
    let text_of = |body: &str, plain: Option<&str>| {
        text(&made(&EmailContent {
            body: body.into(),
            body_plain: plain.map(str::to_owned),
            ..content()
        }))
    };
    let text = text_of("<p>Hi <b>Ana</b></p>", None);
    assert!(text.contains("\r\n\r\nHi Ana\r\n"), "{text}");
    let text = text_of("<p>Hi</p>", Some("Given"));
    assert!(
        text.contains("\r\n\r\nGiven\r\n") && !text.contains("\r\n\r\nHi"),
        "{text}"
    );
    let text = text_of("<img src=x>", None);
    assert!(
        text.contains("Content-Type: text/html") && !text.contains("text/plain"),
        "{text}"
    );
    let text = text_of("", Some("Only this"));
    assert!(!text.contains("text/html"), "{text}");
}

#[test]
fn style_sheets_are_written_into_the_elements_unless_that_is_not_wanted() {
    for (disabled, tag) in [
        (None, "<p style=\"top:1\">"),
        (Some(false), "<p style=\"top:1\">"),
        (Some(true), "<p>"),
    ] {
        let made = made(&EmailContent {
            body: "<style>p{top:1}</style><p>Hi".into(),
            disable_css_preprocessing: disabled,
            ..content()
        });
        let body = text(&made).replace("=3D", "=");
        assert!(body.contains(&format!("</style>{tag}Hi")), "{body}");
    }
}

#[test]
fn nothing_that_is_said_becomes_a_header() {
    let evil = "a\r\nBcc: evil@example.net\r\n\r\nbody";
    let made = made(&EmailContent {
        subject: evil.into(),
        body: "x\r.\rBcc: y\0".into(),
        ..content()
    });
    let text = text(&made);
    assert_eq!(field(&text, "Bcc"), None);
    assert!(!text.contains('\0') && !text.replace("\r\n", "").contains('\r'));
    let with = |change: fn(&mut EmailContent, &str)| {
        let mut content = content();
        change(&mut content, evil);
        compose(&content, &ComposeOptions::new("id", 0))
    };
    assert!(with(|it, evil| it.from = format!("\"{evil}\" <a@b.c>")).is_err());
    assert!(with(|it, evil| it.to = format!("{evil}@b.c")).is_err());
    assert!(with(|it, evil| it.to = format!("\"{evil}\"@b.c")).is_err());
    assert!(with(|it, evil| it.reply_to = Some(evil.into())).is_err());
    assert!(with(|it, evil| it.headers = vec![("X".into(), evil.into())]).is_err());
    assert!(with(|it, evil| it.headers = vec![(evil.into(), "x".into())]).is_err());
}

#[test]
fn a_domain_in_letters_of_its_own_is_ascii_in_the_envelope() {
    let made = made(&EmailContent {
        from: "shop@bücher.example".into(),
        to: "Ana <ana@bücher.example>".into(),
        ..content()
    });
    assert_eq!(made.sender(), "shop@xn--bcher-kva.example");
    assert_eq!(made.domain(), "xn--bcher-kva.example");
    assert_eq!(made.recipients()[0].address, "ana@xn--bcher-kva.example");
    let text = text(&made);
    assert!(text.is_ascii(), "{text}");
}
