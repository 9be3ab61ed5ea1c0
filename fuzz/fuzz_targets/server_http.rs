#![no_main]

wirelab_fuzz::target!("server_http");
