//! Who carries pushes and texts, as the environment and the file say.

use std::path::PathBuf;

use cio_server::{
    ApnsCarrier, ApnsSettings, CarrierSettings, FcmSettings, GatewaySettings, TextCarrier,
    TwilioSettings,
};
use cio_wire::env_vars;

use super::read_secret;
use crate::config_file::{Apns, Fcm, Gateway, Push, Text, Twilio};
use crate::exit::Failure;
use crate::settings::Variables;

pub(super) fn resolve(
    variables: &Variables,
    push: Push,
    text: Text,
    links_url: Option<&str>,
) -> Result<CarrierSettings, Failure> {
    let twilio = twilio(variables, text.twilio, links_url)?;
    let gateway = gateway(variables, text.http)?;
    let texts = match (twilio, gateway) {
        (Some(_), Some(_)) => {
            return Err(Failure::config(
                "[text.twilio] and [text.http] are both set: texts have one carrier",
            ));
        }
        (twilio, gateway) => twilio.or(gateway),
    };
    Ok(CarrierSettings {
        fcm: fcm(variables, push.fcm)?,
        apns: apns(variables, push.apns)?,
        texts,
    })
}

fn fcm(variables: &Variables, fcm: Fcm) -> Result<Option<FcmSettings>, Failure> {
    let account = secret(
        variables,
        env_vars::FCM_SERVICE_ACCOUNT,
        fcm.service_account_file,
    )?;
    Ok(account.map(|service_account| FcmSettings {
        service_account,
        base_url: fcm.base_url,
    }))
}

fn apns(variables: &Variables, apns: Apns) -> Result<Option<ApnsCarrier>, Failure> {
    let key = secret(variables, env_vars::APNS_KEY, apns.key_file)?;
    let is_set = [&key, &apns.key_id, &apns.team_id, &apns.topic]
        .iter()
        .any(|it| it.is_some());
    if !is_set {
        return Ok(None);
    }
    let needed = |name: &str, value: Option<String>| {
        value.ok_or_else(|| Failure::config(format!("[push.apns] {name} is not set")))
    };
    Ok(Some(ApnsCarrier {
        settings: ApnsSettings {
            key: needed("key_file", key)?,
            key_id: needed("key_id", apns.key_id)?,
            team_id: needed("team_id", apns.team_id)?,
            topic: needed("topic", apns.topic)?,
            sandbox: apns.sandbox.unwrap_or(false),
        },
        base_url: apns.base_url,
    }))
}

fn twilio(
    variables: &Variables,
    twilio: Twilio,
    links_url: Option<&str>,
) -> Result<Option<TextCarrier>, Failure> {
    let token = secret(
        variables,
        env_vars::TWILIO_AUTH_TOKEN,
        twilio.auth_token_file,
    )?;
    let needed = |name: &str| Failure::config(format!("[text.twilio] {name} is not set"));
    match (twilio.account_sid, token) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(needed("account_sid")),
        (Some(_), None) => Err(needed("auth_token_file")),
        (Some(account_sid), Some(auth_token)) => Ok(Some(TextCarrier::Twilio {
            settings: TwilioSettings {
                account_sid,
                auth_token,
                messaging_service_sid: twilio.messaging_service_sid,
            },
            base_url: twilio.base_url,
            callback_url: twilio.callback_url.or(links_url.map(str::to_owned)),
        })),
    }
}

fn gateway(variables: &Variables, gateway: Gateway) -> Result<Option<TextCarrier>, Failure> {
    let bearer_token = secret(
        variables,
        env_vars::TEXT_BEARER_TOKEN,
        gateway.bearer_token_file,
    )?;
    let files = gateway.header_files.unwrap_or_default();
    let Some(url) = gateway.url else {
        return match bearer_token.is_some() || !files.is_empty() {
            true => Err(Failure::config("[text.http] url is not set")),
            false => Ok(None),
        };
    };
    let headers = files
        .into_iter()
        .map(|(name, path)| Ok((name, read_secret(&path)?)))
        .collect::<Result<_, Failure>>()?;
    Ok(Some(TextCarrier::Gateway(GatewaySettings {
        url,
        bearer_token,
        headers,
        honours_idempotency_key: gateway.honours_idempotency_key.unwrap_or(false),
    })))
}

