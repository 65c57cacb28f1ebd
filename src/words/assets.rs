//! Embedded files, with the hash that names their version.

use std::collections::HashMap;
use std::sync::{LazyLock, RwLock};

use rust_embed::RustEmbed;

use crate::base::token::hex;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/static"]
struct Static;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/templates"]
struct Templates;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/locales"]
struct Locales;

/// One file for the browser.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Content.
    pub bytes: std::borrow::Cow<'static, [u8]>,
    /// First letters of the SHA-256 of the content.
    pub version: String,
    /// Media type by the ending of the name.
    pub media_type: &'static str,
}

static VERSIONS: LazyLock<RwLock<HashMap<String, String>>> = LazyLock::new(RwLock::default);

/// A file under `static/` by its path.
pub fn asset(path: &str) -> Option<Asset> {
    let file = Static::get(path)?;
    let version: String = hex(&file.metadata.sha256_hash()).chars().take(12).collect();
    Some(Asset {
        bytes: file.data,
        version,
        media_type: media_type(path),
    })
}

/// The address of a file with its version; without a version when there is no such file.
pub(super) fn asset_address(path: &str) -> String {
    if !cfg!(debug_assertions)
        && let Ok(versions) = VERSIONS.read()
        && let Some(address) = versions.get(path)
    {
        return address.clone();
    }
    let address = match asset(path) {
        Some(asset) => format!("/static/{path}?v={}", asset.version),
        None => format!("/static/{path}"),
    };
    if let Ok(mut versions) = VERSIONS.write() {
        versions.insert(path.to_owned(), address.clone());
    }
    address
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "ttf" => "font/ttf",
        "json" | "map" | "webmanifest" => "application/json",
        _ => "text/plain; charset=utf-8",
    }
}

/// The text of a template.
pub(super) fn template(name: &str) -> Option<String> {
    Templates::get(name).and_then(|file| String::from_utf8(file.data.into_owned()).ok())
}

/// Names of all templates.
pub(super) fn template_names() -> Vec<String> {
    Templates::iter().map(|name| name.into_owned()).collect()
}

/// Texts of all Fluent files of a language, with their names.
pub(super) fn locale_files(language: &str) -> Vec<(String, String)> {
    let prefix = format!("{language}/");
    let mut files: Vec<(String, String)> = Locales::iter()
        .filter(|name| name.starts_with(&prefix) && name.ends_with(".ftl"))
        .filter_map(|name| {
            let file = Locales::get(&name)?;
            Some((
                name.into_owned(),
                String::from_utf8(file.data.into_owned()).ok()?,
            ))
        })
        .collect();
    files.sort();
    files
}
