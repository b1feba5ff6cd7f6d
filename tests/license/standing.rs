//! What a license gives when, to the millisecond, and which of several counts.

use offhook::domain::license::{Effective, License, Standing, governing};
use offhook::domain::{Quantity, Timestamp};

use super::forge::{BEGINS, id, license};

fn day(days: i64) -> Timestamp {
    Timestamp::from_seconds(BEGINS).plus_days(days)
}

fn just_before(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.millis() - 1)
}

#[test]
fn each_part_of_its_life_begins_and_ends_on_the_millisecond() {
    let license = license(1, 0, 365, 14);
    let (begin, end, grace) = (day(0), day(365), day(379));
    assert_eq!(license.grace_ends(), grace);
    assert_eq!(license.standing(just_before(begin)), Standing::NotYet { from: begin });
    assert_eq!(license.standing(begin), Standing::Valid { until: end });
    assert_eq!(license.standing(just_before(end)), Standing::Valid { until: end });
    assert_eq!(license.standing(end), Standing::Grace { until: grace });
    assert_eq!(license.standing(just_before(grace)), Standing::Grace { until: grace });
    assert_eq!(license.standing(grace), Standing::Expired { since: grace });
    assert_eq!(license.standing(Timestamp::from_millis(i64::MAX)), Standing::Expired { since: grace });
    assert_eq!(license.standing(Timestamp::from_millis(i64::MIN)), Standing::NotYet { from: begin });
}

#[test]
fn without_grace_a_license_ends_with_its_expiry() {
    let license = license(1, 0, 365, 0);
    assert_eq!(license.standing(just_before(day(365))), Standing::Valid { until: day(365) });
    assert_eq!(license.standing(day(365)), Standing::Expired { since: day(365) });
}

#[test]
fn grace_keeps_phones_and_refuses_new_seats() {
    let license = license(1, 0, 365, 14);
    let at = |now| license.effective(&id("line"), now);
    let ten = Quantity::Limited(10);
    assert_eq!(at(just_before(day(0))), Effective::NONE);
    assert_eq!(at(day(0)), Effective { phones: ten, new_seats: ten });
    assert_eq!(at(just_before(day(365))), Effective { phones: ten, new_seats: ten });
    assert_eq!(at(day(365)), Effective { phones: ten, new_seats: Quantity::Limited(0) });
    assert_eq!(at(just_before(day(379))), Effective { phones: ten, new_seats: Quantity::Limited(0) });
    assert_eq!(at(day(379)), Effective::NONE);
    assert_eq!(license.effective(&id("fax"), day(1)), Effective::NONE);
}

fn serial_at(installed: &[License], now: Timestamp) -> Option<u64> {
    governing(installed, now).map(License::serial)
}

#[test]
fn a_renewal_installed_early_takes_over_at_its_not_before() {
    let installed = [license(1, 0, 365, 14), license(2, 360, 725, 14)];
    assert_eq!(serial_at(&installed, day(-1)), Some(1));
    assert_eq!(serial_at(&installed, day(100)), Some(1));
    assert_eq!(serial_at(&installed, just_before(day(360))), Some(1));
    assert_eq!(serial_at(&installed, day(360)), Some(2));
    assert_eq!(serial_at(&installed, day(9999)), Some(2));
    assert_eq!(serial_at(&[], day(0)), None);
}

#[test]
fn a_gap_before_the_renewal_is_the_old_license_expired() {
    let installed = [license(1, 0, 100, 5), license(2, 200, 300, 0)];
    for now in [day(105), just_before(day(200))] {
        let governing = governing(&installed, now).unwrap();
        assert_eq!((governing.serial(), governing.standing(now)), (1, Standing::Expired { since: day(105) }));
    }
    let governing = governing(&installed, day(200)).unwrap();
    assert_eq!((governing.serial(), governing.standing(day(200))), (2, Standing::Valid { until: day(300) }));
}

#[test]
fn the_latest_installed_wins_among_those_that_have_begun() {
    // A correction installed later replaces at once, even where it begins earlier and ends sooner.
    let installed = [license(1, 10, 365, 0), license(2, 0, 50, 0)];
    assert_eq!(serial_at(&installed, day(20)), Some(2));
    assert_eq!(serial_at(&installed, day(60)), Some(2));
    // Installed in between, a renewal does not keep an earlier one from counting until it begins.
    let installed = [license(1, 0, 365, 0), license(2, 300, 600, 0), license(3, 5, 365, 0)];
    assert_eq!(serial_at(&installed, day(2)), Some(1));
    assert_eq!(serial_at(&installed, day(5)), Some(3));
    assert_eq!(serial_at(&installed, day(300)), Some(3));
}

#[test]
fn while_none_has_begun_the_first_to_begin_gives_the_reason() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let all = [license(1, 30, 90, 0), license(2, 10, 90, 0), license(3, 20, 90, 0)];
        let installed = order.map(|index| all[index].clone());
        let first = governing(&installed, day(0)).unwrap();
        assert_eq!(first.standing(day(0)), Standing::NotYet { from: day(10) });
    }
    let same_day = [license(1, 10, 90, 0), license(2, 10, 90, 0)];
    assert_eq!(serial_at(&same_day, day(0)), Some(2));
}
