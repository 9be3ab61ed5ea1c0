//! The driver's process, and everything that it starts.

use std::io::{BufRead, BufReader, PipeReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The shell outlives the test by a moment: when its input closes, by a drop or because the test process is gone, it
/// ends the driver's process group, and with it the browser, and removes the profile. Processes that are being killed
/// may still write into it for a moment.
const KEEPER: &str = r#"
set -m
profile=$1; shift
("$0" "$@"; echo "ended with exit code $?") </dev/null &
cat >/dev/null
exec 2>/dev/null
kill -KILL -- -$!
for _ in {1..100}; do rm -rf "$profile" && break; sleep 0.02; done
"#;

/// As often as it is tried; two in a row that lose the race have not been seen.
const TRIES: u32 = 5;

pub(super) struct Driver {
    keeper: Child,
    address: String,
    profile: PathBuf,
    /// Kept open, so that the driver can go on writing.
    _output: BufReader<PipeReader>,
}

impl Driver {
    /// ChromeDriver takes a free port for IPv6, then the same for IPv4, which somebody else may have got: then again.
    pub(super) fn start(program: &Path, args: &[&str]) -> Driver {
        let mut tries = 0;
        loop {
            tries += 1;
            match Driver::try_start(program, args) {
                Ok(driver) => return driver,
                Err(said) if tries < TRIES && said.contains("Address already in use") => {}
                Err(said) => panic!("{} did not start; it said:\n{said}", program.display()),
            }
        }
    }

    /// The error is what it said.
    fn try_start(program: &Path, args: &[&str]) -> Result<Driver, String> {
        let profile = TempDir::with_prefix("wirelab-browser-")
            .expect("the folder for temporary files takes a new one")
            .keep();
        let (output, input) = std::io::pipe().expect("a process may open a pipe");
        let mut keeper = Command::new("bash")
            .args(["-c", KEEPER])
            .arg(program)
            .arg(&profile)
            .args(args)
            // Sockets and whatever else the browser puts into its home and temporary folder go with the profile.
            .env("TMPDIR", &profile)
            .stdin(Stdio::piped())
            .stderr(input.try_clone().expect("a process may open a pipe"))
            .stdout(input)
            .process_group(0)
            .spawn()
            .expect("the tests need bash");
        let mut output = BufReader::new(output);
        let mut said = String::new();
        let port = loop {
            let start = said.len();
            let read = output.read_line(&mut said).unwrap_or(0);
            let line = said[start..].trim_end();
            let told = line
                .split_once("started successfully on port ")
                .or_else(|| line.split_once("Listening on 127.0.0.1:"));
            if let Some((_, port)) = told {
                break port.trim_end_matches('.').to_owned();
            }
            if read == 0 || line.starts_with("ended with exit code") {
                drop(keeper.stdin.take());
                let _ = keeper.wait();
                return Err(said);
            }
        };
        let address = format!("http://127.0.0.1:{port}");
        Ok(Driver { keeper, address, profile, _output: output })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn profile(&self) -> &Path {
        &self.profile
    }

    /// Resident octets of all processes below the driver's, shared pages counted once for each.
    pub(super) fn resident(&self) -> u64 {
        let processes: Vec<(u32, u32, u64)> = std::fs::read_dir("/proc")
            .expect("a system with /proc")
            .flatten()
            .filter_map(|entry| process(&entry.path()))
            .collect();
        let mut family = vec![self.keeper.id()];
        let mut at = 0;
        while let Some(parent) = family.get(at).copied() {
            family.extend(processes.iter().filter(|p| p.1 == parent).map(|p| p.0));
            at += 1;
        }
        processes.iter().filter(|p| family.contains(&p.0)).map(|p| p.2).sum()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Number, parent and resident octets of a process, from its `/proc/<number>/status`.
fn process(folder: &Path) -> Option<(u32, u32, u64)> {
    let number = folder.file_name()?.to_str()?.parse().ok()?;
    let status = std::fs::read_to_string(folder.join("status")).ok()?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    Some((number, u32::try_from(field("PPid:")?).ok()?, field("VmRSS:")? * 1024))
}

/// The first of these programs on the PATH.
pub(super) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
}
