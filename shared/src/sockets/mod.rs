//! Sockets themselves: two hosts with a kernel each, and what Python's module `socket` does with them.
//!
//! A [`Bench`] has two [`Desk`]s. A desk runs statements that [`reader`](crate::python::reader) has read, and asks a
//! [`System`] for what needs a socket. The system is a [`Kernel`], which obeys the [`state::TABLE`] of RFC 9293 and
//! puts out [`Packet`]s; the bench carries them, one by one or at once. There is no clock: time passes when somebody
//! says so.

mod bench;
pub mod constants;
mod desk;
pub mod errno;
mod host;
mod kernel;
pub mod programs;
mod remote;
mod segment;
pub mod state;
mod suggest;
mod system;
mod tcp;
#[cfg(test)]
mod tests;
mod told;

pub use bench::{Bench, Entry, Fate, Fault, MAX_ENTRIES, Mode, Side, What};
pub use desk::{Desk, Exception, Handle, METHODS, Outcome, Program, Report, Value};
pub use host::{CLIENT, Host, SERVER};
pub use kernel::{Change, Kernel, SocketView, Timer};
pub use remote::Remote;
pub use segment::{Body, Packet, Segment};
pub use system::{
    Address, Answer, Call, Failure, Family, Fd, Flags, How, OptionValue, Reply, System, Target,
    Type, Wait,
};
pub use tcp::Taken;
pub use told::{Source, Told};

/// A row of the lecture's table that is no protocol of the registry.
pub struct Listed {
    pub name: &'static str,
    pub function: &'static str,
    pub port: u16,
    pub python: &'static str,
}

/// As it stands in the lecture's table, beside the protocols.
pub static LISTED: Listed = Listed {
    name: "Sockets",
    function: "TCP and UDP themselves",
    port: programs::PORT,
    python: "socket",
};
