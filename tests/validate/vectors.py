"""The conformance vectors of the field's checks: series, how they are to be checked, and what has to be found.

`base(n, a)` has times 0, 1, … n - 1 s, voltages 4.2 - 0.01 i V, the current a and one step. Of the payload of a finding
those items are named that the vector names. Findings that only cellkeep has are not among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

Expected = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Vector:
    """One vector.

    Attributes:
        id: its name in the table of vectors.
        frame: the series.
        expected: the code of each finding and a part of its payload, in order.
        record: what the record of the measurement says: `data_type`, `start_time`, `end_time`.
        options: of the checks: `strict`, `rated_capacity`, `voltage_window`, `skip_checks`.
        steps: the step table that is given with it.
    """

    id: str
    frame: pl.DataFrame
    expected: Expected = field(default_factory=list)
    record: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    steps: pl.DataFrame | None = None


DISCHARGE, CHARGE = "Discharge capacity [A.h]", "Charge capacity [A.h]"
ENERGIES = ("Discharge energy [W.h]", "Charge energy [W.h]")
STRICT: dict[str, Any] = {"strict": True}


def base(rows: int = 10, current: float = 1.0, /, **columns: Any) -> pl.DataFrame:
    """The base frame; columns replace those it has, or come behind them."""
    return pl.DataFrame(
        {
            "Time [s]": [float(row) for row in range(rows)],
            "Voltage [V]": [4.2 - 0.01 * row for row in range(rows)],
            "Current [A]": [current] * rows,
            "Step count": [0] * rows,
            **columns,
        },
        strict=False,
    )


def _falls_then_rises(current: float) -> pl.DataFrame:
    volts = [4.2 - 0.01 * row for row in range(10)] + [4.1 + 0.01 * row for row in range(10)]
    return base(20, current, **{"Voltage [V]": volts, "Step count": [0] * 10 + [1] * 10})


def _time(*, first: float = 0.0, **changed: float) -> pl.DataFrame:
    """Times from `first` on; `t4=2.5` is that of row 4."""
    time = [first + row for row in range(10)]
    for name, value in changed.items():
        time[int(name[1:])] = value
    return base(**{"Time [s]": time})


def _steps(*counts: Any) -> pl.DataFrame:
    return base(len(counts), **{"Step count": counts})


def _mixed_with_a_sweep(last_frequency: float | None) -> pl.DataFrame:
    return pl.DataFrame({
        "Time [s]": [0.0, 1.0, 2.0, None, None, 3.0],
        "Voltage [V]": [4.0, 3.9, 3.8, None, None, 3.7],
        "Current [A]": [1.0, 1.0, 1.0, None, None, 1.0],
        "Step count": [0, 0, 0, 1, 1, 2],
        "Frequency [Hz]": pl.Series([None, None, None, 1000.0, last_frequency, None], dtype=pl.Float64),
    })  # fmt: skip


def _counted(share: float = 1.0, *, discharge: str = DISCHARGE, charge: str = CHARGE) -> pl.DataFrame:
    """Capacities of the base frame, a share of what flowed."""
    return base(**{discharge: [share * row / 3600 for row in range(10)], charge: [0.0] * 10})


def _gap(seconds: float) -> pl.DataFrame:
    return base(**{"Time [s]": [float(row) if row < 5 else 4 + seconds + row - 5 for row in range(10)]})


def _alternating() -> pl.DataFrame:
    return base(21, 0.0, **{"Voltage [V]": [2.5 if row % 2 else 4.2 for row in range(21)]})


def _one_jump() -> pl.DataFrame:
    return base(21, 0.0, **{"Voltage [V]": [4.2 if row < 10 else 2.5 for row in range(21)]})


def _cycles(**columns: Sequence[int]) -> pl.DataFrame:
    return base(6, **{"Step count": [0, 0, 0, 1, 1, 1], **columns})


def _step_table(*steps: tuple[str, float]) -> pl.DataFrame:
    """Steps of a kind, and what each moved in its direction."""
    return pl.DataFrame({
        "Step count": range(len(steps)),
        "Step type": [kind for kind, _ in steps],
        DISCHARGE: [moved if "discharge" in kind else 0.0 for kind, moved in steps],
        CHARGE: [moved if kind.endswith(" charge") else 0.0 for kind, moved in steps],
    })  # fmt: skip


def _swapped(seconds: float = 3600.0) -> pl.DataFrame:
    return pl.DataFrame({
        "Step count": [0, 1],
        "Mean current [A]": [1.0, -1.0],
        "Std current [A]": [0.01, 0.01],
        "Duration [s]": [seconds, seconds],
        DISCHARGE: [0.0, 1.0],
        CHARGE: [1.0, 0.0],
        ENERGIES[0]: [3.7, 0.0],
        ENERGIES[1]: [0.0, 3.7],
    })  # fmt: skip


def spectrum(*, imaginary: float = 1.0, size: float = 1.0) -> pl.DataFrame:
    """An arc with an inductive tail; its imaginary part, or both parts, multiplied."""
    real = [0.022, 0.020, 0.022, 0.026, 0.032, 0.040]
    imag = [0.004, 0.0, -0.002, -0.005, -0.004, -0.012]
    return pl.DataFrame({
        "Frequency [Hz]": [1e4, 1e3, 1e2, 1e1, 1.0, 0.1],
        "Z_Re [Ohm]": [size * part for part in real],
        "Z_Im [Ohm]": [size * imaginary * part for part in imag],
    })  # fmt: skip


SEED = pl.DataFrame({
    "Time [s]": [0, 1, 2, 3, 4, 5],
    "Voltage [V]": [3.0, 3.2, 3.5, 3.8, 4.0, 4.2],
    "Current [A]": [0.002] * 6,
    "Step count": [0, 0, 0, 1, 1, 1],
    "Cycle count": [0] * 6,
    "Step from cycler": [1, 1, 1, 2, 2, 2],
    "Cycle from cycler": [0] * 6,
})  # fmt: skip
"""The field's own example, whose current has the sign of charge: too short to be told, so it has to pass."""

