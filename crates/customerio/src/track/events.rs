//! What people do.

use cio_wire::Identifier;

use super::{Event, TrackClient};
use crate::operations::{TRACK, TRACK_ANONYMOUS};
use crate::request::Parts;
use crate::{Request, person};

impl TrackClient {
    /// Records an event of a person: `POST /api/v1/customers/{identifier}/events`.
    ///
    /// `event` is a name, or an [`Event`] with data, a time or a type. It gets an id
    /// before the first attempt, so a repeat is recognised and dropped.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank identifier or
    /// name, and the failures of any call.
    pub fn track(&self, person: impl Into<Identifier>, event: impl Into<Event>) -> Request<()> {
        let event = event.into();
        let parts = Parts::new(&TRACK, [person::path_segment(&person.into())]);
        let parts = parts.and_then(|parts| Ok(parts.body(event.body(None)?)));
        self.tell(&TRACK, parts)
    }

    /// Records an event of somebody not known yet: `POST /api/v1/events`.
    ///
    /// When a person with this `anonymous_id` is identified within 30 days, the event
    /// becomes theirs. An empty `anonymous_id` makes it an invite event, which needs
    /// `recipient`, the address to write to, in its data.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank name, and the
    /// failures of any call.
    pub fn track_anonymous(
        &self,
        anonymous_id: impl Into<String>,
        event: impl Into<Event>,
    ) -> Request<()> {
        let (anonymous_id, event) = (anonymous_id.into(), event.into());
        // The key is left out, never sent as an empty string.
        let anonymous_id = Some(anonymous_id.as_str()).filter(|id| !id.trim().is_empty());
        let parts = Parts::new(&TRACK_ANONYMOUS, [])
            .and_then(|parts| Ok(parts.body(event.body(anonymous_id)?)));
        self.tell(&TRACK_ANONYMOUS, parts)
    }

    /// Records that a person saw a page, by its URL or path: an event of type `page`.
    ///
    /// For data or a time, [`track`](TrackClient::track) an [`Event::page`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank identifier or
    /// page, and the failures of any call.
    pub fn track_page_view(
        &self,
        person: impl Into<Identifier>,
        page: impl Into<String>,
    ) -> Request<()> {
        self.track(person, Event::page(page))
    }

    /// Records that a person saw a screen of an app: an event of type `screen`.
    ///
    /// For data or a time, [`track`](TrackClient::track) an [`Event::screen`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a blank identifier or
    /// screen, and the failures of any call.
    pub fn track_screen_view(
        &self,
        person: impl Into<Identifier>,
        screen: impl Into<String>,
    ) -> Request<()> {
        self.track(person, Event::screen(screen))
    }
}
