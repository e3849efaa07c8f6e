//! Cancel requests: from the key that a client was given to the connection that it belongs to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::catalog::RoleId;

/// The connections that can be canceled, by the number that their clients know.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cancels {
    connections: Arc<Mutex<BTreeMap<u32, Entry>>>,
}

#[derive(Debug)]
struct Entry {
    secret: u32,
    role: RoleId,
    requests: watch::Sender<u64>,
}

impl Cancels {
    /// A key for a new connection; it ends with the token.
    pub(crate) fn register(&self, process: u32, role: RoleId) -> CancelToken {
        let secret = fastrand::u32(..);
        let (requests, received) = watch::channel(0);
        self.lock().insert(process, Entry { secret, role, requests });
        CancelToken { process, secret, received, cancels: self.clone() }
    }

    /// Cancels what a connection runs. A wrong key does nothing, and nobody is told.
    pub(crate) fn cancel(&self, process: u32, secret: u32) {
        if let Some(entry) = self.lock().get(&process).filter(|entry| entry.secret == secret) {
            entry.requests.send_modify(|count| *count += 1);
        }
    }

    /// Whose a connection is; `None` if there is no such connection.
    pub(crate) fn role(&self, process: u32) -> Option<RoleId> {
        self.lock().get(&process).map(|entry| entry.role)
    }

    /// Cancels what a connection runs, on behalf of somebody who may.
    pub(crate) fn cancel_allowed(&self, process: u32) {
        if let Some(entry) = self.lock().get(&process) {
            entry.requests.send_modify(|count| *count += 1);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u32, Entry>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a connection knows of its own cancel key.
#[derive(Debug)]
pub(crate) struct CancelToken {
    pub(crate) process: u32,
    pub(crate) secret: u32,
    received: watch::Receiver<u64>,
    cancels: Cancels,
}

impl CancelToken {
    /// All connections.
    pub(crate) fn all(&self) -> &Cancels {
        &self.cancels
    }

    /// A statement begins: requests that came before it are not its own.
    pub(crate) fn begin(&self) -> Canceled {
        let mut received = self.received.clone();
        received.mark_unchanged();
        Canceled(received)
    }
}

impl Drop for CancelToken {
    fn drop(&mut self) {
        self.cancels.lock().remove(&self.process);
    }
}

/// The cancel requests of one statement.
#[derive(Clone, Debug)]
pub(crate) struct Canceled(watch::Receiver<u64>);

impl Canceled {
    /// Ends when the statement is canceled.
    pub(crate) async fn wait(&self) {
        if self.0.clone().changed().await.is_err() {
            // Without a sender nobody can cancel any more.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_key_cancels_and_only_what_runs() {
        let cancels = Cancels::default();
        let token = cancels.register(7, RoleId::User(1));
        cancels.cancel(7, token.secret);
        let canceled = token.begin();
        assert!(
            !canceled.0.has_changed().expect("the connection is registered"),
            "the request came too early"
        );
        cancels.cancel(7, token.secret.wrapping_add(1));
        assert!(!canceled.0.has_changed().expect("the connection is registered"), "the key was wrong");
        cancels.cancel(7, token.secret);
        assert!(canceled.0.has_changed().expect("the connection is registered"));
        drop(token);
        assert!(cancels.lock().is_empty());
    }
}
