//! One file per command.

pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod quickstart;
pub(crate) mod serve;
pub(crate) mod verify;
pub(crate) mod workspaces;
