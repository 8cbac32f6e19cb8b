//! `docs/openapi.json` says what the router does: no route more, none less.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::server::Server;

const ROUTER: &str = include_str!("../../src/http.rs");
const METHODS: [&str; 4] = ["get", "post", "put", "options"];

fn document() -> Value {
    serde_json::from_str(include_str!("../../../../docs/openapi.json")).unwrap()
}

/// Method and path of every route in the source of the router.
fn routed() -> BTreeSet<(String, String)> {
    let mut routes = BTreeSet::new();
    for line in ROUTER.lines().filter_map(|line| line.trim().strip_prefix(".route(\"")) {
        let (path, handlers) = line.split_once('"').expect("a path");
        for method in METHODS {
            let [first, further] = [format!(", {method}("), format!(").{method}(")];
            if handlers.contains(&first) || handlers.contains(&further) {
                routes.insert((method.to_owned(), path.to_owned()));
            }
        }
    }
    assert!(routes.len() > 20, "the source reads as expected");
    routes
}

fn documented() -> BTreeSet<(String, String)> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let operations = |(path, of): (&String, &Value)| {
        of.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(operations).collect()
}

#[test]
fn the_document_has_exactly_the_routes_of_the_router() {
    assert_eq!(documented(), routed());
}

/// Would catch: a route that is written down in both places and does not answer.
#[tokio::test]
async fn every_documented_route_answers_and_no_other_method_does() {
    let server = Server::start().await;
    for (method, path) in documented() {
        let path = path.replace("{site}", "demo").replace(['{', '}'], "");
        let of = |method: &str| Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let answer = server.request(of(&method), &path).send().await.unwrap();
        assert_ne!(answer.status(), 405, "{method} {path}");
        let refused = server.request(Method::PATCH, &path).send().await.unwrap();
        assert_eq!(refused.status(), 405, "{path}");
        assert!(refused.headers().contains_key("allow"), "{path} says what it takes");
    }
}
