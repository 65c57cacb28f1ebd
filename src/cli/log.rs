//! The log of a running program: text or JSON on standard error.

use std::io::IsTerminal;

use tracing::subscriber::set_global_default;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Registry, fmt};

use crate::config::{LogConfig, LogFormat};

/// Starts the log, takes in the warnings that libraries write through `log`, and has panics written like
/// everything else. `RUST_LOG` comes before the configured level.
///
/// Rocket's own lines stay out at every level: they hold the paths of requests, and one-time links are paths.
pub fn start(config: &LogConfig) {
    let filter = EnvFilter::try_from_default_env()
        .or_else(|_| EnvFilter::try_new(&config.level))
        .unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = Registry::default().with(filter);
    let started = match config.format {
        LogFormat::Json => set_global_default(
            registry.with(
                fmt::layer()
                    .json()
                    .flatten_event(true)
                    .with_writer(std::io::stderr),
            ),
        ),
        LogFormat::Text => set_global_default(
            registry.with(
                fmt::layer()
                    .with_ansi(std::io::stderr().is_terminal())
                    .with_writer(std::io::stderr),
            ),
        ),
    };
    let bridge = tracing_log::LogTracer::builder()
        .with_max_level(tracing_log::log::LevelFilter::Warn)
        .ignore_crate("rocket");
    if started.is_ok() && bridge.init().is_err() {
        tracing::warn!("the log of libraries goes elsewhere");
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let words = panic.payload_as_str().unwrap_or("without words");
        tracing::error!(place, words, "panic");
    }));
}
