//! gzip, in pieces: what is small can become very large.

use std::io::Write;

use bytes::Bytes;
use flate2::write::MultiGzDecoder;

/// Most bytes that are unpacked at a time. They become a thousand times as many at worst,
/// which is all that is held in memory.
pub(super) const PIECE_BYTES: usize = 4 << 10;
/// How many times as large what is unpacked may be. Text comes to a tenth or so.
const RATIO_MAX: u64 = 200;
/// What is less than this may be anything: a small file of one repeated line.
const RATIO_FROM: u64 = 16 << 20;

const BROKEN: &str = "it is not gzip, or broken";

#[derive(Debug)]
pub(super) struct Unpacker(MultiGzDecoder<Vec<u8>>);

impl Default for Unpacker {
    fn default() -> Unpacker {
        Unpacker(MultiGzDecoder::new(Vec::new()))
    }
}

impl Unpacker {
    /// What comes out after so many bytes more.
    pub(super) fn unpack(&mut self, packed: &[u8]) -> Result<Bytes, String> {
        self.0.write_all(packed).map_err(|_| BROKEN.to_owned())?;
        self.0.flush().map_err(|_| BROKEN.to_owned())?;
        Ok(std::mem::take(self.0.get_mut()).into())
    }

    /// What comes out at the end, if it was one.
    pub(super) fn finish(self) -> Result<Bytes, String> {
        let rest = self.0.finish().map_err(|_| BROKEN.to_owned())?;
        Ok(rest.into())
    }
}

/// Refuses what was made to become far larger than any file.
pub(super) fn check_ratio(packed: u64, unpacked: u64) -> Result<(), String> {
    if unpacked > RATIO_FROM && unpacked / packed.max(1) > RATIO_MAX {
        return Err(format!(
            "it is more than {RATIO_MAX} times as large when it is unpacked"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_is_packed_in_parts_comes_out_whole() {
        let whole = [packed(b"one,"), packed(b"two")].concat();
        for size in [1, 7, whole.len()] {
            let mut unpacker = Unpacker::default();
            let mut out = Vec::new();
            for piece in whole.chunks(size) {
                out.extend_from_slice(&unpacker.unpack(piece).unwrap());
            }
            out.extend_from_slice(&unpacker.finish().unwrap());
            assert_eq!(out, b"one,two", "{size}");
        }
    }

    #[test]
    fn a_piece_becomes_no_more_than_fits() {
        let bomb = packed(&vec![0; 64 << 20]);
        let mut unpacker = Unpacker::default();
        let largest = bomb
            .chunks(PIECE_BYTES)
            .map(|piece| unpacker.unpack(piece).unwrap().len())
            .max();
        assert!(largest.unwrap() <= 5 << 20, "{largest:?}");
    }

    #[test]
    fn what_is_cut_short_or_no_gzip_is_broken() {
        let whole = packed(&[7; 1_000]);
        let mut unpacker = Unpacker::default();
        unpacker.unpack(&whole[..whole.len() - 4]).unwrap();
        assert!(unpacker.finish().is_err());
        assert!(Unpacker::default().unpack(b"id,email\n1,a\n").is_err());
    }

    #[test]
    fn a_bomb_is_told_from_a_file() {
        assert!(check_ratio(1_000, 1_000_000).is_ok(), "small");
        assert!(check_ratio(1 << 20, 100 << 20).is_ok());
        assert!(check_ratio(1 << 20, 300 << 20).is_err());
    }
}
