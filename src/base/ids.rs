//! The registry of id kinds: one marker and one alias per entity.

use super::id::Id;

/// Markers that are never made; they only tell ids apart.
pub mod kind {
    /// A person or program that signs in.
    #[derive(Debug)]
    pub enum User {}
    /// A signed-in browser.
    #[derive(Debug)]
    pub enum Session {}
    /// A bearer token.
    #[derive(Debug)]
    pub enum ApiToken {}
    /// A list as a person wants it.
    #[derive(Debug)]
    pub enum SavedView {}
    /// An entry of the audit log.
    #[derive(Debug)]
    pub enum AuditEntry {}
    /// An organisation whose machines stand here.
    #[derive(Debug)]
    pub enum Customer {}
    /// A person who may act for a customer.
    #[derive(Debug)]
    pub enum Contact {}
    /// A building.
    #[derive(Debug)]
    pub enum Site {}
    /// A room of a site.
    #[derive(Debug)]
    pub enum Room {}
    /// A rack.
    #[derive(Debug)]
    pub enum Rack {}
    /// A stretch of a rack that is kept for somebody.
    #[derive(Debug)]
    pub enum Reservation {}
    /// A move of a device.
    #[derive(Debug)]
    pub enum DeviceMove {}
    /// A part of a site that visits name.
    #[derive(Debug)]
    pub enum Area {}
    /// A permission to come again and again.
    #[derive(Debug)]
    pub enum StandingPermission {}
    /// A rule that approves visits.
    #[derive(Debug)]
    pub enum ApprovalRule {}
    /// An entry of a visit's record.
    #[derive(Debug)]
    pub enum VisitEvent {}
    /// A photo or document of a device or a rack.
    #[derive(Debug)]
    pub enum Attachment {}
    /// An entry of a shift book.
    #[derive(Debug)]
    pub enum ShiftNote {}
    /// A badge, locker or key that is lent at the desk.
    #[derive(Debug)]
    pub enum LoanItem {}
    /// That somebody has one.
    #[derive(Debug)]
    pub enum Loan {}
    /// A door that an access controller watches.
    #[derive(Debug)]
    pub enum Door {}
    /// A badge at a door.
    #[derive(Debug)]
    pub enum DoorEvent {}
    /// A make and model.
    #[derive(Debug)]
    pub enum DeviceType {}
    /// A thing in a rack.
    #[derive(Debug)]
    pub enum Device {}
    /// A port of a device that cables end at.
    #[derive(Debug)]
    pub enum DevicePort {}
    /// A part that people put into a device.
    #[derive(Debug)]
    pub enum DeviceComponent {}
    /// A management controller.
    #[derive(Debug)]
    pub enum Bmc {}
    /// A wish to change a machine's power.
    #[derive(Debug)]
    pub enum Intent {}
    /// A wish for several machines at once.
    #[derive(Debug)]
    pub enum PowerBulk {}
    /// A wish that comes back by the calendar.
    #[derive(Debug)]
    pub enum PowerSchedule {}
    /// A console of a machine while people sit at it, and its recording.
    #[derive(Debug)]
    pub enum Console {}
    /// Someone at a console.
    #[derive(Debug)]
    pub enum ConsoleSeat {}
    /// An SNMP agent that is polled.
    #[derive(Debug)]
    pub enum SnmpTarget {}
    /// A port of a switch.
    #[derive(Debug)]
    pub enum Port {}
    /// One poll of one device.
    #[derive(Debug)]
    pub enum Reading {}
    /// A bandwidth allocation.
    #[derive(Debug)]
    pub enum Allocation {}
    /// A dated link of a port to an allocation.
    #[derive(Debug)]
    pub enum AllocationPort {}
    /// A device at the other end of a port.
    #[derive(Debug)]
    pub enum Neighbour {}
    /// Something a device says of itself.
    #[derive(Debug)]
    pub enum DeviceFact {}
    /// A closed billing period.
    #[derive(Debug)]
    pub enum ClosedPeriod {}
    /// A correction of a closed billing period.
    #[derive(Debug)]
    pub enum PeriodCorrection {}
    /// A month report of a customer.
    #[derive(Debug)]
    pub enum MonthReport {}
    /// What one part of a device measures.
    #[derive(Debug)]
    pub enum Gauge {}
    /// One poll of the gauges of a device.
    #[derive(Debug)]
    pub enum GaugeReading {}
    /// A feed of power into a room.
    #[derive(Debug)]
    pub enum PowerFeed {}
    /// A board that feeds of power come from.
    #[derive(Debug)]
    pub enum PowerPanel {}
    /// An outlet of a PDU.
    #[derive(Debug)]
    pub enum Outlet {}
    /// Something that happened and lasts.
    #[derive(Debug)]
    pub enum Event {}
    /// A rule for what becomes an event.
    #[derive(Debug)]
    pub enum ThresholdRule {}
    /// A way notices go.
    #[derive(Debug)]
    pub enum Channel {}
    /// A sensor of a machine.
    #[derive(Debug)]
    pub enum MachineSensor {}
    /// An entry of a machine's event log.
    #[derive(Debug)]
    pub enum MachineLogEntry {}
    /// A part of a machine.
    #[derive(Debug)]
    pub enum MachinePart {}
    /// A change of a BMC's password.
    #[derive(Debug)]
    pub enum BmcRotation {}
    /// A routing table of its own.
    #[derive(Debug)]
    pub enum Vrf {}
    /// A VLAN.
    #[derive(Debug)]
    pub enum Vlan {}
    /// A network of addresses.
    #[derive(Debug)]
    pub enum Prefix {}
    /// A range of addresses.
    #[derive(Debug)]
    pub enum IpRange {}
    /// An IP address.
    #[derive(Debug)]
    pub enum IpAddress {}
    /// A dated assignment of an address or a prefix.
    #[derive(Debug)]
    pub enum IpAssignment {}
    /// A cable.
    #[derive(Debug)]
    pub enum Cable {}
    /// An end of a cable.
    #[derive(Debug)]
    pub enum CableEnd {}
    /// A visit.
    #[derive(Debug)]
    pub enum Visit {}
    /// A visitor.
    #[derive(Debug)]
    pub enum Person {}
    /// A person on a visit.
    #[derive(Debug)]
    pub enum VisitPerson {}
    /// A goods pass.
    #[derive(Debug)]
    pub enum GoodsPass {}
    /// An item of a goods pass.
    #[derive(Debug)]
    pub enum GoodsItem {}
    /// What holds a device back in the building, or all of a customer's.
    #[derive(Debug)]
    pub enum Hold {}
    /// A block of a person.
    #[derive(Debug)]
    pub enum PersonBlock {}
    /// An edition of a notice that people agree to.
    #[derive(Debug)]
    pub enum ConsentText {}
    /// An agreement of a person.
    #[derive(Debug)]
    pub enum Consent {}
    /// A legal hold.
    #[derive(Debug)]
    pub enum LegalHold {}
}

