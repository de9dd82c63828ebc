//! Devices of people.

use cio_wire::Identifier;
use serde_json::json;

use super::{Device, TrackClient, json_bytes};
use crate::operations::{ADD_DEVICE, DELETE_DEVICE};
use crate::request::Parts;
use crate::{Request, person};

impl TrackClient {
    /// Adds a device to a person, or updates it:
    /// `PUT /api/v1/customers/{identifier}/devices`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank identifier or
    /// token, and the failures of any call.
    pub fn add_device(&self, person: impl Into<Identifier>, device: &Device) -> Request<()> {
        let parts = Parts::new(&ADD_DEVICE, [person::path_segment(&person.into())]);
        let parts = parts.and_then(|parts| {
            let body = json!({ "device": device.body("id")? });
            Ok(parts.body(json_bytes(&body)))
        });
        self.tell(&ADD_DEVICE, parts)
    }

    /// Removes a device from a person:
    /// `DELETE /api/v1/customers/{identifier}/devices/{device_id}`. An unknown one is no
    /// error.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank identifier or
    /// token, and the failures of any call.
    pub fn delete_device(
        &self,
        person: impl Into<Identifier>,
        token: impl Into<String>,
    ) -> Request<()> {
        let segments = [
            person::path_segment(&person.into()),
            person::segment("device token", &token.into()),
        ];
        self.tell(&DELETE_DEVICE, Parts::new(&DELETE_DEVICE, segments))
    }
}
