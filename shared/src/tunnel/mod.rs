//! The tunnel between the page and the relay: frames and multiplexer.
