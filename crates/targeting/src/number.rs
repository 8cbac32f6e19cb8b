//! Numbers and texts into one another, as JavaScript's `Number(text)` and `String(number)` do it.
//!
//! Written by hand because the standard library's correctly rounded parser and printer bring tables of more than
//! 10 KB into a Wasm module. Exact for every number of at most 15 significant digits with a power of ten between
//! -22 and 22, which is every number that people write into rules; beyond that the last digit may differ.

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
    match decimal(digits.as_bytes()) {
        Some(number) if negative => -number,
        Some(number) => number,
        None => f64::NAN,
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

fn decimal(digits: &[u8]) -> Option<f64> {
    let mut mantissa: u64 = 0;
    let mut power: i32 = 0;
    let mut seen = false;
    let mut fraction = false;
    let mut rest = digits.iter();
    while let Some(&byte) = rest.next() {
        match byte {
            b'0'..=b'9' => {
                seen = true;
                if mantissa < 100_000_000_000_000_000 {
                    mantissa = mantissa * 10 + u64::from(byte - b'0');
                    power -= i32::from(fraction);
                } else {
                    power += i32::from(!fraction);
                }
            }
            b'.' if !fraction => fraction = true,
            b'e' | b'E' if seen => return Some(scale(mantissa, power.saturating_add(exponent(rest.as_slice())?))),
            _ => return None,
        }
    }
    seen.then(|| scale(mantissa, power))
}

fn exponent(digits: &[u8]) -> Option<i32> {
    let (sign, digits) = match digits.split_first() {
        Some((b'-', rest)) => (-1, rest),
        Some((b'+', rest)) => (1, rest),
        _ => (1, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let mut power: i32 = 0;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        power = (power * 10 + i32::from(byte - b'0')).min(9_999);
    }
    Some(sign * power)
}

fn scale(mantissa: u64, power: i32) -> f64 {
    let mut number = mantissa as f64;
    let mut left = power;
    // In steps of at most 22, the largest power of ten that a double holds exactly.
    while left != 0 && number != 0.0 && number.is_finite() {
        let step = left.clamp(-22, 22);
        number = if step < 0 { number / ten(-step) } else { number * ten(step) };
        left -= step;
    }
    number
}

fn ten(power: i32) -> f64 {
    (0..power).fold(1.0, |product, _| product * 10.0)
}

/// `String(number)`.
pub(crate) fn print(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number == 0.0 {
        return "0".into();
    }
    let mut text = String::new();
    if number < 0.0 {
        text.push('-');
    }
    let size = number.abs();
    if size.is_infinite() {
        text.push_str("Infinity");
        return text;
    }
    let (digits, point) = shortest(size);
    write(&mut text, &digits, point);
    text
}

/// The shortest digits that read back as `size`, and where the decimal point stands among them.
fn shortest(size: f64) -> (String, i32) {
    // `point`: `size` is below 10^point and not below 10^(point - 1).
    let mut point = 1;
    while point < 310 && size >= scale(1, point) {
        point += 1;
    }
    while point > -330 && size < scale(1, point - 1) {
        point -= 1;
    }
    let mut digits = String::new();
    for count in 1..=17 {
        let shift = count - point;
        let whole =
            if shift >= 0 { size * ten(shift.min(300)) * ten((shift - 300).max(0)) } else { size / ten(-shift) };
        let rounded = (whole + 0.5) as u64;
        digits = integer(rounded);
        if scale(rounded, -shift) == size {
            break;
        }
    }
    let length = digits.len() as i32;
    let trimmed = digits.trim_end_matches('0');
    // Rounding up may have carried into one more digit.
    let carried = if length > 1 && trimmed == "1" && scale(1, point) <= size { 1 } else { 0 };
    (trimmed.into(), point + carried)
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

fn write(text: &mut String, digits: &str, point: i32) {
    let length = digits.len() as i32;
    let zeros = |text: &mut String, count: i32| (0..count).for_each(|_| text.push('0'));
    if (length..=21).contains(&point) {
        text.push_str(digits);
        zeros(text, point - length);
    } else if (1..=21).contains(&point) {
        text.push_str(digits.get(..point as usize).unwrap_or(""));
        text.push('.');
        text.push_str(digits.get(point as usize..).unwrap_or(""));
    } else if (-5..=0).contains(&point) {
        text.push_str("0.");
        zeros(text, -point);
        text.push_str(digits);
    } else {
        let rest = digits.get(1..).unwrap_or("");
        text.push_str(digits.get(..1).unwrap_or(""));
        if !rest.is_empty() {
            text.push('.');
            text.push_str(rest);
        }
        let power = point - 1;
        text.push_str(if power < 0 { "e-" } else { "e+" });
        text.push_str(&integer(u64::from(power.unsigned_abs())));
    }
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
