//! AWS: parameters of Systems Manager, secrets of Secrets Manager.
//!
//! A thin client: JSON over HTTPS, signed by AWS's own crate for that. Settings have the names
//! that AWS's tools read: `AWS_REGION`, `AWS_PROFILE`, `AWS_ENDPOINT_URL` and their kin.

mod client;
mod credentials;
mod metadata;
mod shared_config;
mod sign;
mod sts;

use base64::Engine as _;
use serde_json::{Value, json};

use self::client::{Client, Service};
use super::field::Field;
use super::{Fetching, Found, Putting, Reference, SecretError, SecretErrorKind, SecretSource};
use crate::Secret;

const SSM: Service = Service {
    name: "ssm",
    target: "AmazonSSM",
    endpoint_variable: "AWS_ENDPOINT_URL_SSM",
};
const SECRETS_MANAGER: Service = Service {
    name: "secretsmanager",
    target: "secretsmanager",
    endpoint_variable: "AWS_ENDPOINT_URL_SECRETS_MANAGER",
};

/// Most pages that are read for one parameter.
const PAGES_MAX: usize = 10;

/// A parameter of Systems Manager, decrypted, or a field of one that is a JSON object.
pub(super) struct Parameter {
    client: Client,
    name: String,
    field: Field,
    place: String,
}

/// A secret of Secrets Manager, or a field of one that is a JSON object.
pub(super) struct SecretValue {
    client: Client,
    id: String,
    field: Field,
    place: String,
}

/// What a reference names, and the region if it says one.
struct Named<'a> {
    name: &'a str,
    region: Option<&'a str>,
}

