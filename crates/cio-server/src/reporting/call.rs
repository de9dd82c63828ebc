//! One call: what identifies it, its signature, and what its answer means.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use cio_domain::WorkspaceId;
use cio_domain::content::reporting_webhook::Endpoint;
use cio_domain::credential::SigningKey;
use cio_domain::reporting::WebhookEvent;
use cio_wire::webhook_signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
use ulid::Ulid;

use super::waits::Failure;
use super::worker::Reporting;

/// Statuses by which a receiver may refuse a signature.
const SIGNATURE_REFUSALS: [u16; 3] = [400, 401, 403];

impl Reporting {
    /// The same whenever it is told, and nobody else's: made from where the event stands, and
    /// a secret of the store.
    pub(super) fn event_id(&self, workspace: WorkspaceId, event: &WebhookEvent) -> String {
        let mut claim = Vec::new();
        claim.extend_from_slice(&workspace.0.to_be_bytes());
        claim.extend_from_slice(&event.sequence.to_be_bytes());
        claim.extend_from_slice(&event.recorded_at.to_be_bytes());
        let hash = self.keys.hasher().event_id(&claim).0;
        let mut random = [0; 16];
        random.copy_from_slice(&hash[..16]);
        Ulid::from_parts(event.recorded_at, u128::from_be_bytes(random)).to_string()
    }

    /// One call, signed with the newest key. Where the signature may be what is refused and a
    /// key from before is still in force, with that one: a receiver has as long to learn of
    /// the new one as the old one has left. The key that was taken is the first from then on.
    pub(super) async fn call(
        &self,
        endpoint: &Endpoint,
        keys: &mut [SigningKey],
        body: Vec<u8>,
    ) -> Result<(), (Failure, String)> {
        let body = Bytes::from(body);
        let mut refused = None;
        for position in 0..keys.len() {
            let headers = self.headers(&keys[position], &body);
            let answer = self.poster.post(endpoint.as_str(), headers, body.clone());
            let status = match answer.await {
                Ok(status) if status.is_success() => {
                    keys.swap(0, position);
                    return Ok(());
                }
                Ok(status) => status.as_u16(),
                Err(error) => {
                    let failure = match error.is_late {
                        true => Failure::Late,
                        false => Failure::Unreachable,
                    };
                    return Err((failure, error.to_string()));
                }
            };
            let first = *refused.get_or_insert(status);
            if !SIGNATURE_REFUSALS.contains(&first) || !SIGNATURE_REFUSALS.contains(&status) {
                break;
            }
        }
        let status = refused.unwrap_or_default();
        Err((
            Failure::Answered(status),
            format!("its server answered {status}"),
        ))
    }

    fn headers(&self, key: &SigningKey, body: &[u8]) -> HeaderMap {
        let timestamp = (self.clock.now() / 1_000).to_string();
        let signature = sign(&key.0, &timestamp, body);
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("Content-Type", "application/json"),
            (TIMESTAMP_HEADER, timestamp.as_str()),
            (SIGNATURE_HEADER, signature.as_str()),
        ] {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                headers.insert(name, value);
            }
        }
        headers
    }
}
