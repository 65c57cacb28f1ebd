//! Rust source as far as the rules need it: code without comments, strings and tests; paths; modules.

use std::collections::BTreeMap;

/// One file of `src/`.
pub struct SourceFile {
    /// Its path below `src/`.
    pub name: String,
    /// The segments of its module path; empty for the crate's root.
    pub module: Vec<String>,
    /// Its text with the inside of comments and strings blanked and tests cut out.
    pub code: String,
    /// Its plain comments (not documentation), without the slashes.
    pub comments: Vec<String>,
    /// Paths it names.
    pub paths: Vec<Import>,
    /// Modules it declares, tests included.
    children: Vec<String>,
}

/// A path that a file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// From the crate's root, beginning with `crate`, or with the name of another crate.
    pub path: Vec<String>,
    /// The name it is known by in the file.
    pub alias: String,
    /// Whether the file passes it on with `pub use`.
    pub passed_on: bool,
}

impl SourceFile {
    /// Reads one file.
    pub fn new(name: &str, text: &str) -> Self {
        let (blanked, comments) = blank(text);
        let is_test = name.ends_with("tests.rs");
        let code = if is_test {
            String::new()
        } else {
            without_tests(&blanked)
        };
        let module = module_of(name);
        let tokens = tokens(&code);
        let own_children = children(&tokens);
        let paths = Paths {
            module: &module,
            children: &own_children,
            tokens: &tokens,
        }
        .all();
        let paths = through_aliases(paths);
        let children = children(&self::tokens(&blanked));
        let comments = if is_test { Vec::new() } else { comments };
        Self {
            name: name.to_owned(),
            module,
            comments,
            paths,
            children,
            code,
        }
    }

    /// The first part of its path: the room it belongs to.
    pub fn room(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }
}

/// Lets `ops::place` after `use crate::facility::ops` mean the whole path.
fn through_aliases(paths: Vec<Import>) -> Vec<Import> {
    let whole = |import: &Import| {
        let first = import.path.first()?;
        let meant = paths
            .iter()
            .find(|other| other.alias == *first && other.path[0] == "crate")?;
        Some([&meant.path[..], &import.path[1..]].concat())
    };
    paths
        .iter()
        .map(|import| Import {
            path: whole(import).unwrap_or_else(|| import.path.clone()),
            ..import.clone()
        })
        .collect()
}

fn module_of(name: &str) -> Vec<String> {
    let path = name.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if path == "lib" {
        return Vec::new();
    }
    path.split('/').map(str::to_owned).collect()
}

/// Blanks comments, strings and character literals; gives the plain comments as well.
fn blank(text: &str) -> (String, Vec<String>) {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let (mut code, mut comments) = (String::with_capacity(text.len()), Vec::new());
    let mut index = 0;
    while index < chars.len() {
        let end = if at(index) == '/' && at(index + 1) == '/' {
            let end = (index..chars.len())
                .find(|i| chars[*i] == '\n')
                .unwrap_or(chars.len());
            let comment: String = chars[index + 2..end].iter().collect();
            if !comment.starts_with(['/', '!']) {
                comments.push(comment.trim().to_owned());
            }
            end
        } else if at(index) == '/' && at(index + 1) == '*' {
            (index + 2..chars.len())
                .find(|i| chars[*i] == '*' && at(i + 1) == '/')
                .map_or(chars.len(), |i| i + 2)
        } else if let Some(end) = raw_string_end(&chars, index) {
            end
        } else if at(index) == '"' {
            quoted_end(&chars, index, '"')
        } else if at(index) == '\'' && (at(index + 1) == '\\' || at(index + 2) == '\'') {
            quoted_end(&chars, index, '\'')
        } else {
            code.push(at(index));
            index += 1;
            continue;
        };
        // The space keeps words apart, the line breaks keep the count.
        code.push(' ');
        code.extend(chars[index..end].iter().filter(|c| **c == '\n'));
        index = end;
    }
    (code, comments)
}

