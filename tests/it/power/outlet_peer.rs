//! Outlets of an agent that others wrote: snmpsim with one outlet that can be written and one that can't.

use std::sync::Arc;
use std::time::Duration;

use coldaisle::base::ids::{DeviceId, IntentId};
use coldaisle::drivers::snmp::SnmpHub;
use coldaisle::power::{Action, IntentState, Path, Wish};
use coldaisle::tasks::Task;
use coldaisle::tasks::outlet_port::PduPort;
use tokio_util::sync::CancellationToken;

use super::outlets::{plug_at, polled};
use super::{Room, wish};
use crate::harness::{TestDb, both};
use crate::snmp::peers::{SnmpSim, get_v2c};

/// PowerNet-MIB, sPDUOutletCtl: read and written in one place; 1 is on, 2 is off.
const CONTROL: &str = "1.3.6.1.4.1.318.1.1.4.4.2.1.3";
const FILE: &str = "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.318.1.3.4.6
1.3.6.1.2.1.1.5.0|4|pdu
1.3.6.1.4.1.318.1.1.4.4.2.1.3.1|2:writecache|value=1
1.3.6.1.4.1.318.1.1.4.4.2.1.3.2|2|1
";

struct Peer {
    room: Room,
    sim: SnmpSim,
    pdu: DeviceId,
    _files: tempfile::TempDir,
}

impl Peer {
    fn new(db: TestDb) -> Self {
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join("pdu.snmprec"), FILE).unwrap();
        let sim = SnmpSim::writable(files.path(), "pdu");
        let room = Room::new(db);
        let pdu = polled(&room, "PDU-A", sim.address.port(), "pdu", true);
        Self {
            room,
            sim,
            pdu,
            _files: files,
        }
    }

    /// What net-snmp's own tool reads of an outlet.
    fn reads(&self, outlet: u32) -> String {
        let said = get_v2c(self.sim.address, "pdu", &format!("{CONTROL}.{outlet}"));
        let text = String::from_utf8_lossy(&said.stdout);
        text.trim()
            .rsplit(' ')
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    async fn done(&self, action: Action) -> (IntentState, String) {
        let wish = Wish {
            path: Path::Outlets,
            ..wish(action)
        };
        let id: IntentId = self.room.ask(&self.room.staff(), &wish).unwrap();
        let hub = Arc::new(SnmpHub::new());
        let port = PduPort::new(self.room.db.store.clone(), self.room.keyring.clone(), hub);
        let executor = self.room.executor().with_outlets(Arc::new(port));
        let done = executor.activate(CancellationToken::new());
        tokio::time::timeout(Duration::from_secs(60), done)
            .await
            .expect("the executor comes to an end")
            .unwrap();
        let last = self.room.steps(id).pop().unwrap();
        (self.room.intent(id).state, last)
    }
}

both! {
    async fn outlets_of_another_agent_are_switched_and_read_back(db: TestDb) {
        let peer = Peer::new(db);
        plug_at(&peer.room, peer.pdu, 0, "PSU1", true);
        assert_eq!((peer.reads(1), peer.reads(2)), ("1".into(), "1".into()));
        for (action, last, read) in [
            (Action::Off, "outlets-shown", "2"),
            (Action::Off, "already-off", "2"),
            (Action::On, "outlets-shown", "1"),
            (Action::Cycle, "outlets-cycled", "1"),
        ] {
            assert_eq!(peer.done(action).await, (IntentState::Succeeded, last.to_owned()), "{action}");
            assert_eq!((peer.reads(1).as_str(), peer.reads(2).as_str()), (read, "1"), "{action}");
        }
    }

    /// It answers as if nothing were wrong; only reading tells.
    async fn an_outlet_that_may_not_be_written_is_never_said_to_be_switched(db: TestDb) {
        let peer = Peer::new(db);
        plug_at(&peer.room, peer.pdu, 1, "PSU1", true);
        assert_eq!(peer.done(Action::Off).await, (IntentState::TimedOut, "outlets-timed-out".to_owned()));
        assert_eq!(peer.reads(2), "1");
    }
}
