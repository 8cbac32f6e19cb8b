//! `sizes.txt`: a budget and the last measured size for each piece, in bytes of brotli 11.

use crate::pack::Packed;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What a visitor downloads together: Wasm, glue and style sheet. Of the language tables only the largest counts.
#[derive(Default)]
pub(crate) struct Piece<'a> {
    files: Vec<&'a Packed>,
    raw: usize,
    gzip: usize,
    brotli: usize,
}

pub(crate) type Pieces<'a> = BTreeMap<&'a str, Piece<'a>>;

/// Measured sizes as the manifest tells them.
pub(crate) struct Measured {
    /// `source` or `prebuilt`: where the Wasm modules' standard library came from.
    pub(crate) std: String,
    brotli: BTreeMap<String, u64>,
}

struct Row {
    budget: Option<usize>,
    measured: Option<u64>,
}

pub(crate) struct Table(BTreeMap<String, Row>);

/// The piece that a file belongs to; pages and pictures belong to none.
fn piece_of(file: &Packed) -> Option<&str> {
    if file.name == "chinwag.js" {
        return Some("loader");
    }
    if !file.file.starts_with("assets/") {
        return None;
    }
    match file.name.split(['-', '.']).next() {
        Some("lang") => Some("language"),
        piece => piece,
    }
}

pub(crate) fn weigh(files: &[Packed]) -> Pieces<'_> {
    let mut pieces = Pieces::new();
    for file in files {
        let Some(name) = piece_of(file) else { continue };
        let piece = pieces.entry(name).or_default();
        piece.files.push(file);
        if name == "language" {
            piece.raw = piece.raw.max(file.raw);
            piece.gzip = piece.gzip.max(file.gzip);
            piece.brotli = piece.brotli.max(file.brotli);
        } else {
            piece.raw += file.raw;
            piece.gzip += file.gzip;
            piece.brotli += file.brotli;
        }
    }
    pieces
}

pub(crate) fn manifest(table: &Table, pieces: &Pieces<'_>, inputs: &str, std: &str) -> Value {
    let pieces = pieces.iter().map(|(name, piece)| {
        let files = piece.files.iter().map(|f| json!({"file": format!("web/{}", f.file), "raw": f.raw, "gzip": f.gzip, "brotli": f.brotli}));
        let files: Vec<Value> = files.collect();
        json!({"piece": name, "raw": piece.raw, "gzip": piece.gzip, "brotli": piece.brotli, "budget": table.budget(name), "files": files})
    });
    json!({"inputs": inputs, "std": std, "pieces": pieces.collect::<Vec<_>>()})
}

pub(crate) fn summary(table: &Table, pieces: &Pieces<'_>) -> String {
    let mut out = format!("{:<12}{:>9}{:>9}{:>9}{:>9}\n", "piece", "raw", "gzip", "brotli", "budget");
    for (name, piece) in pieces {
        let budget = shown(table.budget(name));
        let _ = writeln!(out, "{name:<12}{:>9}{:>9}{:>9}{budget:>9}", piece.raw, piece.gzip, piece.brotli);
    }
    out
}

impl Table {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut rows = BTreeMap::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let cells: Vec<&str> = line.split_whitespace().collect();
            let [piece, budget, measured] = cells[..] else {
                return Err(format!("sizes.txt: three columns, not: {line}"));
            };
            let row = Row { budget: number(budget)?, measured: number(measured)? };
            rows.insert(piece.to_owned(), row);
        }
        Ok(Self(rows))
    }

    fn budget(&self, piece: &str) -> Option<usize> {
        self.0.get(piece)?.budget
    }

    /// The budget, or what the table owns up to where a piece has not reached its budget yet: a debt may shrink, never grow.
    fn limit(&self, piece: &str) -> Option<usize> {
        let row = self.0.get(piece)?;
        let owned_up = row.measured.map_or(0, |then| (then + then / 50) as usize);
        row.budget.map(|budget| budget.max(owned_up))
    }

    pub(crate) fn over_budget(&self, pieces: &Pieces<'_>) -> Vec<String> {
        let over = pieces.iter().filter_map(|(name, piece)| Some((name, piece.brotli, self.limit(name)?)));
        let over = over.filter(|(_, size, limit)| size > limit);
        over.map(|(name, size, limit)| format!("{name} is {size} bytes of brotli; its limit is {limit}")).collect()
    }

    /// Pieces that are over their budget and listed so.
    pub(crate) fn debts(&self, pieces: &Pieces<'_>) -> Vec<String> {
        let over = pieces.iter().filter_map(|(name, piece)| Some((name, piece.brotli, self.budget(name)?)));
        let over = over.filter(|(_, size, budget)| size > budget);
        over.map(|(name, size, budget)| format!("{name} is {} bytes over its budget of {budget}", size - budget))
            .collect()
    }

    /// Pieces over their budget, those whose listed size is more than 2 % (and 64 bytes) off, and those that are not
    /// listed or not built.
    pub(crate) fn drift(&self, measured: &Measured) -> Vec<String> {
        let mut lines = Vec::new();
        for (name, &now) in &measured.brotli {
            if let Some(limit) = self.limit(name).filter(|&limit| now > limit as u64) {
                lines.push(format!("{name} is {now} bytes of brotli; its limit is {limit}"));
            }
            match self.0.get(name).map(|row| row.measured) {
                None => lines.push(format!("{name} is not in sizes.txt")),
                Some(Some(then)) if now.abs_diff(then) <= (then / 50).max(64) => {}
                Some(then) => lines.push(format!("{name} is {now} bytes of brotli; sizes.txt says {}", shown(then))),
            }
        }
        let gone = self.0.iter().filter(|(name, row)| row.measured.is_some() && !measured.brotli.contains_key(*name));
        lines.extend(gone.map(|(name, _)| format!("{name} is in sizes.txt and was not built")));
        lines
    }
}

