//! The file tree. Paths are absolute, separated by `/`; names are UTF-8.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Date;

/// What a file holds.
#[derive(Clone, Debug)]
pub enum Content {
    Bytes(Arc<[u8]>),
    /// So many octets, of which the one at offset i is `(i ^ i>>8 ^ i>>16) & 255`: large files
    /// that take no memory and still show any octet lost or moved.
    Pattern(u64),
}

impl Content {
    pub fn len(&self) -> u64 {
        match self {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::Pattern(octets) => *octets,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// At most `n` octets from offset `at`; fewer at the end.
    pub fn read(&self, at: u64, n: usize) -> Vec<u8> {
        let end = self.len().min(at.saturating_add(n as u64));
        match self {
            _ if at >= end => Vec::new(),
            Content::Bytes(bytes) => bytes[at as usize..end as usize].to_vec(),
            Content::Pattern(_) => (at..end).map(|i| (i ^ i >> 8 ^ i >> 16) as u8).collect(),
        }
    }
}

#[derive(Clone, Debug)]
pub enum Node {
    File { content: Content, modified: Date },
    Folder { entries: BTreeMap<String, Node>, modified: Date },
}

impl Node {
    pub fn is_folder(&self) -> bool {
        matches!(self, Node::Folder { .. })
    }

    pub fn modified(&self) -> Date {
        match self {
            Node::File { modified, .. } | Node::Folder { modified, .. } => *modified,
        }
    }

    /// A file's content; `None` for a folder.
    pub fn content(&self) -> Option<&Content> {
        match self {
            Node::File { content, .. } => Some(content),
            Node::Folder { .. } => None,
        }
    }

    /// Names and nodes of a folder, sorted by name; nothing for a file.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Node)> {
        let entries = match self {
            Node::Folder { entries, .. } => Some(entries),
            Node::File { .. } => None,
        };
        entries.into_iter().flatten().map(|(name, node)| (name.as_str(), node))
    }
}

/// Why a change was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileError {
    NotFound,
    IsFolder,
    NotFolder,
    Exists,
    NotEmpty,
    /// An empty name, or the root itself.
    BadName,
    Full,
}

impl FileError {
    pub fn sentence(self) -> &'static str {
        match self {
            FileError::NotFound => "No such file or directory",
            FileError::IsFolder => "Is a directory",
            FileError::NotFolder => "Not a directory",
            FileError::Exists => "File exists",
            FileError::NotEmpty => "Directory not empty",
            FileError::BadName => "Not a usable name",
            FileError::Full => "No space left",
        }
    }
}

/// Stored files together take this many octets; more is refused, so that nobody can fill the
/// memory of the page or the relay.
pub const QUOTA: u64 = 256 * 1024 * 1024;

#[derive(Clone, Debug)]
pub struct Files {
    root: Node,
}

impl Default for Files {
    fn default() -> Files {
        Files { root: Node::Folder { entries: BTreeMap::new(), modified: Date(0) } }
    }
}

