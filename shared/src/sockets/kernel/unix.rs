//! AF_UNIX: sockets between programs of one host. Nothing of them is ever in flight.

use std::collections::VecDeque;

use super::{Inner, Kernel, Socket, options};
use crate::sockets::Told;
use crate::sockets::errno;
use crate::sockets::segment::octets;
use crate::sockets::system::{Address, Answer, Family, Fd, Flags, How, Reply, Target, Type, Wait};

/// What may wait at one end: Linux's size for these sockets.
const BUFFER: usize = 212_992;

pub(super) struct End {
    kind: Type,
    path: String,
    /// An accepted end is called like the socket that listened, and is not to be found by it.
    called: String,
    /// The file exists as long as nobody removes it, even when the socket is closed.
    closed: bool,
    peer: Option<u32>,
    stream: VecDeque<u8>,
    datagrams: VecDeque<(Vec<u8>, String)>,
    queue: Option<VecDeque<u32>>,
    /// Nothing more will come, or may go.
    no_more_in: bool,
    no_more_out: bool,
    /// The other end went away with data unread.
    reset: bool,
}

impl Kernel {
    pub(super) fn new_end(&mut self, kind: Type) -> u32 {
        self.next_id += 1;
        let end = End {
            kind,
            path: String::new(),
            called: String::new(),
            closed: false,
            peer: None,
            stream: VecDeque::new(),
            datagrams: VecDeque::new(),
            queue: None,
            no_more_in: false,
            no_more_out: false,
            reset: false,
        };
        self.ends.insert(self.next_id, end);
        self.next_id
    }

    fn socket_of(&mut self, end: u32, kind: Type) -> Fd {
        let options = options::Options::new(Family::Unix, kind);
        let inner = Inner::Unix(end);
        self.put(Socket { family: Family::Unix, kind, options, local: None, inner })
    }

    fn join(&mut self, a: u32, b: u32) {
        for (one, other) in [(a, b), (b, a)] {
            if let Some(end) = self.ends.get_mut(&one) {
                end.peer = Some(other);
            }
        }
    }

    pub(super) fn pair(&mut self, family: i64, kind: i64) -> Reply {
        let (family, kind) = match self.open(family, kind, 0) {
            Ok(chosen) => chosen,
            Err(reply) => return reply,
        };
        if family != Family::Unix {
            let why = "Only AF_UNIX has pairs.";
            let told = Told::posix("No pair of this family.", why, "socketpair");
            return Reply::failed(&errno::EOPNOTSUPP, told);
        }
        let (a, b) = (self.new_end(kind), self.new_end(kind));
        self.join(a, b);
        let (a, b) = (self.socket_of(a, kind), self.socket_of(b, kind));
        let why = "Both ends belong to this program; usually one of them is handed to a child.";
        let told =
            Told::posix("Two sockets that are connected with each other.", why, "socketpair");
        Reply::Done(Answer::Pair(a, b, family, kind), told)
    }

    fn end_at(&self, path: &str) -> Option<u32> {
        self.ends.iter().find(|(_, end)| end.path == path && !path.is_empty()).map(|(id, _)| *id)
    }

    pub(super) fn bind_end(&mut self, end: u32, to: &Target) -> Reply {
        let Target::Path(path) = to else { return super::bad_fd() };
        let taken = self.end_at(path).is_some();
        let Some(end) = self.ends.get_mut(&end) else { return super::bad_fd() };
        if taken {
            let why =
                "The file is there. It stays after close(); a server removes it before it binds.";
            return Reply::failed(
                &errno::EADDRINUSE,
                Told::posix("The path is taken.", why, "bind"),
            );
        }
        if !end.path.is_empty() {
            let told =
                Told::posix("The socket has a name already.", "A name is given once.", "bind");
            return Reply::failed(&errno::EINVAL, told);
        }
        end.path.clone_from(path);
        let why = "A file of the kind \u{201c}socket\u{201d} appears there. Its permissions say who may connect.";
        Reply::Done(
            Answer::Nothing,
            Told::posix("The socket has a name in the file system.", why, "bind"),
        )
    }

    pub(super) fn listen_end(&mut self, end: u32) -> Reply {
        let Some(end) = self.ends.get_mut(&end) else { return super::bad_fd() };
        if end.kind == Type::Datagram {
            let told =
                Told::posix("Datagrams have no connections.", "Nothing to listen for.", "listen");
            return Reply::failed(&errno::EOPNOTSUPP, told);
        }
        if end.path.is_empty() {
            let told = Told::posix("Nobody could find it.", "bind() it to a path first.", "listen");
            return Reply::failed(&errno::EINVAL, told);
        }
        end.queue.get_or_insert_default();
        let why = "Programs of this host can connect to the path now.";
        Reply::Done(Answer::Nothing, Told::posix("The socket listens.", why, "listen"))
    }

