//! What routing tables, VLANs, networks, ranges and addresses must be.

use crate::base::fault::{Fault, Faults, FieldFault, Message};
use crate::base::fields::Fields;
use crate::base::ids::{SiteId, VlanId, VrfId};
use crate::base::ip::{Family, Ip};
use crate::base::ip_prefix::{IpPrefix, Span};
use crate::base::number::{required_whole, whole};
use crate::base::text;

crate::text_enum! {
    /// What a network is for.
    pub enum PrefixStatus {
        /// It only holds smaller networks.
        Container = "container",
        /// It is in use.
        Active = "active",
        /// It is kept for something.
        Reserved = "reserved",
        /// It is on its way out.
        Deprecated = "deprecated",
    }
}

crate::text_enum! {
    /// What a range of addresses is for.
    pub enum RangePurpose {
        /// Addresses are taken from it on request.
        Pool = "pool",
        /// A DHCP server gives them out.
        Dhcp = "dhcp",
        /// Nobody takes any.
        Reserved = "reserved",
    }
}

crate::text_enum! {
    /// What an address does.
    pub enum AddressRole {
        /// It belongs to one interface.
        Host = "host",
        /// It is the way out of its network; always reserved.
        Gateway = "gateway",
        /// It moves between machines.
        Virtual = "virtual",
        /// It is inside a machine.
        Loopback = "loopback",
    }
}

crate::text_enum! {
    /// How an address stands.
    pub enum AddressStatus {
        /// In use, or meant to be.
        Active = "active",
        /// Kept for something.
        Reserved = "reserved",
        /// On its way out.
        Deprecated = "deprecated",
    }
}

const NAME: usize = 64;
const NOTE: usize = 4000;

/// A word of an enum; the default when nothing was typed.
macro_rules! choice {
    ($faults:ident, $fields:ident, $name:literal, $kind:ty, $default:expr) => {{
        let raw = $fields.get($name).trim();
        let found = if raw.is_empty() {
            Some($default)
        } else {
            <$kind>::from_word(raw)
        };
        if found.is_none() {
            let message = Message::new("fault-choice").with("allowed", <$kind>::words());
            $faults.add($name, message);
        }
        found
    }};
}

fn vrf_id(fields: &Fields) -> Result<VrfId, FieldFault> {
    required_whole("vrf_id", fields.get("vrf_id"), 1, i64::MAX).map(VrfId::new)
}

/// A routing table as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VrfDraft {
    /// Name, one of a kind.
    pub name: String,
    /// Route distinguisher (RFC 4364 section 4.2), one of a kind.
    pub route_distinguisher: Option<String>,
    /// Whether an address may be there only once.
    pub refuse_duplicates: bool,
    /// For the operator's eyes.
    pub note: String,
}

