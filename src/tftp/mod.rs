//! TFTP as pure functions: packets, options and the transfer machine (RFC 1350, 2347, 2348, 2349, 7440).
