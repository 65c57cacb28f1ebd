//! Who may send a file at all: asked before its octets are read, for data guards run after those of requests.

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};

use super::guards::{Caller, Signed};
use super::{Failure, Web};
use crate::attachments::{Subject, attachment_room};
use crate::base::fault::Fault;
use crate::base::ids::{DeviceId, RackId};
use crate::identity::{Actor, Permission};

/// The caller may add a photo or document to the device or rack of the address, and there is room for it.
pub(super) struct MayAttach;

/// The caller may import.
pub(super) struct MayImport;

/// The caller may read in the library of device types.
pub(super) struct MayReadLibrary;

fn refused<T>(request: &Request<'_>, fault: Fault) -> Outcome<T, Failure> {
    let failure = Failure::from(fault);
    Outcome::Error((failure.status(), failure.remember(request)))
}

/// Who asks, as the page or the programming interface finds it.
async fn actor_of(request: &Request<'_>) -> Outcome<Actor, Failure> {
    if request.uri().path().starts_with("/api/") {
        Caller::from_request(request)
            .await
            .map(|caller| caller.actor)
    } else {
        Signed::from_request(request)
            .await
            .map(|signed| signed.actor)
    }
}

/// The device or rack of `…/devices/7/attachments…`.
fn subject_of(segments: &[&str]) -> Option<Subject> {
    segments.windows(3).find_map(|part| match part {
        [kind, id, "attachments"] => {
            let id = id.parse().ok()?;
            match *kind {
                "devices" => Some(Subject::Device(DeviceId::new(id))),
                "racks" => Some(Subject::Rack(RackId::new(id))),
                _ => None,
            }
        }
        _ => None,
    })
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for MayAttach {
    type Error = Failure;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Failure> {
        let actor = match actor_of(request).await {
            Outcome::Success(actor) => actor,
            Outcome::Error(error) => return Outcome::Error(error),
            Outcome::Forward(status) => return Outcome::Forward(status),
        };
        let segments: Vec<&str> = request.uri().path().segments().collect();
        let Some(subject) = subject_of(&segments) else {
            return Outcome::Forward(Status::NotFound);
        };
        let Some(web) = request.rocket().state::<Web>() else {
            return refused(request, Fault::internal("the web state is not managed"));
        };
        let room = web
            .store
            .read(move |c| attachment_room(c, &actor, subject))
            .await;
        match room {
            Ok(_) => Outcome::Success(Self),
            Err(fault) => refused(request, fault),
        }
    }
}

async fn admitted<T>(
    request: &Request<'_>,
    permission: Permission,
    admission: T,
) -> Outcome<T, Failure> {
    match actor_of(request).await {
        Outcome::Success(actor) => match actor.require(permission) {
            Ok(()) => Outcome::Success(admission),
            Err(fault) => refused(request, fault),
        },
        Outcome::Error(error) => Outcome::Error(error),
        Outcome::Forward(status) => Outcome::Forward(status),
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for MayImport {
    type Error = Failure;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Failure> {
        admitted(request, Permission::ImportExport, Self).await
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for MayReadLibrary {
    type Error = Failure;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Failure> {
        admitted(request, Permission::EditDevices, Self).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_the_subject() {
        let device = Some(Subject::Device(DeviceId::new(7)));
        for (segments, subject) in [
            (&["devices", "7", "attachments", "new"][..], device),
            (&["api", "v1", "devices", "7", "attachments"], device),
            (
                &["api", "v1", "racks", "8", "attachments"],
                Some(Subject::Rack(RackId::new(8))),
            ),
            (&["sites", "7", "attachments"], None),
            (&["devices", "x", "attachments"], None),
            (&["devices", "7"], None),
        ] {
            assert_eq!(subject_of(segments), subject, "{segments:?}");
        }
    }
}
