//! Sending a batch, and finding out what became of each row of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use customerio::{
    BatchError, Entity, Error, Rate, RateLimits, RetryPolicy, TrackClient, TrackClientBuilder,
};

use crate::exit::Failure;

/// The largest requests take a server longer than single calls.
const TIMEOUT: Duration = Duration::from_secs(60);
/// An import waits for a service that is away for a while; then it stops and can go on later.
const PATIENCE: Duration = Duration::from_secs(300);
const ATTEMPTS: u32 = 1_000;
/// The Track API's own limit.
const REQUESTS_PER_SECOND: u32 = 1_000;

/// A client that keeps to the limits, waits when the service says so, and repeats what failed.
pub(crate) fn client(
    builder: TrackClientBuilder,
    rate: Option<u32>,
) -> Result<TrackClient, Failure> {
    let rate = Rate::per_second(rate.unwrap_or(REQUESTS_PER_SECOND));
    let policy = RetryPolicy::default()
        .with_max_attempts(ATTEMPTS)
        .with_total_time(PATIENCE)
        .with_backoff(Duration::from_millis(500), Duration::from_secs(15));
    let client = builder
        .timeout(TIMEOUT)
        .retry(policy)
        .rate_limits(RateLimits::none().track(rate))
        .build()?;
    Ok(client)
}

/// Sends a batch: the operations that were refused, by their places, and why.
///
/// Where the service refuses a request as a whole, or does not say what it refuses of it, the
/// halves are sent alone, until it is known which operations it means. What it had taken before
/// is set, or known by its id, once more.
pub(crate) async fn send(
    track: TrackClient,
    entities: Vec<Entity>,
) -> Result<Vec<(usize, String)>, Arc<Error>> {
    let mut refused = BTreeMap::new();
    let mut parts = Vec::new();
    parts.push(0..entities.len());
    while let Some(part) = parts.pop() {
        let report = track.batch(entities[part.clone()].iter().cloned()).await;
        let mut is_unclear = false;
        for (place, error) in report.failures() {
            match error {
                BatchError::Unattributed(_) if part.len() > 1 => is_unclear = true,
                BatchError::Failed(failed) if is_about_the_content(failed) && part.len() > 1 => {
                    is_unclear = true;
                }
                BatchError::Failed(failed) if !is_about_the_content(failed) => {
                    return Err(Arc::clone(failed));
                }
                BatchError::NotSent(failed) => return Err(Arc::clone(failed)),
                _ => {
                    refused.insert(part.start + place, error.to_string());
                }
            }
        }
        if is_unclear {
            let middle = part.start + part.len() / 2;
            parts.push(middle..part.end);
            parts.push(part.start..middle);
        }
    }
    Ok(refused.into_iter().collect())
}

/// Whether other rows may well be taken.
fn is_about_the_content(error: &Error) -> bool {
    matches!(error, Error::Rejected(_) | Error::TooLarge(_))
}

#[cfg(test)]
mod tests {
    use customerio::entity;
    use customerio::testing::{Answer, Recorder};
    use serde_json::{Value, json};

    use super::*;

    fn recorded() -> (Recorder, TrackClient) {
        let recorder = Recorder::new();
        let builder = TrackClient::builder("site", "key").dry_run(&recorder);
        (recorder, client(builder, None).unwrap())
    }

    fn people(count: usize) -> Vec<Entity> {
        (0..count)
            .map(|id| entity::person(id.to_string()).identify(()).into())
            .collect()
    }

    /// The ids in each request.
    fn sent(recorder: &Recorder) -> Vec<Vec<String>> {
        let ids = |call: &Value| {
            let items = call["batch"].as_array().unwrap().iter();
            items
                .map(|item| item["identifiers"]["id"].as_str().unwrap().to_owned())
                .collect()
        };
        recorder
            .calls()
            .iter()
            .map(|call| ids(&call.json()))
            .collect()
    }

    #[tokio::test]
    async fn what_is_refused_has_its_place_and_reason() {
        let (recorder, track) = recorded();
        let error = json!({"batch_index": 1, "reason": "invalid", "field": "x", "message": "no"});
        recorder.answer(Answer::json(207, json!({ "errors": [error] })));
        let refused = send(track, people(3)).await.unwrap();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].0, 1);
        assert!(
            refused[0].1.contains("\"no\" (invalid)"),
            "{}",
            refused[0].1
        );
    }

    #[tokio::test]
    async fn what_the_service_does_not_name_is_found() {
        for status in [207, 400] {
            let (recorder, track) = recorded();
            let refusal = || Answer::json(status, json!({"errors": [{"message": "bad"}]}));
            // All of 0 1 2 3; then 0 1, taken; 2 3; 2 alone; 3, taken.
            let taken = || Answer::json(200, json!({}));
            for answer in [refusal(), taken(), refusal(), refusal(), taken()] {
                recorder.answer(answer);
            }
            let refused = send(track, people(4)).await.unwrap();
            let places: Vec<usize> = refused.iter().map(|(place, _)| *place).collect();
            assert_eq!(places, [2], "{status}");
            assert!(refused[0].1.contains("bad"), "{}", refused[0].1);
            let requests: Vec<String> = sent(&recorder).iter().map(|ids| ids.concat()).collect();
            assert_eq!(requests, ["0123", "01", "23", "2", "3"]);
        }
    }

    #[tokio::test]
    async fn wrong_credentials_are_no_fault_of_the_rows() {
        let (recorder, track) = recorded();
        recorder.answer(Answer::status(401));
        let error = send(track, people(2)).await.unwrap_err();
        assert_eq!(error.status(), Some(401));
        assert_eq!(recorder.count(), 1);
    }
}
