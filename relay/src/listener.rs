//! Accepts connections and answers requests: a file of the page, or the upgrade to a WebSocket.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioIo, TokioTimer};
use shared::tunnel::Reason;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::door::{Ends, Refused};
use crate::gate::Header;
use crate::house::{House, Stage};
use crate::line::Line;
use crate::metrics::{self, Asked};
use crate::rooms::Visitor;
use crate::service::Service;
use crate::tls::Began;
use crate::{door, pages, proxy, rooms};

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
    // A proxy has the connections of all whom it serves.
    let is_proxy = proxy::is_trusted(peer.ip(), &house.trusted);
    let counted = (!is_proxy).then(|| house.callers.connection(peer.ip(), &house.limits()));
    let _counted = match counted.transpose() {
        Ok(counted) => counted,
        Err(used_up) => {
            tracing::warn!(%peer, %used_up, "closed a connection");
            return;
        }
    };
    let (line, plain) = match begin(socket, &house).await {
        Ok(Began::Line(line)) => (line, false),
        Ok(Began::NoTls(socket)) => (Line::Plain(socket), true),
        Err(error) => {
            tracing::debug!(%peer, %error, "no TLS came about");
            return;
        }
    };
    // A socket that does not know its address is about to fail.
    let local = line.local_addr().map_or(peer.ip(), |local| local.ip());
    let ends = Ends { peer, local };
    let service = service_fn(|request| {
        let house = Arc::clone(&house);
        async move {
            Ok::<_, Infallible>(if plain { no_tls() } else { answer(request, ends, house).await })
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(house.limits().headers)
        .serve_connection(TokioIo::new(line), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        // Who takes an answer so slowly takes it for the connection's sake.
        () = tokio::time::sleep(house.limits().connection) => {
            tracing::debug!(%peer, "a connection lasted too long");
            return;
        }
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

/// TLS, if that is spoken here, within the time for a request's head.
async fn begin(socket: TcpStream, house: &House) -> std::io::Result<Began> {
    let Some(tls) = &house.tls else { return Ok(Began::Line(Line::Plain(socket))) };
    tokio::select! {
        () = house.stopping() => Err(std::io::ErrorKind::Interrupted.into()),
        began = timeout(house.limits().headers, tls.accept(socket)) => began?,
    }
}

fn no_tls() -> Response<Full<Bytes>> {
    let text = "This port speaks TLS: write https:// in the place of http://.";
    let mut response = pages::sentence(StatusCode::BAD_REQUEST, text);
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

async fn answer(
    request: Request<Incoming>,
    ends: Ends,
    house: Arc<House>,
) -> Response<Full<Bytes>> {
    let peer = proxy::client(ends.peer, request.headers(), &house.trusted);
    let path = request.uri().path().to_owned();
    let answer = answer_or_refuse(request, Ends { peer, ..ends }, Arc::clone(&house)).await;
    answer.unwrap_or_else(|refused| {
        tracing::warn!(%peer, path, text = refused.text, "refused");
        house.metrics.refused_because(Asked::WebSocket, refused.label());
        refused.response()
    })
}

async fn answer_or_refuse(
    request: Request<Incoming>,
    ends: Ends,
    house: Arc<House>,
) -> Result<Response<Full<Bytes>>, Refused> {
    door::check_target(&request, ends, &house)?;
    let (method, headers) = (request.method(), request.headers());
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    if let Some(response) = metrics::health(request.uri().path(), &house).filter(|_| is_read) {
        return Ok(response);
    }
    if let Some(service) = Service::of(request.uri().path()) {
        if house.stage() != Stage::Running {
            return Ok(draining(&house));
        }
        let accepted = check_upgrade(&request, ends, &house, service)?;
        return serve_websocket(request, ends, house, accepted);
    }
    Ok(match request.uri().path() {
        door::ACCESS => door::log_in(request, ends, &house).await?,
        ENDPOINTS if is_read => {
            door::check_reader(headers, ends.peer.ip(), &house)?;
            pages::json(method, house.endpoints_json.clone())
        }
        path => pages::page(pages::ASSETS, method, path, headers),
    })
}

fn draining(house: &House) -> Response<Full<Bytes>> {
    house.metrics.refused(Asked::WebSocket, Reason::STOPPING);
    let mut response = pages::sentence(StatusCode::SERVICE_UNAVAILABLE, metrics::DRAINING);
    let limit = match house.stage() {
        Stage::Draining(limit) => limit.as_secs().max(1),
        _ => 1,
    };
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(limit));
    response
}

/// A handshake in which everything is right.
struct Accepted {
    service: Service,
    /// In a room; the error is why not.
    may_present: Result<(), &'static str>,
    /// The answer to the key.
    accept: String,
    subprotocol: Option<&'static str>,
}

fn check_upgrade(
    request: &Request<Incoming>,
    ends: Ends,
    house: &House,
    service: Result<Service, String>,
) -> Result<Accepted, Refused> {
    let headers = request.headers();
    let may_present = match service {
        Ok(Service::Room) => door::check_room(headers, ends, house)?,
        Ok(_) | Err(_) => door::check_tunnel(headers, ends, house).map(Ok)?,
    };
    let text = |name| Header::of(headers, name).text();
    let asks = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && lists(headers, &header::CONNECTION, "upgrade")
        && lists(headers, &header::UPGRADE, "websocket")
        && text(&header::SEC_WEBSOCKET_VERSION) == Some("13");
    let key = text(&header::SEC_WEBSOCKET_KEY).filter(|_| asks);
    let key = key.ok_or_else(|| {
        let text = "This address is a WebSocket (RFC 6455, version 13); it cannot be read.";
        Refused::new(StatusCode::UPGRADE_REQUIRED, text)
    })?;
    let refused = |text: String| Refused::new(StatusCode::BAD_REQUEST, text);
    let service = service.map_err(refused)?;
    let offers = |name: &str| lists(headers, &header::SEC_WEBSOCKET_PROTOCOL, name);
    let subprotocol = service.subprotocol(offers).map_err(refused)?;
    Ok(Accepted { service, may_present, accept: derive_accept_key(key.as_bytes()), subprotocol })
}

fn serve_websocket(
    request: Request<Incoming>,
    Ends { peer, .. }: Ends,
    house: Arc<House>,
    accepted: Accepted,
) -> Result<Response<Full<Bytes>>, Refused> {
    let answer = (accepted.accept, accepted.subprotocol);
    if accepted.service == Service::Room {
        let of_address = house.callers.room_seat(peer.ip(), &house.limits())?;
        let seat = house.rooms.seat(of_address)?;
        let origin = Header::of(request.headers(), &header::ORIGIN).text().map(str::to_owned);
        let visitor = Visitor { peer, may_present: accepted.may_present, origin, seat };
        let serve = async move |line, read| rooms::serve(line, read, visitor, &house).await;
        return Ok(upgrade(request, peer, answer, serve));
    }
    let Ok(permit) = Arc::clone(&house.sessions).try_acquire_owned() else {
        house.metrics.refused(Asked::WebSocket, Reason::BUSY);
        let text = format!(
            "The relay has {} tunnels, as many as it allows; try again later.",
            house.limits().sessions
        );
        return Err(Refused::new(StatusCode::SERVICE_UNAVAILABLE, text));
    };
    let guest = house.callers.session(peer.ip(), &house.limits())?;
    let serve = async move |line, read| {
        accepted.service.run(line, read, peer, &house, guest).await;
        drop(permit);
    };
    Ok(upgrade(request, peer, answer, serve))
}

fn upgrade<F>(
    mut request: Request<Incoming>,
    peer: SocketAddr,
    (accept, subprotocol): (String, Option<&'static str>),
    serve: impl FnOnce(Line, Bytes) -> F + Send + 'static,
) -> Response<Full<Bytes>>
where
    F: Future<Output = ()> + Send + 'static,
{
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        match upgraded.await.map(hyper::upgrade::Upgraded::downcast::<TokioIo<Line>>) {
            Ok(Ok(parts)) => serve(parts.io.into_inner(), parts.read_buf).await,
            Ok(Err(_)) => tracing::error!(%peer, "the upgraded connection is not a socket"),
            Err(error) => tracing::debug!(%peer, %error, "upgrade failed"),
        }
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

/// Is `wanted` one of the words of a header?
fn lists(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|word| word.trim().eq_ignore_ascii_case(wanted))
}
