//! HTTP/2 frames by the thousand.
