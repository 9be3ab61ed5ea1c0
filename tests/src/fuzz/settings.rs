//! The file of `--config`: it is settings or an error that says where, and what was settled can be shown.

use relay::Checked;

pub fn settings(octets: &[u8]) {
    let Ok(text) = core::str::from_utf8(octets) else { return };
    match Checked::read(text) {
        Ok(checked) => assert!(!checked.to_string().is_empty()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
