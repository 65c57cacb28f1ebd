//! Rows that tests start from, put in directly; what the operations do with them is what tests are about.

use coldaisle::base::fault::Fault;
use coldaisle::base::ids::{
    AreaId, CustomerId, DeviceId, DeviceTypeId, RackId, ReservationId, RoomId, SiteId, UserId,
};
use coldaisle::base::secret::Secret;
use coldaisle::base::time::Timestamp;
use coldaisle::identity::{Actor, Role, Theme, UserLocale, hash_password};
use coldaisle::store::Conn;
use coldaisle::store::schema::{
    areas, customers, device_types, devices, rack_reservations, racks, rooms, sites, users,
};
use diesel::prelude::*;

use super::database::TestDb;

/// The instant that actors and fixtures have: 2026-11-22T08:00:00Z.
pub const NOW: Timestamp = Timestamp::from_millis(1_795_334_400_000);

/// The password of every user made by [`TestDb::user_with_password`].
pub const PASSWORD: &str = "cold-aisle-test-7";

impl TestDb {
    /// Writes on this thread; a fault fails the test.
    pub fn put<T>(&self, work: impl Fn(&mut Conn) -> Result<T, Fault>) -> T {
        self.store
            .write_blocking("fixture", work)
            .unwrap_or_else(|fault| panic!("fixture: {fault}"))
    }

