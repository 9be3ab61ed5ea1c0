//! How TCP's sockets end, and segments that come to a host.

use super::options::Options;
use super::stream::Stream;
use super::{Connection, Inner, Kernel, Local};
use crate::machine::Tick;
use crate::sockets::errno;
use crate::sockets::segment::{Body, Packet, Segment, octets};
use crate::sockets::state::{State, Trigger};
use crate::sockets::system::{Answer, Fd, How, Reply};
use crate::sockets::tcp::{Tcb, reset_for};
use crate::sockets::{Source, Told};

impl Kernel {
    pub(super) fn shutdown_stream(&mut self, fd: Fd, how: How, now: Tick) -> Reply {
        let Some(stream) = self.stream(fd) else { return super::bad_fd() };
        let id = stream.connection;
        let connection = id.and_then(|id| self.connections.get_mut(&id));
        let open = connection
            .filter(|c| !matches!(c.tcb.state(), State::Closed | State::SynSent | State::TimeWait));
        let Some(connection) = open else {
            let why = "There is no connection, or it is over in both directions.";
            return Reply::failed(
                &errno::ENOTCONN,
                Told::posix("Nothing to shut down.", why, "shutdown"),
            );
        };
        if how != How::Read {
            connection.tcb.finish(now);
        }
        if let Some(stream) = self.stream(fd) {
            stream.shut_read |= how != How::Write;
            stream.shut_write |= how != How::Read;
        }
        let told = match how {
            How::Read => Told::posix(
                "This side reads no more.",
                "Nothing is sent: TCP has no word for it. recv() gives b'' from now on when nothing waits.",
                "shutdown",
            ),
            How::Write => Told::tcp(
                "This side sends no more: a half-closed connection.",
                "A FIN goes out after what still waits. The other direction stays open: the peer may send as long as it likes, and recv() reads it.",
                "3.6.1",
            ),
            How::Both => Told::tcp(
                "This side neither reads nor sends any more.",
                "A FIN goes out. The socket itself stays until close().",
                "3.6",
            ),
        };
        Reply::Done(Answer::Nothing, told)
    }

    pub(super) fn close_stream(
        &mut self,
        fd: Fd,
        stream: &Stream,
        local: Option<Local>,
        options: &Options,
        now: Tick,
    ) -> Told {
        if stream.listener.is_some() {
            let waiting: Vec<u32> = self
                .connections
                .iter()
                .filter(|(_, connection)| connection.listener == Some(fd))
                .map(|(id, _)| *id)
                .collect();
            for id in &waiting {
                if let Some(connection) = self.connections.get_mut(id) {
                    connection.tcb.abort(
                        "Dropped before it was accepted.",
                        "The listening socket is closed, and with it the queue of connections that nobody has accepted.",
                        "3.10.5",
                    );
                }
            }
            if let Some(local) = local {
                self.note_listener(local.addr, State::Listen, Trigger::Close);
            }
            let why = format!(
                "A SYN to this port is answered with a RST now. Connections that were accepted go on; {} that waited are reset.",
                waiting.len()
            );
            return Told::tcp("The socket listens no more.", why, "3.10.4");
        }
        let Some(connection) = stream.connection.and_then(|id| self.connections.get_mut(&id))
        else {
            let why = "It had no connection, so nothing is sent.";
            return Told::posix("The socket is gone.", why, "close");
        };
        let tcb = &mut connection.tcb;
        if options.linger == Some(0) {
            tcb.abort(
                "Dropped by close() with SO_LINGER and a time of 0.",
                "The program asked for a hard end: what waits is thrown away, and there is no TIME-WAIT.",
                "3.10.5",
            );
            return Told::tcp(
                "The connection is dropped with a RST.",
                "SO_LINGER is on with a time of 0: nothing is waited for, not even for data of its own.",
                "3.10.5",
            );
        }
        if tcb.unread() > 0 && !matches!(tcb.state(), State::Closed | State::TimeWait) {
            let unread = octets(tcb.unread());
            tcb.abort(
                "Dropped by close() although data waited to be read.",
                "The data will never be read. A RST says so; a FIN would look as if all had been well.",
                "3.6.1",
            );
            let why = format!(
                "{unread} that the peer sent were never read. The peer is told that they are lost: its next recv() fails with ECONNRESET."
            );
            return Told::tcp("The connection is dropped with a RST.", why, "3.6.1");
        }
        let before = tcb.state();
        tcb.finish(now);
        tcb.disown(now);
        match before {
            State::Closed => Told::posix(
                "The socket is gone.",
                "The connection was over already: nothing is sent.",
                "close",
            ),
            State::CloseWait => Told::tcp(
                "A FIN goes out: now both directions are ended.",
                "The peer ended first, so the TIME-WAIT is on its side, not here.",
                "3.6",
            ),
            State::Established => Told::tcp(
                "A FIN goes out, after what still waits.",
                "This side ends first, so it is the one that will go through TIME-WAIT. The kernel does the rest without the program.",
                "3.6",
            ),
            _ => Told::tcp(
                "The socket is gone; the kernel ends the connection.",
                "What the states still need is done without the program.",
                "3.6",
            ),
        }
    }

