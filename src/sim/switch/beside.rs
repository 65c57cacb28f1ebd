//! What a simulated switch says beside its ports: its neighbours (LLDP-MIB, IEEE 802.1AB) and its chassis
//! (ENTITY-MIB, RFC 6933).

use std::collections::BTreeMap;
use std::ops::Bound;

use ::snmp::{
    BoxFuture, GetNextResult, GetResult, HandlerResult, MibHandler, Oid, RequestContext, Value,
    VarBind,
};

use super::spec::SwitchSpec;

/// Where LLDP is.
pub(super) const LLDP: [u32; 6] = [1, 0, 8802, 1, 1, 2];
/// Where the entities are.
pub(super) const ENTITY: [u32; 7] = [1, 3, 6, 1, 2, 1, 47];

/// Objects that do not change while a switch runs.
pub(super) struct Objects(BTreeMap<Oid, Value>);

fn text(text: &str) -> Value {
    Value::OctetString(text.as_bytes().to_vec().into())
}

fn octets(octets: &[u8]) -> Value {
    Value::OctetString(octets.to_vec().into())
}

impl Objects {
    fn put(&mut self, root: &[u32], rest: &[u32], value: Value) {
        let arcs: Vec<u32> = root.iter().chain(rest).copied().collect();
        self.0.insert(Oid::from_slice(&arcs), value);
    }

    /// Its LLDP tables. The local port numbers are not the ifIndexes, as on many real switches.
    pub(super) fn lldp(spec: &SwitchSpec) -> Self {
        let mut objects = Self(BTreeMap::new());
        let Some(mac) = spec.beside.mac else {
            return objects;
        };
        objects.put(&LLDP, &[1, 3, 1, 0], Value::Integer(4));
        objects.put(&LLDP, &[1, 3, 2, 0], octets(&mac));
        objects.put(&LLDP, &[1, 3, 3, 0], text(&spec.name));
        for (number, port) in (1..).zip(&spec.ports) {
            objects.put(&LLDP, &[1, 3, 7, 1, 2, number], Value::Integer(5));
            objects.put(&LLDP, &[1, 3, 7, 1, 3, number], text(&port.name));
            objects.put(&LLDP, &[1, 3, 7, 1, 4, number], text(&port.descr));
        }
        for (remote, neighbour) in (1..).zip(&spec.beside.neighbours) {
            let local = spec
                .ports
                .iter()
                .position(|port| port.name == neighbour.port);
            let Some(number) = local.and_then(|at| u32::try_from(at + 1).ok()) else {
                continue;
            };
            let mut cell = |column: u32, value: Value| {
                objects.put(&LLDP, &[1, 4, 1, 1, column, 0, number, remote], value);
            };
            cell(4, Value::Integer(4));
            cell(5, octets(&neighbour.mac));
            cell(6, Value::Integer(5));
            cell(7, text(&neighbour.remote_port));
            cell(8, text(&neighbour.remote_port));
            cell(9, text(&neighbour.name));
            cell(10, text(&neighbour.descr));
            if let Some([a, b, c, d]) = neighbour.address {
                let address = [a, b, c, d].map(u32::from);
                let index = [0, number, remote, 1, 4];
                let row: Vec<u32> = [1, 4, 2, 1, 3]
                    .into_iter()
                    .chain(index)
                    .chain(address)
                    .collect();
                objects.put(&LLDP, &row, Value::Integer(2));
            }
        }
        objects
    }

    /// Its entities: a chassis, or a stack of several.
    pub(super) fn entities(spec: &SwitchSpec) -> Self {
        let mut objects = Self(BTreeMap::new());
        let all = &spec.beside.chassis;
        let is_stack = all.len() > 1;
        if is_stack {
            objects.put(&ENTITY, &[1, 1, 1, 1, 4, 1], Value::Integer(0));
            objects.put(&ENTITY, &[1, 1, 1, 1, 5, 1], Value::Integer(11));
        }
        for (number, chassis) in (2..).zip(all) {
            let mut cell = |column: u32, value: Value| {
                objects.put(&ENTITY, &[1, 1, 1, 1, column, number], value);
            };
            cell(4, Value::Integer(i32::from(is_stack)));
            cell(5, Value::Integer(3));
            cell(10, text(&chassis.revision));
            cell(11, text(&chassis.serial));
            cell(12, text(&chassis.maker));
            cell(13, text(&chassis.model));
        }
        objects
    }
}

impl MibHandler for Objects {
    fn get<'a>(
        &'a self,
        _context: &'a RequestContext,
        name: &'a Oid,
    ) -> BoxFuture<'a, HandlerResult<GetResult>> {
        let value = self.0.get(name).cloned();
        Box::pin(async move { Ok(value.map_or(GetResult::NoSuchInstance, GetResult::Value)) })
    }

    fn get_next<'a>(
        &'a self,
        _context: &'a RequestContext,
        name: &'a Oid,
    ) -> BoxFuture<'a, HandlerResult<GetNextResult>> {
        let behind = (Bound::Excluded(name.clone()), Bound::Unbounded);
        let next = self.0.range(behind).next();
        let next = next.map(|(name, value)| VarBind::new(name.clone(), value.clone()));
        Box::pin(async move { Ok(next.map_or(GetNextResult::EndOfMibView, GetNextResult::Value)) })
    }
}
