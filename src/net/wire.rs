//! The bytes of one connection, and how far the connection has come.
//!
//! The HTTP library says when a request begins, but not when an answer has left; so the socket, the service and the body
//! each report their step to one [`Progress`], and the connection's only timer follows it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};

use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What stands for a control byte in a header: `¿` in Latin-1. No token, length or path may hold it, so a masked byte
/// can make a request invalid, but never give it another meaning.
const MASK: u8 = 0xbf;

/// Where a connection stands; each step but `Sent` has a time limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Step {
    /// Reading a request's header.
    Head,
    /// A service works on the answer, or the answer is being written.
    Answering,
    /// The whole answer is in our buffers; still within the limit of `Answering`.
    Sent,
    /// Between two requests.
    Idle,
    /// We have said our last word.
    Closing,
}

/// Shared by the parts of one connection, which all run in one task: relaxed atomics stand in for cells.
#[derive(Debug)]
pub(super) struct Progress {
    step: AtomicU8,
    /// Raised with each step that starts a new time limit.
    changes: AtomicU32,
    linger: AtomicBool,
}

impl Progress {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            step: AtomicU8::new(Step::Head as u8),
            changes: AtomicU32::new(0),
            linger: AtomicBool::new(false),
        })
    }

    pub(super) fn enter(&self, step: Step) {
        self.step.store(step as u8, Ordering::Relaxed);
        if step != Step::Sent {
            self.changes.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn changes(&self) -> u32 {
        self.changes.load(Ordering::Relaxed)
    }

    pub(super) fn step(&self) -> Step {
        const STEPS: [Step; 5] = [Step::Head, Step::Answering, Step::Sent, Step::Idle, Step::Closing];
        let step = self.step.load(Ordering::Relaxed);
        STEPS.into_iter().find(|known| *known as u8 == step).unwrap_or(Step::Closing)
    }

    /// The client is still sending something that nobody will read: closing at once would reset the connection and
    /// could destroy the answer on its way (RFC 9112 §9.6).
    pub(super) fn linger(&self) {
        self.linger.store(true, Ordering::Relaxed);
    }
}

/// A socket that reports its progress.
#[derive(Debug)]
pub(super) struct Wire<S> {
    socket: S,
    progress: Arc<Progress>,
    mask_control_bytes: bool,
    peer_has_finished: bool,
    said_goodbye: bool,
}

impl<S> Wire<S> {
    pub(super) fn new(socket: S, progress: Arc<Progress>, mask_control_bytes: bool) -> Self {
        Self { socket, progress, mask_control_bytes, peer_has_finished: false, said_goodbye: false }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(cx, buf))?;
        let read = &mut buf.filled_mut()[before..];
        if read.is_empty() {
            self.peer_has_finished = true;
            return Poll::Ready(Ok(()));
        }
        let step = self.progress.step();
        if step == Step::Idle {
            self.progress.enter(Step::Head);
        }
        if self.mask_control_bytes && matches!(step, Step::Idle | Step::Head) {
            mask(read);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
        if self.progress.step() == Step::Sent {
            self.progress.enter(Step::Idle);
        }
        Poll::Ready(Ok(()))
    }

    /// Says goodbye, then takes in what a refused upload still sends. A peer that has closed hears no goodbye: it would
    /// answer with a reset.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.peer_has_finished {
            return Poll::Ready(Ok(()));
        }
        if self.progress.step() != Step::Closing {
            self.progress.enter(Step::Closing);
        }
        if !self.said_goodbye {
            ready!(Pin::new(&mut self.socket).poll_shutdown(cx))?;
            self.said_goodbye = true;
        }
        if self.progress.linger.load(Ordering::Relaxed) {
            let mut scratch = [0; 4096];
            loop {
                let mut scratch = ReadBuf::new(&mut scratch);
                ready!(Pin::new(&mut self.socket).poll_read(cx, &mut scratch))?;
                if scratch.filled().is_empty() {
                    break;
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Some phones put control bytes into their User-Agent (Avaya 12x0: 0x17), which RFC 9110 §5.5 lets us replace. Tab, line
/// ends and NUL stay: the first three mean something, and nothing good comes with a NUL.
fn mask(bytes: &mut [u8]) {
    for byte in bytes {
        if matches!(byte, 0x01..=0x08 | 0x0b | 0x0c | 0x0e..=0x1f | 0x7f) {
            *byte = MASK;
        }
    }
}

/// A body that reports when all of it has been handed over.
#[derive(Debug)]
pub(super) struct Reporting<B> {
    body: B,
    progress: Arc<Progress>,
}

impl<B> Reporting<B> {
    pub(super) fn new(body: B, progress: Arc<Progress>) -> Self {
        Self { body, progress }
    }
}

impl<B: Body + Unpin> Body for Reporting<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Drop for Reporting<B> {
    fn drop(&mut self) {
        self.progress.enter(Step::Sent);
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn only_a_peer_that_still_listens_hears_a_goodbye() {
        for peer_has_finished in [false, true] {
            let (socket, mut peer) = duplex(64);
            let mut wire = Wire::new(socket, Progress::new(), false);
            if peer_has_finished {
                peer.shutdown().await.unwrap();
                assert_eq!(wire.read(&mut [0; 8]).await.unwrap(), 0);
            }
            wire.shutdown().await.unwrap();
            // the socket below has been shut down exactly if it refuses to write
            assert_eq!(wire.write_all(b"x").await.is_ok(), peer_has_finished);
        }
    }
}
