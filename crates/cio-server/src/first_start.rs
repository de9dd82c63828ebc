//! What a server has from its first start on: a workspace with keys, and a token for
//! those who run it. Later starts only compare.

use cio_domain::Clock;
use cio_domain::credential::KeyHash;
use cio_domain::workspace::NewWorkspace;
use cio_store::{Store, StoreError};

use crate::credentials::{Credentials, Hasher, equal, new_key};
use crate::keyring::{Confirmation, Keys};
use crate::settings::{FirstCredentials, Settings};

/// The workspace every server has, and what is known of its keys.
pub(crate) struct FirstWorkspace {
    pub(crate) keys: Keys,
    pub(crate) site_id: String,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) made: bool,
}

impl FirstWorkspace {
    pub(crate) async fn prepare(
        store: &dyn Store,
        hasher: &Hasher,
        settings: &Settings,
        clock: &dyn Clock,
    ) -> Result<FirstWorkspace, StoreError> {
        let Some(first) = store.workspaces().await?.into_iter().next() else {
            return FirstWorkspace::create(store, hasher, settings, clock).await;
        };
        let keys = Keys::load(store, hasher.clone()).await?;
        let keyring = keys.current();
        let now = clock.now();
        let credentials = match keyring.confirm(first.id, &settings.credentials, now) {
            Confirmation::Same(credentials) => Some(credentials),
            Confirmation::Unknown => None,
            Confirmation::Differ => {
                tracing::warn!(
                    "the CUSTOMERIO_* credentials of the environment do not open the first \
                     workspace of this data directory; the stored ones stay in force"
                );
                None
            }
        };
        Ok(FirstWorkspace {
            site_id: keyring
                .site_id(first.id, now)
                .unwrap_or_default()
                .to_owned(),
            keys,
            credentials,
            made: false,
        })
    }

    async fn create(
        store: &dyn Store,
        hasher: &Hasher,
        settings: &Settings,
        clock: &dyn Clock,
    ) -> Result<FirstWorkspace, StoreError> {
        let credentials = Credentials::complete(&settings.credentials);
        let new = NewWorkspace {
            name: "Default".to_owned(),
            region: settings.region,
            created_at: clock.now(),
        };
        let first = hasher.first_credentials(&credentials, new.created_at);
        store.create_workspace(new, first).await?;
        let FirstCredentials {
            site_id,
            track_api_key,
            app_api_key,
            ..
        } = &settings.credentials;
        Ok(FirstWorkspace {
            keys: Keys::load(store, hasher.clone()).await?,
            site_id: credentials.site_id.clone(),
            credentials: Some(credentials),
            made: [site_id, track_api_key, app_api_key]
                .into_iter()
                .any(Option::is_none),
        })
    }
}

/// The operators' token: its hash, and itself where it is known.
pub(crate) struct AdminToken {
    pub(crate) hash: KeyHash,
    pub(crate) token: Option<String>,
    pub(crate) made: bool,
}

impl AdminToken {
    /// Whoever can start a server on its data directory is an operator: a token that is
    /// given takes the place of the stored one, so that a lost one can be replaced.
    pub(crate) async fn prepare(
        store: &dyn Store,
        hasher: &Hasher,
        settings: &Settings,
    ) -> Result<AdminToken, StoreError> {
        let stored = store.admin_token().await?;
        let (token, made) = match (&settings.admin_token, stored) {
            (None, Some(hash)) => {
                return Ok(AdminToken {
                    hash,
                    token: None,
                    made: false,
                });
            }
            (Some(given), _) => (given.clone(), false),
            (None, None) => (new_key(), true),
        };
        let hash = hasher.admin_token(&token);
        if !stored.is_some_and(|stored| equal(&stored, &hash)) {
            store.set_admin_token(hash).await?;
            if stored.is_some() {
                tracing::info!("the operators' token was replaced by the one of this start");
            }
        }
        Ok(AdminToken {
            hash,
            token: Some(token),
            made,
        })
    }
}
