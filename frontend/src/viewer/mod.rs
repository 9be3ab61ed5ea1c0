//! The page of those who look on: a second module that follows a room and knows no protocol.
//!
//! `state` is pure; `seat` is the only part that speaks with the relay and the browser; `views` are pure views of what
//! the room shows. `text` has the page's words.

mod seat;
pub mod state;
mod text;
mod views;

pub use views::App;
