//! The way to each API: proxy, name, connection, certificate, and that it answers.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use customerio::Config;
use customerio::reqwest::{Error, StatusCode, Url};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::certificate;
use super::clock;
use super::der::Certificate;
use super::finding::{Findings, Problem};
use super::proxy::{self, Proxy};

/// Looks at the way to each API there is. The proxies that were used.
pub(super) async fn examine(
    config: &Config,
    limit: Duration,
    findings: &mut Findings,
) -> Vec<Proxy> {
    let mut urls = vec![config.effective_track_url(), config.effective_app_url()];
    if config.pipelines_write_key.is_some() {
        urls.push(config.effective_pipelines_url());
    }
    let mut proxies = Vec::new();
    let mut seen: Vec<Url> = Vec::new();
    for url in urls {
        // What cannot be one was refused with the settings.
        let Ok(url) = Url::parse(url) else { continue };
        let is_new = |other: &Url| other.origin() != url.origin();
        if !seen.iter().all(is_new) || findings.failed() {
            continue;
        }
        let way = Way::of(&url, limit);
        way.look(findings).await;
        proxies.extend(way.proxy);
        seen.push(url);
    }
    proxies
}

/// The way to one API.
struct Way<'a> {
    url: &'a Url,
    limit: Duration,
    proxy: Option<Proxy>,
}

impl<'a> Way<'a> {
    fn of(url: &'a Url, limit: Duration) -> Way<'a> {
        Way {
            url,
            limit,
            proxy: Proxy::of(url),
        }
    }

    /// Whom a connection is made to.
    fn peer(&self) -> (String, u16) {
        match &self.proxy {
            Some(proxy) => (proxy.host.clone(), proxy.port),
            None => {
                let host = self.url.host_str().unwrap_or_default();
                let host = host.trim_start_matches('[').trim_end_matches(']');
                let port = self.url.port_or_known_default().unwrap_or(443);
                (host.to_owned(), port)
            }
        }
    }

    fn what(&self) -> &'static str {
        match self.proxy {
            Some(_) => "the proxy",
            None => "the host",
        }
    }

