//! What the people of a visit have, for the pages of visits and of the desk.

use serde_json::{Value, json};

use crate::access::{LoanKind, LoanRow, Visitor, loans_of_visit};
use crate::web::guards::Signed;
use crate::web::{Failure, Web};

/// What the people of a visit have and had; nothing for customers, who are not told of it.
pub(super) async fn visit_loans(
    web: &Web,
    signed: &Signed,
    number: &str,
) -> Result<Vec<LoanRow>, Failure> {
    if signed.actor.role.is_customer() {
        return Ok(Vec::new());
    }
    let (actor, number) = (signed.actor.clone(), number.to_owned());
    web.store
        .read(move |c| loans_of_visit(c, &actor, &number))
        .await
        .map_err(|fault| signed.failure(fault))
}

/// What someone has besides the badge that the visit tells of itself: `[{id, kind, number, missing}]`.
pub(super) fn held_value(loans: &[LoanRow], visitor: &Visitor) -> Vec<Value> {
    let row = &visitor.attendance;
    loans
        .iter()
        .filter(|loan| loan.loan.visit_person_id == Some(row.id) && loan.loan.ended_at.is_none())
        .filter(|loan| loan.kind != LoanKind::Badge || loan.number != row.badge)
        .map(|loan| {
            json!({
                "id": loan.loan.id,
                "kind": loan.kind,
                "number": loan.number,
                "missing": loan.loan.missing_at.is_some(),
            })
        })
        .collect()
}
