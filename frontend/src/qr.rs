//! A text as a QR code, for a telephone's camera.

use core::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};
use yew::prelude::*;

/// Modules of white that ISO/IEC 18004 wants around it.
const QUIET: i32 = 4;

/// Black on white in every theme: not every camera reads the reverse. Nothing for a text that is too long for a code.
pub fn qr_svg(text: &str) -> Html {
    let Some((size, path)) = modules(text) else { return Html::default() };
    let size = size.to_string();
    html! {
        <svg class="qr" viewBox={format!("0 0 {size} {size}")} role="img" aria-label={format!("QR: {text}")} shape-rendering="crispEdges">
            <rect class="qr-ground" width={size.clone()} height={size} fill="#fff" />
            <path d={path} fill="#000" />
        </svg>
    }
}

/// The width with its white edge, and a path over every dark module.
fn modules(text: &str) -> Option<(i32, String)> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count() as i32;
            if run > 0 {
                write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET)
                    .expect("writing into a String cannot fail");
            }
            x += run.max(1);
        }
    }
    Some((code.size() + 2 * QUIET, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_once() {
        let text = "http://192.0.2.7:8080/K7PQ4M";
        let (size, path) = modules(text).unwrap_or_default();
        let code =
            QrCode::encode_text(text, QrCodeEcc::Medium).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(size, code.size() + 8);
        let mut drawn = vec![0; (size * size) as usize];
        for rung in path.split('M').skip(1) {
            let numbers: Vec<i32> =
                rung.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
            let [x, y, run, ..] = numbers[..] else { panic!("{rung}") };
            (x..x + run).for_each(|x| drawn[(y * size + x) as usize] += 1);
        }
        for y in 0..size {
            for x in 0..size {
                let dark = code.get_module(x - QUIET, y - QUIET);
                assert_eq!(drawn[(y * size + x) as usize], i32::from(dark), "{x} {y}");
            }
        }
        assert_eq!(modules(&"x".repeat(5000)), None);
    }
}
