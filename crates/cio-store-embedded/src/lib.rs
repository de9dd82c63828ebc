//! The storage contract on one machine: on disk with [`fjall`], or in memory.
//!
//! One writer thread gathers what is waiting, applies it in order to one transaction and
//! commits it with one fsync; then everyone in the group is answered. There is no timer: a
//! lone request commits at once, a crowd shares. Reads go past the writer.
//!
//! It is not a database for many machines, and it has no rules of its own: which person an
//! identify means is decided in `cio-domain`.
//!
//! # Tables
//!
//! Every key but those of `meta` and `jobs` starts with the workspace's number; what is
//! looked up across workspaces has 0 there. Numbers are big-endian, so that keys sort as
//! their numbers do.
//!
//! | table | key | value |
//! |---|---|---|
//! | `meta` | name | format version, pepper, operators' token, counters, workspaces |
//! | `credentials` | workspace, number | a credential: hash, or signing key |
//! | `identifiers` | workspace, `i` or `e`, id or lower-cased email | a person, or a block |
//! | | workspace, `a`, anonymous id | the person, and when they were identified last |
//! | `people` | workspace, person, `0` | the person's names |
//! | | workspace, person, `1`, attribute | time of change, JSON text |
//! | | workspace, person, `2`, token | device |
//! | | workspace, person, `3`, anonymous id | – |
//! | `activities` | workspace, `p`, person, time, sequence | activity |
//! | | workspace, `a`, length, anonymous id, time, sequence | event of a visitor |
//! | | workspace, `o`, object, time, sequence | activity of an object |
//! | | workspace, `w`, time, sequence | activity of nobody |
//! | | workspace, `t`, time, sequence | in whose log the activity is |
//! | `event_ids` | workspace, `i`, event id | time of receipt |
//! | | workspace, `t`, time of receipt, event id | further event ids |
//! | `deliveries` | workspace, `d` or `c`, delivery id | delivery or its content |
//! | | workspace, `t` or `f`, time, sequence | delivery id, sent or draft |
//! | | workspace, `p`, person, delivery id | – |
//! | | 0, delivery id | the workspace it is in |
//! | `objects` | workspace, `i`, type, object id | the object's number |
//! | | workspace, `o`, object, `0` | the object's names |
//! | | workspace, `o`, object, `1`, attribute | time of change, JSON text |
//! | | workspace, `t`, type | – |
//! | | workspace, `p`, person, object | –, they are related |
//! | | workspace, `m`, object, person | –, the same |
//! | | workspace, `r`, person, object, attribute | time of change, JSON text |
//! | | workspace, `v`, length, anonymous id, object | attributes of a relationship to come |
//! | | workspace, `w`, object, anonymous id | – |
//! | `jobs` | `d`, `b`, `t`, `c` or `n`, due, sequence | the job, of the queue of this letter |
//! | | `e` or `i`, workspace, number | export or import |
//! | | `x`, workspace, import, row | why it was not taken |
//! | | `g`, workspace, broadcast, trigger | how far a trigger is |
//! | | `h`, workspace, broadcast, trigger | what it asks for |
//! | | `j`, workspace, broadcast, trigger | what it has for everybody |
//! | | `k`, workspace, broadcast, trigger | –, it waits |
//! | | `y`, workspace, broadcast, trigger, number | its errors from that one on |
//! | | `l`, workspace, list | a list of people for a trigger |
//! | | `r`, workspace, list, piece | people, about 64 KiB of them |
//! | | `w`, workspace, webhook | how far a reporting webhook is |
//! | | `o`, workspace, webhook, sequence | what it is to tell |
//! | `segments` | workspace, `s`, segment | segment |
//! | | workspace, `m`, segment, person | – |
//! | | workspace, `p`, person, segment | – |
//! | | workspace, `h`, segment, revision, number, person, time, sequence | –, an event the segment asks for |
//! | | workspace, `u`, segment, person | when they are looked at again |
//! | | 0, `d`, time, workspace, segment, person | –, the same |
//! | | workspace, `x`, attribute | the number of its index |
//! | | workspace, `v`, index, length, value, person | – |
//! | | 0, `w`, workspace, `b`, segment | how far it is filled |
//! | | 0, `w`, workspace, `x`, attribute | how far it is indexed |
//! | | 0, `w`, workspace, `r`, segment, revision | how far it is removed |
//! | `forms` | workspace, form id | form |
//! | `content` | workspace, `s`, name | snippet |
//! | | workspace, `c`, collection | a collection without its rows |
//! | | workspace, `n`, name | the collection's number |
//! | | workspace, `r`, collection, number | rows, about 64 KiB of them |
//! | | workspace, `f`, sender | sender |
//! | | workspace, `g`, `e` or `p`, address or number, 0, name | the sender's number |
//! | | workspace, `t`, topic | topic |
//! | | workspace, `h` | the preference centre's texts |
//! | | workspace, `e`, reason, email | a suppressed address |
//! | | workspace, `o`, person, `s` or `w`, sender | – |
//! | | workspace, `w`, webhook | reporting webhook |
//! | | workspace, `z`, `s` or `f` | how many there are, and their size |
//! | `series` | workspace, `s`, parent, day, channel, metric | deliveries by the hour they were accepted |
//! | | workspace, `h`, parent, href | the number of a link |
//! | | workspace, `l`, parent, link | where it leads |
//! | | workspace, `n`, parent | how many links it has |
//! | | workspace, `c`, link, `a` or `u`, day, metric | clicks, all or one of each delivery, the same way |
//! | | workspace, `f`, link, delivery id | by whom it was followed there |
//!
//! A key per person and attribute lets an identify write without reading.
//!
//! ```
//! use cio_store::Store;
//! use cio_store_embedded::EmbeddedStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), cio_store::StoreError> {
//! let store = EmbeddedStore::in_memory();
//! assert_eq!(store.pepper([1; 32]).await?, [1; 32]);
//! assert_eq!(store.pepper([2; 32]).await?, [1; 32]);
//! # Ok(())
//! # }
//! ```

mod apply;
mod backup;
mod check;
mod engine;
mod keys;
mod memo;
mod open;
mod read;
mod rows;
mod segmentation;
mod store;
mod transaction;
mod weight;
mod writer;

pub use check::{CheckReport, Finding};
pub use open::OpenError;
pub use store::EmbeddedStore;
