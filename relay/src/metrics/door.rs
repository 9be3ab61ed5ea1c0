//! The metrics' own port, and how the relay feels, which the page's port tells too.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::gate::{Gate, Header};
use crate::house::{House, Stage};
use crate::pages;

pub(crate) const DRAINING: &str = "The relay is stopping and takes no new tunnels.";

/// Connections to this port at a time; a scraper or two need one each.
const CONNECTIONS: usize = 16;

/// The longest that one of them may take, keep-alive and all.
const PATIENCE: Duration = Duration::from_secs(60);

const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The media type of the text that Prometheus reads.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers until the relay stops. With a gate, only to names of this machine: a page of another
/// site may point its own name here.
pub(crate) async fn listen(listener: TcpListener, gate: Option<Gate>, house: Arc<House>) {
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    let gate = Arc::new(gate);
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        let accepted = tokio::select! {
            biased;
            () = house.stopping() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, peer)) => {
                let (gate, house) = (Arc::clone(&gate), Arc::clone(&house));
                tokio::spawn(async move {
                    tokio::select! {
                        () = house.stopping() => {}
                        _ = timeout(PATIENCE, serve(socket, peer, gate, &house)) => {}
                    }
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept at the metrics' port; trying again");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// `/healthz`: the relay answers. `/readyz`: it takes new tunnels.
pub(crate) fn health(path: &str, house: &House) -> Option<Response<Full<Bytes>>> {
    match path {
        "/healthz" => Some(pages::sentence(StatusCode::OK, "alive")),
        "/readyz" if house.stage() == Stage::Running => {
            Some(pages::sentence(StatusCode::OK, "ready"))
        }
        "/readyz" => Some(pages::sentence(StatusCode::SERVICE_UNAVAILABLE, DRAINING)),
        _ => None,
    }
}

/// A gate is only for a port of this machine alone.
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

async fn serve(socket: TcpStream, peer: SocketAddr, gate: Arc<Option<Gate>>, house: &Arc<House>) {
    let service = service_fn(|request| {
        let response = answer(&request, gate.as_ref().as_ref(), house);
        async move { Ok::<_, Infallible>(response) }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(house.limits().headers)
        .serve_connection(TokioIo::new(socket), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%peer, %error, "connection to the metrics ended");
    }
}

fn answer(
    request: &Request<Incoming>,
    gate: Option<&Gate>,
    house: &House,
) -> Response<Full<Bytes>> {
    let host = Header::of(request.headers(), &header::HOST);
    if let Some(Err(text)) = gate.map(|gate| gate.check_host(&host, None, HERE)) {
        return pages::sentence(StatusCode::FORBIDDEN, &text);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return pages::sentence(StatusCode::METHOD_NOT_ALLOWED, "This port answers GET and HEAD.");
    }
    let path = request.uri().path();
    if path == "/metrics" {
        let mut response = Response::new(Full::from(house.metrics.text()));
        let kind = HeaderValue::from_static(OPEN_METRICS);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        return response;
    }
    health(path, house).unwrap_or_else(|| {
        let text = "Here are /metrics, /healthz and /readyz. The lab is at another port.";
        pages::sentence(StatusCode::NOT_FOUND, text)
    })
}
