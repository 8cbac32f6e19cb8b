//! Frames of a WebSocket as the server sends them (RFC 6455, not masked), so that single ones can be left out.

/// What came and is not a whole frame yet.
#[derive(Default)]
pub(super) struct Texts {
    pending: Vec<u8>,
    upgraded: bool,
}

impl Texts {
    /// Takes bytes from the server; gives those that pass, and how many texts do not.
    pub(super) fn filter(&mut self, bytes: &[u8], keep: impl Fn(&[u8]) -> bool) -> (Vec<u8>, usize) {
        self.pending.extend_from_slice(bytes);
        let (mut passed, mut dropped, mut at) = (Vec::new(), 0, 0);
        if !self.upgraded {
            let Some(end) = self.pending.windows(4).position(|end| end == b"\r\n\r\n") else { return (passed, 0) };
            at = end + 4;
            passed.extend_from_slice(&self.pending[..at]);
            self.upgraded = true;
        }
        while let Some((head, length)) = frame(&self.pending[at..]) {
            let whole = &self.pending[at..at + head + length];
            let is_text = whole[0] & 0x0f == 1;
            if is_text && !keep(&whole[head..]) {
                dropped += 1;
            } else {
                passed.extend_from_slice(whole);
            }
            at += head + length;
        }
        self.pending.drain(..at);
        (passed, dropped)
    }
}

/// Lengths of head and body of the first frame; `None` while it is not whole.
fn frame(bytes: &[u8]) -> Option<(usize, usize)> {
    let (head, length) = match bytes.get(1)? & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, usize::from(short)),
    };
    (bytes.len() >= head + length).then_some((head, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> Vec<u8> {
        let mut frame = vec![0x81];
        match u8::try_from(body.len()) {
            Ok(short @ 0..=125) => frame.push(short),
            _ => frame.extend([&[126][..], &(body.len() as u16).to_be_bytes()].concat()),
        }
        frame.extend(body.as_bytes());
        frame
    }

    /// Would catch: a fault that drops nothing, or more than it should, when frames are cut anywhere.
    #[test]
    fn a_text_is_left_out_whole_wherever_the_stream_is_cut() {
        let long = format!("keep {}", "x".repeat(300));
        let stream =
            [b"HTTP/1.1 101\r\n\r\n".to_vec(), text("drop me"), text(&long), text("drop"), text("keep")].concat();
        let wanted = [b"HTTP/1.1 101\r\n\r\n".to_vec(), text(&long), text("keep")].concat();
        for size in 1..stream.len() {
            let (mut texts, mut passed, mut dropped) = (Texts::default(), Vec::new(), 0);
            for piece in stream.chunks(size) {
                let (some, gone) = texts.filter(piece, |text| !text.starts_with(b"drop"));
                passed.extend(some);
                dropped += gone;
            }
            assert_eq!((&passed, dropped), (&wanted, 2), "in pieces of {size}");
        }
    }
}
