#!/usr/bin/env python3
"""Makes relations.txt, types.txt and functions.txt of what was recorded from a real server.

    compact.py FOLDER

FOLDER holds catalog-columns.json, builtins.json and functions.json. The files that are written say the same in fewer
words, so that the server reads them at its start in no time. Lists and maps, whose element types the recording leaves
out, get them here.
"""

import json
import pathlib
import sys

TYPES = {
    "boolean": "bool",
    "smallint": "int2",
    "integer": "int4",
    "bigint": "int8",
    "real": "float4",
    "double precision": "float8",
    "timestamp with time zone": "timestamptz",
    '"char"': "char",
    "text[]": "_text",
    "oid[]": "_oid",
    "smallint[]": "_int2",
    "mz_aclitem[]": "_mz_aclitem",
}

# The elements of lists that are not of text.
LISTS = {
    "element_modifiers": "int8",
    "key_modifiers": "int8",
    "value_modifiers": "int8",
    "address": "uint8",
    "from_operator_address": "uint8",
    "to_operator_address": "uint8",
}


def column_type(column):
    name = column["type"]
    if name == "list":
        return LISTS.get(column["name"], "text") + " list"
    if name == "map":
        return "map[text=>text]"
    return TYPES.get(name, name)


def main(source):
    here = pathlib.Path(__file__).parent
    relations = json.loads((source / "catalog-columns.json").read_text())["relations"]
    lines = []
    for name, relation in relations.items():
        lines.append(f"{name}\t{relation['kind']}")
        for column in relation["columns"]:
            nullable = "?" if column["nullable"] else ""
            lines.append(f"\t{column['name']}\t{column_type(column)}\t{column['type_oid']}{nullable}")
    (here / "relations.txt").write_text("\n".join(lines) + "\n")

    types = json.loads((source / "builtins.json").read_text())["types"]
    lines = [f"{t['schema']}\t{t['name']}\t{t['oid']}\t{t['category']}" for t in types]
    (here / "types.txt").write_text("\n".join(lines) + "\n")

    functions = json.loads((source / "functions.json").read_text())["functions"]
    lines = []
    for f in functions:
        returns = ("setof " if f.get("returns_set") else "") + (f["returns"] or "-")
        fields = [f["schema"], f["name"], str(f["oid"]), " ".join(f["arguments"]), f.get("variadic") or "", returns]
        lines.append("\t".join(fields))
    (here / "functions.txt").write_text("\n".join(lines) + "\n")


main(pathlib.Path(sys.argv[1]))
