//! A form with a file, past the same forgery check as every other form.

use rocket::data::{Data, FromData, Outcome};
use rocket::form::{Form, FromForm};
use rocket::fs::TempFile;
use rocket::request::Request;

use super::Failure;
use super::failure::forged;
use super::guards::csrf_fits;
use crate::base::fault::{Fault, FaultKind, Message};
use crate::base::fields::Fields;

/// The parts of an upload form.
#[derive(FromForm)]
struct Parts<'r> {
    csrf: String,
    kind: Option<String>,
    dry_run: Option<String>,
    keep_going: Option<String>,
    note: Option<String>,
    customer_visible: Option<String>,
    photo: Option<TempFile<'r>>,
    file: Option<TempFile<'r>>,
}

/// An uploaded file with the fields beside it.
pub struct Uploaded {
    /// Texts beside the file: `kind`, `dry_run`, `keep_going`, `note`, `customer_visible`.
    pub fields: Fields,
    /// Name of the file without its ending; empty when it has none.
    pub name: String,
    /// Name of the file as it was sent.
    pub sent_name: String,
    /// Content of the file; empty when none was chosen.
    pub bytes: Vec<u8>,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Uploaded {
    type Error = Failure;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read(request, data).await {
            Ok(uploaded) => Outcome::Success(uploaded),
            Err(fault) => {
                let failure = Failure::from(fault);
                Outcome::Error((failure.status(), failure.remember(request)))
            }
        }
    }
}

async fn read<'r>(request: &'r Request<'_>, data: Data<'r>) -> Result<Uploaded, Fault> {
    let form = match Form::<Parts<'r>>::from_data(request, data).await {
        Outcome::Success(form) => form.into_inner(),
        Outcome::Error((status, _)) if status.code == 413 => {
            return Err(Fault::new(
                FaultKind::Invalid,
                Message::new("fault-too-large"),
            ));
        }
        // A form that lacks its token ends here as well.
        Outcome::Error(_) | Outcome::Forward(_) => return Err(forged()),
    };
    if !csrf_fits(request, &form.csrf).await {
        return Err(forged());
    }
    let mut fields = Fields::new();
    fields.set("kind", form.kind.unwrap_or_default());
    fields.set("dry_run", form.dry_run.unwrap_or_default());
    fields.set("keep_going", form.keep_going.unwrap_or_default());
    fields.set("note", form.note.unwrap_or_default());
    fields.set(
        "customer_visible",
        form.customer_visible.unwrap_or_default(),
    );
    let (mut name, mut sent_name, mut bytes) = (String::new(), String::new(), Vec::new());
    // A form may have a second field that opens the camera of a phone.
    for file in [form.file, form.photo].into_iter().flatten() {
        if !bytes.is_empty() {
            break;
        }
        name = file.name().unwrap_or_default().to_owned();
        sent_name = raw_name(&file);
        bytes = content(file).await?;
    }
    Ok(Uploaded {
        fields,
        name,
        sent_name,
        bytes,
    })
}

/// The name as the browser sent it; only ever shown, never a path.
pub(super) fn raw_name(file: &TempFile<'_>) -> String {
    file.raw_name()
        .map(|name| name.dangerous_unsafe_unsanitized_raw().as_str().to_owned())
        .unwrap_or_default()
}

pub(super) async fn content(file: TempFile<'_>) -> Result<Vec<u8>, Fault> {
    use rocket::tokio::io::AsyncReadExt;
    let mut bytes = Vec::new();
    let mut reader = file.open().await.map_err(Fault::internal)?;
    reader
        .read_to_end(&mut bytes)
        .await
        .map_err(Fault::internal)?;
    Ok(bytes)
}
