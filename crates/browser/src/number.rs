//! Numbers as text. The standard library's way brings all of its formatting along, which every visitor would download.

/// Decimal digits.
#[must_use]
pub fn digits(number: u64) -> String {
    let mut text = if number < 10 { String::new() } else { digits(number / 10) };
    text.push(char::from(b'0' + (number % 10) as u8));
    text
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn digits_are_those_of_the_standard_library() {
        for number in [0, 7, 10, 99, 100, 1_795_000_000_001, u64::MAX] {
            assert_eq!(digits(number), number.to_string());
        }
    }
}
