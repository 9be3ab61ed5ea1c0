//! The files of `dist/`: named by their content, compressed beforehand, written only when they differ.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

/// One file with the compressed forms that lie beside it.
pub(crate) struct Asset {
    pub(crate) name: String,
    pub(crate) brotli: Vec<u8>,
    gzip: Vec<u8>,
    plain: Vec<u8>,
}

impl Asset {
    /// `stem-<hash of the content>.extension`: may be cached for ever.
    pub(crate) fn hashed(stem: &str, extension: &str, plain: Vec<u8>) -> Asset {
        let hash = digest(&[&plain]);
        Asset::named(&format!("{stem}-{}.{extension}", &hash[..16]), plain)
    }

    pub(crate) fn named(name: &str, plain: Vec<u8>) -> Asset {
        Asset { name: name.to_owned(), brotli: brotli(&plain), gzip: gzip(&plain), plain }
    }

    pub(crate) fn plain(&self) -> &[u8] {
        &self.plain
    }
}

/// Makes `dir` hold these files and no others. A file whose bytes are the same keeps its date, so that what is
/// built from it need not be built again.
pub(crate) fn write(dir: &Path, assets: impl IntoIterator<Item = Asset>) -> Result<()> {
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for asset in assets {
        files.insert(format!("{}.br", asset.name), asset.brotli);
        files.insert(format!("{}.gz", asset.name), asset.gzip);
        files.insert(asset.name, asset.plain);
    }
    fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))?;
    for entry in fs::read_dir(dir).with_context(|| format!("could not list {}", dir.display()))? {
        let entry = entry?;
        if !files.contains_key(&*entry.file_name().to_string_lossy()) {
            let path = entry.path();
            fs::remove_file(&path).with_context(|| {
                format!("could not remove {} (dist/ holds built files only)", path.display())
            })?;
        }
    }
    for (name, bytes) in files {
        let path = dir.join(name);
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            continue;
        }
        fs::write(&path, bytes).with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(())
}

/// Remembers outside of `dir` what it was made of, and what it holds.
pub(crate) fn stamp(dir: &Path, stamp: &Path, inputs: &str) -> Result<()> {
    fs::write(stamp, stamp_text(dir, inputs)?)
        .with_context(|| format!("could not write {}", stamp.display()))
}

/// Whether `dir` is still what `stamp` remembers, made of the same inputs.
pub(crate) fn is_current(dir: &Path, stamp: &Path, inputs: &str) -> bool {
    match (fs::read_to_string(stamp), stamp_text(dir, inputs)) {
        (Ok(old), Ok(new)) => old == new,
        _ => false,
    }
}

/// One hash over several contents; the lengths keep them apart.
pub(crate) fn digest(contents: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for content in contents {
        hash.update((content.len() as u64).to_be_bytes());
        hash.update(content);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn stamp_text(dir: &Path, inputs: &str) -> Result<String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        files.insert(path.clone(), digest(&[&fs::read(&path)?]));
    }
    let lines = files.iter().map(|(path, hash)| format!("{} {hash}\n", path.display()));
    Ok(format!("inputs {inputs}\n{}", lines.collect::<String>()))
}

fn brotli(plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &plain[..], &mut out, &params).expect("a Vec takes every write");
    out
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).and_then(|()| encoder.finish()).expect("a Vec takes every write")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let dir = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        dir
    }

    #[test]
    fn a_name_follows_its_content() {
        let one = Asset::hashed("page", "js", b"one".to_vec());
        assert_eq!(one.name, Asset::hashed("page", "js", b"one".to_vec()).name);
        assert_ne!(one.name, Asset::hashed("page", "js", b"two".to_vec()).name);
        assert!(one.name.starts_with("page-") && one.name.ends_with(".js"), "{}", one.name);
    }

    #[test]
    fn writing_removes_what_is_stale_and_the_stamp_notices_a_change() {
        let dir = folder("dist");
        let stamp_file = dir.with_extension("stamp");
        write(&dir, [Asset::named("old.css", b"a".to_vec())]).unwrap();
        write(&dir, [Asset::named("new.css", b"a".to_vec())]).unwrap();
        let mut names: Vec<_> = fs::read_dir(&dir)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["new.css", "new.css.br", "new.css.gz"]);

        stamp(&dir, &stamp_file, "inputs").unwrap();
        assert!(is_current(&dir, &stamp_file, "inputs"));
        assert!(!is_current(&dir, &stamp_file, "other inputs"));
        fs::write(dir.join("new.css"), "b").unwrap();
        assert!(!is_current(&dir, &stamp_file, "inputs"));
        fs::remove_dir_all(&dir).unwrap();
        fs::remove_file(&stamp_file).unwrap();
    }

    #[test]
    fn compressed_forms_hold_the_same_bytes() {
        let plain = b"page ".repeat(1000);
        let asset = Asset::named("x", plain.clone());
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut &asset.brotli[..], &mut back).unwrap();
        assert_eq!(back, plain);
        back.clear();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&asset.gzip[..]), &mut back)
            .unwrap();
        assert_eq!(back, plain);
    }
}
