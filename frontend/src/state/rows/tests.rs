use super::*;

fn rows(entries: usize, hidden: &[usize]) -> Rows {
    let mut rows = Rows::default();
    rows.sync(entries, |n| !hidden.contains(&n), |_| 10);
    rows
}

#[test]
fn what_is_not_shown_leaves_one_stub_for_all_that_stand_together() {
    let rows = rows(8, &[0, 3, 4, 5, 7]);
    let all: Vec<_> =
        (0..rows.len()).map(|n| rows.get(n).unwrap()).map(|r| (r.from, r.to, r.is_stub)).collect();
    assert_eq!(
        all,
        [(0, 1, true), (1, 2, false), (2, 3, false), (3, 6, true), (6, 7, false), (7, 8, true)]
    );
    assert_eq!((rows.row_of(4), rows.row_of(6), rows.row_of(8)), (Some(3), Some(4), None));
    assert_eq!(rows.get(3).unwrap().entry(), None);
}

/// However the entries come, and whether some are dropped in between, the rows are the same as at once.
#[test]
fn rows_that_grow_and_shrink_are_those_made_at_once() {
    let hidden = [2, 3, 4, 9, 10, 11, 12, 19];
    for stop in 0..20 {
        for back in 0..=stop {
            let mut grown = rows(stop, &hidden);
            let shown = |n: usize| !hidden.contains(&n);
            grown.sync(back, shown, |_| 10);
            assert_eq!(grown.entries(), back);
            grown.sync(20, shown, |_| 10);
            let whole = rows(20, &hidden);
            assert_eq!(grown.rows, whole.rows, "{stop} and back to {back}");
            assert_eq!(grown.total(), whole.total());
        }
    }
}

#[test]
fn only_what_is_near_is_drawn_and_never_more_than_the_most() {
    let px = u64::from(PX);
    let mut rows = Rows::default();
    rows.sync(100_000, |_| true, |_| 20 * PX);
    // What is seen begins at row 50000; 30 rows fill the margin.
    assert_eq!(rows.window(1_000_000 * px, 600 * px), 49_970..50_061);
    assert_eq!(rows.window(0, 100 * px), 0..36);
    assert_eq!(rows.window(u64::from(u32::MAX), 300).end, 100_000);
    // A window so high, or rows so low, that more would fit: what is at its top is drawn.
    let many = rows.window(1_000_000 * px, 100_000 * px);
    assert!(many.len() <= MOST && many.contains(&50_000), "{many:?}");
    assert_eq!(super::tests::rows(DRAW_ALL, &[]).window(0, 10), 0..DRAW_ALL);
}

#[test]
fn what_was_measured_is_kept_by_entry() {
    let mut rows = rows(10, &[]);
    assert!(rows.measure(4, 30));
    assert!(!rows.measure(4, 30));
    assert_eq!((rows.top(5), rows.total()), (70, 120));
    // Three rows above it become a stub.
    rows.clear();
    rows.sync(10, |n| !(1..4).contains(&n), |_| 10);
    assert_eq!((rows.get(2).unwrap().from, rows.height(2)), (4, 30));
    rows.forget_heights();
    rows.clear();
    rows.sync(10, |_| true, |_| 10);
    assert_eq!(rows.total(), 100);
}

#[test]
fn pages_and_scrolling_stop_at_the_ends() {
    let rows = rows(100, &[]);
    assert_eq!(rows.page(50, 95, true), 59);
    assert_eq!(rows.page(50, 95, false), 40);
    assert_eq!((rows.page(99, 95, true), rows.page(0, 95, false)), (99, 0));
    // A row higher than what is seen: the next one all the same.
    assert_eq!((rows.page(50, 5, true), rows.page(50, 5, false)), (51, 49));
    assert_eq!(rows.reveal(50, 480, 100), 480);
    assert_eq!(rows.reveal(50, 505, 100), 500);
    assert_eq!(rows.reveal(50, 0, 100), 410);
    assert_eq!(rows.reveal(50, 0, 5), 500);
    assert_eq!(Rows::default().page(0, 10, true), 0);
}
