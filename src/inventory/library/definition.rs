//! One file of the library as what a type is.

use super::components::{bays, ports};
use super::reader::{Entries, Finding, Findings, shown, written};
use super::vocabulary::{AIRFLOWS, SUBDEVICE_ROLES, WEIGHT_UNITS};
use super::yaml;
use crate::base::fault::{Fault, Message};
use crate::base::fields::Fields;
use crate::base::units::{Grams, HalfUnits, decimal};
use crate::inventory::model::DeviceTypeDraft;
use crate::inventory::port::{BaySpec, PortSpec};

/// Greatest height, in half-units.
const MAX_HEIGHT: i64 = 100;
/// Heaviest type: 100 t.
const MAX_GRAMS: i64 = 100_000_000;
/// Longest note, in letters.
const NOTE_LETTERS: usize = 4000;

/// What a file describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A device.
    Device,
    /// A module that goes into a bay of a device.
    Module,
}

/// What a file says of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// What it describes.
    pub sort: Sort,
    /// Who makes it.
    pub manufacturer: String,
    /// Its model.
    pub model: String,
    /// Short unique name; empty for a module.
    pub slug: String,
    /// The maker's number for it.
    pub part_number: String,
    /// Height; zero for a module.
    pub height: HalfUnits,
    /// Whether it takes both faces.
    pub full_depth: bool,
    /// Which way air goes through.
    pub airflow: String,
    /// Weight.
    pub weight: Option<Grams>,
    /// Takes no power.
    pub passive: bool,
    /// `parent` of blades, `child` in a chassis, or empty.
    pub subdevice_role: String,
    /// Description and comments.
    pub note: String,
    /// Ports in their order.
    pub ports: Vec<PortSpec>,
    /// Bays and parts that are always there.
    pub bays: Vec<BaySpec>,
}

/// Reads a file: what it says and what of it was not understood, or what is wrong with it. Without `sort` the file
/// itself tells what it describes.
pub fn read(bytes: &[u8], sort: Option<Sort>) -> Result<(Definition, Vec<Finding>), Vec<Finding>> {
    let root = yaml::parse(bytes)
        .map_err(|broken| vec![Finding::new(broken.line, "", "", broken.message)])?;
    let Some(mut entries) = Entries::of(&root, String::new()) else {
        return Err(vec![wrong(root.line, "", "library-no-map")]);
    };
    let mut findings = Findings::default();
    let definition = definition(&mut entries, sort, &mut findings);
    entries.finish(&mut findings);
    findings.odd.sort_by_key(|finding| finding.line);
    if findings.wrong.is_empty() {
        Ok((definition, findings.odd))
    } else {
        Err(findings.wrong)
    }
}

fn wrong(line: u64, place: &str, key: &'static str) -> Finding {
    Finding::new(line, place, "", Message::new(key))
}

fn definition(
    entries: &mut Entries<'_>,
    sort: Option<Sort>,
    findings: &mut Findings,
) -> Definition {
    let line = entries.line();
    let manufacturer = required(entries, "manufacturer", 64, findings);
    let model = required(entries, "model", 120, findings);
    let slug = entries.line_text("slug", 100, findings).to_lowercase();
    let sort = sort.unwrap_or(if slug.is_empty() {
        Sort::Module
    } else {
        Sort::Device
    });
    if sort == Sort::Device && slug.is_empty() {
        findings.wrong.push(wrong(line, "slug", "library-missing"));
    }
    let height = height(entries, sort, findings);
    let part_number = entries.line_text("part_number", 64, findings);
    let full_depth = entries.truth("is_full_depth", findings).unwrap_or(true);
    let passive = entries.truth("is_powered", findings) == Some(false);
    let airflow = entries.word("airflow", AIRFLOWS, findings);
    let subdevice_role = subdevice_role(entries, findings);
    let weight = weight(entries, findings);
    // Pictures lie beside the files and are not taken over.
    entries.truth("front_image", findings);
    entries.truth("rear_image", findings);
    let description = entries.text("description", 200, findings);
    let comments = entries.text("comments", NOTE_LETTERS - 201, findings);
    let ports = ports(entries, findings);
    let bays = bays(entries, findings);
    Definition {
        sort,
        manufacturer,
        model,
        slug,
        part_number,
        height,
        full_depth,
        airflow,
        weight,
        passive,
        subdevice_role,
        note: [description, comments]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("\n"),
        ports,
        bays,
    }
}