fn quoted_end(chars: &[char], start: usize, quote: char) -> usize {
    let mut index = start + 1;
    while index < chars.len() {
        match chars[index] {
            '\\' => index += 2,
            c if c == quote => return index + 1,
            _ => index += 1,
        }
    }
    chars.len()
}

fn raw_string_end(chars: &[char], start: usize) -> Option<usize> {
    let before = start.checked_sub(1).map_or(' ', |i| chars[i]);
    if chars[start] != 'r' || (is_word(before) && before != 'b') {
        return None;
    }
    let hashes = chars[start + 1..].iter().take_while(|c| **c == '#').count();
    if chars.get(start + 1 + hashes) != Some(&'"') {
        return None;
    }
    let close: Vec<char> = std::iter::once('"')
        .chain(std::iter::repeat_n('#', hashes))
        .collect();
    let body = start + 2 + hashes;
    let found = (body..chars.len()).find(|i| chars[*i..].starts_with(&close));
    Some(found.map_or(chars.len(), |i| i + close.len()))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Cuts out every item under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut rest = code;
    let mut kept = String::new();
    while let Some(start) = rest.find(MARK) {
        kept.push_str(&rest[..start]);
        rest = after_item(&rest[start + MARK.len()..]);
    }
    kept.push_str(rest);
    kept
}

/// What follows the next item: its closing brace, or its semicolon when that comes first.
fn after_item(text: &str) -> &str {
    let mut depth = 0_usize;
    for (index, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return &text[index + 1..],
            '}' => depth -= 1,
            ';' if depth == 0 => return &text[index + 1..],
            _ => {}
        }
    }
    ""
}

/// Words, `::` and single characters.
fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        if is_word(c) {
            let mut word = String::from(c);
            while let Some(next) = chars.next_if(|c| is_word(*c)) {
                word.push(next);
            }
            tokens.push(word);
        } else if c == ':' && chars.next_if_eq(&':').is_some() {
            tokens.push("::".to_owned());
        } else if !c.is_whitespace() {
            tokens.push(c.to_string());
        }
    }
    tokens
}

fn children(tokens: &[String]) -> Vec<String> {
    tokens
        .windows(3)
        .filter(|three| three[0] == "mod" && three[2] == ";")
        .map(|three| three[1].clone())
        .collect()
}

struct Paths<'a> {
    module: &'a [String],
    children: &'a [String],
    tokens: &'a [String],
}

