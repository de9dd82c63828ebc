//! What becomes of a message, by what the server says and when it falls silent.

use std::time::Duration;

use cio_channels::Handed;
use tokio::net::TcpListener;

use crate::scripted::Scripted;
use crate::support::{
    BEFORE_MESSAGE, HELLO, PIPELINING, Reached, TAKEN, each, hand_over, kind, outgoing, reason,
    smtp, to_ana, with_body,
};

/// What becomes of a message to Ana after this conversation.
async fn after(script: &str) -> Handed {
    let server = Scripted::start(&[script]).await;
    let smtp = smtp(&server.url());
    let handed = hand_over(&smtp).await;
    smtp.close().await;
    server.finish().await;
    handed
}

#[tokio::test]
async fn a_message_arrives_as_it_is_with_its_signature_before_it() {
    for hello in [HELLO, PIPELINING] {
        let server = Scripted::start(&[&format!("{hello}{TAKEN}C: QUIT")]).await;
        let smtp = smtp(&server.url());
        let point = Reached::default();
        let report = smtp
            .hand_over(&to_ana(), b"DKIM-Signature: x\r\n", &point)
            .await;
        assert_eq!(
            report.whole(),
            Handed::Taken {
                reference: Some("queued as 1".to_owned())
            }
        );
        assert_eq!(point.times(), 1);
        smtp.close().await;
        let seen = server.finish().await;
        assert_eq!(
            *seen.messages.lock().unwrap(),
            [
                "DKIM-Signature: x\r\nFrom: shop@example.com\r\nSubject: Hi\r\n\r\nHi\r\n.\r\n..dots\r\nlast line\r\n"
            ]
        );
    }
}

#[tokio::test]
async fn a_large_message_arrives_as_it_is() {
    let line = ".a line of a large message that begins with a dot\r\n";
    let body = line.repeat(8_000);
    let server = Scripted::start(&[&format!("{PIPELINING}{TAKEN}")]).await;
    let smtp = smtp(&server.url());
    let outgoing = with_body(&["ana@example.org"], &body);
    let report = smtp.hand_over(&outgoing, b"", &Reached::default()).await;
    assert_eq!(each(&report), ["taken"]);
    let seen = server.finish().await;
    let messages = seen.messages.lock().unwrap();
    assert_eq!(messages[0].as_bytes(), outgoing.message());
}

#[tokio::test]
async fn a_server_that_does_not_want_mail_now_is_asked_later() {
    for (script, said) in [
        ("S: 421 too busy", "421"),
        ("S: 554 no mail here", "554"),
        ("S: hello", "not SMTP"),
        ("X", "ended the connection"),
        ("STALL", "no answer"),
        ("S: 220 hi\nC: EHLO\nS: 421 bye", "421"),
        (
            "S: 220 hi\nC: EHLO\nS: 500 what\nC: HELO\nS: 500 what",
            "HELO",
        ),
        ("S: 220 hi\nC: EHLO\nX", "EHLO"),
    ] {
        let handed = after(script).await;
        assert_eq!(kind(&handed), "later", "{script}: {handed:?}");
        assert!(reason(&handed).contains(said), "{script}: {handed:?}");
    }
    // Nobody listens.
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let smtp = smtp(&format!("smtp://127.0.0.1:{port}"));
    assert_eq!(kind(&hand_over(&smtp).await), "later");
    assert!(smtp.is_down());
}

#[tokio::test]
async fn a_server_of_old_is_greeted_as_it_knows() {
    let script =
        format!("S: 220 hi\nC: EHLO\nS: 502 what\nC: HELO [127.0.0.1]\nS: 250 hi\n{TAKEN}C: QUIT");
    assert_eq!(kind(&after(&script).await), "taken");
}

