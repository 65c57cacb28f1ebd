//! The one table of who may do what.

use super::model::Role;

/// A right that an operation asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See sites, rooms, racks.
    ViewFacility,
    /// Change them.
    EditFacility,
    /// See devices and device types (customers: their own).
    ViewDevices,
    /// Change them.
    EditDevices,
    /// See customers and contacts.
    ViewCustomers,
    /// Change them.
    EditCustomers,
    /// See ports, targets, allocations and graphs (customers: their own).
    ViewNetwork,
    /// Change targets, ports and allocations.
    EditNetwork,
    /// See networks, addresses and who has them (customers: their own), and VLANs, ranges and routing tables (staff).
    ViewAddresses,
    /// Change and assign them.
    EditAddresses,
    /// Close billing periods, and correct closed ones.
    ClosePeriods,
    /// See power intents (customers: of their own machines).
    ViewPower,
    /// Ask for a power action (customers: on their own machines).
    ControlPower,
    /// Approve an action on a protected machine.
    ApprovePower,
    /// See where BMCs are, what they say of themselves and who has an account on them.
    ViewBmc,
    /// Change BMC endpoints; set their passwords.
    EditBmc,
    /// Look at live consoles and replay recorded ones (customers: of own machines opened to them).
    WatchConsole,
    /// Type at the console of a machine (customers: of own machines opened to them).
    UseConsole,
    /// See visits (customers: their own).
    ViewVisits,
    /// Announce and cancel visits (customers: their own).
    AnnounceVisits,
    /// Check visitors in and out.
    DeskVisits,
    /// Change areas, standing permissions and rules that approve visits.
    ManageAccess,
    /// Set a rule at the door aside, with a reason.
    OverrideVisitRules,
    /// Add, change and retire badges, lockers and keys.
    EditLoanItems,
    /// Give the key of a rack to someone whose visit does not name it, with a reason.
    LendAnyKey,
    /// Change doors and which way they lead.
    EditDoors,
    /// Send what access controllers tell of badges at doors.
    SendDoorEvents,
    /// See an identity number unmasked, with a reason, audited.
    RevealIdentity,
    /// Let goods leave; never the ones drafted or checked at the door by oneself.
    ReleaseGoods,
    /// Hold devices and customers' goods back, and let them go again.
    SetHolds,
    /// See the records of known people, with who read a number.
    ViewPeople,
    /// Change them.
    EditPeople,
    /// Block people and lift blocks.
    BlockPeople,
    /// Merge records of one person.
    MergePeople,
    /// Write notices, set legal holds, see what retention does.
    ManagePrivacy,
    /// Import and export whole kinds of records.
    ImportExport,
    /// Add, change and lock users.
    ManageUsers,
    /// Read the audit log.
    ViewAudit,
    /// See background tasks, outbox and the state of the installation.
    ViewTasks,
    /// Run tasks, revive dead mails.
    ManageTasks,
}

impl Permission {
    /// Every right.
    pub const ALL: &'static [Self] = &[
        Self::ViewFacility,
        Self::EditFacility,
        Self::ViewDevices,
        Self::EditDevices,
        Self::ViewCustomers,
        Self::EditCustomers,
        Self::ViewNetwork,
        Self::EditNetwork,
        Self::ViewAddresses,
        Self::EditAddresses,
        Self::ClosePeriods,
        Self::ViewPower,
        Self::ControlPower,
        Self::ApprovePower,
        Self::ViewBmc,
        Self::EditBmc,
        Self::WatchConsole,
        Self::UseConsole,
        Self::ViewVisits,
        Self::AnnounceVisits,
        Self::DeskVisits,
        Self::ManageAccess,
        Self::OverrideVisitRules,
        Self::EditLoanItems,
        Self::LendAnyKey,
        Self::EditDoors,
        Self::SendDoorEvents,
        Self::RevealIdentity,
        Self::ReleaseGoods,
        Self::SetHolds,
        Self::ViewPeople,
        Self::EditPeople,
        Self::BlockPeople,
        Self::MergePeople,
        Self::ManagePrivacy,
        Self::ImportExport,
        Self::ManageUsers,
        Self::ViewAudit,
        Self::ViewTasks,
        Self::ManageTasks,
    ];

    /// Whether using this right changes something; API tokens of scope `read` lack all of these.
    pub const fn changes(self) -> bool {
        !matches!(
            self,
            Self::ViewFacility
                | Self::ViewDevices
                | Self::ViewCustomers
                | Self::ViewNetwork
                | Self::ViewAddresses
                | Self::ViewPower
                | Self::ViewBmc
                | Self::WatchConsole
                | Self::ViewVisits
                | Self::ViewPeople
                | Self::ViewAudit
                | Self::ViewTasks
        )
    }
}

/// Whether a role has a right. This function is the whole policy.
pub const fn allows(role: Role, permission: Permission) -> bool {
    use Permission as P;
    match role {
        Role::Administrator => true,
        Role::Operations => !matches!(
            permission,
            P::ManageUsers | P::ViewAudit | P::RevealIdentity
        ),
        Role::Technician => matches!(
            permission,
            P::ViewFacility
                | P::EditFacility
                | P::ViewDevices
                | P::EditDevices
                | P::ViewCustomers
                | P::ViewNetwork
                | P::ViewAddresses
                | P::ViewPower
                | P::ControlPower
                | P::WatchConsole
                | P::UseConsole
                | P::ViewVisits
                | P::AnnounceVisits
                | P::DeskVisits
                | P::ViewPeople
        ),
        Role::Reception => matches!(
            permission,
            P::ViewFacility
                | P::ViewCustomers
                | P::ViewVisits
                | P::AnnounceVisits
                | P::DeskVisits
                | P::OverrideVisitRules
                | P::EditLoanItems
                | P::RevealIdentity
                | P::ViewPeople
                | P::EditPeople
                | P::BlockPeople
        ),
        Role::Finance => matches!(
            permission,
            P::ViewFacility
                | P::ViewDevices
                | P::ViewCustomers
                | P::EditCustomers
                | P::ViewNetwork
                | P::ViewAddresses
                | P::ClosePeriods
                | P::SetHolds
        ),
        Role::Auditor => !permission.changes(),
        Role::CustomerAdmin => matches!(
            permission,
            P::ViewDevices
                | P::ViewNetwork
                | P::ViewAddresses
                | P::ViewPower
                | P::ControlPower
                | P::WatchConsole
                | P::UseConsole
                | P::ViewVisits
                | P::AnnounceVisits
        ),
        Role::CustomerMember => {
            matches!(
                permission,
                P::ViewDevices | P::ViewNetwork | P::ViewAddresses | P::ViewPower | P::ViewVisits
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_auditor_changes_nothing_and_customers_see_no_one_else_s_records() {
        for permission in Permission::ALL {
            assert_eq!(
                allows(Role::Auditor, *permission),
                !permission.changes(),
                "{permission:?}"
            );
        }
        for role in [Role::CustomerAdmin, Role::CustomerMember] {
            for permission in [
                Permission::ViewFacility,
                Permission::ViewCustomers,
                Permission::DeskVisits,
                Permission::ReleaseGoods,
                Permission::SetHolds,
                Permission::ViewAudit,
                Permission::ImportExport,
                Permission::EditBmc,
            ] {
                assert!(!allows(role, permission), "{role} {permission:?}");
            }
        }
        assert!(!allows(Role::CustomerMember, Permission::ControlPower));
        assert!(!allows(Role::CustomerMember, Permission::WatchConsole));
    }
}