/// The environment's, else that of the file.
fn secret(
    variables: &Variables,
    name: &str,
    path: Option<PathBuf>,
) -> Result<Option<String>, Failure> {
    match (variables.filled(name), path) {
        (Some(given), _) => Ok(Some(given)),
        (None, Some(path)) => read_secret(&path).map(Some),
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config_file::ConfigFile;

    fn carriers(variables: &[(&str, &str)], file: &str) -> Result<CarrierSettings, String> {
        let file: ConfigFile = toml::from_str(file).unwrap();
        let links_url = file.links.url.as_deref();
        resolve(&Variables::of(variables), file.push, file.text, links_url)
            .map_err(|it| it.to_string())
    }

    #[test]
    fn nobody_is_set_by_default() {
        let none = carriers(&[], "").unwrap();
        assert!(none.fcm.is_none() && none.apns.is_none() && none.texts.is_none());
    }

    #[test]
    fn secrets_come_from_their_files_unless_the_environment_has_them() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret");
        std::fs::write(&path, "from-the-file\n").unwrap();
        let file = format!(
            "[push.fcm]\nservice_account_file = {path:?}\n\
             [push.apns]\nkey_file = {path:?}\nkey_id = \"K\"\nteam_id = \"T\"\ntopic = \"a.b\"\n\
             sandbox = true\n\
             [text.twilio]\naccount_sid = \"AC\"\nauth_token_file = {path:?}\n\
             callback_url = \"https://cio.example\"\n"
        );
        let of = |variables: &[(&str, &str)]| {
            let carriers = carriers(variables, &file).unwrap();
            let apns = carriers.apns.unwrap().settings;
            assert!(apns.sandbox);
            let Some(TextCarrier::Twilio { settings, .. }) = carriers.texts else {
                panic!("{:?}", carriers.texts);
            };
            [
                carriers.fcm.unwrap().service_account,
                apns.key,
                settings.auth_token,
            ]
        };
        assert_eq!(of(&[]), ["from-the-file"; 3]);
        let given = of(&[
            ("CUSTOMERIO_FCM_SERVICE_ACCOUNT", "a"),
            ("CUSTOMERIO_APNS_KEY", "b"),
            ("CUSTOMERIO_TWILIO_AUTH_TOKEN", "c"),
        ]);
        assert_eq!(given, ["a", "b", "c"]);

        let file = format!(
            "[text.http]\nurl = \"https://sms.example\"\nbearer_token_file = {path:?}\n\
             header_files = {{ \"X-Key\" = {path:?} }}\nhonours_idempotency_key = true\n"
        );
        let gateway = |variables: &[(&str, &str)]| match carriers(variables, &file).unwrap().texts {
            Some(TextCarrier::Gateway(gateway)) => gateway,
            other => panic!("{other:?}"),
        };
        let by_file = gateway(&[]);
        assert_eq!(by_file.bearer_token.as_deref(), Some("from-the-file"));
        let headers = [("X-Key".to_owned(), "from-the-file".to_owned())];
        assert_eq!(by_file.headers, headers);
        assert!(by_file.honours_idempotency_key);
        let given = gateway(&[("CUSTOMERIO_TEXT_BEARER_TOKEN", "d")]);
        assert_eq!(given.bearer_token.as_deref(), Some("d"));
    }

    #[test]
    fn twilio_tells_where_links_lead_unless_told_otherwise() {
        let root = |file: &str| {
            let file = format!("{file}\n[text.twilio]\naccount_sid = \"AC\"\n");
            let token = [("CUSTOMERIO_TWILIO_AUTH_TOKEN", "t")];
            match carriers(&token, &file).unwrap().texts {
                Some(TextCarrier::Twilio { callback_url, .. }) => callback_url,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(root(""), None);
        let links = root("[links]\nurl = \"https://links.example\"");
        assert_eq!(links.as_deref(), Some("https://links.example"));
        let own = "[links]\nurl = \"https://links.example\"\n[text.twilio]\n\
                   callback_url = \"https://cio.example\"\naccount_sid = \"AC\"";
        let token = [("CUSTOMERIO_TWILIO_AUTH_TOKEN", "t")];
        match carriers(&token, own).unwrap().texts {
            Some(TextCarrier::Twilio { callback_url, .. }) => {
                assert_eq!(callback_url.as_deref(), Some("https://cio.example"));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let problem =
            |variables: &[(&str, &str)], file: &str| carriers(variables, file).unwrap_err();
        for (variables, file, says) in [
            (
                &[][..],
                "[push.apns]\nkey_id = \"K\"",
                "[push.apns] key_file is not set",
            ),
            (
                &[("CUSTOMERIO_APNS_KEY", "k")],
                "[push.apns]\nkey_id = \"K\"\ntopic = \"a.b\"",
                "[push.apns] team_id is not set",
            ),
            (
                &[],
                "[text.twilio]\naccount_sid = \"AC\"",
                "[text.twilio] auth_token_file is not set",
            ),
            (
                &[("CUSTOMERIO_TWILIO_AUTH_TOKEN", "t")],
                "",
                "[text.twilio] account_sid is not set",
            ),
            (
                &[("CUSTOMERIO_TEXT_BEARER_TOKEN", "t")],
                "",
                "[text.http] url is not set",
            ),
            (
                &[("CUSTOMERIO_TWILIO_AUTH_TOKEN", "t")],
                "[text.twilio]\naccount_sid = \"AC\"\n[text.http]\nurl = \"https://sms.example\"",
                "texts have one carrier",
            ),
            (
                &[],
                "[push.fcm]\nservice_account_file = \"/nowhere/at/all\"",
                "/nowhere/at/all",
            ),
        ] {
            let text = problem(variables, file);
            assert!(text.contains(says), "{text}");
        }
    }
}
