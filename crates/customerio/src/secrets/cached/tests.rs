use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::secrets::Fetching;
use crate::testing::TestClock;

/// A store of one secret, which counts how often it is asked.
#[derive(Clone, Default)]
struct Store(Arc<Inside>);

#[derive(Default)]
struct Inside {
    value: RwLock<Option<Found>>,
    is_broken: RwLock<bool>,
    asked: AtomicUsize,
}

impl Store {
    fn with(value: &str) -> Store {
        let store = Store::default();
        store.hold(Some(Found::new(value)));
        store
    }

    fn hold(&self, found: Option<Found>) {
        *self.0.value.write().unwrap() = found;
    }

    fn break_down(&self, is_broken: bool) {
        *self.0.is_broken.write().unwrap() = is_broken;
    }

    fn asked(&self) -> usize {
        self.0.asked.load(Ordering::Relaxed)
    }
}

impl SecretSource for Store {
    fn place(&self) -> String {
        "test://secret".to_owned()
    }

    fn fetch(&self) -> Fetching<'_> {
        Box::pin(async {
            self.0.asked.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            if *self.0.is_broken.read().unwrap() {
                return Err(SecretError::new(
                    self.place(),
                    SecretErrorKind::Unreachable,
                    "it is down",
                ));
            }
            Ok(self.0.value.read().unwrap().clone())
        })
    }
}

fn clock() -> (Arc<TestClock>, Clock) {
    let test = TestClock::new();
    (Arc::clone(&test), Clock::Test(test))
}

async fn read(secret: &CachedSecret, clock: &Clock) -> String {
    secret.value(clock).await.unwrap().expose().to_owned()
}

#[tokio::test]
async fn it_is_read_once_and_again_when_it_is_old() {
    let (test, clock) = clock();
    let store = Store::with("one");
    let secret = CachedSecret::new(store.clone());
    let readers = (0..64).map(|_| {
        let (secret, clock) = (secret.clone(), clock.clone());
        tokio::spawn(async move { read(&secret, &clock).await })
    });
    for reader in readers.collect::<Vec<_>>() {
        assert_eq!(reader.await.unwrap(), "one");
    }
    assert_eq!(store.asked(), 1);
    store.hold(Some(Found::new("two")));
    test.advance(MAX_AGE - Duration::from_secs(1));
    assert_eq!(read(&secret, &clock).await, "one");
    test.advance(Duration::from_secs(1));
    assert_eq!(read(&secret, &clock).await, "two");
    assert_eq!(store.asked(), 2);
}

#[tokio::test]
async fn it_is_read_before_its_store_s_time_is_over() {
    let (test, clock) = clock();
    let store = Store::default();
    store.hold(Some(Found::new("one").lasting(Duration::from_secs(100))));
    let secret = CachedSecret::new(store.clone());
    assert_eq!(read(&secret, &clock).await, "one");
    test.advance(Duration::from_secs(80));
    store.break_down(true);
    assert_eq!(read(&secret, &clock).await, "one", "it is still good");
    assert_eq!(read(&secret, &clock).await, "one");
    assert_eq!(
        store.asked(),
        2,
        "a broken store is not asked by every call"
    );
    test.advance(Duration::from_secs(20));
    let error = secret.value(&clock).await.unwrap_err();
    assert_eq!(error.kind(), SecretErrorKind::Unreachable);
    store.break_down(false);
    store.hold(Some(Found::new("two")));
    assert_eq!(read(&secret, &clock).await, "two");
}

#[tokio::test]
async fn without_an_end_it_outlives_its_store() {
    let (test, clock) = clock();
    let store = Store::with("one");
    let secret = CachedSecret::new(store.clone());
    assert_eq!(read(&secret, &clock).await, "one");
    store.break_down(true);
    for _ in 0..10 {
        test.advance(MAX_AGE);
        assert_eq!(read(&secret, &clock).await, "one");
    }
    assert_eq!(store.asked(), 11);
}

#[tokio::test]
async fn nothing_leads_to_the_next_place_and_a_broken_one_ends_the_search() {
    let (_, clock) = clock();
    let (empty, full) = (Store::default(), Store::with("found"));
    let boxed = |store: &Store| Box::new(store.clone()) as Box<dyn SecretSource>;
    let secret = CachedSecret::first_of([boxed(&empty), boxed(&full)]);
    assert_eq!(read(&secret, &clock).await, "found");
    let nothing = CachedSecret::first_of([boxed(&empty), boxed(&empty)]);
    let error = nothing.value(&clock).await.unwrap_err();
    assert_eq!(error.kind(), SecretErrorKind::Nothing);
    assert!(error.to_string().contains("test://secret, test://secret"));
    empty.break_down(true);
    let broken = CachedSecret::first_of([boxed(&empty), boxed(&full)]);
    let error = broken.value(&clock).await.unwrap_err();
    assert_eq!(error.kind(), SecretErrorKind::Unreachable);
}

