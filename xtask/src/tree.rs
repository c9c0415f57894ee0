//! The files of the tree, read once; and small made-up trees for the tests of the rules.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::tidy::source::{self, Token};

/// Folders that hold what is made, not what is written.
const SKIPPED: [&str; 6] = ["target", "var", ".git", "node_modules", "rookery-data", ".peers"];

pub struct File {
    /// From the root, with `/`.
    pub path: String,
    pub text: String,
}

pub struct Tree {
    pub files: Vec<File>,
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

impl Tree {
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        collect(root, root, &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| File { path: (*path).into(), text: (*text).into() });
        Self { files: files.collect() }
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    pub fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.is("rs"))
    }

    /// Names and folders of our crates.
    pub fn crates(&self) -> impl Iterator<Item = (&str, &str, &File)> {
        self.files.iter().filter_map(|file| {
            let folder = file.path.strip_suffix("/Cargo.toml")?;
            Some((folder.rsplit('/').next()?, folder, file))
        })
    }
}

impl File {
    pub fn is(&self, extension: &str) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, end)| end == extension)
    }

    pub fn lines(&self) -> usize {
        self.text.lines().count()
    }

    pub fn tokens(&self) -> Vec<Token> {
        source::tokens(&self.text)
    }

    /// Tests of their own may be longer: tables of cases read better in one place.
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs") || self.path.ends_with("_tests.rs")
    }

    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if entry.file_type()?.is_dir() {
            if !SKIPPED.iter().any(|skipped| name.to_str() == Some(skipped)) {
                collect(root, &path, files)?;
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push(File { path, text });
        }
    }
    Ok(())
}
