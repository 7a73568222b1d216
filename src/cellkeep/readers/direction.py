"""The sign of the current: positive on discharge, whatever the instrument writes."""

import polars as pl

from cellkeep.domain import columns
from cellkeep.domain.findings import Repair
from cellkeep.readers.format import Positive

_DISCHARGE = r"(?i)^d$|(^|[^a-z])(dch|dchg|dis|disch|discharg[a-z]*)($|[^a-z])|放"
_CHARGE = r"(?i)^c$|(^|[^a-z])(ch|chg|cha|charg[a-z]*)($|[^a-z])|充"
_REST_A = 1e-3
_REST_SHARE = 0.01


def direct(
    frame: pl.DataFrame, current: str, positive: Positive, *, doubtful: bool = False, said: bool = False
) -> tuple[pl.DataFrame, list[Repair], bool]:
    """Make current positive on discharge.

    Where the status of rows says that they charge or discharge, that decides: row by row where the file writes no
    sign, else for the whole file. Otherwise the convention of the format does.

    Args:
        frame: with the current as it is written, and `Status` where there is one.
        current: the name of its column.
        positive: the direction of positive currents by the declaration.
        doubtful: whether files are known that count the other way; then what the cycler counted decides.
        said: whether a person said the direction, and the current has it already; then nothing else decides.

    Returns:
        The frame; what was done against the declaration; and whether the sign is known.
    """
    if said:
        return frame.with_columns(_plus_zero(frame[current]).alias(current)), [], True
    flip = -1.0 if positive == "charge" else 1.0
    value = frame[current] * flip
    told = _told(frame)
    declared = positive in {"charge", "discharge"} and not doubtful
    if told is None and (positive == "unknown" or doubtful) and _counts_charge_upwards(frame, value):
        return frame.with_columns(_plus_zero(-value).alias(current)), [_by_counters()], True
    if told is None:
        return frame.with_columns(_plus_zero(value).alias(current)), [], declared
    largest = float(value.abs().max() or 0.0)  # type: ignore[arg-type]
    flows = value.abs() > min(_REST_A, _REST_SHARE * largest)
    active = flows & told.is_not_null()
    if not active.any():
        return frame.with_columns(_plus_zero(value).alias(current)), [], declared
    one_signed = not ((value > 0) & flows).any() or not ((value < 0) & flows).any()
    against = int((active & (value.sign() != told)).sum())
    repairs = []
    if against and one_signed:
        told = _throughout_steps(frame, told)
        open_rows = int((flows & told.is_null()).sum())
        value = pl.select(pl.when(told.is_not_null()).then(value.abs() * told).otherwise(value)).to_series()
        if positive != "unsigned":
            repairs = [_by_status(against, rows=True)]
        if open_rows:
            repairs.append(_by_none(open_rows, charging=flip < 0))
    elif against > int(active.sum()) / 2:
        value = -value
        if positive in {"charge", "discharge"}:
            repairs = [_by_status(against, rows=False)]
    return frame.with_columns(_plus_zero(value).alias(current)), repairs, True


def turned(written: pl.Series, made: pl.Series) -> tuple[bool, bool]:
    """Whether all values have the other sign than was written, and whether some alone have."""
    agrees = (written * made).cast(pl.Float64).fill_nan(None)
    opposite, same = bool((agrees < 0).any()), bool((agrees > 0).any())
    return opposite and not same, opposite and same


def _told(frame: pl.DataFrame) -> pl.Series | None:
    """1 where the status says discharge, -1 where it says charge, null where it says neither."""
    if columns.STATUS not in frame.columns or frame[columns.STATUS].null_count() == frame.height:
        return None
    words = frame[columns.STATUS].unique().drop_nulls()
    plain = words.str.strip_chars()
    sign = pl.select(
        pl.when(plain.str.contains(_DISCHARGE)).then(1.0).when(plain.str.contains(_CHARGE)).then(-1.0)
    ).to_series()
    if sign.null_count() == len(sign):
        return None
    return frame[columns.STATUS].replace_strict(words, sign, default=None, return_dtype=pl.Float64)


def _throughout_steps(frame: pl.DataFrame, told: pl.Series) -> pl.Series:
    """Rows of which the status says nothing, as the suspension of a step, have the direction of their step."""
    if columns.STEP_FROM_CYCLER not in frame.columns:
        return told
    steps = frame[columns.STEP_FROM_CYCLER].forward_fill().rle_id().alias("step")
    filled = pl.col("told").forward_fill().backward_fill().over("step")
    return pl.DataFrame([steps, told.alias("told")]).select(filled).to_series()


def _plus_zero(value: pl.Series) -> pl.Series:
    """The values without a zero that has a sign; polars leaves out the addition of a plain 0."""
    return value.set(value == 0, 0.0)


def _by_status(rows_against: int, *, rows: bool) -> Repair:
    how = "the sign of each row was taken from its status" if rows else "the current was negated as a whole"
    message = f"In {rows_against:,} rows the status says the other direction than the sign of the current; {how}."
    return Repair(action="current_signed_by_status", message=message, payload={"rows": rows_against})


def _by_none(rows: int, *, charging: bool) -> Repair:
    taken = "charge" if charging else "discharge"
    message = f"In {rows:,} rows with a current neither sign nor status say the direction; they were taken to {taken}."
    return Repair(action="direction_assumed", message=message, payload={"rows": rows})


def _counts_charge_upwards(frame: pl.DataFrame, value: pl.Series) -> bool:
    """Whether charge is counted where the current is positive, and discharge where it is negative."""
    agreed = total = 0.0
    for name, sign in ((columns.CHARGE_CAPACITY, 1.0), (columns.DISCHARGE_CAPACITY, -1.0)):
        if name in frame.columns:
            grown = frame[name].fill_nan(None).diff().clip(lower_bound=0.0).fill_null(0.0)
            agreed += sign * float((grown * value.sign()).sum())
            total += float(grown.sum())
    return agreed > total / 2 > 0


def _by_counters() -> Repair:
    message = "The counters of charge and discharge grow in the other direction, so the current was negated."
    return Repair(action="current_signed_by_counters", message=message)
