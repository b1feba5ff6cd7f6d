//! Sockets: passed by the service manager (`sd_listen_fds(3)`), else opened here.
//!
//! A passed socket is found by its name (`FileDescriptorName=` in a socket unit): `https`, `http`, `tftp` or `admin`.
//! So ports below 1024 need no privilege, and connections wait in them while the process starts again.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};

use listenfd::ListenFd;

/// The sockets that were passed and not yet taken.
pub struct Sockets {
    passed: ListenFd,
    names: Vec<Option<String>>,
}

/// Why a door has no socket.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// The address cannot be bound.
    #[error("cannot listen on {address} for {door}: {source}{}", hint(*.address, .source))]
    Bind {
        /// The door.
        door: &'static str,
        /// Where it should be.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A passed socket is of another kind.
    #[error("the socket passed for {door} cannot be used: {source}")]
    Passed {
        /// The door.
        door: &'static str,
        /// What is wrong with it.
        source: io::Error,
    },
    /// One door, several sockets.
    #[error("{count} sockets were passed for {door}; pass one, \"[::]:PORT\" takes IPv4 as well")]
    Several {
        /// The door.
        door: &'static str,
        /// How many.
        count: usize,
    },
}

impl Sockets {
    /// Takes over what was passed. To be called before the process has threads, as it clears `LISTEN_FDS` and
    /// `LISTEN_PID`, which no child should see.
    pub fn passed(environment: &dyn Fn(&str) -> Option<String>) -> Self {
        let passed = ListenFd::from_env();
        let names = environment("LISTEN_FDNAMES").unwrap_or_default();
        let mut names: Vec<Option<String>> = names.split(':').map(|name| Some(name.to_owned())).collect();
        names.resize(passed.len(), None);
        Self { passed, names }
    }

    /// The socket of a door over TCP; `None` when it is off. It does not block, as tokio wants it.
    pub fn tcp(
        &mut self,
        door: &'static str,
        address: Option<SocketAddr>,
    ) -> Result<Option<TcpListener>, SocketError> {
        let wrong = |source| SocketError::Passed { door, source };
        let listener = match (self.take(door)?, address) {
            (Some(at), _) => self.passed.take_tcp_listener(at).map_err(wrong)?,
            (None, Some(address)) => {
                let bound =
                    bind_tcp(address).map_err(|source| SocketError::Bind { door, address, source })?;
                Some(bound)
            }
            (None, None) => None,
        };
        let Some(listener) = listener else { return Ok(None) };
        listener.set_nonblocking(true).map_err(wrong)?;
        Ok(Some(listener))
    }

    /// The socket of a door over UDP; `None` when it is off. It does not block, as tokio wants it.
    pub fn udp(
        &mut self,
        door: &'static str,
        address: Option<SocketAddr>,
    ) -> Result<Option<UdpSocket>, SocketError> {
        let wrong = |source| SocketError::Passed { door, source };
        let socket = match (self.take(door)?, address) {
            (Some(at), _) => self.passed.take_udp_socket(at).map_err(wrong)?,
            (None, Some(address)) => {
                let bound = UdpSocket::bind(address);
                Some(bound.map_err(|source| SocketError::Bind { door, address, source })?)
            }
            (None, None) => None,
        };
        let Some(socket) = socket else { return Ok(None) };
        socket.set_nonblocking(true).map_err(wrong)?;
        Ok(Some(socket))
    }

    /// The names of passed sockets that no door has taken, such as a misspelt one.
    #[must_use]
    pub fn left_over(&self) -> Vec<&str> {
        self.names.iter().flatten().map(String::as_str).collect()
    }

    /// The place of the socket passed for `door`, which is then gone.
    fn take(&mut self, door: &'static str) -> Result<Option<usize>, SocketError> {
        let places: Vec<usize> =
            (0..self.names.len()).filter(|at| self.names[*at].as_deref() == Some(door)).collect();
        match places[..] {
            [] => Ok(None),
            [at] => {
                self.names[at] = None;
                Ok(Some(at))
            }
            _ => Err(SocketError::Several { door, count: places.len() }),
        }
    }
}

impl fmt::Debug for Sockets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sockets").field("left_over", &self.left_over()).finish_non_exhaustive()
    }
}

/// With the longest queue the kernel gives: after a power cut a thousand phones connect at once.
fn bind_tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket2::Socket::new(socket2::Domain::for_address(address), socket2::Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(i32::from(u16::MAX))?;
    Ok(socket.into())
}

fn hint(address: SocketAddr, error: &io::Error) -> &'static str {
    if error.kind() == io::ErrorKind::PermissionDenied && address.port() < 1024 {
        " (ports below 1024 are opened by systemd socket units, or with CAP_NET_BIND_SERVICE)"
    } else {
        ""
    }
}
