//! Signing requests the way AWS wants them signed (SigV4).

use std::time::SystemTime;

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use reqwest::Request;
use reqwest::header::{HeaderName, HeaderValue};

use super::credentials::AwsCredentials;

/// What a signature is for.
pub(super) struct Scope<'a> {
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) time: SystemTime,
}

/// Adds the headers of a signature.
///
/// # Errors
///
/// Why it cannot be signed: a header that is no text, settings that are missing.
pub(super) fn add_signature(
    request: &mut Request,
    credentials: &AwsCredentials,
    scope: &Scope<'_>,
) -> Result<(), String> {
    let identity = credentials.identity();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(scope.time)
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| error.to_string())?
        .into();
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect();
    let headers = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let body = request
        .body()
        .and_then(reqwest::Body::as_bytes)
        .unwrap_or_default();
    let signable = SignableRequest::new(
        request.method().as_str(),
        request.url().as_str(),
        headers,
        SignableBody::Bytes(body),
    );
    let signed = signable
        .and_then(|signable| sign(signable, &params))
        .map_err(|error| error.to_string())?;
    let (instructions, _) = signed.into_parts();
    let (headers, _) = instructions.into_parts();
    for header in headers {
        let name = HeaderName::try_from(header.name()).map_err(|error| error.to_string())?;
        let value = HeaderValue::try_from(header.value()).map_err(|error| error.to_string())?;
        request.headers_mut().insert(name, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
