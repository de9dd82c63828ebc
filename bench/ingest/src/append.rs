//! The least that keeps anything: the same bodies appended to a file, with one fdatasync
//! for each group of them.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

use crate::Failure;
use crate::bodies::{Bodies, Ids, Random};
use crate::http::Request;
use crate::load::{Seen, cpu_time, micros};

/// No more is written than this, however fast the disk is.
const MOST_BYTES: usize = 2 << 30;

/// What to do.
#[derive(Deserialize)]
pub(crate) struct Plan {
    #[serde(flatten)]
    bodies: Bodies,
    /// A file that is not there yet.
    path: PathBuf,
    /// Bodies for each fdatasync.
    group: usize,
    /// No further group starts after so long.
    seconds: f64,
}

/// # Errors
///
/// Whatever the file system says.
pub(crate) fn run(plan: &Plan) -> Result<Value, Failure> {
    let mut random = Random::new(plan.bodies.seed);
    let one = |number| plan.bodies.request("", number, &mut random);
    let mut requests: Vec<Request> = (0..plan.bodies.prepared()).map(one).collect();
    let mut next = (0..requests.len()).cycle();
    let mut file = File::options()
        .append(true)
        .create_new(true)
        .open(&plan.path)?;
    let mut ids = Ids::new();
    let mut group = Vec::new();
    let mut syncs = Vec::new();
    let mut written = 0;
    let cpu = cpu_time()?;
    let started = Instant::now();
    let end = started + Duration::from_secs_f64(plan.seconds);
    while Instant::now() < end && written < MOST_BYTES {
        group.clear();
        for number in next.by_ref().take(plan.group) {
            let request = &mut requests[number];
            ids.renew(request);
            group.extend_from_slice(request.body());
        }
        file.write_all(&group)?;
        written += group.len();
        let sync = Instant::now();
        file.sync_data()?;
        syncs.push(micros(sync.elapsed()));
    }
    let seen = Seen {
        requests: syncs.len() * plan.group,
        latencies: syncs,
        wall: started.elapsed(),
        cpu: cpu_time()? - cpu,
    };
    Ok(seen.summary(&plan.bodies))
}
