//! `coldaisle demo`: the sample machine room with simulated hardware, in a folder of its own.

mod arguments;
mod cabling;
mod fill;
mod hardware;
mod history;
mod labels;
mod logins;
mod models;
mod place;
mod power_chain;
mod redfish;
mod sample;
mod seed;
mod story;

use std::io::Write;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::Common;
use super::console::Console;
use super::serve::stop_on_signals;
use crate::app::{self, App, AppError};
use crate::base::fault::Message;

pub use arguments::Demo;

use logins::Login;
use place::Place;

/// Runs the demo until SIGTERM or SIGINT. Exit code 0 ended as asked, 1 could not run, 2 wrong arguments.
pub async fn run(console: &Console, common: &Common, args: Demo) -> i32 {
    if common.config.is_some() || common.database.is_some() {
        console.complain(&console.text("demo-own-place"));
        return 2;
    }
    let place = match Place::prepare(&args) {
        Ok(place) => place,
        Err(message) => {
            console.complain(&console.say(&message));
            return 1;
        }
    };
    let config = match common.load(console, &place.sources(common, &args)) {
        Ok(config) => config,
        Err(code) => return code,
    };
    super::log::start(&config.log);
    let stop = CancellationToken::new();
    stop_on_signals(&stop);
    let opened = tokio::task::spawn_blocking(move || App::open(config, true)).await;
    let app = match opened {
        Ok(Ok(app)) => app,
        Ok(Err(error)) => return console.failed_app(&error),
        Err(error) => {
            console.complain(&error.to_string());
            return 1;
        }
    };
    let told = tell_then_serve(console, &app, &args, stop).await;
    match told {
        Ok(late) if late.is_empty() => 0,
        Ok(late) => {
            let late = Message::new("serve-late").with("tasks", late.join(", "));
            console.complain(&console.say(&late));
            0
        }
        Err(error) => console.failed_app(&error),
    }
}

async fn tell_then_serve(
    console: &Console,
    app: &App,
    args: &Demo,
    stop: CancellationToken,
) -> Result<Vec<&'static str>, AppError> {
    let filled = tokio::select! {
        filled = fill::fill(console, app, args.days) => filled?,
        () = stop.cancelled() => return Ok(Vec::new()),
    };
    let hardware = hardware::start(app, filled.boot).await?;
    for moved in &hardware.moved {
        console.complain(&console.say(moved));
    }
    let counts = Message::new("demo-hardware")
        .with("switches", hardware.switches.len())
        .with("bmcs", hardware.bmcs.len() + hardware.services.len());
    eprintln!("{}", console.say(&counts));
    let (web, quiet) = (app.config.web.clone(), args.quiet);
    let words = [console.text("demo-listening"), console.text("demo-end")];
    let ended = app::run(app, stop, move |port, _| {
        tell(&web.url_at_port(port), filled.logins, quiet, &words);
    })
    .await;
    drop(hardware);
    ended
}

/// Prints where the pages are and who can sign in: a table for people, or one line of JSON.
fn tell(url: &str, logins: &[Login], quiet: bool, [listening, end]: &[String; 2]) {
    let mut text = String::new();
    if quiet {
        text.push_str(&json!({"url": url, "logins": logins}).to_string());
    } else {
        text.push_str(&format!("\n{listening} {url}\n\n"));
        for login in logins {
            text.push_str(&login.line());
        }
        text.push_str(&format!("\n{end}"));
    }
    // Nobody may be reading; the pages are there all the same.
    let mut out = std::io::stdout().lock();
    if let Err(error) = writeln!(out, "{text}").and_then(|()| out.flush()) {
        tracing::debug!(%error, "standard output");
    }
}
