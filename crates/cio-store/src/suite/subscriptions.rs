//! Topics, and the page on which people choose them.

use std::collections::BTreeMap;

use cio_domain::content::preference_center::{Header, PreferenceCenter};
use cio_domain::content::topic::{Topic, TopicChange, TopicId, TopicText};
use cio_domain::content::{ContentChange, Refusal};
use cio_domain::limits::TOPICS_MAX;

use super::given::{Given, given};
use crate::Store;

fn topic(number: u32, name: &str) -> Topic {
    let text = |name: &str| TopicText::new(name, "about it").expect("a topic's text");
    Topic {
        id: TopicId(number),
        text: text(name),
        subscribed_by_default: number.is_multiple_of(2),
        translations: BTreeMap::from([("de".to_owned(), text("auf deutsch"))]),
    }
}

fn put(topic: Topic) -> ContentChange {
    ContentChange::Topic(TopicChange::Put(topic))
}

fn delete(number: u32) -> ContentChange {
    ContentChange::Topic(TopicChange::Delete(TopicId(number)))
}

async fn list(given: &Given<'_>) -> Vec<Topic> {
    let topics = given.store.topics(given.workspace).await;
    topics.expect("topics can be listed")
}

/// A topic has the number it is given, and takes the place of the one that had it.
pub(super) async fn topics_are_put_by_number(store: &dyn Store) {
    let given = given(store).await;
    assert_eq!(list(&given).await, []);
    given.change(put(topic(12, "offers"))).await;
    given.change(put(topic(3, "news"))).await;
    assert_eq!(list(&given).await, [topic(3, "news"), topic(12, "offers")]);
    given.change(put(topic(12, "sales"))).await;
    given.change(delete(3)).await;
    assert_eq!(given.refused(delete(3)).await, Refusal::NotFound);
    assert_eq!(list(&given).await, [topic(12, "sales")]);
    let other = given.another().await;
    assert_eq!(list(&other).await, []);
    assert_eq!(other.refused(delete(12)).await, Refusal::NotFound);

    let more = (100..).take(TOPICS_MAX - 1).map(|n| put(topic(n, "more")));
    given
        .try_change(more.collect())
        .await
        .expect("they are made");
    let too_many = Refusal::TooMany {
        what: "topics",
        max: TOPICS_MAX,
    };
    assert_eq!(given.refused(put(topic(7, "one more"))).await, too_many);
    given.change(put(topic(12, "the same"))).await;
}

/// The preference centre has texts before anybody wrote them, and the last ones written.
pub(super) async fn the_preference_center_keeps_its_texts(store: &dyn Store) {
    let given = given(store).await;
    let read = async |given: &Given<'_>| {
        let center = given.store.preference_center(given.workspace).await;
        center.expect("the preference centre can be read")
    };
    assert_eq!(read(&given).await, PreferenceCenter::default());
    let header = |title: &str| Header::new(title, "below").expect("a header");
    let center = PreferenceCenter {
        header: header("Choose"),
        translations: BTreeMap::from([("de".to_owned(), header("Wählen"))]),
    };
    let change = ContentChange::PreferenceCenter(center.clone());
    given.change(change).await;
    assert_eq!(read(&given).await, center);
    let other = given.another().await;
    assert_eq!(read(&other).await, PreferenceCenter::default());
}
