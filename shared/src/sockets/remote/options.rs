//! `setsockopt()` and `getsockopt()`, as far as the relay passes them on.

use super::{Remote, bad_fd};
use crate::sockets::Told;
use crate::sockets::constants::{SO_ERROR, SO_LINGER, SO_REUSEADDR, SO_TYPE, SOL_SOCKET};
use crate::sockets::errno;
use crate::sockets::system::{Answer, Fd, OptionValue, Reply};

impl Remote {
    pub(super) fn set_option(
        &mut self,
        fd: Fd,
        level: i64,
        option: i64,
        value: &OptionValue,
    ) -> Reply {
        let Some(socket) = self.sockets.get_mut(&fd) else { return bad_fd() };
        let (on, seconds) = match value {
            OptionValue::Int(n) => (*n != 0, *n),
            OptionValue::Octets(octets) => {
                let n = |at: usize| octets.get(at).copied().map_or(0, i64::from);
                (n(0) != 0, n(4))
            }
        };
        let why = match (level, option) {
            (SOL_SOCKET, SO_REUSEADDR) => {
                socket.reuse = on;
                "listen() passes it on to the relay. It helps against TIME-WAIT only if the socket before had it too."
            }
            (SOL_SOCKET, SO_LINGER) => {
                socket.abort = on && seconds == 0;
                "With no seconds to linger, close() throws away what waits and resets the connection."
            }
            _ => {
                return Reply::failed(
                    &errno::ENOPROTOOPT,
                    Told::posix(
                        "The option is not passed on.",
                        "Of a real socket the relay sets SO_REUSEADDR and SO_LINGER for a page. The two hosts in the page know more options.",
                        "setsockopt",
                    ),
                );
            }
        };
        Reply::Done(Answer::Nothing, Told::posix("The option is set.", why, "setsockopt"))
    }

    pub(super) fn get_option(&mut self, fd: Fd, level: i64, option: i64) -> Reply {
        let Some(socket) = self.sockets.get_mut(&fd) else { return bad_fd() };
        let value = match (level, option) {
            (SOL_SOCKET, SO_REUSEADDR) => i64::from(socket.reuse),
            (SOL_SOCKET, SO_TYPE) => socket.kind.number(),
            (SOL_SOCKET, SO_ERROR) => socket.error.take().map_or(0, |errno| errno.number),
            _ => {
                return Reply::failed(
                    &errno::ENOPROTOOPT,
                    Told::posix("The relay does not tell this option.", "", "getsockopt"),
                );
            }
        };
        Reply::Done(Answer::Int(value), Told::posix("The option\u{2019}s value.", "", "getsockopt"))
    }
}
