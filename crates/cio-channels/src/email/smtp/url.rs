//! Where a mail server is and how it is spoken to, as one URL.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use percent_encoding::percent_decode_str;

/// Whether a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// From its first byte: `smtps://`.
    Implicit,
    /// By STARTTLS, or not at all: `smtp://…?tls=required`.
    Required,
    /// By STARTTLS where the server offers it: `smtp://`. What is offered has to succeed,
    /// with a certificate that is trusted.
    Opportunistic,
    /// Never: `smtp://…?tls=off`.
    Off,
}

/// A user and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

/// A mail server: `smtp://user:password@host:port?tls=required` or `smtps://…`. What of a
/// user or a password is no letter and no digit is percent-encoded.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl {
    /// Name or address, without brackets.
    pub host: String,
    /// Its port: 25 unless the URL says so, 587 with `tls=required`, 465 with `smtps`.
    pub port: u16,
    /// Whether it is encrypted.
    pub security: Security,
    /// Who sends, if the server wants to know.
    pub login: Option<Login>,
    /// The password may go over a connection that is not encrypted:
    /// `plain_password=true`. On loopback it may anyway.
    pub plain_password: bool,
}

/// Why a URL is not usable. It is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpUrlError(&'static str);

impl fmt::Display for SmtpUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "it is not a usable SMTP URL ({}): use smtp://host:port or smtps://user:password@host",
            self.0
        )
    }
}

impl std::error::Error for SmtpUrlError {}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe())
    }
}

impl SmtpUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`SmtpUrlError`] says what is wrong with it.
    pub fn read(url: &str) -> Result<SmtpUrl, SmtpUrlError> {
        let (scheme, rest) = url
            .trim()
            .split_once("://")
            .ok_or(SmtpUrlError("the scheme is neither smtp nor smtps"))?;
        let mut security = match scheme {
            "smtp" => Security::Opportunistic,
            "smtps" => Security::Implicit,
            _ => return Err(SmtpUrlError("the scheme is neither smtp nor smtps")),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '#']) {
            return Err(SmtpUrlError(
                "it has a path, or a \"/\" that is not encoded",
            ));
        }
        let mut plain_password = false;
        for option in query.split('&').filter(|option| !option.is_empty()) {
            match option {
                "tls=required" if scheme == "smtp" => security = Security::Required,
                "tls=opportunistic" if scheme == "smtp" => security = Security::Opportunistic,
                "tls=off" if scheme == "smtp" => security = Security::Off,
                "tls=required" => {}
                "plain_password=true" => plain_password = true,
                "plain_password=false" => plain_password = false,
                _ => {
                    return Err(SmtpUrlError(
                        "its options are tls=required, tls=opportunistic or tls=off, and plain_password=true",
                    ));
                }
            }
        }
        let (login, place) = match rest.rsplit_once('@') {
            None => (None, rest),
            Some((login, place)) => (Some(read_login(login)?), place),
        };
        let (host, port) = split_port(place)?;
        if host.is_empty() {
            return Err(SmtpUrlError("it names no host"));
        }
        let is_host = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_' | ':');
        if !host.chars().all(is_host) {
            return Err(SmtpUrlError("its host is malformed"));
        }
        let usual = match security {
            Security::Implicit => 465,
            Security::Required => 587,
            Security::Opportunistic | Security::Off => 25,
        };
        Ok(SmtpUrl {
            host: host.to_owned(),
            port: match port {
                None => usual,
                Some(port) => port
                    .parse()
                    .ok()
                    .filter(|port| *port != 0)
                    .ok_or(SmtpUrlError("its port is malformed"))?,
            },
            security,
            login,
            plain_password,
        })
    }

    /// Scheme, host and port: what may be shown.
    pub fn describe(&self) -> String {
        let scheme = match self.security {
            Security::Implicit => "smtps",
            _ => "smtp",
        };
        match self.host.contains(':') {
            true => format!("{scheme}://[{}]:{}", self.host, self.port),
            false => format!("{scheme}://{}:{}", self.host, self.port),
        }
    }

    /// Whether it is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

fn read_login(text: &str) -> Result<Login, SmtpUrlError> {
    let (user, password) = text
        .split_once(':')
        .ok_or(SmtpUrlError("its user has no password"))?;
    let decode = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8().ok();
        decoded
            .map(Cow::into_owned)
            .filter(|text| !text.contains('\0'))
            .ok_or(SmtpUrlError("its user or password is malformed"))
    };
    let login = Login {
        user: decode(user)?,
        password: decode(password)?,
    };
    match login.user.is_empty() {
        true => Err(SmtpUrlError("its user is empty")),
        false => Ok(login),
    }
}

fn split_port(place: &str) -> Result<(&str, Option<&str>), SmtpUrlError> {
    let malformed = SmtpUrlError("its host is malformed");
    if let Some(rest) = place.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or(malformed.clone())?;
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err(malformed),
        };
    }
    match place.split_once(':') {
        None => Ok((place, None)),
        Some((_, port)) if port.contains(':') => Err(malformed),
        Some((host, port)) => Ok((host, Some(port))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_where_and_how() {
        let url = SmtpUrl::read("smtps://a%40b:p%2Fw@mail.example.com/").unwrap();
        assert_eq!(url.describe(), "smtps://mail.example.com:465");
        assert_eq!(url.security, Security::Implicit);
        let login = url.login.unwrap();
        assert_eq!(
            (login.user.as_str(), login.password.as_str()),
            ("a@b", "p/w")
        );
        for (text, shown, security) in [
            (
                "smtp://localhost",
                "smtp://localhost:25",
                Security::Opportunistic,
            ),
            ("smtp://h?tls=required", "smtp://h:587", Security::Required),
            ("smtp://h:2525/?tls=off", "smtp://h:2525", Security::Off),
            (
                "smtp://[::1]:25",
                "smtp://[::1]:25",
                Security::Opportunistic,
            ),
            (
                "smtps://h?tls=required",
                "smtps://h:465",
                Security::Implicit,
            ),
        ] {
            let url = SmtpUrl::read(text).unwrap();
            assert_eq!(url.describe(), shown);
            assert_eq!(url.security, security);
        }
        assert!(SmtpUrl::read("smtp://[::1]").unwrap().is_loopback());
        assert!(!SmtpUrl::read("smtp://10.0.0.1").unwrap().is_loopback());
    }

    #[test]
    fn what_is_wrong_is_said_and_secrets_never_are() {
        for url in [
            "http://user:hunter2@example.com",
            "smtp://",
            "smtp://u:hunter2@",
            "smtp://u:hunter2@host:99999999",
            "smtp://u:hunter2@host:0",
            "smtp://hunter2@host",
            "smtp://u:hun/hunter2@host",
            "smtp://u:hunter2@host?tls=hunter2",
            "smtps://u:hunter2@host?tls=off",
            "smtp://u:hunter2@ho st",
            "hunter2",
        ] {
            let error = SmtpUrl::read(url).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
            assert!(error.contains("smtp://host:port"), "{error}");
        }
        let url = SmtpUrl::read("smtp://user:hunter2@h?plain_password=true").unwrap();
        assert!(url.plain_password);
        let shown = format!("{url:?} {:?}", url.login);
        assert!(
            !shown.contains("hunter2") && !shown.contains("user"),
            "{shown}"
        );
    }
}
