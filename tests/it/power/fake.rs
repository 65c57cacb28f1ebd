//! BMCs in memory that count what they are told, behind the executor's own port.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use coldaisle::base::machine::{Controller, Light, LogMark, LogPart, Part, SensorReading};
use coldaisle::base::secret::Secret;
use coldaisle::power::port::{
    BmcIdentity, PortFault, PortFaultKind, PortFuture, PortTarget, PowerPort, PowerSession,
    TellingSession,
};
use coldaisle::power::{Action, BootChoice, PowerState};

use super::tells::Tells;

/// What a BMC does when it is told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obeys {
    /// As it should; a cycle is seen off once.
    Yes,
    /// It takes the command and nothing happens.
    No,
    /// As it should, but the answer is lost.
    Mute,
    /// Nothing happens and the answer is lost.
    Deaf,
    /// It says that this can't be done now.
    Refuses,
}

/// One BMC.
#[derive(Debug)]
pub struct Bmc {
    pub state: PowerState,
    pub obeys: Obeys,
    /// States that are read before `state` is.
    pub ahead: VecDeque<PowerState>,
    /// Commands that arrived.
    pub commands: Vec<Action>,
    pub guid: Option<String>,
    /// Seconds that the light was told.
    pub light: Option<u8>,
    pub boot: Option<BootChoice>,
    /// Logins that fail before it answers again.
    pub away: usize,
    /// What logging in fails with.
    pub login: Option<PortFaultKind>,
    /// Attempts to log in.
    pub logins: usize,
    pub open: usize,
    pub most_open: usize,
    /// What it tells besides.
    pub tells: Tells,
}

impl Default for Bmc {
    fn default() -> Self {
        Self {
            state: PowerState::On,
            obeys: Obeys::Yes,
            ahead: VecDeque::new(),
            commands: Vec::new(),
            guid: None,
            light: None,
            boot: None,
            away: 0,
            login: None,
            logins: 0,
            open: 0,
            most_open: 0,
            tells: Tells::default(),
        }
    }
}

type Bmcs = Arc<Mutex<HashMap<SocketAddr, Bmc>>>;

/// BMCs by address.
#[derive(Clone, Default)]
pub struct FakePort {
    bmcs: Bmcs,
}

impl FakePort {
    /// Changes or reads the BMC at an address; it is made when it isn't there.
    pub fn bmc<T>(&self, address: &str, look: impl FnOnce(&mut Bmc) -> T) -> T {
        let mut bmcs = self.bmcs.lock().unwrap();
        look(bmcs.entry(address.parse().unwrap()).or_default())
    }
}

fn fault(kind: PortFaultKind) -> PortFault {
    let code = match kind {
        PortFaultKind::Credential => "credentials",
        PortFaultKind::NotInThisState => "not-in-this-state",
        PortFaultKind::Passing => "no-answer",
        PortFaultKind::Lasting => "completion",
    };
    PortFault::new(kind, code, "192.0.2.7:623: as the test wants")
}

impl PowerPort for FakePort {
    fn open<'a>(&'a self, target: &'a PortTarget) -> PortFuture<'a, Box<dyn PowerSession>> {
        let address = target.address;
        let expected = target.expected_guid.clone();
        let password = target.password.expose().to_owned();
        Box::pin(async move {
            let mut bmcs = self.bmcs.lock().unwrap();
            let bmc = bmcs.entry(address).or_default();
            bmc.logins += 1;
            if let Some(kind) = bmc.login {
                return Err(fault(kind));
            }
            if bmc
                .tells
                .password
                .as_ref()
                .is_some_and(|right| *right != password)
            {
                bmc.tells.wrong += 1;
                return Err(fault(PortFaultKind::Credential));
            }
            if bmc.away > 0 {
                bmc.away -= 1;
                return Err(fault(PortFaultKind::Passing));
            }
            bmc.open += 1;
            bmc.most_open = bmc.most_open.max(bmc.open);
            let session: Box<dyn PowerSession> = Box::new(FakeSession {
                bmcs: self.bmcs.clone(),
                address,
                expected,
            });
            Ok(session)
        })
    }
}

struct FakeSession {
    bmcs: Bmcs,
    address: SocketAddr,
    expected: Option<String>,
}

impl FakeSession {
    fn bmcs(&self) -> MutexGuard<'_, HashMap<SocketAddr, Bmc>> {
        self.bmcs.lock().unwrap()
    }
}

impl FakeSession {
    fn command<'a>(
        &'a mut self,
        action: Action,
        obey: impl FnOnce(&mut Bmc) + Send + 'a,
    ) -> PortFuture<'a, ()> {
        Box::pin(async move {
            let mut bmcs = self.bmcs();
            let bmc = bmcs.get_mut(&self.address).unwrap();
            bmc.commands.push(action);
            let lost = PortFault {
                may_have_acted: true,
                ..fault(PortFaultKind::Passing)
            };
            match bmc.obeys {
                Obeys::Yes => {
                    obey(bmc);
                    Ok(())
                }
                Obeys::No => Ok(()),
                Obeys::Mute => {
                    obey(bmc);
                    Err(lost)
                }
                Obeys::Deaf => Err(lost),
                Obeys::Refuses => Err(fault(PortFaultKind::NotInThisState)),
            }
        })
    }
}

