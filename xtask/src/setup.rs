//! `cargo xtask setup`: what the tests need beside Rust. Looks first and installs only what is missing.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::cargo::run as run_command;
use crate::tools;

/// Debian's names: a browser with its driver and another, a font to draw with, clients, and the servers of tests/servers.
const PACKAGES: [&str; 27] = [
    "chromium",
    "chromium-driver",
    "firefox-esr",
    "fonts-dejavu-core",
    "curl",
    "lynx",
    "perl",
    "wget",
    "lftp",
    "tnftp",
    "aria2",
    "swaks",
    "python3",
    "openssl",
    "iproute2",
    "vsftpd",
    "gophernicus",
    "dovecot-pop3d",
    "dovecot-imapd",
    "postfix",
    "inn2",
    "nginx-light",
    "libnginx-mod-http-echo",
    "caddy",
    "nats-server",
    "inetutils-telnet",
    "inetutils-telnetd",
];

/// With mod_wstunnel, a relay in C.
const LIGHTTPD: &str = "lighttpd";

/// While this file says 101, Debian starts no service that it installs.
const POLICY: &str = "/usr/sbin/policy-rc.d";

pub(crate) fn run() -> Result<()> {
    packages()?;
    let failed = tools::install_missing();
    if is_ci() && !failed.is_empty() {
        bail!("{}", failed.join("; "));
    }
    for sentence in failed {
        println!("{sentence}; tests that need it will say that they were skipped");
    }
    Ok(())
}

/// What only the benchmarks need: relays of others to measure ours against. One that cannot be had is a column that
/// says so.
pub(crate) fn peers() {
    let lighttpd = if is_installed(LIGHTTPD) {
        None
    } else if found("apt-get") && is_root() {
        println!("installing {LIGHTTPD}");
        install(&[LIGHTTPD]).err().map(|error| format!("could not install {LIGHTTPD}: {error:#}"))
    } else {
        Some(format!("{LIGHTTPD} is not installed; Debian's package has that name"))
    };
    for sentence in lighttpd.into_iter().chain(tools::install_peers()) {
        println!("{sentence}");
    }
}

fn packages() -> Result<()> {
    let missing = missing();
    if missing.is_empty() {
        println!("every package that the tests need is installed");
        return Ok(());
    }
    let list = missing.join(" ");
    if found("apt-get") && is_root() {
        println!("installing {list}");
        return install(&missing).with_context(|| format!("could not install {list}"));
    }
    let how = if found("apt-get") {
        format!(
            "missing for the tests: {list}; as root: apt-get install --no-install-recommends {list}"
        )
    } else {
        format!(
            "missing for the tests, by the names Debian gives them: {list}; install what your system calls them"
        )
    };
    if is_ci() {
        bail!("{how}");
    }
    println!("{how}; tests that need them will say that they were skipped");
    Ok(())
}

/// In CI a missing piece is a failure, never a skip.
fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| ci == "true")
}

fn missing() -> Vec<&'static str> {
    PACKAGES.into_iter().filter(|package| !is_installed(package)).collect()
}

fn is_installed(package: &str) -> bool {
    let status = Command::new("dpkg-query")
        .args(["-W", "-f=${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output();
    match status {
        Ok(output) => output.stdout == b"installed",
        // Not a Debian: all that can be asked is whether there is a program of that name.
        Err(_) => found(match package {
            "chromium-driver" => "chromedriver",
            "dovecot-pop3d" | "dovecot-imapd" => "dovecot",
            "aria2" => "aria2c",
            "iproute2" => "ss",
            "inn2" => "innd",
            "inetutils-telnet" => "telnet",
            "inetutils-telnetd" => "telnetd",
            "nginx-light" | "libnginx-mod-http-echo" => "nginx",
            "fonts-dejavu-core" => return true,
            same => same,
        }),
    }
}

fn install(packages: &[&str]) -> Result<()> {
    let guarded = !Path::new(POLICY).exists();
    if guarded {
        write_policy()?;
    }
    let result = install_guarded(packages);
    if guarded {
        fs::remove_file(POLICY).with_context(|| format!("could not remove {POLICY}"))?;
    }
    result
}

fn write_policy() -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::write(POLICY, "#!/bin/sh\nexit 101\n")
        .and_then(|()| fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755)))
        .with_context(|| format!("could not write {POLICY}, which keeps the servers from starting"))
}

fn install_guarded(packages: &[&str]) -> Result<()> {
    run_command(apt("apt-get").args(["update", "-q"]))?;
    let result = apt_install(packages);
    if result.is_ok() || !packages.contains(&"inn2") {
        return result;
    }
    // inn2's own set-up fails on a machine without a domain name, and succeeds once it has been given one.
    let conf = "/etc/news/inn.conf";
    let old = fs::read_to_string(conf).with_context(|| format!("could not read {conf}"))?;
    fs::write(conf, format!("{old}\ndomain: lab.test\n"))
        .with_context(|| format!("could not write {conf}"))?;
    run_command(apt("dpkg").args(["--configure", "-a"]))?;
    apt_install(packages)
}

fn apt_install(packages: &[&str]) -> Result<()> {
    run_command(
        apt("apt-get").args(["install", "-y", "-q", "--no-install-recommends"]).args(packages),
    )
}

fn apt(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    command
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

pub(crate) fn found(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/lib/news/bin".into()])
        .any(|folder| folder.join(program).is_file())
}