#[tokio::test]
async fn a_refusal_means_what_it_says() {
    for (answers, kind_of, code) in [
        ("C: MAIL\nS: 451 4.3.0 busy", "later", "451"),
        ("C: MAIL\nS: 550 5.1.8 who are you", "failed", "550"),
        ("C: MAIL\nS: 421 bye\nX", "later", "421"),
        (
            "C: MAIL\nS: 250 ok\nC: RCPT\nS: 450 4.2.0 greylisted",
            "later",
            "450",
        ),
        (
            "C: MAIL\nS: 250 ok\nC: RCPT\nS: 550 5.1.1 no such user",
            "bounced",
            "550",
        ),
        (
            "C: MAIL\nS: 250 ok\nC: RCPT\nS: 554 5.7.1 relay access denied",
            "failed",
            "554",
        ),
        ("C: MAIL\nS: 250 ok\nC: RCPT\nX", "later", "ended"),
        (
            "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 451 full",
            "later",
            "451",
        ),
        (
            "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 554 no",
            "failed",
            "554",
        ),
    ] {
        let handed = after(&format!("{HELLO}{answers}\nSTALL")).await;
        assert_eq!(kind(&handed), kind_of, "{answers}: {handed:?}");
        assert!(reason(&handed).contains(code), "{answers}: {handed:?}");
    }
    // All at once, the answers to what follows a refusal are read and mean nothing.
    for (answers, kind_of) in [
        (
            "S: 451 busy\nC: RCPT\nS: 503 no\nC: DATA\nS: 503 no",
            "later",
        ),
        (
            "S: 250 ok\nC: RCPT\nS: 550 no such user\nC: DATA\nS: 554 nobody",
            "bounced",
        ),
        // It wants a message for nobody; it gets none.
        (
            "S: 250 ok\nC: RCPT\nS: 550 no such user\nC: DATA\nS: 354 go",
            "bounced",
        ),
    ] {
        let handed = after(&format!("{PIPELINING}C: MAIL\n{answers}\nSTALL")).await;
        assert_eq!(kind(&handed), kind_of, "{answers}: {handed:?}");
    }
}

