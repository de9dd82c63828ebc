//! Handing messages to a mail server, each at most once.
//!
//! All but the dot that ends a message is sent first: until the dot a server has no
//! message, whatever happens. Then [`Point::reached`] is awaited, then the dot is sent, and
//! from there on only the server's answer says what became of it.

mod connection;
mod dots;
mod pool;
mod rate;
mod reply;
mod session;
mod tls;
mod url;
mod verdict;
mod wire;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ClientConfig;
use tokio::time::{Instant, timeout};

pub use dots::Stuffing;
pub use reply::{Enhanced, NotAReply, Reply};
pub use tls::platform_tls;
pub use url::{Login, Security, SmtpUrl, SmtpUrlError};

use super::outgoing::{Outgoing, Report};
use crate::{Handed, Point};
use connection::{Connection, Unavailable};
use pool::Pool;
use rate::Rate;
use session::{Mail, Went};

/// How long a server that could not be reached is asked last.
const DOWN: Duration = Duration::from_secs(10);

/// How long each step may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until there is a connection. 15 s unless set.
    pub connect: Duration,
    /// For each command and each piece of a message. 30 s unless set.
    pub step: Duration,
    /// From the sender's name to the last line of a message. 120 s unless set.
    pub message: Duration,
    /// From the dot to the answer. 120 s unless set: whoever gives up earlier does not
    /// know what became of the message.
    pub end: Duration,
    /// For a connection, or a turn within the rate, to be free. 60 s unless set.
    pub turn: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            connect: Duration::from_secs(15),
            step: Duration::from_secs(30),
            message: Duration::from_secs(120),
            end: Duration::from_secs(120),
            turn: Duration::from_secs(60),
        }
    }
}

/// How a mail server is used.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Where it is.
    pub url: SmtpUrl,
    /// Most connections at a time. 8 unless set.
    pub connections: usize,
    /// Most messages a second. `None`, unless set: as many as it takes.
    pub rate: Option<f64>,
    /// Most messages over one connection. 100 unless set: servers end longer sessions.
    pub messages_per_connection: usize,
    /// How long a connection waits for the next message. 20 s unless set.
    pub idle_max: Duration,
    /// What this host calls itself. `None`, unless set: by its address.
    pub hello: Option<String>,
    /// How long it is waited for.
    pub timeouts: Timeouts,
}

impl SmtpSettings {
    /// As usual.
    pub fn new(url: SmtpUrl) -> SmtpSettings {
        SmtpSettings {
            url,
            connections: 8,
            rate: None,
            messages_per_connection: 100,
            idle_max: Duration::from_secs(20),
            hello: None,
            timeouts: Timeouts::default(),
        }
    }
}

/// A mail server, with the connections to it.
pub struct Smtp {
    settings: SmtpSettings,
    tls: Arc<ClientConfig>,
    pool: Pool,
    rate: Rate,
    down_until: Mutex<Option<Instant>>,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.settings.url.describe())
    }
}

/// What a server made of a message.
pub(super) struct Answer {
    pub(super) report: Report,
    /// It was not about this message, and its moment was not reached.
    pub(super) may_go_elsewhere: bool,
}

impl Smtp {
    /// A server that is not connected to before there is a message.
    pub fn new(settings: SmtpSettings, tls: Arc<ClientConfig>) -> Smtp {
        Smtp {
            pool: Pool::new(
                settings.connections,
                settings.idle_max,
                settings.messages_per_connection,
            ),
            rate: Rate::new(settings.rate),
            down_until: Mutex::default(),
            settings,
            tls,
        }
    }

    /// Scheme, host and port, without its credentials.
    pub fn describe(&self) -> String {
        self.settings.url.describe()
    }

    /// Whether it could not be reached a moment ago.
    pub fn is_down(&self) -> bool {
        let until = self.down_until.lock();
        let until = *until.unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn set_down(&self, is_down: bool) {
        let until = is_down.then(|| Instant::now() + DOWN);
        let down_until = self.down_until.lock();
        *down_until.unwrap_or_else(PoisonError::into_inner) = until;
    }

    /// Hands a message over, with `signatures` before its header.
    pub async fn hand_over(
        &self,
        outgoing: &Outgoing,
        signatures: &[u8],
        point: &dyn Point,
    ) -> Report {
        self.ask(outgoing, signatures, point).await.report
    }

    pub(super) async fn ask(
        &self,
        outgoing: &Outgoing,
        signatures: &[u8],
        point: &dyn Point,
    ) -> Answer {
        let not_now = |reason: String, wait| Answer {
            report: Report::all(outgoing, &Handed::Later { reason, wait }),
            may_go_elsewhere: true,
        };
        let patience = self.settings.timeouts.turn;
        let Ok(Ok(_turn)) = timeout(patience, self.pool.turns.acquire()).await else {
            return not_now("all connections are in use".to_owned(), None);
        };
        if let Err(wait) = self.rate.turn(patience).await {
            return not_now("the server's rate is used up".to_owned(), Some(wait));
        }
        let mail = Mail {
            outgoing,
            signatures,
        };
        match self.over_some_connection(mail, point).await {
            Ok(answer) => answer,
            Err(Unavailable(reason)) => not_now(reason, None),
        }
    }

    async fn over_some_connection(
        &self,
        mail: Mail<'_>,
        point: &dyn Point,
    ) -> Result<Answer, Unavailable> {
        loop {
            let connection = match self.pool.take() {
                Some(connection) => connection,
                None => self.open().await?,
            };
            if let Some(answer) = self.over(connection, mail, point).await {
                return Ok(answer);
            }
        }
    }

    /// `None`: the connection was dead already, and nothing was said on it.
    async fn over(
        &self,
        mut connection: Connection,
        mail: Mail<'_>,
        point: &dyn Point,
    ) -> Option<Answer> {
        let timeouts = &self.settings.timeouts;
        let (each, is_usable, may_go_elsewhere) =
            match connection.hand_over(mail, point, timeouts).await {
                Went::Stale => return None,
                Went::Said {
                    each,
                    is_usable,
                    may_go_elsewhere,
                } => (each, is_usable, may_go_elsewhere),
            };
        if is_usable {
            self.pool.put_back(connection).await;
        }
        let recipients = mail.outgoing.recipients().iter().cloned();
        Some(Answer {
            report: Report {
                provider: None,
                recipients: recipients.zip(each).collect(),
            },
            may_go_elsewhere,
        })
    }

    async fn open(&self) -> Result<Connection, Unavailable> {
        let settings = &self.settings;
        let opened = Connection::open(
            &settings.url,
            settings.hello.as_deref(),
            &self.tls,
            &settings.timeouts,
        );
        let opened = opened.await;
        self.set_down(opened.is_err());
        opened
    }

    /// Closes the connections that wait.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
