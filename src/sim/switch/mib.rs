//! The objects a simulated switch answers with: system group, ifTable and ifXTable.
//!
//! Names are computed, not stored: a thousand switches cost a thousand lists of ports.

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ::snmp::{
    BoxFuture, GetNextResult, GetResult, HandlerError, HandlerResult, MibHandler, Oid,
    RequestContext, Value, VarBind,
};

use super::spec::{PortSpec, SwitchSpec};
use super::state::{Fault, State};

const SYSTEM: [u32; 7] = [1, 3, 6, 1, 2, 1, 1];
const IF_NUMBER: [u32; 9] = [1, 3, 6, 1, 2, 1, 2, 1, 0];
const IF_ENTRY: [u32; 9] = [1, 3, 6, 1, 2, 1, 2, 2, 1];
const IF_X_ENTRY: [u32; 10] = [1, 3, 6, 1, 2, 1, 31, 1, 1, 1];
/// Scalars of the system group and columns of the two tables, in the order of their names.
const SCALARS: [u32; 6] = [1, 2, 3, 4, 5, 6];
const IF_COLUMNS: [u32; 13] = [1, 2, 3, 4, 5, 7, 8, 10, 13, 14, 16, 19, 20];
const IF_X_COLUMNS: [u32; 8] = [1, 6, 7, 10, 11, 15, 18, 19];
/// Columns with 64-bit counters.
const WIDE: [u32; 4] = [6, 7, 10, 11];
/// Mean frame, to make packets of octets.
const FRAME_OCTETS: u64 = 800;

/// Answers for one switch.
pub(super) struct Mib {
    spec: Arc<SwitchSpec>,
    state: Arc<Mutex<State>>,
    /// The question being answered and how many steps it took so far.
    asked: AtomicI32,
    steps: AtomicI32,
}

/// A group of names.
enum Block {
    Scalar(Oid),
    IfColumn(u32),
    IfXColumn(u32),
}

impl Block {
    fn prefix(&self) -> Oid {
        match self {
            Self::Scalar(name) => name.clone(),
            Self::IfColumn(column) => Oid::from_slice(&IF_ENTRY).child(*column),
            Self::IfXColumn(column) => Oid::from_slice(&IF_X_ENTRY).child(*column),
        }
    }
}

impl Mib {
    pub(super) fn new(spec: Arc<SwitchSpec>, state: Arc<Mutex<State>>) -> Self {
        Self {
            spec,
            state,
            asked: AtomicI32::new(0),
            steps: AtomicI32::new(0),
        }
    }

