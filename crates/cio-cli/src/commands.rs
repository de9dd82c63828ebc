//! One file per command.

pub(crate) mod apply;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod pull;
pub(crate) mod quickstart;
pub(crate) mod serve;
pub(crate) mod store;
pub(crate) mod verify;
pub(crate) mod workspaces;
