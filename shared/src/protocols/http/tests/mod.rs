//! The pitfalls of HTTP, with their exact bytes.