impl Measured {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let json: Value = serde_json::from_str(text).map_err(|e| format!("manifest: {e}"))?;
        let pieces = json["pieces"].as_array().into_iter().flatten();
        let brotli = pieces.filter_map(|p| Some((p["piece"].as_str()?.to_owned(), p["brotli"].as_u64()?)));
        Ok(Self { std: json["std"].as_str().unwrap_or_default().to_owned(), brotli: brotli.collect() })
    }
}

/// The table's text with the measured column rewritten; comments and order stay.
pub(crate) fn recorded(text: &str, measured: &Measured) -> String {
    let mut left = measured.brotli.clone();
    let mut out = String::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split_whitespace().collect();
        match cells[..] {
            [piece, budget, _] if !line.starts_with('#') => out.push_str(&row(piece, budget, left.remove(piece))),
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    for (piece, size) in left {
        out.push_str(&row(&piece, "-", Some(size)));
        out.push('\n');
    }
    out
}

fn row(piece: &str, budget: &str, measured: Option<u64>) -> String {
    format!("{piece:<12}{budget:>9}{:>10}", shown(measured))
}

fn number<T: std::str::FromStr>(cell: &str) -> Result<Option<T>, String> {
    if cell == "-" {
        return Ok(None);
    }
    cell.parse().map(Some).map_err(|_| format!("sizes.txt: not a number: {cell}"))
}

fn shown<T: ToString>(number: Option<T>) -> String {
    number.map_or_else(|| "-".to_owned(), |n| n.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# piece budget measured\nloader 4096 3000\nlanguage 4096 -\n";

    fn packed(name: &str, file: &str, brotli: usize) -> Packed {
        Packed { name: name.to_owned(), file: file.to_owned(), raw: brotli * 3, gzip: brotli * 2, brotli }
    }

    fn measured(pieces: &[(&str, u64)]) -> Measured {
        Measured { std: String::new(), brotli: pieces.iter().map(|&(name, size)| (name.to_owned(), size)).collect() }
    }

    #[test]
    fn weighs_pieces() {
        let files = [
            packed("chinwag.js", "chinwag.js", 5000),
            packed("scout.js", "assets/scout-1.js", 10),
            packed("scout.wasm", "assets/scout-2.wasm", 20),
            packed("lang-en.json", "assets/lang-en-3.json", 7),
            packed("lang-de.json", "assets/lang-de-4.json", 9),
            packed("console/index.html", "console/index.html", 99),
        ];
        let pieces = weigh(&files);
        let sizes: Vec<_> = pieces.iter().map(|(name, piece)| (*name, piece.brotli)).collect();
        assert_eq!(sizes, [("language", 9), ("loader", 5000), ("scout", 30)]);
        let table = Table::parse(TABLE).unwrap();
        assert_eq!(table.over_budget(&pieces), ["loader is 5000 bytes of brotli; its limit is 4096"]);
        let json = manifest(&table, &pieces, "i", "source");
        assert_eq!(
            json["pieces"][2]["files"][1],
            json!({"file": "web/assets/scout-2.wasm", "raw": 60, "gzip": 40, "brotli": 20})
        );
        assert_eq!(Measured::parse(&json.to_string()).unwrap().brotli["scout"], 30);
    }

    #[test]
    fn tells_drift() {
        let table = Table::parse(TABLE).unwrap();
        assert!(table.drift(&measured(&[("loader", 3064)])).is_empty());
        let lines = table.drift(&measured(&[("language", 5), ("scout", 1)]));
        let expected = [
            "language is 5 bytes of brotli; sizes.txt says -",
            "scout is not in sizes.txt",
            "loader is in sizes.txt and was not built",
        ];
        assert_eq!(lines, expected);
        assert_eq!(
            table.drift(&measured(&[("loader", 2930)])),
            ["loader is 2930 bytes of brotli; sizes.txt says 3000"]
        );
    }

    #[test]
    fn tells_what_is_over_budget() {
        let lines = Table::parse(TABLE).unwrap().drift(&measured(&[("loader", 5000)]));
        assert_eq!(lines[0], "loader is 5000 bytes of brotli; its limit is 4096");
    }

    #[test]
    fn a_debt_may_shrink_but_not_grow() {
        let table = Table::parse("scout 100 1000\n").unwrap();
        let at = |size| [packed("scout.wasm", "assets/scout-2.wasm", size)];
        assert!(table.over_budget(&weigh(&at(990))).is_empty());
        assert_eq!(table.debts(&weigh(&at(990))), ["scout is 890 bytes over its budget of 100"]);
        assert_eq!(table.over_budget(&weigh(&at(1021))), ["scout is 1021 bytes of brotli; its limit is 1020"]);
        assert!(table.debts(&weigh(&at(100))).is_empty());
    }

    #[test]
    fn records_what_was_measured() {
        let text = recorded(TABLE, &measured(&[("loader", 3100), ("scout", 30)]));
        assert_eq!(text.lines().next(), Some("# piece budget measured"));
        let table = Table::parse(&text).unwrap();
        assert!(table.drift(&measured(&[("loader", 3100), ("scout", 30)])).is_empty());
    }

    #[test]
    fn refuses_a_broken_table() {
        assert!(Table::parse("loader 4 KB 3").is_err());
        assert!(Table::parse("loader 4096").is_err());
    }
}