    pub(super) fn accept_end(&mut self, end: u32) -> Reply {
        let Some(end) = self.ends.get_mut(&end) else { return super::bad_fd() };
        let Some(queue) = &mut end.queue else {
            let told = Told::posix("The socket does not listen.", "Call listen() first.", "accept");
            return Reply::failed(&errno::EINVAL, told);
        };
        let Some(new) = queue.pop_front() else {
            let told = Told::posix("Waits for a client.", "Nobody has connected.", "accept");
            return Reply::Waits(Wait::Connection, told);
        };
        let peer = self.end_peer(new).unwrap_or_default();
        let fd = self.socket_of(new, Type::Stream);
        let why = "The address of the other end is the path that it is bound to; most clients are bound to none.";
        let told = Told::posix(format!("A connection, as socket {}.", fd.0), why, "accept");
        Reply::Done(Answer::Accepted { fd, family: Family::Unix, peer: Address::Path(peer) }, told)
    }

    pub(super) fn connect_end(&mut self, end: u32, to: &Target) -> Reply {
        let Target::Path(path) = to else { return super::bad_fd() };
        let fail =
            |errno, what: &str, why: &str| Reply::failed(errno, Told::posix(what, why, "connect"));
        let kind = self.ends.get(&end).map_or(Type::Stream, |end| end.kind);
        let connected = self.ends.get(&end).is_some_and(|end| end.peer.is_some());
        let target = match self.target(path, kind, "connect") {
            Ok(target) => target,
            Err(reply) => return reply,
        };
        if kind == Type::Datagram {
            if let Some(end) = self.ends.get_mut(&end) {
                end.peer = Some(target);
            }
        } else if connected {
            return fail(&errno::EISCONN, "The socket is connected.", "It is so only once.");
        } else if self.ends.get(&target).is_none_or(|target| target.queue.is_none()) {
            return fail(
                &errno::ECONNREFUSED,
                "Nobody listens there.",
                "The path is bound, but its socket does not listen.",
            );
        } else {
            let other = self.new_end(kind);
            self.join(end, other);
            if let Some(end) = self.ends.get_mut(&other) {
                end.called.clone_from(path);
            }
            if let Some(queue) = self.ends.get_mut(&target).and_then(|end| end.queue.as_mut()) {
                queue.push_back(other);
            }
        }
        let why = "Within one host there is no handshake: the kernel joins the two ends at once.";
        Reply::Done(Answer::Nothing, Told::posix("Connected.", why, "connect"))
    }

    fn target(&self, path: &str, kind: Type, call: &'static str) -> Result<u32, Reply> {
        let fail =
            |errno, what: &str, why: &str| Err(Reply::failed(errno, Told::posix(what, why, call)));
        let Some(target) = self.end_at(path) else {
            return fail(
                &errno::ENOENT,
                "There is no such file.",
                "A server creates it with bind(). Each host has files of its own: AF_UNIX does not cross the wire.",
            );
        };
        let end = &self.ends[&target];
        if end.closed {
            return fail(
                &errno::ECONNREFUSED,
                "Nobody is behind the file.",
                "Its socket is closed; the file was left behind.",
            );
        }
        if end.kind != kind {
            return fail(
                &errno::EPROTOTYPE,
                "The other socket is of another kind.",
                "Streams connect with streams, datagrams go to datagram sockets.",
            );
        }
        Ok(target)
    }

    pub(super) fn send_end(
        &mut self,
        end: u32,
        data: &[u8],
        sent: &mut usize,
        all: bool,
        to: Option<&Target>,
    ) -> Reply {
        let Some(own) = self.ends.get(&end) else { return super::bad_fd() };
        let (kind, path, out) = (own.kind, own.path.clone(), own.no_more_out);
        let peer = match (kind, to, own.peer) {
            (Type::Datagram, Some(Target::Path(path)), _) => {
                match self.target(path, kind, "sendto") {
                    Ok(target) => Some(target),
                    Err(reply) => return reply,
                }
            }
            (_, _, peer) => peer,
        };
        let Some(peer) = peer else {
            let told = Told::posix("Where to?", "The socket is not connected.", "send");
            return Reply::failed(&errno::ENOTCONN, told);
        };
        let other = self.ends.get_mut(&peer).filter(|other| !other.closed && !out);
        let Some(other) = other.filter(|other| !other.no_more_in) else {
            let why = "Within one host it is known at once that nobody will read.";
            return Reply::failed(&errno::EPIPE, Told::posix("Nothing was sent.", why, "send"));
        };
        if kind == Type::Datagram {
            let waiting: usize = other.datagrams.iter().map(|(data, _)| data.len() + 1).sum();
            if waiting + data.len() > BUFFER {
                let why = "Unlike UDP this loses nothing: who sends too fast waits.";
                return Reply::Waits(Wait::Room, Told::posix("Waits for room.", why, "send"));
            }
            other.datagrams.push_back((data.to_vec(), path));
            *sent = data.len();
        } else {
            let room = BUFFER.saturating_sub(other.stream.len());
            let taken = (data.len() - *sent).min(room);
            other.stream.extend(&data[*sent..*sent + taken]);
            *sent += taken;
            if *sent < data.len() {
                let why = "The other end has not read what waits there.";
                return Reply::Waits(Wait::Room, Told::posix("Waits for room.", why, "send"));
            }
        }
        let why = "It waits at the other end already: nothing is under way within one host.";
        let told = Told::posix(format!("{} are there.", octets(data.len())), why, "send");
        Reply::Done(if all { Answer::Nothing } else { Answer::Count(data.len()) }, told)
    }