impl Drop for FakeSession {
    fn drop(&mut self) {
        self.bmcs().get_mut(&self.address).unwrap().open -= 1;
    }
}

fn obey(bmc: &mut Bmc, action: Action) {
    bmc.state = match action {
        Action::Off | Action::SoftOff => PowerState::Off,
        Action::On | Action::Cycle | Action::Reset => PowerState::On,
        Action::Nmi | Action::Identify | Action::BootDevice | Action::BmcReset => bmc.state,
    };
    if action == Action::Cycle {
        bmc.ahead.extend([PowerState::On, PowerState::Off]);
    }
}

impl PowerSession for FakeSession {
    fn suite(&self) -> Option<i64> {
        Some(17)
    }

    fn state(&mut self) -> PortFuture<'_, PowerState> {
        Box::pin(async move {
            let mut bmcs = self.bmcs();
            let bmc = bmcs.get_mut(&self.address).unwrap();
            if let Some(kind) = bmc.login {
                return Err(fault(kind));
            }
            Ok(bmc.ahead.pop_front().unwrap_or(bmc.state))
        })
    }

    fn act(&mut self, action: Action) -> PortFuture<'_, ()> {
        self.command(action, move |bmc| obey(bmc, action))
    }

    fn light(&mut self, seconds: u8) -> PortFuture<'_, ()> {
        self.command(Action::Identify, move |bmc| bmc.light = Some(seconds))
    }

    fn set_boot(&mut self, choice: BootChoice) -> PortFuture<'_, ()> {
        self.command(Action::BootDevice, move |bmc| bmc.boot = Some(choice))
    }

    fn boot(&mut self) -> PortFuture<'_, Option<BootChoice>> {
        Box::pin(async move { Ok(self.bmcs()[&self.address].boot) })
    }

    fn reset_bmc(&mut self) -> PortFuture<'_, ()> {
        self.command(Action::BmcReset, |bmc| bmc.away = 3)
    }

    fn identity(&mut self) -> PortFuture<'_, BmcIdentity> {
        Box::pin(async move {
            let guid = self.bmcs()[&self.address].guid.clone();
            Ok(BmcIdentity {
                is_expected: match (&self.expected, &guid) {
                    (Some(expected), Some(guid)) => Some(expected == guid),
                    _ => None,
                },
                guid,
                manufacturer_id: 2011,
                product_id: 7,
                firmware: "3.21".into(),
            })
        })
    }

    fn close(self: Box<Self>) -> PortFuture<'static, ()> {
        Box::pin(async move { Ok(()) })
    }
}

impl FakeSession {
    fn told<T: Send>(
        &mut self,
        look: impl FnOnce(&mut Tells) -> Result<T, PortFault> + Send,
    ) -> Result<T, PortFault> {
        let mut bmcs = self.bmcs();
        look(&mut bmcs.get_mut(&self.address).unwrap().tells)
    }
}

impl TellingSession for FakeSession {
    fn sensors(&mut self) -> PortFuture<'_, Vec<SensorReading>> {
        Box::pin(async move {
            self.told(|tells| match tells.fault {
                Some(kind) => Err(fault(kind)),
                None => Ok(tells.sensors.clone()),
            })
        })
    }

    fn power_draw(&mut self) -> PortFuture<'_, Option<u32>> {
        Box::pin(async move { self.told(|tells| Ok(tells.watts)) })
    }

    fn light_state(&mut self) -> PortFuture<'_, Option<Light>> {
        Box::pin(async move { self.told(|tells| Ok(tells.light)) })
    }

    fn serials(&mut self) -> PortFuture<'_, Vec<String>> {
        Box::pin(async move {
            self.told(|tells| {
                tells.serials_asked += 1;
                Ok(tells.serials.clone())
            })
        })
    }

    fn event_log(&mut self, mark: LogMark, most: usize) -> PortFuture<'_, LogPart> {
        Box::pin(async move { self.told(|tells| Ok(tells.log_after(&mark, most))) })
    }

    fn parts(&mut self) -> PortFuture<'_, Vec<Part>> {
        Box::pin(async move { self.told(|tells| Ok(tells.parts.clone())) })
    }

    fn controller(&mut self) -> PortFuture<'_, Controller> {
        Box::pin(async move { self.told(|tells| Ok(tells.controller.clone().unwrap_or_default())) })
    }

    fn set_password(&mut self, password: Secret) -> PortFuture<'_, ()> {
        Box::pin(async move { self.told(|tells| tells.set_password(password.expose())) })
    }
}
