//! The service's own tags.

use super::{Missing, Renderer};
use crate::expression::Operand;
use crate::node::{LinkTag, LinkUrl, Node};
use crate::value::Text;
use crate::{Countdown, Link, RenderError, UrlTag};

impl<'a> Renderer<'a> {
    pub(super) fn own(&mut self, node: &Node) -> Result<(), RenderError> {
        match node {
            Node::Url(tag) => {
                let url = self.url(*tag)?;
                self.push(&url)
            }
            Node::Unsubscribe => {
                let url = self.url(UrlTag::Unsubscribe)?;
                self.push("<a href=\"")?;
                self.push(&url)?;
                self.push("\" class=\"untracked\">Unsubscribe</a>")
            }
            Node::Link(tag) => self.link(tag),
            Node::LinkId => match self.host.link_id() {
                Some(id) => self.push(&id),
                None => Err(unavailable(
                    "cio_link_id",
                    "this message has no tracked link",
                )),
            },
            Node::TopicName(language) => self.topic_name(language.as_deref()),
            Node::GenerateUuid => {
                let uuid = uuid(self.host.random(), self.host.random());
                self.push(&uuid)
            }
            Node::Random(below) => {
                let below = self.operand(below, Missing::Fails)?;
                match u64::try_from(below.number_or_zero().as_integer()) {
                    Ok(below) if below > 0 => {
                        let number = self.host.random() % below;
                        self.push(&number.to_string())
                    }
                    _ => Err(unavailable("random", "it needs a number above zero")),
                }
            }
            Node::RenderLiquid(value) => self.render_liquid(value),
            Node::Countdown(parameters) => match self.host.countdown(&Countdown { parameters }) {
                Some(url) => self.push(&url),
                None => Err(unavailable(
                    "countdown",
                    "this server makes no countdown images: say the time in words",
                )),
            },
            _ => Ok(()),
        }
    }

    fn url(&mut self, tag: UrlTag) -> Result<String, RenderError> {
        self.host
            .url(tag)
            .ok_or_else(|| unavailable(tag.tag(), "this message has no such link"))
    }

    fn link(&mut self, tag: &LinkTag) -> Result<(), RenderError> {
        let url = match &tag.url {
            LinkUrl::Written(nodes) => self.captured(nodes)?.0,
            LinkUrl::Variable(operand) => {
                let url = self.operand(operand, Missing::Fails)?;
                self.meter.text_of(&url)?.as_str().to_owned()
            }
        };
        let track = self.is_on(tag.track.as_ref())?;
        let url_params = self.is_on(tag.url_params.as_ref())?;
        let link = Link {
            url: &url,
            track,
            url_params,
        };
        match self.host.link(&link) {
            Some(url) => self.push(&url),
            None => Err(unavailable("cio_link", "this message has no tracked links")),
        }
    }

    fn is_on(&mut self, operand: Option<&Operand>) -> Result<bool, RenderError> {
        match operand {
            Some(operand) => Ok(self.operand(operand, Missing::Fails)?.is_truthy()),
            None => Ok(true),
        }
    }

    fn topic_name(&mut self, language: Option<&Operand>) -> Result<(), RenderError> {
        let language = match language {
            Some(language) => {
                let language = self.operand(language, Missing::Fails)?;
                Some(self.meter.text_of(&language)?)
            }
            None => None,
        };
        let name = self.host.topic_name(language.as_ref().map(Text::as_str));
        match name {
            Some(name) => self.push(&name),
            None => Err(unavailable(
                "subscription_topic_name",
                "this message is about no subscription topic",
            )),
        }
    }
}

fn unavailable(tag: &'static str, reason: &str) -> RenderError {
    RenderError::Tag {
        tag,
        reason: reason.to_owned(),
    }
}

/// Version 4, variant 1.
fn uuid(high: u64, low: u64) -> String {
    let high = (high & !0xf000) | 0x4000;
    let low = (low & !(0b11 << 62)) | (0b10 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}
