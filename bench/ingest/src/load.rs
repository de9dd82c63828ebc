//! Sends requests over a number of connections, from one thread, and says how it went.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustix::time::{ClockId, clock_gettime};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::MissedTickBehavior;

use crate::Failure;
use crate::bodies::{Bodies, Ids, Kind, Random};
use crate::http::{Connection, Request};

/// How often the sender of paced requests wakes up.
const TICK: Duration = Duration::from_millis(1);

/// What to do.
#[derive(Deserialize)]
pub(crate) struct Plan {
    #[serde(flatten)]
    bodies: Bodies,
    /// `http://host:port`.
    url: String,
    /// `user:password`, or the key of the App API.
    credentials: String,
    connections: usize,
    /// No further request starts after so long. A kind with a number of requests ends when
    /// all were answered.
    seconds: f64,
    /// Requests a second. Without it each connection sends the next when the last is answered.
    rate: Option<f64>,
}

/// What the connections share.
struct Shared {
    ids: RefCell<Ids>,
    /// Of each answer, in microseconds.
    latencies: RefCell<Vec<u32>>,
    /// When nothing more starts.
    end: Instant,
}

impl Shared {
    async fn call(
        &self,
        connection: &mut Connection,
        request: &mut Request,
        due: Instant,
    ) -> Result<(), Failure> {
        self.ids.borrow_mut().renew(request);
        connection.call(request).await?;
        self.latencies.borrow_mut().push(micros(due.elapsed()));
        Ok(())
    }
}

/// # Errors
///
/// The first answer that is not a success: a run with failures measures something else.
pub(crate) async fn run(plan: Plan) -> Result<Value, Failure> {
    let address = plan.url.strip_prefix("http://").ok_or("not http")?;
    let bodies = Rc::new(plan.bodies);
    let authorization = match bodies.kind {
        Kind::Read => format!("Bearer {}", plan.credentials),
        _ => format!("Basic {}", BASE64.encode(&plan.credentials)),
    };
    let mut random = Random::new(bodies.seed);
    let mut workers = Vec::new();
    for _ in 0..plan.connections {
        let one = |number| bodies.request(&authorization, number, &mut random);
        let requests: Vec<Request> = (0..bodies.prepared()).map(one).collect();
        workers.push((Connection::open(address).await?, requests));
    }
    let cpu = cpu_time()?;
    let started = Instant::now();
    let shared = Rc::new(Shared {
        ids: RefCell::new(Ids::new()),
        latencies: RefCell::default(),
        end: started + Duration::from_secs_f64(plan.seconds),
    });
    let local = LocalSet::new();
    let send = async {
        let mut tasks = JoinSet::new();
        if let Some(requests) = bodies.requests() {
            let next = Rc::new(Cell::new(0));
            for (connection, _) in workers {
                let filler = Filler {
                    shared: Rc::clone(&shared),
                    next: Rc::clone(&next),
                    requests,
                    authorization: authorization.clone(),
                    bodies: Rc::clone(&bodies),
                };
                tasks.spawn_local(filler.fill(connection));
            }
        } else if let Some(rate) = plan.rate {
            let (sender, due) = ticking(rate, shared.end);
            for (connection, requests) in workers {
                let (shared, due) = (Rc::clone(&shared), Rc::clone(&due));
                tasks.spawn_local(when_due(shared, connection, requests, due));
            }
            tasks.spawn_local(sender);
        } else {
            for (connection, requests) in workers {
                tasks.spawn_local(closely(Rc::clone(&shared), connection, requests));
            }
        }
        while let Some(task) = tasks.join_next().await {
            task??;
        }
        Ok::<(), Failure>(())
    };
    local.run_until(send).await?;
    let latencies = shared.latencies.take();
    let seen = Seen {
        requests: latencies.len(),
        latencies,
        wall: started.elapsed(),
        cpu: cpu_time()? - cpu,
    };
    Ok(seen.summary(&bodies))
}

/// The next request when the last is answered.
async fn closely(
    shared: Rc<Shared>,
    mut connection: Connection,
    mut requests: Vec<Request>,
) -> Result<(), Failure> {
    for number in (0..requests.len()).cycle() {
        let due = Instant::now();
        if due >= shared.end {
            break;
        }
        shared
            .call(&mut connection, &mut requests[number], due)
            .await?;
    }
    Ok(())
}

type Due = Rc<Mutex<mpsc::UnboundedReceiver<Instant>>>;

/// Says when requests are due: so many a second, whatever becomes of them.
fn ticking(rate: f64, end: Instant) -> (impl Future<Output = Result<(), Failure>>, Due) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let tick = async move {
        let mut interval = tokio::time::interval(TICK);
        interval.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut owed = 0.0;
        while Instant::now() < end {
            interval.tick().await;
            owed += rate * TICK.as_secs_f64();
            while owed >= 1.0 {
                owed -= 1.0;
                sender.send(Instant::now())?;
            }
        }
        Ok(())
    };
    (tick, Rc::new(Mutex::new(receiver)))
}

/// A request whenever one is due. What it waits for a connection counts, too.
async fn when_due(
    shared: Rc<Shared>,
    mut connection: Connection,
    mut requests: Vec<Request>,
    due: Due,
) -> Result<(), Failure> {
    for number in (0..requests.len()).cycle() {
        let next = due.lock().await.recv().await;
        let Some(next) = next else { break };
        shared
            .call(&mut connection, &mut requests[number], next)
            .await?;
    }
    Ok(())
}

/// Sends each request once.
struct Filler {
    shared: Rc<Shared>,
    next: Rc<Cell<usize>>,
    requests: usize,
    authorization: String,
    bodies: Rc<Bodies>,
}

impl Filler {
    async fn fill(self, mut connection: Connection) -> Result<(), Failure> {
        loop {
            let number = self.next.get();
            if number >= self.requests {
                return Ok(());
            }
            if Instant::now() >= self.shared.end {
                return Err("it took too long to bring everything in".into());
            }
            self.next.set(number + 1);
            let mut random = Random::new(self.bodies.seed + number as u64);
            let mut request = self
                .bodies
                .request(&self.authorization, number, &mut random);
            self.shared
                .call(&mut connection, &mut request, Instant::now())
                .await?;
        }
    }
}

/// How a run went.
pub(crate) struct Seen {
    pub(crate) requests: usize,
    /// In microseconds, of each answer or of each sync.
    pub(crate) latencies: Vec<u32>,
    pub(crate) wall: Duration,
    /// Of this process.
    pub(crate) cpu: Duration,
}

impl Seen {
    /// What the runner reads.
    pub(crate) fn summary(mut self, bodies: &Bodies) -> Value {
        let latencies = &mut self.latencies;
        latencies.sort_unstable();
        let at = |part: f64| {
            let last = latencies.len().saturating_sub(1);
            latencies.get((last as f64 * part) as usize).copied()
        };
        json!({
            "requests": self.requests,
            "operations": self.requests * bodies.operations(),
            "seconds": self.wall.as_secs_f64(),
            "client_cpu_us": self.cpu.as_micros() as u64,
            "p50_us": at(0.5),
            "p99_us": at(0.99),
            "max_us": at(1.0),
        })
    }
}

pub(crate) fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}

/// User and system time of this process.
pub(crate) fn cpu_time() -> Result<Duration, Failure> {
    Ok(clock_gettime(ClockId::ProcessCPUTime).try_into()?)
}
