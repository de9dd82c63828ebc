//! Requests to the handlers without a network between, for the targets in `fuzz/`. It is
//! no part of the crate's interface.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::response::Response;
use cio_domain::{Clock, UnixMillis};
use cio_store::{Store, StoreError};
use cio_store_embedded::EmbeddedStore;
use http_body_util::BodyExt;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;

use crate::admin::access::Gate;
use crate::app::collections::RowFiles;
use crate::credentials::Hasher;
use crate::delivery::Carriers;
use crate::fetch::{Fetcher, Poster, SILENCE_MAX};
use crate::first_start::{AdminToken, FirstWorkspace};
use crate::listen::Peer;
use crate::rate_limit::RateLimits;
use crate::router::router;
use crate::settings::{AppApi, FirstCredentials, Settings};
use crate::state::{AppState, Shared};
use crate::tracking::Links;
use crate::transfers::Files;

/// Site id and Track key are `site:key`.
pub const TRACK: &str = "Basic c2l0ZTprZXk=";
/// The write key is `write`, without a password.
pub const PIPELINES: &str = "Basic d3JpdGU6";
/// The App key is `app`.
pub const APP: &str = "Bearer app";

/// Whence requests come.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

thread_local! {
    /// Kept, because starting its threads takes longer than most requests.
    static RUNTIME: Runtime = Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(future))
}

/// One workspace in memory.
pub struct Api {
    app: Router,
}

/// A time that stands still, so that a finding can be repeated.
struct Frozen;

impl Clock for Frozen {
    fn now(&self) -> UnixMillis {
        1_700_000_000_000
    }
}

impl Default for Api {
    fn default() -> Api {
        block_on(started()).expect("a store in memory takes what it is given")
    }
}

async fn started() -> Result<Api, StoreError> {
    let store: Arc<dyn Store> = Arc::new(EmbeddedStore::in_memory());
    let settings = Settings {
        credentials: FirstCredentials {
            site_id: Some("site".to_owned()),
            track_api_key: Some("key".to_owned()),
            app_api_key: Some("app".to_owned()),
            pipelines_write_key: Some("write".to_owned()),
        },
        admin_token: Some("admin".to_owned()),
        ..Settings::default()
    };
    let hasher = Hasher::new(store.pepper([0; 32]).await?);
    let first = FirstWorkspace::prepare(store.as_ref(), &hasher, &settings, &Frozen).await?;
    let admin = AdminToken::prepare(store.as_ref(), &hasher, &settings).await?;
    let fetcher = Fetcher::new(false, 0, SILENCE_MAX)
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let carriers = Carriers::new(&settings.carriers)
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let url = "http://127.0.0.1".to_owned();
    let state = AppState::new(Shared {
        store,
        clock: Arc::new(Frozen),
        keys: Arc::new(first.keys),
        admin: Gate::new(admin.hash, HERE, false),
        jobs: Arc::new(Notify::new()),
        carriers: Arc::new(carriers),
        metrics: Arc::default(),
        metrics_access: settings.metrics,
        tending: Arc::default(),
        broadcasts: Arc::default(),
        transfers: Arc::default(),
        reporting: Arc::default(),
        poster: Poster::new(false, SILENCE_MAX)
            .map_err(|error| StoreError::Unavailable(error.to_string()))?,
        files: Files::open(None).map_err(|error| StoreError::Unavailable(error.to_string()))?,
        row_files: RowFiles::new(&fetcher),
        app: AppApi::default(),
        rate_limits: RateLimits::default(),
        links: Links::new(url.clone(), hasher),
        url,
    });
    Ok(Api { app: router(state) })
}

impl Api {
    /// Asks, and gives status and body. `None`: HTTP has no such request.
    pub fn ask(
        &self,
        method: &str,
        path: &str,
        authorization: &[u8],
        body: &[u8],
    ) -> Option<(u16, Vec<u8>)> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            // As every client says, and as operators have to.
            .header(header::HOST, "127.0.0.1")
            .header(header::AUTHORIZATION, authorization)
            .header(header::CONTENT_TYPE, "application/json")
            // Pipelines says 200 to what it refuses without it.
            .header("x-strict-mode", "1")
            .extension(Peer(HERE))
            .body(Body::from(body.to_vec()))
            .ok()?;
        let app = TowerToHyperService::new(self.app.clone());
        block_on(async {
            let answer: Response = app
                .call(request)
                .await
                .unwrap_or_else(|never| match never {});
            let status = answer.status().as_u16();
            let body = answer.into_body().collect().await.ok()?;
            Some((status, body.to_bytes().to_vec()))
        })
    }
}
