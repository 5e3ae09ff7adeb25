//! Numbers of the past.

use czei_sm2::Sm3;
use czei_stock::{Event, State};

use super::super::documents;
use super::super::operation::{Elsewhere, End, Outcome, Persons, Refusal};
use super::{Model, changes::check_persons, check_text, outcome};

impl Model {
    pub(super) fn import(&mut self, past: &Elsewhere, by: &Persons) -> Outcome {
        check_persons(by)?;
        if let End::Voided { reason, actor, .. } = &past.end {
            check_text(reason, 200)?;
            check_text(actor, 100)?;
        }
        let Some(row) = self.rows.get(&past.id) else {
            return Err(Refusal::of(czei_stock::Code::PastNotAwaited, None));
        };
        let differs = || Err(Refusal::of(czei_stock::Code::PastDiffers, None));
        if row.unit != past.unit {
            return differs();
        }
        match (row.state, &past.end) {
            (State::Unknown, End::Voided { actor, .. }) => {
                let event = self.event(Event::ImportedVoided, actor, None);
                let row = self.rows.get_mut(&past.id).expect("found above");
                row.state = State::Voided;
                row.events.push(event);
                outcome(Ok(()))
            }
            (State::Unknown, End::Issued { .. }) => self.import_issued(past, by),
            (State::Reserved | State::Signed, End::Issued { original_sm3, .. }) => {
                let document = row.document.as_deref().unwrap_or_default();
                if documents::original_sm3(document) != original_sm3.0 {
                    return differs();
                }
                self.import_issued(past, by)
            }
            (State::Issued, End::Issued { document, .. }) if row.document.as_deref() == Some(&document.0) => {
                outcome(Ok(()))
            }
            // The end is the same; the reason that came first stays.
            (State::Voided, End::Voided { .. }) => outcome(Ok(())),
            _ => differs(),
        }
    }

    fn import_issued(&mut self, past: &Elsewhere, by: &Persons) -> Outcome {
        let End::Issued { document, day, total, business_key, reverses, .. } = &past.end else { unreachable!() };
        self.check_not_reversed(*reverses, Some(past.id))?;
        let sm3 = Sm3::digest(&document.0);
        let event = self.event(Event::ImportedIssued, &by.maker, Some(sm3));
        let row = self.rows.get_mut(&past.id).expect("the caller found it");
        if row.state == State::Unknown {
            row.day = Some(*day);
            row.total = Some(*total);
            row.business_key.clone_from(business_key);
            row.reverses = *reverses;
        }
        row.state = State::Issued;
        row.document = Some(document.0.clone());
        row.document_sm3 = Some(sm3);
        row.events.push(event);
        outcome(Ok(()))
    }
}
