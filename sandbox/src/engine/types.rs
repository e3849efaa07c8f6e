//! Types on both sides: Materialize's ids and names, and the types that stand for them in the engine.

use std::collections::BTreeMap;

use crate::result::TypeOid;
use crate::words::type_name;

/// A type as a statement names it, resolved: aliases are allowed (`int`, `bigint`), names of user types are not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EngineType {
    /// A scalar with its modifiers: `numeric(38, 2)`, `varchar(5)`, `timestamp(3)`, `int4`.
    Scalar {
        /// The name without a schema.
        name: String,
        /// The modifiers as they were written.
        modifiers: Vec<i64>,
    },
    /// `t[]`.
    Array(Box<EngineType>),
    /// `t list`, or a user type that is one.
    List(Box<EngineType>),
    /// `map[text=>t]`, or a user type that is one.
    Map(Box<EngineType>),
    /// A record type of the user: the composite type `data."u7"`.
    Record(String),
}

impl EngineType {
    /// A scalar without modifiers.
    pub fn scalar(name: impl Into<String>) -> Self {
        Self::Scalar { name: name.into(), modifiers: Vec::new() }
    }

    /// Names the type inside a list or a map: the same for all spellings, without modifiers.
    fn key(&self) -> String {
        match self {
            Self::Scalar { name, .. } => canonical(name).to_owned(),
            Self::Array(inner) => format!("{}[]", inner.key()),
            Self::List(inner) => format!("{} list", inner.key()),
            Self::Map(inner) => format!("map[text=>{}]", inner.key()),
            Self::Record(id) => id.clone(),
        }
    }

    fn without_modifiers(&self) -> Self {
        match self {
            Self::Scalar { name, .. } => Self::scalar(name.clone()),
            other => other.clone(),
        }
    }
}

/// How a type is spelled in the SQL of the engine: what follows `::`.
pub fn engine_type(ty: &EngineType) -> String {
    match ty {
        EngineType::Scalar { name, modifiers } => {
            let name = canonical(name);
            match (name, modifiers.as_slice()) {
                (_, []) => quoted(name),
                // The precision is 39, whatever is asked for.
                ("numeric", [_]) => "numeric(39,0)".to_owned(),
                ("numeric", [_, scale, ..]) => format!("numeric(39,{scale})"),
                (_, modifiers) => {
                    let list: Vec<String> = modifiers.iter().map(i64::to_string).collect();
                    format!("{}({})", quoted(name), list.join(","))
                }
            }
        }
        EngineType::Array(inner) => format!("{}[]", engine_type(inner)),
        EngineType::List(inner) => format!("mz_list.\"{}\"[]", inner.key()),
        EngineType::Map(inner) => format!("mz_map.\"{}\"[]", inner.key()),
        EngineType::Record(id) => super::stored(id),
    }
}

/// Whether a literal has to be cast to this type from text, `CAST('…'::text AS t)`, because the engine's own reading of
/// literals knows less.
pub fn needs_text(ty: &EngineType) -> bool {
    match ty {
        EngineType::Scalar { name, .. } => matches!(canonical(name), "regclass" | "regtype" | "mz_timestamp"),
        EngineType::List(inner) => matches!(**inner, EngineType::List(_) | EngineType::Map(_)),
        EngineType::Map(_) => true,
        EngineType::Array(_) | EngineType::Record(_) => false,
    }
}

/// `LIST[…]` of printed elements; not for an empty list, which needs a type. A call takes a hundred arguments at most.
pub fn list_literal(elements: &[String]) -> String {
    let calls: Vec<String> =
        elements.chunks(100).map(|chunk| format!("mz_fn.list({})", chunk.join(", "))).collect();
    match calls.as_slice() {
        [call] => call.clone(),
        calls => format!("({})", calls.join(" OPERATOR(mz_fn.||) ")),
    }
}

/// The name of a scalar type under which the engine knows it.
fn canonical(name: &str) -> &str {
    match name {
        "int" => "int4",
        "float" | "double" => "float8",
        "dec" | "decimal" => "numeric",
        "string" => "text",
        "bytes" => "bytea",
        "json" => "jsonb",
        "time without time zone" => "time",
        words => type_name(words),
    }
}

/// `char` is a word of the grammar, and so is `record` where a type is expected; the rest are plain names.
fn quoted(name: &str) -> String {
    if name == "char" { "\"char\"".to_owned() } else { name.to_owned() }
}

