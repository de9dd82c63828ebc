//! What a message says in each language it is written in.

mod texts;

use std::collections::BTreeMap;

use super::Invalid;
use super::language;
use crate::UnixMillis;
use crate::limits::{MESSAGE_BYTES_MAX, TRANSLATIONS_MAX};
use crate::message::{Channel, Content};

/// The number of what is said in one language, in its workspace and from 1, counted over the
/// messages of every kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentId(pub u32);

/// The language of what is said to everybody whose language a message is not written in.
pub const DEFAULT_LANGUAGE: &str = "";

/// What is said in one language, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVariant {
    /// What is said, with variables in it.
    pub content: Content,
    /// The name of the layout that the body is put into. `None`: that of the default
    /// language, if it has one.
    pub layout: Option<String>,
}

impl NewVariant {
    /// Takes texts without the white space around them; of bodies, without that behind them.
    /// Attachments come with a send and are left out.
    ///
    /// # Errors
    /// The first text that cannot be taken.
    pub fn new(content: Content, layout: Option<&str>) -> Result<NewVariant, Invalid> {
        let content = texts::tidy(content)?;
        let layout = layout.filter(|name| !name.trim().is_empty());
        let layout = layout.map(super::name).transpose();
        Ok(NewVariant {
            content,
            layout: layout.map_err(|it| Invalid::new("layout", it.problem))?,
        })
    }

    /// Nothing said yet.
    pub fn empty(channel: Channel) -> NewVariant {
        NewVariant {
            content: Content::empty(channel),
            layout: None,
        }
    }

    /// How large its texts are together.
    pub fn bytes(&self) -> u64 {
        self.content.size() as u64
    }

    /// Each text that may have variables in it, with its field's name.
    pub fn texts(&self) -> Vec<(&'static str, String)> {
        texts::all(&self.content)
    }
}

/// What a message says, by language: [`DEFAULT_LANGUAGE`] is always among them, and all are
/// of one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVariants {
    channel: Channel,
    all: BTreeMap<String, NewVariant>,
}

impl NewVariants {
    /// Takes what is said by default and in other languages.
    ///
    /// # Errors
    /// A language that is none or is there twice, content of another channel, and more than a
    /// message can have.
    pub fn new(
        default: NewVariant,
        translations: impl IntoIterator<Item = (String, NewVariant)>,
    ) -> Result<NewVariants, Invalid> {
        let channel = default.content.channel();
        let mut all = BTreeMap::from([(DEFAULT_LANGUAGE.to_owned(), default)]);
        let invalid = |problem: String| Err(Invalid::new("translations", problem));
        for (language, variant) in translations {
            let Some(name) = language::name(&language) else {
                let problem = format!("{language:?} is not a language's code, such as de");
                return invalid(problem);
            };
            if variant.content.channel() != channel {
                return invalid(format!("{language:?} must be of the channel {channel}"));
            }
            if all.insert(name, variant).is_some() {
                return invalid(format!("{language:?} is there twice"));
            }
        }
        if all.len() > TRANSLATIONS_MAX + 1 {
            return invalid(format!("cannot be more than {TRANSLATIONS_MAX}"));
        }
        let variants = NewVariants { channel, all };
        if variants.bytes() > MESSAGE_BYTES_MAX {
            let problem = format!("cannot be larger than {MESSAGE_BYTES_MAX} bytes, all languages");
            return Err(Invalid::new("content", problem));
        }
        Ok(variants)
    }

    /// Nothing said yet, in the default language.
    pub fn empty(channel: Channel) -> NewVariants {
        let default = (DEFAULT_LANGUAGE.to_owned(), NewVariant::empty(channel));
        NewVariants {
            channel,
            all: BTreeMap::from([default]),
        }
    }

    /// What a message says, as it is kept.
    pub fn of(channel: Channel, variants: Vec<Variant>) -> NewVariants {
        let mut said = NewVariants::empty(channel);
        for Variant { info, content } in variants {
            let layout = info.layout;
            let variant = NewVariant { content, layout };
            said.all.insert(info.language, variant);
        }
        said
    }

    /// The channel that all of it is of.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// Each with its language, the default one first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &NewVariant)> {
        let all = self.all.iter();
        all.map(|(language, variant)| (language.as_str(), variant))
    }

    /// What is said by default.
    pub fn default_variant(&self) -> &NewVariant {
        &self.all[DEFAULT_LANGUAGE]
    }

    /// How large their texts are together.
    pub fn bytes(&self) -> u64 {
        self.all.values().map(NewVariant::bytes).sum()
    }
}

impl IntoIterator for NewVariants {
    type Item = (String, NewVariant);
    type IntoIter = std::collections::btree_map::IntoIter<String, NewVariant>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}

/// One of the languages a message is written in, without what is said in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariantInfo {
    /// Its number.
    pub id: ContentId,
    /// Its language, [`DEFAULT_LANGUAGE`] for the default one.
    pub language: String,
    /// The layout of its body, by name.
    pub layout: Option<String>,
    /// When it was first written.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
}

/// What a message says in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Which it is.
    pub info: VariantInfo,
    /// What is said.
    pub content: Content,
}

