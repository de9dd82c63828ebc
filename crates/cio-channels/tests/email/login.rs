//! Who sends: user and password, and where they may go.

use crate::scripted::Scripted;
use crate::support::{TAKEN, hand_over, kind, reason, smtp};

const HELLO: &str = "S: 220 hi\nC: EHLO\nS: 250-mail.test\n";

#[tokio::test]
async fn a_server_gets_user_and_password_as_it_asks_for_them() {
    // base64 of "\0ana\0hunter2", "ana", "hunter2".
    for login in [
        "S: 250 AUTH LOGIN PLAIN\nC: AUTH PLAIN AGFuYQBodW50ZXIy\nS: 235 ok\n",
        "S: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5h\nS: 334 UGFzc3dvcmQ6\nC: aHVudGVyMg==\nS: 235 ok\n",
    ] {
        let server = Scripted::start(&[&format!("{HELLO}{login}{TAKEN}")]).await;
        let smtp = smtp(&format!("smtp://ana:hunter2@127.0.0.1:{}", server.port));
        assert_eq!(kind(&hand_over(&smtp).await), "taken");
        server.finish().await;
    }
}

#[tokio::test]
async fn a_login_that_does_not_work_is_mended_and_tried_again() {
    for (login, said) in [
        (
            "S: 250 AUTH PLAIN\nC: AUTH PLAIN\nS: 535 5.7.8 AGFuYQBodW50ZXIy is wrong",
            "535 5.7.8",
        ),
        (
            "S: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 x\nC: YW5h\nS: 535 who is ana",
            "535",
        ),
        (
            "S: 250 AUTH CRAM-MD5\n",
            "neither AUTH PLAIN nor AUTH LOGIN",
        ),
        ("S: 250 PIPELINING\n", "neither AUTH PLAIN nor AUTH LOGIN"),
    ] {
        let server = Scripted::start(&[&format!("{HELLO}{login}")]).await;
        let smtp = smtp(&format!("smtp://ana:hunter2@127.0.0.1:{}", server.port));
        let handed = hand_over(&smtp).await;
        assert_eq!(kind(&handed), "later");
        assert!(reason(&handed).contains(said), "{handed:?}");
        for secret in ["hunter2", "AGFuYQBodW50ZXIy", "ana"] {
            assert!(!reason(&handed).contains(secret), "{handed:?}");
        }
        server.finish().await;
    }
}

#[tokio::test]
async fn a_password_goes_over_no_open_line_unless_it_may() {
    let offer = format!("{HELLO}S: 250 AUTH PLAIN\n");
    // This host by an address that is not known to be its own.
    let url = |port: u16, more: &str| format!("smtp://ana:hunter2@[::ffff:127.0.0.1]:{port}{more}");
    let server = Scripted::start(&[&offer]).await;
    let handed = hand_over(&smtp(&url(server.port, ""))).await;
    assert_eq!(kind(&handed), "later");
    assert!(
        reason(&handed).contains("plain_password=true"),
        "{handed:?}"
    );
    let seen = server.finish().await;
    assert_eq!(seen.commands.lock().unwrap().len(), 1, "EHLO, and no AUTH");

    let server = Scripted::start(&[&format!("{offer}C: AUTH PLAIN\nS: 235 ok\n{TAKEN}")]).await;
    let smtp = smtp(&url(server.port, "?plain_password=true"));
    assert_eq!(kind(&hand_over(&smtp).await), "taken");
    server.finish().await;
}
