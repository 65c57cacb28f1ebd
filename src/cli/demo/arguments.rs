//! What `coldaisle demo` is told.

use std::net::IpAddr;
use std::path::PathBuf;

/// Arguments of `demo`.
#[derive(Debug, Clone, clap::Args)]
pub struct Demo {
    /// Folder of the demo's database, key and configuration
    #[arg(long, default_value = "var/demo")]
    pub(super) dir: PathBuf,
    /// Port of the pages; 0 lets the system choose
    #[arg(long, default_value_t = 8080)]
    pub(super) port: u16,
    /// Address of the pages
    #[arg(long, default_value = "127.0.0.1")]
    pub(super) address: IpAddr,
    /// Days of readings to make at the first start
    #[arg(long, default_value_t = 35, value_parser = clap::value_parser!(u16).range(0..=400))]
    pub(super) days: u16,
    /// Throw the demo's database away and start anew
    #[arg(long)]
    pub(super) reset: bool,
    /// Print one line of JSON with the address and the logins, once pages are served
    #[arg(long)]
    pub(super) quiet: bool,
}
