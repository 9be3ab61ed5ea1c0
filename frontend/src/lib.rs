//! The page: what a person sees of Wirelab.
//!
//! `state` is pure; `driver` is the only async code (clock, tunnel, files); `components` are pure
//! views of the state that hand what a person does to the driver.

mod app;
mod components;
mod driver;
pub mod state;

pub use app::App;
