//! Changes on conditions, requests that are repeated, lists in pages, and seats that run out.

use serde_json::{Value, json};

use crate::{
    desk::{Call, Desk, Reply, furnish, license},
    office::{Office, on_both_engines},
};

on_both_engines![
    a_change_of_what_was_changed_meanwhile_is_refused,
    a_request_that_is_repeated_makes_nothing_twice,
    a_list_comes_in_pages_and_can_be_searched,
    when_no_seat_is_left_the_answer_says_of_what,
];

fn with(desk: &Desk, method: &str, path: &str, header: (&str, &str), body: &Value) -> Reply {
    let bytes = body.to_string();
    let body = Some(bytes.as_bytes()).filter(|_| !body.is_null());
    Call { method, path, token: Some(&desk.root), headers: &[header], body }.send(desk.admin())
}

fn a_change_of_what_was_changed_meanwhile_is_refused(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    for (thing, change, body) in [
        ("extensions/101", "extensions/101/blocked", json!({"blocked": true})),
        ("extensions/101", "extensions/101/plan", json!({"product": "line"})),
        ("attendants/200", "attendants/200/blocked", json!({"blocked": true})),
        ("trunks/Carrier", "trunks/Carrier/blocked", json!({"blocked": true})),
        ("devices/805ec0000101", "devices/805ec0000101/blocked", json!({"blocked": true})),
    ] {
        let (thing, change) = (format!("/tenants/acme/{thing}"), format!("/tenants/acme/{change}"));
        let seen = desk.call("GET", &thing, Value::Null);
        let tag = seen.header("etag").unwrap().to_owned();
        assert_eq!(
            tag,
            format!("\"{}\"", seen.body.get("revision").unwrap_or_else(|| &seen.body["service"]["revision"]))
        );
        let stale = with(&desk, "PUT", &change, ("If-Match", "\"1\""), &body);
        assert_eq!(stale.problem(), (412, "changed_meanwhile"), "{change}");
        assert_eq!(desk.done("GET", &thing, Value::Null), seen.body);
        assert_eq!(with(&desk, "PUT", &change, ("If-Match", &tag), &body).status, 200, "{change}");
    }
    let pin = "/tenants/acme/extensions/101/pin";
    let stale = with(&desk, "PUT", pin, ("If-Match", "\"1\""), &json!({"pin": "4711"}));
    assert_eq!(stale.problem(), (412, "changed_meanwhile"));
    let gone = with(&desk, "DELETE", "/tenants/acme/trunks/Carrier", ("If-Match", "\"1\""), &Value::Null);
    assert_eq!(gone.status, 412);
    let odd = with(&desk, "DELETE", "/tenants/acme/trunks/Carrier", ("If-Match", "latest"), &Value::Null);
    assert_eq!((odd.status, &odd.body["errors"][0]["pointer"]), (400, &"If-Match".into()));
    assert_eq!(
        with(&desk, "DELETE", "/tenants/acme/trunks/Carrier", ("If-Match", "*"), &Value::Null).status,
        204
    );
    let useless = with(&desk, "DELETE", "/tenants/acme/profiles/Carrier", ("If-Match", "*"), &Value::Null);
    assert_eq!(useless.status, 400, "a condition that nobody looks at is refused");
    desk.server.stop();
}

fn a_request_that_is_repeated_makes_nothing_twice(office: &Office) {
    let desk = Desk::open(office);
    let path = "/tenants/acme/extensions";
    let ann = json!({"number": "101", "name": "Ann", "product": "line"});
    let send = |body: &Value| with(&desk, "POST", path, ("Idempotency-Key", "k-1"), body);
    let first = send(&ann);
    let again = send(&ann);
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.body, again.body);
    let other = send(&json!({"number": "102", "name": "Ann", "product": "line"}));
    assert_eq!(other.problem(), (409, "idempotency_key_reused"));
    assert_eq!(desk.call("POST", path, ann.clone()).problem(), (409, "number_taken"));
    // a key is its sender's
    let token = crate::desk::token(office, &["Other", "--tenant", "acme", "--role", "administrator"]);
    let bytes = ann.to_string();
    let headers = [("Idempotency-Key", "k-1")];
    let call =
        Call { method: "POST", path, token: Some(&token), headers: &headers, body: Some(bytes.as_bytes()) };
    assert_eq!(call.send(desk.admin()).problem(), (409, "number_taken"));
    desk.done("DELETE", "/tenants/acme/extensions/101", Value::Null);
    assert_eq!(send(&ann).problem(), (409, "made_before"));
    assert_eq!(desk.done("GET", path, Value::Null)["items"], json!([]));
    // what was refused can be tried again
    let late = json!({"number": "103", "name": "Ann", "product": "gold"});
    assert_eq!(with(&desk, "POST", path, ("Idempotency-Key", "k-2"), &late).status, 409);
    let right = json!({"number": "103", "name": "Ann", "product": "line"});
    assert_eq!(with(&desk, "POST", path, ("Idempotency-Key", "k-2"), &right).status, 201);
    desk.server.stop();
}

fn a_list_comes_in_pages_and_can_be_searched(office: &Office) {
    let desk = Desk::open(office);
    for number in 101..=107 {
        let name = if number % 2 == 0 { format!("Änne {number}") } else { format!("Bob {number}") };
        let body = json!({"number": number.to_string(), "name": name, "product": "line"});
        desk.done("POST", "/tenants/acme/extensions", body);
    }
    let numbers = |query: &str| {
        let page = desk.done("GET", &format!("/tenants/acme/extensions{query}"), Value::Null);
        let items = page["items"].as_array().unwrap().clone();
        let numbers: Vec<_> = items.iter().map(|item| item["number"].as_str().unwrap().to_owned()).collect();
        (numbers.join(" "), page["next"].as_str().map(str::to_owned))
    };
    let (first, next) = numbers("?limit=3");
    assert_eq!(first, "101 102 103");
    let (second, next) = numbers(&format!("?limit=3&after={}", next.unwrap()));
    assert_eq!(second, "104 105 106");
    assert_eq!(numbers(&format!("?limit=3&after={}", next.unwrap())), ("107".to_owned(), None));
    // what is removed meanwhile does not end the walk
    desk.done("DELETE", "/tenants/acme/extensions/103", Value::Null);
    assert_eq!(numbers("?limit=2&after=103").0, "104 105");
    assert_eq!(numbers("?q=%C3%A4NNE").0, "102 104 106");
    assert_eq!(numbers("?q=bob&limit=1"), ("101".to_owned(), Some("101".to_owned())));
    assert_eq!(numbers("?product=gold").0, "");
    desk.done("PUT", "/tenants/acme/extensions/105/blocked", json!({"blocked": true}));
    assert_eq!(numbers("?admitted=false").0, "105");
    desk.server.stop();
}

fn when_no_seat_is_left_the_answer_says_of_what(office: &Office) {
    let desk = Desk::open(office);
    license(office, "line", 1);
    desk.done("POST", "/tenants/acme/extensions", json!({"number": "101", "name": "Ann", "product": "line"}));
    let full = desk.call(
        "POST",
        "/tenants/acme/extensions",
        json!({"number": "102", "name": "Bob", "product": "line"}),
    );
    assert_eq!(full.problem(), (409, "no_seat_left"));
    assert_eq!(
        (&full.body["product"], &full.body["used"], &full.body["limit"]),
        (&"line".into(), &1.into(), &1.into())
    );
    assert_eq!(full.body["detail"], "Line: 1 of 1 seats used");
    desk.server.stop();
}
