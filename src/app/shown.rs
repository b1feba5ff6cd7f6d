//! What metrics show of the parts of a server.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
};

use crate::{
    fleet::FleetCounters,
    net::{accept, expiry::Expiry, identity::Identity},
    observability::metrics::Metrics,
    provisioning::{FetchCounters, Outcomes, Provisioner},
    transport::{Count, notify, pnp, tftp},
};

const DOCUMENTS: &str = "Documents by how they came about";
const REFUSALS: &str =
    "Requests without a document; expected ones, such as for a file that need not exist, included";
const HANDSHAKES: &str = "TLS handshakes by outcome";
const CHOSEN: &str = "Certificates by the kind that a client was given";
const EXPIRES: &str = "When the certificates that are served end, in seconds since 1970";
const SHOWN: &str = "Clients' own certificates by what they are worth; chained: of a known authority";
const NOTIFIES: &str = "SIP PnP: URLs that were told, by what the phone made of it";
const TRANSFERS: &str = "TFTP transfers by outcome";

/// How requests end, and what the journal lost.
pub(super) fn provisioner(metrics: &Metrics, provisioner: &Arc<Provisioner>) {
    let of = |pick: fn(&Outcomes) -> &AtomicU64| {
        let provisioner = Arc::downgrade(provisioner);
        move || provisioner.upgrade().map_or(0, |provisioner| pick(provisioner.outcomes()).load(Relaxed))
    };
    metrics.counter("documents", DOCUMENTS, &[("from", "template")], of(|outcomes| &outcomes.rendered));
    metrics.counter("documents", DOCUMENTS, &[("from", "memory")], of(|outcomes| &outcomes.ready));
    metrics.counter("refusals", REFUSALS, &[("class", "not-found")], of(|outcomes| &outcomes.refused));
    metrics.counter("refusals", REFUSALS, &[("class", "undecidable")], of(|outcomes| &outcomes.undecidable));
    let weak = Arc::downgrade(provisioner);
    let of = |pick: fn(&FetchCounters) -> &AtomicU64| {
        let counters = Arc::clone(provisioner.fetch_counters());
        move || pick(&counters).load(Relaxed)
    };
    metrics.counter(
        "fetches_noted",
        "Documents that a phone has fetched for the first time",
        &[],
        of(|counters| &counters.news),
    );
    metrics.counter(
        "fetches_dropped",
        "Fetches that were not noted; the phone's next one is",
        &[],
        of(|counters| &counters.dropped),
    );
    metrics.counter("journal_dropped", "Notes that the journal lost", &[], move || {
        weak.upgrade().map_or(0, |provisioner| provisioner.journal().dropped())
    });
}

/// Walks over MACs.
pub(super) fn walks(metrics: &Metrics, provisioner: &Arc<Provisioner>) {
    let weak = Arc::downgrade(provisioner);
    metrics.counter("mac_walks", "Walks over MACs that were found", &[], move || {
        weak.upgrade().map_or(0, |provisioner| provisioner.walks_begun())
    });
    let weak = Arc::downgrade(provisioner);
    metrics.gauge("mac_walks_going_on", "Walks over MACs that go on", &[], move || {
        weak.upgrade().map_or(0, |provisioner| provisioner.walks().len() as u64)
    });
}

/// What happens at an HTTP door.
pub(super) fn http(metrics: &Metrics, door: &'static str, counters: &Arc<accept::Counters>) {
    let of = |pick: fn(&accept::Counters) -> &AtomicU64| {
        let counters = Arc::clone(counters);
        move || pick(&counters).load(Relaxed)
    };
    let here = [("door", door)];
    metrics.counter("requests", "Requests", &here, of(|counters| &counters.requests));
    metrics.counter("connections", "Connections accepted", &here, of(|counters| &counters.connections));
    metrics.gauge(
        "connections_open",
        "Connections open now",
        &here,
        of(|counters| &counters.connections_open),
    );
    metrics.counter(
        "connections_refused",
        "Connections closed because their address had enough",
        &here,
        of(|counters| &counters.connections_refused),
    );
    metrics.counter(
        "connections_timed_out",
        "Connections cut by a time-out",
        &here,
        of(|counters| &counters.timed_out),
    );
    if door == "https" {
        metrics.counter(
            "tls_handshakes",
            HANDSHAKES,
            &[("outcome", "tls1.2")],
            of(|counters| &counters.handshakes_tls12),
        );
        metrics.counter(
            "tls_handshakes",
            HANDSHAKES,
            &[("outcome", "tls1.3")],
            of(|counters| &counters.handshakes_tls13),
        );
        metrics.counter(
            "tls_handshakes",
            HANDSHAKES,
            &[("outcome", "failed")],
            of(|counters| &counters.handshakes_failed),
        );
        certificates(metrics, counters);
        metrics.counter(
            "tls_resumed",
            "TLS handshakes that resumed a session",
            &[],
            of(|counters| &counters.handshakes_resumed),
        );
    }
}

/// What the certificates that clients show are worth.
fn certificates(metrics: &Metrics, counters: &Arc<accept::Counters>) {
    let count = |standing, pick: fn(&accept::Counters) -> &AtomicU64| {
        let counters = Arc::clone(counters);
        metrics.counter("tls_client_certificates", SHOWN, &[("standing", standing)], move || {
            pick(&counters).load(Relaxed)
        });
    };
    count("chained", |counters| &counters.certificates_chained);
    count("foreign", |counters| &counters.certificates_foreign);
    count("unproven", |counters| &counters.certificates_unproven);
    count("broken", |counters| &counters.certificates_broken);
}

