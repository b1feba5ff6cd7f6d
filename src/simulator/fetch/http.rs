//! HTTP/1.1 over TCP or TLS: one connection, several files, driven by the task of its phone.

use std::pin::{Pin, pin};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1;
use hyper::{Request, Response, StatusCode, body::Incoming, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{FetchError, Fetched, LARGEST_DOCUMENT, Step};
use crate::simulator::url::{InvalidUrl, ProvisioningUrl, Scheme};

/// A byte stream, encrypted or not.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

type Driver = Pin<Box<http1::Connection<TokioIo<Box<dyn Stream>>, Empty<Bytes>>>>;

/// An open connection. `driver` moves its bytes and is polled beside each request, so that a phone is one task.
pub(super) struct Connection {
    sender: http1::SendRequest<Empty<Bytes>>,
    driver: Option<Driver>,
}

impl Connection {
    /// Connects, and agrees on TLS where the URL says so.
    pub(super) async fn open(
        url: &ProvisioningUrl,
        tls: Option<&TlsConnector>,
        step: &mut Step,
    ) -> Result<Self, FetchError> {
        let place = url.place();
        let stream = tcp(url, step).await?;
        let stream: Box<dyn Stream> = match (url.scheme(), tls) {
            (Scheme::Https, None) => return Err(FetchError::NoTrust(place)),
            (Scheme::Https, Some(tls)) => {
                *step = Step::Tls;
                let failed = |source| FetchError::Tls { place: place.clone(), source };
                let name = ServerName::try_from(url.host().to_owned())
                    .map_err(|error| failed(std::io::Error::new(std::io::ErrorKind::InvalidInput, error)))?;
                Box::new(tls.connect(name, stream).await.map_err(failed)?)
            }
            _ => Box::new(stream),
        };
        let (sender, driver) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|source| FetchError::Http { place, source })?;
        Ok(Self { sender, driver: Some(Box::pin(driver)) })
    }

    /// Asks for one file.
    pub(super) async fn get(
        &mut self,
        url: &ProvisioningUrl,
        user_agent: Option<&str>,
        fields: &[(&str, &str)],
    ) -> Result<Fetched, FetchError> {
        let place = url.place();
        let broke = |source| FetchError::Http { place: place.clone(), source };
        let request = request(url, user_agent, fields)?;
        let Self { sender, driver } = self;
        driven(driver, sender.ready()).await.map_err(broke)?;
        let response = driven(driver, sender.send_request(request)).await.map_err(broke)?;
        let status = response.status();
        let asked = response.headers().get_all(header::WWW_AUTHENTICATE).iter();
        let asked = asked.filter_map(|line| line.to_str().ok()).map(str::to_owned).collect();
        let body = match driven(driver, body(response)).await {
            Ok(body) => body,
            Err(error) => {
                return Err(match error.downcast::<hyper::Error>() {
                    Ok(source) => broke(*source),
                    Err(_) => FetchError::TooLarge { place },
                });
            }
        };
        Ok(match status {
            StatusCode::OK => Fetched::Document(body),
            StatusCode::NOT_FOUND | StatusCode::GONE => Fetched::Missing,
            StatusCode::SERVICE_UNAVAILABLE => Fetched::Undecidable,
            StatusCode::UNAUTHORIZED => Fetched::Unauthorized(asked),
            other => Fetched::Refused(other.as_u16()),
        })
    }
}

/// Tries each address of the host in turn.
async fn tcp(url: &ProvisioningUrl, step: &mut Step) -> Result<TcpStream, FetchError> {
    let resolved = |source| FetchError::Resolve { host: url.host().to_owned(), source };
    let addresses: Vec<_> =
        tokio::net::lookup_host((url.host(), url.port())).await.map_err(resolved)?.collect();
    *step = Step::Connect;
    let mut last = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // Latency only; a socket that refuses it works all the same.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(FetchError::Connect { place: url.place(), source: last })
}

fn request(
    url: &ProvisioningUrl,
    user_agent: Option<&str>,
    fields: &[(&str, &str)],
) -> Result<Request<Empty<Bytes>>, FetchError> {
    let mut request =
        Request::get(url.path()).header(header::HOST, url.authority()).header(header::ACCEPT, "*/*");
    if let Some(user_agent) = user_agent {
        request = request.header(header::USER_AGENT, user_agent);
    }
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(Empty::new()).map_err(|_| FetchError::Url(InvalidUrl::Shape))
}

async fn body(response: Response<Incoming>) -> Result<Bytes, Box<dyn std::error::Error + Send + Sync>> {
    Limited::new(response.into_body(), LARGEST_DOCUMENT)
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
}

/// Waits for `work` and moves the connection's bytes meanwhile; a connection that has ended is let go.
async fn driven<T>(driver: &mut Option<Driver>, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    while let Some(moving) = driver {
        tokio::select! {
            biased;
            done = &mut work => return done,
            // Its error reaches `work` as well, which tells it.
            _ = moving => *driver = None,
        }
    }
    work.await
}