impl<'a> Named<'a> {
    fn of(reference: &'a Reference) -> Named<'a> {
        let (name, region) = match reference.path().split_once("?region=") {
            Some((name, region)) => (name, Some(region)),
            None => (reference.path(), None),
        };
        // arn:aws:secretsmanager:eu-central-1:…
        let of_arn = || name.strip_prefix("arn:")?.split(':').nth(2);
        Named {
            name,
            region: region.or_else(of_arn).filter(|region| !region.is_empty()),
        }
    }
}

impl Parameter {
    pub(super) fn of(
        reference: &Reference,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Parameter, SecretError> {
        let place = reference.to_string();
        let named = Named::of(reference);
        Ok(Parameter {
            client: Client::of(&place, SSM, named.region, variable)?,
            name: named.name.to_owned(),
            field: Field::of(reference),
            place,
        })
    }

    async fn read(&self) -> Result<Option<Value>, SecretError> {
        let body = json!({ "Name": self.name, "WithDecryption": true });
        let answer = self.client.call("GetParameter", &body).await?;
        answer.found(&["ParameterNotFound", "ParameterVersionNotFound"])
    }

    async fn fetch_value(&self) -> Result<Option<Found>, SecretError> {
        let Some(answer) = self.read().await? else {
            return Ok(None);
        };
        let text = answer["Parameter"]["Value"].as_str();
        found(&self.client, &self.field, text)
    }

    async fn put_value(&self, value: &str) -> Result<(), SecretError> {
        let current = self.read().await?;
        let current = current.as_ref().map(|answer| &answer["Parameter"]);
        let text = current.and_then(|parameter| parameter["Value"].as_str());
        let text = replaced(&self.client, &self.field, text, value)?;
        let kind = current.and_then(|parameter| parameter["Type"].as_str());
        let mut body = json!({
            "Name": self.name,
            "Value": text,
            "Type": kind.unwrap_or("SecureString"),
            "Overwrite": true,
        });
        if kind == Some("SecureString") {
            body["KeyId"] = self.key_id().await?.into();
        }
        self.client.call("PutParameter", &body).await?.done()
    }

    /// The key that it is encrypted with. Left out of a change, the account's default key takes
    /// its place, so that who does not learn it changes nothing.
    async fn key_id(&self) -> Result<String, SecretError> {
        let filter = json!({ "Key": "Name", "Values": [self.name] });
        let mut body = json!({ "ParameterFilters": [filter] });
        // A page may be empty and not be the last.
        for _ in 0..PAGES_MAX {
            let answer = self.client.call("DescribeParameters", &body).await?;
            let answer = answer.found(&[])?.unwrap_or_default();
            if let Some(key) = answer["Parameters"][0]["KeyId"].as_str() {
                return Ok(key.to_owned());
            }
            match &answer["NextToken"] {
                Value::String(next) => body["NextToken"] = next.as_str().into(),
                _ => break,
            }
        }
        let problem = "AWS does not say which key it is encrypted with, and it is to stay: allow ssm:DescribeParameters, and write the parameter's name, not its ARN";
        Err(self.client.unreadable(problem))
    }
}

impl SecretValue {
    pub(super) fn of(
        reference: &Reference,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<SecretValue, SecretError> {
        let place = reference.to_string();
        let named = Named::of(reference);
        Ok(SecretValue {
            client: Client::of(&place, SECRETS_MANAGER, named.region, variable)?,
            id: named.name.to_owned(),
            field: Field::of(reference),
            place,
        })
    }

    /// The value as text. `None` if there is no such secret, or no version of it.
    async fn read(&self) -> Result<Option<String>, SecretError> {
        let body = json!({ "SecretId": self.id });
        let answer = self.client.call("GetSecretValue", &body).await?;
        let Some(answer) = answer.found(&["ResourceNotFoundException"])? else {
            return Ok(None);
        };
        if let Some(text) = answer["SecretString"].as_str() {
            return Ok(Some(text.to_owned()));
        }
        let bytes = answer["SecretBinary"].as_str().and_then(|encoded| {
            let standard = base64::engine::general_purpose::STANDARD;
            String::from_utf8(standard.decode(encoded).ok()?).ok()
        });
        let unreadable = "the secret is neither a text nor UTF-8";
        bytes
            .map(Some)
            .ok_or_else(|| self.client.unreadable(unreadable))
    }

    async fn fetch_value(&self) -> Result<Option<Found>, SecretError> {
        match self.read().await? {
            Some(text) => found(&self.client, &self.field, Some(&text)),
            None => Ok(None),
        }
    }

    async fn put_value(&self, value: &str) -> Result<(), SecretError> {
        // Who replaces everything needs no right to read it.
        let current = match self.field.is_whole() {
            true => None,
            false => self.read().await?,
        };
        let text = replaced(&self.client, &self.field, current.as_deref(), value)?;
        // So that a repeat is the same version.
        let token = format!("{:032x}", fastrand::u128(..));
        let body =
            json!({ "SecretId": self.id, "SecretString": text, "ClientRequestToken": token });
        let answer = self.client.call("PutSecretValue", &body).await?;
        if answer.found(&["ResourceNotFoundException"])?.is_some() {
            return Ok(());
        }
        let body = json!({ "Name": self.id, "SecretString": text, "ClientRequestToken": token });
        self.client.call("CreateSecret", &body).await?.done()
    }
}

fn found(client: &Client, field: &Field, text: Option<&str>) -> Result<Option<Found>, SecretError> {
    let text = text.ok_or_else(|| client.unreadable("the answer has no value"))?;
    let value = field.of_text(text).map_err(|why| client.unreadable(why))?;
    Ok(value.map(Found::new))
}

fn replaced(
    client: &Client,
    field: &Field,
    current: Option<&str>,
    value: &str,
) -> Result<String, SecretError> {
    let text = field.replaced(current, value);
    text.map_err(|why| client.error(SecretErrorKind::Unreadable, why))
}

impl SecretSource for Parameter {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn fetch(&self) -> Fetching<'_> {
        Box::pin(self.fetch_value())
    }

    fn put<'a>(&'a self, value: &'a Secret) -> Putting<'a> {
        Box::pin(self.put_value(value.expose()))
    }
}

impl SecretSource for SecretValue {
    fn place(&self) -> String {
        self.place.clone()
    }

    fn fetch(&self) -> Fetching<'_> {
        Box::pin(self.fetch_value())
    }

    fn put<'a>(&'a self, value: &'a Secret) -> Putting<'a> {
        Box::pin(self.put_value(value.expose()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_may_say_its_region() {
        let named = |text: &str| {
            let reference: Reference = text.parse().unwrap();
            let named = Named::of(&reference);
            (named.name.to_owned(), named.region.map(str::to_owned))
        };
        let eu = || Some("eu-central-1".to_owned());
        assert_eq!(named("aws-ssm:///cio/app"), ("/cio/app".into(), None));
        assert_eq!(
            named("aws-ssm:///cio/app?region=eu-central-1"),
            ("/cio/app".into(), eu())
        );
        let arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:cio-AbCdEf";
        let reference = format!("aws-secretsmanager://{arn}#app");
        assert_eq!(named(&reference), (arn.to_owned(), eu()));
    }
}