impl Files {
    /// The absolute path that `path` names when the working directory is `cwd`; `.` and `..` are
    /// resolved and never leave the root.
    pub fn resolve(cwd: &str, path: &str) -> String {
        let mut parts: Vec<&str> = Vec::new();
        let base = if path.starts_with('/') { "" } else { cwd };
        for part in base.split('/').chain(path.split('/')) {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }

    pub fn get(&self, path: &str) -> Option<&Node> {
        parts(path).try_fold(&self.root, |node, part| match node {
            Node::Folder { entries, .. } => entries.get(part),
            Node::File { .. } => None,
        })
    }

    /// Makes or replaces a file.
    pub fn write(&mut self, path: &str, content: Content, now: Date) -> Result<(), FileError> {
        let replaced = self.get(path).and_then(Node::content).map_or(0, stored);
        if self.octets() - replaced + stored(&content) > QUOTA {
            return Err(FileError::Full);
        }
        let (entries, name) = self.place(path, now)?;
        match entries.get(name) {
            Some(Node::Folder { .. }) => Err(FileError::IsFolder),
            _ => {
                entries.insert(name.into(), Node::File { content, modified: now });
                Ok(())
            }
        }
    }

    pub fn make_folder(&mut self, path: &str, now: Date) -> Result<(), FileError> {
        let (entries, name) = self.place(path, now)?;
        if entries.contains_key(name) {
            return Err(FileError::Exists);
        }
        entries.insert(name.into(), Node::Folder { entries: BTreeMap::new(), modified: now });
        Ok(())
    }

    pub fn remove_file(&mut self, path: &str, now: Date) -> Result<(), FileError> {
        match self.get(path) {
            None => Err(FileError::NotFound),
            Some(Node::Folder { .. }) => Err(FileError::IsFolder),
            Some(Node::File { .. }) => self.take(path, now).map(drop),
        }
    }

    pub fn remove_folder(&mut self, path: &str, now: Date) -> Result<(), FileError> {
        match self.get(path) {
            None => Err(FileError::NotFound),
            Some(Node::File { .. }) => Err(FileError::NotFolder),
            Some(folder) if folder.entries().next().is_some() => Err(FileError::NotEmpty),
            Some(_) => self.take(path, now).map(drop),
        }
    }

    /// Moves a file or folder. An existing file at the new path is replaced, as on UNIX.
    pub fn rename(&mut self, from: &str, to: &str, now: Date) -> Result<(), FileError> {
        let node = self.get(from).ok_or(FileError::NotFound)?;
        let inside = node.is_folder() && format!("{to}/").starts_with(&format!("{from}/"));
        if inside && from != to {
            return Err(FileError::BadName);
        }
        match self.get(to) {
            _ if from == to => return Ok(()),
            Some(Node::Folder { .. }) => return Err(FileError::Exists),
            Some(Node::File { .. }) if node.is_folder() => return Err(FileError::Exists),
            _ => {}
        }
        self.place(to, now)?;
        let node = self.take(from, now)?;
        let (entries, name) = self.place(to, now)?;
        entries.insert(name.into(), node);
        Ok(())
    }

    pub fn set_modified(&mut self, path: &str, at: Date) -> Result<(), FileError> {
        let node = parts(path).try_fold(&mut self.root, |node, part| match node {
            Node::Folder { entries, .. } => entries.get_mut(part),
            Node::File { .. } => None,
        });
        match node.ok_or(FileError::NotFound)? {
            Node::File { modified, .. } | Node::Folder { modified, .. } => *modified = at,
        }
        Ok(())
    }

    /// Octets that the stored files take.
    pub fn octets(&self) -> u64 {
        fn sum(node: &Node) -> u64 {
            match node {
                Node::File { content, .. } => stored(content),
                Node::Folder { entries, .. } => entries.values().map(sum).sum(),
            }
        }
        sum(&self.root)
    }

    fn take(&mut self, path: &str, now: Date) -> Result<Node, FileError> {
        let (entries, name) = self.place(path, now)?;
        entries.remove(name).ok_or(FileError::NotFound)
    }

    /// The folder that holds a path, and the path's last name.
    fn place<'a, 'p>(
        &'a mut self,
        path: &'p str,
        now: Date,
    ) -> Result<(&'a mut BTreeMap<String, Node>, &'p str), FileError> {
        let (folder, name) = path.rsplit_once('/').ok_or(FileError::BadName)?;
        if name.is_empty() {
            return Err(FileError::BadName);
        }
        let mut node = &mut self.root;
        for part in parts(folder) {
            let Node::Folder { entries, .. } = node else { return Err(FileError::NotFolder) };
            node = entries.get_mut(part).ok_or(FileError::NotFound)?;
        }
        match node {
            Node::Folder { entries, modified } => {
                *modified = now;
                Ok((entries, name))
            }
            Node::File { .. } => Err(FileError::NotFolder),
        }
    }
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

fn stored(content: &Content) -> u64 {
    match content {
        Content::Bytes(bytes) => bytes.len() as u64,
        Content::Pattern(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Content {
        Content::Bytes(text.as_bytes().into())
    }

    #[test]
    fn paths_never_leave_the_root() {
        for (cwd, path, absolute) in [
            ("/", "a", "/a"),
            ("/a/b", "../c", "/a/c"),
            ("/a", "../../../etc", "/etc"),
            ("/a", "/x/./y//z", "/x/y/z"),
            ("/a", "", "/a"),
        ] {
            assert_eq!(Files::resolve(cwd, path), absolute);
        }
    }

    #[test]
    fn files_move_and_folders_guard_their_content() {
        let mut files = Files::default();
        let now = Date(1);
        files.make_folder("/d", now).expect("the root takes a folder");
        files.write("/d/f", bytes("hi"), now).expect("the folder takes a file");
        assert_eq!(files.remove_folder("/d", now), Err(FileError::NotEmpty));
        assert_eq!(files.rename("/d", "/d/e", now), Err(FileError::BadName));
        assert_eq!(files.rename("/d/f", "/g", now), Ok(()));
        assert_eq!(files.get("/g").and_then(Node::content).map(Content::len), Some(2));
        assert_eq!(files.write("/nowhere/f", bytes(""), now), Err(FileError::NotFound));
        assert_eq!(files.write("/g/f", bytes(""), now), Err(FileError::NotFolder));
        assert_eq!(files.remove_folder("/d", now), Ok(()));
    }

    #[test]
    fn a_pattern_reads_the_same_wherever_it_is_cut() {
        let content = Content::Pattern(100_000);
        let whole = content.read(0, 100_000);
        let mut pieces = Vec::new();
        while (pieces.len() as u64) < content.len() {
            pieces.extend(content.read(pieces.len() as u64, 777));
        }
        assert_eq!(whole, pieces);
        assert_eq!(whole[70_000], ((70_000u64 ^ 70_000 >> 8 ^ 70_000 >> 16) & 255) as u8);
    }
}
