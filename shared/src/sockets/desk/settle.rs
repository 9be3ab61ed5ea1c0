//! What a reply of the system is in Python.

use core::time::Duration;

use super::value::{Exception, Value};
use super::{Desk, Running, Stop, Waiting};
use crate::machine::Tick;
use crate::sockets::errno;
use crate::sockets::system::{Answer, Call, Failure, Reply, Type, Wait};
use crate::sockets::{Source, Told};

impl Desk {
    /// Turns the system's reply into a value, an exception, or a call that waits.
    pub(super) fn settle(
        &mut self,
        reply: Reply,
        waiting: Waiting,
        expired: bool,
        run: &mut Running,
        now: Tick,
    ) -> Result<Value, Stop> {
        match reply {
            Reply::Done(answer, told) => {
                run.report.told.push(told);
                Ok(match answer {
                    _ if waiting.for_number => Value::Int(0),
                    Answer::Nothing => Value::None,
                    Answer::Socket { fd, family, kind } => self.adopt(fd, family, kind),
                    Answer::Pair(a, b, family, kind) => {
                        Value::Tuple(vec![self.adopt(a, family, kind), self.adopt(b, family, kind)])
                    }
                    Answer::Accepted { fd, family, peer } => {
                        let socket = self.adopt(fd, family, Type::Stream);
                        Value::Tuple(vec![socket, peer.into()])
                    }
                    Answer::Count(n) => Value::Int(n as i64),
                    Answer::Octets(octets) => Value::Bytes(octets),
                    Answer::From(octets, from) => {
                        let from = from.map_or(Value::None, Value::from);
                        Value::Tuple(vec![Value::Bytes(octets), from])
                    }
                    Answer::Address(address) => address.into(),
                    Answer::Int(n) => Value::Int(n),
                    Answer::Text(text) => Value::Text(text),
                })
            }
            Reply::Failed(Failure::Errno(errno), told) => {
                run.report.told.push(told);
                fail(errno, waiting.for_number)
            }
            Reply::Failed(Failure::Name(number, text), told) => {
                run.report.told.push(told);
                Err(Exception::new("gaierror", format!("[Errno {number}] {text}")).into())
            }
            Reply::Waits(wait, told) => {
                let fd = waiting.call.fd();
                let object = self.objects.values().find(|object| Some(object.fd) == fd);
                let timeout = object.and_then(|object| object.timeout);
                let dont_wait = match &waiting.call {
                    Call::Receive { flags, .. } | Call::Send { flags, .. } => {
                        flags.dont_wait && timeout.is_none()
                    }
                    _ => false,
                };
                let at_once = wait == Wait::Relay;
                if !at_once && (timeout == Some(Duration::ZERO) || dont_wait) {
                    run.report.told.push(would_wait(&told));
                    let errno = match wait {
                        Wait::Connecting => &errno::EINPROGRESS,
                        Wait::StillConnecting => &errno::EALREADY,
                        Wait::Connection | Wait::Data | Wait::Room | Wait::Relay => &errno::EAGAIN,
                    };
                    return fail(errno, waiting.for_number);
                }
                if expired && !at_once {
                    run.report.told.push(Told::new(
                        "The time is over.",
                        "settimeout() has set how long a call may wait. The socket itself is as it was; the error has no number, for it is Python\u{2019}s own.",
                        Source::Python("socket"),
                    ));
                    if waiting.for_number {
                        return Ok(Value::Int(errno::EAGAIN.number));
                    }
                    return Err(Exception::new("TimeoutError", "timed out").into());
                }
                let deadline = waiting.deadline.or(timeout.map(|timeout| now.after(timeout)));
                run.waiting = Some(Waiting { deadline, told, ..waiting });
                Err(Stop::Wait)
            }
        }
    }
}

fn fail(errno: &'static errno::Errno, for_number: bool) -> Result<Value, Stop> {
    if for_number {
        return Ok(Value::Int(errno.number));
    }
    Err(Exception::new(errno.class, errno.message()).into())
}

fn would_wait(told: &Told) -> Told {
    Told {
        what: "The call would have to wait, and this socket must not.".into(),
        why: format!(
            "setblocking(False) or a flag forbids it. Otherwise: {} Try again later; select() tells when.",
            told.what
        ),
        source: told.source,
    }
}
