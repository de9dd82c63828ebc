//! Changing parts of what a message says.

use super::Invalid;
use super::variant::NewVariant;
use crate::message::{Content, PushTarget};

/// What is said from then on; what is `None` stays as it is, and an empty text says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VariantPatch {
    /// The body; of a push, its text.
    pub body: Option<String>,
    /// The plain-text body of an email.
    pub body_plain: Option<String>,
    /// The AMP body of an email.
    pub body_amp: Option<String>,
    /// The subject of an email; of what has one, the title.
    pub subject: Option<String>,
    /// The line mail clients show beside the subject.
    pub preheader: Option<String>,
    /// Whom it comes from.
    pub from: Option<String>,
    /// Where replies to an email go.
    pub reply_to: Option<String>,
    /// Where it goes.
    pub recipient: Option<String>,
    /// Copies of an email.
    pub cc: Option<String>,
    /// Blind copies of an email.
    pub bcc: Option<String>,
    /// Whether blind copies are messages of their own.
    pub fake_bcc: Option<bool>,
    /// Whether the style sheet of an email stays where it is.
    pub disable_css_preprocessing: Option<bool>,
    /// All further headers of an email.
    pub headers: Option<Vec<(String, String)>>,
    /// The picture of a push or a text message.
    pub image_url: Option<String>,
    /// What opens when it is touched.
    pub link: Option<String>,
}

impl VariantPatch {
    /// The fields that say something, as the wire calls them.
    fn said(&self) -> Vec<&'static str> {
        let all = [
            ("body", self.body.is_some()),
            ("body_plain", self.body_plain.is_some()),
            ("body_amp", self.body_amp.is_some()),
            ("subject", self.subject.is_some()),
            ("preheader_text", self.preheader.is_some()),
            ("from", self.from.is_some()),
            ("reply_to", self.reply_to.is_some()),
            ("recipient", self.recipient.is_some()),
            ("cc", self.cc.is_some()),
            ("bcc", self.bcc.is_some()),
            ("fake_bcc", self.fake_bcc.is_some()),
            ("preprocessor", self.disable_css_preprocessing.is_some()),
            ("headers", self.headers.is_some()),
            ("image_url", self.image_url.is_some()),
            ("link", self.link.is_some()),
        ];
        let said = all.into_iter().filter(|(_, is_said)| *is_said);
        said.map(|(field, _)| field).collect()
    }

    /// What is said once this is.
    ///
    /// # Errors
    /// A field that messages of this channel do not have, or a text that cannot be taken.
    pub fn apply(&self, variant: NewVariant) -> Result<NewVariant, Invalid> {
        let channel = variant.content.channel();
        let known = known(&variant.content);
        if let Some(field) = self.said().into_iter().find(|it| !known.contains(it)) {
            let problem = format!("is nothing that a message of the channel {channel} has");
            return Err(Invalid::new(field, problem));
        }
        let content = self.over(variant.content);
        NewVariant::new(content, variant.layout.as_deref())
    }

    fn over(&self, mut content: Content) -> Content {
        let set = |text: &mut String, over: &Option<String>| {
            if let Some(over) = over {
                text.clone_from(over);
            }
        };
        let set_some = |text: &mut Option<String>, over: &Option<String>| {
            if over.is_some() {
                text.clone_from(over);
            }
        };
        match &mut content {
            Content::Email(email) => {
                set(&mut email.body, &self.body);
                set_some(&mut email.body_plain, &self.body_plain);
                set_some(&mut email.body_amp, &self.body_amp);
                set(&mut email.subject, &self.subject);
                set_some(&mut email.preheader, &self.preheader);
                set(&mut email.from, &self.from);
                set_some(&mut email.reply_to, &self.reply_to);
                set(&mut email.to, &self.recipient);
                set_some(&mut email.cc, &self.cc);
                set_some(&mut email.bcc, &self.bcc);
                email.fake_bcc = self.fake_bcc.or(email.fake_bcc);
                let disable = self.disable_css_preprocessing;
                email.disable_css_preprocessing = disable.or(email.disable_css_preprocessing);
                if let Some(headers) = &self.headers {
                    email.headers.clone_from(headers);
                }
            }
            Content::Push(push) => {
                set(&mut push.message, &self.body);
                set(&mut push.title, &self.subject);
                if let Some(to) = &self.recipient {
                    push.to = (!to.is_empty()).then(|| PushTarget::read(to));
                }
                set_some(&mut push.image_url, &self.image_url);
                set_some(&mut push.link, &self.link);
            }
            Content::Sms(text) | Content::Whatsapp(text) => {
                set(&mut text.body, &self.body);
                set(&mut text.from, &self.from);
                set(&mut text.to, &self.recipient);
                set_some(&mut text.media_url, &self.image_url);
            }
            Content::InApp(shown) | Content::Inbox(shown) => {
                set(&mut shown.body, &self.body);
                set(&mut shown.title, &self.subject);
                set_some(&mut shown.link, &self.link);
            }
        }
        content
    }
}