    /// Reads on this thread; a fault fails the test.
    pub fn get<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Fault>) -> T {
        self.store
            .read_blocking(work)
            .unwrap_or_else(|fault| panic!("reading: {fault}"))
    }

    /// An actor with a user of its own. Customer roles act for the customer `ACME`, made when it isn't there.
    pub fn actor(&self, role: Role) -> Actor {
        let customer = role.is_customer().then(|| self.customer_once("ACME"));
        self.actor_of(role, customer)
    }

    /// An actor of a role and customer, with a user named after both.
    pub fn actor_of(&self, role: Role, customer: Option<CustomerId>) -> Actor {
        let login = customer.map_or_else(
            || role.to_string(),
            |customer| format!("{role}-{}", customer.get()),
        );
        let known: Option<UserId> = self.get(|c| {
            Ok(users::table
                .filter(users::login.eq(&login))
                .select(users::id)
                .first(c)
                .optional()?)
        });
        let user = known.unwrap_or_else(|| self.user(&login, role, customer));
        Actor {
            user_id: Some(user),
            name: login,
            role,
            customer_id: customer,
            remote: "192.0.2.7".to_owned(),
            ..Actor::terminal(NOW)
        }
    }

    /// A user without a password.
    pub fn user(&self, login: &str, role: Role, customer: Option<CustomerId>) -> UserId {
        self.put(|c| {
            Ok(diesel::insert_into(users::table)
                .values((
                    users::login.eq(login),
                    users::display_name.eq(login),
                    users::role.eq(role),
                    users::customer_id.eq(customer),
                    users::locale.eq(UserLocale::Auto),
                    users::theme.eq(Theme::Auto),
                    users::created_at.eq(NOW),
                    users::updated_at.eq(NOW),
                ))
                .returning(users::id)
                .get_result(c)?)
        })
    }

    /// A user who can sign in with [`PASSWORD`].
    pub fn user_with_password(
        &self,
        login: &str,
        role: Role,
        customer: Option<CustomerId>,
    ) -> UserId {
        let user = self.user(login, role, customer);
        let hash = hash_password(&Secret::new(PASSWORD)).expect("a hash");
        self.put(|c| {
            diesel::update(users::table.find(user))
                .set(users::password_hash.eq(&hash))
                .execute(c)?;
            Ok(())
        });
        user
    }

    /// A customer by code.
    pub fn customer(&self, code: &str) -> CustomerId {
        self.put(|c| {
            Ok(diesel::insert_into(customers::table)
                .values((
                    customers::code.eq(code),
                    customers::name.eq(format!("Customer {code}")),
                    customers::locale.eq("zh-CN"),
                    customers::created_at.eq(NOW),
                    customers::updated_at.eq(NOW),
                ))
                .returning(customers::id)
                .get_result(c)?)
        })
    }

    fn customer_once(&self, code: &str) -> CustomerId {
        let known = self.get(|c| {
            Ok(customers::table
                .filter(customers::code.eq(code))
                .select(customers::id)
                .first(c)
                .optional()?)
        });
        known.unwrap_or_else(|| self.customer(code))
    }

    /// A site in Shanghai's zone.
    pub fn site(&self, code: &str) -> SiteId {
        self.put(|c| {
            Ok(diesel::insert_into(sites::table)
                .values((
                    sites::code.eq(code),
                    sites::name.eq(format!("Site {code}")),
                    sites::time_zone.eq("Asia/Shanghai"),
                    sites::created_at.eq(NOW),
                    sites::updated_at.eq(NOW),
                ))
                .returning(sites::id)
                .get_result(c)?)
        })
    }

    /// An area of a site.
    pub fn area(&self, site: SiteId, code: &str) -> AreaId {
        self.put(|c| {
            Ok(diesel::insert_into(areas::table)
                .values((
                    areas::site_id.eq(site),
                    areas::code.eq(code),
                    areas::name.eq(format!("Area {code}")),
                    areas::escort_required.eq(false),
                    areas::created_at.eq(NOW),
                    areas::updated_at.eq(NOW),
                ))
                .returning(areas::id)
                .get_result(c)?)
        })
    }

    /// A room.
    pub fn room(&self, site: SiteId, name: &str) -> RoomId {
        self.put(|c| {
            Ok(diesel::insert_into(rooms::table)
                .values((
                    rooms::site_id.eq(site),
                    rooms::name.eq(name),
                    rooms::created_at.eq(NOW),
                    rooms::updated_at.eq(NOW),
                ))
                .returning(rooms::id)
                .get_result(c)?)
        })
    }

    /// A rack of 42 U, numbered upwards, the operator's own.
    pub fn rack(&self, room: RoomId, name: &str) -> RackId {
        self.put(|c| {
            Ok(diesel::insert_into(racks::table)
                .values((
                    racks::room_id.eq(room),
                    racks::name.eq(name),
                    racks::units.eq(42),
                    racks::numbering.eq("up"),
                    racks::ownership.eq("operator"),
                    racks::created_at.eq(NOW),
                    racks::updated_at.eq(NOW),
                ))
                .returning(racks::id)
                .get_result(c)?)
        })
    }

    /// Units of a rack, kept for a customer on both faces.
    pub fn reservation(
        &self,
        rack: RackId,
        (first, last): (i64, i64),
        customer: Option<CustomerId>,
    ) -> ReservationId {
        self.put(|c| {
            Ok(diesel::insert_into(rack_reservations::table)
                .values((
                    rack_reservations::rack_id.eq(rack),
                    rack_reservations::kind.eq("reserved"),
                    rack_reservations::first_unit.eq(first),
                    rack_reservations::last_unit.eq(last),
                    rack_reservations::faces.eq("both"),
                    rack_reservations::customer_id.eq(customer),
                    rack_reservations::created_at.eq(NOW),
                    rack_reservations::updated_at.eq(NOW),
                ))
                .returning(rack_reservations::id)
                .get_result(c)?)
        })
    }

    /// A type of server, `half_units` high.
    pub fn device_type(&self, slug: &str, half_units: i64) -> DeviceTypeId {
        self.put(|c| {
            Ok(diesel::insert_into(device_types::table)
                .values((
                    device_types::manufacturer.eq("Example"),
                    device_types::model.eq(slug),
                    device_types::slug.eq(slug),
                    device_types::height_half_units.eq(half_units),
                    device_types::full_depth.eq(true),
                    device_types::role.eq("server"),
                    device_types::created_at.eq(NOW),
                    device_types::updated_at.eq(NOW),
                ))
                .returning(device_types::id)
                .get_result(c)?)
        })
    }

    /// A device that is installed nowhere yet, of the type `server-1u` (made when it isn't there).
    pub fn device(&self, name: &str, customer: Option<CustomerId>) -> DeviceId {
        let known = self.get(|c| {
            Ok(device_types::table
                .filter(device_types::slug.eq("server-1u"))
                .select(device_types::id)
                .first(c)
                .optional()?)
        });
        let device_type = known.unwrap_or_else(|| self.device_type("server-1u", 2));
        self.put(|c| {
            Ok(diesel::insert_into(devices::table)
                .values((
                    devices::name.eq(name),
                    devices::device_type_id.eq(device_type),
                    devices::customer_id.eq(customer),
                    devices::status.eq("in_stock"),
                    devices::search_folded.eq(name.to_lowercase()),
                    devices::created_at.eq(NOW),
                    devices::updated_at.eq(NOW),
                ))
                .returning(devices::id)
                .get_result(c)?)
        })
    }

    /// Puts a device into the front of a rack, `position_half_units` from the bottom as the schema counts them.
    pub fn install(&self, device: DeviceId, rack: RackId, position_half_units: i64) {
        self.put(|c| {
            diesel::update(devices::table.find(device))
                .set((
                    devices::status.eq("installed"),
                    devices::rack_id.eq(rack),
                    devices::position_half_units.eq(position_half_units),
                    devices::face.eq("front"),
                ))
                .execute(c)?;
            Ok(())
        });
    }
}
