//! Named audiences, which may build on one another.

use super::fields::Map;
use super::{Builder, MAX_DEPTH};
use crate::condition::{Compiler, Node};
use crate::problem::{At, Code};
use crate::rules::{Audience, Crowd};
use crate::text::position;
use crate::value::Value;

impl<'a> Builder<'a> {
    /// A condition whose leaves are facts; `None` with an error.
    pub(super) fn condition(&mut self, value: &Value, at: &At<'_>) -> Option<Node> {
        let mark = self.problems.mark();
        if value.depth(MAX_DEPTH + 1) > MAX_DEPTH {
            self.problems.error(at, Code::TooDeep, "");
            return None;
        }
        let lists = &self.list_names;
        let mut compiler =
            Compiler { paths: &mut self.paths, lists, host: self.host, problems: &mut self.problems, leaves: 0 };
        let node = compiler.condition(value, at);
        self.problems.verdict(mark).is_none().then_some(node)
    }
}

impl<'a> Map<'a, '_, '_> {
    pub(super) fn audiences(&mut self) -> Vec<Audience> {
        let at = self.at.key("audiences");
        let mut audiences = Vec::new();
        for (index, (name, condition)) in self.entries("audiences").iter().enumerate() {
            let node = self.b.condition(condition, &at.key(name));
            if node.is_none() {
                self.b.broken_audiences.push(index);
            }
            audiences.push(Audience { name: crate::text::own(name), node });
        }
        self.break_cycles(&mut audiences, &at);
        audiences
    }

    /// Whoever is defined by itself is nobody.
    fn break_cycles(&mut self, audiences: &mut [Audience], at: &At<'_>) {
        let mut broken = Vec::new();
        for index in 0..audiences.len() {
            let mut reached = Vec::new();
            let mut next = 0;
            self.uses(audiences, index, &mut reached);
            while let Some(used) = reached.get(next) {
                self.uses(audiences, *used, &mut reached);
                next += 1;
            }
            if reached.contains(&index) {
                broken.push(index);
            }
        }
        for index in broken {
            if let Some(audience) = audiences.get_mut(index) {
                self.b.problems.error(&at.key(&audience.name), Code::CyclicAudience, &audience.name);
                self.b.broken_audiences.push(index);
                audience.node = None;
            }
        }
    }

    /// Adds the audiences that this one is built on.
    fn uses(&self, audiences: &[Audience], index: usize, reached: &mut Vec<usize>) {
        if let Some(node) = audiences.get(index).and_then(|audience| audience.node.as_ref()) {
            self.mentioned(node, reached);
        }
    }

    fn mentioned(&self, node: &Node, used: &mut Vec<usize>) {
        match node {
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| self.mentioned(node, used)),
            Node::Not(node) => self.mentioned(node, used),
            Node::Leaf(leaf) => {
                let name = self.b.paths.name(leaf.slot).strip_prefix("audience.");
                if let Some(index) = name.and_then(|name| position(&self.b.audience_names, name))
                    && !used.contains(&index)
                {
                    used.push(index);
                }
            }
        }
    }

    /// The `audience` slot of a rule.
    pub(super) fn crowd(&mut self) -> Crowd {
        let at = self.at.key("audience");
        let mut crowd = Crowd::default();
        // A single name is the most common case.
        if let Some(Value::String(name)) = self.get("audience") {
            crowd.any.extend(self.b.audience(name, &at));
            return crowd;
        }
        if let Some(mut map) = self.child("audience", &at, &["any", "all", "none"]) {
            crowd.any = map.audience_names("any");
            crowd.all = map.audience_names("all");
            crowd.none = map.audience_names("none");
        }
        crowd
    }

    fn audience_names(&mut self, key: &str) -> Vec<u16> {
        let at = self.at.key(key);
        let names = self.strings(key);
        names.into_iter().enumerate().filter_map(|(i, name)| self.b.audience(name, &at.index(i))).collect()
    }
}

impl Builder<'_> {
    fn audience(&mut self, name: &str, at: &At<'_>) -> Option<u16> {
        let names = std::mem::take(&mut self.audience_names);
        let index = self.named(name, &names, at, Code::UnknownAudience);
        self.audience_names = names;
        let index = index?;
        if self.broken_audiences.contains(&usize::from(index)) {
            self.problems.error(at, Code::UnknownAudience, name);
            return None;
        }
        Some(index)
    }
}
