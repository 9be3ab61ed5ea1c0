//! Writes what a fuzzer begins with: `seeds FOLDER` makes a folder for each target in FOLDER.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("usage: seeds FOLDER"));
    };
    for target in tests::fuzz::targets() {
        let folder = folder.join(&target);
        fs::create_dir_all(&folder)?;
        for (name, seed) in tests::seeds::seeds(&target) {
            fs::write(folder.join(name), seed)?;
        }
    }
    Ok(())
}
