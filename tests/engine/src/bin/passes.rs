//! The native half of `peers/bench.js`: `passes FILE FACTS` reads `passes N`, `moves N`, `ignored N` or `wakes` and answers with the
//! nanoseconds of one, or with the wake-up.

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    use chinwag_engine_tests::Bench;
    use std::time::Instant;

    let [_, file, facts] = std::env::args().collect::<Vec<_>>().try_into().expect("usage: passes FILE FACTS");
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut bench = Bench::new(&read(&file), &read(&facts));
    for line in std::io::stdin().lines() {
        let line = line.expect("text");
        let (what, count) = line.split_once(' ').unwrap_or((&line, "0"));
        let count: u32 = count.parse().expect("a number");
        let start = Instant::now();
        match what {
            "passes" => assert_eq!(bench.passes(count), 0),
            "moves" => assert_eq!(bench.moves(count), 0),
            "ignored" => assert_eq!(bench.ignored(count), 0),
            _ => {
                println!("{}", bench.wakes());
                continue;
            }
        }
        println!("{}", start.elapsed().as_nanos() as f64 / f64::from(count));
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {}
