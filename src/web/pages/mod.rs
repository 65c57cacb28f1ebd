//! Pages, an area each.

mod access_approval;
mod access_areas;
mod access_index;
mod access_standing;
mod account;
mod address_steps;
mod address_words;
mod addresses;
mod ages;
mod alike;
mod allocation_ports;
mod allocations;
pub(in crate::web) mod attachments;
mod bmc;
mod cable_words;
mod cables;
mod channels;
pub(in crate::web) mod compare;
mod components;
mod consoles;
pub(in crate::web) mod courses;
mod customers;
mod desk;
mod device_actions;
mod device_bulk;
mod device_columns;
mod device_forms;
mod device_ports;
mod device_types;
mod device_undo;
mod devices;
mod differences;
mod discovery;
mod door_events;
mod doors;
mod entry;
pub(in crate::web) mod events;
mod exchange;
mod facility;
pub(in crate::web) mod failure;
mod feeds;
mod floor;
mod found_words;
mod gauges;
mod goods;
mod goods_form;
mod holds;
mod inside;
mod labels;
mod library;
mod lines;
mod loan_items;
mod loans;
mod machine;
mod machine_words;
mod now;
mod outlets;
mod panels;
mod people;
mod people_steps;
mod periods;
mod port_bulk;
mod port_columns;
mod ports;
pub(in crate::web) mod power;
mod prefixes;
pub(in crate::web) mod privacy;
pub(in crate::web) mod rack;
pub(in crate::web) mod rack_budget;
mod rack_bulk;
mod rack_columns;
mod racks;
mod ranges;
mod record_history;
mod redundancy;
pub(in crate::web) mod reports;
mod reservations;
mod rotation;
mod rules;
mod saving;
pub(in crate::web) mod search;
mod settings;
mod shifts;
pub(in crate::web) mod spans;
mod stock;
mod targets;
mod touched;
mod users;
mod views;
mod visit_form;
mod visit_loans;
mod visit_steps;
mod visit_words;
mod visits;
mod vlans;
mod wall;

use rocket::fairing::AdHoc;

/// Mounts all pages.
pub(super) fn stage() -> AdHoc {
    AdHoc::on_ignite("pages", |rocket| async {
        let areas = [
            access_approval::routes(),
            access_areas::routes(),
            access_index::routes(),
            access_standing::routes(),
            account::routes(),
            address_steps::routes(),
            addresses::routes(),
            ages::routes(),
            allocation_ports::routes(),
            allocations::routes(),
            attachments::routes(),
            bmc::routes(),
            cables::routes(),
            channels::routes(),
            components::routes(),
            consoles::routes(),
            super::console::routes(),
            customers::routes(),
            desk::routes(),
            device_actions::routes(),
            device_bulk::routes(),
            device_forms::routes(),
            device_ports::routes(),
            device_types::routes(),
            device_undo::routes(),
            devices::routes(),
            differences::routes(),
            discovery::routes(),
            door_events::routes(),
            doors::routes(),
            entry::routes(),
            events::routes(),
            exchange::routes(),
            facility::routes(),
            failure::routes(),
            floor::routes(),
            feeds::routes(),
            gauges::routes(),
            goods::routes(),
            holds::routes(),
            labels::routes(),
            library::routes(),
            lines::routes(),
            loan_items::routes(),
            loans::routes(),
            machine::routes(),
            now::routes(),
            outlets::routes(),
            panels::routes(),
            people::routes(),
            people_steps::routes(),
            periods::routes(),
            port_bulk::routes(),
            ports::routes(),
            power::routes(),
            rack::routes(),
            prefixes::routes(),
            privacy::routes(),
            rack_bulk::routes(),
            racks::routes(),
            ranges::routes(),
            redundancy::routes(),
            reports::routes(),
            reservations::routes(),
            rotation::routes(),
            rules::routes(),
            search::routes(),
            settings::routes(),
            shifts::routes(),
            stock::routes(),
            targets::routes(),
            touched::routes(),
            users::routes(),
            views::routes(),
            visit_steps::routes(),
            visits::routes(),
            vlans::routes(),
            wall::routes(),
        ];
        rocket.mount("/", areas.concat())
    })
}