/// A call of `mz_internal.make_list` or `make_map`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Definition {
    pub(super) maker: &'static str,
    pub(super) key: String,
    pub(super) element: String,
}

/// The lists and maps in a type, inner ones first.
pub(super) fn definitions(ty: &EngineType) -> Vec<Definition> {
    let (maker, inner) = match ty {
        EngineType::Scalar { .. } | EngineType::Record(_) => return Vec::new(),
        EngineType::Array(inner) => return definitions(inner),
        EngineType::List(inner) => ("make_list", inner),
        EngineType::Map(inner) => ("make_map", inner),
    };
    let mut all = definitions(inner);
    all.push(Definition { maker, key: inner.key(), element: engine_type(&inner.without_modifiers()) });
    all
}

/// What has to be done with a type's values on their way between the engine and a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    #[default]
    Plain,
    Numeric,
    Json,
    Interval,
    /// An unsigned integer of so many bytes.
    Unsigned(u8),
    /// Text is its binary form.
    Timestamp,
    Array(Box<Kind>),
    List(Box<Kind>),
    Map(Box<Kind>),
}

impl Kind {
    /// Whether the engine's binary form is the client's.
    pub(super) fn sends_binary(&self) -> bool {
        match self {
            Self::Plain | Self::Interval => true,
            Self::Array(inner) => !matches!(**inner, Self::Unsigned(_) | Self::Timestamp),
            _ => false,
        }
    }

    /// A type's modifier as Materialize says it: a `numeric` always has one.
    pub(super) fn modifier(&self, engine: i32) -> i32 {
        const PRECISION: i32 = 39 << 16;
        match self {
            Self::Numeric if engine < 4 => PRECISION + 39 + 4,
            Self::Numeric => PRECISION + ((engine - 4) & 0xffff) + 4,
            _ => engine,
        }
    }
}

/// A type as clients see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TypeInfo {
    pub(super) oid: TypeOid,
    pub(super) kind: Kind,
}

/// A row of `sql/types_query.sql`.
#[derive(Clone, Debug)]
pub(super) struct TypeRow {
    oid: u32,
    schema: String,
    name: String,
    composite: bool,
    array: bool,
    inner: u32,
}

impl TypeRow {
    pub(super) fn read(row: &[Option<Vec<u8>>]) -> Option<Self> {
        let text = |i: usize| -> Option<&str> { std::str::from_utf8(row.get(i)?.as_deref()?).ok() };
        Some(Self {
            oid: text(0)?.parse().ok()?,
            schema: text(1)?.to_owned(),
            name: text(2)?.to_owned(),
            composite: text(3)? == "c",
            array: text(4) == Some("t"),
            inner: text(5).and_then(|oid| oid.parse().ok()).unwrap_or(0),
        })
    }
}

/// The types that aren't `PostgreSQL`'s, by the engine's id.
#[derive(Debug, Default)]
pub(super) struct Types {
    infos: BTreeMap<u32, TypeInfo>,
    engine_oids: BTreeMap<TypeOid, u32>,
}

const TEXT: TypeInfo = TypeInfo { oid: 25, kind: Kind::Plain };
const LIST: TypeOid = 16384;
const MAP: TypeOid = 16385;
const RECORD: TypeOid = 2249;
const RECORD_ARRAY: TypeOid = 2287;

/// Materialize's types over the engine's own, with the id of each and of its array.
const OWN: [(&str, TypeOid, TypeOid, Kind); 9] = [
    ("uint2", 16460, 16461, Kind::Unsigned(2)),
    ("uint4", 16462, 16463, Kind::Unsigned(4)),
    ("uint8", 16464, 16465, Kind::Unsigned(8)),
    ("mz_timestamp", 16552, 16553, Kind::Timestamp),
    ("mz_aclitem", 16566, 16567, Kind::Plain),
    ("aclitem", 1033, 1034, Kind::Plain),
    ("regclass", 2205, 2210, Kind::Plain),
    ("regtype", 2206, 2211, Kind::Plain),
    ("regproc", 24, 1008, Kind::Plain),
];

/// `PostgreSQL`'s types whose values aren't written alike, with their arrays.
const DIFFERENT: [(u32, u32, Kind); 3] =
    [(1700, 1231, Kind::Numeric), (3802, 3807, Kind::Json), (1186, 1187, Kind::Interval)];

/// The first id that `initdb` doesn't give away.
const FIRST_OWN: u32 = 16384;