impl VrfDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let name = faults.keep(text::required_line("name", fields.get("name"), NAME));
        let rd = faults.keep(route_distinguisher(fields.get("route_distinguisher")));
        let note = faults.keep(text::paragraph("note", fields.get("note"), NOTE));
        let draft = (|| {
            Some(Self {
                name: name?,
                route_distinguisher: rd?,
                refuse_duplicates: fields.yes("refuse_duplicates"),
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// `65000:1`, `192.0.2.1:1` or `4200000000:1`; four octets on one side leave two for the other.
fn route_distinguisher(raw: &str) -> Result<Option<String>, FieldFault> {
    let text = raw.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let fits = text.split_once(':').is_some_and(|(admin, number)| {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(number) {
            return false;
        }
        if plain(admin) && admin.parse::<u16>().is_ok() {
            return number.parse::<u32>().is_ok();
        }
        let wide = plain(admin) && admin.parse::<u32>().is_ok();
        let address =
            Ip::parse("route_distinguisher", admin).is_ok_and(|ip| ip.family() == Family::V4);
        (wide || address) && number.parse::<u16>().is_ok()
    });
    if fits {
        return Ok(Some(text.to_owned()));
    }
    let message = Message::new("vrfs-route-distinguisher-wrong");
    Err(FieldFault::new("route_distinguisher", message))
}

/// A VLAN as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VlanDraft {
    /// The building its number counts in.
    pub site_id: Option<SiteId>,
    /// Or the name of the group that it counts in.
    pub group_name: String,
    /// Number, 1 to 4094 (IEEE 802.1Q).
    pub number: i64,
    /// Name.
    pub name: String,
    /// For the operator's eyes.
    pub note: String,
}

impl VlanDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let site = faults.keep(whole("site_id", fields.get("site_id"), 1, i64::MAX));
        let group = faults.keep(text::line("group_name", fields.get("group_name"), NAME));
        let number = faults.keep(required_whole("number", fields.get("number"), 1, 4094));
        let name = faults.keep(text::required_line("name", fields.get("name"), NAME));
        let note = faults.keep(text::paragraph("note", fields.get("note"), NOTE));
        if let (Some(site), Some(group)) = (&site, &group)
            && site.is_some() != group.is_empty()
        {
            faults.add("site_id", Message::new("vlans-site-or-group"));
        }
        let draft = (|| {
            Some(Self {
                site_id: site?.map(SiteId::new),
                group_name: group?,
                number: number?,
                name: name?,
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// A network as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefixDraft {
    /// The routing table.
    pub vrf_id: VrfId,
    /// Network and length.
    pub prefix: IpPrefix,
    /// Where it is used.
    pub site_id: Option<SiteId>,
    /// The VLAN it is on.
    pub vlan_id: Option<VlanId>,
    /// What it is for.
    pub status: PrefixStatus,
    /// In the operator's own words.
    pub role: String,
    /// Whether its first and last address are handed out too.
    pub is_pool: bool,
    /// For the operator's eyes.
    pub note: String,
}

impl PrefixDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let vrf_id = faults.keep(vrf_id(fields));
        let prefix = faults.keep(IpPrefix::parse("prefix", fields.get("prefix")));
        let site = faults.keep(whole("site_id", fields.get("site_id"), 1, i64::MAX));
        let vlan = faults.keep(whole("vlan_id", fields.get("vlan_id"), 1, i64::MAX));
        let status = choice!(faults, fields, "status", PrefixStatus, PrefixStatus::Active);
        let role = faults.keep(text::line("role", fields.get("role"), NAME));
        let note = faults.keep(text::paragraph("note", fields.get("note"), NOTE));
        let draft = (|| {
            Some(Self {
                vrf_id: vrf_id?,
                prefix: prefix?,
                site_id: site?.map(SiteId::new),
                vlan_id: vlan?.map(VlanId::new),
                status: status?,
                role: role?,
                is_pool: fields.yes("is_pool"),
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// A range as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeDraft {
    /// The routing table.
    pub vrf_id: VrfId,
    /// Its first address.
    pub first: Ip,
    /// Its last address, of the same family and not before the first.
    pub last: Ip,
    /// Name.
    pub name: String,
    /// What it is for.
    pub purpose: RangePurpose,
    /// For the operator's eyes.
    pub note: String,
}

impl RangeDraft {
    /// Its addresses.
    #[must_use]
    pub const fn span(&self) -> Span {
        Span {
            first: self.first.value(),
            last: self.last.value(),
        }
    }

    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let vrf_id = faults.keep(vrf_id(fields));
        let first = faults.keep(Ip::parse("first", fields.get("first")));
        let last = faults.keep(Ip::parse("last", fields.get("last")));
        let name = faults.keep(text::line("name", fields.get("name"), NAME));
        let purpose = choice!(faults, fields, "purpose", RangePurpose, RangePurpose::Pool);
        let note = faults.keep(text::paragraph("note", fields.get("note"), NOTE));
        if let (Some(first), Some(last)) = (first, last)
            && (first.family() != last.family() || last < first)
        {
            let message = Message::new("ranges-last-before-first").with("first", first.to_string());
            faults.add("last", message);
        }
        let draft = (|| {
            Some(Self {
                vrf_id: vrf_id?,
                first: first?,
                last: last?,
                name: name?,
                purpose: purpose?,
                note: note?,
            })
        })();
        faults.into_result(draft)
    }
}

/// An address as typed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressDraft {
    /// The routing table.
    pub vrf_id: VrfId,
    /// The address.
    pub address: Ip,
    /// Its name in the DNS, in lower case; may be empty.
    pub dns_name: String,
    /// What it does.
    pub role: AddressRole,
    /// How it stands; a gateway is always reserved.
    pub status: AddressStatus,
    /// For the operator's eyes.
    pub note: String,
}

impl AddressDraft {
    /// Checks what was typed; all faults at once.
    pub fn parse(fields: &Fields) -> Result<Self, Fault> {
        let mut faults = Faults::new();
        let vrf_id = faults.keep(vrf_id(fields));
        let address = faults.keep(Ip::parse("address", fields.get("address")));
        let dns_name = faults.keep(dns_name(fields.get("dns_name")));
        let role = choice!(faults, fields, "role", AddressRole, AddressRole::Host);
        let status = choice!(
            faults,
            fields,
            "status",
            AddressStatus,
            AddressStatus::Active
        );
        let note = faults.keep(text::paragraph("note", fields.get("note"), NOTE));
        let draft = (|| {
            let role = role?;
            Some(Self {
                vrf_id: vrf_id?,
                address: address?,
                dns_name: dns_name?,
                role,
                status: match role {
                    AddressRole::Gateway => AddressStatus::Reserved,
                    _ => status?,
                },
                note: note?,
            })
        })();
        faults.into_result(draft)
    }

    /// Like [`Self::parse`] for an address that is still to be found.
    pub fn parse_for(fields: &Fields, vrf: VrfId, address: Ip) -> Result<Self, Fault> {
        let mut fields = fields.clone();
        fields.set("vrf_id", vrf.to_string());
        fields.set("address", address.to_string());
        Self::parse(&fields)
    }
}

/// A host name (RFC 1123 section 2.1) in lower case, with low lines as many zones have them; names of other scripts in their
/// ASCII form.
fn dns_name(raw: &str) -> Result<String, FieldFault> {
    let text = raw.trim().trim_end_matches('.').to_lowercase();
    let label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len())
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if text.is_empty() || (text.len() <= 253 && text.split('.').all(label)) {
        return Ok(text);
    }
    Err(FieldFault::new(
        "dns_name",
        Message::new("addresses-dns-name-wrong"),
    ))
}

/// Which addresses to list.
#[derive(Debug, Clone, Default)]
pub struct AddressFilter {
    /// An address, the beginning of one, a network, or part of a name in the DNS.
    pub query: String,
    /// Only of this routing table.
    pub vrf_id: Option<VrfId>,
    /// Only within this network.
    pub within: Option<IpPrefix>,
    /// Only from this address to that one, both of one family.
    pub between: Option<(Ip, Ip)>,
    /// Only of this status.
    pub status: Option<AddressStatus>,
    /// The archived ones instead of the live ones.
    pub archived: bool,
}

impl AddressFilter {
    /// The network that the query means; `None` when it is no address nor the beginning of one.
    #[must_use]
    pub fn meant(&self) -> Option<IpPrefix> {
        let text = self.query.trim();
        if let Some((address, length)) = text.split_once('/') {
            let ip = Ip::parse("q", address).ok()?;
            return IpPrefix::around(ip, length.parse().ok()?);
        }
        if let Ok(ip) = Ip::parse("q", text) {
            return IpPrefix::around(ip, ip.family().bits());
        }
        beginning(text)
    }
}

/// `10.1` and `10.1.` as 10.1.0.0/16, `2001:db8:` as 2001:db8::/32.
fn beginning(text: &str) -> Option<IpPrefix> {
    if let Some(head) = text.strip_suffix(':').filter(|head| !head.is_empty()) {
        let groups = u32::try_from(head.split(':').count()).ok()?;
        let ip = Ip::parse("q", &format!("{head}::")).ok()?;
        return (groups < 8)
            .then(|| IpPrefix::around(ip, groups * 16))
            .flatten();
    }
    let head = text.trim_end_matches('.');
    let octets: Vec<&str> = head.split('.').collect();
    let written = text.ends_with('.') || octets.len() > 1;
    if !written || octets.len() > 3 {
        return None;
    }
    let missing = 4 - octets.len();
    let ip = Ip::parse("q", &format!("{head}{}", ".0".repeat(missing))).ok()?;
    IpPrefix::around(ip, 32 - 8 * u32::try_from(missing).ok()?)
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
