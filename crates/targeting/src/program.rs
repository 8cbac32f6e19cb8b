//! The compiled file as text: what browsers get in place of the rules that people wrote.
//!
//! Reading a rules file (names, durations, dates, shorthands, everything that can be wrong in it) takes more code than
//! obeying it. So the server compiles, and a visitor's browser only reads what came out of it.
//!
//! A program is one line of text, because it travels inside JSON:
//! - a count is written in hexadecimal digits from `0` to `?`, the smallest first; every digit but the last is 16
//!   higher (`@` to `O`);
//! - a text is the count of its bytes and the bytes;
//! - a number is twice its value as a count, or one more than twice the length of its decimal text, and that text;
//! - a list is a count and its items; what may be absent is preceded by 0 or 1;
//! - everything else is its parts in a fixed order, enums by their place.
//!
//! The first count is the [`FORMAT`]. Another one is refused as a whole: the file that is in force stays.

mod read;
#[cfg(feature = "tools")]
mod write;

/// Raised whenever the order of the parts changes.
const FORMAT: usize = 2;
/// Deepest nesting of conditions and values that is read; the compiler allows less.
const MAX_DEPTH: usize = 64;
