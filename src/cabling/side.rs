//! The two sides of a cable, and the fields that name their ends.

crate::text_enum! {
    /// The two sides of a cable.
    pub enum Side {
        /// One.
        A = "a",
        /// The other.
        B = "b",
    }
}

impl Side {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// The field of its ports.
    #[must_use]
    pub const fn port_field(self) -> &'static str {
        match self {
            Self::A => "port_a",
            Self::B => "port_b",
        }
    }

    /// The field of its devices.
    #[must_use]
    pub const fn device_field(self) -> &'static str {
        match self {
            Self::A => "device_a",
            Self::B => "device_b",
        }
    }
}

/// Most ports at one side.
pub const MOST_ENDS: usize = 12;
