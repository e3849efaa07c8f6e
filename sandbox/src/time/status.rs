//! What sources and sinks say about themselves.

use std::collections::BTreeMap;

use super::machine::{HISTORY, Machine, Object};
use super::world::Kind;
use crate::catalog::ItemId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) word: &'static str,
    pub(super) since: u64,
}

impl Machine {
    /// Notes what changed.
    pub(super) fn settle_statuses(&mut self) {
        let words: BTreeMap<ItemId, &'static str> =
            self.objects.iter().filter_map(|(id, object)| Some((*id, self.status_word(object)?))).collect();
        for (id, word) in words {
            let Some(object) = self.objects.get_mut(&id) else { continue };
            if object.status.is_none_or(|status| status.word != word) {
                let status = Status { word, since: self.now };
                object.status = Some(status);
                self.status_events.push_back((id, object.spec.kind == Kind::Sink, status));
                if self.status_events.len() > HISTORY {
                    self.status_events.pop_front();
                }
            }
        }
    }

    fn status_word(&self, object: &Object) -> Option<&'static str> {
        match object.spec.kind {
            Kind::Progress | Kind::Webhook => Some("running"),
            Kind::Fed { source } => self.status_word(self.objects.get(&source)?),
            Kind::Source | Kind::Sink => {
                let replicas = self.replicas.values();
                let hosted = replicas.filter(|replica| Some(replica.cluster) == object.spec.cluster);
                Some(if hosted.count() == 0 {
                    "paused"
                } else if object.runs.values().any(|run| run.hydrated.is_some()) {
                    "running"
                } else {
                    "starting"
                })
            }
            Kind::Table | Kind::Index | Kind::MaterializedView { .. } => None,
        }
    }
}
