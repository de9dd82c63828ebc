//! Transactional messages, and the layouts they are put into.

use cio_domain::UnixMillis;
use cio_domain::content::layout::{Layout, LayoutChange, NewLayout};
use cio_domain::content::patch::VariantPatch;
use cio_domain::content::transactional::{
    NewTransactional, TransactionalChange, TransactionalDetails, TransactionalId,
    TransactionalMessage, TransactionalRef,
};
use cio_domain::content::variant::{NewVariant, NewVariants, Variant, VariantRef};
use cio_domain::content::{ContentChange, ContentOutcome, Refusal};
use cio_domain::limits::{
    LAYOUT_BYTES_MAX, LAYOUTS_BYTES_MAX, MESSAGES_BYTES_MAX, VARIANT_BYTES_MAX,
};
use cio_domain::message::{Channel, Content, EmailContent, TextContent};

use super::broadcasts::{action, broadcast, details};
use super::given::{AT, Given, given};
use crate::Store;

/// What a message says, by language.
pub(super) fn email(said: &[(&str, &str)], layout: Option<&str>) -> NewVariants {
    let variant = |(language, body): &(&str, &str)| {
        let content = EmailContent {
            body: (*body).to_owned(),
            ..EmailContent::default()
        };
        let layout = layout.filter(|_| language.is_empty());
        let variant = NewVariant::new(content.into(), layout).expect("it can be said");
        ((*language).to_owned(), variant)
    };
    let mut all: Vec<_> = said.iter().map(variant).collect();
    let (_, default) = all.remove(0);
    NewVariants::new(default, all).expect("all languages can be")
}

pub(super) fn put(name: &str, variants: NewVariants) -> ContentChange {
    let details = TransactionalDetails::new(name, variants.channel()).expect("a name");
    put_all(details, variants)
}

pub(super) fn put_all(details: TransactionalDetails, variants: NewVariants) -> ContentChange {
    let new = NewTransactional::new(details, variants).expect("of its channel");
    ContentChange::Transactional(TransactionalChange::Put(Box::new(new)))
}

pub(super) fn delete(name: &str) -> ContentChange {
    ContentChange::Transactional(TransactionalChange::Delete(name.to_owned()))
}

pub(super) fn layout(name: &str, body: &str) -> ContentChange {
    ContentChange::Layout(LayoutChange::Put(
        NewLayout::new(name, body).expect("a layout"),
    ))
}

pub(super) fn delete_layout(name: &str) -> ContentChange {
    ContentChange::Layout(LayoutChange::Delete(name.to_owned()))
}

pub(super) fn sms(body: &str) -> NewVariants {
    let content = Content::Sms(TextContent {
        body: body.to_owned(),
        ..TextContent::default()
    });
    let variant = NewVariant::new(content, None).expect("it can be said");
    NewVariants::new(variant, []).expect("one language")
}

pub(super) fn body(variant: &Variant) -> &str {
    match &variant.content {
        Content::Email(email) => &email.body,
        Content::Sms(text) => &text.body,
        other => panic!("{other:?}"),
    }
}

fn by_name(name: &str) -> TransactionalRef {
    TransactionalRef::Name(name.to_owned())
}

impl Given<'_> {
    pub(super) async fn change_at(&self, at: UnixMillis, change: ContentChange) -> ContentOutcome {
        let changed = self.store.change_content(self.workspace, at, vec![change]);
        let changed = changed.await.expect("content can be changed");
        changed.expect("the change is made").remove(0)
    }

    pub(super) async fn message(&self, change: ContentChange) -> TransactionalMessage {
        match self.change(change).await {
            ContentOutcome::Transactional(message) => *message,
            other => panic!("{other:?}"),
        }
    }

    async fn find_message(&self, message: TransactionalRef) -> Option<TransactionalMessage> {
        let found = self
            .store
            .transactional_message(self.workspace, message)
            .await;
        found.expect("messages can be read")
    }

    async fn said(&self, id: TransactionalId) -> Vec<(String, String)> {
        let said = self.store.transactional_variants(self.workspace, id).await;
        let (_, said) = said.expect("messages can be read").expect("it is there");
        let said = said.iter();
        said.map(|it| (it.info.language.clone(), body(it).to_owned()))
            .collect()
    }

    async fn layouts(&self) -> Vec<Layout> {
        let layouts = self.store.layouts(self.workspace).await;
        layouts.expect("layouts can be listed")
    }
}

