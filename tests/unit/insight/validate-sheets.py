#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the price sheets of a folder against its schema.json, and that the schema can refuse.
The example that a page shows people must be good, too.

    validate-sheets.py data/prices docs/costs.md
"""

import copy
import json
import pathlib
import re
import sys

import jsonschema

MEMORY = "from memory, verify"

# How to spoil a good sheet: each must be refused.
FAULTS = {
    "an unknown member": lambda s: s.update(colour="blue"),
    "no currency": lambda s: s.pop("currency"),
    "a currency in small letters": lambda s: s.update(currency="usd"),
    "another format": lambda s: s.update(format=2),
    "no classes": lambda s: s.update(classes=[]),
    "no sources": lambda s: s.update(sources=[]),
    "an unknown tier": lambda s: s["classes"][0].update(tier="chilly"),
    "an unknown member of a class": lambda s: s["classes"][0].update(prize=1),
    "an unknown figure": lambda s: figures(s).update(gb_moth=figures(s)["put_request"]),
    "a missing figure": lambda s: figures(s).pop("get_request"),
    "a bare number": lambda s: figures(s).update(get_request=4),
    "a negative figure": lambda s: figures(s)["get_request"].update(value=-1),
    "text for a number": lambda s: figures(s)["get_request"].update(value="4"),
    "an absurd figure": lambda s: figures(s)["retrieval_gb"].update(value=1e11),
    "null where there must be a price": lambda s: figures(s)["put_request"].update(value=None),
    "a unit of another kind": lambda s: figures(s)["put_request"].update(unit="per GB"),
    "no source": lambda s: figures(s)["put_request"].pop("source"),
    "an empty list of sources": lambda s: figures(s)["put_request"].update(source=[]),
    "an unknown member of a figure": lambda s: figures(s)["put_request"].update(vaule=1),
    "half a byte": lambda s: figures(s)["min_billable_bytes"].update(value=0.5),
    "a number for yes or no": lambda s: figures(s)["offline"].update(value=1),
}


def figures(sheet):
    return sheet["classes"][0]["figures"]


def check_sources(name, sheet):
    """What a schema cannot say: ids that exist, sources that are used, dates, honest notes."""
    problems = []
    sources = {source["id"]: source for source in sheet["sources"]}
    used = set()
    for entry in sheet["classes"]:
        for field, figure in {**entry["figures"], **entry.get("disk", {})}.items():
            place = f"{name}: {entry['code']}: {field}"
            used.update(figure["source"])
            for source in figure["source"]:
                if source not in sources:
                    problems.append(f"{place}: unknown source {source}")
                elif not sources[source].get("date"):
                    problems.append(f"{place}: source {source} has no date")
            if "memory" in figure["source"] and figure.get("note") != MEMORY:
                problems.append(f"{place}: the note must be “{MEMORY}”")
    problems += [f"{name}: nothing uses source {source}" for source in sources if source not in used]
    return problems


def check_page(page, validator):
    """The first example is a whole sheet; the second is the disk that replaces its gb_month."""
    sheet, disk = re.findall(r"```json\n(.*?)```", page.read_text(), re.DOTALL)
    sheet = json.loads(sheet)
    validator.validate(sheet)
    sheet["classes"][0].update(json.loads("{" + disk + "}"))
    figures(sheet).pop("gb_month")
    validator.validate(sheet)


def main(folder, page):
    validator_class = jsonschema.Draft202012Validator
    schema = json.loads((folder / "schema.json").read_text())
    validator_class.check_schema(schema)
    validator = validator_class(schema)
    paths = sorted(path for path in folder.glob("*.json") if path.name != "schema.json")
    problems = [] if len(paths) == 4 else [f"4 sheets expected, {len(paths)} found"]

    for path in paths:
        sheet = json.loads(path.read_text())
        problems += [f"{path.name}: {'/'.join(map(str, error.absolute_path))}: {error.message}"
                     for error in validator.iter_errors(sheet)]
        problems += check_sources(path.name, sheet)
        for fault, spoil in FAULTS.items():
            spoilt = copy.deepcopy(sheet)
            spoil(spoilt)
            if validator.is_valid(spoilt):
                problems.append(f"{path.name}: the schema accepts {fault}")

        # The storage price is given, or computed from a disk; never both, never neither.
        both, neither = copy.deepcopy(sheet), copy.deepcopy(sheet)
        if "disk" in sheet["classes"][0]:
            figures(both)["gb_month"] = {"value": 1, "unit": "per GB-month", "source": ["x"]}
            neither["classes"][0].pop("disk")
        else:
            both["classes"][0]["disk"] = {}
            figures(neither).pop("gb_month")
        if validator.is_valid(both) or validator.is_valid(neither):
            problems.append(f"{path.name}: the schema does not mind gb_month and disk")

    check_page(page, validator)
    print("\n".join(problems) or f"{len(paths)} sheets are as schema.json says")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
