//! Files to begin with: the demo shop's, and the recipes of the guide.

/// A whole file, by the name of the recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    pub title: &'static str,
    pub text: &'static str,
}

macro_rules! recipes {
    ($($title:literal: $file:literal),* $(,)?) => {
        /// The demo shop, which has a bit of everything, and then one thing at a time.
        pub const RECIPES: &[Recipe] =
            &[Recipe { title: "The demo shop", text: include_str!("../../../../www/demo/engagement.jsonc") }, $(Recipe { title: $title, text: include_str!(concat!("../../../../docs/recipes/", $file, ".jsonc")) }),*];
    };
}

recipes! {
    "Hesitates on pricing": "hesitates-on-pricing",
    "Cart over 80, about to leave": "full-cart-leaving",
    "Third visit this week": "third-visit-this-week",
    "Exit on checkout": "checkout-exit",
    "Reading a long article": "reading-an-article",
    "Trouble with a form": "form-trouble",
    "Campaign landing": "campaign-landing",
    "Office hours and away form": "office-hours",
    "After a dismissal": "after-a-dismissal",
    "Experiment of two texts": "two-texts",
    "Interest adds up": "interest-adds-up",
}
