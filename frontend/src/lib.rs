//! The page: what a person sees of Wirelab.
//!
//! `state` is pure; `driver` is the only async code (clock, tunnel, files); `components` are pure
//! views of the state that hand what a person does to the driver. `text` has the page's words.
//! `viewer` is a page of its own, for those who look on.

pub mod app;
pub mod components;
pub mod driver;
pub mod qr;
pub mod state;
pub mod text;
pub mod viewer;

pub use app::App;