_REVERSED: Expected = [("current_sign_reversed", {"charge_fraction": 1.0})]
_FULL = {"previous_step": 0, "current_step": 2, "threshold_capacity": 2.0, "direction": "discharge"}
_GAP = {"row_index": 4, "gap_seconds": 18_001.0, "max_gap_seconds": 18_000.0, "num_violations": 1}
_RATED = {"strict": True, "rated_capacity": 1.0}
_WINDOW = {"strict": True, "voltage_window": (2.5, 4.2)}
_EIS = {"data_type": "eis"}
_EIS_STRICT = {"strict": True, "rated_capacity": 2.5}
_START = "2024-01-01T00:00:00Z"


def _violations(num: int, *examples: tuple[int, float | None, float | None, float | None]) -> Expected:
    keys = ("row_index", "from", "to", "diff")
    told = [{key: value for key, value in zip(keys, each, strict=True) if value is not None} for each in examples]
    return [("step_count_non_sequential", {"column": "Step count", "num_violations": num, "examples": told})]


VECTORS: list[Vector] = [
    Vector("V1", base()),
    Vector("V2", base(10, -1.0), _REVERSED),
    Vector("V3", _falls_then_rises(1.0), [("current_sign_unsigned", {"charge_fraction": 0.5})]),
    Vector("V4", _falls_then_rises(-1.0), [("current_sign_indeterminate", {"charge_fraction": 0.5})]),
    Vector("V5-3 rows", base(3, -1.0)),
    Vector("V5-4 rows", base(4, -1.0), _REVERSED),
    Vector("V6", base(**{"Voltage [V]": [3.7] * 10})),
    # The official client finds nothing in these two. Here a missing voltage does not silence the check of the sign.
    Vector(
        "V7-null", base(10, -1.0, **{"Voltage [V]": [4.2, None, *(4.2 - 0.01 * i for i in range(2, 10))]}), _REVERSED
    ),
    Vector(
        "V7-NaN",
        base(10, -1.0, **{"Voltage [V]": [4.2, float("nan"), *(4.2 - 0.01 * i for i in range(2, 10))]}),
        _REVERSED,
    ),
    Vector("V7c", base(10, 1e-5)),
    Vector("V7c-reversed", base(10, -1e-5), _REVERSED),
    Vector("V8", _time(first=5.0), [("time_does_not_start_at_zero", {"observed": 5.0, "tolerance": 1e-6})]),
    Vector("V8-1e-6", _time(t0=1e-6)),
    Vector("V8-1.1e-6", _time(t0=1.1e-6), [("time_does_not_start_at_zero", {"observed": 1.1e-6, "tolerance": 1e-6})]),
    Vector(
        "V9",
        _time(t4=2.5),
        [("time_not_monotonic", {"row_index": 4, "previous_time": 3.0, "current_time": 2.5, "num_violations": 1})],
    ),
    Vector("V9-duplicates", _time(t4=3.0)),
    Vector(
        "V10",
        base().drop("Step count"),
        [
            (
                "step_count_missing",
                {"column": "Step count", "available_columns": ["Time [s]", "Voltage [V]", "Current [A]"]},
            )
        ],
    ),
    Vector(
        "V11",
        _steps(1, 1, 1, 1, 1, 2, 2, 2, 2, 2),
        [("step_count_does_not_start_at_zero", {"column": "Step count", "observed_first": 1})],
    ),
    Vector("V12", _steps(0, 0, 0, 2, 2, 2, 2, 1, 1, 1), _violations(2, (2, 0, 2, 2), (6, 2, 1, -1))),
    Vector("V12-half", _steps(0, 0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0.5), _violations(1, (4, 0, 0.5, 0.5))),
    Vector("V12-null", _steps(0, 0, 0, 0, None, 0, 0, 0, 0, 0), _violations(2, (3, 0, None, None), (4, None, 0, None))),
    Vector(
        "V13",
        base(**{DISCHARGE: [0.1 * (row + 1) for row in range(10)]}),
        [("cumulative_value_not_reset", {"column": DISCHARGE, "step_index": 0, "observed": 0.1, "tolerance": 1e-6})],
    ),
    Vector(
        "V14",
        base(**{DISCHARGE: [0.0, 0.1, 0.2, 0.15, 0.3, 0.2, 0.3, 0.4, 0.5, 0.6]}),
        [
            (
                "cumulative_value_decreased",
                {"column": DISCHARGE, "step_index": 0, "row_index": 3, "previous_value": 0.2, "current_value": 0.15},
            )
        ],
    ),
    Vector("V15", _mixed_with_a_sweep(1.0)),
    Vector("V16", _mixed_with_a_sweep(None), [("time_missing_on_non_eis_row", {"row_index": 4, "num_rows": 1})]),
    Vector("S1", _counted(), options=STRICT),
    Vector(
        "S2",
        _counted(discharge=CHARGE, charge=DISCHARGE),
        [
            ("discharge_capacity_integral_mismatch", {"worst_row_index": 9, "relative_error": 1.0}),
            ("charge_capacity_integral_mismatch", {"worst_row_index": 9, "relative_error": 1.0}),
        ],
        options=STRICT,
    ),
    Vector("S3-1.09", _counted(1.09), options=STRICT),
    Vector(
        "S3-1.12",
        _counted(1.12),
        [("discharge_capacity_integral_mismatch", {"relative_error": 0.12 / 1.12, "tolerance": 0.10})],
        options=STRICT,
    ),
    Vector(
        "S4",
        _counted().with_columns(pl.lit(0.0).alias(name) for name in ENERGIES),
        [
            (
                "discharge_energy_integral_mismatch",
                {"source_column": "Voltage [V] * Current [A]", "unit": "W.h", "integrated_at_worst": 0.0103875},
            )
        ],
        options=STRICT,
    ),
    Vector("S6", _gap(18_001.0), [("time_gap_too_large", _GAP)], options=STRICT),
    Vector("S6-18000", _gap(18_000.0), options=STRICT),
    Vector("S6-skipped", _gap(18_001.0), options={"strict": True, "skip_checks": ["time_gaps"]}),
    Vector(
        "S7",
        _alternating(),
        [("voltage_continuity", {"bad_count": 20, "total_pairs": 20, "bad_fraction": 1.0, "threshold_volts": 1.36})],
        options=_WINDOW,
    ),
    Vector("S7-one jump", _one_jump(), options=_WINDOW),
    Vector("S7-no window", _alternating(), options=STRICT),
    Vector(
        "S8",
        _steps(0, 1, 1, 2, 2),
        [("step_too_few_points", {"step_index": 0, "num_points": 1, "min_points": 2})],
        options=STRICT,
    ),
    Vector(
        "S9",
        _cycles(**{"Cycle count": [0, 0, 1, 1, 1, 1]}),
        [("cycle_changes_within_step", {"step_index": 0, "cycle_column": "Cycle count", "cycles": [0, 1]})],
        options=STRICT,
    ),
    Vector(
        "S9-from cycler",
        _cycles(**{"Cycle from cycler": [0, 0, 1, 1, 1, 1]}),
        [("cycle_changes_within_step", {"step_index": 0, "cycle_column": "Cycle from cycler", "cycles": [0, 1]})],
        options=STRICT,
    ),
    Vector(
        "S9-count first",
        _cycles(**{"Cycle from cycler": [0, 0, 1, 1, 1, 1], "Cycle count": [0] * 6}),
        options=STRICT,
    ),
    Vector(
        "S10",
        base(),
        [("consecutive_same_direction_full_steps", _FULL)],
        options=_RATED,
        steps=_step_table(("CC discharge", 2.5), ("Rest", 0.0), ("CC discharge", 2.5)),
    ),
    Vector(
        "S10-half charge between",
        base(),
        [("consecutive_same_direction_full_steps", _FULL)],
        options=_RATED,
        steps=_step_table(("CC discharge", 2.5), ("CC charge", 0.5), ("CC discharge", 2.5)),
    ),
    Vector(
        "S10-exactly 2.0",
        base(),
        options=_RATED,
        steps=_step_table(("CC discharge", 2.0), ("Rest", 0.0), ("CC discharge", 2.0)),
    ),
    Vector(
        "S11",
        base(),
        [("step_capacity_exceeds_rated", {"total_count": 1, "first_step": 0, "first_value": 5.5})],
        options=_RATED,
        steps=_step_table(("CC discharge", 5.5)),
    ),
    Vector(
        "S12",
        base(),
        [
            (
                "charge_discharge_capacity_columns_swapped",
                {"swapped_fraction": 1.0, "n_steps_considered": 2, "n_steps_swapped": 2, "example_steps": [0, 1]},
            )
        ],
        options=STRICT,
        steps=_swapped(),
    ),
    Vector("S12-59 s", base(), options=STRICT, steps=_swapped(59.0)),
    Vector("S12-not strict", base(), steps=_swapped()),
    Vector(
        "O1",
        pl.DataFrame({"Voltage [V]": [3.0, 3.5, 4.0], "SOC": [0.0, 0.5, 1.0], "Step count": [0, 0, 0]}),
        record={"data_type": "ocp"},
    ),
    Vector(
        "O2",
        pl.DataFrame({"x": [0.0, 0.5, 1.0]}),
        [
            ("ocp_voltage_column_missing", {"available_columns": ["x"]}),
            (
                "ocp_x_axis_column_missing",
                {"candidates": ["Capacity [A.h]", "Stoichiometry", "SOC"], "available_columns": ["x"]},
            ),
            ("step_count_missing", {"column": "Step count", "available_columns": ["x"]}),
        ],
        record={"data_type": "ocp"},
    ),
    Vector("E1", spectrum(), record=_EIS, options=_EIS_STRICT),
    Vector(
        "E2",
        spectrum(imaginary=-1.0),
        [("eis_zim_sign_reversed", {"positive_fraction": 1.0, "r0": 0.02, "n_capacitive_points": 5})],
        record=_EIS,
        options=_EIS_STRICT,
    ),
    Vector("E2-not strict", spectrum(imaginary=-1.0), record=_EIS, options={"rated_capacity": 2.5}),
    Vector(
        "E3",
        spectrum(size=1000.0),
        [
            (
                "eis_impedance_magnitude_implausible",
                {"r0": 20.0, "r_expected": 0.02, "band_low": 2e-4, "band_high": 2.0, "factor": 100.0},
            )
        ],
        record=_EIS,
        options=_EIS_STRICT,
    ),
    Vector("T1", base(), [("start_time_in_future", {})], record={"start_time": "2199-01-01T00:00:00Z"}),
    Vector("T1-naive", base(), record={"start_time": "2199-01-01T00:00:00"}),
    Vector("T1-unparsable", base(), record={"start_time": "in the year 2199"}),
    Vector(
        "T2",
        base(),
        [("end_time_before_start_time", {})],
        record={"start_time": "2024-01-02T00:00:00Z", "end_time": _START},
    ),
    Vector(
        "T3",
        base(),
        [("duration_mismatch", {"wall_clock_seconds": 3600.0, "data_span_seconds": 9.0, "tolerance_seconds": 60.0})],
        record={"start_time": _START, "end_time": "2024-01-01T01:00:00Z"},
    ),
    Vector("T3-60 s", base(), record={"start_time": _START, "end_time": "2024-01-01T00:01:00Z"}),
    Vector("X1", base().clear()),
    Vector("SEED", SEED),
    Vector("SEED-strict", SEED, options=STRICT),
]