/// Which of a message's variants is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VariantRef {
    /// The one of this number.
    Content(ContentId),
    /// The one in exactly this language.
    Language(String),
}

impl VariantRef {
    /// Whether it is this one.
    pub fn is(&self, variant: &VariantInfo) -> bool {
        match self {
            VariantRef::Content(id) => variant.id == *id,
            VariantRef::Language(language) => variant.language == *language,
        }
    }
}

/// The variant for somebody who reads this language: of that language, else of the one it is
/// a dialect of, else the default one. `None` only where there is no default one.
pub fn pick<'a>(variants: &'a [VariantInfo], language: Option<&str>) -> Option<&'a VariantInfo> {
    let of = |language: &str| variants.iter().find(|it| it.language == language);
    let asked = language.and_then(language::name);
    let mut asked = asked.as_deref();
    while let Some(language) = asked {
        if let Some(found) = of(language) {
            return Some(found);
        }
        asked = language.rsplit_once('-').map(|(parent, _)| parent);
    }
    of(DEFAULT_LANGUAGE)
}

/// What is said in a language: as it is written there, and what is left out there as by
/// default.
#[must_use]
pub fn complete(variant: Variant, default: &Variant) -> Variant {
    let layout = variant.info.layout;
    Variant {
        info: VariantInfo {
            layout: layout.or_else(|| default.info.layout.clone()),
            ..variant.info
        },
        content: variant.content.over(&default.content),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::VARIANT_BYTES_MAX;
    use crate::message::{EmailContent, TextContent};

    fn email(subject: &str, body: &str) -> NewVariant {
        let content = EmailContent {
            subject: subject.to_owned(),
            body: body.to_owned(),
            ..EmailContent::default()
        };
        NewVariant::new(content.into(), None).unwrap()
    }

    fn info(id: u32, language: &str) -> VariantInfo {
        VariantInfo {
            id: ContentId(id),
            language: language.to_owned(),
            layout: None,
            created_at: 0,
            updated_at: 0,
        }
    }

    #[test]
    fn a_language_falls_back_on_its_own_and_then_on_the_default() {
        let variants = [info(1, ""), info(2, "pt"), info(3, "pt-br")];
        for (language, expected) in [
            (None, 1),
            (Some(""), 1),
            (Some("pt"), 2),
            (Some("pt_BR"), 3),
            (Some("pt-PT"), 2),
            (Some("de"), 1),
            (Some("no language"), 1),
        ] {
            let picked = pick(&variants, language).unwrap();
            assert_eq!(picked.id, ContentId(expected), "{language:?}");
        }
        assert_eq!(pick(&variants[1..], Some("de")), None);
    }

    #[test]
    fn what_a_translation_leaves_out_is_as_by_default() {
        let mut default = Variant {
            info: info(1, ""),
            content: email("Hello", "<p>Hello</p>").content,
        };
        default.info.layout = Some("main".to_owned());
        let german = Variant {
            info: info(2, "de"),
            content: email("Hallo", "").content,
        };
        let whole = complete(german, &default);
        assert_eq!(whole.info.id, ContentId(2));
        assert_eq!(whole.info.layout.as_deref(), Some("main"));
        assert_eq!(whole.content, email("Hallo", "<p>Hello</p>").content);
    }

    #[test]
    fn languages_have_one_spelling_and_one_channel() {
        let both = |first: &str, second: &str| {
            let translations = [first, second].map(|it| (it.to_owned(), email(it, "")));
            NewVariants::new(email("", ""), translations)
        };
        let variants = both("pt_BR", "de").unwrap();
        let languages: Vec<&str> = variants.iter().map(|(language, _)| language).collect();
        assert_eq!(languages, ["", "de", "pt-br"]);
        for (second, problem) in [
            ("DE", "\"DE\" is there twice"),
            ("../x", "\"../x\" is not a language's code, such as de"),
            ("", "\"\" is not a language's code, such as de"),
        ] {
            let invalid = both("de", second).unwrap_err();
            assert_eq!(
                (invalid.field, invalid.problem.as_str()),
                ("translations", problem)
            );
        }
        let sms = NewVariant::empty(Channel::Sms);
        let invalid = NewVariants::new(email("", ""), [("de".to_owned(), sms)]).unwrap_err();
        assert_eq!(invalid.problem, "\"de\" must be of the channel email");
        let many = (0..=TRANSLATIONS_MAX).map(|n| (format!("l{n}"), email("", "")));
        assert!(NewVariants::new(email("", ""), many).is_err());
    }

    #[test]
    fn all_languages_together_have_a_largest_size() {
        let large = "x".repeat(VARIANT_BYTES_MAX as usize);
        let count = MESSAGE_BYTES_MAX / VARIANT_BYTES_MAX;
        let many = |count: u64| {
            let many = (1..count).map(|n| (format!("l{n}"), email("", &large)));
            NewVariants::new(email("", &large), many)
        };
        assert_eq!(many(count).unwrap().bytes(), MESSAGE_BYTES_MAX);
        assert_eq!(many(count + 1).unwrap_err().field, "content");
        let content = Content::Sms(TextContent {
            body: large + "x",
            ..TextContent::default()
        });
        assert_eq!(NewVariant::new(content, None).unwrap_err().field, "body");
    }
}
