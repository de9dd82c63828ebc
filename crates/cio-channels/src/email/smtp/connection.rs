//! From an address to a connection that takes mail: greeting, encryption, login.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::Timeouts;
use super::reply::Reply;
use super::tls::encrypt;
use super::url::{Login, Security, SmtpUrl};
use super::wire::{Broken, Duplex, Wire};

/// Longest wait for a server to hear that a connection ends.
const QUIT_MAX: Duration = Duration::from_secs(1);

/// What a server says it can, in answer to EHLO.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    pub(super) pipelining: bool,
    pub(super) eight_bit: bool,
    pub(super) smtp_utf8: bool,
    pub(super) start_tls: bool,
    /// Largest message, if it says one.
    pub(super) size_max: Option<usize>,
    /// It takes `SIZE=` with the sender.
    pub(super) size: bool,
    auth_plain: bool,
    auth_login: bool,
}

impl Extensions {
    fn read(reply: &Reply) -> Extensions {
        let mut found = Extensions::default();
        // The first line is the server's name.
        for line in reply.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase();
            // Old servers write `AUTH=LOGIN`.
            let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
            match words.next() {
                Some("PIPELINING") => found.pipelining = true,
                Some("8BITMIME") => found.eight_bit = true,
                Some("SMTPUTF8") => found.smtp_utf8 = true,
                Some("STARTTLS") => found.start_tls = true,
                Some("SIZE") => {
                    found.size = true;
                    let most = words.next().and_then(|most| most.parse().ok());
                    found.size_max = most.filter(|most| *most > 0);
                }
                Some("AUTH") => {
                    for word in words {
                        found.auth_plain |= word == "PLAIN";
                        found.auth_login |= word == "LOGIN";
                    }
                }
                _ => {}
            }
        }
        found
    }
}

/// A connection that takes mail.
pub(super) struct Connection {
    pub(super) wire: Wire<Box<dyn Duplex>>,
    pub(super) extensions: Extensions,
    /// The last transaction did not end, so the next one begins with RSET.
    pub(super) is_dirty: bool,
    /// Messages that went through it.
    pub(super) messages: usize,
}

/// Why there is no connection. Nothing was handed over.
#[derive(Debug)]
pub(super) struct Unavailable(pub(super) String);

impl Connection {
    /// Connects, and is ready for a message when it returns.
    pub(super) async fn open(
        url: &SmtpUrl,
        hello: Option<&str>,
        tls: &Arc<ClientConfig>,
        timeouts: &Timeouts,
    ) -> Result<Connection, Unavailable> {
        let place = (url.host.as_str(), url.port);
        let stream = match timeout(timeouts.connect, TcpStream::connect(place)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(Unavailable(format!("no connection: {error}"))),
            Err(_) => {
                let wait = timeouts.connect;
                return Err(Unavailable(format!("no connection within {wait:?}")));
            }
        };
        // Each step is one write, and an answer is waited for.
        stream.set_nodelay(true).ok();
        let name = match hello {
            Some(name) => name.to_owned(),
            None => address_literal(stream.local_addr().ok()),
        };
        let step_max = timeouts.step;
        let (mut wire, extensions, is_encrypted) = match url.security {
            Security::Implicit => {
                let stream = encrypt(tls, &url.host, stream, step_max).await;
                let mut wire = Wire::new(stream.map_err(Unavailable)?, step_max).boxed();
                greeting(&mut wire).await?;
                let extensions = greet(&mut wire, &name).await?;
                (wire, extensions, true)
            }
            security => {
                let mut wire = Wire::new(stream, step_max);
                greeting(&mut wire).await?;
                let extensions = greet(&mut wire, &name).await?;
                match (security, extensions.start_tls) {
                    (Security::Off, _) | (Security::Opportunistic, false) => {
                        (wire.boxed(), extensions, false)
                    }
                    (_, false) => {
                        return Err(Unavailable(
                            "the server offers no STARTTLS, and tls=required".to_owned(),
                        ));
                    }
                    (_, true) => {
                        let stream = start_tls(wire).await?;
                        let stream = encrypt(tls, &url.host, stream, step_max).await;
                        let mut wire = Wire::new(stream.map_err(Unavailable)?, step_max).boxed();
                        // What was said before is forgotten, RFC 3207.
                        let extensions = greet(&mut wire, &name).await?;
                        (wire, extensions, true)
                    }
                }
            }
        };
        if let Some(login) = &url.login {
            if !is_encrypted && !url.is_loopback() && !url.plain_password {
                return Err(Unavailable(
                    "the server offers no encryption for the password: use smtps:// or tls=required, or allow it with plain_password=true".to_owned(),
                ));
            }
            log_in(&mut wire, login, &extensions).await?;
        }
        Ok(Connection {
            wire,
            extensions,
            is_dirty: false,
            messages: 0,
        })
    }

