//! How often a phone is asked, and what is shown of one that does not follow.

use offhook::{domain::Clock as _, fleet::Answer, storage::AskState};

use crate::bench::{Bench, on_both_engines};
use crate::office::Office;

async fn one_that_never_answers_is_asked_with_growing_pauses_given_up_and_shown(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Yealink SIP-T46U").await;
    office.boots(&phone).await;
    office.look().await;
    office.rename(&phone, "Another").await;
    let since = office.site.clock.now();
    for (attempt, pause) in [(1, 60), (2, 300)] {
        let mut turns = office.turns().await;
        assert_eq!(turns.len(), 1, "attempt {attempt}");
        office.fleet.report(turns.remove(0), Answer::Silence).await.unwrap();
        office.passes(pause - 2);
        assert!(office.turns().await.is_empty(), "the pause is not over");
        // up to a tenth more by chance
        office.passes(pause / 10 + 2);
    }
    assert!(office.turns().await.is_empty(), "it was asked often enough");
    let ask = office.ask(&phone).await;
    assert_eq!((ask.row.state, ask.row.attempts), (AskState::GaveUp, 2));
    assert_eq!((ask.row.since, ask.row.why.as_deref()), (since, Some("it did not answer")));
    office.passes(86_400);
    assert!(office.turns().await.is_empty());
    // when it comes by itself after all, it follows
    office.boots(&phone).await;
    assert!(office.turns().await.is_empty());
    assert_eq!(office.ask(&phone).await.row.state, AskState::Followed);
}

async fn another_change_begins_anew_with_one_that_was_given_up(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Yealink SIP-T46U").await;
    office.boots(&phone).await;
    office.look().await;
    office.rename(&phone, "Another").await;
    for _ in 0..2 {
        let mut turns = office.turns().await;
        office.fleet.report(turns.remove(0), Answer::Status(481)).await.unwrap();
        office.passes(4000);
    }
    assert!(office.turns().await.is_empty());
    assert_eq!(office.ask(&phone).await.row.why.as_deref(), Some("it answered 481"));
    office.rename(&phone, "Yet another").await;
    assert_eq!(office.turns().await.len(), 1);
}

on_both_engines!(
    one_that_never_answers_is_asked_with_growing_pauses_given_up_and_shown,
    another_change_begins_anew_with_one_that_was_given_up,
);
