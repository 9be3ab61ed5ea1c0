//! Everything of Wirelab that knows a protocol, without a socket or a clock.

pub mod tunnel;
