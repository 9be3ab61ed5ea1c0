//! The chromedriver process, and everything that it starts.

use std::io::{BufRead, BufReader, PipeReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The shell outlives the test by a moment: when its input closes, by a drop or because the test process is gone,
/// it ends its process group, and with it the driver and the browser.
const KEEPER: &str =
    r#"("$0" --port=0; echo "ended with exit code $?") & cat >/dev/null; kill -KILL 0"#;

pub(super) struct Driver {
    keeper: Child,
    address: String,
    profile: Option<TempDir>,
    /// Kept open, so that the driver can go on writing.
    _output: BufReader<PipeReader>,
}

impl Driver {
    pub(super) fn start(chromedriver: &Path) -> Driver {
        let profile = TempDir::with_prefix("wirelab-browser-")
            .expect("the folder for temporary files takes a new one");
        let (output, input) = std::io::pipe().expect("a process may open a pipe");
        let keeper = Command::new("sh")
            .args(["-c", KEEPER])
            .arg(chromedriver)
            // Sockets and whatever else the browser puts into its home and temporary folder go with the profile.
            .env("TMPDIR", profile.path())
            .stdin(Stdio::piped())
            .stderr(input.try_clone().expect("a process may open a pipe"))
            .stdout(input)
            .process_group(0)
            .spawn()
            .expect("every system has sh");
        let mut output = BufReader::new(output);
        let mut said = String::new();
        let port = loop {
            let start = said.len();
            let read = output.read_line(&mut said).unwrap_or(0);
            let line = said[start..].trim_end();
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
            if read == 0 || line.starts_with("ended with exit code") {
                panic!("{} did not start; it said:\n{said}", chromedriver.display());
            }
        };
        let address = format!("http://127.0.0.1:{port}");
        Driver { keeper, address, profile: Some(profile), _output: output }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn profile(&self) -> &Path {
        self.profile.as_ref().expect("there until the drop").path()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
        // Processes that are being killed may still write for a moment.
        let Some(profile) = self.profile.take().map(TempDir::keep) else { return };
        let deadline = Instant::now() + Duration::from_secs(2);
        while std::fs::remove_dir_all(&profile).is_err() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
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