impl Types {
    pub(super) fn new(rows: impl Iterator<Item = TypeRow>) -> Self {
        let rows: BTreeMap<u32, TypeRow> = rows.map(|row| (row.oid, row)).collect();
        let mut types = Self::default();
        for (oid, array, kind) in DIFFERENT {
            types.infos.insert(array, TypeInfo { oid: array, kind: Kind::Array(Box::new(kind.clone())) });
            types.infos.insert(oid, TypeInfo { oid, kind });
        }
        // `unknown`, `cstring` and `void` are text to a client.
        for oid in [705, 2275, 2278] {
            types.infos.insert(oid, TEXT);
        }
        for oid in rows.keys() {
            let info = info(&rows, &types.infos, *oid, 0);
            if own_name(&rows, *oid).is_some() {
                types.engine_oids.insert(info.oid, *oid);
            }
            types.infos.insert(*oid, info);
        }
        types
    }

    pub(super) fn knows(&self, engine: u32) -> bool {
        engine < FIRST_OWN || self.infos.contains_key(&engine)
    }

    /// Those that are still unknown are text from now on.
    pub(super) fn settle(&mut self, engine: Vec<u32>) {
        for oid in engine {
            if !self.knows(oid) {
                self.infos.insert(oid, TEXT);
            }
        }
    }

    pub(super) fn of_engine(&self, engine: u32) -> TypeRef<'_> {
        match self.infos.get(&engine) {
            Some(info) => TypeRef { oid: info.oid, kind: &info.kind },
            None => TypeRef { oid: if engine < FIRST_OWN { engine } else { TEXT.oid }, kind: &Kind::Plain },
        }
    }

    /// The engine's id of a type; 0, to be inferred, for lists and maps, whose id doesn't say of what.
    pub(super) fn engine_oid(&self, oid: TypeOid) -> u32 {
        match self.engine_oids.get(&oid) {
            Some(engine) => *engine,
            None if oid < FIRST_OWN => oid,
            None => 0,
        }
    }

    pub(super) fn kind_of_mz(&self, oid: TypeOid) -> &Kind {
        self.of_engine(self.engine_oid(oid)).kind
    }
}

/// A type as clients see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct TypeRef<'a> {
    pub(super) oid: TypeOid,
    pub(super) kind: &'a Kind,
}

/// The name of a type of `mz_catalog`, or of the element of such an array.
fn own_name(rows: &BTreeMap<u32, TypeRow>, oid: u32) -> Option<&str> {
    let row = rows.get(&oid).filter(|row| row.schema == "mz_catalog")?;
    let scalar = if row.array { rows.get(&row.inner)? } else { row };
    Some(&scalar.name)
}

/// Follows a type to what it is made of. `depth` ends what no type does: contain itself.
fn info(rows: &BTreeMap<u32, TypeRow>, known: &BTreeMap<u32, TypeInfo>, oid: u32, depth: u32) -> TypeInfo {
    if let Some(info) = known.get(&oid) {
        return info.clone();
    }
    let Some(row) = rows.get(&oid) else {
        return TypeInfo { oid: if oid < FIRST_OWN { oid } else { TEXT.oid }, kind: Kind::Plain };
    };
    if depth > 100 {
        return TEXT;
    }
    let inner = |oid: u32| info(rows, known, oid, depth + 1);
    let boxed = |info: TypeInfo| Box::new(info.kind);
    if row.array {
        let element = rows.get(&row.inner);
        return match element.map(|element| (element.schema.as_str(), element)) {
            Some(("mz_list", _)) => TypeInfo { oid: LIST, kind: Kind::List(boxed(inner(row.inner))) },
            Some(("mz_map", element)) => TypeInfo { oid: MAP, kind: Kind::Map(boxed(inner(element.inner))) },
            Some(("mz_catalog", element)) => {
                let array = OWN.iter().find(|own| own.0 == element.name).map_or(TEXT.oid, |own| own.2);
                TypeInfo { oid: array, kind: Kind::Array(boxed(inner(row.inner))) }
            }
            _ => TypeInfo { oid: RECORD_ARRAY, kind: Kind::Plain },
        };
    }
    if row.composite {
        return TypeInfo { oid: RECORD, kind: Kind::Plain };
    }
    match row.schema.as_str() {
        "mz_catalog" => OWN
            .iter()
            .find(|own| own.0 == row.name)
            .map_or(TEXT, |(_, oid, _, kind)| TypeInfo { oid: *oid, kind: kind.clone() }),
        _ if row.inner != 0 => inner(row.inner),
        _ => TEXT,
    }
}
