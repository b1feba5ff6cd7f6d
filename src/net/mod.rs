//! Accepting connections: TLS, limits and the certificates that phones meet. Knows nothing of provisioning.
