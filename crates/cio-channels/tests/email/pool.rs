//! Connections are used again, closed in time, and never too many.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cio_channels::email::smtp::Smtp;

use crate::scripted::Scripted;
use crate::support::{
    HELLO, PIPELINING, Reached, TAKEN, hand_over, kind, settings, smtp, to_ana, trusting,
};

#[tokio::test]
async fn one_connection_carries_many_messages_and_then_another_does() {
    let script = format!("{PIPELINING}{}C: QUIT", TAKEN.repeat(3));
    let last = format!("{PIPELINING}{TAKEN}C: QUIT");
    let server = Scripted::start(&[&script, &last]).await;
    let mut settings = settings(&server.url());
    settings.messages_per_connection = 3;
    let smtp = Smtp::new(settings, trusting(&[]));
    for _ in 0..4 {
        assert_eq!(kind(&hand_over(&smtp).await), "taken");
    }
    smtp.close().await;
    let seen = server.finish().await;
    assert_eq!(seen.connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_message_after_a_refused_one_begins_anew() {
    for hello in [HELLO, PIPELINING] {
        let refused = match hello == HELLO {
            true => "C: MAIL\nS: 451 later\n",
            false => "C: MAIL\nS: 451 later\nC: RCPT\nS: 503 no\nC: DATA\nS: 503 no\n",
        };
        let script = format!("{hello}{refused}C: RSET\nS: 250 ok\n{TAKEN}");
        let server = Scripted::start(&[&script]).await;
        let smtp = smtp(&server.url());
        assert_eq!(kind(&hand_over(&smtp).await), "later");
        assert_eq!(kind(&hand_over(&smtp).await), "taken");
        server.finish().await;
    }
}

#[tokio::test]
async fn a_connection_that_died_meanwhile_is_replaced_and_nothing_is_said_of_it() {
    for end in ["X", "S: 421 4.4.2 you were silent too long\nX"] {
        let first = format!("{PIPELINING}{TAKEN}{end}");
        let second = format!("{PIPELINING}{TAKEN}");
        let server = Scripted::start(&[&first, &second]).await;
        let smtp = smtp(&server.url());
        assert_eq!(kind(&hand_over(&smtp).await), "taken");
        tokio::time::sleep(Duration::from_millis(50)).await;
        let point = Reached::default();
        let report = smtp.hand_over(&to_ana(), b"", &point).await;
        assert_eq!(kind(&report.whole()), "taken");
        assert_eq!(point.times(), 1);
        let seen = server.finish().await;
        assert_eq!(seen.messages.lock().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_connection_that_nobody_needs_is_closed() {
    let server = Scripted::start(&[&format!("{PIPELINING}{TAKEN}C: QUIT")]).await;
    let mut settings = settings(&server.url());
    settings.idle_max = Duration::from_millis(100);
    let smtp = Smtp::new(settings, trusting(&[]));
    assert_eq!(kind(&hand_over(&smtp).await), "taken");
    // The script ends with QUIT, which nobody asks for here.
    server.finish().await;
    drop(smtp);
}

#[tokio::test]
async fn there_are_never_more_connections_than_there_may_be() {
    // The first two are held back until both are there.
    let script = format!("{PIPELINING}{}", TAKEN.repeat(4));
    let server = Scripted::start(&[&script, &script]).await;
    let mut settings = settings(&server.url());
    settings.connections = 2;
    let smtp = Arc::new(Smtp::new(settings, trusting(&[])));
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let smtp = Arc::clone(&smtp);
        running.spawn(async move { kind(&hand_over(&smtp).await) });
    }
    while let Some(kind_of) = running.join_next().await {
        assert_eq!(kind_of.unwrap(), "taken");
    }
    smtp.close().await;
    let seen = Arc::clone(&server.seen);
    assert!(seen.most_at_once.load(Ordering::SeqCst) <= 2);
    assert_eq!(seen.messages.lock().unwrap().len(), 8);
}

#[tokio::test]
async fn a_message_whose_turn_does_not_come_waits_for_it_elsewhere() {
    let script = format!("{PIPELINING}{TAKEN}STALL");
    let server = Scripted::start(&[&script]).await;
    let mut settings = settings(&server.url());
    settings.rate = Some(0.001);
    settings.timeouts.turn = Duration::from_millis(50);
    let smtp = Smtp::new(settings, trusting(&[]));
    assert_eq!(kind(&hand_over(&smtp).await), "taken");
    match hand_over(&smtp).await {
        cio_channels::Handed::Later {
            wait: Some(wait), ..
        } => assert!(wait > Duration::from_secs(900)),
        other => panic!("{other:?}"),
    }
    drop(smtp);
    server.finish().await;
}
