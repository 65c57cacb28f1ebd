//! What touches the world: sockets, time-outs, retries, sessions. Drivers never see the database.

pub mod mail;