    pub(super) fn segment_arrives(
        &mut self,
        packet: &Packet,
        segment: &Segment,
        now: Tick,
    ) -> Option<Told> {
        let known = self.connections.iter_mut().find(|(_, connection)| {
            connection.local == packet.to
                && connection.peer == packet.from
                && connection.tcb.state() != State::Closed
        });
        if let Some((&id, connection)) = known {
            let before = connection.tcb.state();
            connection.tcb.segment(segment, now);
            let after = connection.tcb.state();
            let opened = before == State::SynReceived && after != State::Closed && before != after;
            if opened && let Some(fd) = connection.listener {
                let queue = self.stream(fd).and_then(|stream| stream.listener.as_mut());
                if let Some(listener) = queue {
                    listener.queue.push_back(id);
                }
            }
            return None;
        }
        let listener = self.sockets.iter().find_map(|(fd, socket)| {
            let Inner::Stream(Stream { listener: Some(listener), .. }) = &socket.inner else {
                return None;
            };
            let addr = socket.local?.addr;
            let family = addr.is_ipv4() == packet.to.is_ipv4()
                || (!socket.options.v6_only && addr.ip().is_unspecified());
            let fits = addr.port() == packet.to.port()
                && family
                && (addr.ip() == packet.to.ip() || addr.ip().is_unspecified());
            fits.then_some((*fd, listener.backlog, listener.queue.len(), socket.options.clone()))
        });
        match listener {
            Some((fd, backlog, queued, options)) if segment.syn && segment.ack.is_none() => {
                let opening = self
                    .connections
                    .values()
                    .filter(|c| c.listener == Some(fd) && c.tcb.state() == State::SynReceived);
                if queued + opening.count() > backlog {
                    return Some(Told::new(
                        "Dropped: the queue of connections is full.",
                        format!(
                            "listen({backlog}) lets {} connections wait for accept(). The SYN is not answered; the client will send it again.",
                            backlog + 1
                        ),
                        Source::Linux("listen(2)"),
                    ));
                }
                let iss = self.random.next_u64() as u32;
                let mut tcb = Tcb::answer(iss, segment, options.receive_room(), now);
                options.apply(&mut tcb);
                self.add(Connection {
                    local: packet.to,
                    peer: packet.from,
                    tcb,
                    listener: Some(fd),
                    reuse: options.reuse,
                });
                None
            }
            _ if segment.rst => Some(Told::tcp(
                "Nothing to reset.",
                "A RST for a connection that is not there is ignored.",
                "3.10.7.1",
            )),
            _ => {
                let (reset, told) = reset_for(segment);
                self.out.push_back(Packet {
                    from: packet.to,
                    to: packet.from,
                    base: (packet.base.1, packet.base.0),
                    body: Body::Tcp(reset),
                    told,
                });
                None
            }
        }
    }
}
