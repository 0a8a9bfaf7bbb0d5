//! What operators see of the farm.

use std::collections::HashMap;
use std::time::Instant;

use super::Driver;
use crate::pool::cage;
use crate::pool::event::WorkerId;
use crate::pool::status::{PoolStatus, WorkerStatus};

impl Driver {
    pub(super) fn status(&self) -> PoolStatus {
        let now = Instant::now();
        let workers = self.farm.slots().iter().enumerate().map(|(index, slot)| {
            let worker = WorkerId {
                slot: index,
                generation: slot.generation,
            };
            let mut status = WorkerStatus::of(index, slot, now);
            if let Some(hand) = self.hands.get(&worker) {
                status.pid = Some(hand.pid);
                status.leaf.clone_from(&hand.leaf);
                status.age_s = Some((now - hand.born).as_secs_f64());
                let layers = hand.hello.as_ref().map(|hello| &hello.layers);
                status.locate(&hand.page.read());
                status.layers = layers.map(|all| all.iter().map(|layer| layer.name()).collect());
            }
            status
        });
        PoolStatus {
            size: self.farm.size(),
            workers: workers.collect(),
            queue_jobs: self.farm.queue().len(),
            queue_bytes: self.farm.queue().bytes(),
            waiting: self.waiting(),
            missing_layers: cage::missing_in_any(
                self.hands.values().filter_map(|hand| hand.hello.as_ref()),
            ),
            cgroup: self.spawner.leaves(),
            draining: self.draining,
            broken: self.farm.is_broken(),
            saturated: self.farm.is_saturated(),
            idle_for: self.last_success.map(|success| now - success),
        }
    }

    /// By account: one whose priority has just changed may wait in two classes.
    fn waiting(&self) -> HashMap<u64, u64> {
        let mut waiting = HashMap::new();
        for (account, jobs) in self.farm.queue().waiting() {
            *waiting.entry(account).or_default() += jobs;
        }
        waiting
    }
}
