//! A connection that ends after any number of bytes: what is said of the message agrees with
//! what the server had of it.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{hand_over, kind, smtp};

/// What a server had of a message when the connection ended.
#[derive(Debug, Default)]
struct Had {
    /// All bytes, and none is left for it to end after.
    everything: bool,
    dot: bool,
    /// It answered to the dot.
    answered: bool,
}

/// Reads so many bytes, answering what is to be answered, and ends the connection.
async fn until(stream: &mut TcpStream, bytes: usize) -> Had {
    let mut had = Had::default();
    let (mut line, mut in_message) = (Vec::new(), false);
    stream.write_all(b"220 hi\r\n").await.unwrap();
    for _ in 0..bytes {
        let Ok(byte) = stream.read_u8().await else {
            had.everything = true;
            return had;
        };
        line.push(byte);
        if !line.ends_with(b"\r\n") {
            continue;
        }
        let answer = match line.as_slice() {
            b".\r\n" if in_message => {
                in_message = false;
                had.dot = true;
                "250 2.0.0 queued\r\n"
            }
            _ if in_message => "",
            b"DATA\r\n" => {
                in_message = true;
                "354 go\r\n"
            }
            line if line.starts_with(b"EHLO") => "250-mail.test\r\n250 PIPELINING\r\n",
            _ => "250 ok\r\n",
        };
        line.clear();
        had.answered |= had.dot && !answer.is_empty();
        stream.write_all(answer.as_bytes()).await.ok();
    }
    had
}

#[tokio::test]
async fn wherever_a_connection_ends_nothing_is_repeated_that_may_have_arrived() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let mut kinds = Vec::new();
    for bytes in 0.. {
        let smtp = smtp(&url);
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let had = until(&mut stream, bytes).await;
            drop(stream);
            had
        };
        let client = async {
            let handed = hand_over(&smtp).await;
            smtp.close().await;
            handed
        };
        let (had, handed) = tokio::join!(server, client);
        match kind(&handed) {
            // Nobody has it.
            "later" => assert!(!had.dot, "{bytes}: {had:?} {handed:?}"),
            "taken" => assert!(had.answered, "{bytes}: {had:?} {handed:?}"),
            // It was written, whether or not it was read.
            "in doubt" => assert!(!had.answered, "{bytes}: {had:?} {handed:?}"),
            other => panic!("{bytes}: {other} {had:?}"),
        }
        kinds.push(kind(&handed));
        if had.everything {
            break;
        }
    }
    assert_eq!(kinds.first(), Some(&"later"));
    assert_eq!(kinds.last(), Some(&"taken"));
    assert!(kinds.len() > 150, "{}", kinds.len());
}
