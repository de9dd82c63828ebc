//! The variants of a newsletter: its languages, and the groups of an A/B test.

use serde_json::{Value, json};

use super::{Newsletter, Newsletters};
use crate::app::lenient::answer;
use crate::app::paths::{of, of_language, of_two, of_two_in_language};
use crate::app::transactional::one;
use crate::app::{LinkMetrics, MetricSeries, Period, UpdateContent, json_body};
use crate::operations::{
    CREATE_NEWSLETTER_LANGUAGE, CREATE_TEST_GROUP, CREATE_TEST_GROUP_LANGUAGE,
    DELETE_NEWSLETTER_LANGUAGE, DELETE_TEST_GROUP_LANGUAGE, NEWSLETTER_CONTENT,
    NEWSLETTER_CONTENT_LINKS, NEWSLETTER_CONTENT_METRICS, NEWSLETTER_CONTENTS, NEWSLETTER_LANGUAGE,
    NEWSLETTER_TEST_GROUPS, Operation, TEST_GROUP_LANGUAGE, UPDATE_NEWSLETTER_CONTENT,
    UPDATE_NEWSLETTER_LANGUAGE, UPDATE_TEST_GROUP_LANGUAGE,
};
use crate::request::{Parts, field, list, nothing};
use crate::{Error, Request};

answer! {
    /// A variant of a newsletter: one language, or one group of an A/B test.
    pub struct NewsletterContent shows (id, newsletter_id, name, language, kind) {
        /// Its number.
        pub id: u64,
        /// The newsletter it belongs to.
        pub newsletter_id: Option<u64>,
        /// Its number and when it last changed.
        pub deduplicate_id: String,
        /// Its name.
        pub name: String,
        /// Its language; empty for the default one.
        pub language: String,
        /// `type` on the wire: its channel, `email`, `twilio` (SMS) and so on.
        pub kind: String = "type",
        /// The body.
        pub body: String,
        /// The AMP body, of an email.
        pub body_amp: Option<String>,
        /// What the body is put into.
        pub layout: Option<String>,
        /// Sender.
        pub from: Option<String>,
        /// Sender, by number.
        pub from_id: Option<u64>,
        /// Where replies go.
        pub reply_to: Option<String>,
        /// Where replies go, by number.
        pub reply_to_id: Option<u64>,
        /// What styles are moved into the elements with.
        pub preprocessor: Option<String>,
        /// The recipient, usually a variable.
        pub recipient: Option<String>,
        /// Subject.
        pub subject: Option<String>,
        /// Copies.
        pub cc: Option<String>,
        /// Blind copies.
        pub bcc: Option<String>,
        /// Whether blind copies are messages of their own.
        pub fake_bcc: bool,
        /// The line shown after the subject.
        pub preheader_text: Option<String>,
        /// Headers: a text that holds JSON, in places the JSON.
        pub headers: Value,
    }
}

answer! {
    /// A group of an A/B test.
    pub struct TestGroup shows (id, name, label, winner) {
        /// Its number; the first is 0.
        pub id: u64,
        /// Its name.
        pub name: String,
        /// What it is called in the test.
        pub label: String,
        /// Whether it won the test.
        pub winner: bool,
        /// The numbers of its variants, one for each language.
        pub content_ids: Vec<u64>,
    }
}

