//! The pitfalls of FTP, with their exact bytes.
