//! The storage contract on one machine: fjall on disk, or memory.
