//! What is counted while it happens, and read by operators. Counting is an atomic addition
//! or two: it may stand on the hot path.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts values by size. Its buckets have fixed bounds, each included in its bucket.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// One per bound, and one for what is larger than all.
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    /// An empty one. The bounds rise.
    pub fn new(bounds: &'static [u64]) -> Histogram {
        debug_assert!(bounds.is_sorted(), "bounds rise");
        Histogram {
            bounds,
            counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            sum: AtomicU64::new(0),
        }
    }

    /// Counts one value.
    pub fn record(&self, value: u64) {
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// What was counted so far.
    pub fn read(&self) -> Distribution {
        Distribution {
            bounds: self.bounds,
            counts: self
                .counts
                .iter()
                .map(|count| count.load(Ordering::Relaxed))
                .collect(),
            sum: self.sum.load(Ordering::Relaxed),
        }
    }
}

/// What a [`Histogram`] had counted at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distribution {
    /// The largest value of each bucket but the last, which has no bound.
    pub bounds: &'static [u64],
    /// How many values each bucket has.
    pub counts: Vec<u64>,
    /// Of all values.
    pub sum: u64,
}

/// What a store counted since it was opened. What a backend does not count stays empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreMeasurements {
    /// Calls that wait to be written.
    pub waiting_calls: u64,
    /// Their bytes, roughly.
    pub waiting_bytes: u64,
    /// Calls that were answered [`StoreError::Busy`](crate::StoreError::Busy).
    pub busy: u64,
    /// Calls that were written together.
    pub group_calls: Distribution,
    /// Microseconds of a commit, the fsync included.
    pub commit_micros: Distribution,
    /// Groups that could not be written.
    pub failed_groups: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let histogram = Histogram::new(&[1, 10]);
        for value in [0, 1, 2, 10, 11, 1_000] {
            histogram.record(value);
        }
        let read = histogram.read();
        assert_eq!(read.counts, [2, 2, 2]);
        assert_eq!(read.sum, 1_024);
    }
}
