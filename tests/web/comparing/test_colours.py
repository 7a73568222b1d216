"""Which measurement has which colour, and by what they are grouped."""

from pathlib import Path
from typing import Any, cast

import polars as pl

from cellkeep.domain.measurements import CellMeasurement
from cellkeep.domain.records import now
from cellkeep.services.comparing import Subject
from cellkeep.web.comparing.asked import Entry, View
from cellkeep.web.comparing.colours import belongs, chips, colours
from cellkeep.web.comparing.listed import Comparison, Listed


def listed(
    name: str, *, colour: int | None = None, degc: float | None = None, tags: tuple[str, ...] = (), **said: Any
) -> Listed:
    record = CellMeasurement(
        id=name,
        name="Test",
        organization_id="o",
        created_by="me",
        created_at=now(),
        updated_at=now(),
        cell_instance_id=name,
        specification_id="s",
        project_id="p",
        tags=list(tags),
    )
    table = (
        None
        if degc is None
        else pl.DataFrame({"Cycle count": [0], "Discharge capacity [A.h]": [1.0], "Mean temperature [degC]": [degc]})
    )
    subject = Subject(name, record, name, said.pop("spec", "S"), properties={"cell": said})
    return Listed(Entry(name, colour=colour), subject, name, table)


def compared(*those: Listed, query: str = "") -> Comparison:
    return Comparison(cast(Any, Path()), cast(Any, None), View.of_query(query), those, "http://lab")


def test_up_to_eight_keep_their_places() -> None:
    """A place that is asked for is kept, one that is taken or too far is not, and others fill what is free."""
    those = [listed("a", colour=1), listed("b"), listed("c", colour=1), listed("d", colour=9)]
    assert list(chips(compared(*those), dark=False).values()) == ["#D55E00", "#0072B2", "#009E73", "#CC79A7"]


def test_more_than_eight_are_on_a_ramp() -> None:
    """Nine go from dark to light in the order of the list, and a colour bar says so."""
    found = compared(*(listed(str(number)) for number in range(9)))
    options = colours(found, dark=False).options([str(number) for number in range(9)])
    assert options["value_name"] == "Number in the list"
    assert len(set(chips(found, dark=False).values())) == 9


def test_numbers_colour_by_their_value_and_words_by_what_they_say() -> None:
    """A property in two units is brought into one; text has a legend."""
    those = [
        listed("a", weight={"value": 50, "unit": "g"}, lot="L1"),
        listed("b", weight={"value": 0.06, "unit": "kg"}, lot="L1"),
    ]
    by_weight = colours(compared(*those, query="colour=cell:weight"), dark=False)
    assert (by_weight.values, by_weight.value_name) == ({"a": 0.05, "b": 0.06}, "Weight [kg]")
    by_lot = colours(compared(*those, query="colour=cell:lot"), dark=False)
    assert (by_lot.key, by_lot.given) == ({"L1": "#0072B2"}, {"a": "#0072B2", "b": "#0072B2"})


def test_groups() -> None:
    """Temperatures are put together to the nearest five, and tags that all have tell nothing."""
    those = [
        listed("a", degc=24.2, tags=("ageing", "wet")),
        listed("b", degc=26.0, tags=("ageing",)),
        listed("c", spec="T", tags=("ageing", "dry")),
    ]
    found = compared(*those)
    assert belongs(found, "temperature") == {"a": "about 25 degC", "b": "about 25 degC", "c": "not said"}
    assert belongs(found, "tag") == {"a": "wet", "b": "no tag of its own", "c": "dry"}
    assert belongs(found, "spec") == {"a": "S", "b": "S", "c": "T"}
