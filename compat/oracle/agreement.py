"""Our tables of a series beside those of ionworksdata: as it is, and under the terms of the page on differences."""

import polars as pl
from oracle.case import Case
from oracle.comparing import differing
from oracle.differences import DIFFERENCES, EVERY, Difference
from oracle.reference import Tables, as_it_is, under_our_terms, with_total_names


def assert_agree(case: Case, ours: Tables) -> None:
    """Claim that both tables are those of ionworksdata, but for the differences that apply to the series."""
    meant = [each for each in DIFFERENCES if each.applies(case.series)]
    expected = under_our_terms(case)
    for table, found, known, plain in zip(Tables._fields, ours, expected, as_it_is(case), strict=True):
        assert isinstance(found, pl.DataFrame), f"{table}: {found}"
        found = found if table == "steps" else with_total_names(found)  # noqa: PLW2901  the same figures
        _require_none(differing(found, known), f"{table}, under our terms")
        assert not any(found.select(pl.col(pl.Float64).is_nan().any()).row(0)), f"NaN in the {table}"
        excused = _excused(meant, table, known)
        if excused is not EVERY:
            assert isinstance(plain, pl.DataFrame), f"{table}: {plain}"
            _require_none(differing(found, plain, excused), f"{table}, as it is")


def _require_none(wrong: list[str], where: str) -> None:
    assert not wrong, f"{where}: {len(wrong)} cells, {wrong[:5]}"


def _excused(meant: list[Difference], table: str, known: pl.DataFrame) -> dict[str, pl.Series] | None:
    """Rows that may differ, by column; `EVERY` where the whole table may."""
    excused: dict[str, pl.Series] = {}
    for each in meant:
        columns = getattr(each, table)
        if columns is EVERY:
            return EVERY
        for name in columns:
            rows = known.select(pl.repeat(value=True, n=pl.len()) & each.only).to_series()
            excused[name] = rows | excused[name] if name in excused else rows
    return excused