#[tokio::test]
async fn until_the_dot_a_message_may_be_tried_again() {
    for (step, said) in [
        ("X", "ended"),
        ("S: 421 4.3.2 shutting down\nX", "421"),
        ("S: 451 disk full\nX", "451"),
    ] {
        let script = format!("{PIPELINING}{BEFORE_MESSAGE}B: last line\n{step}");
        let server = Scripted::start(&[&script]).await;
        let smtp = smtp(&server.url());
        let point = Reached::after(&server.ended);
        let handed = smtp.hand_over(&to_ana(), b"", &point).await.whole();
        assert_eq!(kind(&handed), "later", "{step}: {handed:?}");
        assert!(reason(&handed).contains(said), "{step}: {handed:?}");
        assert_eq!(point.times(), 1);
        let seen = server.finish().await;
        assert!(seen.messages.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_connection_that_ends_within_the_message_leaves_it_to_be_tried_again() {
    let script = format!("{PIPELINING}{BEFORE_MESSAGE}X");
    let server = Scripted::start(&[&script]).await;
    let smtp = smtp(&server.url());
    // More than the buffers between the two hold.
    let outgoing = with_body(&["ana@example.org"], &"line\r\n".repeat(4_000_000));
    let point = Reached::default();
    let handed = smtp.hand_over(&outgoing, b"", &point).await.whole();
    assert_eq!(kind(&handed), "later", "{handed:?}");
    assert_eq!(point.times(), 0);
    server.finish().await;
}

#[tokio::test]
async fn after_the_dot_only_the_answer_says_what_became_of_it() {
    for (end, kind_of, said) in [
        ("X", "in doubt", "ended the connection"),
        ("STALL", "in doubt", "no answer"),
        ("S: what?", "in doubt", "not SMTP"),
        ("S: 354 go on", "in doubt", "354"),
        ("S: 250 2.0.0 fine", "taken", "fine"),
        ("S: 451 4.3.0 queue full", "later", "queue full"),
        ("S: 421 4.3.0 bye", "later", "bye"),
        ("S: 554 5.7.1 spam", "failed", "spam"),
        ("S: 550 5.1.10 not found", "bounced", "not found"),
    ] {
        let handed = after(&format!("{PIPELINING}{BEFORE_MESSAGE}M\n{end}")).await;
        assert_eq!(kind(&handed), kind_of, "{end}: {handed:?}");
        assert!(reason(&handed).contains(said), "{end}: {handed:?}");
    }
}

#[tokio::test]
async fn a_message_that_somebody_else_hands_over_gets_no_dot() {
    let script = format!("{PIPELINING}{BEFORE_MESSAGE}B: last line\nEND");
    let server = Scripted::start(&[&script]).await;
    let smtp = smtp(&server.url());
    let point = Reached {
        refuse: true,
        ..Reached::default()
    };
    let handed = smtp.hand_over(&to_ana(), b"", &point).await.whole();
    assert_eq!(kind(&handed), "later", "{handed:?}");
    server.finish().await;
}

#[tokio::test]
async fn some_have_it_and_others_may_be_tried_again() {
    let to = [
        "ana@example.org",
        "bo@example.org",
        "cy@example.org",
        "di@example.org",
    ];
    for hello in [HELLO, PIPELINING] {
        let script = format!(
            "{hello}C: MAIL\nS: 250 ok\nC: RCPT TO:<ana@\nS: 250 ok\nC: RCPT TO:<bo@\nS: 450 4.2.0 greylisted\nC: RCPT TO:<cy@\nS: 550 5.1.1 unknown\nC: RCPT TO:<di@\nS: 250 ok\nC: DATA\nS: 354 go\nM\nS: 250 ok\n"
        );
        let again = format!(
            "{hello}C: MAIL\nS: 250 ok\nC: RCPT TO:<bo@\nS: 250 ok\nC: DATA\nS: 354 go\nM\nS: 250 ok\n"
        );
        let server = Scripted::start(&[&script, &again]).await;
        let smtp = smtp(&server.url());
        let mut outgoing = outgoing(&to);
        let report = smtp.hand_over(&outgoing, b"", &Reached::default()).await;
        assert_eq!(each(&report), ["taken", "later", "bounced", "taken"]);
        assert_eq!(kind(&report.whole()), "taken");
        outgoing.keep_only(&report.remaining());
        smtp.close().await;
        let report = smtp.hand_over(&outgoing, b"", &Reached::default()).await;
        assert_eq!(each(&report), ["taken"]);
        let seen = server.finish().await;
        assert_eq!(seen.messages.lock().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn doubt_is_about_those_whose_address_was_taken() {
    let script = format!(
        "{PIPELINING}C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: RCPT\nS: 550 unknown\nC: DATA\nS: 354 go\nM\nX"
    );
    let server = Scripted::start(&[&script]).await;
    let smtp = smtp(&server.url());
    let outgoing = outgoing(&["ana@example.org", "bo@example.org"]);
    let report = smtp.hand_over(&outgoing, b"", &Reached::default()).await;
    assert_eq!(each(&report), ["in doubt", "bounced"]);
    assert!(report.remaining().is_empty());
    server.finish().await;
}

#[tokio::test]
async fn what_a_server_cannot_take_is_not_begun() {
    let hello = |more: &str| format!("S: 220 hi\nC: EHLO\nS: 250-mail.test\nS: 250 {more}\n");
    for (outgoing, can, said) in [
        (
            outgoing(&["ana@example.org>\r\nRSET"]),
            "SIZE",
            "an address is none",
        ),
        (to_ana(), "SIZE 20", "the server takes 20"),
        (outgoing(&["änna@example.org"]), "8BITMIME", "SMTPUTF8"),
        (
            with_body(&["ana@example.org"], "ä\r\n"),
            "SMTPUTF8",
            "8BITMIME",
        ),
    ] {
        let server = Scripted::start(&[&format!("{}C: QUIT", hello(can))]).await;
        let smtp = smtp(&server.url());
        let point = Reached::default();
        let handed = smtp.hand_over(&outgoing, b"", &point).await.whole();
        assert_eq!(kind(&handed), "failed", "{handed:?}");
        assert!(reason(&handed).contains(said), "{handed:?}");
        assert_eq!(point.times(), 0);
        smtp.close().await;
        server.finish().await;
    }
}

#[tokio::test]
async fn what_a_server_can_is_asked_for() {
    let script = "S: 220 hi\nC: EHLO\nS: 250-mail.test\nS: 250-SIZE 100000\nS: 250-8BITMIME\nS: 250 SMTPUTF8\n";
    let answers =
        "S: 250 ok\nC: RCPT TO:<änna@example.org>\nS: 250 ok\nC: DATA\nS: 354 go\nM\nS: 250 ok\n";
    let outgoing = with_body(&["änna@example.org"], "ä\r\n");
    let sender = format!(
        "C: MAIL FROM:<shop@example.com> SIZE={} BODY=8BITMIME SMTPUTF8\n",
        outgoing.message().len()
    );
    let server = Scripted::start(&[&format!("{script}{sender}{answers}")]).await;
    let smtp = smtp(&server.url());
    let report = smtp.hand_over(&outgoing, b"", &Reached::default()).await;
    assert_eq!(each(&report), ["taken"]);
    server.finish().await;
}

#[tokio::test]
async fn a_server_that_answers_ever_so_slowly_is_not_waited_for_for_ever() {
    let script = format!("{HELLO}C: MAIL\nS: 250 ok\nSTALL");
    let server = Scripted::start(&[&script]).await;
    let mut settings = crate::support::settings(&server.url());
    settings.timeouts.step = Duration::from_secs(60);
    settings.timeouts.message = Duration::from_millis(300);
    let smtp = cio_channels::email::smtp::Smtp::new(settings, crate::support::trusting(&[]));
    let handed = hand_over(&smtp).await;
    assert_eq!(kind(&handed), "later", "{handed:?}");
    drop(smtp);
    server.finish().await;
}
