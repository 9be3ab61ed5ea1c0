//! Sending and receiving.

use super::{Inner, Kernel};
use crate::machine::Tick;
use crate::sockets::Told;
use crate::sockets::errno::{self, Errno};
use crate::sockets::segment::octets;
use crate::sockets::state::State;
use crate::sockets::system::{Answer, Fd, Flags, How, Reply, Target, Wait};

impl Kernel {
    pub(super) fn send(
        &mut self,
        fd: Fd,
        data: &[u8],
        sent: &mut usize,
        all: bool,
        flags: Flags,
        now: Tick,
    ) -> Reply {
        match self.socket(fd).map(|socket| &socket.inner) {
            Err(reply) => return reply,
            Ok(Inner::Unix(end)) => {
                let end = *end;
                return self.send_end(end, data, sent, all, None);
            }
            Ok(Inner::Datagram(_)) => return self.send_datagram(fd, data, None, all),
            Ok(Inner::Stream(_)) => {}
        }
        let shut = self.is_shut(fd).1;
        let Some(tcb) = self.connection_of(fd).map(|connection| &mut connection.tcb) else {
            return broken("The socket is not connected: there is nowhere to send to.");
        };
        if matches!(tcb.state(), State::SynSent | State::SynReceived) {
            let why = "The handshake is not over yet.";
            return Reply::Waits(Wait::Room, Told::posix("Waits for the connection.", why, "send"));
        }
        if let Some(error) = tcb.error.take() {
            return reset(error, "send");
        }
        if shut {
            return broken(
                "shutdown() ended this direction: a FIN is under way, and nothing may follow it.",
            );
        }
        if !tcb.may_send() {
            return broken(
                "The peer has answered earlier data with a RST: nobody reads there. The first send() after the peer\u{2019}s close() succeeds, for it only fills the buffer; the RST comes later.",
            );
        }
        let free = tcb.send_buffer - tcb.unsent() - tcb.in_flight();
        *sent += tcb.write(&data[*sent..], flags.urgent, now);
        let (waiting, window) = (tcb.unsent(), tcb.peer_window());
        if *sent < data.len() && (all || !flags.dont_wait || *sent == 0) {
            let what = format!("Waits for room: {} of {} are taken.", sent, octets(data.len()));
            let why = format!(
                "The send buffer is full, because the peer\u{2019}s window ({window}) lets no more out. This is back pressure: who reads slowly makes the sender wait."
            );
            return Reply::Waits(Wait::Room, Told::tcp(what, why, "3.8.6"));
        }
        let told = if flags.urgent {
            let why = "Its last octet is marked as urgent. Linux keeps it out of the stream: the peer reads it with MSG_OOB. What carries octets on, such as a tunnel or a proxy, loses the mark.";
            Told::tcp(format!("The kernel has taken {}.", octets(data.len())), why, "3.8.5")
        } else if *sent < data.len() {
            Told::posix(
                format!("Only {} of {} are taken.", sent, octets(data.len())),
                format!(
                    "The send buffer had room for {free}. send() may take less than it is given; the rest has to be sent again by the program. sendall() does that."
                ),
                "send",
            )
        } else if waiting > 0 {
            let why = "They wait in the send buffer: for the peer\u{2019}s window, or, by Nagle\u{2019}s rule, until the small segment before them is acknowledged. TCP_NODELAY switches that rule off.";
            Told::tcp(format!("The kernel has taken {}.", octets(data.len())), why, "3.7.4")
        } else {
            let why = "The call returns when the kernel has a copy. It does not say that the peer has it, let alone that its program has read it.";
            Told::tcp(format!("The kernel has taken {}.", octets(data.len())), why, "3.9.1.2")
        };
        let answer = if all { Answer::Nothing } else { Answer::Count(*sent) };
        Reply::Done(answer, told)
    }

    pub(super) fn send_to(
        &mut self,
        fd: Fd,
        data: &[u8],
        to: &Target,
        flags: Flags,
        now: Tick,
    ) -> Reply {
        match self.socket(fd).map(|socket| &socket.inner) {
            Err(reply) => reply,
            Ok(Inner::Datagram(_)) => self.send_datagram(fd, data, Some(to), false),
            Ok(Inner::Unix(end)) => {
                let end = *end;
                self.send_end(end, data, &mut 0, false, Some(to))
            }
            // A connection knows where it goes: the address is not looked at.
            Ok(Inner::Stream(_)) => self.send(fd, data, &mut 0, false, flags, now),
        }
    }

