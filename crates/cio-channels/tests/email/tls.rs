//! Encryption: from the first byte, by STARTTLS, or not.

use cio_channels::email::smtp::Smtp;

use crate::scripted::Scripted;
use crate::support::{Certificate, HELLO, TAKEN, hand_over, kind, reason, settings, trusting};

const START_TLS: &str = "S: 220 hi\nC: EHLO\nS: 250-mail.test\nS: 250-AUTH PLAIN\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\n";

#[tokio::test]
async fn a_message_travels_encrypted() {
    let certificate = Certificate::new();
    let again = "C: EHLO\nS: 250-mail.test\nS: 250 PIPELINING\n";
    for (scheme, options, script) in [
        ("smtps", "", format!("TLS\n{HELLO}{TAKEN}")),
        ("smtp", "", format!("{START_TLS}{again}{TAKEN}")),
        (
            "smtp",
            "?tls=required",
            format!("{START_TLS}{again}{TAKEN}"),
        ),
    ] {
        let server = Scripted::with_tls(&[&script], Some(certificate.server())).await;
        let url = format!("{scheme}://127.0.0.1:{}{options}", server.port);
        let smtp = Smtp::new(settings(&url), trusting(&[&certificate]));
        let handed = hand_over(&smtp).await;
        assert_eq!(kind(&handed), "taken", "{url}: {handed:?}");
        server.finish().await;
    }
}

#[tokio::test]
async fn a_server_that_is_not_trusted_gets_nothing() {
    let (its, other) = (Certificate::new(), Certificate::new());
    for (scheme, script) in [("smtps", "TLS\nX"), ("smtp", &format!("{START_TLS}X"))] {
        let server = Scripted::with_tls(&[script], Some(its.server())).await;
        let url = format!("{scheme}://ana:hunter2@127.0.0.1:{}", server.port);
        let smtp = Smtp::new(settings(&url), trusting(&[&other]));
        let handed = hand_over(&smtp).await;
        assert_eq!(kind(&handed), "later");
        assert!(reason(&handed).starts_with("TLS: "), "{handed:?}");
        server.finish().await;
    }
}

#[tokio::test]
async fn what_a_server_can_is_asked_anew_under_encryption() {
    let certificate = Certificate::new();
    // It said AUTH before, and nobody knows who said it.
    let script = format!("{START_TLS}C: EHLO\nS: 250 mail.test");
    let server = Scripted::with_tls(&[&script], Some(certificate.server())).await;
    let url = format!("smtp://ana:hunter2@127.0.0.1:{}", server.port);
    let smtp = Smtp::new(settings(&url), trusting(&[&certificate]));
    let handed = hand_over(&smtp).await;
    assert!(reason(&handed).contains("neither AUTH PLAIN"), "{handed:?}");
    server.finish().await;
}

#[tokio::test]
async fn what_is_said_before_encryption_is_not_believed_under_it() {
    let certificate = Certificate::new();
    let script = "S: 220 hi\nC: EHLO\nS: 250-mail.test\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go|250 injected";
    // One write, so that both are there when the first is read.
    let server = Scripted::with_tls(&[script], Some(certificate.server())).await;
    let smtp = Smtp::new(settings(&server.url()), trusting(&[&certificate]));
    let handed = hand_over(&smtp).await;
    assert_eq!(kind(&handed), "later", "{handed:?}");
    server.finish().await;
}

#[tokio::test]
async fn encryption_is_needed_where_it_is_required_and_only_there() {
    let plain = format!("{HELLO}{TAKEN}");
    for (options, script, kind_of) in [
        ("", plain.as_str(), "taken"),
        ("?tls=required", HELLO, "later"),
        (
            "?tls=off",
            "S: 220 hi\nC: EHLO\nS: 250-mail.test\nS: 250 STARTTLS\nC: MAIL\nS: 550 x",
            "failed",
        ),
        (
            "?tls=required",
            "S: 220 hi\nC: EHLO\nS: 250-mail.test\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 not now",
            "later",
        ),
    ] {
        let server = Scripted::start(&[script]).await;
        let smtp = Smtp::new(
            settings(&format!("{}{options}", server.url())),
            trusting(&[]),
        );
        let handed = hand_over(&smtp).await;
        assert_eq!(kind(&handed), kind_of, "{options}: {handed:?}");
        server.finish().await;
    }
}
