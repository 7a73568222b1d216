"""Measured properties beside specified ones."""

from typing import Any

import pytest

from cellkeep.domain.as_built import comparisons, spreads
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.records import now
from cellkeep.domain.specs import CellSpecification

STAMP = {"id": "x", "name": "x", "organization_id": "o", "project_id": "p", "created_at": now(), "updated_at": now()}


def q(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit}


def cell(**measured: Any) -> CellInstance:
    return CellInstance.model_validate({**STAMP, "cell_specification_id": "s", "measured_properties": measured})


SPEC = CellSpecification.model_validate({
    **STAMP,
    "ratings": {"capacity": q(5, "A*h"), "ocv": q(0, "V"), "limit": q(60, "degC")},
    "properties": {"mass": q(70, "g"), "size": {"height": q(70, "mm")}},
    "cathode": {"id": "c", "component_type": "cathode", "properties": {"loading": q(20, "mg/cm**2"), "binder": "PVDF"}},
})  # fmt: skip


def test_a_measured_property_is_compared_with_the_specified_one() -> None:
    """Units are brought together, `initial_capacity` meets `capacity` and a weight a mass; the rest is shown alone."""
    measured = cell(
        cell={"initial_capacity": q(4900, "mA.h"), "weight": q(0.0735, "kg"), "size": {"height": q(7, "cm")}},
        cathode={"loading": q(19, "mg.cm-2"), "binder": "CMC", "thickness": q(1, "um")},
        ocv=q(1, "V"),
        limit=q(50, "degC"),
        other={"loading": q(1, "bananas")},
    )
    found = {(each.part, each.name): (each.specified, each.difference) for each in comparisons(SPEC, measured)}
    assert found == {
        ("cell", "initial_capacity"): (q(5, "A*h"), pytest.approx(-0.02)),
        ("cell", "weight"): (q(70, "g"), pytest.approx(0.05)),
        ("cell", "size.height"): (q(70, "mm"), pytest.approx(0)),
        ("cathode", "loading"): (q(20, "mg/cm**2"), pytest.approx(-0.05)),
        ("cathode", "binder"): ("PVDF", None),
        ("cathode", "thickness"): (None, None),
        ("cell", "ocv"): (q(0, "V"), None),
        ("cell", "limit"): (q(60, "degC"), None),
        ("other", "loading"): (None, None),
    }


def test_cells_are_told_apart_by_their_spread() -> None:
    """Numbers are brought to the unit of the first; what has none in it is shown and not counted."""
    cells = [
        cell(cathode={"loading": q(19, "mg/cm**2")}, weight=q(70, "g")),
        cell(cathode={"loading": q(0.21, "kg.m-2")}, weight="heavy"),
        cell(cathode={"loading": q(1, "bananas")}, weight=q(10**400, "g")),
        cell(),
    ]
    weight, loading = spreads(SPEC, cells)
    assert (weight.part, weight.name, weight.unit, weight.specified) == ("cell", "weight", "g", 70)
    assert (weight.count, weight.mean, weight.values[1:]) == (2, None, ["heavy", 10**400, None])
    assert loading.values == [19, pytest.approx(21), q(1, "bananas"), None]
    assert (loading.count, loading.low, loading.high, loading.specified) == (2, 19, pytest.approx(21), 20)
    assert (loading.mean, loading.deviation) == (pytest.approx(20), pytest.approx(2**0.5))