    pub(super) fn receive(&mut self, fd: Fd, n: usize, flags: Flags, from: bool) -> Reply {
        match self.socket(fd).map(|socket| &socket.inner) {
            Err(reply) => return reply,
            Ok(Inner::Unix(end)) => {
                let end = *end;
                return self.receive_end(end, n, flags, from);
            }
            Ok(Inner::Datagram(_)) => return self.receive_datagram(fd, n, flags, from),
            Ok(Inner::Stream(_)) => {}
        }
        let shut = self.is_shut(fd).0;
        let Some(tcb) = self.connection_of(fd).map(|connection| &mut connection.tcb) else {
            let why = "There is no connection to read from. A listening socket gives its data to the sockets that accept() returns.";
            return Reply::failed(
                &errno::ENOTCONN,
                Told::posix("The socket is not connected.", why, "recv"),
            );
        };
        if flags.urgent {
            return match tcb.urgent.filter(|_| !tcb.oob_inline) {
                Some(octet) => {
                    if !flags.peek {
                        tcb.urgent = None;
                    }
                    let why = "MSG_OOB reads the urgent octet, past those that came before it. TCP itself knows no such octet, only a mark in the stream.";
                    done(vec![octet], from, Told::tcp("The urgent octet.", why, "3.8.5"))
                }
                None => {
                    let why = "No urgent octet waits: none came, or it was read, or reading went past its mark.";
                    Reply::failed(
                        &errno::EINVAL,
                        Told::tcp("There is no urgent octet.", why, "3.8.5"),
                    )
                }
            };
        }
        let waiting = tcb.unread();
        let data = tcb.read(n, flags.peek);
        let (at_mark, is_reset) = (tcb.is_at_mark(), tcb.error == Some(&errno::ECONNRESET));
        if !data.is_empty() {
            let (what, left) = (octets(data.len()), waiting - data.len());
            let told = if is_reset && !flags.peek {
                let why = "The connection has been reset since. Linux still hands over what came before; other systems may throw it away. The next call says that it is gone.";
                Told::tcp(format!("{what} from the receive buffer."), why, "3.10.7.4")
            } else if at_mark && !flags.peek {
                let why = "A read stops at the mark of an urgent octet, however much it asks for. MSG_OOB reads that octet, before reading goes on past the mark.";
                Told::tcp(format!("{what} from the receive buffer."), why, "3.8.5")
            } else if flags.peek {
                Told::posix(
                    format!("A look at {what}."),
                    "MSG_PEEK leaves them in the buffer.",
                    "recv",
                )
            } else if left > 0 {
                let why = format!(
                    "recv({n}) gives at most {n}; {left} more stay in the buffer for the next call. Nothing of a stream is lost."
                );
                Told::tcp(format!("{what} from the receive buffer."), why, "3.9.1.3")
            } else {
                let why = format!(
                    "recv({n}) gives what is there, up to {n}: it may be less than the peer has sent in one call, or what it has sent in several."
                );
                Told::tcp(
                    format!("{what} from the receive buffer, which is empty now."),
                    why,
                    "3.9.1.3",
                )
            };
            return done(data, from, told);
        }
        if tcb.got_fin() {
            tcb.end_read = true;
            let why = "The peer\u{2019}s FIN is here and all data before it has been read. b'' is the end of the stream, and it will be so each time.";
            return done(
                Vec::new(),
                from,
                Told::tcp("The end: the peer sends no more.", why, "3.6"),
            );
        }
        if let Some(error) = tcb.error.take() {
            return reset(error, "recv");
        }
        match tcb.state() {
            State::SynSent | State::SynReceived => {}
            State::Closed | State::TimeWait => {
                let why = "The connection is gone, and that was said once already.";
                return done(
                    Vec::new(),
                    from,
                    Told::posix("Nothing will come any more.", why, "recv"),
                );
            }
            _ if shut => {
                let why = "shutdown() has ended reading on this side.";
                return done(
                    Vec::new(),
                    from,
                    Told::posix("The end, by this side\u{2019}s own wish.", why, "recv"),
                );
            }
            _ => {}
        }
        let why = "The receive buffer is empty. The call goes on as soon as one octet is there, or the peer\u{2019}s FIN.";
        Reply::Waits(Wait::Data, Told::tcp("Waits for data.", why, "3.9.1.3"))
    }

    pub(super) fn shutdown(&mut self, fd: Fd, how: How, now: Tick) -> Reply {
        match self.socket(fd).map(|socket| &socket.inner) {
            Err(reply) => reply,
            Ok(Inner::Unix(end)) => {
                let end = *end;
                self.shutdown_end(end, how)
            }
            Ok(Inner::Datagram(datagram)) => {
                let connected = datagram.peer.is_some();
                if let Some(datagram) = self.datagram(fd) {
                    datagram.no_more_out |= how != How::Read;
                }
                if connected {
                    let told = Told::udp(
                        "Ended on this side only.",
                        "UDP has nothing that would tell the peer.",
                    );
                    Reply::Done(Answer::Nothing, told)
                } else {
                    let told =
                        Told::udp("The socket is not connected.", "There is nothing to shut down.");
                    Reply::failed(&errno::ENOTCONN, told)
                }
            }
            Ok(Inner::Stream(_)) => self.shutdown_stream(fd, how, now),
        }
    }
}

/// On a connection, `recvfrom()` has no address to give.
pub(super) fn done(data: Vec<u8>, from: bool, told: Told) -> Reply {
    let answer = if from { Answer::From(data, None) } else { Answer::Octets(data) };
    Reply::Done(answer, told)
}

fn broken(why: &str) -> Reply {
    Reply::failed(&errno::EPIPE, Told::posix("Nothing was sent.", why, "send"))
}

fn reset(error: &'static Errno, function: &'static str) -> Reply {
    let told = match error {
        error if *error == errno::ECONNRESET => Told::tcp(
            "The peer has dropped the connection.",
            "A RST came: the peer closed with data unread, asked for a hard end, or has forgotten the connection. Data under way may be lost.",
            "3.5.3",
        ),
        error if *error == errno::EPIPE => Told::tcp(
            "Nobody reads there any more.",
            "The peer had closed its socket; what was sent after that was answered with a RST.",
            "3.5.3",
        ),
        error if *error == errno::ETIMEDOUT => Told::tcp(
            "Given up: no ACK for too long.",
            "What was sent was sent again and again without an answer.",
            "3.8.3",
        ),
        _ => Told::posix("The connection was refused.", "A RST answered the SYN.", function),
    };
    Reply::failed(error, told)
}
