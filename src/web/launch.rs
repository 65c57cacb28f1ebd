//! What Rocket is told.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use rocket::figment::Figment;

/// Certificate chain and key, PEM.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// Certificate chain.
    pub certificate: PathBuf,
    /// Private key.
    pub key: PathBuf,
}

/// Where and how to listen.
#[derive(Debug, Clone)]
pub struct Launch {
    /// Address to listen on.
    pub address: IpAddr,
    /// Port; 0 lets the kernel choose.
    pub port: u16,
    /// TLS, when the program itself does it.
    pub tls: Option<TlsFiles>,
    /// How long requests in flight get at shutdown.
    pub grace: Duration,
    /// Largest upload, octets.
    pub upload_limit: u64,
}

impl Launch {
    /// Rocket's configuration; nothing is read from Rocket.toml or ROCKET_ variables.
    pub(super) fn figment(&self) -> Figment {
        let limits = rocket::data::Limits::default()
            .limit("form", 1_048_576.into())
            .limit("json", 4_194_304.into())
            .limit("file", self.upload_limit.into())
            .limit("data-form", self.upload_limit.into());
        let mut shutdown = rocket::config::Shutdown {
            ctrlc: false,
            ..Default::default()
        };
        shutdown.signals.clear();
        shutdown.grace = u32::try_from(self.grace.as_secs()).unwrap_or(5).max(1);
        shutdown.mercy = 1;
        let config = rocket::Config {
            address: self.address,
            port: self.port,
            limits,
            shutdown,
            log_level: rocket::config::LogLevel::Critical,
            cli_colors: false,
            ident: rocket::config::Ident::none(),
            ip_header: None,
            tls: self
                .tls
                .as_ref()
                .map(|files| rocket::config::TlsConfig::from_paths(&files.certificate, &files.key)),
            ..rocket::Config::release_default()
        };
        Figment::from(config)
    }
}
