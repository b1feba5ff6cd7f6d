//! What is happening: logs, metrics, health.
