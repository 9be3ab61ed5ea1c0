mod frames;
mod listen;
mod orders;
mod pair;
mod rules;
mod socket_rules;
mod streams;
mod udp;
