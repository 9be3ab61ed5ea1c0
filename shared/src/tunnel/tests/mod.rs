mod frames;
mod pair;
mod rules;
mod streams;
