//! `cargo xtask serve`: the page and the relay, built and running.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::cargo::{build_bin, shown};
use crate::{web, workspace};

pub(crate) fn run(args: &[String]) -> Result<()> {
    web::run()?;
    let dist = workspace().join("dist");
    let relay =
        build_bin("wirelab", &["-p", "relay", "--release"], &[("WIRELAB_DIST", dist.as_os_str())])?;
    let mut command = Command::new(relay);
    command.args(args);
    // The relay takes this process's place, so that signals and the exit code are its own.
    let error = command.exec();
    Err(error).with_context(|| format!("could not start {}", shown(&command)))
}
