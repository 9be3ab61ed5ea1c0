//! Bytes and their meaning, made together.
//!
//! [`Composer`] is the only way bytes leave a machine and [`Scanner`] the only way they enter the
//! transcript, so what a person reads about a byte comes from the code that wrote or parsed it.

mod compose;
mod scan;
mod span;
mod term;

pub use compose::Composer;
pub use scan::Scanner;
pub use span::{MASK, Outcome, Span, Wire};
pub use term::{Rfc, Term, common};
