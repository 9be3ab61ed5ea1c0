#![no_main]

wirelab_fuzz::target!("mux_pair");
