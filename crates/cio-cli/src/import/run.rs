//! Sending an input to its end, or to where it is stopped.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::thread;

use customerio::{Error, TrackClient};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::batch::{Batch, Batches, Fate};
use super::journal::{self, Journal};
use super::operation::{Kind, Operations};
use super::records::{Place, Records};
use super::rejects::Rejects;
use super::sending;
use crate::commands::serve::Stop;
use crate::exit::Failure;
use crate::output::Progress;

/// Batches that are ready before there is room for them.
const READ_AHEAD: usize = 2;
/// Batches that are done with, for each that may be under way, while an earlier one is not: they
/// are held in memory.
const HELD_FOR_EACH: usize = 4;

/// How an import ended.
pub(crate) enum Ended {
    /// With the input, of which this was the end.
    Complete(Place),
    /// Somebody wanted it to.
    Interrupted,
    /// Nothing more can be sent.
    Failed(Arc<Error>),
}

/// An import under way.
pub(crate) struct Import {
    pub(crate) track: TrackClient,
    pub(crate) concurrency: usize,
    pub(crate) journal: Journal,
    pub(crate) rejects: Rejects,
    pub(crate) done: journal::Progress,
    pub(crate) progress: Progress,
}

/// What comes from the thread that reads.
enum Read {
    Batch(Batch),
    End(Place),
    Failed(io::Error),
}

/// A batch that was read, in the order of the input.
struct Slot {
    number: u64,
    batch: Batch,
    state: State,
}

#[derive(PartialEq)]
enum State {
    UnderWay,
    Settled,
    /// It is not known what became of it: it is sent again when the import goes on.
    Failed,
}

type Sent = (u64, Result<Vec<(usize, String)>, Arc<Error>>);

impl Import {
    /// Sends everything that comes of a reader, up to the end or until `stop`.
    pub(crate) async fn run(
        &mut self,
        records: Records,
        operations: Operations,
        stop: &mut Stop,
    ) -> Result<Ended, Failure> {
        // Events carry their time; the order of what is set is that of the file.
        let keep_order = operations.kind == Kind::People;
        let mut reading = read(Batches {
            records,
            operations,
            keep_order,
        });
        let mut slots: VecDeque<Slot> = VecDeque::new();
        let mut tasks: JoinSet<Sent> = JoinSet::new();
        let (mut next, mut end, mut ending) = (None, None, None);
        let mut number = 0;
        loop {
            if ending.is_none()
                && let Some(batch) =
                    next.take_if(|next| self.has_room_for(next, &slots, tasks.len()))
            {
                number += 1;
                slots.push_back(self.start(number, batch, &mut tasks));
                self.note_what_is_done(&mut slots)?;
                continue;
            }
            let is_over = ending.is_some() || (end.is_some() && next.is_none());
            if is_over && tasks.is_empty() {
                break;
            }
            tokio::select! {
                Some(sent) = tasks.join_next() => {
                    let (number, result) = sent.map_err(Failure::unexpected)?;
                    if let Err(error) = settle(&mut slots, number, result) {
                        ending.get_or_insert(Ended::Failed(error));
                    }
                    self.note_what_is_done(&mut slots)?;
                }
                read = reading.recv(), if next.is_none() && end.is_none() && ending.is_none() => {
                    match read {
                        Some(Read::Batch(batch)) => next = Some(batch),
                        Some(Read::End(place)) => end = Some(place),
                        Some(Read::Failed(error)) => {
                            return Err(Failure::unexpected(format!("cannot read on: {error}")));
                        }
                        None => return Err(Failure::unexpected("the reader is gone")),
                    }
                }
                () = stop.next() => {
                    if ending.is_some() || tasks.is_empty() {
                        return Ok(Ended::Interrupted);
                    }
                    let said = "Stopping: waiting for what is under way. Again to stop at once.";
                    self.progress.note(said);
                    ending = Some(Ended::Interrupted);
                }
            }
        }
        self.note_what_is_done(&mut slots)?;
        match (ending, end) {
            (Some(ending), _) => Ok(ending),
            (None, Some(place)) => Ok(Ended::Complete(place)),
            (None, None) => Ok(Ended::Interrupted),
        }
    }

    fn has_room_for(&self, next: &Batch, slots: &VecDeque<Slot>, under_way: usize) -> bool {
        let mut earlier = slots.iter().filter(|slot| slot.state == State::UnderWay);
        under_way < self.concurrency
            && slots.len() < self.concurrency * HELD_FOR_EACH
            && !earlier.any(|slot| slot.batch.shares_people_with(next))
    }

    fn start(&self, number: u64, mut batch: Batch, tasks: &mut JoinSet<Sent>) -> Slot {
        let entities = std::mem::take(&mut batch.entities);
        let state = match entities.is_empty() {
            true => State::Settled,
            false => {
                let track = self.track.clone();
                tasks.spawn(async move { (number, sending::send(track, entities).await) });
                State::UnderWay
            }
        };
        Slot {
            number,
            batch,
            state,
        }
    }

    /// Puts on the disk what is done without a gap: first the rejected rows, then how far it is.
    fn note_what_is_done(&mut self, slots: &mut VecDeque<Slot>) -> Result<(), Failure> {
        let mut is_further = false;
        while let Some(slot) = slots.pop_front_if(|slot| slot.state == State::Settled) {
            for (record, fate) in &slot.batch.rows {
                self.done.rows += 1;
                match fate {
                    Fate::Sent => self.done.sent += 1,
                    Fate::Rejected(reason) => {
                        self.done.rejected += 1;
                        self.rejects
                            .add(record, reason)
                            .map_err(|error| unwritten("rejected rows", &error))?;
                    }
                }
            }
            self.done.set_place(&slot.batch.end);
            is_further = true;
        }
        if is_further {
            let synced = self.rejects.sync();
            self.done.rejects_bytes = synced.map_err(|it| unwritten("rejected rows", &it))?;
            let noted = self.journal.note(&self.done);
            noted.map_err(|error| unwritten("how far it is", &error))?;
            self.progress.set(self.done.rows);
        }
        Ok(())
    }
}

fn settle(
    slots: &mut VecDeque<Slot>,
    number: u64,
    result: Result<Vec<(usize, String)>, Arc<Error>>,
) -> Result<(), Arc<Error>> {
    let Some(slot) = slots.iter_mut().find(|slot| slot.number == number) else {
        return Ok(());
    };
    match result {
        Ok(refused) => {
            slot.batch.settle(&refused);
            slot.state = State::Settled;
            Ok(())
        }
        Err(error) => {
            slot.state = State::Failed;
            Err(error)
        }
    }
}

fn unwritten(what: &str, error: &io::Error) -> Failure {
    Failure::unexpected(format!("cannot write {what}: {error}"))
}

/// Reads on a thread of its own, which may wait for a pipe while others are sending.
fn read(mut batches: Batches) -> mpsc::Receiver<Read> {
    let (sender, receiver) = mpsc::channel(READ_AHEAD);
    thread::spawn(move || {
        loop {
            let (read, is_last) = match batches.next() {
                Ok(Some(batch)) => (Read::Batch(batch), false),
                Ok(None) => (Read::End(batches.place()), true),
                Err(error) => (Read::Failed(error), true),
            };
            if sender.blocking_send(read).is_err() || is_last {
                return;
            }
        }
    });
    receiver
}
