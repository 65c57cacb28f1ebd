//! `coldaisle serve`.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::Common;
use super::console::Console;
use crate::app::{self, App};
use crate::base::fault::Message;

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub struct Serve {
    /// Address to listen on
    #[arg(long)]
    address: Option<String>,
    /// Port to listen on; 0 lets the system choose
    #[arg(long)]
    port: Option<String>,
    /// Refuse to start when the database is behind, instead of bringing it up to date
    #[arg(long)]
    no_migrate: bool,
}

/// Serves until SIGTERM or SIGINT.
pub async fn run(console: &Console, common: &Common, args: Serve) -> i32 {
    let mut flags = Vec::new();
    for (flag, key, value) in [
        ("--address", "web.address", args.address),
        ("--port", "web.port", args.port),
    ] {
        if let Some(value) = value {
            flags.push((flag.to_owned(), key.to_owned(), value));
        }
    }
    let config = match common.config(console, flags) {
        Ok(config) => config,
        Err(code) => return code,
    };
    super::log::start(&config.log);
    let opened = tokio::task::spawn_blocking(move || App::open(config, !args.no_migrate)).await;
    let app = match opened {
        Ok(Ok(app)) => app,
        Ok(Err(error)) => return console.failed_app(&error),
        Err(error) => {
            console.complain(&error.to_string());
            return 1;
        }
    };
    match serve(console, &app).await {
        Ok(late) if late.is_empty() => 0,
        Ok(late) => {
            let late = Message::new("serve-late").with("tasks", late.join(", "));
            console.complain(&console.say(&late));
            0
        }
        Err(error) => console.failed_app(&error),
    }
}

async fn serve(console: &Console, app: &App) -> Result<Vec<&'static str>, app::AppError> {
    let stop = CancellationToken::new();
    stop_on_signals(&stop);
    let web = app.config.web.clone();
    let listening = Message::new("serve-listening");
    let setup = Message::new("serve-setup");
    let (listening, setup) = (console.text(listening.key), console.text(setup.key));
    app::run(app, stop, move |port, path| {
        let here = web.url_at_port(port);
        println!("{listening} {here}");
        if let Some(path) = path {
            let base = if web.public_url.is_empty() {
                here
            } else {
                web.public_url()
            };
            println!("{setup}\n  {base}{path}");
        }
    })
    .await
}

/// Cancels on SIGTERM or SIGINT; a second one ends the process at once.
pub(super) fn stop_on_signals(stop: &CancellationToken) {
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let stop = stop.clone();
        match signal(kind) {
            Ok(mut signals) => {
                tokio::spawn(async move {
                    signals.recv().await;
                    tracing::info!("stopping");
                    stop.cancel();
                    signals.recv().await;
                    std::process::exit(1);
                });
            }
            Err(error) => tracing::error!(%error, "no signal handler"),
        }
    }
}
