//! Certificates of a local authority, made once and kept beside the data.
//!
//! Clients trust the authority's file; each start signs a fresh certificate with it, so
//! nothing a client trusts ever expires under it.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cio_domain::UnixMillis;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

const AUTHORITY_FILE: &str = "authority.pem";
const KEY_FILE: &str = "authority.key";

/// What a TLS listener needs, and what its clients have to trust.
pub(crate) struct Tls {
    pub(crate) config: Arc<rustls::ServerConfig>,
    pub(crate) authority_file: PathBuf,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file of the authority cannot be read or written.
    #[error("cannot use {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The authority's key is not one, or half of the authority is missing.
    #[error(
        "the certificate authority in {0} is damaged: remove the directory to make a new one, and let clients trust that"
    )]
    Damaged(PathBuf),
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refuses the certificate.
    #[error("cannot use the certificate: {0}")]
    Library(#[from] rustls::Error),
}

/// Makes or reads the authority in `directory`, and signs a certificate for this machine's
/// names and `listen`.
pub(crate) fn prepare(
    directory: &Path,
    listen: SocketAddr,
    now: UnixMillis,
) -> Result<Tls, TlsError> {
    let authority_file = directory.join(AUTHORITY_FILE);
    let key = authority_key(directory, &authority_file)?;
    let issuer = Issuer::new(authority_params(), &key);
    let leaf_key = KeyPair::generate()?;
    let leaf = leaf_params(listen, now).signed_by(&leaf_key, &issuer)?;
    let chain = vec![CertificateDer::from(leaf.der().to_vec())];
    let private = PrivateKeyDer::try_from(leaf_key.serialize_der())
        .map_err(|_| TlsError::Damaged(directory.to_owned()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, private)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Tls {
        config: Arc::new(config),
        authority_file,
    })
}

fn authority_key(directory: &Path, authority_file: &Path) -> Result<KeyPair, TlsError> {
    let key_file = directory.join(KEY_FILE);
    let file_error = |path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::File { path, source }
    };
    if authority_file.exists() {
        let pem = fs::read_to_string(&key_file).map_err(file_error(&key_file))?;
        return KeyPair::from_pem(&pem).map_err(|_| TlsError::Damaged(directory.to_owned()));
    }
    create_private(directory).map_err(file_error(directory))?;
    let key = KeyPair::generate()?;
    let certificate = authority_params().self_signed(&key)?;
    // The key first: an authority without its key would be trusted and useless.
    write_private(&key_file, &key.serialize_pem()).map_err(file_error(&key_file))?;
    fs::write(authority_file, certificate.pem()).map_err(file_error(authority_file))?;
    Ok(key)
}

/// The authority's certificate is always made of the same parts, so that a later start can
/// sign in its name with nothing but the key.
fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name("customerio local authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2045, 1, 1);
    params
}

fn leaf_params(listen: SocketAddr, now: UnixMillis) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name("localhost");
    params.subject_alt_names = names(listen.ip());
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    // A day back for clocks that are behind, and a year ahead: some clients refuse more.
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    let epoch = date_time_ymd(1970, 1, 1);
    let today = epoch + std::time::Duration::from_millis(now);
    params.not_before = today - day;
    params.not_after = today + day * 365;
    params
}

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

fn names(listen: IpAddr) -> Vec<SanType> {
    let mut addresses: Vec<IpAddr> = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    if !listen.is_unspecified() && !addresses.contains(&listen) {
        addresses.push(listen);
    }
    let localhost = "localhost".try_into().ok().map(SanType::DnsName);
    localhost
        .into_iter()
        .chain(addresses.into_iter().map(SanType::IpAddress))
        .collect()
}

#[cfg(unix)]
fn create_private(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
}

#[cfg(not(unix))]
fn create_private(directory: &Path) -> std::io::Result<()> {
    fs::create_dir_all(directory)
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = 1_790_000_000_000;

    fn listen() -> SocketAddr {
        ([127, 0, 0, 1], 8080).into()
    }

    #[test]
    fn the_authority_is_made_once_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tls");
        let first = prepare(&path, listen(), NOW).unwrap();
        let authority = fs::read(&first.authority_file).unwrap();
        prepare(&path, listen(), NOW).unwrap();
        assert_eq!(fs::read(&first.authority_file).unwrap(), authority);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(path.join(KEY_FILE))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_key_says_what_to_do() {
        let directory = tempfile::tempdir().unwrap();
        prepare(directory.path(), listen(), NOW).unwrap();
        fs::write(directory.path().join(KEY_FILE), "not a key").unwrap();
        let error = prepare(directory.path(), listen(), NOW).err().unwrap();
        assert!(
            error.to_string().contains("remove the directory"),
            "{error}"
        );
    }
}
