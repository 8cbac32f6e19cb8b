//! The site's colour, made readable. WCAG 2.2: 4.5:1 for text, and for everything that is told by colour alone.

/// sRGB, 0 to 255 each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Color {
    red: u8,
    green: u8,
    blue: u8,
}

pub(crate) const WHITE: Color = Color { red: 255, green: 255, blue: 255 };
/// Sits more calmly on a bright fill than black; where white just fails it may fail too, and black never does then.
const INK: Color = Color { red: 10, green: 12, blue: 14 };
const BLACK: Color = Color { red: 0, green: 0, blue: 0 };
/// The panel in the dark theme; the same value stands in `style.css`.
pub(crate) const NIGHT: Color = Color { red: 0x1c, green: 0x1d, blue: 0x21 };
/// The card in the dark theme, lighter than the panel; `--raised` in `style.css`.
const RAISED: Color = Color { red: 0x25, green: 0x26, blue: 0x2b };
/// Used when the site gives none, or one that cannot be read.
pub(crate) const DEFAULT: Color = Color { red: 0x1f, green: 0x5f, blue: 0xd6 };

const TEXT: f32 = 4.5;
/// A fill carries its own text; it only must not melt into the surface.
const EDGE: f32 = 1.3;

/// The site's colour as it may be used on one surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accent {
    /// Behind own messages and the main buttons. The site's own colour wherever the surface lets it be seen.
    pub(crate) fill: Color,
    /// Text upon `fill`; 4.5:1 with it.
    pub(crate) on_fill: Color,
    /// Links, icons, replies and focus rings upon the surface and upon cards; 4.5:1 with both.
    pub(crate) text: Color,
}

impl Accent {
    pub(crate) fn on(surface: Color, wish: Color) -> Self {
        let fill = wish.until(surface, EDGE);
        let text = wish.until(if surface == NIGHT { RAISED } else { surface }, TEXT);
        Self { fill, on_fill: fill.ink(), text }
    }
}

impl Color {
    /// Reads `#rrggbb`, as the launcher does; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        // A sign is no digit.
        let value = u32::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
        let [_, red, green, blue] = value.to_be_bytes();
        Some(Self { red, green, blue })
    }

    /// `#rrggbb`.
    pub(crate) fn hex(self) -> String {
        let mut text = String::with_capacity(7);
        text.push('#');
        for byte in [self.red, self.green, self.blue] {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        text
    }

    /// Relative luminance, 0 to 1.
    fn luminance(self) -> f32 {
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// Contrast ratio, 1 to 21.
    pub(crate) fn contrast(self, other: Self) -> f32 {
        let (one, two) = (self.luminance() + 0.05, other.luminance() + 0.05);
        if one > two { one / two } else { two / one }
    }

    /// White where it is readable, else as near to black as it takes.
    fn ink(self) -> Self {
        [WHITE, INK].into_iter().find(|ink| self.contrast(*ink) >= TEXT).unwrap_or(BLACK)
    }

    /// Moves away from `surface`, in small steps towards black or white, until the contrast is reached.
    fn until(self, surface: Self, ratio: f32) -> Self {
        let end = if surface.luminance() > 0.18 { 0 } else { 255 };
        let mut color = self;
        for step in 0..=32 {
            color = self.towards(end, step);
            if color.contrast(surface) >= ratio {
                break;
            }
        }
        color
    }

    fn towards(self, end: u8, step: u16) -> Self {
        let mix = |from: u8| ((u16::from(from) * (32 - step) + u16::from(end) * step) / 32) as u8;
        Self { red: mix(self.red), green: mix(self.green), blue: mix(self.blue) }
    }
}

/// One channel without its gamma. The 2.4th power is a square and a fifth root by Newton's method: `powf` would bring
/// its tables into the module.
fn linear(channel: u8) -> f32 {
    let c = f32::from(channel) / 255.0;
    if c <= 0.040_45 {
        return c / 12.92;
    }
    let square = ((c + 0.055) / 1.055) * ((c + 0.055) / 1.055);
    let mut root = 1.0_f32;
    for _ in 0..16 {
        let fourth = root * root * root * root;
        root -= (fourth * root - square) / (5.0 * fourth);
    }
    square * root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(color: Color, other: Color) -> f64 {
        let channel = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let light = |c: Color| 0.2126 * channel(c.red) + 0.7152 * channel(c.green) + 0.0722 * channel(c.blue) + 0.05;
        let (one, two) = (light(color), light(other));
        if one > two { one / two } else { two / one }
    }

    #[test]
    fn every_colour_of_a_site_becomes_readable_in_both_themes() {
        for value in (0..0x100_0000_u32).step_by(4_099) {
            let [_, red, green, blue] = value.to_be_bytes();
            let wish = Color { red, green, blue };
            for surface in [WHITE, NIGHT] {
                let accent = Accent::on(surface, wish);
                assert!(exact(accent.on_fill, accent.fill) >= 4.49, "{wish:?} text on fill");
                for ground in [surface, if surface == NIGHT { RAISED } else { surface }] {
                    assert!(exact(accent.text, ground) >= 4.49, "{wish:?} on {ground:?}");
                }
                assert!(exact(accent.fill, surface) >= 1.29, "{wish:?} edge on {surface:?}");
            }
        }
    }

    #[test]
    fn a_readable_colour_is_left_alone() {
        let green = Color::parse("#0b6e4f");
        assert_eq!(green.map(|c| Accent::on(WHITE, c).fill), green);
        assert_eq!(green.map(|c| Accent::on(WHITE, c).on_fill), Some(WHITE));
        assert_eq!(Color::parse("#ffd400").map(|c| Accent::on(NIGHT, c).on_fill), Some(INK));
    }

    #[test]
    fn colours_are_read_and_written() {
        assert_eq!(Color::parse("#0B6e4f").map(Color::hex).as_deref(), Some("#0b6e4f"));
        for odd in ["", "red", "#12", "#fa0", "#12345", "#+12345", "#-12345", "url(x)", "#é1234"] {
            assert_eq!(Color::parse(odd), None, "{odd}");
        }
    }
}
