//! Credentials that are kept in a secret store.
//!
//! A variable, or anything else that gives a [`Config`](crate::Config) its values, may hold a
//! [`Reference`] in a credential's place: `vault://secret/customerio#app_api_key`. It is read at
//! the first call that needs it, kept for a while, read again before it expires, and once more
//! when the service refuses it: a key that was rotated is picked up without a restart.
//!
//! A store *has nothing* under a name, and the next alternative is tried, or it *is broken*, and
//! that is an error: a store that cannot be reached must not make a program go on with a key from
//! elsewhere.
//!
//! [`SecretSource`] is the seam: implement it for a store that is not here.

mod error;
mod reference;
mod source;

pub use error::{SecretError, SecretErrorKind};
pub use reference::{InvalidReference, Reference, Store};
pub use source::{Fetching, Found, Putting, SecretSource};
