//! From a mail that left to what is told of it: its picture, its links, its one click.

use cio_server::{Settings, Storage};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::messages::sent;
use crate::support::{Answer, TestServer};

const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/140.0.0.0 Safari/537.36";

/// A mail server for one message: its URL, and the message once it is there.
async fn mailbox() -> (String, oneshot::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}?tls=off", listener.local_addr().unwrap());
    let (taken, message) = oneshot::channel();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 mailbox\r\n").await.unwrap();
        let (mut mail, mut taken) = (String::new(), Some(taken));
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = if line == "DATA" {
                write.write_all(b"354 go on\r\n").await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    mail += line.strip_prefix('.').unwrap_or(&line);
                    mail.push('\n');
                }
                if let Some(taken) = taken.take() {
                    taken.send(std::mem::take(&mut mail)).unwrap();
                }
                "250 taken\r\n"
            } else {
                "250 yes\r\n"
            };
            if write.write_all(answer.as_bytes()).await.is_err() {
                break;
            }
        }
    });
    (url, message)
}

/// What is behind quoted-printable: links are longer than its lines.
fn unfolded(mail: &str) -> String {
    let joined = mail.replace("=\n", "");
    let mut text = String::new();
    let mut rest = joined.as_str();
    while let Some((before, after)) = rest.split_once('=') {
        text += before;
        let byte = after
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) => {
                text.push(char::from(byte));
                rest = &after[2..];
            }
            None => {
                text.push('=');
                rest = after;
            }
        }
    }
    text + rest
}

/// The path of the first link below a root that begins like this.
fn path(mail: &str, root: &str, start: &str) -> String {
    let at = mail.find(&format!("{root}{start}"));
    let at = at.unwrap_or_else(|| panic!("no {start} in {mail}")) + root.len();
    let end = mail[at..].find(['"', '>', ' ', '\n', ']', ')']).unwrap();
    mail[at..at + end].to_owned()
}

async fn browse(server: &TestServer, path: &str) -> Answer {
    let headers = [("User-Agent", CHROME)];
    server.send_with("GET", path, &headers, b"").await
}

#[tokio::test]
async fn a_mail_that_left_tells_what_becomes_of_it() {
    let (smtp_url, message) = mailbox().await;
    let server = TestServer::start_settings(Settings {
        storage: Storage::Memory,
        smtp_url: Some(smtp_url),
        ..Settings::default()
    })
    .await;
    let email = json!({
        "to": "ana@example.com", "from": "shop@example.com", "subject": "Hello",
        "body": "<html><body><a href=\"https://example.com/?a=b&amp;c=d\">Look</a>\
                 <a href=\"{% view_in_browser_url %}\">View</a>\
                 <a href=\"{% manage_subscription_preferences_url %}\">Choose</a></body></html>",
        "identifiers": {"id": "42"},
    });
    let answer = server
        .app("POST", "/v1/send/email", email.to_string())
        .await;
    let id = answer.json()["delivery_id"].as_str().unwrap().to_owned();
    let mail = unfolded(&message.await.unwrap());
    sent(&server, &id).await;
    let root = server.server.url();

    assert_eq!(
        browse(&server, &path(&mail, root, "/e/o/")).await.status,
        200
    );
    let click = browse(&server, &path(&mail, root, "/e/c/")).await;
    assert_eq!(click.status, 302, "{click:?}");
    let location = "location: https://example.com/?a=b&c=d\r\n";
    assert!(click.head.contains(location), "{click:?}");
    let view = browse(&server, &path(&mail, root, "/v/")).await;
    assert!(view.status == 200 && view.body.contains("Look"), "{view:?}");
    let choices = browse(&server, &path(&mail, root, "/u/i/")).await;
    assert!(
        choices.status == 200 && choices.body.contains("<form"),
        "{choices:?}"
    );
    let header = format!("List-Unsubscribe: <{root}/unsubscribe/{id}>\n");
    assert!(mail.contains(&header), "{mail}");
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let unsubscribe = path(&mail, root, "/unsubscribe/");
    let one_click = server.send_with("POST", &unsubscribe, &form, b"List-Unsubscribe=One-Click");
    assert_eq!(one_click.await.status, 200);
    assert_eq!(
        server.profile("42", "id").await.unwrap()["unsubscribed"],
        true
    );

    let metrics = "/v1/transactional/1/metrics?period=weeks&steps=2";
    let answer = server.app("GET", metrics, "").await.json();
    let series = answer["metric"]["series"].as_object().unwrap();
    let is_counted = |counts: &&Value| counts.as_array().unwrap().iter().any(|it| *it == 1);
    let counted = series.iter().filter(|(_, counts)| is_counted(counts));
    let counted: Vec<&str> = counted.map(|(metric, _)| metric.as_str()).collect();
    let expected = [
        "clicked",
        "created",
        "human_clicked",
        "human_opened",
        "opened",
        "sent",
        "unsubscribed",
    ];
    assert_eq!(counted, expected);
    let links = "/v1/transactional/1/metrics/links";
    let answer = server.app("GET", links, "").await.json();
    let links = answer["links"].as_array().unwrap();
    assert_eq!(links.len(), 1, "none is of this server itself");
    assert_eq!(links[0]["link"]["href"], "https://example.com/?a=b&c=d");
}
