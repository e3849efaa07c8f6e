//! Values of parameters: refused when they are bound, in the server's words.

use super::answer::Result;
use crate::engine::Engine;
use crate::error::{SqlError, SqlState};
use crate::result::{Format, Param, TypeOid};

/// Types that a parameter may have: PostgreSQL's and Materialize's scalars, and their arrays.
const KNOWN: &[TypeOid] = &[
    16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 114, 199, 700, 701, 1000, 1001, 1002, 1005, 1006, 1007,
    1009, 1011, 1014, 1015, 1016, 1021, 1022, 1028, 1042, 1043, 1082, 1083, 1114, 1115, 1182, 1183, 1184,
    1185, 1186, 1187, 1231, 1700, 2205, 2206, 2210, 2211, 2249, 2950, 2951, 3802, 3807, 3904, 3905, 3906,
    3907, 3908, 3909, 3910, 3911, 3912, 3913, 3926, 3927, 16_384, 16_385, 16_460, 16_461, 16_462, 16_463,
    16_464, 16_465, 16_552, 16_553, 16_566, 16_567,
];
/// Lists and maps: anonymous ones.
const LIST: TypeOid = 16_384;
const MAP: TypeOid = 16_385;

/// True for a type that a parameter may have.
pub(super) fn is_known(oid: TypeOid) -> bool {
    KNOWN.contains(&oid)
}

/// A type in words.
pub(super) fn type_name(oid: TypeOid) -> String {
    match oid {
        16 => "boolean",
        17 => "bytea",
        20 => "bigint",
        21 => "smallint",
        23 => "integer",
        25 => "text",
        700 => "real",
        701 => "double precision",
        1043 => "character varying",
        1082 => "date",
        1083 => "time",
        1114 => "timestamp without time zone",
        1184 => "timestamp with time zone",
        1186 => "interval",
        1700 => "numeric",
        2950 => "uuid",
        3802 => "jsonb",
        other => return format!("type with OID {other}"),
    }
    .to_owned()
}

/// Whether values of a type can be sent in binary.
pub(super) fn check_binary(oid: TypeOid) -> Result<()> {
    let kind = match oid {
        LIST => "list",
        MAP => "map",
        _ => return Ok(()),
    };
    let message = format!("binary encoding of {kind} types is not implemented");
    Err(SqlError::new(SqlState::PROTOCOL_VIOLATION, message))
}

/// Whether a value can be read as the type of its parameter.
pub(super) fn check(param: &Param, engine: &Engine) -> Result<()> {
    let Some(value) = &param.value else { return Ok(()) };
    match param.format {
        Format::Binary => check_bytes(param.type_oid, value).map_err(|message| undecodable(&message)),
        Format::Text => {
            let text = std::str::from_utf8(value).map_err(|error| undecodable(&error.to_string()))?;
            match param.type_oid {
                // Every text is a text.
                19 | 25 | 1042 | 1043 => Ok(()),
                _ if text.is_empty() || !text.is_ascii() || needs_engine(param.type_oid, text) => {
                    let checked = engine.query("SELECT $1", std::slice::from_ref(param), &[]);
                    checked
                        .map(|_| ())
                        .map_err(|error| undecodable(&crate::engine::translate(&error).message))
                }
                _ => Ok(()),
            }
        }
    }
}

/// Most values are plainly right, and it isn't worth asking.
fn needs_engine(oid: TypeOid, text: &str) -> bool {
    match oid {
        16 => !matches!(text, "t" | "f" | "true" | "false"),
        20 => text.parse::<i64>().is_err(),
        21 => text.parse::<i16>().is_err(),
        23 => text.parse::<i32>().is_err(),
        _ => true,
    }
}

fn check_bytes(oid: TypeOid, value: &[u8]) -> std::result::Result<(), String> {
    let width = match oid {
        16 => Some(1),
        21 | 16_460 => Some(2),
        23 | 26 | 700 | 1082 | 16_462 => Some(4),
        20 | 701 | 1083 | 1114 | 1184 | 16_464 => Some(8),
        1186 | 2950 => Some(16),
        _ => None,
    };
    match width {
        Some(width) if value.len() < width => Err("failed to fill whole buffer".to_owned()),
        Some(width) if value.len() > width => Err("invalid buffer size".to_owned()),
        Some(_) => Ok(()),
        None => match oid {
            19 | 25 | 1042 | 1043 => {
                std::str::from_utf8(value).map(|_| ()).map_err(|error| error.to_string())
            }
            1000..=1016 | 1021 | 1022 | 1028 | 1115 | 1182 | 1183 | 1185 | 1187 | 1231 | 2951 | 3807 => {
                Err("input of array types is not implemented".to_owned())
            }
            LIST => Err("input of list types is not implemented".to_owned()),
            MAP => Err("input of map types is not implemented".to_owned()),
            _ => Ok(()),
        },
    }
}

fn undecodable(message: &str) -> SqlError {
    SqlError::new(SqlState::INVALID_PARAMETER_VALUE, format!("unable to decode parameter: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_wrong_width_are_refused() {
        for (oid, bytes, message) in [
            (23, &[0, 42][..], Some("failed to fill whole buffer")),
            (23, &[0, 0, 0, 42][..], None),
            (25, &[0xff][..], Some("invalid utf-8 sequence of 1 bytes from index 0")),
            (25, "aü".as_bytes(), None),
            (1009, &[][..], Some("input of array types is not implemented")),
        ] {
            assert_eq!(check_bytes(oid, bytes).err().as_deref(), message, "{oid} {bytes:?}");
        }
    }

    #[test]
    fn known_types_are_sorted_and_lists_have_no_binary_form() {
        assert!(KNOWN.is_sorted());
        assert!(!is_known(705) && !is_known(99_999));
        let error = check_binary(LIST).expect_err("lists have no binary form");
        assert_eq!(error.message, "binary encoding of list types is not implemented");
    }
}
