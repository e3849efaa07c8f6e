//! Names as data. In JSON a name is a flat object, `{"database": "app", "schema": "core", "object": "orders"}`; in
//! formats for machines it is a tuple, because those know neither absent nor merged fields.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Ident, ObjectName, SchemaName};

/// A schema's name in JSON.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename = "SchemaName")]
struct ReadableSchema {
    /// The database, absent for system schemas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    database: Option<Ident>,
    /// The schema itself.
    schema: Ident,
}

/// An object's name in JSON.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename = "ObjectName")]
struct ReadableObject {
    /// The database, absent for objects of system schemas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    database: Option<Ident>,
    /// The schema.
    schema: Ident,
    /// The object itself.
    object: Ident,
}

impl Serialize for SchemaName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return (&self.database, &self.schema).serialize(serializer);
        }
        ReadableSchema { database: self.database.clone(), schema: self.schema.clone() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SchemaName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            let (database, schema) = Deserialize::deserialize(deserializer)?;
            return Ok(Self { database, schema });
        }
        let ReadableSchema { database, schema } = Deserialize::deserialize(deserializer)?;
        Ok(Self { database, schema })
    }
}

impl Serialize for ObjectName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let SchemaName { database, schema } = &self.schema;
        if !serializer.is_human_readable() {
            return (database, schema, &self.name).serialize(serializer);
        }
        let (database, schema, object) = (database.clone(), schema.clone(), self.name.clone());
        ReadableObject { database, schema, object }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ObjectName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            let (database, schema, name) = Deserialize::deserialize(deserializer)?;
            return Ok(Self { schema: SchemaName { database, schema }, name });
        }
        let ReadableObject { database, schema, object } = Deserialize::deserialize(deserializer)?;
        Ok(Self { schema: SchemaName { database, schema }, name: object })
    }
}

#[cfg(feature = "schema")]
mod json_schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator};

    use super::{ObjectName, ReadableObject, ReadableSchema, SchemaName};

    impl JsonSchema for SchemaName {
        fn schema_name() -> Cow<'static, str> {
            ReadableSchema::schema_name()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            ReadableSchema::json_schema(generator)
        }
    }

    impl JsonSchema for ObjectName {
        fn schema_name() -> Cow<'static, str> {
            ReadableObject::schema_name()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            ReadableObject::json_schema(generator)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_flat_object_in_json() {
        let name = ObjectName::new("app", "core", "orders");
        let json = r#"{"database":"app","schema":"core","object":"orders"}"#;
        assert_eq!(serde_json::to_string(&name).expect("names serialise"), json);
        assert_eq!(serde_json::from_str::<ObjectName>(json).expect("the same name"), name);
        let system = SchemaName::system("mz_catalog".into());
        assert_eq!(serde_json::to_string(&system).expect("names serialise"), r#"{"schema":"mz_catalog"}"#);
    }
}
