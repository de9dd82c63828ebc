//! Connections to one server, kept for the next message.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};

use super::connection::Connection;

struct Idle {
    connection: Connection,
    since: Instant,
}

/// Connections that wait for a message, and how many there may be in all.
pub(super) struct Pool {
    idle: Arc<Mutex<Vec<Idle>>>,
    /// One for each connection that may be in use.
    pub(super) turns: Semaphore,
    idle_max: Duration,
    messages_max: usize,
}

impl Pool {
    pub(super) fn new(connections: usize, idle_max: Duration, messages_max: usize) -> Pool {
        Pool {
            idle: Arc::default(),
            turns: Semaphore::new(connections.max(1)),
            idle_max,
            messages_max,
        }
    }

    /// The connection that was used last, if one waits.
    pub(super) fn take(&self) -> Option<Connection> {
        lock(&self.idle).pop().map(|idle| idle.connection)
    }

    /// Keeps a connection for the next message, unless it has carried enough.
    pub(super) async fn put_back(&self, connection: Connection) {
        if connection.messages >= self.messages_max || self.idle_max.is_zero() {
            return connection.quit().await;
        }
        let is_first = {
            let mut idle = lock(&self.idle);
            idle.push(Idle {
                connection,
                since: Instant::now(),
            });
            idle.len() == 1
        };
        if is_first {
            // Ends when nothing is idle any more, or nobody has the pool.
            tokio::spawn(close_idle(Arc::downgrade(&self.idle), self.idle_max));
        }
    }

    /// Closes what waits, politely.
    pub(super) async fn close(&self) {
        let idle = std::mem::take(&mut *lock(&self.idle));
        for idle in idle {
            idle.connection.quit().await;
        }
    }
}

fn lock(idle: &Mutex<Vec<Idle>>) -> std::sync::MutexGuard<'_, Vec<Idle>> {
    // A list of connections is whole whatever happened to who held it.
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Closes connections that have waited too long, the one that was used longest ago first.
async fn close_idle(pool: Weak<Mutex<Vec<Idle>>>, idle_max: Duration) {
    loop {
        let oldest = {
            let Some(pool) = pool.upgrade() else { return };
            let idle = lock(&pool);
            match idle.first() {
                Some(idle) => idle.since,
                None => return,
            }
        };
        sleep_until(oldest + idle_max).await;
        let expired: Vec<Idle> = {
            let Some(pool) = pool.upgrade() else { return };
            let mut idle = lock(&pool);
            let count = idle.iter().take_while(|it| it.since.elapsed() >= idle_max);
            let count = count.count();
            idle.drain(..count).collect()
        };
        for idle in expired {
            idle.connection.quit().await;
        }
    }
}
