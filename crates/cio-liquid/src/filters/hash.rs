//! Hashes and signatures, in hexadecimal.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::Invocation;
use crate::RenderError;
use crate::value::Value;

type Outcome<'a> = Result<Value<'a>, RenderError>;

pub(super) fn md5<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    hashed::<Md5>(&input, call)
}

pub(super) fn sha1<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    hashed::<Sha1>(&input, call)
}

pub(super) fn sha256<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    hashed::<Sha256>(&input, call)
}

pub(super) fn hmac_sha1<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    signed::<Hmac<Sha1>>(&input, call)
}

pub(super) fn hmac_sha256<'a>(input: Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    signed::<Hmac<Sha256>>(&input, call)
}

fn hashed<'a, D: Digest>(input: &Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let text = call.text(input)?;
    // A hash costs more than to look.
    call.meter().items(text.as_str().len() / 16)?;
    let digest = D::digest(text.as_str());
    call.made(hex(&digest))
}

fn signed<'a, M: Mac + KeyInit>(input: &Value<'a>, call: &mut Invocation<'_, 'a>) -> Outcome<'a> {
    let (text, key) = (call.text(input)?, call.text_argument(0)?);
    call.meter()
        .items((text.as_str().len() + key.as_str().len()) / 16)?;
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key.as_str().as_bytes()) else {
        return Err(call.fail("its key cannot be used"));
    };
    mac.update(text.as_str().as_bytes());
    call.made(hex(&mac.finalize().into_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        for digit in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
        text
    })
}
