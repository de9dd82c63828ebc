//! What the engine does, from the outside.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod case;
mod corpus;
mod deep;
mod hostile;
mod missing;
mod own_tags;
mod property;
mod references;
