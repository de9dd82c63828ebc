//! SDK for Customer.io's Track and App APIs.
