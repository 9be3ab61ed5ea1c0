//! A short part of `cargo xtask soak`, always the same.

use tests::soak::{Work, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_octet_is_accounted_for() {
    let report = run(4711, Work::Visits(96), false).await;
    let happened = |what: &str| report.seen.get(what).copied().unwrap_or(0);
    for what in [
        "stream whole",
        "stream given up by the page",
        "stream torn by the server",
        "connection to a listener",
        "UDP socket",
        "page left in the middle",
        "server killed",
    ] {
        assert!(happened(what) > 0, "the scenes never had a {what}: {report}");
    }
}