impl Newsletters<'_> {
    /// The variants of a newsletter: `GET /v1/newsletters/{newsletter_id}/contents`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown newsletter, and the failures of any call.
    pub fn contents(&self, newsletter_id: u64) -> Request<Vec<NewsletterContent>> {
        let parts = of(&NEWSLETTER_CONTENTS, newsletter_id);
        self.client
            .ask(&NEWSLETTER_CONTENTS, parts, |body| list(&body, "contents"))
    }

    /// One variant, by number:
    /// `GET /v1/newsletters/{newsletter_id}/contents/{content_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown newsletter or variant, and the failures of any
    /// call.
    pub fn content(&self, newsletter_id: u64, content_id: u64) -> Request<NewsletterContent> {
        let parts = of_two(&NEWSLETTER_CONTENT, newsletter_id, content_id);
        self.ask_content(&NEWSLETTER_CONTENT, parts)
    }

    /// Changes a variant, by number:
    /// `PUT /v1/newsletters/{newsletter_id}/contents/{content_id}`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown newsletter or variant, [`Error::Rejected`] for a
    /// change that is not possible, and the failures of any call.
    pub fn update_content(
        &self,
        newsletter_id: u64,
        content_id: u64,
        change: &UpdateContent,
    ) -> Request<NewsletterContent> {
        let parts = of_two(&UPDATE_NEWSLETTER_CONTENT, newsletter_id, content_id);
        self.change(&UPDATE_NEWSLETTER_CONTENT, parts, change)
    }

    /// How the messages of a variant do, over the last `steps` periods, oldest first:
    /// `GET /v1/newsletters/{newsletter_id}/contents/{content_id}/metrics`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown newsletter or variant, and the failures of any
    /// call.
    pub fn content_metrics(
        &self,
        newsletter_id: u64,
        content_id: u64,
        period: Period,
        steps: u32,
    ) -> Request<MetricSeries> {
        let parts = of_two(&NEWSLETTER_CONTENT_METRICS, newsletter_id, content_id);
        self.client
            .last_series(&NEWSLETTER_CONTENT_METRICS, parts, period, steps)
    }

    /// How often the links in the messages of a variant were followed, over the last
    /// `steps` periods:
    /// `GET /v1/newsletters/{newsletter_id}/contents/{content_id}/metrics/links`. `unique`
    /// counts each person once.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn content_links(
        &self,
        newsletter_id: u64,
        content_id: u64,
        period: Period,
        steps: u32,
        unique: bool,
    ) -> Request<Vec<LinkMetrics>> {
        let parts = of_two(&NEWSLETTER_CONTENT_LINKS, newsletter_id, content_id);
        self.client
            .link_series(&NEWSLETTER_CONTENT_LINKS, parts, (period, steps), unique)
    }

    /// Adds a language to a draft: `POST /v1/newsletters/{newsletter_id}/language`. What
    /// is not given is as in the default language; an email needs a subject and a body.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank language, [`Error::NotFound`] for an unknown
    /// newsletter, [`Error::Rejected`] for one that was sent or is made by dragging and
    /// dropping, and the failures of any call.
    pub fn create_language(
        &self,
        newsletter_id: u64,
        language: impl Into<String>,
        content: &UpdateContent,
    ) -> Request<Newsletter> {
        let parts = of(&CREATE_NEWSLETTER_LANGUAGE, newsletter_id)
            .and_then(|parts| with_language(parts, language.into(), content));
        self.ask_newsletter(&CREATE_NEWSLETTER_LANGUAGE, parts)
    }

    /// One variant, by language:
    /// `GET /v1/newsletters/{newsletter_id}/language/{language}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank language, [`Error::NotFound`] for an unknown
    /// newsletter or language, and the failures of any call.
    pub fn language(
        &self,
        newsletter_id: u64,
        language: impl Into<String>,
    ) -> Request<NewsletterContent> {
        let parts = of_language(&NEWSLETTER_LANGUAGE, newsletter_id, &language.into());
        self.ask_content(&NEWSLETTER_LANGUAGE, parts)
    }

    /// Changes a variant, by language:
    /// `PUT /v1/newsletters/{newsletter_id}/language/{language}`.
    ///
    /// # Errors
    ///
    /// The same, and [`Error::Rejected`] for a change that is not possible.
    pub fn update_language(
        &self,
        newsletter_id: u64,
        language: impl Into<String>,
        change: &UpdateContent,
    ) -> Request<NewsletterContent> {
        let operation = &UPDATE_NEWSLETTER_LANGUAGE;
        let parts = of_language(operation, newsletter_id, &language.into());
        self.change(operation, parts, change)
    }

    /// Deletes a language of a draft:
    /// `DELETE /v1/newsletters/{newsletter_id}/language/{language}`.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn delete_language(&self, newsletter_id: u64, language: impl Into<String>) -> Request<()> {
        let operation = &DELETE_NEWSLETTER_LANGUAGE;
        let parts = of_language(operation, newsletter_id, &language.into());
        self.client.ask(operation, parts, nothing)
    }

    /// The groups of the A/B test of a newsletter:
    /// `GET /v1/newsletters/{newsletter_id}/test_groups`.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown newsletter, and the failures of any call.
    pub fn test_groups(&self, newsletter_id: u64) -> Request<Vec<TestGroup>> {
        let parts = of(&NEWSLETTER_TEST_GROUPS, newsletter_id);
        self.client.ask(&NEWSLETTER_TEST_GROUPS, parts, |body| {
            list(&body, "test_groups")
        })
    }

    /// Adds a group to the A/B test of a draft, a copy of what is there:
    /// `POST /v1/newsletters/{newsletter_id}/test_groups`. A repeat could add a second
    /// one, so in doubt it is not repeated.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] for an unknown newsletter, [`Error::Rejected`] for one that was
    /// sent, and the failures of any call.
    pub fn create_test_group(&self, newsletter_id: u64) -> Request<Newsletter> {
        let parts = of(&CREATE_TEST_GROUP, newsletter_id);
        self.ask_newsletter(&CREATE_TEST_GROUP, parts)
    }

    /// Adds a language to a group of an A/B test:
    /// `POST /v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language`.
    ///
    /// # Errors
    ///
    /// Those of [`create_language`](Newsletters::create_language).
    pub fn create_test_group_language(
        &self,
        newsletter_id: u64,
        test_group_id: u64,
        language: impl Into<String>,
        content: &UpdateContent,
    ) -> Request<Newsletter> {
        let parts = of_two(&CREATE_TEST_GROUP_LANGUAGE, newsletter_id, test_group_id)
            .and_then(|parts| with_language(parts, language.into(), content));
        self.ask_newsletter(&CREATE_TEST_GROUP_LANGUAGE, parts)
    }

    /// A language of a group of an A/B test:
    /// `GET /v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}`.
    ///
    /// # Errors
    ///
    /// Those of [`language`](Newsletters::language).
    pub fn test_group_language(
        &self,
        newsletter_id: u64,
        test_group_id: u64,
        language: impl Into<String>,
    ) -> Request<NewsletterContent> {
        let operation = &TEST_GROUP_LANGUAGE;
        let parts = of_two_in_language(operation, newsletter_id, test_group_id, &language.into());
        self.ask_content(operation, parts)
    }

    /// Changes a language of a group of an A/B test:
    /// `PUT /v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}`.
    ///
    /// # Errors
    ///
    /// Those of [`update_language`](Newsletters::update_language).
    pub fn update_test_group_language(
        &self,
        newsletter_id: u64,
        test_group_id: u64,
        language: impl Into<String>,
        change: &UpdateContent,
    ) -> Request<NewsletterContent> {
        let operation = &UPDATE_TEST_GROUP_LANGUAGE;
        let parts = of_two_in_language(operation, newsletter_id, test_group_id, &language.into());
        self.change(operation, parts, change)
    }

    /// Deletes a language of a group of an A/B test:
    /// `DELETE /v1/newsletters/{newsletter_id}/test_group/{test_group_id}/language/{language}`.
    ///
    /// # Errors
    ///
    /// Those of [`delete_language`](Newsletters::delete_language).
    pub fn delete_test_group_language(
        &self,
        newsletter_id: u64,
        test_group_id: u64,
        language: impl Into<String>,
    ) -> Request<()> {
        let operation = &DELETE_TEST_GROUP_LANGUAGE;
        let parts = of_two_in_language(operation, newsletter_id, test_group_id, &language.into());
        self.client.ask(operation, parts, nothing)
    }

    fn change(
        &self,
        operation: &'static Operation,
        parts: Result<Parts, Error>,
        change: &UpdateContent,
    ) -> Request<NewsletterContent> {
        let parts = parts.map(|parts| parts.body(json_body(&change.json())));
        self.ask_content(operation, parts)
    }

    fn ask_content(
        &self,
        operation: &'static Operation,
        parts: Result<Parts, Error>,
    ) -> Request<NewsletterContent> {
        self.client
            .ask(operation, parts, |body| one(&body, "content"))
    }

    fn ask_newsletter(
        &self,
        operation: &'static Operation,
        parts: Result<Parts, Error>,
    ) -> Request<Newsletter> {
        self.client
            .ask(operation, parts, |body| field(&body, "newsletter"))
    }
}

/// The content of a new language, with the language in it.
fn with_language(parts: Parts, language: String, content: &UpdateContent) -> Result<Parts, Error> {
    if language.trim().is_empty() {
        return Err(Error::invalid_input("language", "must not be blank"));
    }
    let mut body = content.json();
    body["language"] = json!(language);
    Ok(parts.body(json_body(&body)))
}
