//! What a request leaves behind: who asked and how that ended, and whether it is a step of a walk over MACs.

use std::net::IpAddr;

use super::{
    journal::Note,
    provisioner::Provisioner,
    recognize::Trail,
    refusal::Refusal,
    request::{Document, Request},
    walk::Step,
};
use crate::{
    domain::Timestamp,
    storage::{SeenPhone, SeenWalk, Taken},
};

impl Provisioner {
    pub(super) fn note(
        &self,
        request: &Request,
        outcome: &Result<Document, Refusal>,
        trail: Trail,
        now: Timestamp,
    ) {
        let walks = outcome.as_ref().is_err_and(Refusal::may_be_a_step_of_a_walk);
        let revision = trail.revision.filter(|_| outcome.is_ok());
        let trail = Trail { revision, ..trail };
        let outcome = outcome.as_ref().map_or_else(Refusal::word, |_| "served");
        self.note_seen(trail, (request.source, request.transport.as_str()), (outcome, walks), now);
    }

    /// The walks over MACs that go on, in words for the operator.
    #[must_use]
    pub fn walks(&self) -> Vec<String> {
        let told = |walk: &SeenWalk| {
            let SeenWalk { source, door, macs, began_at, .. } = walk;
            format!(
                "{source} asks for MACs that are no devices: about {macs}, last over {door}, since {began_at}"
            )
        };
        self.walks.going_on(self.clock.now()).iter().map(told).collect()
    }

    /// How many walks over MACs began since the start.
    #[must_use]
    pub fn walks_begun(&self) -> u64 {
        self.walks.begun()
    }

    /// Waits until a walk over MACs begins.
    pub async fn walk_begins(&self) {
        self.walks.alarm.notified().await;
    }

    /// Notes a phone that showed its MAC, where it asked from and how that ended; also whether it may walk over MACs.
    pub(super) fn note_seen(
        &self,
        trail: Trail,
        (source, door): (IpAddr, &str),
        (outcome, walks): (&'static str, bool),
        now: Timestamp,
    ) {
        let Some(mac) = trail.mac else { return };
        if walks && self.is_lost_in_a_walk(Step { source, door, tenant: trail.tenant.as_ref(), mac, now }) {
            return;
        }
        let seen = SeenPhone {
            at: now,
            address: source.to_canonical().to_string(),
            transport: door.to_owned(),
            vendor: trail.vendor,
            model: trail.model,
            firmware: trail.firmware,
            file: trail.file,
        };
        let note = match trail.device {
            Some((device, tenant)) => {
                let certificate = trail.certificate.map(|judged| judged.to_string());
                let taken =
                    trail.revision.map(|revision| Taken { at: now, revision, from: source.to_canonical() });
                Note::Device { device, tenant, seen, outcome, certificate, taken }
            }
            None => Note::Unknown { mac, tenant: trail.tenant, seen },
        };
        self.journal.note(note);
    }

    /// Counts a step of what may be a walk; whether so many came from there that this one is not worth a note.
    pub(super) fn is_lost_in_a_walk(&self, step: Step<'_>) -> bool {
        let taken = self.walks.saw(step);
        taken.to_note.into_iter().for_each(|walk| self.journal.note(Note::Walk(walk)));
        taken.lost_in_the_crowd
    }
}