/// Which certificate clients get, and until when it holds.
pub(super) fn identity(metrics: &Metrics, identity: &Arc<Identity>) {
    let held = Arc::clone(identity);
    metrics.gauges("tls_certificate_expires_seconds", EXPIRES, move || {
        let shown = |expiry: Expiry| {
            (vec![("kind", expiry.kind.into())], u64::try_from(expiry.at).unwrap_or_default())
        };
        held.expiries().into_iter().map(shown).collect()
    });
    let ecdsa = Arc::clone(identity);
    metrics.counter("tls_certificates", CHOSEN, &[("kind", "ecdsa")], move || ecdsa.ecdsa_chosen());
    let rsa = Arc::clone(identity);
    metrics.counter("tls_certificates", CHOSEN, &[("kind", "rsa")], move || rsa.rsa_chosen());
}

/// What happens at the TFTP door.
pub(super) fn tftp(metrics: &Metrics, counters: &Arc<tftp::Counters>) {
    let of = |pick: fn(&tftp::Counters) -> &Count| {
        let counters = Arc::clone(counters);
        move || pick(&counters).get()
    };
    metrics.counter(
        "tftp_transfers",
        TRANSFERS,
        &[("outcome", "finished")],
        of(|counters| &counters.finished),
    );
    metrics.counter("tftp_transfers", TRANSFERS, &[("outcome", "failed")], of(|counters| &counters.failed));
    metrics.counter(
        "tftp_refused",
        "TFTP requests without a transfer",
        &[],
        of(|counters| &counters.refused),
    );
    metrics.counter("tftp_bytes", "Bytes of finished TFTP transfers", &[], of(|counters| &counters.bytes));
    metrics.counter(
        "tftp_retransmissions",
        "TFTP packets that were sent again",
        &[],
        of(|counters| &counters.retransmissions),
    );
}

/// What happens at the SIP PnP door.
pub(super) fn pnp(metrics: &Metrics, counters: &Arc<pnp::Counters>) {
    let of = |pick: fn(&pnp::Counters) -> &Count| {
        let counters = Arc::clone(counters);
        move || pick(&counters).get()
    };
    metrics.counter("pnp_notifies", NOTIFIES, &[("outcome", "told")], of(|counters| &counters.told));
    metrics.counter("pnp_notifies", NOTIFIES, &[("outcome", "declined")], of(|counters| &counters.declined));
    metrics.counter(
        "pnp_notifies",
        NOTIFIES,
        &[("outcome", "unanswered")],
        of(|counters| &counters.unanswered),
    );
    metrics.counter("pnp_refused", "SIP PnP: phones that were told nothing", &[], of(|c| &c.refused));
    metrics.counter("pnp_ignored", "SIP PnP: messages that ask for no URL", &[], of(|c| &c.ignored));
    metrics.counter("pnp_repeated", "SIP PnP: SUBSCRIBEs that came again", &[], of(|c| &c.repeated));
    metrics.counter(
        "pnp_retransmissions",
        "SIP PnP: NOTIFYs that were sent again",
        &[],
        of(|counters| &counters.retransmissions),
    );
}

/// Who is asked to fetch again, and what comes of it.
pub(super) fn fleet(metrics: &Metrics, fleet: &Arc<FleetCounters>, notify: &Arc<notify::Counters>) {
    const ASKED: &str = "Times that phones were asked to fetch again, by what came of it";
    const PHONES: &str = "Phones that should have another document than they have, of all nodes";
    let of = |pick: fn(&FleetCounters) -> &AtomicU64| {
        let counters = Arc::clone(fleet);
        move || pick(&counters).load(Relaxed)
    };
    metrics.counter("fleet", ASKED, &[("outcome", "asked")], of(|counters| &counters.asked));
    metrics.counter("fleet", ASKED, &[("outcome", "answered")], of(|counters| &counters.answered));
    metrics.counter("fleet", ASKED, &[("outcome", "followed")], of(|counters| &counters.followed));
    metrics.counter("fleet", ASKED, &[("outcome", "gave-up")], of(|counters| &counters.gave_up));
    let now = |pick: fn(&FleetCounters) -> &AtomicI64| {
        let counters = Arc::clone(fleet);
        move || u64::try_from(pick(&counters).load(Relaxed)).unwrap_or_default()
    };
    metrics.gauge("fleet_phones", PHONES, &[("state", "asked")], now(|counters| &counters.open));
    metrics.gauge("fleet_phones", PHONES, &[("state", "behind")], now(|counters| &counters.behind));
    metrics.gauge(
        "fleet_phones",
        PHONES,
        &[("state", "out-of-reach")],
        now(|counters| &counters.out_of_reach),
    );
    let of = |pick: fn(&notify::Counters) -> &Count| {
        let counters = Arc::clone(notify);
        move || pick(&counters).get()
    };
    metrics.counter(
        "check_sync_sent",
        "NOTIFYs with check-sync, repetitions included",
        &[],
        of(|counters| &counters.sent),
    );
    metrics.counter(
        "check_sync_retransmissions",
        "NOTIFYs with check-sync that were sent again",
        &[],
        of(|counters| &counters.retransmissions),
    );
}