    fn state(&self) -> State {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn blocks(state: &State) -> impl Iterator<Item = Block> {
        let narrow = state.fault == Fault::NarrowCounters;
        let system = SCALARS
            .into_iter()
            .map(|n| Block::Scalar(Oid::from_slice(&SYSTEM).child(n).child(0)));
        system
            .chain([Block::Scalar(Oid::from_slice(&IF_NUMBER))])
            .chain(IF_COLUMNS.into_iter().map(Block::IfColumn))
            .chain(
                IF_X_COLUMNS
                    .into_iter()
                    .filter(move |column| !(narrow && WIDE.contains(column)))
                    .map(Block::IfXColumn),
            )
    }

    fn next(&self, state: &State, after: &Oid) -> Option<VarBind> {
        Self::blocks(state).find_map(|block| {
            let prefix = block.prefix();
            if let Block::Scalar(name) = &block {
                let value = (after < name).then(|| self.scalar(state, name)).flatten()?;
                return Some(VarBind::new(name.clone(), value));
            }
            let port = self.port_after(state, &prefix, after)?;
            let index = state.if_index(port);
            let value = Self::cell(state, &block, port);
            Some(VarBind::new(prefix.child(index), value))
        })
    }

    /// The first port whose name in a column is behind another name.
    fn port_after(&self, state: &State, column: &Oid, after: &Oid) -> Option<&PortSpec> {
        let ports = &self.spec.ports;
        if after <= column {
            return ports.first();
        }
        let rest = after.strip_prefix(column)?;
        let index = *rest.arcs().first()?;
        let behind = ports.partition_point(|port| state.if_index(port) <= index);
        ports.get(behind)
    }

    fn exact(&self, state: &State, name: &Oid) -> Option<Value> {
        Self::blocks(state).find_map(|block| {
            if let Block::Scalar(scalar) = &block {
                return (scalar == name).then(|| self.scalar(state, name)).flatten();
            }
            let rest = name.strip_prefix(&block.prefix())?;
            let [index] = rest.arcs() else { return None };
            let ports = &self.spec.ports;
            let at = ports.binary_search_by_key(index, |port| state.if_index(port));
            let port = ports.get(at.ok()?)?;
            Some(Self::cell(state, &block, port))
        })
    }

    fn scalar(&self, state: &State, name: &Oid) -> Option<Value> {
        let text = |text: &str| Value::OctetString(text.as_bytes().to_vec().into());
        if name.arcs() == IF_NUMBER {
            return Some(Value::Integer(self.spec.ports.len().try_into().ok()?));
        }
        match name.arcs().get(SYSTEM.len()) {
            Some(1) => Some(text(&self.spec.descr)),
            Some(2) => Some(Value::ObjectIdentifier(Oid::from_slice(
                &self.spec.object_id,
            ))),
            Some(3) => Some(ticks(state.now().millis() - state.boot.millis())),
            Some(4) => Some(text("")),
            Some(5) => Some(text(&self.spec.name)),
            Some(6) => Some(text(&self.spec.location)),
            _ => None,
        }
    }

    fn cell(state: &State, block: &Block, port: &PortSpec) -> Value {
        let text = |text: &str| Value::OctetString(text.as_bytes().to_vec().into());
        let (inward, outward) = state.octets(port);
        let up = Value::Integer(if port.up { 1 } else { 2 });
        let bps = u64::from(port.speed_mbps) * 1_000_000;
        match block {
            Block::IfColumn(1) => Value::Integer(state.if_index(port).cast_signed()),
            Block::IfColumn(2) => text(&port.descr),
            Block::IfColumn(3) => Value::Integer(port.if_type.cast_signed()),
            Block::IfColumn(4) => Value::Integer(1500),
            Block::IfColumn(5) => Value::Gauge32(u32::try_from(bps).unwrap_or(u32::MAX)),
            Block::IfColumn(7) => Value::Integer(1),
            Block::IfColumn(8) => up,
            Block::IfColumn(10) => Value::Counter32(inward as u32),
            Block::IfColumn(16) => Value::Counter32(outward as u32),
            Block::IfXColumn(1) => text(&port.name),
            Block::IfXColumn(6) => Value::Counter64(inward),
            Block::IfXColumn(7) => Value::Counter64(inward / FRAME_OCTETS),
            Block::IfXColumn(10) => Value::Counter64(outward),
            Block::IfXColumn(11) => Value::Counter64(outward / FRAME_OCTETS),
            Block::IfXColumn(15) => Value::Gauge32(port.speed_mbps),
            Block::IfXColumn(18) => text(&port.alias),
            Block::IfXColumn(_) => Value::TimeTicks(0),
            // Errors and discards of a healthy switch.
            Block::IfColumn(_) | Block::Scalar(_) => Value::Counter32(0),
        }
    }

    /// Waits and refuses as the fault says; once for a question, whatever it asks for.
    async fn misbehave(&self, context: &RequestContext, fault: Fault) -> HandlerResult<()> {
        let question = context.request_id();
        let first = self.asked.swap(question, Ordering::Relaxed) != question;
        if first {
            self.steps.store(0, Ordering::Relaxed);
        }
        let steps = self.steps.fetch_add(1, Ordering::Relaxed);
        match fault {
            Fault::Slow { delay } if first => tokio::time::sleep(delay).await,
            Fault::FewValues { most } if steps >= i32::try_from(most).unwrap_or(i32::MAX) => {
                return Err(HandlerError::new("simulated: too much asked for at once"));
            }
            _ => {}
        }
        Ok(())
    }
}

/// Time ticks, which start again after 497 days.
fn ticks(ms: i64) -> Value {
    Value::TimeTicks((ms / 10) as u32)
}

impl MibHandler for Mib {
    fn get<'a>(
        &'a self,
        context: &'a RequestContext,
        name: &'a Oid,
    ) -> BoxFuture<'a, HandlerResult<GetResult>> {
        Box::pin(async move {
            let state = self.state();
            self.misbehave(context, state.fault).await?;
            let value = self.exact(&state, name);
            Ok(value.map_or(GetResult::NoSuchInstance, GetResult::Value))
        })
    }

    fn get_next<'a>(
        &'a self,
        context: &'a RequestContext,
        name: &'a Oid,
    ) -> BoxFuture<'a, HandlerResult<GetNextResult>> {
        Box::pin(async move {
            let state = self.state();
            self.misbehave(context, state.fault).await?;
            let next = self.next(&state, name);
            Ok(next.map_or(GetNextResult::EndOfMibView, GetNextResult::Value))
        })
    }
}