/// By number from 2 and by name in any letter case; what is put again keeps its numbers, and
/// those of what is gone are not given out again.
pub(super) async fn transactional_messages_are_put_by_name(store: &dyn Store) {
    let given = given(store).await;
    let languages = [("", "Hello"), ("de", "Hallo"), ("fr", "Salut")];
    let reset = given.message(put("Reset", email(&languages, None))).await;
    let code = given.message(put("Code", sms("42"))).await;
    assert_eq!((reset.id.0, code.id.0), (2, 3));
    let ids = |message: &TransactionalMessage| -> Vec<(u32, String)> {
        let variants = message.variants.iter();
        variants.map(|it| (it.id.0, it.language.clone())).collect()
    };
    let numbered = |all: &[(u32, &str)]| -> Vec<(u32, String)> {
        let all = all.iter();
        all.map(|(id, language)| (*id, (*language).to_owned()))
            .collect()
    };
    assert_eq!(ids(&reset), numbered(&[(1, ""), (2, "de"), (3, "fr")]));
    for name in ["Reset", "reset", "RESET"] {
        assert_eq!(given.find_message(by_name(name)).await, Some(reset.clone()));
    }
    let by_id = given.find_message(TransactionalRef::Id(reset.id)).await;
    assert_eq!(by_id, Some(reset.clone()));
    let list = store.transactional_messages(given.workspace).await;
    assert_eq!(list.expect("messages can be listed"), [reset.clone(), code]);

    let again = given.change_at(AT + 1, put("Reset", email(&languages, None)));
    let same = ContentOutcome::Transactional(Box::new(reset.clone()));
    assert_eq!(again.await, same, "what is the same was not changed");
    let languages = [("", "Hello"), ("de", "Guten Tag"), ("es", "Hola")];
    let changed = given.change_at(AT + 2, put("RESET", email(&languages, None)));
    let ContentOutcome::Transactional(changed) = changed.await else {
        panic!("a message");
    };
    assert_eq!(
        (changed.id, changed.details.name.as_str()),
        (reset.id, "RESET")
    );
    assert_eq!((changed.created_at, changed.updated_at), (AT, AT + 2));
    assert_eq!(ids(&changed), numbered(&[(1, ""), (2, "de"), (5, "es")]));
    let updated: Vec<_> = changed
        .variants
        .iter()
        .map(|it| it.updated_at - AT)
        .collect();
    assert_eq!(updated, [0, 2, 2]);
    let said = given.said(reset.id).await;
    let texts: Vec<&str> = said.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["Hello", "Guten Tag", "Hola"]);

    let other = given.another().await;
    assert_eq!(other.find_message(by_name("Reset")).await, None);
    assert_eq!(other.refused(delete("Reset")).await, Refusal::NotFound);
    assert_eq!(other.message(put("Reset", sms("1"))).await.id.0, 2);
    given.change(delete("reset")).await;
    assert_eq!(given.refused(delete("Reset")).await, Refusal::NotFound);
    assert_eq!(
        given.find_message(TransactionalRef::Id(reset.id)).await,
        None
    );
    let anew = given.message(put("Reset", email(&[("", "a")], None))).await;
    assert_eq!((anew.id.0, ids(&anew)), (4, numbered(&[(6, "")])));
}

