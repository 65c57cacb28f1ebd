//! Identity documents: what a number must look like, and how it is shown.

use chrono::{Datelike, NaiveDate};

use crate::base::fault::Message;
use crate::base::secret::Secret;

crate::text_enum! {
    /// What a visitor shows at the door.
    pub enum DocumentKind {
        /// 居民身份证, 18 characters (GB 11643-1999).
        ResidentId = "resident_id",
        /// A passport (ICAO Doc 9303-4: at most nine letters and digits).
        Passport = "passport",
        /// The pass of an employer.
        WorkPass = "work_pass",
        /// Another document.
        Other = "other",
        /// Nothing was shown yet.
        None = "none",
    }
}

/// The age from which someone may come in, in full years.
pub const ADULT_YEARS: i32 = 18;

/// A checked document: its kind and its number as it is sealed and compared.
#[derive(Debug, Clone)]
pub struct Document {
    /// Kind; never [`DocumentKind::None`].
    pub kind: DocumentKind,
    /// Number without spaces, in capitals.
    pub number: Secret,
}

impl Document {
    /// Checks a number as it was typed. No kind or no number is no document. `today` is the date at the door.
    pub fn parse(
        kind: DocumentKind,
        typed: &str,
        today: NaiveDate,
    ) -> Result<Option<Self>, Message> {
        let number: String = typed
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .flat_map(char::to_uppercase)
            .collect();
        if number.is_empty() {
            return Ok(None);
        }
        match kind {
            DocumentKind::None => return Err(Message::new("visit-fault-document-kind")),
            DocumentKind::ResidentId => resident_number(&number, today)?,
            DocumentKind::Passport => passport_number(&number)?,
            DocumentKind::WorkPass | DocumentKind::Other => other_number(&number)?,
        }
        Ok(Some(Self {
            kind,
            number: Secret::new(number),
        }))
    }

    /// The text behind the fingerprint: the same document typed twice gives the same.
    pub fn fingerprint_text(&self) -> String {
        format!("{}:{}", self.kind, self.number.expose())
    }

    /// The number as pages show it.
    pub fn masked(&self) -> String {
        masked(self.kind, self.number.expose())
    }
}

/// A number with its middle hidden: `3501**********1234`, `E1*****78`.
pub fn masked(kind: DocumentKind, number: &str) -> String {
    let count = number.chars().count();
    let (first, last) = match kind {
        DocumentKind::ResidentId if count == 18 => (4, 4),
        _ if count >= 8 => (2, 2),
        _ if count >= 5 => (0, 2),
        _ => (0, 0),
    };
    number
        .chars()
        .enumerate()
        .map(|(at, letter)| {
            if at < first || at >= count - last {
                letter
            } else {
                '*'
            }
        })
        .collect()
}

/// Weights of the first 17 digits: powers of two modulo 11 (ISO 7064, MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check character by the weighted sum modulo 11.
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

fn resident_number(number: &str, today: NaiveDate) -> Result<(), Message> {
    let letters: Vec<char> = number.chars().collect();
    let digits: Vec<u32> = letters
        .iter()
        .take(17)
        .filter_map(|letter| letter.is_ascii().then(|| letter.to_digit(10)).flatten())
        .collect();
    if letters.len() != 18 || digits.len() != 17 {
        return Err(Message::new("visit-fault-id-length").with("count", letters.len()));
    }
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, w)| digit * w).sum();
    let expected = usize::try_from(sum % 11).ok().and_then(|at| CHECKS.get(at));
    if letters.last() != expected {
        return Err(Message::new("visit-fault-id-check"));
    }
    let born = birth_date(number).filter(|born| *born <= today && born.year() >= 1880);
    let born = born.ok_or_else(|| Message::new("visit-fault-id-date"))?;
    if full_years(born, today) < ADULT_YEARS {
        return Err(Message::new("visit-fault-id-minor").with("years", i64::from(ADULT_YEARS)));
    }
    Ok(())
}

fn birth_date(number: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(number.get(6..14)?, "%Y%m%d").ok()
}

fn full_years(born: NaiveDate, today: NaiveDate) -> i32 {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i32::from(!had_birthday)
}

fn passport_number(number: &str) -> Result<(), Message> {
    let fits = (6..=9).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_alphanumeric())
        && number.bytes().any(|b| b.is_ascii_digit());
    if fits {
        Ok(())
    } else {
        Err(Message::new("visit-fault-passport"))
    }
}

