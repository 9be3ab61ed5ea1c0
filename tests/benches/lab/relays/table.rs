//! The figures side by side, and ours against the best of the peers.

use std::fmt;
use std::io::Write;

use tokio::time::timeout;

use super::kinds::{Kind, Relay};
use super::{Fail, PATIENCE};
use crate::median;

pub(super) struct Column {
    pub(super) kind: Kind,
    /// `None` where it is not installed.
    pub(super) relay: Option<Relay>,
}

#[derive(Clone, Copy)]
pub(super) enum Figure {
    /// Seconds, shown as milliseconds.
    Millis,
    Seconds,
    Count,
    Tenths,
}

#[derive(Clone, Copy)]
pub(super) enum Better {
    More,
    Less,
    /// There is one right figure.
    Neither,
}

pub(super) struct Table {
    kinds: Vec<(Kind, bool)>,
    rows: Vec<Row>,
    /// A word of those that are wanted; without it, all are.
    wanted: Option<String>,
}

struct Row {
    name: String,
    figure: Figure,
    better: Better,
    cells: Vec<Cell>,
}

#[derive(Clone, Copy)]
enum Cell {
    Median(f64),
    Failed,
    NotInstalled,
    /// Not a question for this relay: the measure gave no number.
    Empty,
}

impl Table {
    pub(super) fn new(columns: &[Column], wanted: Option<String>) -> Table {
        let kinds = columns.iter().map(|column| (column.kind, column.relay.is_some())).collect();
        Table { kinds, rows: Vec::new(), wanted }
    }

    /// Rounds of one measure, which gives a figure for each row, with all relays in turns.
    pub(super) async fn measure(
        &mut self,
        columns: &[Column],
        rows: &[(&str, Figure, Better)],
        rounds: usize,
        measure: impl AsyncFn(&Relay) -> Result<Vec<f64>, Fail>,
    ) {
        if self.wanted.as_ref().is_some_and(|word| !rows.iter().any(|row| row.0.contains(word))) {
            return;
        }
        let mut figures: Vec<Vec<Vec<f64>>> = vec![vec![Vec::new(); rows.len()]; columns.len()];
        for _ in 0..rounds {
            for (column, figures) in columns.iter().zip(&mut figures) {
                let Some(relay) = &column.relay else { continue };
                let got = timeout(PATIENCE, measure(relay)).await;
                match got.unwrap_or_else(|_| Err(Fail("it took too long".to_owned()))) {
                    Ok(got) => figures.iter_mut().zip(got).for_each(|(all, one)| all.push(one)),
                    Err(error) => note(&format!("{}: {}: {error}", rows[0].0, column.kind.name())),
                }
            }
        }
        for (n, (name, figure, better)) in rows.iter().enumerate() {
            let cells =
                columns.iter().zip(&figures).map(|(column, figures)| match &figures[n][..] {
                    _ if column.relay.is_none() => Cell::NotInstalled,
                    // One of several rounds may fail; with half of them there is no figure.
                    some if some.len() * 2 <= rounds => Cell::Failed,
                    some if some.iter().all(|figure| figure.is_nan()) => Cell::Empty,
                    some => Cell::Median(median(some.to_vec())),
                });
            let cells = cells.collect();
            self.rows.push(Row {
                name: (*name).to_owned(),
                figure: *figure,
                better: *better,
                cells,
            });
            note(&self.rows[self.rows.len() - 1].to_string());
        }
    }
}

/// What a long run says meanwhile.
fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

impl Row {
    fn shown(&self, figure: f64) -> String {
        if figure.is_infinite() {
            return "none in 20 s".to_owned();
        }
        match self.figure {
            Figure::Millis => match figure * 1000.0 {
                millis if millis < 0.9995 => format!("{millis:.3} ms"),
                millis if millis < 99.5 => format!("{millis:.2} ms"),
                millis => format!("{millis:.0} ms"),
            },
            Figure::Seconds => format!("{figure:.2} s"),
            Figure::Count => format!("{figure:.0}"),
            Figure::Tenths => format!("{figure:.1}"),
        }
    }

    /// How many times better than the best peer the cell is.
    fn ratio(&self, kinds: &[(Kind, bool)], of: Kind) -> Option<String> {
        let at = |wanted: Kind| {
            let (_, cell) = kinds.iter().zip(&self.cells).find(|((kind, _), _)| *kind == wanted)?;
            match cell {
                Cell::Median(figure) => Some(*figure),
                Cell::Failed | Cell::NotInstalled | Cell::Empty => None,
            }
        };
        let ours = at(of)?;
        let peers = kinds.iter().filter(|(kind, _)| kind.is_peer());
        let peers = peers.filter_map(|(kind, _)| Some((*kind, at(*kind)?)));
        let (best, ratio) = match self.better {
            Better::More => {
                let (kind, best) = peers.max_by(|a, b| a.1.total_cmp(&b.1))?;
                (kind, ours / best)
            }
            Better::Less => {
                let (kind, best) = peers.min_by(|a, b| a.1.total_cmp(&b.1))?;
                (kind, best / ours)
            }
            Better::Neither => return None,
        };
        ratio.is_finite().then(|| format!("{ratio:.2} ({})", best.name()))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {} |", self.name)?;
        for cell in &self.cells {
            match cell {
                Cell::Median(figure) => write!(f, " {} |", self.shown(*figure))?,
                Cell::Failed => write!(f, " failed |")?,
                Cell::NotInstalled => write!(f, " not installed |")?,
                Cell::Empty => write!(f, " |")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| relays, on the loopback |")?;
        self.kinds.iter().try_for_each(|(kind, _)| write!(f, " {} |", kind.name()))?;
        writeln!(f, " Wirelab against the best peer |")?;
        writeln!(f, "|---|{}---|", "---|".repeat(self.kinds.len()))?;
        for row in &self.rows {
            let ratio = row.ratio(&self.kinds, Kind::Own).unwrap_or_default();
            writeln!(f, "{row} {ratio} |")?;
        }
        Ok(())
    }
}