    pub(super) fn receive_end(&mut self, end: u32, n: usize, flags: Flags, from: bool) -> Reply {
        let Some(own) = self.ends.get_mut(&end) else { return super::bad_fd() };
        let told = |what: &str| Told::posix(what, "The octets never left this host.", "recv");
        if let Some((mut data, path)) = own.datagrams.front().cloned() {
            if !flags.peek {
                own.datagrams.pop_front();
            }
            data.truncate(n);
            let answer = if from {
                Answer::From(data, Some(Address::Path(path)))
            } else {
                Answer::Octets(data)
            };
            return Reply::Done(answer, told("A datagram."));
        }
        let answer = |data| {
            if from {
                Answer::From(data, Some(Address::Path(String::new())))
            } else {
                Answer::Octets(data)
            }
        };
        if !own.stream.is_empty() {
            let n = n.min(own.stream.len());
            let data: Vec<u8> = if flags.peek {
                own.stream.iter().take(n).copied().collect()
            } else {
                own.stream.drain(..n).collect()
            };
            return Reply::Done(answer(data), told("What waited at this end."));
        }
        if core::mem::take(&mut own.reset) {
            let why = "The other end was closed although data waited there.";
            return Reply::failed(
                &errno::ECONNRESET,
                Told::posix("The other end is gone.", why, "recv"),
            );
        }
        if own.no_more_in {
            return Reply::Done(answer(Vec::new()), told("The end: the other side sends no more."));
        }
        if own.kind == Type::Stream && own.peer.is_none() {
            // Linux has EINVAL here, unlike for TCP.
            let told = Told::posix(
                "The socket is not connected.",
                "There is nothing to read from.",
                "recv",
            );
            return Reply::failed(&errno::EINVAL, told);
        }
        Reply::Waits(Wait::Data, told("Waits for data."))
    }

    pub(super) fn shutdown_end(&mut self, end: u32, how: How) -> Reply {
        let Some(own) = self.ends.get_mut(&end) else { return super::bad_fd() };
        let Some(peer) = own.peer else {
            let told =
                Told::posix("Nothing to shut down.", "The socket is not connected.", "shutdown");
            return Reply::failed(&errno::ENOTCONN, told);
        };
        own.no_more_in |= how != How::Write;
        own.no_more_out |= how != How::Read;
        if let Some(other) = self.ends.get_mut(&peer) {
            other.no_more_in |= how != How::Read;
            other.no_more_out |= how != How::Write;
        }
        let why = "The other end sees it at once.";
        Reply::Done(Answer::Nothing, Told::posix("Ended in this direction.", why, "shutdown"))
    }

    pub(super) fn close_end(&mut self, end: u32) -> Told {
        let Some(own) = self.ends.get_mut(&end) else {
            return Told::posix("The socket is gone.", "There was nothing behind it.", "close");
        };
        own.closed = true;
        let (unread, peer, queue) = (!own.stream.is_empty(), own.peer, own.queue.take());
        let (stream, nameless) = (own.kind == Type::Stream, own.path.is_empty());
        for waiting in queue.into_iter().flatten() {
            self.close_end(waiting);
        }
        if stream && let Some(other) = peer.and_then(|peer| self.ends.get_mut(&peer)) {
            other.no_more_in = true;
            other.reset |= unread;
        }
        if nameless {
            self.ends.remove(&end);
        }
        Told::posix(
            "This end is gone.",
            "The other end reads what waits, then the end. A file that bind() made stays.",
            "close",
        )
    }

    pub(super) fn end_path(&self, end: u32) -> String {
        let name =
            |end: &End| if end.path.is_empty() { end.called.clone() } else { end.path.clone() };
        self.ends.get(&end).map(name).unwrap_or_default()
    }

    pub(super) fn end_unread(&self, end: u32) -> usize {
        self.ends.get(&end).map_or(0, |end| {
            end.stream.len() + end.datagrams.iter().map(|(data, _)| data.len()).sum::<usize>()
        })
    }

    pub(super) fn end_peer(&self, end: u32) -> Option<String> {
        let peer = self.ends.get(&end)?.peer?;
        Some(self.end_path(peer))
    }
}
