"""What changes from cycle to cycle, of many cells on one scale; or of groups of them as bands."""

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from cellkeep import plots
from cellkeep.domain.columns import CYCLE_COUNT
from cellkeep.domain.errors import CellkeepError
from cellkeep.plots.cycling import notes
from cellkeep.summarise import derived, with_reference
from cellkeep.summarise.areal import areal, is_areal, tells
from cellkeep.summarise.derived.relative import DAYS, EQUIVALENT_CYCLES, relative
from cellkeep.web.comparing.asked import CYCLE_PLOTS, Entry
from cellkeep.web.comparing.colours import Colours, belongs, colours, group_colours
from cellkeep.web.comparing.listed import Comparison
from cellkeep.web.comparing.overlay import Frames, Overlay, Script, arguments, long_table, nothing, told_of
from cellkeep.web.comparing.scale import BY_AREA, NO_RATING, of_capacity, reference_of

_THROUGHPUT = "Capacity throughput [A.h]"
_SCALED = ("capacity", "charge_capacity", "retention")
"""Plots that are about capacity."""


def cycling(comparison: Comparison) -> Overlay:
    """Draw columns of the cycle tables."""
    shown, script = comparison.shown, Script(comparison.base_url)
    tables = {each.id: each.cycles if each.cycles is not None else each.lacking or "" for each in shown}
    frames = Frames.read("tables", shown, tables, script)
    y = _scaled(comparison, frames)
    x = _axis(comparison, frames)
    x, y = _one_kind(frames, x, y)
    if not frames.frames:
        return nothing(frames.lacking, "None of the measurements can be drawn so; the list says why.")
    _begin(script, frames.ids)
    if comparison.view.group:
        return _grouped(comparison, frames, x, y[0])
    return _each(comparison, frames, x, y)


def _begin(script: Script, ids: Mapping[str, str]) -> None:
    """Put the reading before what is done with it."""
    done, script.lines = script.lines, []
    script.define("chosen", ids)
    script.add("tables = {label: client.cell_measurement.cycles(each) for label, each in chosen.items()}")
    script.lines += done


def _scaled(comparison: Comparison, frames: Frames) -> Sequence[str]:
    """Bring the tables onto the scale that is asked for; the columns to draw."""
    view = comparison.view
    y = CYCLE_PLOTS[view.plot]
    if view.plot not in _SCALED or (view.normalise == "none" and view.plot != "retention"):
        return y
    frames.script.modules.add("derived")
    of, cycle = of_capacity(view), reference_of(view)
    if view.normalise == "rated":
        rated = _rated(frames)
        frames.each(
            lambda label, table: derived.with_relative_capacity(table, rated[label]),
            "derived.with_relative_capacity(table, rated[label])",
        )
    elif view.plot == "retention":
        _refer(frames, cycle)
        return y
    else:
        named = arguments(reference_cycle=cycle)
        frames.each(
            lambda _, table: derived.with_relative_capacity(
                table, derived.reference_capacity(table, reference_cycle=cycle), of=of
            ),
            f"derived.with_relative_capacity(table, derived.reference_capacity(table{named}), of={of!r})",
        )
    name = "Charge capacity" if view.plot == "charge_capacity" else "Discharge capacity"
    return [relative(name, of)]


def _refer(frames: Frames, cycle: int | None) -> None:
    """Have retention refer to the first comparable cycle, or to the one that is named."""
    frames.script.imports.add("from cellkeep.summarise import with_reference")

    def referred(_: str, table: pl.DataFrame) -> pl.DataFrame:
        derived.reference_capacity(table, reference_cycle=cycle)  # refuses a cycle that is not there
        return with_reference(table, derived.comparable_cycles(table)[0] if cycle is None else cycle)

    which = "derived.comparable_cycles(table)[0]" if cycle is None else str(cycle)
    frames.each(referred, f"with_reference(table, {which})")


def _rated(frames: Frames) -> dict[str, float]:
    """The rated capacities, as Python defines them once."""
    frames.require(lambda each: each.subject.rated_ah is not None, NO_RATING)
    frames.require(lambda each: each.cycles is not None and not is_areal(each.cycles), BY_AREA)
    rated = {label: frames.listed[label].subject.rated_ah or 0.0 for label in frames.frames}
    if not any(line.startswith("rated = ") for line in frames.script.lines):
        frames.script.define("rated", rated)
    return rated


