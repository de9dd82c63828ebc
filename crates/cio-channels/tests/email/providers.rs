//! Which server a message goes to.

use cio_channels::email::dkim::DkimKey;
use cio_channels::email::{Outgoing, ProviderSettings, Providers};
use tokio::net::TcpListener;

use crate::scripted::Scripted;
use crate::support::{
    BEFORE_MESSAGE, PIPELINING, Reached, TAKEN, kind, reason, settings, to_ana, trusting,
};

fn provider(name: &str, url: &str, domains: &[&str]) -> ProviderSettings {
    ProviderSettings {
        name: name.to_owned(),
        smtp: settings(url),
        domains: domains.iter().map(|it| (*it).to_owned()).collect(),
        dkim: Vec::new(),
    }
}

async fn nobody_there() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("smtp://127.0.0.1:{}", listener.local_addr().unwrap().port())
}

#[tokio::test]
async fn the_next_one_is_asked_when_one_is_down() {
    let taking = format!("{PIPELINING}{TAKEN}{TAKEN}");
    let down = nobody_there().await;
    let second = Scripted::start(&[&taking]).await;
    let list = vec![
        provider("a", &down, &["*"]),
        provider("b", &second.url(), &["*"]),
    ];
    let providers = Providers::new(list, &trusting(&[]));
    for _ in 0..2 {
        let report = providers.hand_over(&to_ana(), &Reached::default()).await;
        assert_eq!(kind(&report.whole()), "taken");
        assert_eq!(report.provider.as_deref(), Some("b"));
    }
    second.finish().await;
}

#[tokio::test]
async fn a_server_that_fails_before_the_moment_is_left_for_the_next() {
    for script in [
        "S: 421 busy".to_owned(),
        format!("{PIPELINING}C: MAIL\nS: 454 throttled\nC: RCPT\nS: 503 x\nC: DATA\nS: 503 x"),
        "S: 220 hi\nC: EHLO\nS: 250-x\nS: 250 AUTH PLAIN\nC: AUTH\nS: 535 no".to_owned(),
    ] {
        let first = Scripted::start(&[&script]).await;
        let second = Scripted::start(&[&format!("{PIPELINING}{TAKEN}")]).await;
        let url = format!("smtp://u:p@127.0.0.1:{}", first.port);
        let url = if script.contains("AUTH") {
            url
        } else {
            first.url()
        };
        let list = vec![
            provider("a", &url, &["*"]),
            provider("b", &second.url(), &["*"]),
        ];
        let providers = Providers::new(list, &trusting(&[]));
        let point = Reached::default();
        let report = providers.hand_over(&to_ana(), &point).await;
        assert_eq!(kind(&report.whole()), "taken", "{script}");
        assert_eq!(point.times(), 1);
        first.finish().await;
        second.finish().await;
    }
}

#[tokio::test]
async fn no_other_is_asked_after_the_moment_or_about_the_message() {
    for (end, kind_of) in [
        (format!("{BEFORE_MESSAGE}M\nX"), "in doubt"),
        (format!("{BEFORE_MESSAGE}M\nS: 451 full"), "later"),
        (format!("{BEFORE_MESSAGE}M\nS: 554 spam"), "failed"),
        (
            "C: MAIL\nS: 250 ok\nC: RCPT\nS: 450 greylisted\nC: DATA\nS: 554 x".to_owned(),
            "later",
        ),
        (
            "C: MAIL\nS: 250 ok\nC: RCPT\nS: 550 unknown\nC: DATA\nS: 554 x".to_owned(),
            "bounced",
        ),
    ] {
        let first = Scripted::start(&[&format!("{PIPELINING}{end}")]).await;
        // A connection to it would fail the test: there is no script for one.
        let second = Scripted::start(&[]).await;
        let list = vec![
            provider("a", &first.url(), &["*"]),
            provider("b", &second.url(), &["*"]),
        ];
        let providers = Providers::new(list, &trusting(&[]));
        let report = providers.hand_over(&to_ana(), &Reached::default()).await;
        assert_eq!(kind(&report.whole()), kind_of, "{end}");
        assert_eq!(report.provider.as_deref(), Some("a"));
        first.finish().await;
    }
}

#[tokio::test]
async fn the_domain_of_the_sender_decides() {
    let taking = format!("{PIPELINING}{TAKEN}");
    let general = Scripted::start(&[]).await;
    let its = Scripted::start(&[&taking]).await;
    let list = vec![
        provider("general", &general.url(), &["*"]),
        provider("other", &general.url(), &["example.net"]),
        provider("its", &its.url(), &["Example.com"]),
    ];
    let providers = Providers::new(list, &trusting(&[]));
    let report = providers.hand_over(&to_ana(), &Reached::default()).await;
    assert_eq!(report.provider.as_deref(), Some("its"));
    its.finish().await;

    let list = vec![provider("other", &general.url(), &["example.net"])];
    let providers = Providers::new(list, &trusting(&[]));
    let report = providers.hand_over(&to_ana(), &Reached::default()).await;
    assert_eq!(kind(&report.whole()), "later");
    assert!(
        reason(&report.whole()).contains("example.com"),
        "{report:?}"
    );
    assert_eq!(report.provider, None);
}

#[tokio::test]
async fn mail_is_signed_by_the_keys_of_its_domain() {
    let taken = TAKEN.replace("shop@example.com", "shop@Example.COM");
    let server = Scripted::start(&[&format!("{PIPELINING}{taken}")]).await;
    let key = |domain, selector| {
        DkimKey::new(domain, selector, include_str!("../keys/ed25519.pem")).unwrap()
    };
    let its = ProviderSettings {
        dkim: vec![
            key("example.com", "s1"),
            key("example.com", "s2"),
            key("com", "above"),
            key("le.com", "other"),
        ],
        ..provider("a", &server.url(), &["*"])
    };
    let providers = Providers::new(vec![its], &trusting(&[]));
    // Letters of domains are all the same.
    let ana = to_ana();
    let outgoing = Outgoing::new(
        "shop@Example.COM".to_owned(),
        ana.recipients().to_vec(),
        ana.message().to_vec(),
    );
    providers.hand_over(&outgoing, &Reached::default()).await;
    let seen = server.finish().await;
    let message = seen.messages.lock().unwrap()[0].clone();
    assert_eq!(message.matches("DKIM-Signature:").count(), 2, "{message}");
    assert!(
        message.contains("s=s1;") && message.contains("s=s2;"),
        "{message}"
    );
}

#[test]
fn nothing_secret_is_shown() {
    let list = vec![
        provider("a", "smtps://ana:hunter2@mail.example.com", &["*"]),
        provider("b", "smtp://ana:hunter2@localhost", &["*"]),
    ];
    let shown = format!("{list:?}");
    let providers = Providers::new(list, &trusting(&[]));
    assert_eq!(
        providers.describe(),
        "a (smtps://mail.example.com:465), b (smtp://localhost:25)"
    );
    for shown in [shown, format!("{providers:?}")] {
        assert!(
            !shown.contains("hunter2") && !shown.contains("ana"),
            "{shown}"
        );
    }
}