/// A message keeps its channel, and one that is created as it is named must be of the channel
/// it is named for.
pub(super) async fn a_message_keeps_its_channel(store: &dyn Store) {
    let given = given(store).await;
    let auto = |name: &str, channel: Channel| {
        let details = TransactionalDetails::new(name, channel).expect("a name");
        ContentChange::Transactional(TransactionalChange::AutoCreate(Box::new(details)))
    };
    let made = given.message(auto("Welcome", Channel::Email)).await;
    assert_eq!(given.said(made.id).await, [(String::new(), String::new())]);
    assert!(made.details.send_to_unsubscribed && made.details.link_tracking);
    let written = given
        .message(put("welcome", email(&[("", "Hi")], None)))
        .await;
    let again = given.message(auto("WELCOME", Channel::Email)).await;
    assert_eq!(again, written, "it is there, and stays as it is");
    let other = Refusal::OtherChannel(Channel::Email);
    assert_eq!(given.refused(auto("Welcome", Channel::Push)).await, other);
    assert_eq!(given.refused(put("Welcome", sms("Hi"))).await, other);
    assert_eq!(given.find_message(by_name("Welcome")).await, Some(written));
}

/// One language at a time, by its number or its code, and only what is there.
pub(super) async fn parts_of_a_message_change_alone(store: &dyn Store) {
    let given = given(store).await;
    let languages = [("", "Hello"), ("de", "Hallo")];
    let reset = given.message(put("Reset", email(&languages, None))).await;
    let patch = |id: TransactionalId, variant: VariantRef, body: &str| {
        let patch = Box::new(VariantPatch {
            body: Some(body.to_owned()),
            ..VariantPatch::default()
        });
        ContentChange::Transactional(TransactionalChange::Patch { id, variant, patch })
    };
    let language = |code: &str| VariantRef::Language(code.to_owned());
    let by_number = VariantRef::Content(reset.variants[0].id);
    let changed = given.change_at(AT + 1, patch(reset.id, by_number, "Good day"));
    let ContentOutcome::Transactional(changed) = changed.await else {
        panic!("a message");
    };
    assert_eq!(changed.updated_at, AT + 1);
    let updated = |message: &TransactionalMessage| -> Vec<u64> {
        let variants = message.variants.iter();
        variants.map(|it| it.updated_at - AT).collect()
    };
    assert_eq!(updated(&changed), [1, 0]);
    let same = given.change_at(AT + 2, patch(reset.id, language("de"), "Hallo"));
    assert_eq!(same.await, ContentOutcome::Transactional(changed.clone()));
    given.change(patch(reset.id, language("de"), "Moin")).await;
    let said = given.said(reset.id).await;
    let expected = [("", "Good day"), ("de", "Moin")];
    assert_eq!(said, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let code = given.message(put("Code", sms("42"))).await;
    for (id, variant) in [
        (reset.id, language("fr")),
        (reset.id, VariantRef::Content(code.variants[0].id)),
        (TransactionalId(1), language("")),
        (TransactionalId(9), language("")),
    ] {
        let refused = given.refused(patch(id, variant, "x")).await;
        assert_eq!(refused, Refusal::NotFound);
    }
    let large = "x".repeat(VARIANT_BYTES_MAX as usize + 1);
    let refused = given.refused(patch(code.id, language(""), &large)).await;
    assert!(matches!(refused, Refusal::Invalid(_)), "{refused:?}");
    assert_eq!(given.said(code.id).await[0].1, "42");
}

/// In the language of who reads it, whole and with its layout, of one moment.
pub(super) async fn a_template_is_whole_in_any_language(store: &dyn Store) {
    let given = given(store).await;
    given.change(layout("main", "<b>{{content}}</b>")).await;
    let languages = [("", "Hello"), ("pt", ""), ("de", "Hallo")];
    let reset = email(&languages, Some("main"));
    let reset = given.message(put("Reset", reset)).await;
    let template = |message: TransactionalRef, language: Option<&str>| {
        let language = language.map(str::to_owned);
        store.transactional_template(given.workspace, message, language)
    };
    for (language, expected, text) in [
        (None, "", "Hello"),
        (Some("de_AT"), "de", "Hallo"),
        (Some("pt-br"), "pt", "Hello"),
        (Some("fr"), "", "Hello"),
    ] {
        let found = template(by_name("reset"), language).await;
        let found = found.expect("messages can be read").expect("it is there");
        assert_eq!(found.message, reset);
        assert_eq!(found.variant.info.language, expected, "{language:?}");
        assert_eq!(body(&found.variant), text, "{language:?}");
        let layout = found.layout.expect("the default language's layout");
        assert_eq!(layout.details.body, "<b>{{content}}</b>");
    }
    given
        .message(put("Reset", email(&[("", "Hi")], None)))
        .await;
    let found = template(TransactionalRef::Id(reset.id), None).await;
    let found = found.expect("messages can be read").expect("it is there");
    assert_eq!(found.layout, None);
    let nothing = template(by_name("nothing"), None).await;
    assert_eq!(nothing.expect("messages can be read"), None);
}

/// A layout is put by name and keeps its number.
pub(super) async fn layouts_are_kept_by_name(store: &dyn Store) {
    let given = given(store).await;
    for (name, body) in [
        ("b", "1{{content}}"),
        ("a", "2{{content}}"),
        ("b", "3{{content}}"),
    ] {
        given.change_at(AT, layout(name, body)).await;
    }
    let same = given.change_at(AT + 1, layout("a", "2{{content}}")).await;
    let layouts = given.layouts().await;
    assert_eq!(same, ContentOutcome::Layout(layouts[0].clone()));
    let found: Vec<(u32, &str, &str)> = layouts
        .iter()
        .map(|it| (it.id.0, it.details.name.as_str(), it.details.body.as_str()))
        .collect();
    assert_eq!(found, [(2, "a", "2{{content}}"), (1, "b", "3{{content}}")]);
    assert_eq!(layouts[0].updated_at, AT);
    let one = store.layout(given.workspace, "b".to_owned()).await;
    assert_eq!(
        one.expect("layouts can be read").as_ref(),
        Some(&layouts[1])
    );
    let other = given.another().await;
    assert_eq!(other.refused(delete_layout("a")).await, Refusal::NotFound);
    given.change(delete_layout("a")).await;
    assert_eq!(given.refused(delete_layout("a")).await, Refusal::NotFound);
    assert_eq!(given.layouts().await.len(), 1);
}

/// What all messages say has a largest size, and so have all layouts; what is replaced or
/// removed makes room.
pub(super) async fn messages_are_bounded_together(store: &dyn Store) {
    let given = given(store).await;
    let large = "x".repeat(VARIANT_BYTES_MAX as usize);
    let fitting = MESSAGES_BYTES_MAX / VARIANT_BYTES_MAX;
    let one = |n: u64| put(&format!("m{n}"), email(&[("", &large)], None));
    let all: Vec<ContentChange> = (0..fitting - 1).map(one).collect();
    given.try_change(all).await.expect("they fit");
    let action = action("a", email(&[("", &large)], None));
    given.change(broadcast(details("one"), vec![action])).await;
    let too_large = Refusal::TooLarge {
        what: "messages",
        bytes_max: MESSAGES_BYTES_MAX,
    };
    let more = || put("more", email(&[("", "x")], None));
    assert_eq!(given.refused(more()).await, too_large);
    given
        .change(put("m0", email(&[("", &large[1..])], None)))
        .await;
    given.change(more()).await;
    given.change(delete("m1")).await;
    given.change(put("m1", email(&[("", &large)], None))).await;
    assert_eq!(
        given
            .refused(put("m2", email(&[("", &large), ("de", "x")], None)))
            .await,
        too_large
    );

    let slot = "{{content}}";
    let large = "x".repeat(LAYOUT_BYTES_MAX - slot.len()) + slot;
    let fitting = LAYOUTS_BYTES_MAX / (LAYOUT_BYTES_MAX as u64 + 3);
    let all = (0..fitting).map(|n| layout(&format!("{n:03}"), &large));
    given.try_change(all.collect()).await.expect("they fit");
    let too_large = Refusal::TooLarge {
        what: "layouts",
        bytes_max: LAYOUTS_BYTES_MAX,
    };
    assert_eq!(given.refused(layout("one", &large)).await, too_large);
    given.change(delete_layout("000")).await;
    given.change(layout("one", &large)).await;
}
