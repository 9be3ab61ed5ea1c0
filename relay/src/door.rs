//! Who gets in: `Host`, `Origin` and the access token of a request, and what is answered to those who
//! do not.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::time::timeout;

use crate::access::{self, Access};
use crate::callers::UsedUp;
use crate::gate::Header;
use crate::house::House;
use crate::pages;

/// Where a page says the token.
pub(crate) const ACCESS: &str = "/access";

/// Names under which somebody might put a token into an address.
const TOKENS: [&str; 4] = ["token", "access_token", "access-token", "bearer"];

/// Why somebody may not present.
const NO_TOKEN: &str = "Presenting needs this relay's access token. The page has a form for it; programs \
    send it as Authorization: Bearer.";
const NOT_FROM_HERE: &str = "Without an Origin header, only programs on the relay's own machine present, \
    which reach it at its loopback address.";

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// Between whom a request goes.
#[derive(Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) peer: SocketAddr,
    /// The address of this machine.
    pub(crate) local: IpAddr,
}

/// Why a request is refused.
pub(crate) struct Refused {
    status: StatusCode,
    pub(crate) text: String,
    /// When to try again, if that is known.
    wait: Duration,
}

impl Refused {
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Refused {
        Refused { status, text: text.into(), wait: Duration::ZERO }
    }

    /// What the metrics count it as.
    pub(crate) fn label(&self) -> &'static str {
        match self.status {
            StatusCode::FORBIDDEN => "ORIGIN",
            StatusCode::UNAUTHORIZED => "TOKEN",
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => "LIMIT",
            _ => "HANDSHAKE",
        }
    }

    fn forbidden(text: String) -> Refused {
        Refused::new(StatusCode::FORBIDDEN, text)
    }

    pub(crate) fn response(&self) -> Response<Full<Bytes>> {
        let mut response = pages::sentence(self.status, &self.text);
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if !self.wait.is_zero() {
            let seconds = self.wait.as_secs() + 1;
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<UsedUp> for Refused {
    fn from(UsedUp { text, wait }: UsedUp) -> Refused {
        Refused { status: StatusCode::TOO_MANY_REQUESTS, text, wait }
    }
}

/// For every request: is it meant for this relay, and without a secret in its address?
pub(crate) fn check_target(
    request: &Request<Incoming>,
    ends: Ends,
    house: &House,
) -> Result<(), Refused> {
    let host = Header::of(request.headers(), &header::HOST);
    let target = request.uri().authority().map(|authority| authority.as_str());
    house.gate.check_host(&host, target, ends.local).map_err(Refused::forbidden)?;
    let query = request.uri().query().unwrap_or_default();
    let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
    if names.any(|name| TOKENS.iter().any(|token| token.eq_ignore_ascii_case(name))) {
        let text = "An access token does not belong into an address, which others get to see in \
                    logs and histories: take another one now. The page asks for it; programs send \
                    it as Authorization: Bearer.";
        return Err(Refused::new(StatusCode::BAD_REQUEST, text));
    }
    Ok(())
}

/// For what opens sockets: is it the relay's own page, or a program that may?
pub(crate) fn check_tunnel(headers: &HeaderMap, ends: Ends, house: &House) -> Result<(), Refused> {
    let ip = ends.peer.ip();
    let host = Header::of(headers, &header::HOST).text().unwrap_or_default();
    match (Header::of(headers, &header::ORIGIN), house.access()) {
        (Header::Once(origin), _) => {
            house.gate.check_origin(host, origin, ends.local).map_err(Refused::forbidden)?;
            check_token(headers, ip, house)
        }
        (Header::Absent, None) => house.gate.check_program(host, ip).map_err(Refused::forbidden),
        // A cookie is for browsers, and they send Origin.
        (Header::Absent, Some(access)) => {
            check_bearer(&access, headers, ip, house).unwrap_or_else(|| Err(unknown()))
        }
        (Header::Unclear, _) => Err(unclear_origin()),
    }
}

/// For a room, which everybody may join who knows its code: no page of others, and whether this one may
/// present, too; the error is what is missing for that.
pub(crate) fn check_room(
    headers: &HeaderMap,
    ends: Ends,
    house: &House,
) -> Result<Result<(), &'static str>, Refused> {
    let ip = ends.peer.ip();
    let host = Header::of(headers, &header::HOST).text().unwrap_or_default();
    let is_page = match Header::of(headers, &header::ORIGIN) {
        Header::Once(origin) => {
            house.gate.check_origin(host, origin, ends.local).map_err(Refused::forbidden)?;
            true
        }
        Header::Absent => false,
        Header::Unclear => return Err(unclear_origin()),
    };
    let Some(access) = house.access() else {
        let may_present = is_page || house.gate.check_program(host, ip).is_ok();
        return Ok(if may_present { Ok(()) } else { Err(NOT_FROM_HERE) });
    };
    if let Some(checked) = check_bearer(&access, headers, ip, house) {
        return checked.map(Ok);
    }
    // A cookie is for browsers, and they send Origin.
    let may_present = is_page && has_cookie(&access, headers, house);
    Ok(if may_present { Ok(()) } else { Err(NO_TOKEN) })
}

/// For what only those learn who may use the relay.
pub(crate) fn check_reader(headers: &HeaderMap, ip: IpAddr, house: &House) -> Result<(), Refused> {
    let is = |name, value| Header::of(headers, &name).text() == Some(value);
    let is_foreign = is(SITE, "cross-site") || is(SITE, "same-site");
    if is_foreign && !is(MODE, "navigate") {
        let text = "Only the page that the relay itself serves may ask for this.";
        return Err(Refused::forbidden(text.to_owned()));
    }
    check_token(headers, ip, house)
}

/// A page says the token and gets a cookie.
pub(crate) async fn log_in(
    request: Request<Incoming>,
    ends: Ends,
    house: &House,
) -> Result<Response<Full<Bytes>>, Refused> {
    let ip = ends.peer.ip();
    if request.method() != Method::POST {
        let text = "This address takes an access token; use POST.";
        return Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, text));
    }
    let headers = request.headers();
    let host = Header::of(headers, &header::HOST).text().unwrap_or_default().to_owned();
    let origin = Header::of(headers, &header::ORIGIN).text().unwrap_or("null").to_owned();
    house.gate.check_origin(&host, &origin, ends.local).map_err(Refused::forbidden)?;
    let Some(access) = house.access() else {
        return Err(Refused::new(StatusCode::NOT_FOUND, "This relay asks for no access token."));
    };
    let limits = house.limits();
    house.callers.may_try(ip, &limits)?;
    let body = Limited::new(request.into_body(), access::LONGEST).collect();
    let body = timeout(limits.headers, body).await.map_err(|_| {
        Refused::new(StatusCode::REQUEST_TIMEOUT, "The token did not come in time.")
    })?;
    let token = body.map(|body| body.to_bytes()).unwrap_or_default();
    check(&access, token.trim_ascii(), ip, house)?;
    tracing::info!(%ip, "access by token");
    let cookie = format!(
        "{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}",
        access::cookie_name(house.gate.port()),
        access.cookie(SystemTime::now()),
        access::REMEMBERED.as_secs(),
        if origin.starts_with("https:") { "; Secure" } else { "" },
    );
    let mut response = pages::sentence(StatusCode::OK, "The token is right.");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The token itself, or a cookie for it, if one is asked for.
