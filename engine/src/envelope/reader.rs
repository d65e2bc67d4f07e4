//! Reads a request as it comes, and says which way its strings go.

mod learn;

use super::{
    Dialect, Facts,
    calls::{Call, Calls, Source, command_in},
    capture::Capture,
    outlet::{Outlet, Verdict, note},
    owner::{Claim, Owner, Reference, Standing},
    path::{Fact, Frame, KEY, Leaf, Path},
    speech::Speech,
    target::Target,
};
use crate::{
    Place, Reason, Settings, Tool,
    escape::unescape,
    step::Steps,
    walk::json::{Event, JsonWalker, Scalar},
};
use bytes::Bytes;
use std::sync::Arc;

/// The longest name, id, role or type that is kept, in raw bytes.
const NAME: usize = 256;
/// The longest command that is kept, in raw bytes.
const COMMAND: usize = 4 * 1024;
/// How much of a call's arguments is looked through for a command, in raw bytes.
const ARGUMENTS: usize = 8 * 1024;

/// What is known of a request, at one place in it.
#[derive(Debug)]
pub(super) struct Reader<T: Target> {
    settings: Arc<Settings>,
    speech: &'static Speech,
    walker: JsonWalker,
    path: Path,
    /// The depth of the container that is being skipped; 0 if none is.
    skipped: usize,
    capture: Capture,
    outlet: Outlet<T>,
    facts: Facts,
    owner: Owner,
    /// Whether the part that is open is text.
    part: Standing,
    /// Whether a key of it came twice.
    part_is_doubled: bool,
    call: Call,
    calls: Calls,
    /// Where the request turned out not to be JSON.
    broken: Option<(Place, u64)>,
}

impl<T: Target> Reader<T> {
    /// Reads a request in `dialect`; its eligible texts go to `target`.
    pub(super) fn new(dialect: Dialect, settings: Arc<Settings>, target: T) -> Self {
        let speech = dialect.speech();
        Self {
            speech,
            walker: JsonWalker::new(settings.limits.json_depth),
            path: Path::new(speech.grammar),
            skipped: 0,
            capture: Capture::default(),
            outlet: Outlet::new(Arc::clone(&settings), target),
            facts: Facts::default(),
            owner: Owner::default(),
            part: Standing::default(),
            part_is_doubled: false,
            call: Call::default(),
            calls: Calls::new(Arc::clone(&settings)),
            broken: None,
            settings,
        }
    }

    /// Where eligible texts go.
    pub(super) fn target(&mut self) -> &mut T {
        self.outlet.target()
    }

    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Takes the next chunk.
    pub(super) fn write(&mut self, chunk: Bytes, steps: &mut Steps) {
        self.outlet.begin(chunk.clone());
        if self.broken.is_none() {
            self.read(&chunk, steps);
        }
        self.outlet.send(chunk.len(), steps);
    }

    /// Ends the request.
    pub(super) fn finish(&mut self, steps: &mut Steps) {
        self.outlet.begin(Bytes::new());
        let end = self.outlet.offset(0);
        if self.broken.is_none() && end > 0 && self.walker.finish().is_err() {
            self.give_up(0, steps);
        }
        if let Some((place, from)) = self.broken.take() {
            note(place, end - from, Reason::Malformed, steps);
        }
    }

    fn read(&mut self, chunk: &[u8], steps: &mut Steps) {
        let mut rest = chunk;
        let mut captured = 0;
        loop {
            match self.walker.next(&mut rest) {
                Ok(Some(event)) if self.skipped > 0 => self.skip(event),
                Ok(Some(event)) => {
                    let at = chunk.len() - rest.len();
                    if self.capture.is_running() {
                        // Only the closing quote can come next: it is no part of the text.
                        self.capture.extend(&chunk[captured..at - 1]);
                    }
                    self.settle_if_over(at, steps);
                    self.on(event, at, steps);
                    captured = at;
                }
                Ok(None) => break,
                Err(error) => {
                    let at = error.offset.saturating_sub(self.outlet.offset(0)) as usize;
                    return self.give_up(at.min(chunk.len()), steps);
                }
            }
        }
        if self.capture.is_running() {
            self.capture.extend(&chunk[captured..]);
        }
        self.settle_if_over(chunk.len(), steps);
    }

    fn skip(&mut self, event: Event) {
        let closes = matches!(event, Event::ObjectClose | Event::ArrayClose);
        if closes && self.walker.depth() < self.skipped {
            self.skipped = 0;
        }
    }

    fn on(&mut self, event: Event, at: usize, steps: &mut Steps) {
        match event {
            Event::ObjectOpen => self.enter(self.path.slot().object),
            Event::ArrayOpen => self.enter(self.path.slot().array),
            Event::ObjectClose | Event::ArrayClose => self.leave(),
            Event::KeyStart => return self.capture.start(KEY),
            Event::KeyEnd => self.key(),
            Event::StringStart => return self.string(at, steps),
            Event::StringEnd => self.string_end(at, steps),
            Event::ScalarStart(scalar) => self.scalar(scalar),
            Event::ScalarEnd(_) | Event::Colon | Event::Comma => return,
        }
        self.settle(at, steps);
    }
}

// Containers and keys.
impl<T: Target> Reader<T> {
    fn enter(&mut self, frame: Option<Frame>) {
        self.count_message();
        let Some(frame) = frame else {
            self.wrong_type();
            self.skipped = self.walker.depth();
            return;
        };
        match frame {
            Frame::Message | Frame::Item => {
                self.owner = Owner::default();
                self.call = Call::default();
            }
            Frame::Call => self.call = Call { is_call: true, ..Call::default() },
            // Until it says that it is the model.
            Frame::Caller => self.call.by_program = true,
            Frame::Part => (self.part, self.part_is_doubled) = (Standing::default(), false),
            _ => {}
        }
        self.path.enter(frame);
    }

