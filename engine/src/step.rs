//! What a stream hands out, in order: bytes that stay, notes, and jobs to run.

use crate::{
    Outcome, Sink,
    held::{Held, JOIN},
};
use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;

pub use crate::part::Job;

/// The next thing that leaves a stream.
///
/// Walking does not encode: a stream hands out jobs, and its caller says where they run. Here each
/// runs on a thread of its own, and what they give leaves in order:
///
/// ```
/// use brevity::{Block, Place, Settings, Steps, Treatment, Wire};
/// use std::{sync::Arc, thread};
///
/// let row = r#"{"name":"a","size":1}"#;
/// let text = format!("[{}]\nnot JSON\n[{}]\n", [row; 40].join(","), [row; 30].join(","));
/// let settings = Arc::new(Settings::default());
/// let mut block = Block::new(settings, Wire::Text, Treatment::Rewrite, Place::default());
/// let mut steps = Steps::new();
/// block.write(text.clone().into(), &mut steps);
/// block.finish(&mut steps);
///
/// let running: Vec<_> = std::iter::from_fn(|| steps.pop())
///     .map(|step| thread::spawn(|| step.run()))
///     .collect();
/// let mut out = Vec::new();
/// running.into_iter().for_each(|job| job.join().unwrap().send(&mut out));
/// assert!(out.len() < text.len() / 2);
/// assert_eq!(brevity::expand(&out), text.as_bytes());
/// ```
#[derive(Debug)]
pub enum Step {
    /// Bytes that leave as they came.
    Keep(Bytes),
    /// New bytes.
    Put(Bytes),
    /// What happened to a part that no job was needed for.
    Note(Outcome),
    /// A complete part. Run it anywhere; what it gives takes this place in the order.
    Job(Box<Job>),
}

impl Step {
    /// Runs the job, if it is one, here and now.
    pub fn run(self) -> Done {
        match self {
            Step::Keep(bytes) => Done { pieces: vec![Piece::Keep(bytes)] },
            Step::Put(bytes) => Done { pieces: vec![Piece::Put(bytes.into())] },
            Step::Note(outcome) => Done { pieces: vec![Piece::Note(outcome)] },
            Step::Job(job) => job.run(),
        }
    }
}

/// Steps that a stream has made and its caller has not taken yet.
#[derive(Debug, Default)]
pub struct Steps {
    queue: VecDeque<Step>,
    /// Short runs of bytes behind all steps, joined: a million texts of a byte leave a million gaps.
    tail: BytesMut,
}

impl Steps {
    /// No steps.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a step at the end.
    pub fn push(&mut self, step: Step) {
        match step {
            Step::Keep(bytes) if bytes.len() < JOIN => {
                self.tail.extend_from_slice(&bytes);
                if self.tail.len() >= JOIN {
                    self.seal();
                }
            }
            step => {
                self.seal();
                self.queue.push_back(step);
            }
        }
    }

    fn seal(&mut self) {
        if !self.tail.is_empty() {
            self.queue.push_back(Step::Keep(self.tail.split().freeze()));
        }
    }

    /// Takes the first step.
    pub fn pop(&mut self) -> Option<Step> {
        if self.queue.is_empty() {
            self.seal();
        }
        self.queue.pop_front()
    }

    /// Whether all steps were taken.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.tail.is_empty()
    }

    /// Runs every step here, in order, into `sink`.
    pub fn run_into(&mut self, sink: &mut impl Sink) {
        while let Some(step) = self.pop() {
            step.run().send(sink);
        }
    }

    /// Adds held bytes as they are.
    pub fn keep(&mut self, held: Held) {
        held.into_slices().for_each(|bytes| self.push(Step::Keep(bytes)));
    }
}

/// What a step gives: bytes and notes, ready for a sink.
#[derive(Debug, Default)]
pub struct Done {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Keep(Bytes),
    Put(Vec<u8>),
    Note(Outcome),
}

impl Done {
    pub(crate) fn keep(&mut self, held: Held) {
        self.pieces.extend(held.into_slices().map(Piece::Keep));
    }

    pub(crate) fn put(&mut self, bytes: Vec<u8>) {
        self.pieces.push(Piece::Put(bytes));
    }

    pub(crate) fn note(&mut self, outcome: Outcome) {
        self.pieces.push(Piece::Note(outcome));
    }

    /// The number of bytes that leave.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(Piece::len).sum()
    }

    /// Whether no bytes leave.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands everything to `sink`.
    pub fn send(self, sink: &mut impl Sink) {
        for piece in self.pieces {
            match piece {
                Piece::Keep(bytes) => sink.keep(bytes),
                Piece::Put(bytes) => sink.put(&bytes),
                Piece::Note(outcome) => sink.note(&outcome),
            }
        }
    }
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Piece::Keep(bytes) => bytes.len(),
            Piece::Put(bytes) => bytes.len(),
            Piece::Note(_) => 0,
        }
    }
}
