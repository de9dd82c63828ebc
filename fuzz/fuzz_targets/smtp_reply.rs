//! What a mail server answers.
#![no_main]

use cio_channels::email::smtp::Reply;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut rest = bytes;
    while let Ok(Some((reply, length))) = Reply::read(rest) {
        assert!((200..600).contains(&reply.code));
        assert!(!reply.to_string().contains(char::is_control));
        // More behind it does not change it, and less is not enough.
        assert_eq!(Reply::read(&rest[..length]), Ok(Some((reply, length))));
        assert!(!matches!(Reply::read(&rest[..length - 1]), Ok(Some((_, shorter))) if shorter > length - 1));
        rest = &rest[length..];
    }
});
