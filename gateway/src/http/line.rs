//! The TCP stream under a connection, and what clients may not do with it: take for ever over the head
//! of a request, or over taking their answers. The server on top of it has no limit for the second,
//! and for the first only on a connection's first request.
//!
//! How fast bodies come in is `incoming.rs`: here nobody knows what the bytes are.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::connection::Connection;
use super::metrics::SlowClient;
use super::pace::Pace;
use super::unread::Unread;

/// See the module.
pub(super) struct Line {
    stream: TcpStream,
    connection: Rc<Connection>,
    /// Whether whoever is on top of it leaves the time that heads take to it.
    times_heads: bool,
    head: Option<Head>,
    /// How fast the client takes what is written; `None` while nobody waits for it.
    taking: Option<Pace>,
    /// Requests that had begun when all answers had last been written.
    answered: usize,
    /// What leaves in place of an answer that the server made of itself.
    instead: Option<Bytes>,
}

/// The head of a request that is on its way.
struct Head {
    /// Requests that had begun before it.
    begun: usize,
    late: Pin<Box<Sleep>>,
}

impl Line {
    /// For HTTP/1, whose first head has been on its way since `accepted`.
    pub(super) fn for_h1(stream: TcpStream, connection: Rc<Connection>, accepted: Instant) -> Self {
        let mut line = Self::for_h2(stream, connection);
        line.times_heads = true;
        line.expect_head(accepted);
        line
    }

    /// For HTTP/2, whose streams have no heads of their own as far as can be seen from here.
    pub(super) fn for_h2(stream: TcpStream, connection: Rc<Connection>) -> Self {
        Self {
            stream,
            connection,
            times_heads: false,
            head: None,
            taking: None,
            answered: 0,
            instead: None,
        }
    }

    /// The connection that it belongs to.
    pub(super) fn connection(&self) -> Rc<Connection> {
        Rc::clone(&self.connection)
    }

    fn expect_head(&mut self, since: Instant) {
        let settings = &self.connection.state.in_force().settings;
        self.head = Some(Head {
            begun: self.connection.begun(),
            late: Box::pin(sleep_until(since + settings.head_timeout)),
        });
    }

    /// Bytes came: they begin a head, unless they belong to a request that is served.
    fn received(&mut self) {
        let begun = self.connection.begun();
        // That of a request which was served meanwhile is over.
        let is_new = self.head.as_ref().is_none_or(|head| head.begun != begun);
        if self.times_heads && is_new && !self.connection.is_serving() {
            self.expect_head(Instant::now());
        }
    }

    /// Ready when the head that is on its way is late.
    fn poll_late(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(head) = &mut self.head else {
            return Poll::Pending;
        };
        if head.begun != self.connection.begun() {
            self.head = None;
            return Poll::Pending;
        }
        head.late.as_mut().poll(context)
    }

    /// Says so, as far as the client listens, and ends the connection.
    fn refuse_head(&mut self) -> io::Error {
        self.head = None;
        self.connection.state.metrics.slow(SlowClient::Head);
        // Who still sends the body of a request that is answered would take it for a second answer.
        if !self.connection.is_unread() {
            let answer = Unread::HeadTooLate.answer();
            // An empty buffer of the kernel takes it whole, and a full one is nobody's who reads.
            let _ = self.stream.try_write(answer.as_bytes());
        }
        io::ErrorKind::TimedOut.into()
    }

    /// The client does not read: what is left for it goes away at once, here and in the kernel.
    fn give_up(&self) -> io::Error {
        self.connection.state.metrics.slow(SlowClient::Answer);
        tracing::info!("a client was too slow to read its answer (slow_client_ms)");
        // Else the kernel would go on offering what it holds.
        let _ = self.stream.set_zero_linger();
        io::ErrorKind::TimedOut.into()
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        match &read {
            Poll::Ready(Ok(())) if buffer.filled().len() > before => self.received(),
            Poll::Pending if self.poll_late(context).is_ready() => {
                return Poll::Ready(Err(self.refuse_head()));
            }
            _ => {}
        }
        read
    }
}

impl Line {
    /// Whether what is written now was written by none of ours: all answers to requests are out.
    fn is_unasked(&self) -> bool {
        self.times_heads
            && !self.connection.is_serving()
            && self.connection.begun() == self.answered
    }

    /// Writes the answer that stands for the server's own.
    fn poll_instead(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.instead.as_mut().filter(|rest| !rest.is_empty()) {
            let written = Pin::new(&mut self.stream).poll_write(context, rest);
            if let Poll::Ready(Ok(bytes)) = &written {
                rest.advance(*bytes);
            }
            ready!(self.watched(context, written))?;
        }
        self.instead = None;
        Poll::Ready(Ok(()))
    }

    fn watched(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                if let Some(taking) = &mut self.taking {
                    taking.moved(bytes);
                }
                written
            }
            Poll::Ready(Err(_)) => written,
            Poll::Pending => {
                let state = &self.connection.state;
                let begin = || Pace::new(&state.in_force().settings);
                let taking = self.taking.get_or_insert_with(begin);
                ready!(taking.poll_too_slow(context));
                Poll::Ready(Err(self.give_up()))
            }
        }
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.instead.is_none() && self.is_unasked() {
            self.instead = Unread::said_by(bytes).map(|unread| Bytes::from(unread.answer()));
        }
        if self.instead.is_some() {
            ready!(self.poll_instead(context))?;
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watched(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.watched(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // All has been written: nobody waits for the client.
        self.taking = None;
        if !self.connection.is_serving() {
            self.answered = self.connection.begun();
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
