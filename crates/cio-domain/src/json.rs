//! JSON as text.

use crate::limits::JSON_DEPTH_MAX;

/// Whether JSON is nested deeper than [`JSON_DEPTH_MAX`].
pub fn is_too_deep(json: &[u8]) -> bool {
    let opens = |byte: u8| byte == b'[' || byte == b'{';
    // Nearly all JSON opens less than that altogether, and counting is far quicker.
    if json.iter().filter(|byte| opens(**byte)).count() <= JSON_DEPTH_MAX {
        return false;
    }
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for &byte in json {
        if is_text {
            is_text = is_escaped || byte != b'"';
            is_escaped = !is_escaped && byte == b'\\';
        } else if opens(byte) {
            depth += 1;
            if depth > JSON_DEPTH_MAX {
                return true;
            }
        } else {
            match byte {
                b']' | b'}' => depth = depth.saturating_sub(1),
                b'"' => is_text = true,
                _ => {}
            }
        }
    }
    false
}
