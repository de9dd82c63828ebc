//! Names of files, for names that may have any character.

use std::collections::BTreeSet;

/// What some file system gives a meaning to; `%` is what they are written with.
const SPECIAL: &[char] = &['/', '\\', ':', '*', '?', '"', '<', '>', '|', '%'];
/// Longest part of a segment's name that its file is named after.
const SLUG_CHARS_MAX: usize = 60;
/// Names that are devices on some systems, whatever their ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A name as that of a file: what cannot be in one is `%` and two digits. The file is told
/// from those that are `taken` in any letter case.
pub(super) fn file_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let last = name.chars().count().saturating_sub(1);
    let numbered = name.chars().enumerate();
    let escaped: String = numbered
        .map(|(place, character)| {
            let is_end = place == last && matches!(character, '.' | ' ');
            let is_start = place == 0 && character == '.';
            let is_special = SPECIAL.contains(&character) || character.is_control();
            match is_end || is_start || is_special {
                true => escape(character),
                false => character.to_string(),
            }
        })
        .collect();
    let lower = escaped.to_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    let is_device = DEVICES.contains(&stem);
    if !is_device && taken.insert(lower) {
        return escaped;
    }
    let mut characters = escaped.chars();
    let first = characters.next().map(escape).unwrap_or_default();
    let told_apart = format!("{first}{}", characters.as_str());
    taken.insert(told_apart.to_lowercase());
    told_apart
}

fn escape(character: char) -> String {
    let mut bytes = [0; 4];
    let bytes = character.encode_utf8(&mut bytes).bytes();
    bytes.map(|byte| format!("%{byte:02X}")).collect()
}

/// The name a file's name stands for. `None` if it is written wrongly.
pub(super) fn name_of(stem: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(stem.len());
    let mut rest = stem.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (high, low) = (rest.next()?, rest.next()?);
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let escaped = digit(high)? * 16 + digit(low)?;
        bytes.push(u8::try_from(escaped).ok()?);
    }
    String::from_utf8(bytes).ok()
}

/// A short name of a file after a name that is in the file, too.
pub(super) fn slug(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut slug = String::new();
    for character in name.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug: String = slug.chars().take(SLUG_CHARS_MAX).collect();
    let slug = match slug.trim_end_matches('-') {
        "" => "segment".to_owned(),
        slug if DEVICES.contains(&slug) => format!("{slug}-segment"),
        slug => slug.to_owned(),
    };
    let mut candidate = slug.clone();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{slug}-{number}");
        number += 1;
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_that_of_a_file_and_back() {
        let mut taken = BTreeSet::new();
        for (name, expected) in [
            ("footer", "footer"),
            ("Footer", "%46ooter"),
            ("a b", "a b"),
            ("größe", "größe"),
            ("../etc/passwd", "%2E.%2Fetc%2Fpasswd"),
            (".hidden", "%2Ehidden"),
            ("100%", "100%25"),
            ("a.", "a%2E"),
            ("a<b>:\"?*|\\", "a%3Cb%3E%3A%22%3F%2A%7C%5C"),
            ("nul", "%6Eul"),
            ("NUL.x", "%4EUL.x"),
            ("a\tb", "a%09b"),
        ] {
            let file = file_name(name, &mut taken);
            assert_eq!(file, expected);
            assert_eq!(name_of(&file).as_deref(), Some(name));
        }
        for wrong in ["%", "a%4", "%zz", "%FF", "%+1"] {
            assert_eq!(name_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_segment_s_file_has_a_short_name_of_its_own() {
        let mut taken = BTreeSet::new();
        for (name, expected) in [
            ("VIP customers!", "vip-customers"),
            ("vip/customers", "vip-customers-2"),
            ("Größe > 3", "größe-3"),
            ("…", "segment"),
            ("..", "segment-2"),
            ("nul", "nul-segment"),
        ] {
            assert_eq!(slug(name, &mut taken), expected);
        }
        let long = slug(&"a".repeat(500), &mut taken);
        assert_eq!(long.chars().count(), SLUG_CHARS_MAX);
    }
}
