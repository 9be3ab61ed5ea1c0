//! Python scripts of `tests/python/`, run with a deadline.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::process::Command;

/// What a script said before it ended.
#[derive(Debug)]
pub struct Run {
    pub ok: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Whether this Python no longer has the module; says so in a plain line.
    pub fn lacks(&self, module: &str) -> bool {
        let lacks = !self.ok && self.stderr.contains(&format!("No module named '{module}'"));
        if lacks {
            crate::skip(&format!("this Python has no {module}"));
        }
        lacks
    }
}

/// Runs `tests/python/<script>` with these arguments. `None`, after a plain line, where there is no Python 3.
pub async fn run(script: &str, args: &[&str], deadline: Duration) -> Option<Run> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("python").join(script);
    assert!(path.is_file(), "there is no script {}", path.display());
    run_file(&path, args, Path::new("."), deadline).await
}

/// Runs a script that was made for the occasion, in a folder of its own.
pub async fn run_code(code: &str, deadline: Duration) -> Option<Run> {
    let (folder, path) = stored(code);
    run_file(&path, &[], folder.path(), deadline).await
}

/// The same in Python 2, where there still is one: no system offers it any more, so nothing can install it, and to
/// have none is no failure in CI either.
pub async fn run_code2(code: &str, deadline: Duration) -> Option<Run> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    let Some(python) = FOUND.get_or_init(python2) else {
        eprintln!("Python 2's spelling was not tried: there is no Python 2 here");
        return None;
    };
    let (folder, path) = stored(code);
    Some(run_by(python, &path, &[], folder.path(), deadline).await)
}

/// On the PATH, or among the versions that pyenv keeps.
fn python2() -> Option<PathBuf> {
    let kept = std::env::home_dir().unwrap_or_default().join(".pyenv/versions");
    let kept = std::fs::read_dir(kept).into_iter().flatten().flatten();
    let kept = kept.map(|version| version.path().join("bin/python2.7"));
    let names = ["python2", "python2.7"].map(PathBuf::from).into_iter().chain(kept);
    let two = "import sys; sys.exit(sys.version_info[0] != 2)";
    names.into_iter().find(|name| name.to_str().is_some_and(|name| says_yes(name, two)))
}

fn stored(code: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("the folder for temporary files takes a new one");
    let path = folder.path().join("script.py");
    std::fs::write(&path, code).expect("a new folder takes a file");
    (folder, path)
}

async fn run_file(path: &Path, args: &[&str], folder: &Path, deadline: Duration) -> Option<Run> {
    let Some(python) = interpreter() else {
        crate::skip("there is no Python 3");
        return None;
    };
    Some(run_by(python, path, args, folder, deadline).await)
}

async fn run_by(
    python: &Path,
    path: &Path,
    args: &[&str],
    folder: &Path,
    deadline: Duration,
) -> Run {
    let output = Command::new(python)
        // -B: no caches in the work tree; nntplib says at every import that it will go.
        .args(["-B", "-W", "ignore::DeprecationWarning"])
        .arg(path)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(deadline, output)
        .await
        .unwrap_or_else(|_| {
            panic!("{} did not end within {} s", path.display(), deadline.as_secs_f64())
        })
        .unwrap_or_else(|error| panic!("could not start {}: {error}", python.display()));
    Run {
        ok: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The Python 3 to use: rather one that still has `nntplib` (gone since 3.13).
pub fn interpreter() -> Option<&'static Path> {
    static FOUND: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let names = [
                "python3",
                "/usr/bin/python3",
                "python3.12",
                "python3.11",
                "python3.10",
                "python3.9",
            ];
            let first =
                |code: &str| names.iter().find(|name| says_yes(name, code)).map(PathBuf::from);
            first("import nntplib").or_else(|| first("import ftplib"))
        })
        .as_deref()
}

fn says_yes(python: &str, code: &str) -> bool {
    std::process::Command::new(python)
        .args(["-W", "ignore", "-c", code])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