def _axis(comparison: Comparison, frames: Frames) -> str:
    """Add the column that is drawn over, and take the cycles that are wanted."""
    which = comparison.view.x
    if which == "full_cycles":
        frames.script.modules.add("derived")
        rated = _rated(frames)
        frames.each(
            lambda label, table: derived.with_equivalent_cycles(table, rated[label]),
            "derived.with_equivalent_cycles(table, rated[label])",
        )
    if which == "days":
        frames.script.modules.add("derived")
        frames.each(lambda _, table: derived.with_days(table), "derived.with_days(table)")
    _only(frames)
    return {"full_cycles": EQUIVALENT_CYCLES, "days": DAYS, "throughput": _THROUGHPUT}.get(which, CYCLE_COUNT)


def _only(frames: Frames) -> None:
    """Leave out the cycles that a measurement is not compared by."""
    asked = {label: frames.listed[label].entry for label in frames.frames}
    if only := {label: _those(frames.frames[label], entry) for label, entry in asked.items() if entry.cycles}:
        frames.script.imports.add("import polars as pl")
        frames.script.define("only", only)
        frames.each(
            lambda label, table: _of_cycles(table, only.get(label)),
            "table.filter(pl.col('Cycle count').is_in(only[label])) if label in only else table",
        )


def _of_cycles(table: pl.DataFrame, only: Sequence[int] | None) -> pl.DataFrame:
    if only is None:
        return table
    found = table.filter(pl.col(CYCLE_COUNT).is_in(only))
    if found.is_empty():
        raise CellkeepError("It has none of the cycles that were chosen.")
    return found


def _those(table: pl.DataFrame, entry: Entry) -> list[int]:
    """The cycles of a table that count. What is asked for may be a run without an end to speak of."""
    if CYCLE_COUNT not in table.columns:
        return []
    return [count for count in table[CYCLE_COUNT].drop_nulls().cast(pl.Int64) if entry.has(count)]


def _one_kind(frames: Frames, x: str, y: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Leave out what has not got the columns: tables by area do not lie on one axis with those of whole cells."""
    columns = [x, *y]
    if frames.frames and all(is_areal(table) for table in frames.frames.values()):
        columns = [name if name in next(iter(frames.frames.values())).columns else areal(name) for name in columns]
    for label, table in list(frames.frames.items()):
        missing = [name for name in columns if not tells(table, name)]
        if missing and is_areal(table):
            frames.leave_out(label, BY_AREA)
        elif missing:
            frames.leave_out(label, f"It has no {missing[0].partition(' [')[0].lower()}.")
    return columns[0], columns[1:]


def _each(comparison: Comparison, frames: Frames, x: str, y: Sequence[str]) -> Overlay:
    dark, lines = comparison.view.dark, frames.script
    chosen = colours(comparison, dark)
    labels = list(frames.frames)
    drawn = plots.cycles(frames.frames, y=list(y), x=x, dark=dark, **chosen.options(labels))
    light = colours(comparison, dark=False)
    named = arguments(y=list(y), x=None if x == CYCLE_COUNT else x, **light.options(labels))
    lines.add(f"figure = plots.cycles(tables{named})")
    explain(lines, light)
    return Overlay(
        chosen.explained(drawn),
        lines.text(),
        " ".join(filter(None, [told_of(frames.lacking, len(comparison.shown)), notes(frames.frames.values())])),
        partial(long_table, frames.frames, list(dict.fromkeys([CYCLE_COUNT, x, *y]))),
        {frames.listed[label].id: colour for label, colour in chosen.chips(labels, dark).items()},
        frames.lacking,
        {each: label for label, each in frames.ids.items()},
    )


def explain(script: Script, chosen: Colours) -> None:
    """Show the figure, with what its colours stand for."""
    if chosen.key is not None:
        script.add(f"figure = plots.with_key(figure, {dict(chosen.key)!r})")
    script.add("figure.show()")


def _grouped(comparison: Comparison, frames: Frames, x: str, y: str) -> Overlay:
    view, script = comparison.view, frames.script
    groups = {label: group for label, group in belongs(comparison, view.group).items() if label in frames.frames}
    table = derived.bands(frames.frames, groups, x, y, spread=view.spread)
    painted = group_colours(list(groups.values()), view.dark)
    script.modules.add("derived")
    script.define("groups", groups)
    spread = arguments(spread=None if view.spread == "range" else view.spread)
    script.add(f"bands = derived.bands(tables, groups, {x!r}, {y!r}{spread})")
    light = group_colours(list(groups.values()), dark=False)
    script.add(f"figure = plots.bands(bands, y={y!r}, colours={light!r})")
    script.add("figure.show()")
    what = "smallest and largest" if view.spread == "range" else "one standard deviation to either side"
    return Overlay(
        plots.bands(table, y=y, colours=painted, dark=view.dark),
        script.text(),
        f"Lines are means of groups, and bands {what}. {told_of(frames.lacking, len(comparison.shown))}".strip(),
        lambda: table,
        {frames.listed[label].id: painted[group] for label, group in groups.items()},
        frames.lacking,
    )
