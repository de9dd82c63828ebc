//! People, events, messages and deliveries: types and pure rules. No I/O, no clock.
