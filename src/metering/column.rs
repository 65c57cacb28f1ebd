//! A column of whole numbers, as small as it gets: one number for all, plain numbers, or `pco` with the
//! model that suits it best.
//!
//! Form: a word octet (0 all the same, 1 plain, 2 `pco`), then the number, or the length in octets and
//! the octets. How many numbers there are is told by what is around it.

use pco::wrapped::{FileCompressor, FileDecompressor};
use pco::{ChunkConfig, DeltaSpec, ModeSpec, PagingSpec};

use super::octets::{Cursor, DecodeError, DecodeErrorKind, put_number, zigzag};

const SAME: u8 = 0;
const PLAIN: u8 = 1;
const PACKED: u8 = 2;
/// Effort of the search for bins. More makes day columns no smaller and four times slower to write.
const LEVEL: usize = 5;
/// Columns shorter than this are not worth the description of their bins.
const SHORT: usize = 4;

/// A column that could not be compressed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("column of {count} numbers: {reason}")]
pub struct ColumnError {
    /// How many numbers it has.
    pub count: usize,
    /// What the codec said.
    pub reason: String,
}

/// Appends a column.
pub(super) fn put(bytes: &mut Vec<u8>, values: &[i64]) -> Result<(), ColumnError> {
    let Some(first) = values.first() else {
        return Ok(());
    };
    if values.iter().all(|value| value == first) {
        bytes.push(SAME);
        put_number(bytes, zigzag(*first));
        return Ok(());
    }
    let plain = plain(values);
    let (word, body) = if values.len() < SHORT {
        (PLAIN, plain)
    } else {
        // Changes of traffic follow its course or lie around their mean: which is cheaper differs by port.
        let tries = [DeltaSpec::NoOp, DeltaSpec::TryConsecutive(1)];
        let mut best = (PLAIN, plain);
        for delta in tries {
            let packed = packed(values, delta)?;
            if packed.len() < best.1.len() {
                best = (PACKED, packed);
            }
        }
        best
    };
    bytes.push(word);
    put_number(bytes, body.len() as u64);
    bytes.extend_from_slice(&body);
    Ok(())
}

fn plain(values: &[i64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(values.len() * 5);
    for value in values {
        put_number(&mut bytes, zigzag(*value));
    }
    bytes
}

fn packed(values: &[i64], delta: DeltaSpec) -> Result<Vec<u8>, ColumnError> {
    let wrong = |error: pco::errors::PcoError| ColumnError {
        count: values.len(),
        reason: error.to_string(),
    };
    let config = ChunkConfig::default()
        .with_compression_level(LEVEL)
        .with_mode_spec(ModeSpec::Classic)
        .with_delta_spec(delta)
        .with_paging_spec(PagingSpec::Exact(vec![values.len()]));
    let mut bytes = Vec::with_capacity(values.len() * 4);
    let file = FileCompressor::default();
    file.write_header(&mut bytes).map_err(wrong)?;
    let mut chunk = file.chunk_compressor(values, &config).map_err(wrong)?;
    chunk.write_meta(&mut bytes).map_err(wrong)?;
    chunk.write_page(0, &mut bytes).map_err(wrong)?;
    Ok(bytes)
}

/// Reads a column of `count` numbers; the caller has made sure that it can be so many.
pub(super) fn take(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<i64>, DecodeError> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let offset = cursor.offset;
    match cursor.octet()? {
        SAME => Ok(vec![cursor.signed()?; count]),
        PLAIN => take_plain(cursor, count),
        PACKED => {
            let length = cursor.count(cursor.bytes.len())?;
            let body = cursor.slice(length)?;
            unpacked(body, count).ok_or(DecodeErrorKind::Column.at(offset))
        }
        other => Err(DecodeErrorKind::Head(other).at(offset)),
    }
}

fn take_plain(cursor: &mut Cursor<'_>, count: usize) -> Result<Vec<i64>, DecodeError> {
    let length = cursor.count(cursor.bytes.len())?;
    let start = cursor.offset;
    let mut inner = Cursor::new(cursor.slice(length)?);
    let shift = |error: DecodeError| error.kind.at(start + error.offset);
    // Each number has an octet at least.
    if count > length {
        return Err(DecodeErrorKind::CutShort.at(start + length));
    }
    let values = (0..count).map(|_| inner.signed().map_err(shift));
    let values = values.collect::<Result<Vec<i64>, _>>()?;
    inner.end().map_err(shift)?;
    Ok(values)
}

fn unpacked(body: &[u8], count: usize) -> Option<Vec<i64>> {
    let (file, rest) = FileDecompressor::new(body).ok()?;
    let (mut chunk, rest) = file.chunk_decompressor::<i64, _>(rest).ok()?;
    let mut page = chunk.page_decompressor(rest, count).ok()?;
    let mut values = vec![0; count];
    let Ok(progress) = page.read(&mut values) else {
        return None;
    };
    let whole = progress.n_processed == count && page.into_src().is_empty();
    whole.then_some(values)
}
