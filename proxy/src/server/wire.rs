//! A client's connection, between the system and hyper.
//!
//! What comes is read strictly (see [`Framing`]), a head within a time; what leaves has to be taken
//! within a time; and where the end would cut off an answer, the connection is let run dry first.

use super::{
    framing::{Framing, Next},
    refusal::Refusal,
    signs::{Begun, Signs},
};
use crate::{
    config::{Caps, Timeouts},
    stall::Stall,
};
use bytes::{Buf as _, BytesMut};
use std::{
    io::{self, ErrorKind, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// What hyper reads in place of a request that was refused. The service knows it by what
/// [`Signs`] say was refused.
const IN_PLACE: &[u8] = b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n";

/// How many bytes are asked for where each of them is looked at.
const LOOK: usize = 8 * 1024;

/// How long a client that still sends may take to see the answer before the connection is reset.
const LINGER: Duration = Duration::from_secs(2);

/// A connection.
pub(super) struct Wire<S> {
    inner: S,
    framing: Framing,
    /// What came, and how much of it may pass.
    came: BytesMut,
    free: usize,
    signs: Arc<Signs>,
    timeouts: Timeouts,
    /// A head has begun: the connection is not idle, and its time runs.
    head: Option<(Begun, Timer)>,
    /// The client takes nothing.
    stall: Stall,
    /// A request was refused: nothing more is read.
    over: bool,
    linger: Option<Timer>,
}

type Timer = Pin<Box<Sleep>>;

impl<S> Wire<S> {
    pub(super) fn new(inner: S, signs: Arc<Signs>, caps: Caps, timeouts: Timeouts) -> Self {
        Self {
            inner,
            framing: Framing::new(caps),
            came: BytesMut::new(),
            free: 0,
            signs,
            stall: Stall::new(timeouts.idle, "the client took nothing for too long"),
            timeouts,
            head: None,
            over: false,
            linger: None,
        }
    }

    /// Gives what may pass.
    fn give(&mut self, buf: &mut ReadBuf<'_>) {
        let len = self.free.min(buf.remaining());
        buf.put_slice(&self.came[..len]);
        self.came.advance(len);
        self.free -= len;
    }

    /// Refuses the request whose head has begun.
    fn refuse(&mut self, refusal: Refusal) {
        self.signs.refused.set(refusal, Framing::dialect(&self.came));
        self.signs.turn.take();
        self.came = IN_PLACE.into();
        self.free = self.came.len();
        self.over = true;
        self.head = None;
    }

    /// Looks at what came; whether more is needed.
    fn look(&mut self) -> io::Result<bool> {
        let between = self.framing.is_between();
        match self.framing.next(&self.came) {
            Ok(Next::Pass(len)) => {
                // What of a body came with its head goes on with it: hyper then reads once.
                let rest = (self.came.len() - len) as u64;
                let freely = rest.min(self.framing.freely()) as usize;
                self.framing.passed(freely);
                self.free = len + freely;
                if between {
                    self.signs.turn.take();
                    self.head = None;
                }
            }
            Ok(Next::Drop(len)) => self.came.advance(len),
            Ok(Next::More) => return Ok(true),
            Err(refusal) if between => self.refuse(refusal),
            Err(refusal) => return Err(io::Error::new(ErrorKind::InvalidData, refusal)),
        }
        Ok(false)
    }

    /// Whether what comes is not to be looked at yet: the last request has not been answered.
    fn waits(&self, cx: &Context<'_>) -> bool {
        let turn = &self.signs.turn;
        let is_taken = match self.came.is_empty() {
            // Bytes will wake the connection: to be woken at the turn's end, too, costs a thread's sleep.
            true => turn.is_taken(),
            false => !turn.is_free(cx),
        };
        is_taken && self.framing.is_between()
    }

    /// Whether a head has begun and does not come.
    fn is_slow(&mut self, cx: &mut Context<'_>) -> bool {
        if self.came.is_empty() || !self.framing.is_between() {
            return false;
        }
        let within = self.timeouts.head;
        let begin = || (self.signs.begun(), Box::pin(sleep(within)));
        let (_, timer) = self.head.get_or_insert_with(begin);
        timer.as_mut().poll(cx).is_ready()
    }
}

impl<S: AsyncRead + Unpin> Wire<S> {
    /// Reads bytes that need no look, straight to where they are wanted. A request behind them waits.
    fn read_freely(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        let len = buf.filled().len() - before;
        let freely = usize::try_from(self.framing.freely()).unwrap_or(usize::MAX);
        if len > freely {
            self.came.extend_from_slice(&buf.filled()[before + freely..]);
            buf.set_filled(before + freely);
        }
        self.framing.passed(len.min(freely));
        Poll::Ready(Ok(()))
    }

    /// Reads bytes that are looked at; whether any came.
    fn read_on(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        // Thousands of connections wait here at once: none of them holds a buffer for it.
        let mut space = [MaybeUninit::uninit(); LOOK];
        let mut read = ReadBuf::uninit(&mut space);
        ready!(Pin::new(&mut self.inner).poll_read(cx, &mut read))?;
        self.came.extend_from_slice(read.filled());
        Poll::Ready(Ok(!read.filled().is_empty()))
    }

    /// Lets a client that still sends see the answer: bytes that nobody reads would reset the
    /// connection under it.
    fn run_dry(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let timer = self.linger.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        if timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        loop {
            let mut scratch = [0; LOOK];
            let mut scratch = ReadBuf::new(&mut scratch);
            let read = ready!(Pin::new(&mut self.inner).poll_read(cx, &mut scratch));
            if read.is_err() || scratch.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.free > 0 {
                this.give(buf);
                return Poll::Ready(Ok(()));
            }
            if this.over {
                return Poll::Pending;
            }
            if this.came.is_empty() && this.framing.freely() > 0 {
                return this.read_freely(cx, buf);
            }
            if this.signs.upgraded.load(Ordering::Acquire) {
                this.framing.give_way();
            }
            let waits = this.waits(cx);
            if waits && this.came.len() >= LOOK {
                return Poll::Pending;
            }
            if !waits && !this.look()? {
                continue;
            }
            match this.read_on(cx)? {
                Poll::Ready(true) => {}
                Poll::Ready(false) => return Poll::Ready(Ok(())),
                Poll::Pending if !waits && this.is_slow(cx) => this.refuse(Refusal::SlowHead),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.stall.taken(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, bytes);
        self.stall.taken(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.linger.is_none() {
            ready!(Pin::new(&mut self.inner).poll_shutdown(cx))?;
        }
        match self.over || self.framing.is_within() {
            true => self.run_dry(cx),
            false => Poll::Ready(Ok(())),
        }
    }
}
