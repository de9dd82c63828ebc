//! The content of a message of each channel.

use super::Channel;

/// An attachment of an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name with its extension.
    pub name: String,
    /// Its content, base64 in the standard alphabet.
    pub base64: String,
}

/// The content of an email.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EmailContent {
    /// `From`, one address with or without a name.
    pub from: String,
    /// `To`, a comma-separated list.
    pub to: String,
    /// `Reply-To`.
    pub reply_to: Option<String>,
    /// `Cc`, a comma-separated list.
    pub cc: Option<String>,
    /// Blind copies, a comma-separated list.
    pub bcc: Option<String>,
    /// Blind copies are messages of their own, which say whose copy they are.
    pub fake_bcc: Option<bool>,
    /// `Subject`.
    pub subject: String,
    /// The line mail clients show beside the subject.
    pub preheader: Option<String>,
    /// HTML body.
    pub body: String,
    /// Plain-text body. `None`: made of the HTML body.
    pub body_plain: Option<String>,
    /// AMP body.
    pub body_amp: Option<String>,
    /// Further headers, in order.
    pub headers: Vec<(String, String)>,
    /// Attachments, in order.
    pub attachments: Vec<Attachment>,
    /// Leave the style sheet where it is instead of writing it into the elements.
    pub disable_css_preprocessing: Option<bool>,
}

/// To which devices of a person a push goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PushTarget {
    /// All of them.
    #[default]
    All,
    /// The one that was used last.
    LastUsed,
    /// The one with this token.
    Token(String),
}

impl PushTarget {
    /// Reads `to` of a push.
    pub fn read(text: &str) -> PushTarget {
        match text {
            "" | "all" => PushTarget::All,
            "last_used" => PushTarget::LastUsed,
            token => PushTarget::Token(token.to_owned()),
        }
    }

    /// As `to` of a push says it.
    pub fn as_str(&self) -> &str {
        match self {
            PushTarget::All => "all",
            PushTarget::LastUsed => "last_used",
            PushTarget::Token(token) => token,
        }
    }
}

/// The content of a push.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PushContent {
    /// Which devices. `None`: as the template says, else all.
    pub to: Option<PushTarget>,
    /// Its title.
    pub title: String,
    /// Its text.
    pub message: String,
    /// A picture.
    pub image_url: Option<String>,
    /// What opens when it is touched.
    pub link: Option<String>,
    /// `default`, or `none`; iOS only.
    pub sound: Option<String>,
    /// Data for the app, in order.
    pub custom_data: Vec<(String, String)>,
    /// `{"ios": …, "android": …}`, JSON as text: what is sent in place of everything else.
    pub custom_payload: Option<String>,
}

/// The content of a text message or a WhatsApp message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextContent {
    /// The number or name it comes from.
    pub from: String,
    /// The number it goes to, in E.164.
    pub to: String,
    /// Its text.
    pub body: String,
    /// A picture.
    pub media_url: Option<String>,
}

/// The content of what an app shows or keeps. Its properties are the data it is sent with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InAppContent {
    /// Its title.
    pub title: String,
    /// Its body: HTML, Markdown or JSON, as the app agreed with whoever writes it.
    pub body: String,
    /// What opens when it is touched.
    pub link: Option<String>,
}

/// The content of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Of an email.
    Email(Box<EmailContent>),
    /// Of a push.
    Push(Box<PushContent>),
    /// Of a text message.
    Sms(TextContent),
    /// Of a WhatsApp message.
    Whatsapp(TextContent),
    /// Of what an app shows.
    InApp(InAppContent),
    /// Of what an app keeps.
    Inbox(InAppContent),
}

impl From<EmailContent> for Content {
    fn from(content: EmailContent) -> Content {
        Content::Email(Box::new(content))
    }
}

impl From<PushContent> for Content {
    fn from(content: PushContent) -> Content {
        Content::Push(Box::new(content))
    }
}