impl Paths<'_> {
    fn token(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", String::as_str)
    }

    fn all(&self) -> Vec<Import> {
        let mut found = Vec::new();
        let mut index = 0;
        while index < self.tokens.len() {
            if self.token(index) == "use" {
                let before = index.checked_sub(1).map_or("", |i| self.token(i));
                let passed_on = matches!(before, "pub" | ")");
                index = self.tree(index + 1, &[], passed_on, &mut found);
            } else if self.starts_path(index) {
                let mut path = vec![self.token(index).to_owned()];
                while self.token(index + 1) == "::" && is_name(self.token(index + 2)) {
                    path.push(self.token(index + 2).to_owned());
                    index += 2;
                }
                self.push(path, None, false, &mut found);
                index += 1;
            } else {
                index += 1;
            }
        }
        found
    }

    fn starts_path(&self, index: usize) -> bool {
        let before = index.checked_sub(1).map_or("", |i| self.token(i));
        is_name(self.token(index)) && self.token(index + 1) == "::" && before != "::"
    }

    /// Reads one tree of a `use`; gives the index after it.
    fn tree(
        &self,
        start: usize,
        prefix: &[String],
        passed_on: bool,
        found: &mut Vec<Import>,
    ) -> usize {
        let mut path = prefix.to_vec();
        let mut index = start;
        loop {
            match self.token(index) {
                "{" => {
                    index += 1;
                    while !matches!(self.token(index), "}" | "") {
                        index = self.tree(index, &path, passed_on, found);
                        if self.token(index) == "," {
                            index += 1;
                        }
                    }
                    return index + 1;
                }
                "*" => {
                    self.push(path, None, passed_on, found);
                    return index + 1;
                }
                "self" if !path.is_empty() => index += 1,
                "::" => index += 1,
                "as" => {
                    self.push(path, Some(self.token(index + 1)), passed_on, found);
                    return index + 2;
                }
                word if is_name(word) => {
                    path.push(word.to_owned());
                    index += 1;
                }
                _ => {
                    self.push(path, None, passed_on, found);
                    return index;
                }
            }
        }
    }

    fn push(
        &self,
        path: Vec<String>,
        alias: Option<&str>,
        passed_on: bool,
        found: &mut Vec<Import>,
    ) {
        let Some(last) = path.last() else { return };
        let alias = alias.unwrap_or(last).to_owned();
        found.push(Import {
            path: self.absolute(path),
            alias,
            passed_on,
        });
    }

    fn absolute(&self, path: Vec<String>) -> Vec<String> {
        let ups = path.iter().take_while(|part| *part == "super").count();
        let from_here = path[0] == "self" || self.children.contains(&path[0]);
        let (base, rest) = if ups > 0 {
            (self.module.len().saturating_sub(ups), &path[ups..])
        } else if from_here {
            (self.module.len(), &path[usize::from(path[0] == "self")..])
        } else {
            return path;
        };
        std::iter::once("crate".to_owned())
            .chain(self.module[..base].iter().cloned())
            .chain(rest.iter().cloned())
            .collect()
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// All files with their modules.
pub struct Tree {
    /// In the order given.
    pub files: Vec<SourceFile>,
    by_module: BTreeMap<Vec<String>, usize>,
}

/// Macros live at the crate's root wherever they are written.
const MACROS: &[(&str, &[&str])] = &[
    ("text_enum", &["base", "text_enum"]),
    ("whole_unit", &["base", "units"]),
    ("on_engine", &["store", "portable"]),
    ("insert_all", &["store", "portable"]),
    ("walked", &["store", "keyset"]),
];

impl Tree {
    /// Puts files together.
    pub fn new(files: Vec<SourceFile>) -> Self {
        let by_module = files
            .iter()
            .enumerate()
            .map(|(index, file)| (file.module.clone(), index))
            .collect();
        Self { files, by_module }
    }

    /// A file by its path below `src/`.
    pub fn file(&self, name: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Whether a `mod` line leads to a file; true in a room that has no `mod.rs` yet. Tests beside their code are reached by a `path` attribute.
    pub fn is_declared(&self, file: &SourceFile) -> bool {
        let Some((name, parent)) = file.module.split_last() else {
            return true;
        };
        let is_root = file.module == ["main"] || file.name.ends_with("tests.rs");
        let declares = |index: &usize| self.files[*index].children.contains(name);
        is_root || self.by_module.get(parent).is_none_or(declares)
    }

    /// What a file itself needs: all its paths but those it only passes on.
    pub fn imports<'a>(&self, file: &'a SourceFile) -> impl Iterator<Item = &'a Import> {
        file.paths.iter().filter(|import| !import.passed_on)
    }

    /// The file that defines what a path names, seen through what modules pass on.
    pub fn resolve(&self, path: &[String]) -> Option<&SourceFile> {
        let mut path = path.to_vec();
        for _ in 0..10 {
            let inner = path.strip_prefix(&["crate".to_owned()])?;
            let depth = (0..=inner.len())
                .rev()
                .find(|depth| self.by_module.contains_key(&inner[..*depth]))?;
            let file = &self.files[self.by_module[&inner[..depth]]];
            let Some(name) = inner.get(depth) else {
                return Some(file);
            };
            let Some(passed_on) = file
                .paths
                .iter()
                .find(|import| import.passed_on && import.alias == *name)
            else {
                return Some(file);
            };
            path = [&passed_on.path[..], &inner[depth + 1..]].concat();
        }
        None
    }

    /// The room a path of this crate leads to.
    pub fn room_of(path: &[String]) -> Option<&str> {
        let first = path.strip_prefix(&["crate".to_owned()])?.first()?.as_str();
        let of_macro = MACROS.iter().find(|(name, _)| *name == first);
        Some(of_macro.map_or(first, |(_, place)| place[0]))
    }
}
