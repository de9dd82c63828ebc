//! Finds out why there was no answer, from the chain of causes.

use std::error::Error as StdError;
use std::io;

use super::answer::Context;
use crate::error::{ConnectionFailure, Error, ErrorKind};

pub(super) fn failure(context: &Context<'_>, error: reqwest::Error) -> Error {
    // The URL holds the person's identifier; the template of the call names it instead.
    let error = error.without_url();
    let kind = kind_of(&error);
    let never_sent = error.is_connect() || error.is_dns();
    let failure = Box::new(ConnectionFailure {
        source: Some(Box::new(error)),
        ..ConnectionFailure::new(context, kind, !never_sent)
    });
    match kind {
        ErrorKind::Dns => Error::Dns(failure),
        ErrorKind::ConnectionRefused => Error::ConnectionRefused(failure),
        ErrorKind::Tls => Error::Tls(failure),
        ErrorKind::Timeout => Error::Timeout(failure),
        ErrorKind::Unreachable => Error::Unreachable(failure),
        _ => Error::ConnectionLost(failure),
    }
}

/// The time ran out while the attempt was on its way.
pub(super) fn too_late(context: &Context<'_>) -> Error {
    let source = io::Error::from(io::ErrorKind::TimedOut);
    Error::Timeout(Box::new(ConnectionFailure {
        source: Some(Box::new(source)),
        ..ConnectionFailure::new(context, ErrorKind::Timeout, true)
    }))
}

impl ConnectionFailure {
    fn new(
        context: &Context<'_>,
        kind: ErrorKind,
        may_have_been_received: bool,
    ) -> ConnectionFailure {
        ConnectionFailure {
            call: context.call.operation.line(),
            origin: context.origin(),
            attempts: 1,
            may_have_been_received,
            kind,
            timeout: context.timeout,
            acts_once: !context.call.operation.repeat().is_harmless(),
            source: None,
        }
    }

    /// A failure that a test asked for.
    pub(super) fn scripted(context: &Context<'_>, received: bool) -> Box<ConnectionFailure> {
        let kind = match received {
            true => ErrorKind::ConnectionLost,
            false => ErrorKind::Unreachable,
        };
        Box::new(ConnectionFailure::new(context, kind, received))
    }
}

fn kind_of(error: &reqwest::Error) -> ErrorKind {
    if error.is_dns() {
        return ErrorKind::Dns;
    }
    for cause in causes(error) {
        if cause.is::<rustls::Error>() {
            return ErrorKind::Tls;
        }
        if let Some(io_error) = cause.downcast_ref::<io::Error>()
            && io_error.kind() == io::ErrorKind::ConnectionRefused
        {
            return ErrorKind::ConnectionRefused;
        }
    }
    if error.is_timeout() {
        ErrorKind::Timeout
    } else if error.is_connect() {
        ErrorKind::Unreachable
    } else {
        ErrorKind::ConnectionLost
    }
}

/// The error and everything below it. An `io::Error` hides the error it wraps from
/// `source`, and that is where rustls puts the reason.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> Vec<&'a (dyn StdError + 'static)> {
    let mut found: Vec<&'a (dyn StdError + 'static)> = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        found.push(cause);
        let wrapped = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|inner| inner as &(dyn StdError + 'static));
        next = wrapped.or_else(|| cause.source());
    }
    found
}
