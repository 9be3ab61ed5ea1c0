//! Small worlds of two ends, a few streams and messages on their way, in every state that they can
//! come to: each owner does what its plan says, whenever it can, and each message takes as long as it
//! likes.
//!
//! In every state the books of credit balance and what was told is what was sent. Where nothing can
//! happen any more, everything has arrived and nothing is left. Every event uses something up, so
//! there are no circles, and a state in which nothing can happen is either the end or a deadlock.

mod plans;
mod world;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use plans::Plan;
use world::{Event, World};

/// A state that was come to, and the states after it that are still to be tried.
struct Place {
    by: Option<Event>,
    next: Vec<(Event, World)>,
}

/// Gives how many states there are.
fn explore(plan: &Plan) -> usize {
    let start = World::new(plan);
    let mut seen = HashSet::from([digest(&start)]);
    let mut path = Vec::new();
    enter(&mut path, None, &start, plan);
    while let Some(place) = path.last_mut() {
        let Some((event, world)) = place.next.pop() else {
            path.pop();
            continue;
        };
        if seen.insert(digest(&world)) {
            enter(&mut path, Some(event), &world, plan);
        }
    }
    seen.len()
}

/// Checks a state. If it panics, how it came to that is printed.
fn enter(path: &mut Vec<Place>, by: Option<Event>, world: &World, plan: &Plan) {
    path.push(Place { by, next: Vec::new() });
    let next = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        world.check(plan);
        let next = world.next(plan);
        if next.is_empty() {
            world.check_end(plan);
        }
        next
    }));
    match (next, path.last_mut()) {
        (Ok(next), Some(place)) => place.next = next,
        (Err(panic), _) => {
            path.iter().for_each(|place| println!("{:?}", place.by));
            std::panic::resume_unwind(panic)
        }
        (Ok(_), None) => unreachable!("it was pushed"),
    }
}

fn digest(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    world.hash(&mut hasher);
    hasher.finish()
}

/// The states of each plan are counted, so that a plan that explores nothing is noticed.
fn run(plans: &[Plan]) {
    for plan in plans {
        let states = explore(plan);
        println!("{}: {states} states", plan.name);
        assert!(states >= plan.least, "{}: only {states} states", plan.name);
    }
}

#[test]
fn one_stream_in_every_order() {
    run(plans::ONE);
}

#[test]
fn one_stream_given_up_in_every_order() {
    run(plans::GIVEN_UP);
}

#[test]
fn two_streams_in_every_order() {
    run(plans::TWO);
}

#[test]
fn paced_streams_in_every_order() {
    run(plans::PACED);
}

#[test]
fn a_broken_rule_in_every_order() {
    run(plans::BROKEN);
}
