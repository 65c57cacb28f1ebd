//! Running the server until it is told to stop.

use std::sync::Mutex;

use rocket::fairing::AdHoc;
use tokio_util::sync::CancellationToken;

use super::{Launch, Web, rocket};

/// Why the server could not start or broke.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, not of this machine, or not allowed.
    #[error("{address}: {fault}")]
    Bind {
        /// Address and port.
        address: String,
        /// What the system says.
        fault: String,
    },
    /// Anything else, in the server's words.
    #[error("{0}")]
    Other(String),
}

/// Serves until `stop` is cancelled and requests in flight had their grace. `ready` hears the port once it listens.
pub async fn serve(
    web: Web,
    launch: &Launch,
    stop: CancellationToken,
    ready: impl FnOnce(u16) + Send + 'static,
) -> Result<(), ServeError> {
    let ready = Mutex::new(Some(ready));
    let told = AdHoc::on_liftoff("ready", move |rocket| {
        let port = rocket.config().port;
        if let Some(ready) = ready.lock().ok().and_then(|mut ready| ready.take()) {
            ready(port);
        }
        Box::pin(std::future::ready(()))
    });
    let server = rocket(web, launch)
        .attach(told)
        .ignite()
        .await
        .map_err(|error| fault(launch, &error))?;
    let shutdown = server.shutdown();
    let watch = tokio::spawn(async move {
        stop.cancelled().await;
        shutdown.notify();
    });
    let ended = server.launch().await.map(drop);
    watch.abort();
    ended.map_err(|error| fault(launch, &error))
}

/// Looking at the kind also keeps the server's error from panicking when it is dropped.
fn fault(launch: &Launch, error: &rocket::Error) -> ServeError {
    use rocket::error::ErrorKind;
    match error.kind() {
        ErrorKind::Bind(fault) => ServeError::Bind {
            address: format!("{}:{}", launch.address, launch.port),
            fault: fault.to_string(),
        },
        other => ServeError::Other(other.to_string()),
    }
}
