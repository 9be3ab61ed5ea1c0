//! Accepts connections and answers requests: a file of the page, or the upgrade to a WebSocket.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::house::House;
use crate::pages;
use crate::service::Service;

const ENDPOINTS: &str = "/endpoints.json";

/// After a failed accept, most likely for want of file descriptors: time to close some.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Accepts until the relay stops.
pub(crate) async fn listen(listener: TcpListener, house: Arc<House>) {
    loop {
        let accepted = tokio::select! {
            biased;
            () = house.stopping() => return,
            accepted = accept(&listener, &house) => accepted,
        };
        match accepted {
            Ok((socket, peer, permit)) => {
                let of_task = Arc::clone(&house);
                let served =
                    house.lanes.serve(socket, move |socket| serve(socket, peer, of_task, permit));
                if let Err(error) = served {
                    tracing::warn!(%peer, %error, "cannot serve a connection");
                }
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection; trying again");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// First a permit, then a connection: above the limit, connections wait in the kernel's queue.
async fn accept(
    listener: &TcpListener,
    house: &House,
) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = Arc::clone(&house.connections).acquire_owned().await;
    let permit = permit.map_err(std::io::Error::other)?;
    let (socket, peer) = listener.accept().await?;
    socket.set_nodelay(true)?;
    Ok((socket, peer, permit))
}

async fn serve(
    socket: TcpStream,
    peer: SocketAddr,
    house: Arc<House>,
    _permit: OwnedSemaphorePermit,
) {
    let service = service_fn(|request| {
        let house = Arc::clone(&house);
        async move { Ok::<_, Infallible>(answer(request, peer, house)) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(house.limits().headers)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        () = house.stopping() => {
            connection.as_mut().graceful_shutdown();
            let patience = house.limits().farewell;
            tokio::time::timeout(patience, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "connection ended");
    }
}

fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    house: Arc<House>,
) -> Response<Full<Bytes>> {
    let headers = request.headers();
    if let Err(text) = house.gate.check_host(text(headers, &header::HOST)) {
        tracing::warn!(%peer, %text, "refused");
        return pages::sentence(StatusCode::FORBIDDEN, &text);
    }
    let method = request.method();
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    if let Some(service) = Service::of(request.uri().path()) {
        return match check_upgrade(&request, peer.ip(), &house, service) {
            Ok(accepted) => upgrade(request, peer, house, accepted),
            Err((status, text)) => {
                tracing::warn!(%peer, %text, "refused a WebSocket");
                pages::sentence(status, &text)
            }
        };
    }
    match request.uri().path() {
        ENDPOINTS if is_read => pages::json(method, house.endpoints_json.clone()),
        path => pages::page(pages::ASSETS, method, path, headers),
    }
}

/// A handshake in which everything is right.
struct Accepted {
    service: Service,
    /// The answer to the key.
    accept: String,
    subprotocol: Option<&'static str>,
}

fn check_upgrade(
    request: &Request<Incoming>,
    peer: IpAddr,
    house: &House,
    service: Result<Service, String>,
) -> Result<Accepted, (StatusCode, String)> {
    let headers = request.headers();
    let host = text(headers, &header::HOST).unwrap_or_default();
    house
        .gate
        .check_origin(host, text(headers, &header::ORIGIN), peer)
        .map_err(|text| (StatusCode::FORBIDDEN, text))?;
    let asks = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && lists(headers, &header::CONNECTION, "upgrade")
        && lists(headers, &header::UPGRADE, "websocket")
        && text(headers, &header::SEC_WEBSOCKET_VERSION) == Some("13");
    let key = text(headers, &header::SEC_WEBSOCKET_KEY).filter(|_| asks);
    let key = key.ok_or_else(|| {
        let text = "This address is a WebSocket (RFC 6455, version 13); it cannot be read.";
        (StatusCode::UPGRADE_REQUIRED, text.to_owned())
    })?;
    let refused = |text| (StatusCode::BAD_REQUEST, text);
    let service = service.map_err(refused)?;
    let offers = |name: &str| lists(headers, &header::SEC_WEBSOCKET_PROTOCOL, name);
    let subprotocol = service.subprotocol(offers).map_err(refused)?;
    Ok(Accepted { service, accept: derive_accept_key(key.as_bytes()), subprotocol })
}

fn upgrade(
    mut request: Request<Incoming>,
    peer: SocketAddr,
    house: Arc<House>,
    accepted: Accepted,
) -> Response<Full<Bytes>> {
    let Accepted { service, accept, subprotocol } = accepted;
    let Ok(permit) = Arc::clone(&house.sessions).try_acquire_owned() else {
        let text = format!(
            "The relay has {} tunnels, as many as it allows; try again later.",
            house.limits().sessions
        );
        return pages::sentence(StatusCode::SERVICE_UNAVAILABLE, &text);
    };
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        match upgraded.await.map(hyper::upgrade::Upgraded::downcast::<TokioIo<TcpStream>>) {
            Ok(Ok(parts)) => {
                service.run(parts.io.into_inner(), parts.read_buf, peer, &house).await;
            }
            Ok(Err(_)) => tracing::error!(%peer, "the upgraded connection is not a socket"),
            Err(error) => tracing::debug!(%peer, %error, "upgrade failed"),
        }
        drop(permit);
    });
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    if let Some(subprotocol) = subprotocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(subprotocol));
    }
    if let Ok(accept) = HeaderValue::from_str(&accept) {
        headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}

/// A header that is there once and is text.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}

/// Is `wanted` one of the words of a header?
fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|word| word.trim().eq_ignore_ascii_case(wanted))
}
