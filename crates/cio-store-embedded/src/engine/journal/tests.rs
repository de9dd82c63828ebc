//! Journals made by hand: each way to end, and what it is taken for.

use super::*;

/// A batch of one item, as fjall writes it.
fn batch(seqno: u64, key: &[u8], value: &[u8]) -> Vec<u8> {
    let mut item = vec![2, 0, 0];
    item.extend(1u64.to_le_bytes());
    item.extend(u16::try_from(key.len()).unwrap().to_le_bytes());
    let length = u32::try_from(value.len()).unwrap().to_le_bytes();
    item.extend([length, length].concat());
    item.extend([key, value].concat());
    let mut bytes = vec![1];
    bytes.extend(1u32.to_le_bytes());
    bytes.extend(seqno.to_le_bytes());
    let checksum = xxhash_rust::xxh3::xxh3_64(&item);
    bytes.extend(item);
    bytes.push(3);
    bytes.extend(checksum.to_le_bytes());
    bytes.extend(b"FJL\x03");
    bytes
}

/// Three batches, and where the last one starts. They are not at the start of a sector.
fn three() -> (Vec<u8>, usize) {
    let first = [
        batch(1, b"one", &[b'1'; 300]),
        batch(2, b"two", &[b'2'; 200]),
    ]
    .concat();
    let start = first.len();
    ([first, batch(3, b"three", &[b'3'; 1_500])].concat(), start)
}

/// What is left of a journal with these bytes, or where it is damaged.
fn checked(bytes: &[u8]) -> Result<usize, u64> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("0.jnl");
    fs::write(&path, bytes).unwrap();
    match check(directory.path()) {
        Ok(()) => Ok(usize::try_from(fs::metadata(path).unwrap().len()).unwrap()),
        Err(Refusal::Damaged(damage)) => Err(damage.offset),
        Err(Refusal::Io(error)) => panic!("{error}"),
    }
}

#[test]
fn whole_batches_and_the_zeros_behind_them_are_left_alone() {
    let (bytes, _) = three();
    assert_eq!(checked(&bytes), Ok(bytes.len()));
    let padded = [bytes, vec![0; 100_000]].concat();
    assert_eq!(checked(&padded), Ok(padded.len()));
    assert_eq!(checked(&[]), Ok(0));
}

#[test]
fn a_batch_cut_short_anywhere_is_torn() {
    let (bytes, start) = three();
    // Every byte of the frames, and some of the value.
    let frames = (start + 1..start + 50).chain(bytes.len() - 20..bytes.len());
    for end in frames.chain((start + 50..bytes.len()).step_by(97)) {
        assert_eq!(checked(&bytes[..end]), Ok(start), "cut at {end}");
        let padded = [&bytes[..end], &vec![0; 5_000][..]].concat();
        assert_eq!(checked(&padded), Ok(start), "cut at {end}, with zeros");
    }
}

#[test]
fn a_batch_with_a_sector_that_was_never_written_is_torn() {
    let (bytes, start) = three();
    let sector = SECTOR_BYTES as usize;
    let first_end = start.next_multiple_of(sector);
    for hole in [start..first_end, first_end..first_end + sector] {
        let mut torn = bytes.clone();
        torn[hole].fill(0);
        assert_eq!(checked(&torn), Ok(start));
    }
}

/// But for the batches' numbers, where a rise that nothing contradicts changes nothing that
/// is read.
#[test]
fn every_flipped_bit_is_damage() {
    let (bytes, start) = three();
    let starts = [0, batch(1, b"one", &[b'1'; 300]).len(), start];
    let is_number = |at| {
        starts
            .iter()
            .any(|start| (start + 5..start + 13).contains(&at))
    };
    for at in 0..bytes.len() {
        for bit in [0x01, 0x10, 0x80] {
            let mut flipped = bytes.clone();
            flipped[at] ^= bit;
            match checked(&flipped) {
                Ok(length) => assert!(length == bytes.len() && is_number(at), "byte {at}"),
                Err(offset) => {
                    let named = usize::try_from(offset).unwrap();
                    assert!(starts.contains(&named), "byte {at} named at {named}");
                    assert!(named <= at || is_number(at), "byte {at} named at {named}");
                }
            }
        }
    }
}

#[test]
fn numbers_that_fall_or_leap_are_damage() {
    let numbered = |numbers: &[u64]| {
        let batches = numbers.iter().map(|number| batch(*number, b"k", b"v"));
        checked(&batches.collect::<Vec<_>>().concat())
    };
    let length = batch(1, b"k", b"v").len();
    assert_eq!(numbered(&[7, 9, 12]), Ok(3 * length));
    assert_eq!(numbered(&[7, 9, 8]), Err(2 * length as u64));
    assert_eq!(numbered(&[7, 9, 9]), Err(2 * length as u64));
    assert_eq!(numbered(&[7, 1 << 40]), Err(length as u64));
}

#[test]
fn a_journal_that_later_ones_follow_has_no_torn_end() {
    let (bytes, _) = three();
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("9.jnl"), &bytes[..bytes.len() - 1]).unwrap();
    fs::write(directory.path().join("10.jnl"), &bytes).unwrap();
    let Err(Refusal::Damaged(damage)) = check(directory.path()) else {
        panic!("it is damaged");
    };
    assert!(damage.to_string().contains("9.jnl at byte"), "{damage}");
}

#[test]
fn a_failed_commit_is_forgotten_from_its_number_on() {
    let (bytes, start) = three();
    for (from, left) in [(3, start), (4, bytes.len())] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("0.jnl");
        fs::write(&path, [&bytes[..], b"\x01\x01"].concat()).unwrap();
        forget_from(directory.path(), from).unwrap();
        assert_eq!(fs::read(path).unwrap().len(), left);
    }
}
