//! For tests only: a scripted HTTP server that records what it was asked.
