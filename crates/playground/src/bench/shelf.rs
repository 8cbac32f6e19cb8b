//! The files that can be opened: the recipes, which never change, and what somebody made of them.

use super::recipes::RECIPES;

/// What the editor holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Open {
    /// By its place in [`RECIPES`].
    Recipe(usize),
    /// By its id.
    Own(f64),
}

/// A file that somebody wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    /// When it was begun, in milliseconds since 1970 UTC; no two have the same.
    pub id: f64,
    pub text: String,
}

/// All of them, and which one is open.
#[derive(Clone, Debug, PartialEq)]
pub struct Shelf {
    pub open: Open,
    /// The oldest first.
    pub own: Vec<Own>,
}

impl Shelf {
    /// With the files that were kept, and the id of the one that was open.
    pub fn new(mut own: Vec<Own>, open: Option<f64>) -> Self {
        own.sort_by(|a, b| a.id.total_cmp(&b.id));
        let open = open.filter(|id| own.iter().any(|own| own.id == *id)).map_or(Open::Recipe(0), Open::Own);
        Self { open, own }
    }

    /// The text of the open file.
    pub fn text(&self) -> &str {
        match self.open {
            Open::Recipe(index) => RECIPES.get(index).map_or("", |recipe| recipe.text),
            Open::Own(id) => self.own.iter().find(|own| own.id == id).map_or("", |own| &own.text),
        }
    }

    /// The open file was edited; a recipe stays as it is, and a file of one's own begins. `now` is in milliseconds since
    /// 1970 UTC. Answers its id.
    pub fn write(&mut self, text: &str, now: f64) -> f64 {
        if let Open::Own(id) = self.open
            && let Some(own) = self.own.iter_mut().find(|own| own.id == id)
        {
            text.clone_into(&mut own.text);
            return id;
        }
        let id = self.own.last().map_or(now, |last| now.max(last.id + 1.0));
        self.own.push(Own { id, text: text.into() });
        self.open = Open::Own(id);
        id
    }

    /// Opens another file. The one before stays, unless nothing of it would be missed: it is empty, or a recipe word for
    /// word. Answers the id of one that was removed.
    pub fn choose(&mut self, open: Open) -> Option<f64> {
        let left = self.open;
        let text = self.text();
        let is_idle = text.trim().is_empty() || RECIPES.iter().any(|recipe| recipe.text == text);
        self.open = open;
        match left {
            Open::Own(id) if is_idle && left != open => self.remove(id),
            _ => None,
        }
    }

    /// Removes a file. Answers its id.
    pub fn remove(&mut self, id: f64) -> Option<f64> {
        let index = self.own.iter().position(|own| own.id == id)?;
        self.own.remove(index);
        if self.open == Open::Own(id) {
            self.open = Open::Recipe(0);
        }
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::{Open, Own, RECIPES, Shelf};

    #[test]
    fn a_recipe_chosen_takes_nothing_away() {
        let mut shelf = Shelf::new(Vec::new(), None);
        assert_eq!((shelf.open, shelf.text()), (Open::Recipe(0), RECIPES[0].text));
        let id = shelf.write("{ \"version\": 1 }", 5000.0);
        assert_eq!(shelf.write("{ \"version\": 2 }", 6000.0), id, "the same file");
        assert_eq!(shelf.choose(Open::Recipe(3)), None);
        assert_eq!(shelf.text(), RECIPES[3].text);
        // What is made of another recipe is another file.
        let second = shelf.write("{}", 5000.0);
        assert_ne!(second, id);
        shelf.choose(Open::Own(id));
        assert_eq!(shelf.text(), "{ \"version\": 2 }");
        assert_eq!(Shelf::new(shelf.own.clone(), Some(second)).text(), "{}", "after a reload");
        assert_eq!(shelf.remove(id), Some(id));
        assert_eq!((shelf.open, shelf.own.len()), (Open::Recipe(0), 1));
    }

    #[test]
    fn what_nobody_would_miss_goes_by_itself() {
        let mut shelf = Shelf::new(vec![Own { id: 1.0, text: "{}".into() }], Some(7.0));
        assert_eq!(shelf.open, Open::Recipe(0), "it was removed elsewhere");
        for text in [RECIPES[1].text, " \n"] {
            let id = shelf.write(text, 9.0);
            assert_eq!(shelf.choose(Open::Own(1.0)), Some(id));
            shelf.choose(Open::Recipe(1));
        }
        assert_eq!(shelf.own.len(), 1);
    }
}
