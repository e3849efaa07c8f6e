//! Whose turn it is: while one thread has the engine to itself, the calls of others wait. There is one backend, so they
//! would be part of the transaction that it has open, and one that fails would undo it; and they would see the settings
//! of its session, or it those of theirs.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use super::Engine;

/// The thread that has the engine to itself, if one has.
#[derive(Debug, Default)]
pub(super) struct Turn {
    owner: Mutex<Option<Owner>>,
    ended: Condvar,
}

/// A thread, and how often it took the engine without letting go of it.
#[derive(Debug)]
pub(super) struct Owner {
    thread: ThreadId,
    times: usize,
}

/// The engine, which is this thread's until this is dropped. Whoever waits for something else meanwhile, such as the
/// coordinator's lock, may wait for somebody who waits for the engine.
#[must_use]
pub struct Exclusive<'a> {
    engine: &'a Engine,
    /// It is the thread's that took it, so it isn't sent to another.
    _of_thread: PhantomData<MutexGuard<'a, ()>>,
}

impl Deref for Exclusive<'_> {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        self.engine
    }
}

impl<'a> Exclusive<'a> {
    pub(super) fn new(engine: &'a Engine) -> Self {
        let this = thread::current().id();
        let mut owner = engine.turn.wait();
        match &mut *owner {
            Some(owner) => owner.times += 1,
            free => *free = Some(Owner { thread: this, times: 1 }),
        }
        Self { engine, _of_thread: PhantomData }
    }
}

impl Drop for Exclusive<'_> {
    fn drop(&mut self) {
        let turn = &self.engine.turn;
        let mut owner = turn.owner.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *owner {
            Some(owner) if owner.times > 1 => owner.times -= 1,
            last => {
                *last = None;
                turn.ended.notify_all();
            }
        }
    }
}

impl Turn {
    /// Waits until nobody else has the engine. Nobody gets it as long as the guard lives.
    pub(super) fn wait(&self) -> MutexGuard<'_, Option<Owner>> {
        let this = thread::current().id();
        let owner = self.owner.lock().unwrap_or_else(PoisonError::into_inner);
        let others = |owner: &mut Option<Owner>| owner.as_ref().is_some_and(|owner| owner.thread != this);
        self.ended.wait_while(owner, others).unwrap_or_else(PoisonError::into_inner)
    }
}
