//! What the requests say. They are written before the clock starts; only the ids of
//! events, which must never repeat, are written over in each.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::http::Request;

/// Operations in a batch that brings people or their past in.
pub(crate) const FILL: usize = 1_000;
/// Requests made before the clock starts, for each connection.
const PREPARED: usize = 64;
/// The same in operations, as a batch of a thousand is a quarter of a megabyte.
const PREPARED_OPERATIONS: usize = 4_000;
/// Digits of an event's id: as many as a ULID has.
const ID_DIGITS: usize = 26;
/// How far back the past goes, in seconds.
const PAST: usize = 30 * 24 * 60 * 60;
/// Stands for an id in a body until it is written over.
const ID: &str = "__________________________";

/// What is asked of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Track v1, one event.
    Event,
    /// Track v1, one identify.
    Identify,
    /// Track v2, some operations: by turns an event and an identify.
    Batch,
    /// Track v2, a thousand new people.
    Fill,
    /// Track v2, a thousand events of the last thirty days.
    Past,
    /// A profile of the App API.
    Read,
}

/// What the requests of one run are about.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Bodies {
    pub(crate) kind: Kind,
    /// In each request of [`Kind::Batch`].
    batch: usize,
    /// How many people there are.
    pub(crate) people: usize,
    /// How many events [`Kind::Past`] brings in.
    #[serde(default)]
    events: usize,
    pub(crate) seed: u64,
}

/// Random enough, and the same in every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

/// Event ids that no run used before.
pub(crate) struct Ids {
    start: u64,
    next: u64,
}

impl Ids {
    pub(crate) fn new() -> Ids {
        Ids {
            start: now().as_nanos() as u64,
            next: 0,
        }
    }

    /// Writes new ids over those of a request.
    pub(crate) fn renew(&mut self, request: &mut Request) {
        for at in &request.ids {
            self.next += 1;
            let mut digits = [b'0'; ID_DIGITS];
            let mut rest = u128::from(self.start) << 40 | u128::from(self.next);
            for digit in digits.iter_mut().rev() {
                *digit = b"0123456789abcdef"[(rest & 15) as usize];
                rest >>= 4;
            }
            request.bytes[*at..*at + ID_DIGITS].copy_from_slice(&digits);
        }
    }
}

impl Bodies {
    /// Operations in each request.
    pub(crate) fn operations(&self) -> usize {
        match self.kind {
            Kind::Batch => self.batch,
            Kind::Fill | Kind::Past => FILL,
            Kind::Event | Kind::Identify | Kind::Read => 1,
        }
    }

    /// How many requests there are in all, of a kind that brings in what is then there.
    pub(crate) fn requests(&self) -> Option<usize> {
        match self.kind {
            Kind::Fill => Some(self.people.div_ceil(FILL)),
            Kind::Past => Some(self.events.div_ceil(FILL)),
            Kind::Event | Kind::Identify | Kind::Batch | Kind::Read => None,
        }
    }

    /// How many requests to make before the clock starts. Those that bring people in are
    /// too many for that.
    pub(crate) fn prepared(&self) -> usize {
        match self.kind {
            Kind::Fill | Kind::Past => 0,
            _ => (PREPARED_OPERATIONS / self.operations()).clamp(1, PREPARED),
        }
    }

    /// A request about somebody; of a kind with a number of
    /// requests, the one with this number.
    pub(crate) fn request(
        &self,
        authorization: &str,
        number: usize,
        random: &mut Random,
    ) -> Request {
        let person = random.below(self.people);
        let (head, body) = match self.kind {
            Kind::Event => (
                format!("POST /api/v1/customers/{}/events", name(person)),
                event(random),
            ),
            Kind::Identify => (
                format!("PUT /api/v1/customers/{}", name(person)),
                attributes(person, random),
            ),
            Kind::Read => (
                format!("GET /v1/customers/{}/attributes", name(person)),
                String::new(),
            ),
            Kind::Batch => ("POST /api/v2/batch".to_owned(), self.batch(random)),
            Kind::Fill => ("POST /api/v2/batch".to_owned(), fill(number, random)),
            Kind::Past => ("POST /api/v2/batch".to_owned(), self.past(random)),
        };
        let mut request = Request::new(&head, authorization, &body);
        let found = request.bytes.windows(ID.len()).enumerate();
        request.ids = found
            .filter(|(_, window)| *window == ID.as_bytes())
            .map(|(at, _)| at)
            .collect();
        request
    }

    /// An event of about 190 bytes and an identify of about 160, by turns.
    fn batch(&self, random: &mut Random) -> String {
        let timestamp = now().as_secs();
        batch_of(self.batch, |number, body| {
            let person = random.below(self.people);
            if number % 2 == 0 {
                seen(body, person, timestamp, random)
            } else {
                identify(body, person, random)
            }
        })
    }

    /// What people did in the last thirty days.
    fn past(&self, random: &mut Random) -> String {
        let now = now().as_secs();
        batch_of(FILL, |_, body| {
            let person = random.below(self.people);
            let at = now - random.below(PAST) as u64;
            seen(body, person, at, random)
        })
    }
}

fn seen(body: &mut String, person: usize, at: u64, random: &mut Random) -> std::fmt::Result {
    write!(
        body,
        r#"{{"type":"person","action":"event","identifiers":{{"id":"{}"}},"name":"page_seen","id":"{ID}","timestamp":{at},"attributes":{{"page":"/p/{}","seconds":{}}}}}"#,
        name(person),
        random.below(1_000),
        random.below(100),
    )
}

fn name(person: usize) -> String {
    format!("person-{person}")
}

/// Since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "events happen now, as the server's own clock has it"
)]
fn now() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default()
}

/// About 330 bytes.
fn event(random: &mut Random) -> String {
    format!(
        r#"{{"name":"order_placed","id":"{ID}","timestamp":{},"data":{{"order_id":"A-{}","total":{}.5,"currency":"EUR","items":[{{"sku":"SKU-1001","quantity":2,"price":19.95}},{{"sku":"SKU-2002","quantity":1,"price":9.6}}],"coupon":"WELCOME10","gift":false,"shipping":"express","source":"web","url":"https://shop.example/orders"}}}}"#,
        now().as_secs(),
        random.below(1_000_000),
        random.below(1_000),
    )
}

fn attributes(person: usize, random: &mut Random) -> String {
    format!(
        r#"{{"email":"person-{person}@example.com","plan":"plan-{}","visits":{}}}"#,
        random.below(10),
        random.below(1_000),
    )
}

fn fill(number: usize, random: &mut Random) -> String {
    batch_of(FILL, |index, body| {
        identify(body, number * FILL + index, random)
    })
}

fn identify(body: &mut String, person: usize, random: &mut Random) -> std::fmt::Result {
    write!(
        body,
        r#"{{"type":"person","action":"identify","identifiers":{{"id":"{}"}},"attributes":{}}}"#,
        name(person),
        attributes(person, random),
    )
}

fn batch_of(
    operations: usize,
    mut one: impl FnMut(usize, &mut String) -> std::fmt::Result,
) -> String {
    let mut body = r#"{"batch":["#.to_owned();
    for number in 0..operations {
        if number > 0 {
            body.push(',');
        }
        one(number, &mut body).expect("a text takes everything");
    }
    body.push_str("]}");
    body
}