fn check_token(headers: &HeaderMap, ip: IpAddr, house: &House) -> Result<(), Refused> {
    let Some(access) = house.access() else { return Ok(()) };
    if let Some(checked) = check_bearer(&access, headers, ip, house) {
        return checked;
    }
    if has_cookie(&access, headers, house) { Ok(()) } else { Err(unknown()) }
}

fn has_cookie(access: &Access, headers: &HeaderMap, house: &House) -> bool {
    let name = access::cookie_name(house.gate.port());
    let now = SystemTime::now();
    let mut cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    cookies.any(|(key, value)| key == name && access.is_cookie(value, now))
}

/// `None` if there is no token.
fn check_bearer(
    access: &Access,
    headers: &HeaderMap,
    ip: IpAddr,
    house: &House,
) -> Option<Result<(), Refused>> {
    let given = Header::of(headers, &header::AUTHORIZATION).text()?;
    let (scheme, token) = given.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| check(access, token.trim().as_bytes(), ip, house))
}

fn check(access: &Access, token: &[u8], ip: IpAddr, house: &House) -> Result<(), Refused> {
    let limits = house.limits();
    house.callers.may_try(ip, &limits)?;
    if access.is_token(token) {
        return Ok(());
    }
    house.callers.was_wrong(ip, &limits);
    Err(Refused::new(StatusCode::UNAUTHORIZED, "The access token is wrong."))
}

fn unclear_origin() -> Refused {
    Refused::forbidden("The request has several Origin headers, or one that is no text.".to_owned())
}

fn unknown() -> Refused {
    let text = "This relay asks for an access token. The page has a form for it; programs send it \
                as Authorization: Bearer.";
    Refused::new(StatusCode::UNAUTHORIZED, text)
}
