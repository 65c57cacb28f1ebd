//! From one resource to the next: links, collections page by page, and the resources of the machine that is meant.

use std::time::Instant;

use serde_json::Value;

use super::channel::{Ask, Reply};
use super::expand::Expand;
use super::look;
use super::session::RedfishSession;
use crate::drivers::bmc::error::{Acted, BmcError};
use crate::wire::ipmi::guid::Guid;

/// Most members of a collection, and pages of one, that are read.
const MOST_MEMBERS: usize = 5000;
const MOST_PAGES: usize = 100;
/// Most members that are fetched one by one.
const MOST_FETCHED: usize = 300;
/// Most systems of one service that are looked at for the one that is meant.
const MOST_SYSTEMS: usize = 16;

impl RedfishSession {
    /// Sends a request within the time of the call under way.
    pub(super) async fn send(&self, mut ask: Ask<'_>) -> Result<Reply, BmcError> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(BmcError::NoAnswer {
                at: self.channel.here(ask.name),
                acted: Acted::No,
            });
        }
        ask.patience = Some(left);
        self.exchange(&ask).await
    }

    /// Reads a resource.
    pub(super) async fn get(&self, name: &'static str, path: &str) -> Result<Value, BmcError> {
        Ok(self.send(Ask::get(name, path)).await?.success()?.body)
    }

    /// Reads a resource that may be missing or broken; what concerns the whole service still fails.
    pub(super) async fn maybe(
        &self,
        name: &'static str,
        path: &str,
    ) -> Result<Option<Value>, BmcError> {
        forgiving(self.get(name, path).await)
    }

    /// Reads the resource behind a link of a document, when there is one and it can be read.
    pub(super) async fn behind(
        &self,
        name: &'static str,
        document: &Value,
        pointer: &str,
    ) -> Result<Option<Value>, BmcError> {
        match look::link(document, pointer) {
            Some(path) => self.maybe(name, &path).await,
            None => Ok(None),
        }
    }

    /// Reads the members of a collection behind a link; none when there is no such link or collection.
    pub(super) async fn members(
        &mut self,
        name: &'static str,
        document: &Value,
        pointer: &str,
    ) -> Result<Vec<Value>, BmcError> {
        let Some(path) = look::link(document, pointer) else {
            return Ok(Vec::new());
        };
        let members = self.collection(name, &path).await;
        Ok(forgiving(members)?.unwrap_or_default())
    }

    /// Reads a collection: all its pages, each member in full. A member that can't be read is left out.
    pub(super) async fn collection(
        &mut self,
        name: &'static str,
        path: &str,
    ) -> Result<Vec<Value>, BmcError> {
        let listed = self.pages(name, path).await?;
        let mut members = Vec::with_capacity(listed.len());
        let mut fetched = 0_usize;
        for member in listed {
            if !look::is_only_link(&member) {
                members.push(member);
                continue;
            }
            let Some(path) = look::address(&member) else {
                continue;
            };
            fetched += 1;
            if fetched > MOST_FETCHED {
                break;
            }
            members.extend(self.maybe(name, &path).await?);
        }
        Ok(members)
    }

    /// The members of a collection as its pages list them: links, or the members themselves.
    async fn pages(&mut self, name: &'static str, path: &str) -> Result<Vec<Value>, BmcError> {
        let mut page = self.first_page(name, path).await?;
        let mut members = Vec::new();
        let mut seen = vec![path.to_owned()];
        loop {
            members.extend_from_slice(look::list(&page, "/Members"));
            let Some(next) = look::text(&page, "/Members@odata.nextLink") else {
                return Ok(members);
            };
            let round = |fault: String| BmcError::NotADocument {
                at: self.channel.here(name),
                fault,
            };
            let next = look::path(&next)
                .ok_or_else(|| round("a nextLink that leads nowhere".to_owned()))?;
            if seen.contains(&next) {
                return Err(round("nextLink goes round".to_owned()));
            }
            if seen.len() >= MOST_PAGES || members.len() > MOST_MEMBERS {
                return Err(round(format!("more than {MOST_PAGES} pages")));
            }
            page = self.get(name, &next).await?;
            seen.push(next);
        }
    }

    /// The first page, with its members in it where the service can; one that says it can and can't is not asked
    /// that again.
    async fn first_page(&mut self, name: &'static str, path: &str) -> Result<Value, BmcError> {
        if let Some(query) = self.expand.query()
            && !path.contains('?')
        {
            let expanded = self.send(Ask::get(name, &format!("{path}{query}"))).await;
            match expanded {
                Ok(reply) if reply.is_success() && reply.body.get("Members").is_some() => {
                    return Ok(reply.body);
                }
                Ok(reply) if reply.status == 404 => {}
                Ok(_) | Err(BmcError::NotADocument { .. }) => self.expand = Expand::No,
                Err(error) => return Err(error),
            }
        }
        let page = self.get(name, path).await?;
        if page.get("Members").is_none() {
            return Err(BmcError::NotADocument {
                at: self.channel.here(name),
                fault: "Members is missing".to_owned(),
            });
        }
        Ok(page)
    }

    /// Reads the machine's ComputerSystem anew.
    pub(super) async fn system(&mut self) -> Result<Reply, BmcError> {
        let path = match &self.system {
            Some(path) => path.clone(),
            None => {
                let path = self.find_system().await?;
                self.system.insert(path).clone()
            }
        };
        self.send(Ask::get("system", &path)).await?.success()
    }

    /// The one system of the service, or of several the one whose UUID is expected, else the first.
    async fn find_system(&self) -> Result<String, BmcError> {
        let fault = |fault: &str| BmcError::NotADocument {
            at: self.channel.here("systems"),
            fault: fault.to_owned(),
        };
        let path = look::link(&self.root, "/Systems").ok_or_else(|| fault("Systems is missing"))?;
        let systems = self.get("systems", &path).await?;
        let members = look::links(&systems, "/Members");
        let first = members
            .first()
            .cloned()
            .ok_or_else(|| fault("no systems"))?;
        let Some(expected) = self.expected.as_deref().filter(|_| members.len() > 1) else {
            return Ok(first);
        };
        for path in members.into_iter().take(MOST_SYSTEMS) {
            let system = self.maybe("system", &path).await?;
            let uuid = system.and_then(|system| look::text(&system, "/UUID"));
            let guid = uuid.and_then(|uuid| Guid::from_text(&uuid));
            if guid.is_some_and(|guid| guid.is_also(expected)) {
                return Ok(path);
            }
        }
        Ok(first)
    }

    /// The controller of a system; the service's first one when the system names none.
    pub(super) async fn manager(&mut self, system: &Value) -> Result<Option<Value>, BmcError> {
        self.of_system(system, "/Links/ManagedBy", "manager", "/Managers")
            .await
    }

    /// The chassis of a system; the service's first one when the system names none.
    pub(super) async fn chassis(&mut self, system: &Value) -> Result<Option<Value>, BmcError> {
        self.of_system(system, "/Links/Chassis", "chassis", "/Chassis")
            .await
    }

    async fn of_system(
        &mut self,
        system: &Value,
        links: &str,
        name: &'static str,
        all: &str,
    ) -> Result<Option<Value>, BmcError> {
        if let Some(path) = look::links(system, links).first() {
            return self.maybe(name, path).await;
        }
        let all = self.behind(name, &self.root, all).await?;
        let first = all.and_then(|all| look::links(&all, "/Members").into_iter().next());
        match first {
            Some(path) => self.maybe(name, &path).await,
            None => Ok(None),
        }
    }
}

/// Takes what is wrong with one resource for a missing one.
fn forgiving<T>(outcome: Result<T, BmcError>) -> Result<Option<T>, BmcError> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(
            BmcError::Http { .. }
            | BmcError::NotADocument { .. }
            | BmcError::Privilege { .. }
            | BmcError::Unsupported { .. }
            | BmcError::NotInThisState { .. },
        ) => Ok(None),
        Err(error) => Err(error),
    }
}