impl Content {
    /// Nothing said on this channel.
    pub fn empty(channel: Channel) -> Content {
        match channel {
            Channel::Email => Content::Email(Box::default()),
            Channel::Push => Content::Push(Box::default()),
            Channel::Sms => Content::Sms(TextContent::default()),
            Channel::Whatsapp => Content::Whatsapp(TextContent::default()),
            Channel::InApp => Content::InApp(InAppContent::default()),
            Channel::Inbox => Content::Inbox(InAppContent::default()),
        }
    }

    /// Of which channel.
    pub const fn channel(&self) -> Channel {
        match self {
            Content::Email(_) => Channel::Email,
            Content::Push(_) => Channel::Push,
            Content::Sms(_) => Channel::Sms,
            Content::Whatsapp(_) => Channel::Whatsapp,
            Content::InApp(_) => Channel::InApp,
            Content::Inbox(_) => Channel::Inbox,
        }
    }

    /// Where it goes: addresses, a number, or which devices. Empty where the channel has
    /// people alone.
    pub fn recipient(&self) -> &str {
        match self {
            Content::Email(email) => &email.to,
            Content::Push(push) => push.to.as_ref().map_or("all", PushTarget::as_str),
            Content::Sms(text) | Content::Whatsapp(text) => &text.to,
            Content::InApp(_) | Content::Inbox(_) => "",
        }
    }

    /// What lists show of it: a subject or a title.
    pub fn subject(&self) -> &str {
        match self {
            Content::Email(email) => &email.subject,
            Content::Push(push) => &push.title,
            Content::Sms(_) | Content::Whatsapp(_) => "",
            Content::InApp(shown) | Content::Inbox(shown) => &shown.title,
        }
    }

    /// Bytes of its texts and attachments.
    pub fn size(&self) -> usize {
        let given = |texts: &[&Option<String>]| -> usize {
            texts.iter().copied().flatten().map(String::len).sum()
        };
        let pairs = |pairs: &[(String, String)]| -> usize {
            pairs.iter().map(|(a, b)| a.len() + b.len()).sum()
        };
        match self {
            Content::Email(email) => {
                let files = email.attachments.iter();
                let files: usize = files.map(|it| it.name.len() + it.base64.len()).sum();
                email.from.len()
                    + email.to.len()
                    + email.subject.len()
                    + email.body.len()
                    + given(&[&email.reply_to, &email.cc, &email.bcc, &email.preheader])
                    + given(&[&email.body_plain, &email.body_amp])
                    + pairs(&email.headers)
                    + files
            }
            Content::Push(push) => {
                push.title.len()
                    + push.message.len()
                    + given(&[&push.image_url, &push.link, &push.custom_payload])
                    + pairs(&push.custom_data)
            }
            Content::Sms(text) | Content::Whatsapp(text) => {
                text.from.len() + text.to.len() + text.body.len() + given(&[&text.media_url])
            }
            Content::InApp(shown) | Content::Inbox(shown) => {
                shown.title.len() + shown.body.len() + given(&[&shown.link])
            }
        }
    }

    /// Puts in what it leaves out and `under` says. Content of another channel says nothing.
    #[must_use]
    pub fn over(self, under: &Content) -> Content {
        match (self, under) {
            (Content::Email(over), Content::Email(under)) => {
                Content::Email(Box::new(email_over(*over, under)))
            }
            (Content::Push(over), Content::Push(under)) => {
                Content::Push(Box::new(push_over(*over, under)))
            }
            (Content::Sms(over), Content::Sms(under)) => Content::Sms(text_over(over, under)),
            (Content::Whatsapp(over), Content::Whatsapp(under)) => {
                Content::Whatsapp(text_over(over, under))
            }
            (Content::InApp(over), Content::InApp(under)) => {
                Content::InApp(in_app_over(over, under))
            }
            (Content::Inbox(over), Content::Inbox(under)) => {
                Content::Inbox(in_app_over(over, under))
            }
            (over, _) => over,
        }
    }

