//! Consoles over WebSockets, with a serial line of our own in place of a BMC's, and the pages.

mod far;
mod live;
mod pages;
