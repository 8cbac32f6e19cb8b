//! What the address bar says. Routes live in the fragment, so the server serves one page.

use chinwag_conversation::ConversationId;

use super::inbox::Tab;

/// A place in the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    List(Tab),
    Conversation(ConversationId),
    /// What rules brought.
    Results,
}

impl Default for Route {
    fn default() -> Self {
        Self::List(Tab::Open)
    }
}

/// What a fragment asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fragment {
    /// A one-time code. A secret: out of the address bar at once.
    SetUp(String),
    Route(Route),
}

impl Fragment {
    /// Reads a fragment with or without its `#`. Unknown ones lead to the list.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = text.strip_prefix('#').unwrap_or(text);
        if let Some(code) = text.strip_prefix("setup=") {
            return Self::SetUp(code.trim().to_owned());
        }
        Self::Route(match text.strip_prefix("/conversation/").map(ConversationId::parse) {
            Some(Some(id)) => Route::Conversation(id),
            _ if text == "/results" => Route::Results,
            _ if text == "/closed" => Route::List(Tab::Closed),
            _ => Route::List(Tab::Open),
        })
    }
}

impl Route {
    /// The fragment that leads here, with its `#`.
    #[must_use]
    pub fn fragment(self) -> String {
        match self {
            Self::List(Tab::Open) => "#/".to_owned(),
            Self::List(Tab::Closed) => "#/closed".to_owned(),
            Self::Results => "#/results".to_owned(),
            Self::Conversation(id) => {
                let mut text = String::from("#/conversation/");
                text.push_str(&id.to_string());
                text
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_read_back_and_strange_ones_lead_to_the_list() {
        let id = ConversationId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
        for route in [Route::List(Tab::Open), Route::List(Tab::Closed), Route::Conversation(id), Route::Results] {
            assert_eq!(Fragment::read(&route.fragment()), Fragment::Route(route));
        }
        for odd in ["", "#", "#/conversation/nonsense", "#/conversation/", "#else"] {
            assert_eq!(Fragment::read(odd), Fragment::Route(Route::List(Tab::Open)), "{odd}");
        }
        assert_eq!(Fragment::read("#setup=abc-123"), Fragment::SetUp("abc-123".into()));
    }
}
