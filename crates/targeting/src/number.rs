//! Numbers and texts into one another, as JavaScript's `Number(text)` and `String(number)` do it. A browser does it by
//! itself ([`crate::Host`]); this is for everywhere else.

/// `Number(text)`: blank is 0, anything that is not a number is NaN.
pub(crate) fn parse(text: &str) -> f64 {
    let text = text.trim();
    if text.is_empty() {
        return 0.0;
    }
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..).unwrap_or("")),
        Some(b'+') => (false, text.get(1..).unwrap_or("")),
        _ => (false, text),
    };
    if digits == "Infinity" {
        return if negative { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        // A signed hexadecimal is NaN in JavaScript.
        return if digits.len() == text.len() { radix16(hex) } else { f64::NAN };
    }
    // Rust also reads words such as `inf`; JavaScript does not.
    let spelt = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    let signed = matches!(digits.as_bytes().first(), Some(b'+' | b'-'));
    match digits.parse::<f64>() {
        Ok(number) if spelt && !signed => {
            if negative {
                -number
            } else {
                number
            }
        }
        _ => f64::NAN,
    }
}

fn radix16(digits: &str) -> f64 {
    let mut number = if digits.is_empty() { f64::NAN } else { 0.0 };
    for c in digits.chars() {
        number = match c.to_digit(16) {
            Some(digit) => number * 16.0 + f64::from(digit),
            None => f64::NAN,
        };
    }
    number
}

/// `String(number)`.
pub(crate) fn print(number: f64) -> String {
    ryu_js::Buffer::new().format(number).into()
}

/// Decimal digits of a whole number.
pub(crate) fn integer(number: u64) -> String {
    let mut digits = String::new();
    append(&mut digits, number);
    digits
}

fn append(digits: &mut String, number: u64) {
    if number >= 10 {
        append(digits, number / 10);
    }
    digits.push(char::from(b'0' + (number % 10) as u8));
}

#[cfg(test)]
mod tests {
    use super::{parse, print};

    #[test]
    fn prints_as_javascript_does() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (5.0, "5"),
            (-8.25, "-8.25"),
            (0.1, "0.1"),
            (129.5, "129.5"),
            (1.0 / 3.0, "0.3333333333333333"),
            (100.0, "100"),
            (1e21, "1e+21"),
            (1e-7, "1e-7"),
            (1.5e-10, "1.5e-10"),
            (123_456_789_012_345.0, "123456789012345"),
            (9.0, "9"),
            (99.0, "99"),
            (0.99, "0.99"),
            (1e20, "100000000000000000000"),
        ] {
            assert_eq!(print(number), text);
        }
    }

    #[test]
    fn parses_as_javascript_does() {
        for (text, number) in [
            ("", 0.0),
            (" 8 ", 8.0),
            ("-0.5", -0.5),
            ("1e3", 1000.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("0x1F", 31.0),
            ("+7", 7.0),
        ] {
            assert_eq!(parse(text), number, "{text:?}");
        }
        for text in ["abc", "1,5", "1.2.3", "-", ".", "1e", "0x", "-0x1", "8px"] {
            assert!(parse(text).is_nan(), "{text:?}");
        }
        assert_eq!(parse("-Infinity"), f64::NEG_INFINITY);
    }

    #[test]
    fn short_decimals_survive_the_round_trip() {
        for i in 0..20_000_u32 {
            let number = f64::from(i) / 1000.0;
            assert_eq!(print(number), number.to_string());
            assert_eq!(parse(&number.to_string()), number);
        }
    }
}