/// Id of a person or program that signs in.
pub type UserId = Id<kind::User>;
/// Id of a signed-in browser.
pub type SessionId = Id<kind::Session>;
/// Id of a bearer token.
pub type ApiTokenId = Id<kind::ApiToken>;
/// Id of an entry of the audit log.
pub type AuditEntryId = Id<kind::AuditEntry>;
/// Id of an organisation whose machines stand here.
pub type CustomerId = Id<kind::Customer>;
/// Id of a person who may act for a customer.
pub type ContactId = Id<kind::Contact>;
/// Id of a building.
pub type SiteId = Id<kind::Site>;
/// Id of a room of a site.
pub type RoomId = Id<kind::Room>;
/// Id of a rack.
pub type RackId = Id<kind::Rack>;
/// Id of a make and model.
pub type DeviceTypeId = Id<kind::DeviceType>;
/// Id of a thing in a rack.
pub type DeviceId = Id<kind::Device>;
/// Id of a port of a device that cables end at.
pub type DevicePortId = Id<kind::DevicePort>;
/// Id of a part that people put into a device.
pub type DeviceComponentId = Id<kind::DeviceComponent>;
/// Id of a management controller.
pub type BmcId = Id<kind::Bmc>;
/// Id of a wish to change a machine's power.
pub type IntentId = Id<kind::Intent>;
/// Id of a wish for several machines at once.
pub type PowerBulkId = Id<kind::PowerBulk>;
/// Id of a wish that comes back by the calendar.
pub type PowerScheduleId = Id<kind::PowerSchedule>;
/// Id of a console session and its recording.
pub type ConsoleId = Id<kind::Console>;
/// Id of someone at a console.
pub type ConsoleSeatId = Id<kind::ConsoleSeat>;
/// Id of an SNMP agent that is polled.
pub type SnmpTargetId = Id<kind::SnmpTarget>;
/// Id of a port of a switch.
pub type PortId = Id<kind::Port>;
/// Id of one poll of one device.
pub type ReadingId = Id<kind::Reading>;
/// Id of a bandwidth allocation.
pub type AllocationId = Id<kind::Allocation>;
/// Id of a dated link of a port to an allocation.
pub type AllocationPortId = Id<kind::AllocationPort>;
/// Id of a device at the other end of a port.
pub type NeighbourId = Id<kind::Neighbour>;
/// Id of a saved view.
pub type SavedViewId = Id<kind::SavedView>;
/// Id of something a device says of itself.
pub type DeviceFactId = Id<kind::DeviceFact>;
/// Id of a closed billing period.
pub type ClosedPeriodId = Id<kind::ClosedPeriod>;
/// Id of a correction of a closed billing period.
pub type PeriodCorrectionId = Id<kind::PeriodCorrection>;
/// Id of a month report of a customer.
pub type MonthReportId = Id<kind::MonthReport>;
/// Id of what one part of a device measures.
pub type GaugeId = Id<kind::Gauge>;
/// Id of one poll of the gauges of a device.
pub type GaugeReadingId = Id<kind::GaugeReading>;
/// Id of a feed of power into a room.
pub type PowerFeedId = Id<kind::PowerFeed>;
/// Id of a board that feeds of power come from.
pub type PowerPanelId = Id<kind::PowerPanel>;
/// Id of an outlet of a PDU.
pub type OutletId = Id<kind::Outlet>;
/// Id of an event.
pub type EventId = Id<kind::Event>;
/// Id of a rule for what becomes an event.
pub type ThresholdRuleId = Id<kind::ThresholdRule>;
/// Id of a way notices go.
pub type ChannelId = Id<kind::Channel>;
/// Id of a sensor of a machine.
pub type MachineSensorId = Id<kind::MachineSensor>;
/// Id of an entry of a machine's event log.
pub type MachineLogEntryId = Id<kind::MachineLogEntry>;
/// Id of a part of a machine.
pub type MachinePartId = Id<kind::MachinePart>;
/// Id of a change of a BMC's password.
pub type BmcRotationId = Id<kind::BmcRotation>;
/// Id of a routing table of its own.
pub type VrfId = Id<kind::Vrf>;
/// Id of a VLAN.
pub type VlanId = Id<kind::Vlan>;
/// Id of a network of addresses.
pub type PrefixId = Id<kind::Prefix>;
/// Id of a range of addresses.
pub type IpRangeId = Id<kind::IpRange>;
/// Id of an IP address.
pub type IpAddressId = Id<kind::IpAddress>;
/// Id of a dated assignment of an address or a prefix.
pub type IpAssignmentId = Id<kind::IpAssignment>;
/// Id of a cable.
pub type CableId = Id<kind::Cable>;
/// Id of an end of a cable.
pub type CableEndId = Id<kind::CableEnd>;
/// Id of a visit.
pub type VisitId = Id<kind::Visit>;
/// Id of a visitor.
pub type PersonId = Id<kind::Person>;
/// Id of a person on a visit.
pub type VisitPersonId = Id<kind::VisitPerson>;
/// Id of a goods pass.
pub type GoodsPassId = Id<kind::GoodsPass>;
/// Id of an item of a goods pass.
pub type GoodsItemId = Id<kind::GoodsItem>;
/// Id of what holds a device back in the building, or all of a customer's.
pub type HoldId = Id<kind::Hold>;
/// Id of a block of a person.
pub type PersonBlockId = Id<kind::PersonBlock>;
/// Id of an edition of a notice that people agree to.
pub type ConsentTextId = Id<kind::ConsentText>;
/// Id of an agreement of a person.
pub type ConsentId = Id<kind::Consent>;
/// Id of a legal hold.
pub type LegalHoldId = Id<kind::LegalHold>;
/// Id of a stretch of a rack that is kept for somebody.
pub type ReservationId = Id<kind::Reservation>;
/// Id of a move of a device.
pub type DeviceMoveId = Id<kind::DeviceMove>;
/// Id of a photo or document of a device or a rack.
pub type AttachmentId = Id<kind::Attachment>;
/// Id of an entry of a shift book.
pub type ShiftNoteId = Id<kind::ShiftNote>;
/// Id of a part of a site that visits name.
pub type AreaId = Id<kind::Area>;
/// Id of a permission to come again and again.
pub type StandingPermissionId = Id<kind::StandingPermission>;
/// Id of a rule that approves visits.
pub type ApprovalRuleId = Id<kind::ApprovalRule>;
/// Id of an entry of a visit's record.
pub type VisitEventId = Id<kind::VisitEvent>;
/// Id of a badge, locker or key that is lent at the desk.
pub type LoanItemId = Id<kind::LoanItem>;
/// Id of a loan.
pub type LoanId = Id<kind::Loan>;
/// Id of a door that an access controller watches.
pub type DoorId = Id<kind::Door>;
/// Id of a badge at a door.
pub type DoorEventId = Id<kind::DoorEvent>;
