//! What a program or a session makes go wrong.

use mz_deploy_planner::name::Ident;

use super::{Coordinator, State};
use crate::catalog::{Catalog, ReplicaId};
use crate::error::{SqlError, SqlState};
use crate::fault::Call;
use crate::journal::{ClockChange, Entry};
use crate::time::Lag;

impl Coordinator {
    /// Does what a call asks for. Returns what there is to say about it, a line each.
    pub(crate) fn call(&self, call: &Call) -> Result<Vec<String>, SqlError> {
        let mut state = self.lock();
        let now = self.clock.now();
        match call {
            Call::Add(rule) => {
                let number = self.faults.add(rule.clone());
                return Ok(vec![format!("{number}: {rule}")]);
            }
            Call::List => return Ok(self.faults.list()),
            Call::Clear => {
                self.faults.clear();
                state.simulation.recover(now);
                if let Some(disk) = &self.disk {
                    disk.set(false);
                }
            }
            Call::Oom(cluster) => {
                let cluster = state.catalog.resolve_cluster(&Ident::new(cluster))?.id;
                state.simulation.oom(cluster, now);
            }
            Call::LoseReplica(cluster, replica) => {
                let replica = replica_of(&state.catalog, cluster, replica)?;
                state.simulation.lose(replica, now);
            }
            Call::RestartReplica(cluster, replica) => {
                let replica = replica_of(&state.catalog, cluster, replica)?;
                state.simulation.restart(replica, now);
            }
            Call::Lag(pattern, by) => {
                let lag = by.map_or(Lag::Since(now), Lag::Steady);
                state.simulation.set_lag(pattern.clone(), lag, now);
            }
            Call::SetHydration(pattern, takes) => {
                state.simulation.set_hydration(pattern.clone(), *takes, now);
            }
            Call::HoldClock => {
                keep_clock(&mut state, ClockChange::Held(now))?;
                self.clock.hold_at(now);
            }
            Call::ReleaseClock => {
                keep_clock(&mut state, ClockChange::Released)?;
                self.clock.release();
            }
            Call::Advance(by) => {
                if !self.clock.is_held() {
                    let message = "the clock can't be moved while it runs";
                    return Err(SqlError::new(SqlState::INVALID_PARAMETER_VALUE, message)
                        .with_hint("Stop it with SELECT mz_sandbox.hold_clock()."));
                }
                let later = now.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX));
                keep_clock(&mut state, ClockChange::Held(later))?;
                self.clock.advance(*by);
            }
            Call::DiskFull(full) => {
                let disk = self.disk.as_ref().ok_or_else(no_disk)?;
                disk.set(*full);
            }
        }
        drop(state);
        self.changed();
        Ok(vec!["done".to_owned()])
    }
}

fn keep_clock(state: &mut State, change: ClockChange) -> Result<(), SqlError> {
    let Some(journal) = &mut state.journal else { return Ok(()) };
    Ok(journal.append(&Entry { clock: Some(change), ..Entry::default() })?)
}

fn no_disk() -> SqlError {
    let message = "there is no data directory that could be full";
    SqlError::new(SqlState::INVALID_PARAMETER_VALUE, message)
        .with_hint("Start the sandbox with a data directory.")
}

fn replica_of(catalog: &Catalog, cluster: &str, replica: &str) -> Result<ReplicaId, SqlError> {
    let found = catalog.resolve_cluster(&Ident::new(cluster))?;
    let named = found.replicas.iter().find(|known| known.name.as_str() == replica);
    named
        .map(|replica| replica.id)
        .ok_or_else(|| SqlError::internal(format!("unknown cluster replica '{cluster}.{replica}'")))
}
