//! Running cargo, and other programs, from the top of the workspace.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace;

/// A cargo command, the same cargo that runs xtask.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args).current_dir(workspace());
    command
}

/// Runs to the end; an exit code other than 0 is an error that names the command.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("could not start {}", shown(command)))?;
    if !status.success() {
        bail!("{} failed ({status}); its own words are above", shown(command));
    }
    Ok(())
}

/// Builds one binary with these arguments and variables and says where it is, wherever the target folder may be.
pub(crate) fn build_bin(name: &str, args: &[&str], env: &[(&str, &OsStr)]) -> Result<PathBuf> {
    build("bin", name, args, env)
}

/// Builds one target of this kind, `bin` or `example`.
pub(crate) fn build(
    kind: &str,
    name: &str,
    args: &[&str],
    env: &[(&str, &OsStr)],
) -> Result<PathBuf> {
    let flag = format!("--{kind}");
    let mut command = cargo(&["build", &flag, name, "--message-format", "json-render-diagnostics"]);
    command.args(args).envs(env.iter().copied()).stderr(Stdio::inherit());
    let output =
        command.output().with_context(|| format!("could not start {}", shown(&command)))?;
    if !output.status.success() {
        bail!("{} failed ({}); its own words are above", shown(&command), output.status);
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter(|message| message["target"]["name"] == name && message["target"]["kind"][0] == kind)
        .find_map(|message| message["filenames"][0].as_str().map(PathBuf::from))
        .with_context(|| format!("{} built no {kind} named `{name}`", shown(&command)))
}

/// The command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    let args = command.get_args().map(|arg| format!(" {}", arg.to_string_lossy()));
    format!("`{name}{}`", args.collect::<String>())
}
