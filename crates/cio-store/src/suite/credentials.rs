//! Credentials: created with their workspace, rotated with an overlap, revoked for good.

use cio_domain::WorkspaceId;
use cio_domain::credential::{
    Credential, CredentialId, CredentialUse, Key, KeyHash, NewCredential, Rotation, Scope,
    SigningKey,
};

use super::given::{AT, given, new_workspace};
use crate::Store;

fn new(name: &str, key: Key) -> NewCredential {
    NewCredential {
        name: name.to_owned(),
        key,
        scopes: vec![Scope::Send, Scope::Read],
        allowed_ips: vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()],
        created_at: AT,
    }
}

fn app(byte: u8) -> NewCredential {
    new("app", Key::App(KeyHash([byte; 32])))
}

/// One of each kind.
fn one_of_each() -> Vec<NewCredential> {
    let hash = KeyHash([1; 32]);
    let site_id = "site".to_owned();
    vec![
        new("t", Key::Track { site_id, hash }),
        new("a", Key::App(hash)),
        new("p", Key::Pipelines(hash)),
        new("w", Key::Webhook(SigningKey("signs".to_owned()))),
    ]
}

async fn credentials(store: &dyn Store, workspace: WorkspaceId) -> Vec<Credential> {
    store.credentials(workspace).await.unwrap()
}

/// Every part of every kind reads back, together with the workspace.
pub(super) async fn a_workspace_comes_with_its_first_credentials(store: &dyn Store) {
    let (workspace, created) = store
        .create_workspace(new_workspace("one"), one_of_each())
        .await
        .unwrap();
    let details: Vec<NewCredential> = created.iter().map(|it| it.details.clone()).collect();
    assert_eq!(details, one_of_each());
    for credential in &created {
        let untouched = (credential.last_used_at, credential.expires_at);
        assert_eq!(untouched, (None, None));
        assert_eq!(credential.revoked_at, None);
    }
    assert_eq!(credentials(store, workspace.id).await, created);
}

/// Numbers count within a workspace, and nothing of one is seen from another.
pub(super) async fn credentials_are_numbered_by_workspace(store: &dyn Store) {
    let one = given(store).await.workspace;
    let two = given(store).await.workspace;
    for workspace in [one, two] {
        for number in [1, 2] {
            let created = store.create_credential(workspace, app(3));
            let created = created.await.unwrap().unwrap();
            assert_eq!(created.id, CredentialId(number));
        }
    }
    let revoked = store.revoke_credential(one, CredentialId(2), AT);
    assert!(revoked.await.unwrap().is_some());
    assert!(credentials(store, one).await[1].revoked_at.is_some());
    assert_eq!(credentials(store, two).await[1].revoked_at, None);
    let nowhere = store.create_credential(WorkspaceId(9), app(3));
    assert_eq!(nowhere.await.unwrap(), None);
    assert_eq!(credentials(store, WorkspaceId(9)).await, []);
}

/// The successor and the old one's end come together.
pub(super) async fn a_rotation_has_a_successor_and_an_end(store: &dyn Store) {
    let workspace = given(store).await.workspace;
    let created = store.create_credential(workspace, app(1)).await.unwrap();
    let first = created.unwrap();
    let rotation = store.rotate_credential(workspace, first.id, app(2), Some(AT + 60_000));
    let Rotation::Rotated { old, successor } = rotation.await.unwrap() else {
        panic!("it is rotated");
    };
    assert_eq!(old.expires_at, Some(AT + 60_000));
    assert_eq!(old.details, first.details);
    assert_eq!(successor.details, app(2));
    assert_eq!((successor.expires_at, successor.revoked_at), (None, None));
    assert_eq!(credentials(store, workspace).await, [*old, *successor]);
    let missing = store.rotate_credential(workspace, CredentialId(9), app(3), Some(AT));
    assert_eq!(missing.await.unwrap(), Rotation::NotFound);
}

