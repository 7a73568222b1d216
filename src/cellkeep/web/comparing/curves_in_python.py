"""The lines of Python that draw curves of many cells as they are on the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from cellkeep.domain.columns import CYCLE_COUNT, STEP_COUNT
from cellkeep.web.comparing.chosen import Chosen
from cellkeep.web.comparing.colours import of_curves
from cellkeep.web.comparing.cycling import explain
from cellkeep.web.comparing.listed import Comparison
from cellkeep.web.comparing.overlay import Script, arguments
from cellkeep.web.comparing.scale import of_capacity


def in_python(
    comparison: Comparison,
    function: str,
    used: Sequence[Chosen],
    options: Mapping[str, Any],
    capacities: Mapping[str, float] | None,
) -> str:
    """The lines that draw the same.

    Args:
        comparison: what is compared.
        function: of `cellkeep.plots`.
        used: what is read of each measurement that is drawn.
        options: of the function.
        capacities: what charge is divided by, by label; None where it is not.
    """
    script = Script(comparison.base_url)
    script.define("chosen", {each.listed.label: each.listed.id for each in used})
    asked = {each.listed.label: dict(each.python) for each in used}
    same = next(iter(asked.values())) if all(each == next(iter(asked.values())) for each in asked.values()) else None
    call = "client.cell_measurement.time_series"
    if same is not None:
        script.add(f"rows = {{label: {call}(each{arguments(**same)}) for label, each in chosen.items()}}")
    else:
        script.define("parts", asked)
        script.add(f"rows = {{label: {call}(each, **parts[label]) for label, each in chosen.items()}}")
    given = "rows"
    if comparison.view.plot == "time_series" and any("cycles" in each.python for each in used):
        script.imports.add("import polars as pl")
        start = "table.with_columns(pl.col('Time [s]') - pl.col('Time [s]').min())"
        script.add(f"rows = {{label: {start} for label, table in rows.items()}}")
    if used and all(each.rated_ah is not None for each in used):
        script.modules.add("derived")
        script.define("rated", {each.listed.label: each.rated_ah for each in used})
        soc = "derived.with_nominal_soc(table, rated[label])"
        script.add(f"rows = {{label: {soc} for label, table in rows.items()}}")
    chosen = [each for each in used if each.of_steps is not None]
    if chosen:
        given = _with_chosen(script, chosen)
    elif all(each.steps is not None for each in used):
        given = _with_steps(script, used)
    light = of_curves(comparison, dark=False)
    painted = light.options([each.listed.label for each in used])
    script.add(
        f"figure = plots.{function}({given}{', chosen=of_steps' if chosen else ''}{arguments(**options, **painted)})"
    )
    if capacities is not None:
        script.add(f"figure = plots.by_capacity(figure, {dict(capacities)!r}, of={of_capacity(comparison.view)!r})")
    explain(script, light)
    return script.text()


def _with_steps(script: Script, used: Sequence[Chosen]) -> str:
    """Have the rows come with the steps that they are of, which know their cycles and their types."""
    script.imports |= {"from types import SimpleNamespace", "import polars as pl"}
    script.add("steps = {label: client.cell_measurement.steps(each) for label, each in chosen.items()}")
    name = CYCLE_COUNT if "cycles" in used[0].python else STEP_COUNT
    those = "cycles" if name == CYCLE_COUNT else "steps"
    found = {each.listed.label: each.python[those] for each in used}
    script.define(those + "_of", found)
    table = f"steps[label].filter(pl.col({name!r}).is_in({those}_of[label]))"
    script.add(f"details = {{label: SimpleNamespace(time_series=rows[label], steps={table}) for label in chosen}}")
    return "details"


def _with_chosen(script: Script, used: Sequence[Chosen]) -> str:
    """Have the rows come with all steps, and name those that they are of, so that lines break where others lie."""
    script.imports.add("from types import SimpleNamespace")
    script.add("steps = {label: client.cell_measurement.steps(each) for label, each in chosen.items()}")
    script.define("cycles_of", {each.listed.label: each.python["cycles"] for each in used})
    script.add("details = {label: SimpleNamespace(time_series=rows[label], steps=steps[label]) for label in chosen}")
    table = f"steps[label].filter(pl.col({CYCLE_COUNT!r}).is_in(cycles))"
    script.add(f"of_steps = {{label: {table}[{STEP_COUNT!r}].to_list() for label, cycles in cycles_of.items()}}")
    return "details"
