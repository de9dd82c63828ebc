//! Broadcasts: what they are, and what their actions say.

use cio_domain::content::broadcast::{
    ActionDetails, Broadcast, BroadcastChange, BroadcastDetails, NewAction, NewBroadcast,
    SendingState,
};
use cio_domain::content::patch::VariantPatch;
use cio_domain::content::variant::{NewVariants, VariantRef};
use cio_domain::content::{ContentChange, ContentOutcome, Refusal};

use super::given::{AT, Given, given};
use super::messages::{body, email, sms};
use crate::Store;

pub(super) fn action(name: &str, variants: NewVariants) -> NewAction {
    NewAction {
        details: ActionDetails::new(name, variants.channel()).expect("a name"),
        variants,
    }
}

pub(super) fn broadcast(
    details: BroadcastDetails<String>,
    actions: Vec<NewAction>,
) -> ContentChange {
    let new = NewBroadcast::new(details, actions).expect("a broadcast");
    ContentChange::Broadcast(BroadcastChange::Put(Box::new(new)))
}

pub(super) fn details(name: &str) -> BroadcastDetails<String> {
    BroadcastDetails::new(name).expect("a name")
}

impl Given<'_> {
    pub(super) async fn cast(&self, change: ContentChange) -> Broadcast {
        match self.change(change).await {
            ContentOutcome::Broadcast(broadcast) => *broadcast,
            other => panic!("{other:?}"),
        }
    }
}

/// A broadcast is put by name; an action of the same name and channel stays the same.
pub(super) async fn broadcasts_are_put_by_name(store: &dyn Store) {
    let given = given(store).await;
    let text = || action("text", sms("Now"));
    let letter = |body: &str| action("letter", email(&[("", body), ("de", "Jetzt")], None));
    let launch = broadcast(details("Launch"), vec![letter("Now"), text()]);
    let launch = given.cast(launch).await;
    let numbers = |it: &Broadcast| -> Vec<u32> { it.actions.iter().map(|it| it.id.0).collect() };
    assert_eq!((launch.id.0, numbers(&launch)), (1, vec![1, 2]));
    assert_eq!(launch.first_started_at, None);
    let again = broadcast(details("Launch"), vec![letter("Now"), text()]);
    let again = given.change_at(AT + 1, again).await;
    assert_eq!(again, ContentOutcome::Broadcast(Box::new(launch.clone())));

    // Another order, one action changed, one of the same name on another channel.
    let other = action("text", email(&[("", "Now")], None));
    let described = details("LAUNCH")
        .described("why", ["b", "a"])
        .expect("tags");
    let changed = broadcast(described, vec![other, letter("Soon")]);
    let ContentOutcome::Broadcast(changed) = given.change_at(AT + 2, changed).await else {
        panic!("a broadcast");
    };
    assert_eq!((changed.id, numbers(&changed)), (launch.id, vec![3, 1]));
    assert_eq!(changed.details.tags, ["a", "b"]);
    assert_eq!((changed.created_at, changed.updated_at), (AT, AT + 2));
    let updated: Vec<_> = changed.actions[1]
        .variants
        .iter()
        .map(|it| it.updated_at - AT)
        .collect();
    assert_eq!(updated, [2, 0]);
    let said = store.broadcast_variants(given.workspace, launch.id).await;
    let (read, said) = said.expect("broadcasts can be read").expect("it is there");
    assert_eq!(read, *changed);
    assert_eq!(
        said.iter().map(body).collect::<Vec<_>>(),
        ["Now", "Soon", "Jetzt"]
    );
    let one = store.broadcast(given.workspace, launch.id).await;
    assert_eq!(one.expect("broadcasts can be read"), Some(*changed.clone()));
    let all = store.broadcasts(given.workspace).await;
    assert_eq!(all.expect("broadcasts can be listed"), [*changed]);

    let template = store.broadcast_template(
        given.workspace,
        launch.id,
        launch.actions[0].id,
        Some("de-ch".to_owned()),
    );
    let template = template.await.expect("broadcasts can be read");
    assert_eq!(body(&template.expect("it is there").variant), "Jetzt");
    let gone = store.broadcast_template(given.workspace, launch.id, launch.actions[1].id, None);
    assert_eq!(gone.await.expect("broadcasts can be read"), None);

    let delete = || ContentChange::Broadcast(BroadcastChange::Delete("launch".to_owned()));
    let other = given.another().await;
    assert_eq!(other.refused(delete()).await, Refusal::NotFound);
    given.change(delete()).await;
    assert_eq!(given.refused(delete()).await, Refusal::NotFound);
    let anew = given.cast(broadcast(details("Launch"), vec![text()])).await;
    assert_eq!((anew.id.0, numbers(&anew)), (2, vec![4]));
}

/// What an action says and whether it sends change alone.
pub(super) async fn parts_of_an_action_change_alone(store: &dyn Store) {
    let given = given(store).await;
    let actions = vec![
        action("letter", email(&[("", "Now"), ("de", "Jetzt")], None)),
        action("text", sms("Now")),
    ];
    let launch = given.cast(broadcast(details("Launch"), actions)).await;
    let patch = |action: usize, language: &str, state: Option<SendingState>, body: Option<&str>| {
        ContentChange::Broadcast(BroadcastChange::Patch {
            id: launch.id,
            action: launch.actions[action].id,
            variant: VariantRef::Language(language.to_owned()),
            sending_state: state,
            patch: Box::new(VariantPatch {
                body: body.map(str::to_owned),
                ..VariantPatch::default()
            }),
        })
    };
    let ContentOutcome::Broadcast(changed) = given
        .change_at(AT + 1, patch(0, "de", None, Some("Gleich")))
        .await
    else {
        panic!("a broadcast");
    };
    let updated: Vec<_> = changed
        .actions
        .iter()
        .map(|it| it.updated_at - AT)
        .collect();
    assert_eq!((updated, changed.updated_at), (vec![1, 0], AT + 1));
    let same = given.change_at(AT + 2, patch(0, "de", None, None)).await;
    assert_eq!(same, ContentOutcome::Broadcast(changed));
    let held = given
        .cast(patch(1, "", Some(SendingState::Draft), None))
        .await;
    assert_eq!(held.actions[1].details.sending_state, SendingState::Draft);
    assert_eq!(
        held.actions[0].details.sending_state,
        SendingState::Automatic
    );
    let said = store.broadcast_variants(given.workspace, launch.id).await;
    let (_, said) = said.expect("broadcasts can be read").expect("it is there");
    assert_eq!(
        said.iter().map(body).collect::<Vec<_>>(),
        ["Now", "Gleich", "Now"]
    );
    let refused = given.refused(patch(1, "de", None, Some("x"))).await;
    assert_eq!(refused, Refusal::NotFound);
}
