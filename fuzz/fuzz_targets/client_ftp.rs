#![no_main]

wirelab_fuzz::target!("client_ftp");
