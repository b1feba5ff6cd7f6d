//! SIP: the codec under chance, and SUBSCRIBEs as real phones send them.

#![expect(clippy::unwrap_used, reason = "what fails here fails the test")]

mod chance;
mod corpus;
