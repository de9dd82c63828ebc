//! Calls without a runtime of one's own: the feature `blocking`.

use cio_testkit::{Reply, TestServer};
use customerio::testing::Recorder;
use customerio::{ErrorKind, TrackClient};

use crate::support::track_at;

#[test]
fn calls_can_be_waited_for_on_any_thread() {
    let elsewhere = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = elsewhere.block_on(TestServer::start());
    server.answer_with(|_| Reply::ok());
    let track = track_at(&server.url());
    for _ in 0..10 {
        track.identify("1", ()).wait().unwrap();
        let other = track.clone();
        std::thread::spawn(move || other.identify("2", ()).wait())
            .join()
            .unwrap()
            .unwrap();
    }
    assert_eq!(server.requests().len(), 20);
    // A call may come before the connection of the last one is free again.
    assert!(server.connections() < 20, "connections outlive the calls");
}

#[test]
fn errors_are_the_same() {
    let track = TrackClient::builder("site", "key")
        .dry_run(&Recorder::new())
        .build()
        .unwrap();
    let error = track.identify("", ()).wait().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn waiting_inside_of_asynchronous_code_is_refused() {
    let recorder = Recorder::new();
    let track = TrackClient::builder("site", "key")
        .dry_run(&recorder)
        .build()
        .unwrap();
    let error = track.identify("42", ()).wait().unwrap_err();
    assert!(
        error.to_string().contains("await the request there"),
        "{error}"
    );
    assert_eq!(recorder.count(), 0);
}
