//! Customer.io's Track and App APIs over HTTP: auth, handlers, mail delivery, TLS.
