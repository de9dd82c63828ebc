//! Character references.

use std::borrow::Cow;

/// The names that occur in addresses and in plain texts; and whether they count without
/// their semicolon.
const NAMES: [(&str, &str, bool); 37] = [
    ("amp", "&", true),
    ("lt", "<", true),
    ("gt", ">", true),
    ("quot", "\"", true),
    ("apos", "'", false),
    ("nbsp", "\u{a0}", true),
    ("copy", "©", true),
    ("reg", "®", true),
    ("trade", "™", false),
    ("hellip", "…", false),
    ("mdash", "—", false),
    ("ndash", "–", false),
    ("lsquo", "‘", false),
    ("rsquo", "’", false),
    ("ldquo", "“", false),
    ("rdquo", "”", false),
    ("laquo", "«", true),
    ("raquo", "»", true),
    ("bull", "•", false),
    ("middot", "·", true),
    ("euro", "€", false),
    ("pound", "£", true),
    ("yen", "¥", true),
    ("cent", "¢", true),
    ("deg", "°", true),
    ("times", "×", true),
    ("zwnj", "\u{200c}", false),
    ("zwj", "\u{200d}", false),
    ("shy", "\u{ad}", true),
    ("auml", "ä", true),
    ("ouml", "ö", true),
    ("uuml", "ü", true),
    ("Auml", "Ä", true),
    ("Ouml", "Ö", true),
    ("Uuml", "Ü", true),
    ("szlig", "ß", true),
    ("eacute", "é", true),
];

/// What the value of an attribute says. `None`: one of its references is not known here, so
/// what it says is not known either.
pub(crate) fn decode_attribute(value: &str) -> Option<Cow<'_, str>> {
    decode(value, true)
}

/// What a text says. A reference that is not known here stays as it is.
pub(crate) fn decode_text(text: &str) -> Cow<'_, str> {
    decode(text, false).unwrap_or(Cow::Borrowed(text))
}

fn decode(text: &str, in_attribute: bool) -> Option<Cow<'_, str>> {
    let Some(first) = text.find('&') else {
        return Some(Cow::Borrowed(text));
    };
    let mut decoded = String::with_capacity(text.len());
    decoded.push_str(&text[..first]);
    let mut rest = &text[first..];
    loop {
        let (plain, length) = match reference(rest, in_attribute) {
            Some(found) => found,
            None if in_attribute => return None,
            None => (Cow::Borrowed("&"), 1),
        };
        decoded.push_str(&plain);
        rest = &rest[length..];
        let next = rest.find('&').unwrap_or(rest.len());
        decoded.push_str(&rest[..next]);
        rest = &rest[next..];
        if rest.is_empty() {
            return Some(Cow::Owned(decoded));
        }
    }
}

/// What the reference that `text` begins with stands for, and how long it is.
fn reference(text: &str, in_attribute: bool) -> Option<(Cow<'static, str>, usize)> {
    let body = &text[1..];
    if let Some(number) = body.strip_prefix('#') {
        return Some(numeric(number));
    }
    let length = body.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = &body[..length];
    let has_semicolon = body[length..].starts_with(';');
    if has_semicolon {
        if name.is_empty() {
            return Some((Cow::Borrowed("&"), 1));
        }
        let known = NAMES.iter().find(|(known, ..)| *known == name)?;
        return Some((Cow::Borrowed(known.1), length + 2));
    }
    // In an attribute, `&copy=1` is what it is.
    if in_attribute {
        let is_known = NAMES
            .iter()
            .find(|(known, _, bare)| *bare && *known == name)
            .filter(|_| !body[length..].starts_with('='));
        return Some(match is_known {
            Some((_, plain, _)) => (Cow::Borrowed(*plain), length + 1),
            None => (Cow::Borrowed("&"), 1),
        });
    }
    let longest = NAMES
        .iter()
        .filter(|(known, _, bare)| *bare && name.starts_with(known))
        .max_by_key(|(known, ..)| known.len());
    Some(match longest {
        Some((known, plain, _)) => (Cow::Borrowed(*plain), known.len() + 1),
        None => (Cow::Borrowed("&"), 1),
    })
}

/// `text` stands behind `&#`.
fn numeric(text: &str) -> (Cow<'static, str>, usize) {
    let (digits, radix, before) = match text.as_bytes().first() {
        Some(b'x' | b'X') => (&text[1..], 16, 3),
        _ => (text, 10, 2),
    };
    let length = digits
        .bytes()
        .take_while(|it| char::from(*it).is_digit(radix))
        .count();
    if length == 0 {
        return (Cow::Borrowed("&"), 1);
    }
    let number = u32::from_str_radix(&digits[..length], radix).unwrap_or(u32::MAX);
    let found = match number {
        0 => '\u{fffd}',
        // Written as in Windows-1252 by those who do not know better; browsers know.
        0x80..=0x9f => windows_1252(number),
        _ => char::from_u32(number).unwrap_or('\u{fffd}'),
    };
    let semicolon = usize::from(digits[length..].starts_with(';'));
    (Cow::Owned(found.to_string()), before + length + semicolon)
}

fn windows_1252(number: u32) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    HIGH[(number - 0x80) as usize]
}

/// A text as it stands in a quoted value, whichever the quotes.
pub(crate) fn escape_attribute(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A text as it stands between tags.
pub(crate) fn escape_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn references_are_read_as_browsers_read_them() {
        for (text, plain) in [
            ("a?b=1&amp;c=2", "a?b=1&c=2"),
            ("a?b=1&c=2", "a?b=1&c=2"),
            ("a?copy=1&copy=2", "a?copy=1&copy=2"),
            ("&#38;&#x26;&#X26", "&&&"),
            ("&#0;&#xd800;&#99999999999;", "\u{fffd}\u{fffd}\u{fffd}"),
            ("&#150;", "–"),
            ("&;&#;&#x;&", "&;&#;&#x;&"),
            ("&quot;&apos;&lt;", "\"'<"),
            ("&ampx", "&ampx"),
        ] {
            assert_eq!(decode_attribute(text).unwrap(), plain, "{text}");
        }
        assert_eq!(
            decode_text("&ampx &copyright &no; &lt;"),
            "&x ©right &no; <"
        );
        assert_eq!(decode_attribute("&CounterClockwiseContourIntegral;"), None);
    }

    proptest! {
        #[test]
        fn what_is_escaped_is_read_back(text in any::<String>()) {
            let escaped = escape_attribute(&text);
            prop_assert_eq!(decode_attribute(&escaped).unwrap(), text);
        }
    }
}
