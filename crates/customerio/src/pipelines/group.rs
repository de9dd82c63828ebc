//! What people belong to.

use std::fmt;

use serde::Serialize;
use serde_json::value::RawValue;

use super::User;
use super::envelope::{Body, Envelope, message_type, with_own};
use super::user::not_blank;
use crate::Error;
use crate::json_object::JsonObject;

/// A group and somebody in it, for [`PipelinesClient::group`](super::PipelinesClient::group).
/// The service calls groups objects: companies, courses, accounts.
///
/// ```
/// use customerio::pipelines::Group;
/// use serde_json::json;
///
/// let acme = Group::new("acme")
///     .user("42")
///     .traits(json!({ "name": "Acme", "plan": "enterprise" }))
///     .relationship(json!({ "role": "owner" }));
/// # drop(acme);
/// ```
#[derive(Clone)]
pub struct Group {
    pub(super) envelope: Envelope,
    group_id: String,
    user: Option<User>,
    traits: Option<JsonObject>,
    object_type: Option<u32>,
    relationship: Option<JsonObject>,
}

message_type!(Group);

impl Group {
    /// The group with this id, which is created if there is none yet.
    pub fn new(group_id: impl Into<String>) -> Group {
        Group {
            envelope: Envelope::default(),
            group_id: group_id.into(),
            user: None,
            traits: None,
            object_type: None,
            relationship: None,
        }
    }

    /// Who belongs to it. Without, only the group itself changes; some destinations need
    /// somebody.
    #[must_use]
    pub fn user(mut self, user: impl Into<User>) -> Group {
        self.user = Some(user.into());
        self
    }

    /// What is known about the group: anything that serialises to a JSON object.
    #[must_use]
    pub fn traits(mut self, traits: impl Serialize) -> Group {
        self.traits = Some(JsonObject::new(traits));
        self
    }

    /// The number of the object's type: the trait `object_type_id`. Default of the
    /// service: 1.
    #[must_use]
    pub const fn object_type(mut self, object_type: u32) -> Group {
        self.object_type = Some(object_type);
        self
    }

    /// What is known about how the user belongs to it, a role for example: the trait
    /// `relationshipAttributes`, which is anything that serialises to a JSON object.
    #[must_use]
    pub fn relationship(mut self, attributes: impl Serialize) -> Group {
        self.relationship = Some(JsonObject::new(attributes));
        self
    }

    pub(super) fn body(&self) -> Result<Body<'_>, Error> {
        let mut body = Body::new("group");
        if let Some(user) = &self.user {
            user.fill(&mut body)?;
        }
        body.group_id = Some(not_blank("group id", &self.group_id)?);
        let own = OwnTraits {
            object_type_id: self.object_type.map(|number| number.to_string()),
            relationship_attributes: JsonObject::get_optional(
                &self.relationship,
                "relationship attributes",
            )?,
        };
        let has_own = own.object_type_id.is_some() || own.relationship_attributes.is_some();
        let own = has_own.then(|| JsonObject::new(&own));
        body.traits = with_own(&self.traits, own, "traits")?;
        Ok(body)
    }
}

/// The traits that have setters of their own.
#[derive(Serialize)]
struct OwnTraits<'a> {
    /// A text, other than in the events that delete objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    object_type_id: Option<String>,
    #[serde(
        rename = "relationshipAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    relationship_attributes: Option<&'a RawValue>,
}

/// Who belongs to what is personal.
impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group")
            .field("user", &self.user)
            .field("object_type", &self.object_type)
            .finish_non_exhaustive()
    }
}
