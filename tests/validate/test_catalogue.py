"""The table of all checks."""

from cellkeep.domain.findings import OWN_CODES, Code
from cellkeep.validate import STRICT_NAMES
from cellkeep.validate.catalogue import entries, table


def test_each_finding_is_listed_once() -> None:
    """Those that the field knows come first, and then our own."""
    listed = [entry.code for entry in entries()]
    assert sorted(listed) == sorted(Code)
    own = [code in OWN_CODES for code in listed]
    assert own == sorted(own)


def test_each_finding_is_explained() -> None:
    """With its severity, a sentence of what has to hold, and what runs its check."""
    for entry in entries():
        assert entry.severity == entry.code.severity
        assert entry.holds.lstrip("`")[0].isupper()
        assert entry.holds.endswith((".", ":", ","))
        assert entry.runs == "always" or entry.runs.removeprefix("strict: `").removesuffix("`") in STRICT_NAMES


def test_each_strict_check_is_listed() -> None:
    """By the name by which it can be skipped."""
    assert {entry.runs for entry in entries()} == {"always", *(f"strict: `{name}`" for name in STRICT_NAMES)}


def test_the_table() -> None:
    """It has a line for each finding, which leads to where it is explained."""
    lines = table().splitlines()
    assert len(lines) == 2 + len(Code)
    assert lines[1] == "|---|---|---|---|"
    assert all(line.startswith("| [`") and line.count("|") == 5 for line in lines[2:])
    assert lines[2].startswith("| [`current_sign_reversed`](#current_sign_reversed) | error | always |")
