//! What is on record, by the names that NetBox uses.

use std::collections::{HashMap, HashSet};

use crate::base::fault::Fault;
use crate::exchange::kinds::{Context, kind};
use crate::store::Conn;

/// Names of what is there, in lower case.
#[derive(Debug, Default)]
pub(super) struct Known {
    sites: HashMap<String, String>,
    zone: Option<String>,
    customers: HashMap<String, String>,
    customer_codes: HashSet<String>,
    types: HashMap<(String, String), String>,
    models: HashMap<String, Vec<String>>,
    slugs: HashSet<String>,
    racks: HashMap<(String, String), Vec<String>>,
    devices: HashSet<String>,
    ports: HashSet<(String, String)>,
    vrfs: HashSet<String>,
    vlans: HashSet<(String, String, String)>,
    held: HashSet<(String, String)>,
}

fn low(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The cells of some columns of all records of a kind.
fn cells<const N: usize>(
    c: &mut Conn,
    context: &Context<'_>,
    name: &str,
    columns: [&str; N],
) -> Result<Vec<[String; N]>, Fault> {
    let kind = kind(name).ok_or_else(|| Fault::internal(format!("no kind {name}")))?;
    let places = columns.map(|column| kind.columns.iter().position(|known| *known == column));
    let rows = (kind.export_rows)(c, context)?;
    let cell = |row: &[String], place: Option<usize>| {
        place
            .and_then(|place| row.get(place))
            .cloned()
            .unwrap_or_default()
    };
    Ok(rows
        .iter()
        .map(|row| places.map(|place| cell(row, place)))
        .collect())
}

impl Known {
    /// Reads what is there.
    pub(super) fn read(c: &mut Conn, context: &Context<'_>) -> Result<Self, Fault> {
        let mut known = Self::default();
        for [code, name, zone] in cells(c, context, "sites", ["code", "name", "time_zone"])? {
            known.add_site(&code, &name);
            known.zone.get_or_insert(zone);
        }
        for [code, name] in cells(c, context, "customers", ["code", "name"])? {
            known.add_customer(&code, &name);
        }
        for [maker, model, slug] in cells(
            c,
            context,
            "device-types",
            ["manufacturer", "model", "slug"],
        )? {
            known.add_type(&maker, &model, &slug);
        }
        for [site, room, name] in cells(c, context, "racks", ["site", "room", "name"])? {
            known.add_rack(&site, &room, &name);
        }
        for [name] in cells(c, context, "devices", ["name"])? {
            known.add_device(&name);
        }
        for [device, name] in cells(c, context, "device-ports", ["device", "name"])? {
            known.add_port(&device, &name);
        }
        for [name] in cells(c, context, "vrfs", ["name"])? {
            known.add_vrf(&name);
        }
        for [site, group, number] in cells(c, context, "vlans", ["site", "group_name", "number"])? {
            known.add_vlan(&site, &group, &number);
        }
        let columns = ["vrf", "address", "until"];
        for [vrf, address, until] in cells(c, context, "address-assignments", columns)? {
            if until.is_empty() {
                known.add_held(&vrf, &address);
            }
        }
        Ok(known)
    }

    pub(super) fn add_site(&mut self, code: &str, name: &str) {
        self.sites.insert(low(code), code.to_owned());
        self.sites.insert(low(name), code.to_owned());
    }

    /// The code of a site by its name, or its code.
    pub(super) fn site(&self, name: &str) -> Option<String> {
        self.sites.get(&low(name)).cloned()
    }

    /// The zone of a site that is there.
    pub(super) fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    pub(super) fn add_customer(&mut self, code: &str, name: &str) {
        self.customer_codes.insert(low(code));
        self.customers.insert(low(name), code.to_owned());
        self.customers
            .entry(low(code))
            .or_insert_with(|| code.to_owned());
    }

    /// The code of a customer by name or code.
    pub(super) fn customer(&self, name: &str) -> Option<String> {
        self.customers.get(&low(name)).cloned()
    }

    pub(super) fn has_customer_code(&self, code: &str) -> bool {
        self.customer_codes.contains(&low(code))
    }

    pub(super) fn add_type(&mut self, maker: &str, model: &str, slug: &str) {
        self.slugs.insert(low(slug));
        self.types.insert((low(maker), low(model)), slug.to_owned());
        let slugs = self.models.entry(low(model)).or_default();
        if !slugs.iter().any(|known| known == slug) {
            slugs.push(slug.to_owned());
        }
    }

    pub(super) fn has_type(&self, slug: &str) -> bool {
        self.slugs.contains(&low(slug))
    }

    /// The slug of a type by maker and model; without a maker only when one type has this model.
    pub(super) fn device_type(&self, maker: &str, model: &str) -> Option<String> {
        if self.has_type(model) {
            return Some(low(model));
        }
        if let Some(slug) = self.types.get(&(low(maker), low(model))) {
            return Some(slug.clone());
        }
        // A list may write the maker before the model.
        let model = low(model);
        let bare = model
            .strip_prefix(&low(maker))
            .map_or(model.as_str(), str::trim);
        if let Some(slug) = self.types.get(&(low(maker), bare.to_owned())) {
            return Some(slug.clone());
        }
        match self.models.get(&model).map(Vec::as_slice) {
            Some([slug]) if maker.is_empty() => Some(slug.clone()),
            _ => None,
        }
    }

    pub(super) fn add_rack(&mut self, site: &str, room: &str, name: &str) {
        let rooms = self.racks.entry((low(site), low(name))).or_default();
        if !rooms.iter().any(|known| known == room) {
            rooms.push(room.to_owned());
        }
    }

    /// The room of a rack, when one rack of the site has this name.
    pub(super) fn room_of_rack(&self, site: &str, name: &str) -> Option<String> {
        match self.racks.get(&(low(site), low(name))).map(Vec::as_slice) {
            Some([room]) => Some(room.clone()),
            _ => None,
        }
    }

    pub(super) fn add_device(&mut self, name: &str) {
        self.devices.insert(name.to_owned());
    }

    pub(super) fn has_device(&self, name: &str) -> bool {
        self.devices.contains(name)
    }

    /// Adds a routing table; whether it is new.
    pub(super) fn add_vrf(&mut self, name: &str) -> bool {
        self.vrfs.insert(low(name))
    }

    pub(super) fn add_port(&mut self, device: &str, name: &str) {
        self.ports.insert((low(device), low(name)));
    }

    pub(super) fn has_port(&self, device: &str, name: &str) -> bool {
        self.ports.contains(&(low(device), low(name)))
    }

    /// Adds a VLAN; whether it is new.
    pub(super) fn add_vlan(&mut self, site: &str, group: &str, number: &str) -> bool {
        let key = (low(site), low(group), number.to_owned());
        self.vlans.insert(key)
    }

    /// Adds that somebody has an address now; whether that is new.
    pub(super) fn add_held(&mut self, vrf: &str, address: &str) -> bool {
        self.held.insert((low(vrf), low(address)))
    }
}
