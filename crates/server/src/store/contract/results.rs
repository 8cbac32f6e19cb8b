//! Counts of rules.

use super::*;

fn counted(rule: &str, variation: &str) -> Counted {
    Counted { rule: rule.into(), variation: variation.into() }
}

pub(super) async fn results_add_up_by_day_and_are_forgotten_in_time(store: &dyn Store) {
    let mia = agent(store, "Mia").await;
    let read = async |site, from, to| store.results(&mia, site, Day(from), Day(to)).await.unwrap();
    let each = Counts::from_array([1, 2, 3, 4, 5, 6, 7]);
    let shown = Counts { displayed: 10, ..Counts::default() };
    let both = vec![(counted("b", ""), each), (counted("a", "calm"), shown)];
    store.add_results("demo", Day(1_000), both.clone()).await.unwrap();
    store.add_results("demo", Day(1_000), both).await.unwrap();
    store.add_results("demo", Day(1_001), vec![(counted("b", ""), shown)]).await.unwrap();
    store.add_results("shop", Day(1_000), vec![(counted("b", ""), shown)]).await.unwrap();

    let twice = Counts::from_array([2, 4, 6, 8, 10, 12, 14]);
    let first = [(counted("a", "calm"), Counts { displayed: 20, ..shown }), (counted("b", ""), twice)];
    assert_eq!(read("demo", 1_000, 1_000).await, first);
    let sum = Counts { displayed: 12, ..twice };
    assert_eq!(read("demo", 0, 1_001).await[1], (counted("b", ""), sum));
    assert_eq!(read("demo", 1_001, 9_999).await, [(counted("b", ""), shown)]);
    assert_eq!(read("shop", 0, 9_999).await, [(counted("b", ""), shown)], "sites are apart");
    assert_eq!(read("demo", 1_001, 1_000).await, []);
    assert_eq!(read("else", 0, 9_999).await, []);

    let last = 1_000 + limits::RESULT_DAYS;
    store.add_results("demo", Day(last - 1), vec![]).await.unwrap();
    assert_eq!(read("demo", 1_000, 1_000).await.len(), 2, "kept to the last day");
    store.add_results("demo", Day(last), vec![]).await.unwrap();
    assert_eq!(read("demo", 0, 9_999).await, [(counted("b", ""), shown)]);
    assert_eq!(read("shop", 0, 9_999).await.len(), 1, "each site forgets by itself");
}
