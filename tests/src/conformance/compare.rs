//! The difference of two answers, as small as it can be shown.

use serde_json::Value;

use super::step::Members;

/// A step whose answer is not the recorded one.
#[derive(Debug)]
pub struct Mismatch {
    /// The number of the step, from 1.
    pub step: usize,
    /// What was sent, in one line.
    pub sent: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a step.
#[derive(Debug)]
pub enum Problem {
    /// There is no answer.
    NoAnswer(String),
    /// The answer is another one.
    Differs(Vec<Difference>),
}

/// A part of an answer that differs.
#[derive(Debug, PartialEq)]
pub struct Difference {
    /// Where it is: `columns[2].type_oid`.
    pub path: String,
    /// The recorded value, if there is one.
    pub expected: Option<Value>,
    /// The value that came, if one did.
    pub found: Option<Value>,
}

/// What differs between a recorded answer and one that came.
pub fn differences(expected: &Members, found: &Members) -> Vec<Difference> {
    let mut differences = Vec::new();
    members("", expected, found, &mut differences);
    differences
}

fn members(path: &str, expected: &Members, found: &Members, out: &mut Vec<Difference>) {
    let added = found.keys().filter(|name| !expected.contains_key(*name));
    for name in expected.keys().chain(added) {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        value(path, expected.get(name), found.get(name), out);
    }
}

fn value(path: String, expected: Option<&Value>, found: Option<&Value>, out: &mut Vec<Difference>) {
    match (expected, found) {
        (expected, found) if expected == found => {}
        (Some(Value::Object(expected)), Some(Value::Object(found))) => members(&path, expected, found, out),
        (Some(Value::Array(expected)), Some(Value::Array(found))) => list(&path, expected, found, out),
        _ => out.push(Difference { path, expected: expected.cloned(), found: found.cloned() }),
    }
}

/// Lists are compared between what they have in common at both ends. A row is shown as a whole.
fn list(path: &str, expected: &[Value], found: &[Value], out: &mut Vec<Difference>) {
    let start = common(expected.iter(), found.iter());
    let (expected, found) = (&expected[start..], &found[start..]);
    let end = common(expected.iter().rev(), found.iter().rev());
    let (expected, found) = (&expected[..expected.len() - end], &found[..found.len() - end]);
    if expected.len() != found.len() {
        let part = |values: &[Value]| (!values.is_empty()).then(|| Value::Array(values.to_vec()));
        out.push(Difference {
            path: format!("{path}[{start}..]"),
            expected: part(expected),
            found: part(found),
        });
        return;
    }
    for (index, (expected, found)) in expected.iter().zip(found).enumerate() {
        let path = format!("{path}[{}]", start + index);
        match (expected, found) {
            (Value::Object(_), Value::Object(_)) => value(path, Some(expected), Some(found), out),
            _ if expected == found => {}
            _ => out.push(Difference { path, expected: Some(expected.clone()), found: Some(found.clone()) }),
        }
    }
}

fn common<'a>(left: impl Iterator<Item = &'a Value>, right: impl Iterator<Item = &'a Value>) -> usize {
    left.zip(right).take_while(|(left, right)| left == right).count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(expected: &Value, found: &Value) -> Vec<String> {
        let (Value::Object(expected), Value::Object(found)) = (expected, found) else {
            panic!("answers have members")
        };
        let shown = |value: Option<Value>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
        let shown = |difference: Difference| {
            format!("{}: {} {}", difference.path, shown(difference.expected), shown(difference.found))
        };
        differences(expected, found).into_iter().map(shown).collect()
    }

    #[test]
    fn equal_answers_don_t_differ() {
        let answer = json!({"rows": [["1"]], "notices": [{"message": "x"}], "txn": "I"});
        assert_eq!(paths(&answer, &answer), [""; 0]);
    }

    #[test]
    fn members_that_are_missing_or_new_differ() {
        let seen = paths(&json!({"tag": "SET", "txn": "I"}), &json!({"message": "no", "txn": "I"}));
        assert_eq!(seen, [r#"tag: "SET" -"#, r#"message: - "no""#]);
    }

    #[test]
    fn a_member_that_is_null_is_not_absent() {
        assert_eq!(paths(&json!({"message": null}), &json!({})), ["message: null -"]);
    }

    #[test]
    fn rows_are_shown_whole_and_only_where_they_differ() {
        let expected = json!({"rows": [["a", "1"], ["b", "2"], ["c", null]]});
        let found = json!({"rows": [["a", "1"], ["b", "3"], ["c", null]]});
        assert_eq!(paths(&expected, &found), [r#"rows[1]: ["b","2"] ["b","3"]"#]);
    }

    #[test]
    fn rows_that_are_missing_are_found_between_the_equal_ones() {
        let expected = json!({"rows": [["a"], ["b"], ["c"], ["d"]]});
        assert_eq!(paths(&expected, &json!({"rows": [["a"], ["d"]]})), [r#"rows[1..]: [["b"],["c"]] -"#]);
        assert_eq!(
            paths(&json!({"rows": [["a"]]}), &json!({"rows": [["a"], ["a"]]})),
            [r#"rows[1..]: - [["a"]]"#]
        );
    }

    #[test]
    fn columns_and_notices_differ_by_member() {
        let expected = json!({"results": [{"columns": [{"name": "a", "type_oid": 23}]}, {"tag": "x"}]});
        let found = json!({"results": [{"columns": [{"name": "a", "type_oid": 20}]}, {"tag": "x"}]});
        assert_eq!(paths(&expected, &found), ["results[0].columns[0].type_oid: 23 20"]);
    }
}
