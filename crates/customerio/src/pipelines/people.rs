//! Who people are: identify, and alias.

use std::fmt;

use cio_wire::Identifier;
use serde::Serialize;

use super::User;
use super::envelope::{Body, Envelope, message_type, with_own};
use super::user::user_id;
use crate::Error;
use crate::json_object::JsonObject;

/// Who somebody is, for [`PipelinesClient::identify`](super::PipelinesClient::identify).
///
/// ```
/// use customerio::pipelines::Identify;
/// use serde_json::json;
///
/// let ana = Identify::new("42").traits(json!({ "email": "ana@example.com", "plan": "pro" }));
/// # drop(ana);
/// ```
#[derive(Clone)]
pub struct Identify {
    pub(super) envelope: Envelope,
    user: User,
    traits: Option<JsonObject>,
}

message_type!(Identify);

impl Identify {
    /// This user, who is created if there is none yet.
    pub fn new(user: impl Into<User>) -> Identify {
        Identify {
            envelope: Envelope::default(),
            user: user.into(),
            traits: None,
        }
    }

    /// What is known about them: anything that serialises to a JSON object. Traits not
    /// named stay as they are. Dates are texts of ISO 8601, as
    /// [`UtcTime`](super::UtcTime) writes them; the service makes Unix seconds of them.
    #[must_use]
    pub fn traits(mut self, traits: impl Serialize) -> Identify {
        self.traits = Some(JsonObject::new(traits));
        self
    }

    pub(super) fn body(&self) -> Result<Body<'_>, Error> {
        let mut body = Body::new("identify");
        self.user.fill(&mut body)?;
        body.traits = with_own(&self.traits, None, "traits")?;
        Ok(body)
    }
}

/// Traits are personal.
impl fmt::Debug for Identify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identify")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// That two ids are one person, for [`PipelinesClient::alias`](super::PipelinesClient::alias).
#[derive(Clone)]
pub struct Alias {
    pub(super) envelope: Envelope,
    previous: Identifier,
    user: Identifier,
}

message_type!(Alias);

impl Alias {
    /// Who was called `previous`, anonymous or not, is called `user` from now on.
    ///
    /// ```
    /// use customerio::pipelines::Alias;
    ///
    /// let alias = Alias::new("visitor-7f3a", "42");
    /// # drop(alias);
    /// ```
    pub fn new(previous: impl Into<Identifier>, user: impl Into<Identifier>) -> Alias {
        Alias {
            envelope: Envelope::default(),
            previous: previous.into(),
            user: user.into(),
        }
    }

    pub(super) fn body(&self) -> Result<Body<'_>, Error> {
        let mut body = Body::new("alias");
        let previous = user_id(&self.previous)
            .map_err(|_| Error::invalid_input("previous id", "must not be blank"))?;
        let user = user_id(&self.user)?;
        if previous == user {
            return Err(Error::invalid_input(
                "previous id",
                "must be another one than the user id",
            ));
        }
        body.previous_id = Some(previous);
        body.user_id = Some(user);
        Ok(body)
    }
}

impl fmt::Debug for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alias")
            .field("previous", &self.previous)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
