//! What can be typed to send an email.

use std::path::PathBuf;

use clap::Args;

use super::super::Person;
use super::super::fields::{text_of, text_pair};
use super::{Shared, Switches, Wire};
use crate::exit::Failure;

#[derive(Debug, Args)]
pub(crate) struct EmailArgs {
    /// The template, by its number or trigger name; what is written here wins over it
    #[arg(long)]
    pub(crate) template: Option<String>,
    /// Addresses it goes to, with commas between [default: that of --person]
    #[arg(long, value_name = "ADDRESSES")]
    to: Option<String>,
    /// In whose history it appears; created if not known
    #[arg(long)]
    pub(crate) person: Option<Person>,
    /// Sender, a verified one
    #[arg(long, value_name = "ADDRESS", required_unless_present = "template")]
    from: Option<String>,
    /// Subject
    #[arg(long, value_name = "TEXT", required_unless_present = "template")]
    subject: Option<String>,
    /// HTML body: a text, @FILE, or - for stdin
    #[arg(long, value_name = "TEXT", required_unless_present = "template")]
    body: Option<String>,
    /// Body for readers without HTML: a text, or @FILE
    #[arg(long, value_name = "TEXT")]
    body_plain: Option<String>,
    /// AMP body: a text, or @FILE
    #[arg(long, value_name = "TEXT")]
    body_amp: Option<String>,
    /// The line shown after the subject
    #[arg(long, value_name = "TEXT")]
    preheader: Option<String>,
    /// Where replies go
    #[arg(long, value_name = "ADDRESS")]
    reply_to: Option<String>,
    /// Copies: addresses with commas between
    #[arg(long, value_name = "ADDRESSES")]
    cc: Option<String>,
    /// Blind copies: addresses with commas between
    #[arg(long, value_name = "ADDRESSES")]
    bcc: Option<String>,
    /// Send the blind copies as messages of their own, whose subject names the recipient
    #[arg(long)]
    fake_bcc: bool,
    /// One more header; may be repeated
    #[arg(long = "header", value_name = "NAME=VALUE", value_parser = text_pair)]
    pub(crate) headers: Vec<(String, String)>,
    /// A file to send with it, 2 MB in all; may be repeated
    #[arg(long = "attach", value_name = "FILE")]
    pub(crate) attachments: Vec<PathBuf>,
    /// Track opens and clicks [default: as the template says]
    #[arg(long, value_name = "true|false", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    tracked: Option<bool>,
    /// Do not move styles into the elements
    #[arg(long)]
    disable_css_preprocessing: bool,
    #[command(flatten)]
    switches: Switches,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

impl EmailArgs {
    /// Where it goes.
    pub(crate) fn recipients(&self) -> Result<String, Failure> {
        match (&self.to, &self.person) {
            (Some(to), _) => Ok(to.clone()),
            (None, Some(Person(customerio::Identifier::Email(address)))) => Ok(address.clone()),
            (None, _) => Err(Failure::config("where does it go? --to is missing")
                .next("--to ana@example.com, or a --person that is named by an address")),
        }
    }

    /// All fields but the template, the recipients, the person, headers, attachments and the
    /// data.
    pub(crate) fn wire(&self) -> Result<Wire, Failure> {
        let mut wire = Wire::default();
        wire.text("from", self.from.as_ref());
        wire.text("subject", self.subject.as_ref());
        for (argument, name, text) in [
            ("--body", "body", &self.body),
            ("--body-plain", "body_plain", &self.body_plain),
            ("--body-amp", "body_amp", &self.body_amp),
        ] {
            if let Some(text) = text {
                wire.text(name, Some(&text_of(argument, text)?));
            }
        }
        wire.text("preheader", self.preheader.as_ref());
        wire.text("reply_to", self.reply_to.as_ref());
        wire.text("cc", self.cc.as_ref());
        wire.text("bcc", self.bcc.as_ref());
        wire.flag("fake_bcc", self.fake_bcc);
        wire.switch("tracked", self.tracked);
        wire.flag("disable_css_preprocessing", self.disable_css_preprocessing);
        self.switches.write(&mut wire);
        self.shared.write(&mut wire);
        Ok(wire)
    }
}
