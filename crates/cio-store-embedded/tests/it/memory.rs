//! The behaviour suite in memory.

use cio_store_embedded::EmbeddedStore;

cio_store::store_suite!(|| Box::new(EmbeddedStore::in_memory()));
