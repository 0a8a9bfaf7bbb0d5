//! The portable anymaps (PBM, PGM, PPM in text and in binary, and PAM) to a picture. Only the
//! first picture of a file is read. Samples are scaled by the file's own maximum, which the
//! decoder of `image` 0.25.10 leaves undone.
//!
//! Source: the manual pages pbm(5), pgm(5), ppm(5) and pam(5) of Netpbm.

mod header;

use protocol::Limits;

use super::check_still;
use super::samples::{self, scaled};
use crate::picture::Picture;
use crate::refused::Refused;
use header::{Coding, Header, Words};

/// Decodes the first still in `source`.
pub(super) fn decode(source: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    let header = Header::read(source)?;
    check_still(header.size, limits)?;
    if header.size.pixels() == 0 {
        return Err(Refused::bad("PNM: the picture is empty"));
    }
    // At most the limit, which fits.
    let count = header.size.pixels() as usize * header.channels;
    let samples = match header.coding {
        Coding::Words => words(header.raster, count, header.most),
        Coding::Digits => digits(header.raster, count),
        Coding::Bits => bits(&header),
        Coding::Binary if header.most < 256 => bytes(header.raster, count, header.most),
        Coding::Binary => pairs(header.raster, count, header.most),
    };
    let samples =
        samples.ok_or_else(|| Refused::bad("PNM: the file ends before its last pixel"))?;
    samples::picture(header.size, header.layout(), samples)
}

fn words(raster: &[u8], count: usize, most: u16) -> Option<Vec<u8>> {
    // A word has a digit and, but for the last, a separator.
    if raster.len() < count.checked_mul(2)? - 1 {
        return None;
    }
    let mut words = Words::new(raster);
    let mut samples = Vec::with_capacity(count);
    for _ in 0..count {
        let value = words.number()?;
        samples.push(scaled(value.min(most.into()) as u16, most));
    }
    Some(samples)
}

/// Ones are black, and nothing need stand between them.
fn digits(raster: &[u8], count: usize) -> Option<Vec<u8>> {
    if raster.len() < count {
        return None;
    }
    let mut words = Words::new(raster);
    let mut samples = Vec::with_capacity(count);
    for _ in 0..count {
        samples.push(match words.digit()? {
            b'0' => 255,
            _ => 0,
        });
    }
    Some(samples)
}

/// Ones are black; each row begins in a byte of its own.
fn bits(header: &Header<'_>) -> Option<Vec<u8>> {
    let (width, height) = (header.size.width as usize, header.size.height as usize);
    let stride = width.div_ceil(8);
    let raster = header.raster.get(..stride.checked_mul(height)?)?;
    let mut samples = Vec::with_capacity(width * height);
    for row in raster.chunks_exact(stride) {
        let bits = row
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
        samples.extend(bits.take(width).map(|bit| if bit == 0 { 255 } else { 0 }));
    }
    Some(samples)
}

fn bytes(raster: &[u8], count: usize, most: u16) -> Option<Vec<u8>> {
    let mut samples = raster.get(..count)?.to_vec();
    if most != 255 {
        samples
            .iter_mut()
            .for_each(|sample| *sample = scaled((*sample).into(), most));
    }
    Some(samples)
}

fn pairs(raster: &[u8], count: usize, most: u16) -> Option<Vec<u8>> {
    let raster = raster.get(..count.checked_mul(2)?)?;
    let sample = |&pair: &[u8; 2]| scaled(u16::from_be_bytes(pair), most);
    Some(raster.as_chunks().0.iter().map(sample).collect())
}

#[cfg(test)]
mod tests;
