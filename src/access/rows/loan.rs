//! Things that are lent, and who has them, as they are stored.

use diesel::prelude::*;
use serde::Serialize;

use crate::access::loan::{LoanEnd, LoanKind, LoanState};
use crate::base::ids::{LoanId, LoanItemId, RackId, SiteId, UserId, VisitPersonId};
use crate::base::time::Timestamp;
use crate::store::schema::{loan_items, loans};

/// A badge, locker or key.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = loan_items)]
pub struct LoanItem {
    /// Row id.
    pub id: LoanItemId,
    /// Where it is kept.
    pub site_id: SiteId,
    /// What it is.
    pub kind: LoanKind,
    /// What is written on it.
    pub number: String,
    /// The rack it opens.
    pub rack_id: Option<RackId>,
    /// Where it is.
    pub state: LoanState,
    /// Anything else.
    pub note: String,
    /// Version for changes.
    pub version: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed, handed out or taken back.
    pub updated_at: Timestamp,
}

/// That somebody has, or had, a thing.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = loans)]
pub struct Loan {
    /// Row id.
    pub id: LoanId,
    /// The thing.
    pub loan_item_id: LoanItemId,
    /// The visitor who has it.
    pub visit_person_id: Option<VisitPersonId>,
    /// The member of staff who has it.
    pub user_id: Option<UserId>,
    /// The name of that member of staff as it was; empty for a visitor.
    pub holder_name: String,
    /// When it was handed out.
    pub out_at: Timestamp,
    /// By whom.
    pub out_by: String,
    /// When it should be back; a visitor's is the end of the visit.
    pub due_at: Option<Timestamp>,
    /// Why a key was given to someone whose visit does not name its rack.
    pub override_reason: String,
    /// When it was said not to be there.
    pub missing_at: Option<Timestamp>,
    /// Why it was not given back.
    pub missing_reason: String,
    /// When the loan ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub ended_how: Option<LoanEnd>,
    /// By whom it was taken back or given up.
    pub ended_by: String,
}

/// A loan with the thing and whoever has it.
#[derive(Debug, Clone, Serialize)]
pub struct LoanRow {
    /// The loan.
    #[serde(flatten)]
    pub loan: Loan,
    /// What it is.
    pub kind: LoanKind,
    /// What is written on it.
    pub number: String,
    /// Code of the site.
    pub site: String,
    /// IANA name of the site's zone.
    pub time_zone: String,
    /// Who has it.
    pub holder: String,
    /// The visitor's company, or empty.
    pub company: String,
    /// Number of the visit; none for staff.
    pub visit: Option<String>,
    /// When it should be back; none for good.
    pub due: Option<Timestamp>,
    /// Whether that is over and it is still out.
    pub late: bool,
}

/// A thing with its place and whoever has it now.
#[derive(Debug, Clone, Serialize)]
pub struct LoanItemRow {
    /// The thing.
    #[serde(flatten)]
    pub item: LoanItem,
    /// Code of the site.
    pub site: String,
    /// Name of the site.
    pub site_name: String,
    /// The rack it opens: `Room A / A01`.
    pub rack: Option<String>,
    /// The loan that has not ended.
    pub loan: Option<LoanRow>,
}
