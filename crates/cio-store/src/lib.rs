//! The storage contract and the behaviour suite every backend must pass.