    /// Takes leave, as far as the server listens.
    pub(super) async fn quit(mut self) {
        // Whoever ends a connection owes no more than the word.
        self.wire.end_by(Some(Instant::now() + QUIT_MAX));
        let _said = self.wire.send(b"QUIT\r\n").await;
    }
}

/// The name of a host that knows none, RFC 5321 4.1.3.
fn address_literal(address: Option<SocketAddr>) -> String {
    match address.map(|address| address.ip()) {
        Some(IpAddr::V4(ip)) => format!("[{ip}]"),
        Some(IpAddr::V6(ip)) => format!("[IPv6:{ip}]"),
        None => "[127.0.0.1]".to_owned(),
    }
}

fn broken(at: &str) -> impl Fn(Broken) -> Unavailable {
    move |broken| Unavailable(format!("{at}: {broken}"))
}

fn refused(at: &str, reply: &Reply) -> Unavailable {
    Unavailable(format!("{at}: {reply}"))
}

async fn greeting<S: Duplex>(wire: &mut Wire<S>) -> Result<(), Unavailable> {
    let reply = wire.reply().await.map_err(broken("greeting"))?;
    match reply.code {
        220 => Ok(()),
        _ => Err(refused("greeting", &reply)),
    }
}

async fn greet<S: Duplex>(wire: &mut Wire<S>, name: &str) -> Result<Extensions, Unavailable> {
    let reply = wire.command(&format!("EHLO {name}")).await;
    let reply = reply.map_err(broken("EHLO"))?;
    if reply.is_positive() {
        return Ok(Extensions::read(&reply));
    }
    if !reply.is_permanent() {
        return Err(refused("EHLO", &reply));
    }
    let reply = wire.command(&format!("HELO {name}")).await;
    let reply = reply.map_err(broken("HELO"))?;
    match reply.is_positive() {
        true => Ok(Extensions::default()),
        false => Err(refused("HELO", &reply)),
    }
}

async fn start_tls(mut wire: Wire<TcpStream>) -> Result<TcpStream, Unavailable> {
    let reply = wire.command("STARTTLS").await.map_err(broken("STARTTLS"))?;
    if reply.code != 220 {
        return Err(refused("STARTTLS", &reply));
    }
    wire.into_stream()
        .ok_or_else(|| Unavailable("STARTTLS: the server says more than it is asked".to_owned()))
}

async fn log_in(
    wire: &mut Wire<Box<dyn Duplex>>,
    login: &Login,
    extensions: &Extensions,
) -> Result<(), Unavailable> {
    let Login { user, password } = login;
    let reply = if extensions.auth_plain {
        let response = STANDARD.encode(format!("\0{user}\0{password}"));
        wire.command(&format!("AUTH PLAIN {response}")).await
    } else if extensions.auth_login {
        answer(
            wire,
            &[
                "AUTH LOGIN",
                &STANDARD.encode(user),
                &STANDARD.encode(password),
            ],
        )
        .await
    } else {
        return Err(Unavailable(
            "the server offers neither AUTH PLAIN nor AUTH LOGIN, and the URL has a user"
                .to_owned(),
        ));
    };
    let reply = reply.map_err(broken("AUTH"))?;
    match reply.is_positive() {
        true => Ok(()),
        // What a server says of a password may repeat it.
        false => Err(Unavailable(format!(
            "the server refuses the login ({}): check user and password",
            reply.codes()
        ))),
    }
}

/// Gives one answer after the other, as long as the server asks for the next.
async fn answer(wire: &mut Wire<Box<dyn Duplex>>, answers: &[&str]) -> Result<Reply, Broken> {
    let mut reply = wire.command(answers[0]).await?;
    for answer in &answers[1..] {
        if reply.code != 334 {
            break;
        }
        reply = wire.command(answer).await?;
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_read_in_any_case_and_in_old_spellings() {
        let text = "250-mail AUTH\r\n250-size 1000\r\n250-Pipelining\r\n250-AUTH=LOGIN\r\n250 8BITMIME\r\n";
        let (reply, _) = Reply::read(text.as_bytes()).unwrap().unwrap();
        let found = Extensions::read(&reply);
        assert_eq!(found.size_max, Some(1000));
        assert!(found.pipelining && found.eight_bit && found.auth_login && !found.auth_plain);
        let (reply, _) = Reply::read(b"250-x\r\n250 SIZE 0\r\n").unwrap().unwrap();
        assert_eq!(Extensions::read(&reply).size_max, None, "0 is no limit");
    }

    #[test]
    fn a_host_without_a_name_says_its_address() {
        assert_eq!(address_literal("127.0.0.1:1".parse().ok()), "[127.0.0.1]");
        assert_eq!(address_literal("[::1]:1".parse().ok()), "[IPv6:::1]");
    }
}
