//! The description is the one that is checked in, and can be read without a network.

use crate::{clients::get, desk::Desk, office::Office};

/// Set to write the checked-in description anew.
const BLESS: &str = "OFFHOOK_BLESS";

#[test]
#[expect(clippy::disallowed_methods, reason = "what is reviewed is written anew on demand")]
fn the_description_is_the_one_that_was_reviewed() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/openapi.json");
    let now = format!("{:#}\n", offhook::admin::api::description());
    if std::env::var_os(BLESS).is_some() {
        std::fs::write(file, &now).unwrap();
    }
    let reviewed = std::fs::read_to_string(file).unwrap_or_default();
    let differs = now.lines().zip(reviewed.lines()).find(|(now, reviewed)| now != reviewed);
    assert!(
        now == reviewed,
        "the API changed, first at {differs:?}: review it, then run this test with {BLESS}=1"
    );
}

#[test]
fn the_page_to_read_loads_nothing_from_elsewhere() {
    let office = Office::sqlite();
    let desk = Desk::open(&office);
    let page = get(desk.admin(), "/api/v1/");
    assert_eq!(page.status, 200);
    assert!(
        page.body.contains("assignLine") || page.body.contains("Lets a line carry an extension"),
        "{}",
        page.body
    );
    for elsewhere in ["http://", "https://", "src=", "<script", "style=\""] {
        assert!(!page.body.contains(elsewhere), "{elsewhere}");
    }
    assert_eq!(get(desk.admin(), "/api/v1/style.css").status, 200);
    assert_eq!(desk.description()["openapi"], "3.1.0");
    desk.server.stop();
}