    /// Replaces every text a variable may stand in, in order, and stops at the first
    /// failure. Attachments and the switches stay.
    ///
    /// # Errors
    /// Whatever `fill` answers, which is given the field's name on the wire and its text.
    pub fn try_map<E>(
        self,
        fill: &mut dyn FnMut(&'static str, String) -> Result<String, E>,
    ) -> Result<Content, E> {
        Ok(match self {
            Content::Email(email) => Content::Email(Box::new(map_email(*email, fill)?)),
            Content::Push(push) => Content::Push(Box::new(map_push(*push, fill)?)),
            Content::Sms(text) => Content::Sms(map_text(text, fill)?),
            Content::Whatsapp(text) => Content::Whatsapp(map_text(text, fill)?),
            Content::InApp(shown) => Content::InApp(map_in_app(shown, fill)?),
            Content::Inbox(kept) => Content::Inbox(map_in_app(kept, fill)?),
        })
    }
}

fn said(over: String, under: &str) -> String {
    if over.is_empty() {
        under.to_owned()
    } else {
        over
    }
}

fn listed<T: Clone>(over: Vec<T>, under: &[T]) -> Vec<T> {
    if over.is_empty() {
        under.to_vec()
    } else {
        over
    }
}

fn email_over(over: EmailContent, under: &EmailContent) -> EmailContent {
    EmailContent {
        from: said(over.from, &under.from),
        to: said(over.to, &under.to),
        reply_to: over.reply_to.or_else(|| under.reply_to.clone()),
        cc: over.cc.or_else(|| under.cc.clone()),
        bcc: over.bcc.or_else(|| under.bcc.clone()),
        fake_bcc: over.fake_bcc.or(under.fake_bcc),
        subject: said(over.subject, &under.subject),
        preheader: over.preheader.or_else(|| under.preheader.clone()),
        // A body of one's own is not shown beside the template's plain one.
        body_plain: match over.body.is_empty() {
            true => over.body_plain.or_else(|| under.body_plain.clone()),
            false => over.body_plain,
        },
        body_amp: match over.body.is_empty() {
            true => over.body_amp.or_else(|| under.body_amp.clone()),
            false => over.body_amp,
        },
        body: said(over.body, &under.body),
        headers: listed(over.headers, &under.headers),
        attachments: listed(over.attachments, &under.attachments),
        disable_css_preprocessing: over
            .disable_css_preprocessing
            .or(under.disable_css_preprocessing),
    }
}

fn push_over(over: PushContent, under: &PushContent) -> PushContent {
    PushContent {
        to: over.to.or_else(|| under.to.clone()),
        title: said(over.title, &under.title),
        message: said(over.message, &under.message),
        image_url: over.image_url.or_else(|| under.image_url.clone()),
        link: over.link.or_else(|| under.link.clone()),
        sound: over.sound.or_else(|| under.sound.clone()),
        custom_data: listed(over.custom_data, &under.custom_data),
        custom_payload: over.custom_payload.or_else(|| under.custom_payload.clone()),
    }
}

fn text_over(over: TextContent, under: &TextContent) -> TextContent {
    TextContent {
        from: said(over.from, &under.from),
        to: said(over.to, &under.to),
        body: said(over.body, &under.body),
        media_url: over.media_url.or_else(|| under.media_url.clone()),
    }
}

fn in_app_over(over: InAppContent, under: &InAppContent) -> InAppContent {
    InAppContent {
        title: said(over.title, &under.title),
        body: said(over.body, &under.body),
        link: over.link.or_else(|| under.link.clone()),
    }
}

type Fill<'a, E> = &'a mut dyn FnMut(&'static str, String) -> Result<String, E>;

fn maybe<E>(
    name: &'static str,
    text: Option<String>,
    fill: Fill<'_, E>,
) -> Result<Option<String>, E> {
    text.map(|text| fill(name, text)).transpose()
}

fn pairs<E>(
    name: &'static str,
    pairs: Vec<(String, String)>,
    fill: Fill<'_, E>,
) -> Result<Vec<(String, String)>, E> {
    pairs
        .into_iter()
        .map(|(key, value)| Ok((key, fill(name, value)?)))
        .collect()
}

fn map_email<E>(email: EmailContent, fill: Fill<'_, E>) -> Result<EmailContent, E> {
    Ok(EmailContent {
        from: fill("from", email.from)?,
        to: fill("to", email.to)?,
        reply_to: maybe("reply_to", email.reply_to, fill)?,
        cc: maybe("cc", email.cc, fill)?,
        bcc: maybe("bcc", email.bcc, fill)?,
        fake_bcc: email.fake_bcc,
        subject: fill("subject", email.subject)?,
        preheader: maybe("preheader", email.preheader, fill)?,
        body: fill("body", email.body)?,
        body_plain: maybe("body_plain", email.body_plain, fill)?,
        body_amp: maybe("body_amp", email.body_amp, fill)?,
        headers: pairs("headers", email.headers, fill)?,
        attachments: email.attachments,
        disable_css_preprocessing: email.disable_css_preprocessing,
    })
}

fn map_push<E>(push: PushContent, fill: Fill<'_, E>) -> Result<PushContent, E> {
    Ok(PushContent {
        to: push
            .to
            .map(|to| match to {
                PushTarget::Token(token) => Ok(PushTarget::read(&fill("to", token)?)),
                other => Ok(other),
            })
            .transpose()?,
        title: fill("title", push.title)?,
        message: fill("message", push.message)?,
        image_url: maybe("image_url", push.image_url, fill)?,
        link: maybe("link", push.link, fill)?,
        sound: push.sound,
        custom_data: pairs("custom_data", push.custom_data, fill)?,
        custom_payload: maybe("custom_payload", push.custom_payload, fill)?,
    })
}

fn map_text<E>(text: TextContent, fill: Fill<'_, E>) -> Result<TextContent, E> {
    Ok(TextContent {
        from: fill("from", text.from)?,
        to: fill("to", text.to)?,
        body: fill("body", text.body)?,
        media_url: maybe("media_url", text.media_url, fill)?,
    })
}

fn map_in_app<E>(shown: InAppContent, fill: Fill<'_, E>) -> Result<InAppContent, E> {
    Ok(InAppContent {
        title: fill("title", shown.title)?,
        body: fill("body", shown.body)?,
        link: maybe("link", shown.link, fill)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_as_below() {
        let under = Content::from(EmailContent {
            from: "shop@example.com".into(),
            subject: "Hi".into(),
            body: "<p>Hi</p>".into(),
            body_plain: Some("Hi".into()),
            ..EmailContent::default()
        });
        let over = Content::from(EmailContent {
            to: "ana@example.com".into(),
            subject: "Hello".into(),
            ..EmailContent::default()
        });
        let Content::Email(both) = over.over(&under) else {
            panic!("an email");
        };
        assert_eq!(both.from, "shop@example.com");
        assert_eq!(both.to, "ana@example.com");
        assert_eq!(both.subject, "Hello");
        assert_eq!(both.body_plain.as_deref(), Some("Hi"));
    }

    #[test]
    fn another_body_leaves_the_plain_one_of_below_out() {
        let under = Content::from(EmailContent {
            body: "<p>Hi</p>".into(),
            body_plain: Some("Hi".into()),
            ..EmailContent::default()
        });
        let over = Content::from(EmailContent {
            body: "<p>Bye</p>".into(),
            ..EmailContent::default()
        });
        let Content::Email(both) = over.over(&under) else {
            panic!("an email");
        };
        assert_eq!((both.body.as_str(), both.body_plain), ("<p>Bye</p>", None));
    }

    #[test]
    fn every_text_is_filled_in_by_its_name() {
        let content = Content::Sms(TextContent {
            from: "+1".into(),
            to: "+2".into(),
            body: "b".into(),
            media_url: Some("u".into()),
        });
        let filled = content.try_map::<()>(&mut |name, text| Ok(format!("{name}={text}")));
        assert_eq!(
            filled,
            Ok(Content::Sms(TextContent {
                from: "from=+1".into(),
                to: "to=+2".into(),
                body: "body=b".into(),
                media_url: Some("media_url=u".into()),
            }))
        );
    }

    #[test]
    fn a_channel_is_read_by_both_of_its_names() {
        for channel in Channel::ALL {
            assert_eq!(channel.as_str().parse(), Ok(channel));
            assert_eq!(channel.name().parse(), Ok(channel));
        }
    }
}
