//! The ladder as an SVG file that stands alone.

use std::fmt::Write;

use super::{Ladder, Scene, Shape};

/// So many entries are exported at most: more would be no picture any more.
pub const ALL: usize = 5_000;

/// The colours of the page's light theme, which also print well.
const STYLE: &str = "\
text{font:10.5px 'DejaVu Sans Mono',monospace;fill:#1a1d21}\
.label,.name,.gap,.head{text-anchor:middle}\
.time{text-anchor:end;fill:#565d66}.name,.head{font-weight:bold}.client .head{text-anchor:start}.server .head{text-anchor:end}.gap{fill:#565d66}\
.hit{fill:none}.life{stroke:#c3c8cf;stroke-width:2}\
.client .shaft,.client .tip{stroke:#8a3b00;fill:#8a3b00}.client text.label{fill:#8a3b00}\
.server .shaft,.server .tip{stroke:#0b4f9e;fill:#0b4f9e}.server text.label{fill:#0b4f9e}\
.client .run{fill:#fff3e8;stroke:#8a3b00}.server .run{fill:#eaf2fc;stroke:#0b4f9e}\
.shaft{stroke-width:1.5}.dashed{stroke-dasharray:5 3}\
.bar{fill:#f3f4f6;stroke:#c3c8cf}.note{stroke-dasharray:3 2}.ring{fill:#0f6b3a}\
.cross{stroke:#b3142b;stroke-width:2}";

const HEAD: i32 = 44;

/// A whole file. The heading says what the dialogue is.
pub fn svg(ladder: &Ladder, heading: &str) -> String {
    let Scene { width, height, heads, groups } = ladder.scene();
    let whole = height + HEAD + 8;
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    line(
        &mut out,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {whole}\" \
             width=\"{width}\" height=\"{whole}\" role=\"img\" aria-labelledby=\"title desc\">"
        ),
    );
    let heading = escaped(heading);
    line(&mut out, format_args!("<title id=\"title\">{heading}</title>"));
    line(&mut out, format_args!("<desc id=\"desc\">"));
    for rung in &ladder.rungs {
        line(&mut out, format_args!("{}", escaped(&ladder.words(rung))));
    }
    line(&mut out, format_args!("</desc>\n<style>{STYLE}</style>"));
    line(&mut out, format_args!("<rect width=\"{width}\" height=\"{whole}\" fill=\"#ffffff\"/>"));
    line(&mut out, format_args!("<text x=\"8\" y=\"16\">{heading}</text>"));
    for head in heads {
        let (x, class, text) = (head.x, head.class, head.text);
        line(
            &mut out,
            format_args!(
                "<g class=\"{class}\"><text class=\"head label\" x=\"{x}\" y=\"36\">{text}</text></g>"
            ),
        );
    }
    line(&mut out, format_args!("<g transform=\"translate(0 {HEAD})\">"));
    for group in groups {
        let title = escaped(&group.title);
        line(&mut out, format_args!("<g class=\"{}\"><title>{title}</title>", group.class));
        group.shapes.iter().for_each(|shape| draw(&mut out, shape));
        line(&mut out, format_args!("</g>"));
    }
    line(&mut out, format_args!("</g>\n</svg>"));
    out
}

fn draw(out: &mut String, shape: &Shape) {
    match shape {
        Shape::Line { from, to, class } => line(
            out,
            format_args!(
                "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"{class}\"/>",
                from.0, from.1, to.0, to.1
            ),
        ),
        Shape::Box { class: "hit", .. } => {}
        Shape::Box { at, size, class } => line(
            out,
            format_args!(
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\" class=\"{class}\"/>",
                at.0, at.1, size.0, size.1
            ),
        ),
        Shape::Polygon { points, class } => {
            let points: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
            let points = points.join(" ");
            line(out, format_args!("<polygon points=\"{points}\" class=\"{class}\"/>"));
        }
        Shape::Text { at, class, text } => {
            let text = escaped(text);
            line(
                out,
                format_args!("<text x=\"{}\" y=\"{}\" class=\"{class}\">{text}</text>", at.0, at.1),
            );
        }
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "{text}").expect("writing into a String cannot fail");
}

/// As text of an XML 1.0 document, which has no word for most control characters.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