    fn setting(&self) -> &'static str {
        match self.proxy {
            Some(_) => "HTTPS_PROXY or HTTP_PROXY",
            None => "CUSTOMERIO_URL (or CUSTOMERIO_TRACK_URL, CUSTOMERIO_APP_URL) if set",
        }
    }

    async fn look(&self, findings: &mut Findings) {
        if let Some(proxy) = &self.proxy {
            let host = self.url.host_str().unwrap_or_default();
            findings.pass("proxy", format!("{}, for {host}", proxy.shown()));
        } else if let Some(reason) = proxy::reason_for_none(self.url) {
            findings.pass("proxy", reason);
        }
        let Some(addresses) = self.resolve(findings).await else {
            return;
        };
        if self.connect(&addresses, findings).await {
            self.ask(&addresses, findings).await;
        }
    }

    async fn resolve(&self, findings: &mut Findings) -> Option<Vec<SocketAddr>> {
        let (host, port) = self.peer();
        let started = Instant::now();
        let found = timeout(self.limit, lookup_host((host.as_str(), port))).await;
        let problem = match found {
            Ok(Ok(addresses)) => {
                let addresses: Vec<SocketAddr> = addresses.collect();
                let shown: Vec<String> = addresses.iter().map(|it| it.ip().to_string()).collect();
                let message = match host.parse::<std::net::IpAddr>() {
                    Ok(_) => format!("{host} is an address"),
                    Err(_) => format!("{host} is {}", shown.join(", ")),
                };
                findings.pass("name", message);
                findings.took(started.elapsed());
                return Some(addresses);
            }
            Ok(Err(error)) => (
                format!("the host name {host} cannot be resolved"),
                Some(error.to_string()),
            ),
            Err(_) => (
                format!(
                    "nobody says within {} s what address {host} has",
                    self.limit.as_secs()
                ),
                None,
            ),
        };
        let fix = format!("check {}, and the network's DNS", self.setting());
        let problem = Problem::new("dns_failure", problem.0, fix).detail(problem.1);
        findings.fail("name", problem.unreachable());
        findings.took(started.elapsed());
        None
    }

    async fn connect(&self, addresses: &[SocketAddr], findings: &mut Findings) -> bool {
        let (host, port) = self.peer();
        let started = Instant::now();
        let tried = timeout(self.limit, TcpStream::connect(addresses)).await;
        let took = started.elapsed();
        let what = self.what();
        let problem = match tried {
            Ok(Ok(_stream)) => {
                findings.pass("connection", format!("{host}:{port} takes connections"));
                findings.took(took);
                return true;
            }
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                Problem::new(
                    "connection_refused",
                    format!("{what} {host} refuses connections on port {port}"),
                    format!("check that something listens there, and {}", self.setting()),
                )
            }
            Ok(Err(error)) => Problem::new(
                "unreachable",
                format!("{what} {host} cannot be reached on port {port}: {error}"),
                format!("check the network, and {}", self.setting()),
            ),
            Err(_) => Problem::new(
                "timeout",
                format!(
                    "{what} {host} does not answer on port {port} within {} s",
                    self.limit.as_secs()
                ),
                "a firewall may drop the connection: let it through, or set HTTPS_PROXY if there is a proxy",
            ),
        };
        findings.fail("connection", problem.unreachable());
        findings.took(took);
        false
    }

    /// One request without credentials, by the SDK's own HTTP client.
    async fn ask(&self, addresses: &[SocketAddr], findings: &mut Findings) {
        let built = customerio::http_client_builder().map_err(|error| error.to_string());
        let built = built.and_then(|builder| {
            let builder = builder.timeout(self.limit).connect_timeout(self.limit);
            let builder = match proxy::is_loopback(self.url) {
                true => builder.no_proxy(),
                false => builder,
            };
            builder.build().map_err(|error| error.to_string())
        });
        let client = match built {
            Ok(client) => client,
            Err(error) => {
                let fix = "check what SSL_CERT_FILE and SSL_CERT_DIR name";
                let problem =
                    Problem::new("tls_setup", format!("TLS cannot be set up: {error}"), fix);
                return findings.fail("certificate", problem);
            }
        };
        let started = Instant::now();
        let answer = client.get(self.url.clone()).send().await;
        let took = started.elapsed();
        match answer {
            Ok(answer) => {
                if self.is_refused_by_proxy(answer.status(), findings) {
                    return;
                }
                self.certificate(addresses, findings).await;
                findings.pass("answer", format!("{} answers", self.shown()));
                findings.took(took);
                clock::examine(answer.headers(), findings);
            }
            Err(error) => {
                let problem = self.explain(&error, addresses).await;
                findings.fail("answer", problem.unreachable());
                findings.took(took);
            }
        }
    }

    fn is_refused_by_proxy(&self, status: StatusCode, findings: &mut Findings) -> bool {
        let refused = status == StatusCode::PROXY_AUTHENTICATION_REQUIRED;
        if refused {
            findings.fail("proxy", self.refused_by_proxy().unreachable());
        }
        refused
    }

    fn refused_by_proxy(&self) -> Problem {
        let host = self.url.host_str().unwrap_or_default();
        let Some(proxy) = &self.proxy else {
            return Problem::new(
                "proxy_refused",
                format!("something between here and {host} wants a password (407)"),
                "look for a proxy that intercepts connections",
            );
        };
        let shown = proxy.shown();
        match proxy.has_password() {
            true => Problem::new(
                "proxy_refused",
                format!("the proxy {shown} refuses the user name and password it is given (407)"),
                format!("correct them in HTTPS_PROXY or HTTP_PROXY, or except {host} in NO_PROXY"),
            ),
            false => Problem::new(
                "proxy_refused",
                format!("the proxy {shown} wants a user name and a password (407)"),
                format!(
                    "write them into HTTPS_PROXY or HTTP_PROXY, as http://USER:PASSWORD@{shown}, or except {host} in NO_PROXY"
                ),
            ),
        }
    }

    fn shown(&self) -> String {
        crate::masked::url(self.url.as_str())
    }

    async fn explain(&self, error: &Error, addresses: &[SocketAddr]) -> Problem {
        let causes = causes(error);
        let shown = self.shown();
        if error.is_timeout() {
            return Problem::new(
                "timeout",
                format!(
                    "{shown} takes the connection and does not answer within {} s",
                    self.limit.as_secs()
                ),
                "try again; if it stays so, look for a proxy or firewall in between, or at the server",
            );
        }
        if self.proxy.is_some() && (causes.contains("proxy auth") || causes.contains("407")) {
            return self.refused_by_proxy();
        }
        if let Some(proxy) = self.proxy.as_ref().filter(|_| causes.contains("tunnel")) {
            return Problem::new(
                "proxy_refused",
                format!("the proxy {} does not connect to {shown}", proxy.shown()),
                "have the host allowed there, or except it in NO_PROXY",
            )
            .detail(Some(causes));
        }
        if self.url.scheme() == "https" {
            let seen = self.look_at_certificate(addresses).await;
            let proxy = self.proxy.as_ref().map(Proxy::shown);
            return certificate::explain(&shown, seen.as_ref(), proxy.as_deref())
                .detail(Some(causes));
        }
        Problem::new(
            "unreachable",
            format!("{shown} takes the connection, and it breaks"),
            format!("check {}, and what stands in between", self.setting()),
        )
        .detail(Some(causes))
    }

    /// Who issued the certificate that was accepted, and until when it is good.
    async fn certificate(&self, addresses: &[SocketAddr], findings: &mut Findings) {
        if self.url.scheme() != "https" {
            return;
        }
        if let Some(seen) = self.look_at_certificate(addresses).await {
            certificate::tell(&seen, findings);
        }
    }

    async fn look_at_certificate(&self, addresses: &[SocketAddr]) -> Option<Certificate> {
        let looked = async {
            let stream = match &self.proxy {
                Some(proxy) => proxy.tunnel(addresses, self.url).await?,
                None => TcpStream::connect(addresses).await.ok()?,
            };
            certificate::look(self.url.host_str()?, stream).await
        };
        timeout(self.limit, looked).await.ok().flatten()
    }
}

/// The error's causes, without its URL.
fn causes(error: &Error) -> String {
    let mut texts = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        texts.push(cause.to_string());
        source = cause.source();
    }
    texts.dedup();
    texts.join(": ")
}
