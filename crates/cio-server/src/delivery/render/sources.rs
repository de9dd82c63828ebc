//! Texts of messages as they are rendered: parsed once, for many messages have the same.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use cio_domain::message::Content;
use cio_liquid::{ParseError, References, Template};

/// Most text that is kept parsed. It takes a few times as much memory parsed.
const KEPT_BYTES_MAX: usize = 16 << 20;

/// Parsed texts.
#[derive(Default)]
pub(super) struct Sources {
    hasher: RandomState,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    bytes: usize,
    templates: HashMap<u64, (Arc<str>, Template)>,
}

/// A message ready to be rendered.
pub(super) struct Compiled {
    /// In the order of [`Content::try_map`]; `None`: there is nothing to render in it.
    pub(super) fields: Vec<Option<Template>>,
    pub(super) layout: Option<Template>,
}

impl Compiled {
    /// What its texts ask for.
    pub(super) fn references(&self) -> impl Iterator<Item = &References> {
        let fields = self.fields.iter().flatten();
        fields.chain(&self.layout).map(Template::references)
    }
}

impl Sources {
    /// Parses every text of a message, and says which one cannot be.
    pub(super) fn compile(
        &self,
        content: &Content,
        layout: Option<&str>,
    ) -> Result<Compiled, String> {
        let wrong =
            |field: &str, error: ParseError| format!("\"{field}\" cannot be rendered: {error}");
        let mut fields = Vec::new();
        content.clone().try_map::<String>(&mut |name, text| {
            fields.push(match is_liquid(&text) {
                true => Some(self.template(&text).map_err(|error| wrong(name, error))?),
                false => None,
            });
            Ok(text)
        })?;
        let layout = layout.map(|layout| {
            self.template(layout)
                .map_err(|error| wrong("layout", error))
        });
        Ok(Compiled {
            fields,
            layout: layout.transpose()?,
        })
    }

    /// A text, parsed.
    pub(super) fn template(&self, text: &str) -> Result<Template, ParseError> {
        let hash = self.hasher.hash_one(text);
        {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((source, template)) = kept.templates.get(&hash)
                && **source == *text
            {
                return Ok(template.clone());
            }
        }
        let template = Template::parse(text)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + text.len() > KEPT_BYTES_MAX {
            // Simple, and what is still used is soon there again.
            *kept = Kept::default();
        }
        kept.bytes += text.len();
        kept.templates
            .insert(hash, (Arc::from(text), template.clone()));
        Ok(template)
    }
}

fn is_liquid(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}
