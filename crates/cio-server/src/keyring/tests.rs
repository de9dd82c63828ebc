use cio_domain::credential::NewCredential;
use cio_domain::workspace::NewWorkspace;
use cio_store_embedded::EmbeddedStore;
use cio_wire::Region;

use super::*;

const AT: UnixMillis = 1_790_000_000_000;
const CALLER: Caller = Caller {
    at: AT,
    address: Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)),
};

struct Given {
    store: EmbeddedStore,
    keys: Keys,
    workspace: WorkspaceId,
    credentials: Credentials,
}

/// A workspace with its first credentials: 1 opens Track, 2 the App API, 3 Pipelines.
async fn given() -> Given {
    let store = EmbeddedStore::in_memory();
    let hasher = Hasher::new([7; 32]);
    let credentials = Credentials::complete(&FirstCredentials::default());
    let new = NewWorkspace {
        name: "test".to_owned(),
        region: Region::Us,
        created_at: AT,
    };
    let first = hasher.first_credentials(&credentials, AT);
    let (workspace, _) = store.create_workspace(new, first).await.unwrap();
    Given {
        keys: Keys::load(&store, hasher).await.unwrap(),
        store,
        workspace: workspace.id,
        credentials,
    }
}

impl Given {
    fn app(&self, key: &str, caller: Caller) -> Result<WorkspaceId, Denied> {
        let scope = Some(Scope::Read);
        let keyring = self.keys.current();
        keyring.bearer(CredentialKind::App, key, scope, caller)
    }

    fn track(&self, key: &str, caller: Caller) -> Result<WorkspaceId, Denied> {
        let keyring = self.keys.current();
        keyring.track(&self.credentials.site_id, key, caller)
    }

    async fn create(&self, limit: impl FnOnce(&mut NewCredential)) {
        let hash = self.keys.hasher().key(CredentialKind::App, "limited");
        let mut new = NewCredential {
            name: "limited".to_owned(),
            key: Key::App(hash),
            scopes: Vec::new(),
            allowed_ips: Vec::new(),
            created_at: AT,
        };
        limit(&mut new);
        let created = self.store.create_credential(self.workspace, new);
        created.await.unwrap().unwrap();
        self.keys.reload(&self.store).await.unwrap();
    }
}

#[tokio::test]
async fn each_key_opens_its_own_api_only() {
    let given = given().await;
    let keys = &given.credentials;
    let one = Ok(given.workspace);
    assert_eq!(given.track(&keys.track_api_key, CALLER), one);
    assert_eq!(given.app(&keys.app_api_key, CALLER), one);
    let keyring = given.keys.current();
    let pipelines = |key| keyring.bearer(CredentialKind::Pipelines, key, None, CALLER);
    assert_eq!(pipelines(&keys.pipelines_write_key), one);
    let unknown = Err(Denied::Unknown);
    assert_eq!(pipelines(&keys.app_api_key), unknown);
    for key in [&keys.app_api_key, &keys.pipelines_write_key, "", "wrong"] {
        assert_eq!(given.track(key, CALLER), unknown, "{key}");
    }
    for key in [&keys.track_api_key, &keys.pipelines_write_key, "", "wrong"] {
        assert_eq!(given.app(key, CALLER), unknown, "{key}");
    }
    assert_eq!(
        keyring.track("nobody", &keys.track_api_key, CALLER),
        unknown
    );
}

