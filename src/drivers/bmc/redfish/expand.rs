//! How a service can be asked for a collection with its members in it.

use serde_json::Value;

use super::look;

/// Whether the service puts the members of a collection into it when asked to (DSP0266, `$expand`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expand {
    /// It does not.
    No,
    /// `$expand=.`
    Plain,
    /// `$expand=.($levels=1)`
    OneLevel,
}

impl Expand {
    /// What the service root says of it.
    pub(super) fn of(root: &Value) -> Self {
        let says = |name: &str| {
            let pointer = format!("/ProtocolFeaturesSupported/ExpandQuery/{name}");
            look::yes(root, &pointer) == Some(true)
        };
        match (says("NoLinks"), says("Levels")) {
            (false, _) => Self::No,
            (true, false) => Self::Plain,
            (true, true) => Self::OneLevel,
        }
    }

    /// What is put behind the address of a collection to have its members in it.
    pub(super) const fn query(self) -> Option<&'static str> {
        match self {
            Self::No => None,
            Self::Plain => Some("?$expand=."),
            Self::OneLevel => Some("?$expand=.($levels=1)"),
        }
    }
}
