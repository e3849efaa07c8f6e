//! Whose turn it is: while one thread has a transaction open, the calls of others wait. There is one backend, so they would
//! be part of that transaction, and one that fails would undo it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// The thread that has the engine to itself, if one has.
#[derive(Debug, Default)]
pub(super) struct Turn {
    owner: Mutex<Option<ThreadId>>,
    ended: Condvar,
}

/// The engine is this thread's until this is dropped.
#[must_use]
pub struct Exclusive<'a>(&'a Turn);

impl Turn {
    /// Waits until nobody else has the engine. Nobody gets it as long as the guard lives.
    pub(super) fn wait(&self) -> MutexGuard<'_, Option<ThreadId>> {
        let this = thread::current().id();
        let owner = self.owner.lock().unwrap_or_else(PoisonError::into_inner);
        let others = |owner: &mut Option<ThreadId>| owner.is_some_and(|owner| owner != this);
        self.ended.wait_while(owner, others).unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(&self) -> Exclusive<'_> {
        *self.wait() = Some(thread::current().id());
        Exclusive(self)
    }
}

impl Drop for Exclusive<'_> {
    fn drop(&mut self) {
        *self.0.owner.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.0.ended.notify_all();
    }
}
