mod frames;
mod orders;
mod pair;
mod rules;
mod streams;