fn required(
    entries: &mut Entries<'_>,
    name: &'static str,
    max: usize,
    findings: &mut Findings,
) -> String {
    let text = entries.line_text(name, max, findings);
    if text.is_empty() {
        findings
            .wrong
            .push(wrong(entries.line(), name, "library-missing"));
    }
    text
}

/// Height in U; 1 when the file says none, as the format has it.
fn height(entries: &mut Entries<'_>, sort: Sort, findings: &mut Findings) -> HalfUnits {
    // A module has no height: a name that is there all the same is noted as unknown.
    if sort == Sort::Module {
        return HalfUnits::new(0);
    }
    let Some(node) = entries.take("u_height") else {
        return HalfUnits::new(2);
    };
    let height = written(node)
        .and_then(HalfUnits::from_units_text)
        .filter(|height| height.get() <= MAX_HEIGHT);
    height.unwrap_or_else(|| {
        let message = Message::new("library-height");
        let finding = Finding::new(node.line, "u_height", &shown(node), message);
        findings.wrong.push(finding);
        HalfUnits::new(0)
    })
}

fn subdevice_role(entries: &mut Entries<'_>, findings: &mut Findings) -> String {
    let role = entries.word("subdevice_role", SUBDEVICE_ROLES, findings);
    if SUBDEVICE_ROLES.contains(&role.as_str()) {
        role
    } else {
        String::new()
    }
}

/// Weight with its unit; one without the other is noted.
fn weight(entries: &mut Entries<'_>, findings: &mut Findings) -> Option<Grams> {
    let unit = entries.take("weight_unit");
    let node = entries.take("weight")?;
    let unit = unit.and_then(written).unwrap_or("");
    let weight = written(node)
        .and_then(|text| grams(text, unit))
        .filter(|weight| weight.get() <= MAX_GRAMS);
    if weight.is_none() {
        let value = format!("{} {unit}", shown(node));
        let message = Message::new("library-weight");
        findings
            .odd
            .push(Finding::new(node.line, "weight", value.trim(), message));
    }
    weight
}

/// A decimal number of a unit, to the nearest gram.
fn grams(text: &str, unit: &str) -> Option<Grams> {
    let (_, nanograms) = WEIGHT_UNITS.iter().find(|(name, _)| *name == unit)?;
    let scaled = i128::from(decimal(text, 4)?) * i128::from(*nanograms);
    let divisor = 10_000 * 1_000_000_000_i128;
    i64::try_from((scaled + divisor / 2) / divisor)
        .ok()
        .map(Grams::new)
}

impl Definition {
    /// What is planned for all its power ports together, when the file says it of any.
    pub fn planned_watts(&self) -> Option<i64> {
        let said = self.ports.iter().filter_map(|port| port.allocated_watts);
        said.map(|watts| watts.get()).reduce(i64::saturating_add)
    }

    /// The fields of a type as [`DeviceTypeDraft::parse`] reads them; `before` are those of the type that is there,
    /// whose role, draw and note a person may have said.
    pub fn fields(&self, before: Option<&Fields>) -> Fields {
        let kept = |name: &str, else_: String| match before {
            Some(before) if !before.get(name).is_empty() => before.get(name).to_owned(),
            _ => else_,
        };
        let watts = self.planned_watts().map(|watts| watts.to_string());
        let yes_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        let weight = self.weight.map(Grams::to_kilograms_text);
        [
            ("manufacturer", self.manufacturer.clone()),
            ("model", self.model.clone()),
            ("slug", self.slug.clone()),
            ("height_units", self.height.to_units_text()),
            ("full_depth", yes_no(self.full_depth)),
            ("role", kept("role", self.role().to_string())),
            ("airflow", self.airflow.clone()),
            (
                "weight_kg",
                weight.unwrap_or_else(|| kept("weight_kg", String::new())),
            ),
            ("watts", kept("watts", watts.unwrap_or_default())),
            ("note", kept("note", self.note.clone())),
            ("part_number", self.part_number.clone()),
            ("subdevice_role", self.subdevice_role.clone()),
            ("passive", yes_no(self.passive)),
        ]
        .into_iter()
        .collect()
    }

    /// The type as a draft.
    pub fn draft(&self, before: Option<&Fields>) -> Result<DeviceTypeDraft, Fault> {
        DeviceTypeDraft::parse(&self.fields(before))
    }
}

#[cfg(test)]
#[path = "definition_tests.rs"]
mod tests;
