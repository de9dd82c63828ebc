//! Emails of the design studio, and their languages.

use serde_json::{Value, json};

use super::{DesignContent, DesignStudio, DesignedEmail, listed, of, written};
use crate::app::files::{ListFiles, NumberedPage, changed, numbered_page};
use crate::app::lenient::answer;
use crate::operations::{
    CREATE_DESIGN_EMAIL, CREATE_DESIGN_LANGUAGE, DELETE_DESIGN_EMAIL, DELETE_DESIGN_LANGUAGE,
    GET_DESIGN_EMAIL, GET_DESIGN_LANGUAGE, LIST_DESIGN_EMAILS, LIST_DESIGN_LANGUAGES, Operation,
    UPDATE_DESIGN_EMAIL, UPDATE_DESIGN_LANGUAGE,
};
use crate::request::{Parts, field, list, nothing};
use crate::{Error, Request, person};

answer! {
    /// An email of the design studio. In a list it comes without content.
    pub struct DesignEmail shows (id, name, is_template) {
        /// Its UUID.
        pub id: String,
        /// Its name.
        pub name: String,
        /// The folder it is in; none in the root.
        pub parent_folder_id: Option<String>,
        /// Whether others can be made from it.
        pub is_template: bool,
        /// Whether a message is linked to it, if the service says so.
        pub is_linked: Option<bool>,
        /// Whether it has other languages, if the service says so.
        pub has_translations: Option<bool>,
        /// When it was made, in Unix seconds.
        pub created: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated: Option<i64>,
        /// Its content in the default language.
        pub content: Option<DesignContent>,
        /// Sender, recipient, copies and headers, by their names in the reference.
        pub envelope: Value,
        /// What is done to the HTML, by the names in the reference.
        pub transformers: Value,
    }
}

answer! {
    /// A language of an email of the design studio.
    pub struct EmailTranslation shows (language) {
        /// The language, as a tag: `de`, `pt-BR`.
        pub language: String,
        /// When it was made, in Unix seconds.
        pub created: Option<i64>,
        /// When it last changed, in Unix seconds.
        pub updated: Option<i64>,
        /// Its content.
        pub content: Option<DesignContent>,
        /// Sender, recipient, copies and headers, by their names in the reference.
        pub envelope: Value,
        /// What is done to the HTML, by the names in the reference.
        pub transformers: Value,
    }
}

