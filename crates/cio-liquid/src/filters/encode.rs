//! Filters of URLs and of base64.

use std::fmt::Write;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Invocation;
use crate::RenderError;
use crate::lexer::is_blank;
use crate::value::Value;

type Outcome<'a> = Result<Value<'a>, RenderError>;

/// Written with padding, and read with or without.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// For the value of a form: a blank is a plus.
pub(super) fn url_encode<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    percent_encoded(&input, call, b"-_.!~*'()", true)
}

pub(super) fn cgi_escape<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    percent_encoded(&input, call, b"-_.~", true)
}

/// For a whole URL: what divides it stays.
pub(super) fn uri_escape<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    percent_encoded(&input, call, b"-_.!~*'();,/?:@&=+$#[]", false)
}

fn percent_encoded<'a>(
    input: &Value<'a>,
    call: &mut Invocation<'_, 'a>,
    stays: &[u8],
    blank_is_plus: bool,
) -> Outcome<'a> {
    let text = call.text(input)?;
    let mut made = String::with_capacity(text.as_str().len());
    for byte in text.as_str().bytes() {
        match byte {
            b' ' if blank_is_plus => made.push('+'),
            byte if byte.is_ascii_alphanumeric() || stays.contains(&byte) => {
                made.push(char::from(byte));
            }
            byte => {
                let _infallible = write!(made, "%{byte:02X}");
            }
        }
    }
    call.made(made)
}

/// What is no percent encoding stays as it is.
pub(super) fn url_decode<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    let bytes = text.as_str().as_bytes();
    let mut made = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digit = |index: usize| {
            let byte = bytes.get(index)?;
            char::from(*byte).to_digit(16)
        };
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                made.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                at += 3;
            }
            (b'+', ..) => {
                made.push(b' ');
                at += 1;
            }
            (byte, ..) => {
                made.push(byte);
                at += 1;
            }
        }
    }
    call.made(String::from_utf8_lossy(&made).into_owned())
}

/// A name for a URL: small letters with hyphens between.
pub(super) fn slugify<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let (text, mode) = (call.text(&input)?, call.text_argument_or(0, "default")?);
    let keeps_case = call.argument(1).is_some_and(Value::is_truthy);
    let letters = |c: char| c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}');
    let slug = match mode.as_str() {
        "none" => text.as_str().to_owned(),
        "raw" => hyphenated(text.as_str(), &|c| !is_blank(c)),
        "ascii" => hyphenated(text.as_str(), &|c| c.is_ascii_alphanumeric()),
        "pretty" => hyphenated(text.as_str(), &|c| {
            letters(c) || "._~!$&'()+,;=@".contains(c)
        }),
        "latin" => hyphenated(&without_accents(text.as_str()), &letters),
        _ => hyphenated(text.as_str(), &letters),
    };
    call.made(match keeps_case {
        true => slug,
        false => slug.to_lowercase(),
    })
}

fn hyphenated(text: &str, stays: &dyn Fn(char) -> bool) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars() {
        if stays(c) {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

fn without_accents(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        plain.push_str(match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
            'æ' => "ae",
            'ç' => "c",
            'è' | 'é' | 'ê' | 'ë' => "e",
            'ì' | 'í' | 'î' | 'ï' => "i",
            'ð' => "d",
            'ñ' => "n",
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => "o",
            'ù' | 'ú' | 'û' | 'ü' => "u",
            'ý' | 'ÿ' => "y",
            'ß' => "ss",
            'œ' => "oe",
            'þ' => "th",
            'ẞ' => "SS",
            'Œ' => "OE",
            'Þ' => "TH",
            other => {
                plain.push(other);
                continue;
            }
        });
    }
    plain
}

pub(super) fn base64_encode<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    call.made(STANDARD.encode(text.as_str()))
}

pub(super) fn base64_url_safe_encode<'a>(
    input: Value<'a>,
    call: &mut Invocation<'_, 'a>,
) -> Outcome<'a> {
    let text = call.text(&input)?;
    call.made(URL_SAFE.encode(text.as_str()))
}

pub(super) fn base64_decode<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    decoded(&input, call, &STANDARD)
}

pub(super) fn base64_url_safe_decode<'a>(
    input: Value<'a>,
    call: &mut Invocation<'_, 'a>,
) -> Outcome<'a> {
    decoded(&input, call, &URL_SAFE)
}

fn decoded<'a>(
    input: &Value<'a>,
    call: &mut Invocation<'_, 'a>,
    engine: &GeneralPurpose,
) -> Outcome<'a> {
    let text = call.text(input)?;
    let packed: String = text
        .as_str()
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .collect();
    match engine.decode(packed) {
        Ok(bytes) => call.made(String::from_utf8_lossy(&bytes).into_owned()),
        Err(_) => Err(call.fail("what it is given is not base64")),
    }
}

/// A hash in hexadecimal, in base64 instead.
pub(super) fn hex_base64<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(&input)?;
    let digits: Option<Vec<u32>> = text.as_str().chars().map(|c| c.to_digit(16)).collect();
    let bytes: Option<Vec<u8>> = digits
        .filter(|digits| digits.len() % 2 == 0)
        .and_then(|digits| {
            let bytes = digits
                .chunks(2)
                .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok());
            bytes.collect()
        });
    match bytes {
        Some(bytes) => call.made(STANDARD.encode(bytes)),
        None => Err(call.fail("what it is given is not hexadecimal, as `sha256` makes it")),
    }
}
