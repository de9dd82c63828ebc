//! Mail servers and keys that sign mail, their secrets read from the files that are named.

use cio_server::{DkimSettings, Mail, MailServer};

use super::read_secret;
use crate::config_file;
use crate::exit::Failure;

pub(super) fn resolve(file: config_file::Mail) -> Result<Mail, Failure> {
    let servers = file.servers.into_iter().map(|server| {
        Ok(MailServer {
            url: read_secret(&server.url_file)?,
            name: server.name,
            connections: server.connections,
            rate: server.rate,
            domains: server.domains,
        })
    });
    let dkim = file.dkim.into_iter().map(|key| {
        Ok(DkimSettings {
            private_key: read_secret(&key.key_file)?,
            domain: key.domain,
            selector: key.selector,
        })
    });
    Ok(Mail {
        connections: file.connections,
        rate: file.rate,
        servers: servers.collect::<Result<_, Failure>>()?,
        dkim: dkim.collect::<Result<_, Failure>>()?,
    })
}
