//! A connection whose other end takes next to nothing is given up: what waits to leave is memory, and a descriptor.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// How long the other end may take for so many bytes: slower than any line on which a page still loads.
const PATIENCE: Duration = Duration::from_secs(20);
const LEAST: usize = 32 * 1024;

/// A stream that fails when writing does not get on. What is read has deadlines of its own.
#[derive(Debug)]
pub(crate) struct Patient<S> {
    stream: S,
    /// Since something could not be written: until when, and how much was written since.
    waiting: Option<(Pin<Box<Sleep>>, usize)>,
}

impl<S> Patient<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, waiting: None }
    }

    /// `written` of `length` bytes left, or none can now.
    fn judge(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
        length: usize,
    ) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(count)) if *count < length => {
                let enough = self.waiting.as_mut().is_some_and(|(_, sum)| {
                    *sum += count;
                    *sum >= LEAST
                });
                if enough {
                    self.waiting = None;
                }
                written
            }
            Poll::Ready(_) => {
                self.waiting = None;
                written
            }
            Poll::Pending => {
                let (until, _) = self.waiting.get_or_insert_with(|| (Box::pin(sleep(PATIENCE)), 0));
                ready!(until.as_mut().poll(cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.judge(cx, written, buf.len())
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.judge(cx, written, bufs.iter().map(|buf| buf.len()).sum())
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, duplex},
        time::Instant,
    };

    use super::*;

    /// Writes 256 KiB to somebody who reads `part` bytes every second; how it ended, and after how many seconds.
    async fn write_to_a_reader_of(part: usize) -> (io::Result<()>, u64) {
        let (near, mut far) = duplex(4_096);
        let reader = tokio::spawn(async move {
            let mut some = vec![0; part.max(1)];
            loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
                if part > 0 && far.read_exact(&mut some).await.is_err() {
                    return;
                }
            }
        });
        let began = Instant::now();
        let written = Patient::new(near).write_all(&[7; 256 * 1024]).await;
        reader.abort();
        (written, began.elapsed().as_secs())
    }

    /// Would catch: a file of 10 MiB that is kept in memory for as long as somebody keeps a connection open and reads nothing.
    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_or_next_to_nothing_is_given_up() {
        for part in [0, 1_000] {
            let (written, seconds) = write_to_a_reader_of(part).await;
            assert_eq!(written.unwrap_err().kind(), io::ErrorKind::TimedOut, "{part} bytes a second");
            assert!((20..=21).contains(&seconds), "after {seconds} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_line_is_waited_for() {
        let (written, seconds) = write_to_a_reader_of(2_048).await;
        written.unwrap();
        assert!(seconds > 100, "{seconds} s");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_after_everything_left_counts_for_nothing() {
        let (near, mut far) = duplex(4_096);
        let mut near = Patient::new(near);
        for _ in 0..3 {
            let (written, _) = tokio::join!(near.write_all(&[7; 6_000]), async {
                tokio::time::sleep(Duration::from_secs(5)).await;
                far.read_exact(&mut [0; 6_000]).await.unwrap();
            });
            written.unwrap();
            tokio::time::sleep(Duration::from_secs(600)).await;
        }
    }
}
