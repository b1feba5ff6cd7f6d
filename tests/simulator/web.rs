//! A small web server with what each path answers, and what it was asked.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use rcgen::{CertificateParams, KeyPair};
use rustls::HandshakeKind;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// One request: the connection it came on, its path, and its fields.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) connection: usize,
    pub(crate) path: String,
    pub(crate) user_agent: String,
    pub(crate) linphone: bool,
}

/// What the server knows.
#[derive(Default)]
pub(crate) struct Web {
    answers: HashMap<String, (u16, Vec<u8>)>,
    close_after_each: bool,
    pub(crate) asked: Mutex<Vec<Asked>>,
    pub(crate) full_handshakes: AtomicUsize,
}

impl Web {
    /// Answers a path with a status and a body; what is not named is 404.
    pub(crate) fn with(mut self, path: &str, status: u16, body: impl Into<Vec<u8>>) -> Self {
        self.answers.insert(path.to_owned(), (status, body.into()));
        self
    }

    /// Ends each connection after one answer.
    pub(crate) fn closing(mut self) -> Self {
        self.close_after_each = true;
        self
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|asked| asked.path.clone()).collect()
    }

    /// Serves over plain HTTP.
    pub(crate) async fn serve(self) -> (SocketAddr, Arc<Self>) {
        self.listen(None).await
    }

    /// Serves over TLS with a certificate for `localhost`, which is returned as PEM.
    pub(crate) async fn serve_tls(self) -> (SocketAddr, Arc<Self>, String) {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        let private = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap();
        let (address, web) = self.listen(Some(TlsAcceptor::from(Arc::new(config)))).await;
        (address, web, certificate.pem())
    }

    async fn listen(self, tls: Option<TlsAcceptor>) -> (SocketAddr, Arc<Self>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let web = Arc::new(self);
        let serving = Arc::clone(&web);
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let (web, tls) = (Arc::clone(&serving), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                if stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Full) {
                                    web.full_handshakes.fetch_add(1, Ordering::SeqCst);
                                }
                                web.connection(stream, connection).await;
                            }
                        }
                        None => web.connection(stream, connection).await,
                    }
                });
            }
        });
        (address, web)
    }

    async fn connection(&self, stream: impl AsyncRead + AsyncWrite + Unpin, connection: usize) {
        let service = service_fn(|request| async move { self.answer(&request, connection) });
        // A phone that leaves in the middle is no failure of the test.
        let _ =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }

    fn answer(&self, request: &Request<Incoming>, connection: usize) -> http::Result<Response<Full<Bytes>>> {
        let field = |name: &str| {
            request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        let path = request.uri().to_string();
        let (status, body) = self.answers.get(&path).cloned().unwrap_or((404, Vec::new()));
        self.asked.lock().unwrap().push(Asked {
            connection,
            path,
            user_agent: field("user-agent").to_owned(),
            linphone: field("x-linphone-provisioning") == "1",
        });
        let mut response = Response::builder().status(status);
        if self.close_after_each {
            response = response.header("connection", "close");
        }
        response.body(Full::from(body))
    }
}
