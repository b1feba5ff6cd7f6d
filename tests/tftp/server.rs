//! A TFTP server in this process: `size-N` is a file of N bytes, `text` one with line ends, the rest are refusals.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use offhook::transport::tftp::{
    Counters, Draining, Limits, ReadHandler, ReadRequest, TftpRefusal, TftpServer,
};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What `text` holds.
pub(crate) const TEXT: &[u8] = b"first\nsecond\rthird\n";

/// A running server; it stops when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) counters: Arc<Counters>,
    runtime: Option<Runtime>,
    shutdown: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<Draining>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with(SocketAddr::from(([127, 0, 0, 1], 0)), Limits::default())
    }

    pub(crate) fn with(bind: SocketAddr, limits: Limits) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let socket = UdpSocket::bind(bind).unwrap();
        let address = socket.local_addr().unwrap();
        let server = {
            let _in_runtime = runtime.enter();
            TftpServer::new(socket, Files, limits).unwrap()
        };
        let counters = server.counters();
        let (shutdown, stopped) = oneshot::channel::<()>();
        let running = runtime.spawn(server.run(async move {
            let _ = stopped.await;
        }));
        Self { address, counters, runtime: Some(runtime), shutdown: Some(shutdown), running: Some(running) }
    }

    /// Tells the server to stop, and waits for its live transfers while `meanwhile` goes on here.
    pub(crate) fn drain(mut self, meanwhile: impl FnOnce()) {
        let runtime = self.runtime.take().unwrap();
        self.shutdown.take().unwrap().send(()).unwrap();
        let draining = runtime.block_on(self.running.take().unwrap()).unwrap();
        meanwhile();
        runtime
            .block_on(async { tokio::time::timeout(Duration::from_secs(10), draining.finished()).await })
            .expect("transfers end soon after their last ACK");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The bytes of `size-N`: no two blocks are alike.
pub(crate) fn content(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut bytes = Vec::with_capacity(size + 4);
    while bytes.len() < size {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.extend_from_slice(&state.to_be_bytes());
    }
    bytes.truncate(size);
    bytes
}

struct Files;

impl ReadHandler for Files {
    type Receipt = ();

    async fn read(&self, request: ReadRequest) -> Result<(Bytes, ()), TftpRefusal> {
        let content = match request.name.trim_start_matches('/') {
            "text" => Ok(Bytes::from_static(TEXT)),
            "busy" => Err(TftpRefusal::Busy),
            "undecidable" => Err(TftpRefusal::Undecidable),
            name => {
                let size = name.strip_prefix("size-").and_then(|size| size.parse().ok());
                size.map(content).map(Bytes::from).ok_or(TftpRefusal::NotFound)
            }
        };
        content.map(|content| (content, ()))
    }

    fn delivered(&self, (): &()) {}
}
