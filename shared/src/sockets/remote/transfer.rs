//! Octets of a TCP connection through the relay, and its ends.

use super::stream::Stage;
use super::{Inner, Remote};
use crate::sockets::Told;
use crate::sockets::errno;
use crate::sockets::system::{Answer, Fd, Flags, How, Reply, Wait};
use crate::tunnel::{Phase, Reason, Reset};

impl Remote {
    pub(super) fn send(&mut self, fd: Fd, data: &[u8], sent: &mut usize, all: bool) -> Reply {
        let Some(stream) = self.stream_mut(fd) else { return super::bad_fd() };
        if stream.shut_write {
            let told = Told::tcp(
                "This end has said that it sends no more.",
                "shutdown(SHUT_WR) sent a FIN.",
                "3.6",
            );
            return Reply::failed(&errno::EPIPE, told);
        }
        let id = match (stream.stage, stream.id) {
            (Stage::Open, Some(id)) => id,
            (Stage::Broken, _) => return self.failed(fd, "The connection is gone.", "send"),
            _ => {
                let told = Told::posix("The socket is not connected.", "", "send");
                return Reply::failed(&errno::ENOTCONN, told);
            }
        };
        let taken = self.mux.send(id, &data[*sent..]);
        *sent += taken;
        if let Some(stream) = self.stream_mut(fd) {
            stream.written += taken as u64;
        }
        if (taken == 0 && !data.is_empty()) || (all && *sent < data.len()) {
            let told = Told::tcp(
                format!("{sent} of {} octets are taken; there is no room for more.", data.len()),
                "The other program does not read, so the windows are full: its kernel\u{2019}s, the relay\u{2019}s, the tunnel\u{2019}s.",
                "3.8.6",
            );
            return Reply::Waits(Wait::Room, told);
        }
        let told = Told::tcp(
            format!("{sent} octets are on their way."),
            "Taken means taken by the tunnel. When they leave, and in how many segments, is the relay\u{2019}s kernel\u{2019}s matter.",
            "3.9.1",
        );
        let answer = if all { Answer::Nothing } else { Answer::Count(*sent) };
        Reply::Done(answer, told)
    }

    pub(super) fn read(&mut self, fd: Fd, n: usize, flags: Flags, from: bool) -> Reply {
        let Some(stream) = self.stream_mut(fd) else { return super::bad_fd() };
        let done = |octets: Vec<u8>, told: Told| {
            let answer = if from { Answer::From(octets, None) } else { Answer::Octets(octets) };
            Reply::Done(answer, told)
        };
        if stream.shut_read || n == 0 {
            return done(Vec::new(), Told::posix("Nothing was asked for.", "", "recv"));
        }
        if !stream.unread.is_empty() {
            let count = n.min(stream.unread.len());
            let left = stream.unread.len() - count;
            let octets: Vec<u8> = if flags.peek {
                stream.unread.iter().take(count).copied().collect()
            } else {
                stream.unread.drain(..count).collect()
            };
            if let (Some(id), false) = (stream.id, flags.peek) {
                self.mux.consumed(id, count);
            }
            let told = Told::tcp(
                format!("{count} octets were waiting, {left} are left."),
                "recv(n) gives what is there, up to n. Where the sender cut it is not kept.",
                "3.9.1",
            );
            return done(octets, told);
        }
        match stream.stage {
            _ if stream.end => {
                stream.end_read = true;
                let told = Told::tcp(
                    "The other end has sent FIN, and everything before it is read.",
                    "An empty result means the end, and only that.",
                    "3.6",
                );
                done(Vec::new(), told)
            }
            Stage::Broken => self.failed(fd, "The connection is gone.", "recv"),
            Stage::Open => {
                let told =
                    Told::posix("Nothing has come.", "recv() waits for the first octet.", "recv");
                Reply::Waits(Wait::Data, told)
            }
            _ => {
                let told = Told::posix("The socket is not connected.", "", "recv");
                Reply::failed(&errno::ENOTCONN, told)
            }
        }
    }

    pub(super) fn shutdown(&mut self, fd: Fd, how: How) -> Reply {
        let Some(stream) = self.stream_mut(fd) else { return super::bad_fd() };
        let (Stage::Open, Some(id)) = (stream.stage, stream.id) else {
            let told = Told::posix("The socket is not connected.", "", "shutdown");
            return Reply::failed(&errno::ENOTCONN, told);
        };
        stream.shut_read |= how != How::Write;
        let fin = how != How::Read && !stream.shut_write;
        stream.shut_write |= how != How::Read;
        if fin {
            self.mux.finish(id);
        }
        let told = Told::tcp(
            if fin { "A FIN follows what was sent." } else { "Nothing more is read here." },
            "Each direction of a connection ends by itself: the other one goes on.",
            "3.6",
        );
        Reply::Done(Answer::Nothing, told)
    }

    pub(super) fn close_stream(&mut self, fd: Fd) -> Reply {
        let Some(socket) = self.sockets.remove(&fd) else { return super::bad_fd() };
        let Inner::Stream(stream) = socket.inner else { return super::bad_fd() };
        for (waiting, _) in &stream.queue {
            self.mux.abort(*waiting, Reset::new(Reason::CANCELLED, Phase::Local));
        }
        let reset = socket.abort || !stream.unread.is_empty();
        let what = match (stream.stage, stream.id) {
            (Stage::Open, Some(id)) if reset => {
                self.mux.abort(id, Reset::new(Reason::CANCELLED, Phase::Local));
                "The connection is reset (RST): octets that had come were not read, or SO_LINGER said so."
            }
            (Stage::Open, Some(id)) => {
                self.mux.finish(id);
                "A FIN follows what was sent. What still comes is refused with a reset."
            }
            (_, Some(id)) => {
                self.mux.abort(id, Reset::new(Reason::CANCELLED, Phase::Local));
                "The relay closes its socket."
            }
            (_, None) => "There is nothing to close at the relay.",
        };
        Reply::Done(Answer::Nothing, Told::tcp(what, "", "3.6"))
    }
}
