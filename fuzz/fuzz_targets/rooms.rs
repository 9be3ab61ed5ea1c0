#![no_main]

wirelab_fuzz::target!("rooms");
