//! The lessons beside the page: each a file of its own, and a list of them for each language.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::dist::Asset;

/// The language that a lesson has first.
const FIRST: &str = "en";

/// The files of `folder` (`lessons/`) in each of the page's languages. What is not translated is there in English.
pub(crate) fn assets(folder: &Path, languages: &[String]) -> Result<Vec<Asset>> {
    let lessons = lessons(folder)?;
    let mut assets: BTreeMap<String, Asset> = BTreeMap::new();
    for language in languages {
        let mut list = String::new();
        for (place, name) in &lessons {
            let below = Path::new(place).join(name).with_extension("md");
            let translated = folder.join(language).join(&below);
            let is_translated = language != FIRST && translated.is_file();
            let path = if is_translated { translated } else { folder.join(below) };
            let text = fs::read_to_string(&path)
                .with_context(|| format!("could not read {}", path.display()))?;
            let (title, about) = (head(&path, &text, "title")?, head(&path, &text, "about")?);
            let protocol = head(&path, &text, "protocol")?;
            let asset = Asset::hashed(&format!("lesson-{place}-{name}"), "md", text.into_bytes());
            list += &format!("{}\t{place}/{name}\t{title}\t{about}\t{protocol}\n", asset.name);
            assets.insert(asset.name.clone(), asset);
        }
        let list = Asset::named(&format!("lessons.{language}.txt"), list.into_bytes());
        assets.insert(list.name.clone(), list);
    }
    Ok(assets.into_values().collect())
}

/// What `dist/` is made of, for its stamp.
pub(crate) fn contents(folder: &Path) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in list(&folder)? {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            all.extend_from_slice(path.display().to_string().as_bytes());
            all.extend(
                fs::read(&path).with_context(|| format!("could not read {}", path.display()))?,
            );
        }
    }
    Ok(all)
}

/// Protocol and name of each lesson, in the order of the lists: by protocol, tier and number.
fn lessons(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for place in list(folder)? {
        let id = name_of(&place);
        // Two letters are a language.
        if !place.is_dir() || id.len() == 2 {
            continue;
        }
        for path in list(&place)? {
            let name = name_of(&path);
            let Some(name) = name.strip_suffix(".md") else {
                bail!("{} is no lesson: lessons end with .md", path.display());
            };
            found.push((id.clone(), name.to_owned()));
        }
    }
    // `tutorial-2-name`; in the course `2-name`.
    let tier = |name: &str| {
        name.split('-').next().filter(|tier| tier.parse::<u32>().is_err()).map(str::to_owned)
    };
    let number = |name: &str| name.split('-').find_map(|part| part.parse::<u32>().ok());
    found.sort_by_key(|(place, name)| (place.clone(), tier(name), number(name)));
    Ok(found)
}

fn head(path: &Path, text: &str, key: &str) -> Result<String> {
    let mut lines = text.lines().skip(1).take_while(|line| *line != "---");
    let value = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
    let value = value.with_context(|| {
        format!(
            "{} has no line {key}: in its head; docs/lessons.md says what belongs there",
            path.display()
        )
    })?;
    Ok(value.trim().replace('\t', " "))
}

fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("could not list {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_lists_all_lessons_and_translations_come_first() {
        let folder = std::env::temp_dir().join(format!("xtask-lessons-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        for (path, title) in [
            ("smtp/tutorial-2-b.md", "B"),
            ("smtp/tutorial-10-c.md", "C"),
            ("pop3/weird-1-a.md", "A"),
            ("course/10-e.md", "E"),
            ("course/9-d.md", "D"),
            ("de/smtp/tutorial-2-b.md", "B auf Deutsch"),
        ] {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("---\ntitle: {title}\nprotocol: smtp\nabout: x\n---\n"))
                .unwrap();
        }
        let assets = assets(&folder, &["en".into(), "de".into()]).unwrap();
        let text = |name: &str| {
            let asset = assets.iter().find(|asset| asset.name == name).unwrap();
            String::from_utf8(asset.plain().to_vec()).unwrap()
        };
        let titles = |list: String| {
            let titles = list.lines().map(|line| line.split('\t').nth(2).unwrap().to_owned());
            titles.collect::<Vec<_>>()
        };
        assert_eq!(titles(text("lessons.en.txt")), ["D", "E", "A", "B", "C"]);
        assert_eq!(titles(text("lessons.de.txt")), ["D", "E", "A", "B auf Deutsch", "C"]);
        let files = text("lessons.de.txt");
        assert!(files.lines().all(|line| assets.iter().any(|a| line.starts_with(&a.name))));
        assert!(files.lines().all(|line| line.ends_with("\tx\tsmtp")), "{files}");
        assert_eq!(assets.len(), 8, "a lesson that two languages share is there once");
        fs::write(folder.join("smtp/tutorial-2-b.md"), "---\ntitle: B\n---\n").unwrap();
        let why = super::assets(&folder, &["en".into()]).err().unwrap().to_string();
        assert!(why.contains("tutorial-2-b.md has no line about:"), "{why}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