/// The fields that messages of a channel have.
fn known(content: &Content) -> &'static [&'static str] {
    match content {
        Content::Email(_) => &[
            "body",
            "body_plain",
            "body_amp",
            "subject",
            "preheader_text",
            "from",
            "reply_to",
            "recipient",
            "cc",
            "bcc",
            "fake_bcc",
            "preprocessor",
            "headers",
        ],
        Content::Push(_) => &["body", "subject", "recipient", "image_url", "link"],
        Content::Sms(_) | Content::Whatsapp(_) => &["body", "from", "recipient", "image_url"],
        Content::InApp(_) | Content::Inbox(_) => &["body", "subject", "link"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Channel, EmailContent};

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn what_is_not_said_stays() {
        let email = EmailContent {
            subject: "Hi".to_owned(),
            body: "<p>Hi</p>".to_owned(),
            cc: text("ana@example.com"),
            headers: vec![("X".to_owned(), "1".to_owned())],
            ..EmailContent::default()
        };
        let variant = NewVariant::new(email.into(), Some("main")).unwrap();
        let patch = VariantPatch {
            subject: text("Bye "),
            cc: text(""),
            recipient: text("{{customer.work_email}}"),
            ..VariantPatch::default()
        };
        let patched = patch.apply(variant.clone()).unwrap();
        assert_eq!(patched.layout.as_deref(), Some("main"));
        let Content::Email(email) = patched.content else {
            panic!("an email");
        };
        assert_eq!(
            (email.subject.as_str(), email.body.as_str()),
            ("Bye", "<p>Hi</p>")
        );
        assert_eq!(
            (email.cc, email.to.as_str()),
            (None, "{{customer.work_email}}")
        );
        assert_eq!(email.headers.len(), 1);
        assert_eq!(VariantPatch::default().apply(variant.clone()), Ok(variant));
    }

    #[test]
    fn a_channel_has_its_own_fields() {
        let body = VariantPatch {
            body: text("Hello"),
            ..VariantPatch::default()
        };
        for channel in Channel::ALL {
            let patched = body.apply(NewVariant::empty(channel)).unwrap();
            let texts = patched.texts().into_iter();
            let said: Vec<String> = texts
                .map(|(_, text)| text)
                .filter(|it| !it.is_empty())
                .collect();
            assert_eq!(said, ["Hello"], "{channel}");
        }
        let headers = VariantPatch {
            headers: Some(Vec::new()),
            ..VariantPatch::default()
        };
        let invalid = headers.apply(NewVariant::empty(Channel::Sms)).unwrap_err();
        assert_eq!(
            invalid.to_string(),
            "\"headers\" is nothing that a message of the channel sms has"
        );
        let lines = VariantPatch {
            subject: text("a\nb"),
            ..VariantPatch::default()
        };
        let invalid = lines.apply(NewVariant::empty(Channel::Email)).unwrap_err();
        assert_eq!(invalid.field, "subject");
    }
}
