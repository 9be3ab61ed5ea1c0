mod orders;
mod packets;
mod rules;
