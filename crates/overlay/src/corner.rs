//! Where the overlay stands: one of four corners.

/// A corner of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Corner {
    pub(crate) top: bool,
    pub(crate) left: bool,
}

impl Corner {
    pub(crate) fn class(self) -> &'static str {
        match (self.top, self.left) {
            (true, true) => "top left",
            (true, false) => "top right",
            (false, true) => "bottom left",
            (false, false) => "bottom right",
        }
    }

    /// The next one, clockwise.
    pub(crate) fn next(self) -> Self {
        match (self.top, self.left) {
            (true, true) => Self { top: true, left: false },
            (true, false) => Self { top: false, left: false },
            (false, false) => Self { top: false, left: true },
            (false, true) => Self { top: true, left: true },
        }
    }

    /// The corner in the direction of an arrow key; `None` for other keys.
    pub(crate) fn by_key(self, key: &str) -> Option<Self> {
        match key {
            "ArrowUp" => Some(Self { top: true, ..self }),
            "ArrowDown" => Some(Self { top: false, ..self }),
            "ArrowLeft" => Some(Self { left: true, ..self }),
            "ArrowRight" => Some(Self { left: false, ..self }),
            _ => None,
        }
    }

    /// The one that is nearest to a point; all in CSS pixels.
    pub(crate) fn nearest(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { top: y < height / 2.0, left: x < width / 2.0 }
    }
}