#[tokio::test]
async fn a_rotated_track_key_works_beside_its_successor_until_its_end() {
    let given = given().await;
    let hasher = given.keys.hasher();
    let mut successor = hasher.first_credentials(&given.credentials, AT).remove(0);
    successor.key = Key::Track {
        site_id: given.credentials.site_id.clone(),
        hash: hasher.key(CredentialKind::Track, "new"),
    };
    let id = CredentialId(1);
    let rotation = given
        .store
        .rotate_credential(given.workspace, id, successor, Some(AT + 10));
    rotation.await.unwrap();
    given.keys.reload(&given.store).await.unwrap();
    let old = &given.credentials.track_api_key;
    let at = |at| Caller { at, ..CALLER };
    for key in [old, "new"] {
        assert_eq!(given.track(key, at(AT + 9)), Ok(given.workspace));
    }
    assert_eq!(given.track(old, at(AT + 10)), Err(Denied::Unknown));
    assert_eq!(given.track("new", at(AT + 10)), Ok(given.workspace));
    let keyring = given.keys.current();
    let site_id = keyring.site_id(given.workspace, AT + 10);
    assert_eq!(site_id, Some(given.credentials.site_id.as_str()));
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_from_the_next_look_on() {
    let given = given().await;
    let revoked = given
        .store
        .revoke_credential(given.workspace, CredentialId(2), AT);
    revoked.await.unwrap();
    given.keys.reload(&given.store).await.unwrap();
    let key = &given.credentials.app_api_key;
    assert_eq!(given.app(key, CALLER), Err(Denied::Unknown));
}

#[tokio::test]
async fn limits_are_told_from_unknown_keys() {
    let scoped = given().await;
    scoped.create(|new| new.scopes = vec![Scope::Send]).await;
    let denied = Err(Denied::Scope(Scope::Read));
    assert_eq!(scoped.app("limited", CALLER), denied);

    let placed = given().await;
    let networks = vec!["10.0.0.0/8".parse().unwrap()];
    placed.create(|new| new.allowed_ips = networks).await;
    assert_eq!(placed.app("limited", CALLER), Err(Denied::Address));
    let nowhere = Caller {
        address: None,
        ..CALLER
    };
    assert_eq!(placed.app("limited", nowhere), Err(Denied::Address));
    let inside = Caller {
        address: "10.1.2.3".parse().ok(),
        ..CALLER
    };
    assert_eq!(placed.app("limited", inside), Ok(placed.workspace));
}

#[tokio::test]
async fn the_last_use_is_noted_once_a_minute_and_survives_a_reload() {
    let given = given().await;
    let key = given.credentials.app_api_key.clone();
    let last = |given: &Given| {
        let keyring = given.keys.current();
        keyring.last_used_at(given.workspace, CredentialId(2))
    };
    assert_eq!(last(&given), None);
    for (after, noted) in [(0, 0), (LAST_USE_MS - 1, 0), (LAST_USE_MS, LAST_USE_MS)] {
        let at = AT + after;
        given.app(&key, Caller { at, ..CALLER }).unwrap();
        given.keys.reload(&given.store).await.unwrap();
        assert_eq!(last(&given), Some(AT + noted), "after {after} ms");
    }
    let _ = given.app("wrong", CALLER);
    given.keys.store_last_uses(&given.store).await.unwrap();
    let stored = given.store.credentials(given.workspace).await.unwrap();
    let stored: Vec<_> = stored.iter().map(|it| it.last_used_at).collect();
    assert_eq!(stored, [None, Some(AT + LAST_USE_MS), None]);
}

#[tokio::test]
async fn given_credentials_are_confirmed_or_not() {
    let given = given().await;
    let keys = &given.credentials;
    let all = FirstCredentials {
        site_id: Some(keys.site_id.clone()),
        track_api_key: Some(keys.track_api_key.clone()),
        app_api_key: Some(keys.app_api_key.clone()),
        pipelines_write_key: None,
    };
    let keyring = given.keys.current();
    let confirm = |given_keys: &FirstCredentials| keyring.confirm(given.workspace, given_keys, AT);
    assert!(matches!(confirm(&all), Confirmation::Same(_)));
    let part = FirstCredentials {
        app_api_key: None,
        ..all.clone()
    };
    assert!(matches!(confirm(&part), Confirmation::Unknown));
    for wrong in [
        FirstCredentials {
            site_id: Some("x".into()),
            ..all.clone()
        },
        FirstCredentials {
            track_api_key: Some("x".into()),
            ..all.clone()
        },
        FirstCredentials {
            app_api_key: Some("x".into()),
            ..all.clone()
        },
        FirstCredentials {
            pipelines_write_key: Some("x".into()),
            ..all.clone()
        },
    ] {
        assert!(matches!(confirm(&wrong), Confirmation::Differ), "{wrong:?}");
    }
}

#[tokio::test]
async fn the_newest_key_in_force_signs_first() {
    let given = given().await;
    let signing = |at| {
        let keys = given.keys.current().signing_keys(given.workspace, at);
        keys.into_iter().map(|key| key.0).collect::<Vec<_>>()
    };
    assert_eq!(signing(AT), Vec::<String>::new());
    for key in ["old", "new"] {
        given
            .create(|new| new.key = Key::Webhook(SigningKey(key.to_owned())))
            .await;
    }
    assert_eq!(signing(AT), ["new", "old"]);
    let old = CredentialId(4);
    let rotated = given.store.credentials(given.workspace).await.unwrap();
    let successor = NewCredential {
        key: Key::Webhook(SigningKey("newest".to_owned())),
        ..rotated[3].details.clone()
    };
    let end = AT + 1_000;
    let rotated = given
        .store
        .rotate_credential(given.workspace, old, successor, Some(end));
    rotated.await.unwrap();
    let revoked = given
        .store
        .revoke_credential(given.workspace, CredentialId(5), AT);
    revoked.await.unwrap();
    given.keys.reload(&given.store).await.unwrap();
    assert_eq!(signing(AT + 999), ["newest", "old"]);
    assert_eq!(signing(end), ["newest"]);
    let used = |id| {
        let keyring = given.keys.current();
        keyring.last_used_at(given.workspace, CredentialId(id))
    };
    assert_eq!((used(6), used(4)), (Some(AT + 999), None));
}
