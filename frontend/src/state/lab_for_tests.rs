//! A lab that plays commands against the practice server in the page, with a clock of its own.

use std::time::Duration;

use shared::machine::Tick;

use super::{Lab, Route, Target};

/// Connected, each command sent two seconds after the reply to the one before.
pub(crate) fn played(protocol: &str, commands: &[&str]) -> Lab {
    let protocol = shared::protocols::by_id(protocol).expect("the test names a protocol");
    let route = Route { protocol, target: Target::Page };
    let mut now = Tick::default();
    let mut lab = Lab::new(route.clone());
    lab.connect(route, now);
    settle(&mut lab, &mut now);
    for command in commands {
        now = now.after(Duration::from_secs(2));
        lab.send(command, now);
        settle(&mut lab, &mut now);
        assert!(lab.refusal.is_none(), "{command} was refused");
    }
    lab
}

/// Each round of the pump takes three milliseconds.
fn settle(lab: &mut Lab, now: &mut Tick) {
    loop {
        *now = now.after(Duration::from_millis(3));
        if !lab.pump(*now) {
            return;
        }
    }
}
