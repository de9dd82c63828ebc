//! The Rust half of `bench/mail/run`: hands so many messages over, and says how long it took.
//!
//! It reads a plan from stdin ([`Plan`]) and prints one line of JSON. What it takes from the
//! machine is measured from outside.

mod body;

use std::error::Error;
use std::future::Future;
use std::io::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use cio_channels::email::dkim::DkimKey;
use cio_channels::email::smtp::{SmtpSettings, SmtpUrl, platform_tls};
use cio_channels::email::tracking::{Link, Tracking};
use cio_channels::email::{ComposeOptions, Outgoing, ProviderSettings, Providers, compose};
use cio_channels::{Handed, Point};
use cio_domain::message::EmailContent;
use serde::Deserialize;

type Failure = Box<dyn Error + Send + Sync>;

/// As the command has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What to hand over.
#[derive(Deserialize)]
struct Plan {
    url: String,
    messages: usize,
    /// Length of a body.
    bytes: usize,
    connections: usize,
    /// Prepare each message anew: style sheet, text, links. Else one is prepared beforehand.
    composed: bool,
    /// A key in PEM to sign with.
    dkim: Option<String>,
}

struct Nowhere;

impl Point for Nowhere {
    fn reached(&self) -> Pin<Box<dyn Future<Output = bool> + Send + '_>> {
        Box::pin(std::future::ready(true))
    }
}

fn main() -> Result<(), Failure> {
    let plan: Plan = serde_json::from_reader(std::io::stdin())?;
    // One worker thread, as smtp-source has one.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let line = runtime.block_on(run(plan))?;
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}

async fn run(plan: Plan) -> Result<serde_json::Value, Failure> {
    let key = |pem: &String| DkimKey::new("example.com", "bench", pem);
    let smtp = SmtpSettings {
        connections: plan.connections,
        messages_per_connection: usize::MAX,
        ..SmtpSettings::new(SmtpUrl::read(&plan.url)?)
    };
    let provider = ProviderSettings {
        name: "sink".to_owned(),
        smtp,
        domains: vec!["*".to_owned()],
        dkim: plan.dkim.iter().map(key).collect::<Result<_, _>>()?,
    };
    let providers = Arc::new(Providers::new(vec![provider], &platform_tls()?));
    let content = Arc::new(EmailContent {
        from: "Shop <shop@example.com>".into(),
        to: "Ana <ana@example.com>".into(),
        subject: "Your order is on its way".into(),
        preheader: Some("It arrives on Monday".into()),
        body: body::html(plan.bytes),
        ..EmailContent::default()
    });
    let prepared = match plan.composed {
        true => None,
        // What smtp-source sends: lines of text.
        false => Some(Arc::new(body::plain(plan.bytes))),
    };
    let (next, taken) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let begin = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..plan.connections {
        let (providers, content, prepared) = (
            Arc::clone(&providers),
            Arc::clone(&content),
            prepared.clone(),
        );
        let (next, taken) = (Arc::clone(&next), Arc::clone(&taken));
        workers.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= plan.messages {
                    return Ok::<_, String>(());
                }
                let outgoing = match &prepared {
                    Some(prepared) => Arc::clone(prepared),
                    None => Arc::new(composed(&content, number)?),
                };
                let report = providers.hand_over(&outgoing, &Nowhere).await;
                match report.whole() {
                    Handed::Taken { .. } => taken.fetch_add(1, Ordering::Relaxed),
                    other => return Err(format!("{other:?}")),
                };
            }
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker??;
    }
    let seconds = begin.elapsed().as_secs_f64();
    providers.close().await;
    Ok(serde_json::json!({ "seconds": seconds, "taken": taken.load(Ordering::Relaxed) }))
}

fn composed(content: &EmailContent, number: usize) -> Result<Outgoing, String> {
    let id = format!("dgTx3AbpQwUDAZ{number}==");
    let link = |link: Link<'_>| Some(format!("https://t.example.com/e/c/{}", link.url.len()));
    let options = ComposeOptions {
        unsubscribe_url: Some("https://t.example.com/unsubscribe/1"),
        tracking: Some(Tracking {
            pixel: Some("https://t.example.com/e/o/1"),
            link: Some(&link),
        }),
        ..ComposeOptions::new(&id, 1_790_000_000_000)
    };
    let mut made = compose(content, &options).map_err(|problem| problem.to_string())?;
    Ok(made.remove(0))
}
