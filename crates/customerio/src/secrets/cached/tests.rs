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
    let refused_at = clock.now();
    for _ in 0..64 {
        secret.renew(&clock, refused_at).await;
    }
    assert_eq!(read(&secret, &clock).await, "two");
    assert_eq!(store.asked(), 2);
    test.advance(PAUSE);
    secret.renew(&clock, clock.now()).await;
    assert_eq!(store.asked(), 3);
}

#[tokio::test]
async fn what_is_shown_of_it_is_where_it_is() {
    let secret = CachedSecret::new(Store::with("hunter2"));
    secret.get().await.unwrap();
    assert_eq!(format!("{secret:?}"), r#"CachedSecret(["test://secret"])"#);
}
