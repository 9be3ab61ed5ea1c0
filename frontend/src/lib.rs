//! The page: what a person sees of Wirelab.
//!
//! `state` is pure; `driver` is the only async code (clock, tunnel, files); `components` are pure
//! views of the state that hand what a person does to the driver. `text` has the page's words.

pub mod app;
pub mod components;
pub mod driver;
pub mod state;
pub mod text;

pub use app::App;
