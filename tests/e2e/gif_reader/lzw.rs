//! LZW decoding, the part of a GIF that holds the pixels.

/// LZW as GIF packs it: variable width, least significant bit first, at most 12 bits.
pub(crate) fn unpack(data: &[u8], minimum_code_size: u8, length: usize) -> Result<Vec<u8>, String> {
    if !(1..=11).contains(&minimum_code_size) {
        return Err(format!("minimum code size {minimum_code_size}"));
    }
    let clear = 1_usize << minimum_code_size;
    let mut prefixes = vec![0_usize; 4096];
    let mut suffixes: Vec<u8> = (0..4096).map(|code| (code & 255) as u8).collect();
    let (mut next, mut code_width, mut previous) = (clear + 2, minimum_code_size + 1, None);
    let (mut bits, mut bit_count, mut bytes) = (0_usize, 0, data.iter());
    let mut pixels = Vec::with_capacity(length);
    let mut string = Vec::with_capacity(4096);
    while pixels.len() < length {
        while bit_count < code_width {
            let byte = bytes.next().ok_or("the pixels end early")?;
            bits |= usize::from(*byte) << bit_count;
            bit_count += 8;
        }
        let code = bits & ((1 << code_width) - 1);
        bits >>= code_width;
        bit_count -= code_width;
        if code == clear {
            (next, code_width, previous) = (clear + 2, minimum_code_size + 1, None);
            continue;
        }
        let known = code < clear || (code > clear + 1 && code < next);
        if code == clear + 1 || !(known || (code == next && previous.is_some() && next < 4096)) {
            return Err(format!("LZW code {code} out of place"));
        }
        // The string of a code not yet known is the previous string and its own first pixel.
        let mut walk = if known { code } else { previous.unwrap_or(0) };
        string.clear();
        while walk >= clear {
            string.push(suffixes[walk]);
            walk = prefixes[walk];
        }
        let first = suffixes[walk];
        string.push(first);
        pixels.extend(string.iter().rev());
        if !known {
            pixels.push(first);
        }
        if let (Some(prefix), true) = (previous, next < 4096) {
            (prefixes[next], suffixes[next]) = (prefix, first);
            next += 1;
            if next == 1 << code_width && code_width < 12 {
                code_width += 1;
            }
        }
        previous = Some(code);
    }
    pixels.truncate(length);
    Ok(pixels)
}