#[tokio::test]
async fn a_refusal_is_a_reason_to_read_once_for_all_who_met_it() {
    let (test, clock) = clock();
    let store = Store::with("one");
    let secret = CachedSecret::new(store.clone());
    assert_eq!(read(&secret, &clock).await, "one");
    store.hold(Some(Found::new("two")));
    let states: Vec<State> = (0..64).map(|_| secret.state()).collect();
    for state in states {
        secret.renew(&clock, state).await;
    }
    assert_eq!(read(&secret, &clock).await, "two");
    assert_eq!(store.asked(), 2);
    // It was rotated once more: what brought something new is no reason to wait.
    store.hold(Some(Found::new("three")));
    secret.renew(&clock, secret.state()).await;
    assert_eq!(read(&secret, &clock).await, "three");
    // What brought nothing new is one, for a second.
    secret.renew(&clock, secret.state()).await;
    secret.renew(&clock, secret.state()).await;
    assert_eq!(store.asked(), 4);
    test.advance(PAUSE);
    secret.renew(&clock, secret.state()).await;
    assert_eq!(store.asked(), 5);
}

#[tokio::test]
async fn who_is_refused_while_another_reads_takes_what_that_one_found() {
    let (_, clock) = clock();
    let store = Store::with("one");
    let secret = CachedSecret::new(store.clone());
    assert_eq!(read(&secret, &clock).await, "one");
    store.hold(Some(Found::new("two")));
    let mut first = std::pin::pin!(secret.renew(&clock, secret.state()));
    let begun = std::future::poll_fn(|context| {
        std::task::Poll::Ready(first.as_mut().poll(context).is_pending())
    });
    assert!(begun.await);
    let later = secret.state();
    first.await;
    secret.renew(&clock, later).await;
    assert_eq!(store.asked(), 2);
    // It is not taken for a refusal of the new one.
    store.hold(Some(Found::new("three")));
    secret.renew(&clock, secret.state()).await;
    assert_eq!(read(&secret, &clock).await, "three");
}

#[tokio::test]
async fn who_waits_for_a_broken_store_fails_with_the_one_who_asked() {
    let (_, clock) = clock();
    let store = Store::default();
    store.break_down(true);
    let secret = CachedSecret::new(store.clone());
    let readers: Vec<_> = (0..64)
        .map(|_| {
            let (secret, clock) = (secret.clone(), clock.clone());
            tokio::spawn(async move { secret.value(&clock).await })
        })
        .collect();
    for reader in readers {
        let error = reader.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), SecretErrorKind::Unreachable);
    }
    assert_eq!(store.asked(), 1);
    // Whoever comes later asks again.
    store.break_down(false);
    store.hold(Some(Found::new("one")));
    assert_eq!(read(&secret, &clock).await, "one");
}

#[tokio::test]
async fn the_age_can_be_set_and_no_time_is_too_long() {
    let (test, clock) = clock();
    let store = Store::with("one");
    let first = CachedSecret::new(store.clone());
    assert_eq!(read(&first, &clock).await, "one");
    // A clone of it is in use, and goes on as it was.
    let secret = first.clone().max_age(Duration::from_secs(10));
    assert_eq!(read(&secret, &clock).await, "one");
    assert_eq!(store.asked(), 2);
    test.advance(Duration::from_secs(10));
    assert_eq!(read(&secret, &clock).await, "one");
    assert_eq!(read(&first, &clock).await, "one");
    assert_eq!(store.asked(), 3);
    store.hold(Some(Found::new("one").lasting(Duration::MAX)));
    let endless = CachedSecret::new(store).max_age(Duration::MAX);
    assert_eq!(read(&endless, &clock).await, "one");
}

#[tokio::test]
async fn a_reader_who_goes_away_leaves_the_turn_to_the_next() {
    let (_, clock) = clock();
    let store = Store::with("one");
    let secret = CachedSecret::new(store.clone());
    {
        let mut reading = std::pin::pin!(secret.value(&clock));
        let first =
            std::future::poll_fn(|context| std::task::Poll::Ready(reading.as_mut().poll(context)));
        assert!(first.await.is_pending());
    }
    assert_eq!(read(&secret, &clock).await, "one");
    assert_eq!(store.asked(), 2);
}

#[tokio::test]
async fn what_is_shown_of_it_is_where_it_is() {
    let secret = CachedSecret::new(Store::with("hunter2"));
    secret.get().await.unwrap();
    assert_eq!(format!("{secret:?}"), r#"CachedSecret(["test://secret"])"#);
}