    fn leave(&mut self) {
        match self.path.leave() {
            Some(Frame::Part) => {
                self.part.close();
                self.tell_part();
            }
            Some(Frame::Caller) if self.speech.results_tell_caller => {
                self.learn_caller(self.call.by_program);
            }
            Some(Frame::Call) => self.calls.add(std::mem::take(&mut self.call)),
            Some(Frame::Message | Frame::Item) => {
                self.owner.close();
                self.calls.add(std::mem::take(&mut self.call));
            }
            _ => {}
        }
    }

    /// A key that comes twice says that its object cannot be trusted.
    fn key(&mut self) {
        if self.path.key(self.capture.finish()) {
            return;
        }
        match self.path.frame() {
            Some(Frame::Message | Frame::Item) => {
                self.owner.claim = Claim::No;
                self.call = Call::default();
            }
            Some(Frame::Call | Frame::Function) => self.call = Call::default(),
            Some(Frame::Caller) => self.call.by_program = true,
            Some(Frame::Part) => {
                self.part_is_doubled = true;
                self.learn_part(Standing::No);
            }
            _ => {}
        }
    }

    fn count_message(&mut self) {
        if self.path.frame() == Some(Frame::Messages) {
            self.facts.messages += 1;
        }
    }
}

// Strings and scalars.
impl<T: Target> Reader<T> {
    fn string(&mut self, at: usize, steps: &mut Steps) {
        self.count_message();
        match self.path.slot().leaf {
            Leaf::Nothing => {}
            Leaf::Fact(Fact::Command | Fact::CommandLine) => self.capture.start(COMMAND),
            Leaf::Fact(Fact::Arguments) => self.capture.start(ARGUMENTS),
            Leaf::Fact(_) => self.capture.start(NAME),
            Leaf::Text if self.path.frame() == Some(Frame::Part) => self.text(self.part, at, steps),
            Leaf::Text => self.text(Standing::Yes, at, steps),
            Leaf::Printed => self.text(Standing::known(!self.part_is_doubled), at, steps),
        }
    }

    fn text(&mut self, part: Standing, at: usize, steps: &mut Steps) {
        match (self.owner.standing(), part) {
            (Standing::No, _) | (_, Standing::No) => {}
            (Standing::Yes, Standing::Yes) if self.outlet.waiting().is_none() => {
                self.outlet.open(at, &self.verdict(), steps);
            }
            _ => self.outlet.wait(at, part, steps),
        }
    }

    fn string_end(&mut self, at: usize, steps: &mut Steps) {
        match self.path.slot().leaf {
            Leaf::Nothing => {}
            Leaf::Text | Leaf::Printed => self.outlet.close(at - 1, steps),
            Leaf::Fact(Fact::Arguments) => {
                // The bound may have cut an escape: what came before it is enough.
                let mut arguments = Vec::new();
                let _ = unescape(self.capture.finish(), &mut arguments);
                self.call.tool.command = command_in(&arguments, COMMAND);
            }
            Leaf::Fact(fact) => {
                let text = self.capture.finish_text();
                self.learn(fact, text);
            }
        }
    }

    fn scalar(&mut self, scalar: Scalar) {
        self.count_message();
        match (self.path.slot().leaf, scalar) {
            (Leaf::Fact(Fact::Stream), scalar) => self.facts.stream = scalar == Scalar::True,
            (Leaf::Fact(Fact::Answers | Fact::Link), Scalar::Null) => {
                self.learn_answered(None);
            }
            (Leaf::Fact(Fact::ResultName), Scalar::Null) => self.owner.name = Reference::Missing,
            _ => self.wrong_type(),
        }
    }
}

// Which way the bytes go.
impl<T: Target> Reader<T> {
    fn message(&self) -> u64 {
        self.facts.messages.saturating_sub(1)
    }

    fn verdict(&self) -> Verdict {
        let source = match self.owner.reference() {
            Reference::Is(name) if self.owner.claim == Claim::ByName => {
                Some(Source::of(Tool::named(name), &self.settings))
            }
            Reference::Is(id) => self.calls.source(Some(id), |settings| self.unknown(settings)),
            _ => self.calls.source(None, |settings| self.unknown(settings)),
        };
        Verdict { message: self.message(), source }
    }

    /// The source of a result whose call is not in the request.
    fn unknown(&self, settings: &Settings) -> Source {
        let tool = self.owner.tool.map(Tool::named).unwrap_or_default();
        let of = if self.speech.keeps_calls { Source::of_any } else { Source::of };
        of(tool, settings)
    }

    fn settle(&mut self, at: usize, steps: &mut Steps) {
        let standing = self.owner.standing();
        let Some(wait) = self.outlet.waiting() else { return };
        if wait.is_settled(standing) {
            let verdict = (standing == Standing::Yes).then(|| self.verdict());
            self.outlet.settle(at, verdict.as_ref(), steps);
        }
    }

    /// The bound is looked at before each event, and only there does it matter: what comes between
    /// two events changes nothing else.
    fn settle_if_over(&mut self, at: usize, steps: &mut Steps) {
        if self.outlet.is_over(at) {
            let verdict = Verdict { message: self.message(), source: None };
            self.outlet.settle(at, Some(&verdict), steps);
        }
    }

    fn give_up(&mut self, at: usize, steps: &mut Steps) {
        self.settle_if_over(at, steps);
        let place = self.outlet.give_up(at, self.message(), steps);
        self.broken = Some((place, self.outlet.offset(at)));
    }
}
