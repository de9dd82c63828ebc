//! One function per promise; every backend runs them all.