impl DesignStudio<'_> {
    /// Emails without their content, in numbered pages: `GET /v1/design_studio/emails`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a time in another unit, [`Error::NotFound`] for an
    /// unknown folder to look in, and the failures of any call.
    pub fn list_emails(&self, list: &ListFiles) -> Request<NumberedPage<DesignEmail>> {
        let parts = listed(&LIST_DESIGN_EMAILS, list);
        self.client.ask(&LIST_DESIGN_EMAILS, parts, |body| {
            numbered_page(&body, "emails")
        })
    }

    /// Makes an email, which needs a name: `POST /v1/design_studio/emails`. A repeat could
    /// make a second one, so in doubt it is not repeated.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a name that is missing or blank, [`Error::Rejected`] for
    /// content the service does not take, and the failures of any call.
    pub fn create_email(&self, email: &DesignedEmail) -> Request<DesignEmail> {
        let body = email.map().and_then(|body| match body.get("name") {
            Some(_) => Ok(Value::Object(body)),
            None => Err(Error::invalid_input("name", "must be given")),
        });
        let parts = written(Parts::new(&CREATE_DESIGN_EMAIL, []), body);
        self.client
            .ask(&CREATE_DESIGN_EMAIL, parts, |body| field(&body, "email"))
    }

    /// One email: `GET /v1/design_studio/emails/{id}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id, [`Error::NotFound`] for an unknown one, and
    /// the failures of any call.
    pub fn email(&self, id: impl Into<String>) -> Request<DesignEmail> {
        let parts = of(&GET_DESIGN_EMAIL, &id.into());
        self.client
            .ask(&GET_DESIGN_EMAIL, parts, |body| field(&body, "email"))
    }

    /// Changes an email, and its place and name too: `PUT /v1/design_studio/emails/{id}`.
    ///
    /// # Errors
    ///
    /// The same, [`Error::InvalidInput`] for no change, and [`Error::Rejected`] for content
    /// the service does not take.
    pub fn update_email(&self, id: impl Into<String>, change: &DesignedEmail) -> Request<()> {
        let body = change.map().and_then(changed);
        let parts = written(of(&UPDATE_DESIGN_EMAIL, &id.into()), body);
        self.client.ask(&UPDATE_DESIGN_EMAIL, parts, nothing)
    }

    /// Deletes an email: `DELETE /v1/design_studio/emails/{id}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id, [`Error::NotFound`] for an unknown one,
    /// [`Error::Rejected`] for one that a message is linked to, and the failures of any
    /// call.
    pub fn delete_email(&self, id: impl Into<String>) -> Request<()> {
        let parts = of(&DELETE_DESIGN_EMAIL, &id.into());
        self.client.ask(&DELETE_DESIGN_EMAIL, parts, nothing)
    }

    /// The languages of an email besides the default one:
    /// `GET /v1/design_studio/emails/{id}/languages`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id, [`Error::NotFound`] for an unknown one, and
    /// the failures of any call.
    pub fn list_email_languages(&self, id: impl Into<String>) -> Request<Vec<EmailTranslation>> {
        let parts = of(&LIST_DESIGN_LANGUAGES, &id.into());
        self.client.ask(&LIST_DESIGN_LANGUAGES, parts, |body| {
            list(&body, "email_translations")
        })
    }

    /// Adds a language to an email: `POST /v1/design_studio/emails/{id}/languages`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id or language, [`Error::NotFound`] for an
    /// unknown email, [`Error::Rejected`] for a language there is, and the failures of any
    /// call.
    pub fn create_email_language(
        &self,
        id: impl Into<String>,
        language: impl Into<String>,
        content: &DesignedEmail,
    ) -> Request<EmailTranslation> {
        let language = language.into();
        let body = match language.trim().is_empty() {
            true => Err(Error::invalid_input("language", "must not be blank")),
            false => content.map(),
        };
        let body = body.map(|mut body| {
            body.insert("language".to_owned(), json!(language));
            Value::Object(body)
        });
        let parts = written(of(&CREATE_DESIGN_LANGUAGE, &id.into()), body);
        self.client.ask(&CREATE_DESIGN_LANGUAGE, parts, |body| {
            field(&body, "email_translation")
        })
    }

    /// A language of an email: `GET /v1/design_studio/emails/{id}/languages/{language}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id or language, [`Error::NotFound`] for an
    /// unknown one, and the failures of any call.
    pub fn email_language(
        &self,
        id: impl Into<String>,
        language: impl Into<String>,
    ) -> Request<EmailTranslation> {
        let parts = of_language(&GET_DESIGN_LANGUAGE, &id.into(), &language.into());
        self.client.ask(&GET_DESIGN_LANGUAGE, parts, |body| {
            field(&body, "email_translation")
        })
    }

    /// Changes a language of an email:
    /// `PUT /v1/design_studio/emails/{id}/languages/{language}`.
    ///
    /// # Errors
    ///
    /// The same, [`Error::InvalidInput`] for no change, and [`Error::Rejected`] for content
    /// the service does not take.
    pub fn update_email_language(
        &self,
        id: impl Into<String>,
        language: impl Into<String>,
        change: &DesignedEmail,
    ) -> Request<()> {
        let parts = of_language(&UPDATE_DESIGN_LANGUAGE, &id.into(), &language.into());
        let parts = written(parts, change.map().and_then(changed));
        self.client.ask(&UPDATE_DESIGN_LANGUAGE, parts, nothing)
    }

    /// Deletes a language of an email:
    /// `DELETE /v1/design_studio/emails/{id}/languages/{language}`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] for a blank id or language, [`Error::NotFound`] for an
    /// unknown one, and the failures of any call.
    pub fn delete_email_language(
        &self,
        id: impl Into<String>,
        language: impl Into<String>,
    ) -> Request<()> {
        let parts = of_language(&DELETE_DESIGN_LANGUAGE, &id.into(), &language.into());
        self.client.ask(&DELETE_DESIGN_LANGUAGE, parts, nothing)
    }
}

fn of_language(operation: &'static Operation, id: &str, language: &str) -> Result<Parts, Error> {
    let segments = [
        person::segment("id", id),
        person::segment("language", language),
    ];
    Parts::new(operation, segments)
}