/// One that has a successor, or was revoked, is left as it is.
pub(super) async fn what_is_over_is_not_rotated(store: &dyn Store) {
    let workspace = given(store).await.workspace;
    for byte in [1, 2] {
        let created = store.create_credential(workspace, app(byte));
        created.await.unwrap().unwrap();
    }
    let rotated = store.rotate_credential(workspace, CredentialId(1), app(3), Some(AT + 1));
    rotated.await.unwrap();
    let revoked = store.revoke_credential(workspace, CredentialId(2), AT);
    revoked.await.unwrap();
    let before = credentials(store, workspace).await;
    for id in [CredentialId(1), CredentialId(2)] {
        let again = store.rotate_credential(workspace, id, app(4), Some(AT + 9));
        let again = again.await.unwrap();
        assert!(matches!(again, Rotation::Over(it) if it.id == id));
    }
    assert_eq!(credentials(store, workspace).await, before);
}

/// A successor that was not what was wanted leaves the old one as it was; the end that it gets
/// later is the earliest of those it is given.
pub(super) async fn an_old_one_without_an_end_gets_it_later(store: &dyn Store) {
    let workspace = given(store).await.workspace;
    let created = store.create_credential(workspace, app(1)).await.unwrap();
    let first = created.unwrap();
    for byte in [2, 3] {
        let rotation = store.rotate_credential(workspace, first.id, app(byte), None);
        let Rotation::Rotated { old, successor } = rotation.await.unwrap() else {
            panic!("it has no end, so it may have another successor");
        };
        assert_eq!((*old, successor.details), (first.clone(), app(byte)));
    }
    for (given, kept) in [(AT + 90, AT + 90), (AT + 60, AT + 60), (AT + 70, AT + 60)] {
        let ended = store.end_credential(workspace, first.id, given);
        assert_eq!(ended.await.unwrap().unwrap().expires_at, Some(kept));
    }
    let again = store.rotate_credential(workspace, first.id, app(4), None);
    assert!(matches!(again.await.unwrap(), Rotation::Over(_)));
    let missing = store.end_credential(workspace, CredentialId(9), AT);
    assert_eq!(missing.await.unwrap(), None);
}

/// Revoking again answers as before and changes nothing.
pub(super) async fn the_first_revocation_counts(store: &dyn Store) {
    let workspace = given(store).await.workspace;
    let created = store.create_credential(workspace, app(1)).await.unwrap();
    let id = created.unwrap().id;
    for at in [AT + 1, AT + 2] {
        let revoked = store.revoke_credential(workspace, id, at);
        assert_eq!(revoked.await.unwrap().unwrap().revoked_at, Some(AT + 1));
    }
    let missing = store.revoke_credential(workspace, CredentialId(9), AT);
    assert_eq!(missing.await.unwrap(), None);
}

/// Uses may be noted late and in any order; the last one stays.
pub(super) async fn the_last_use_is_kept(store: &dyn Store) {
    let workspace = given(store).await.workspace;
    let created = store.create_credential(workspace, app(1)).await.unwrap();
    let credential = created.unwrap().id;
    for at in [AT + 5, AT + 9, AT + 7] {
        let uses = [credential, CredentialId(9)].map(|credential| CredentialUse {
            workspace,
            credential,
            at,
        });
        store.touch_credentials(uses.to_vec()).await.unwrap();
    }
    let found = credentials(store, workspace).await;
    assert_eq!(found.len(), 1, "a use creates no credential");
    assert_eq!(found[0].last_used_at, Some(AT + 9));
}

pub(super) async fn the_last_admin_token_set_is_kept(store: &dyn Store) {
    assert_eq!(store.admin_token().await.unwrap(), None);
    for byte in [1, 2] {
        store.set_admin_token(KeyHash([byte; 32])).await.unwrap();
        let found = store.admin_token().await.unwrap();
        assert_eq!(found, Some(KeyHash([byte; 32])));
    }
}
