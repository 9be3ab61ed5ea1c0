//! Octets that are throttled: slower, whole, and in fair shares.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::{join, join_all};
use relay::{Limits, Rate};
use tests::tunnel::{TunnelClient, TunnelStream};
use tokio::time::{Instant, timeout};

use super::{SOON, THERE, echo, endless, relay, still_echoes};

const KIB: u64 = 1024;

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at ^ (at >> 8) ^ (at >> 16)) as u8).collect()
}

#[tokio::test]
async fn throttled_octets_arrive_whole_both_ways() {
    let rate = Rate::new(2048 * KIB, 64 * KIB);
    let relay = relay(Limits { bytes: rate, ..Limits::default() }).await;
    let echo = echo().await;
    let client = TunnelClient::connect(relay.address()).await;
    let sent = pattern(512 * 1024);
    let trips = (0..3).map(|_| async {
        let mut stream = client.open_address(echo).await.unwrap();
        let mut back = Vec::new();
        for piece in sent.chunks(32 * 1024) {
            stream.write(piece).await.unwrap();
            back.extend(stream.read_exactly(piece.len()).await);
        }
        back
    });
    let start = Instant::now();
    for back in timeout(SOON, join_all(trips)).await.expect("they end") {
        assert!(back == sent);
    }
    // 3 MiB at 2 MiB/s cannot be there sooner, whatever the machine does.
    assert!(start.elapsed() > Duration::from_millis(1400), "{:?}", start.elapsed());
}

#[tokio::test]
async fn pages_share_what_there_is_whatever_they_ask_for() {
    let rate = Rate::new(4096 * KIB, 64 * KIB);
    let relay = relay(Limits { bytes_in_all: rate, ..Limits::default() }).await;
    let endless = endless().await;
    let greedy = TunnelClient::connect_from(THERE, relay.address()).await;
    let modest = TunnelClient::connect(relay.address()).await;
    let taken = AtomicUsize::new(0);
    let take = |mut stream: TunnelStream| {
        let taken = &taken;
        async move {
            while let Ok(Some(bytes)) = stream.read().await {
                taken.fetch_add(bytes.len(), Ordering::SeqCst);
            }
        }
    };
    let mut streams = Vec::new();
    for _ in 0..16 {
        streams.push(greedy.open_address(endless).await.unwrap());
    }
    let mut one = modest.open_address(endless).await.unwrap();
    let mut typed = modest.open_address(echo().await).await.unwrap();
    let shares = async {
        let before = taken.load(Ordering::SeqCst);
        let mut got = 0;
        while got < 2048 * 1024 {
            got += one.read().await.unwrap().expect("it is endless").len();
        }
        (got, taken.load(Ordering::SeqCst) - before)
    };
    // A keystroke beside the download of the same page has its turn, too.
    let keys = async {
        for _ in 0..20 {
            still_echoes(&mut typed).await;
        }
    };
    let ((one, many), ()) = tokio::select! {
        shares = timeout(SOON, join(shares, keys)) => shares.expect("it ends"),
        _ = join_all(streams.into_iter().map(take)) => unreachable!("they are endless"),
    };
    assert!(many < 2 * one && one < 2 * many, "one stream had {one}, sixteen had {many}");
}