fn other_number(number: &str) -> Result<(), Message> {
    let count = number.chars().count();
    let fits = (3..=40).contains(&count) && !number.chars().any(char::is_control);
    if fits {
        Ok(())
    } else {
        Err(Message::new("visit-fault-document-number"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn on(date: &str) -> NaiveDate {
        NaiveDate::parse_from_str(date, "%Y-%m-%d").unwrap()
    }

    fn outcome(kind: DocumentKind, typed: &str) -> Result<bool, &'static str> {
        Document::parse(kind, typed, on("2026-11-22"))
            .map(|document| document.is_some())
            .map_err(|message| message.key)
    }

    #[test]
    fn resident_numbers_are_checked_to_the_last_character() {
        let kind = DocumentKind::ResidentId;
        for (typed, expected) in [
            // The worked example of GB 11643-1999, appendix A, and one with the check character X.
            ("11010519491231002X", Ok(true)),
            ("11010519491231002x", Ok(true)),
            ("440524188001010014", Ok(true)),
            // The same form: residence permits of Hong Kong (81) and Taiwan (83), permanent residence of foreigners (9).
            ("810000199408230021", Ok(true)),
            ("830000199001010012", Ok(true)),
            ("91115619860101001X", Ok(true)),
            ("911156198601010011", Err("visit-fault-id-check")),
            ("000000199001010018", Ok(true)),
            (" 000000 19900101 0018 ", Ok(true)),
            ("", Ok(false)),
            ("000000199001010017", Err("visit-fault-id-check")),
            ("000000199001010081", Err("visit-fault-id-check")),
            ("00000019900101001", Err("visit-fault-id-length")),
            ("0000001990010100189", Err("visit-fault-id-length")),
            ("00000X199001010018", Err("visit-fault-id-length")),
            ("０00000199001010018", Err("visit-fault-id-length")),
        ] {
            assert_eq!(outcome(kind, typed), expected, "{typed}");
        }
    }

    /// A number with the right check character for a birthday.
    fn number_born(date: &str) -> String {
        let start = format!("000000{date}001");
        let sum: u32 = start
            .chars()
            .zip(WEIGHTS)
            .map(|(letter, w)| letter.to_digit(10).unwrap() * w)
            .sum();
        format!("{start}{}", CHECKS.get(sum as usize % 11).unwrap())
    }

    #[test]
    fn the_birthday_must_exist_and_be_eighteen_years_ago() {
        let kind = DocumentKind::ResidentId;
        for (born, expected) in [
            ("20081122", Ok(true)),
            ("20081123", Err("visit-fault-id-minor")),
            ("20270101", Err("visit-fault-id-date")),
            ("19900230", Err("visit-fault-id-date")),
            ("20000229", Ok(true)),
            ("17000101", Err("visit-fault-id-date")),
        ] {
            assert_eq!(outcome(kind, &number_born(born)), expected, "{born}");
        }
        let leap = number_born("20080229");
        let minor = Document::parse(kind, &leap, on("2026-02-28"));
        assert_eq!(minor.unwrap_err().key, "visit-fault-id-minor");
        assert!(Document::parse(kind, &leap, on("2026-03-01")).is_ok());
    }

    #[test]
    fn other_documents_have_their_shape() {
        for (kind, typed, expected) in [
            (DocumentKind::Passport, "E12345678", Ok(true)),
            (DocumentKind::Passport, "e1234567", Ok(true)),
            (
                DocumentKind::Passport,
                "ABCDEF",
                Err("visit-fault-passport"),
            ),
            (DocumentKind::Passport, "E1234", Err("visit-fault-passport")),
            (
                DocumentKind::Passport,
                "E123456789",
                Err("visit-fault-passport"),
            ),
            (DocumentKind::WorkPass, "工牌-0071", Ok(true)),
            (DocumentKind::Other, "7", Err("visit-fault-document-number")),
            (DocumentKind::None, "7", Err("visit-fault-document-kind")),
            (DocumentKind::None, "", Ok(false)),
        ] {
            assert_eq!(outcome(kind, typed), expected, "{kind} {typed}");
        }
    }

    #[test]
    fn masks_keep_just_enough_to_compare() {
        for (kind, number, shown) in [
            (
                DocumentKind::ResidentId,
                "350102199001011234",
                "3501**********1234",
            ),
            (DocumentKind::Passport, "E12345678", "E1*****78"),
            (DocumentKind::WorkPass, "12345", "***45"),
            (DocumentKind::Other, "1234", "****"),
            (DocumentKind::WorkPass, "工牌号码零零七一", "工牌****七一"),
        ] {
            assert_eq!(masked(kind, number), shown);
        }
    }
}
