//! What a stream has to send, as the frames that it will go in: octets are copied once, on their way in.

use std::collections::VecDeque;

use super::{Frame, Kind, MAX_DATA, StreamId};

/// Octets of DATA before those of the stream: the kind and the number.
const HEAD: usize = 5;

/// A frame with less than this takes in what comes next: a window of single octets shall cost what a window costs.
const SMALL: usize = 1024;

#[derive(Default)]
#[cfg_attr(test, derive(Clone, Hash))]
pub(super) struct Queue {
    /// DATA whose head is not written yet.
    frames: VecDeque<Vec<u8>>,
    /// Octets of the first frame that have gone.
    gone: usize,
    octets: usize,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.octets
    }

    pub(super) fn is_empty(&self) -> bool {
        self.octets == 0
    }

    pub(super) fn clear(&mut self) {
        *self = Queue::default();
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.octets += bytes.len();
        let mut rest = bytes;
        if let Some(last) = self.frames.back_mut().filter(|last| last.len() < HEAD + SMALL) {
            let (now, later) = rest.split_at(rest.len().min(HEAD + MAX_DATA - last.len()));
            last.extend_from_slice(now);
            rest = later;
        }
        for piece in rest.chunks(MAX_DATA) {
            let mut frame = Vec::with_capacity(HEAD + piece.len());
            frame.extend_from_slice(&[0; HEAD]);
            frame.extend_from_slice(piece);
            self.frames.push_back(frame);
        }
    }

    /// The next DATA, of no more than so many octets of the stream.
    pub(super) fn take(&mut self, id: StreamId, most: usize) -> Option<Vec<u8>> {
        let front = self.frames.front()?;
        let here = front.len() - HEAD - self.gone;
        if here > most {
            // A slow line: a part of the frame goes alone.
            let from = HEAD + self.gone;
            let message = Frame::Data(id, &front[from..from + most]).encode();
            self.gone += most;
            self.octets -= most;
            return Some(message);
        }
        let mut frame = self.frames.pop_front()?;
        if std::mem::take(&mut self.gone) > 0 {
            frame = Frame::Data(id, &frame[frame.len() - here..]).encode();
        } else {
            frame[0] = Kind::Data as u8;
            frame[1..HEAD].copy_from_slice(&id.0.to_be_bytes());
        }
        self.octets -= here;
        Some(frame)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_goes_in_comes_out_in_frames_of_the_stream(
            pieces in proptest::collection::vec(
                (proptest::collection::vec(any::<u8>(), 0..3000), 1_usize..3000, 0_u8..3), 0..40,
            ),
        ) {
            let (mut queue, mut sent, mut came) = (Queue::default(), Vec::new(), Vec::new());
            let mut takes = |queue: &mut Queue, most: usize| {
                let Some(message) = queue.take(StreamId(7), most) else { return false };
                match Frame::decode(&message) {
                    Ok(Frame::Data(StreamId(7), octets)) => {
                        assert!(!octets.is_empty() && octets.len() <= most);
                        came.extend_from_slice(octets);
                    }
                    other => panic!("{other:?}"),
                }
                true
            };
            for (piece, most, turns) in &pieces {
                queue.push(piece);
                sent.extend_from_slice(piece);
                for _ in 0..*turns {
                    takes(&mut queue, *most);
                }
            }
            while takes(&mut queue, MAX_DATA) {}
            prop_assert!(queue.is_empty());
            prop_assert_eq!(came, sent);
        }
    }
}
