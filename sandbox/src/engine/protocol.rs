//! The frontend and backend messages that the engine exchanges with its backend: a small part of `PostgreSQL`'s protocol.

use super::EngineError;

/// Messages to the backend, one after the other.
#[derive(Default)]
pub(super) struct Frontend {
    bytes: Vec<u8>,
}

impl Frontend {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn message(mut self, tag: u8, body: impl FnOnce(&mut Vec<u8>)) -> Self {
        self.bytes.push(tag);
        let start = self.bytes.len();
        self.bytes.extend([0; 4]);
        body(&mut self.bytes);
        let length = u32::try_from(self.bytes.len() - start).unwrap_or(u32::MAX);
        if let Some(place) = self.bytes.get_mut(start..start + 4) {
            place.copy_from_slice(&length.to_be_bytes());
        }
        self
    }

    pub(super) fn query(self, sql: &str) -> Self {
        self.message(b'Q', |body| string(body, sql))
    }

    pub(super) fn parse(self, sql: &str, types: &[u32]) -> Self {
        self.message(b'P', |body| {
            string(body, "");
            string(body, sql);
            count(body, types.len());
            for oid in types {
                body.extend(oid.to_be_bytes());
            }
        })
    }

    /// Binds the unnamed statement to the unnamed portal. Each value with whether it is binary.
    pub(super) fn bind(self, values: &[(bool, Option<Vec<u8>>)], binary_results: &[bool]) -> Self {
        self.message(b'B', |body| {
            string(body, "");
            string(body, "");
            count(body, values.len());
            for (binary, _) in values {
                body.extend(u16::from(*binary).to_be_bytes());
            }
            count(body, values.len());
            for (_, value) in values {
                match value {
                    None => body.extend((-1_i32).to_be_bytes()),
                    Some(value) => {
                        body.extend(u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
                        body.extend(value);
                    }
                }
            }
            count(body, binary_results.len());
            for binary in binary_results {
                body.extend(u16::from(*binary).to_be_bytes());
            }
        })
    }

    pub(super) fn describe_statement(self) -> Self {
        self.message(b'D', |body| string(body, "S"))
    }

    pub(super) fn describe_portal(self) -> Self {
        self.message(b'D', |body| string(body, "P"))
    }

    pub(super) fn execute(self) -> Self {
        self.message(b'E', |body| {
            string(body, "");
            body.extend([0; 4]);
        })
    }

    pub(super) fn sync(self) -> Self {
        self.message(b'S', |_| {})
    }

    pub(super) fn copy_data(self, data: &[u8]) -> Self {
        self.message(b'd', |body| body.extend(data))
    }

    pub(super) fn copy_done(self) -> Self {
        self.message(b'c', |_| {})
    }
}

fn string(body: &mut Vec<u8>, text: &str) {
    // A string ends at its first zero byte. Text has none; if it has, the backend refuses the replacement or keeps it.
    body.extend(text.replace('\0', "\u{fffd}").bytes());
    body.push(0);
}

fn count(body: &mut Vec<u8>, count: usize) {
    body.extend(u16::try_from(count).unwrap_or(u16::MAX).to_be_bytes());
}

/// A column as the backend describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) type_oid: u32,
    pub(super) type_mod: i32,
}

/// What the backend answered to a batch of messages.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) params: Vec<u32>,
    pub(super) fields: Vec<Field>,
    pub(super) rows: Vec<Vec<Option<Vec<u8>>>>,
    /// The command tags.
    pub(super) tags: Vec<String>,
    pub(super) error: Option<EngineError>,
    /// `I`, `T` or `E` of the last `ReadyForQuery`.
    pub(super) status: Option<u8>,
}

impl Reply {
    /// Reads the backend's messages. Those that the engine has no use for are skipped.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, EngineError> {
        let mut reply = Self::default();
        let mut input = Reader { bytes };
        while !input.bytes.is_empty() {
            reply
                .message(&mut input)
                .ok_or_else(|| EngineError::internal("the engine sent a broken message"))?;
        }
        Ok(reply)
    }

    fn message(&mut self, input: &mut Reader<'_>) -> Option<()> {
        let [tag] = input.array::<1>()?;
        let length = usize::try_from(input.u32()?).ok()?.checked_sub(4)?;
        let mut body = Reader { bytes: input.take(length)? };
        match tag {
            b't' => {
                for _ in 0..body.u16()? {
                    self.params.push(body.u32()?);
                }
            }
            b'T' => {
                self.fields.clear();
                for _ in 0..body.u16()? {
                    let name = body.string()?;
                    body.take(6)?;
                    let type_oid = body.u32()?;
                    body.take(2)?;
                    let type_mod = i32::from_be_bytes(body.array()?);
                    body.take(2)?;
                    self.fields.push(Field { name, type_oid, type_mod });
                }
            }
            b'D' => {
                let mut row = Vec::new();
                for _ in 0..body.u16()? {
                    let length = i32::from_be_bytes(body.array()?);
                    row.push(match usize::try_from(length) {
                        Ok(length) => Some(body.take(length)?.to_vec()),
                        Err(_) => None,
                    });
                }
                self.rows.push(row);
            }
            b'C' => self.tags.push(body.string()?),
            b'Z' => self.status = body.array::<1>().map(|[status]| status),
            b'E' => {
                let error = error(&mut body)?;
                self.error.get_or_insert(error);
            }
            _ => {}
        }
        Some(())
    }
}

fn error(body: &mut Reader<'_>) -> Option<EngineError> {
    let mut error = EngineError::internal("");
    loop {
        let [field] = body.array()?;
        if field == 0 {
            return Some(error);
        }
        let value = body.string()?;
        match field {
            b'C' => error.sqlstate = value,
            b'M' => error.message = value,
            b'D' => error.detail = Some(value),
            b'H' => error.hint = Some(value),
            b'P' => error.position = value.parse().ok(),
            _ => {}
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.bytes.split_at_checked(length)?;
        self.bytes = tail;
        Some(head)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn string(&mut self) -> Option<String> {
        let end = self.bytes.iter().position(|byte| *byte == 0)?;
        let text = String::from_utf8_lossy(self.take(end)?).into_owned();
        self.take(1)?;
        Some(text)
    }
}
