//! Signs for somebody who looks elsewhere: a tone, and a number before the page's title. One tab of a browser gives them.

use chinwag_browser::{js, number::digits};
use wasm_bindgen::JsValue;

/// Hertz, loudness, seconds.
const TONE: (f64, f64, f64) = (740.0, 0.06, 0.4);
const SILENCE: f64 = 0.0001;

#[derive(Default)]
pub(super) struct Signs {
    /// Made for the first tone.
    audio: Option<JsValue>,
    /// The title as we wrote it, and what of it is ours, in bytes.
    title: Option<(String, usize)>,
}

impl Signs {
    /// Browsers allow a sound only on pages that somebody has touched, and complain about others.
    pub(super) fn chime(&mut self) {
        let touched = js::get(&js::get(&js::global("navigator"), "userActivation"), "hasBeenActive");
        if touched.is_truthy() {
            let audio = self.audio.get_or_insert_with(|| js::construct("AudioContext", &[]).unwrap_or_default());
            drop(play(audio));
        }
    }

    /// 0 leaves the title as it was, or as the page has changed it meanwhile.
    pub(super) fn badge(&mut self, count: u32) {
        let document = js::global("document");
        let now = js::text(&document, "title").unwrap_or_default();
        let own = self.title.take().filter(|(title, _)| *title == now).map_or(0, |(_, own)| own);
        let bare = now.get(own..).unwrap_or_default();
        let mark = if count > 0 { ["(", &digits(count.into()), ") "].concat() } else { String::new() };
        let title = [&mark, bare].concat();
        if title != now {
            js::set(&document, "title", &title.as_str().into());
        }
        if count > 0 {
            self.title = Some((title, mark.len()));
        }
    }
}

fn play(audio: &JsValue) -> Result<JsValue, JsValue> {
    let (hertz, loudness, seconds) = TONE;
    let [tone, volume] = [js::call(audio, "createOscillator", &[])?, js::call(audio, "createGain", &[])?];
    let now = js::number(audio, "currentTime");
    let level = js::get(&volume, "gain");
    js::set(&js::get(&tone, "frequency"), "value", &hertz.into());
    js::call(&level, "setValueAtTime", &[&loudness.into(), &now.into()])?;
    js::call(&level, "exponentialRampToValueAtTime", &[&SILENCE.into(), &(now + seconds).into()])?;
    js::call(&tone, "connect", &[&volume])?;
    js::call(&volume, "connect", &[&js::get(audio, "destination")])?;
    js::call(&tone, "start", &[])?;
    js::call(&tone, "stop", &[&(now + seconds).into()])
}

impl Drop for Signs {
    fn drop(&mut self) {
        self.badge(0);
        if let Some(audio) = &self.audio {
            drop(js::call(audio, "close", &[]));
        }
    }
}
