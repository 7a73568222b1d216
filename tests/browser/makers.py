"""A folder with one file of each cycler: real ones where they are at hand, else exports of one generated cell."""

import math
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from conftest import CYCLER_FILES

REAL: Final[Mapping[str, str]] = {
    "arbin.csv": "arbin/battery-data-toolkit__arbin_example.csv",
    "basytec.txt": "basytec/PyProBE__sample_data_basytec.txt",
    "bdf.parquet": "bdf/battery-data-format__legacy.bdf.parquet",
    "biologic.txt": "biologic/PyProBE__Sample_data_biologic_01_MB_CA1.txt",
    "gamry.dta": "gamry/impedance.py__exampleDataGamry.DTA",
    "hppc.xlsx": "hppc_xlsx/PyBOP__sample_hppc_pulse.xlsx",
    "landt.csv": "landt/battery-data-format__SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv",
    "maccor.078": "maccor/beep__xTESLADIAG_000038.078",
    "neware.nda": "neware/NewareNDA__TestFile.nda",
    "novonix.csv": "novonix/PyProBE__sample_data_novonix.csv",
    "pec.csv": "pec/cellpy__Test25205.csv",
    "zplot.z": "eis_other/impedance.py__exampleDataZPlot.z",
}
"""What each is called in the folder, and where it lies among the real files."""
EMPTY: Final = "empty.csv"
"""One of which nothing can be read: it has headings and no rows."""
_ARBIN = "Data_Point,Test_Time(s),Date_Time,Step_Index,Cycle_Index,Current(A),Voltage(V)"
_CYCLED = ["arbin.csv", "maccor.078", "neware.nda", "bdf.parquet"]

_CYCLES = 6
_ROWS = 60
"""Of each half cycle; a row each minute."""
_BEGIN = datetime(2026, 3, 2, 8)  # noqa: DTZ001  cyclers write no zone


class Made(NamedTuple):
    """Names of the files in a folder: of all, and of those that cycle a cell."""

    names: list[str]
    cycled: list[str]


class Row(NamedTuple):
    """A row of the generated cell.

    Attributes:
        at: time since the start [s].
        volts: its voltage [V].
        amps: its current [A], positive on charge as cyclers write it.
        cycle: counted from 1.
        step: counted from 1.
        capacity: what the step has moved [A.h].
    """

    at: int
    volts: float
    amps: float
    cycle: int
    step: int
    capacity: float

    @property
    def moment(self) -> datetime:
        return _BEGIN + timedelta(seconds=self.at)


def fill(folder: Path) -> Made:
    """Put one file of each cycler into a folder, and the empty one."""
    (folder / EMPTY).write_text(_ARBIN + "\n")
    if CYCLER_FILES.is_dir():
        for name, path in REAL.items():
            shutil.copyfile(CYCLER_FILES / path, folder / name)
        return Made([*REAL, EMPTY], _CYCLED)
    for name, (headings, line) in _WRITERS.items():
        lines = (line(number, row) for number, row in enumerate(_cell(), 1))
        (folder / name).write_text("\n".join([headings, *lines, ""]))
    return Made([*_WRITERS, EMPTY], list(_WRITERS))


def _cell() -> Iterator[Row]:
    """Charge and discharge at 1 A, again and again, by a cell that loses a little of its ampere-hour in each cycle."""
    for half in range(2 * _CYCLES):
        charges = half % 2 == 0
        amps = (1 if charges else -1) * (1 - 0.01 * (half // 2))
        for at in range(_ROWS + 1):
            share = at / _ROWS
            volts = _rest_voltage(share if charges else 1 - share) + 0.05 * amps
            yield Row(60 * (half * (_ROWS + 1) + at), volts, amps, half // 2 + 1, half + 1, abs(amps) * share)


def _rest_voltage(soc: float) -> float:
    return 3.0 + 0.75 * math.sqrt(soc) + 0.35 * soc**3


def _arbin(number: int, row: Row) -> str:
    moment = f"{row.moment:%m/%d/%Y %H:%M:%S}"
    return f"{number},{row.at}.0,{moment},{row.step},{row.cycle},{row.amps:.4f},{row.volts:.4f}"


def _biologic(_: int, row: Row) -> str:
    return f"{row.at}.0,{row.volts:.4f},{1000 * row.amps:.1f},{row.cycle},{row.step}"


def _digatron(_: int, row: Row) -> str:
    status = "CHA" if row.amps > 0 else "DCH"
    return f"{row.moment.isoformat()}.000+01:00,{row.step},{status},{row.at},{row.cycle},{row.volts:.4f},{row.amps:.4f}"


def _maccor(number: int, row: Row) -> str:
    moment, state = f"{row.moment:%m/%d/%Y %H:%M:%S}", "C" if row.amps > 0 else "D"
    counted = f"{row.capacity:.5f}\t{abs(row.amps):.4f}\t{row.volts:.4f}"
    return f"{number}\t{row.cycle}\t{row.step}\t{row.at}.0\t{row.at % 3660}.0\t{counted}\t{state}\t1\t{moment}"


def _neware(number: int, row: Row) -> str:
    state, within = "CC Chg" if row.amps > 0 else "CC DChg", timedelta(seconds=row.at % (61 * 60))
    moment = f"{row.moment:%Y-%m-%d %H:%M:%S}"
    counted = row.capacity if row.amps > 0 else 0.0
    told = f"{number},{row.cycle},{row.step},{state},{within},{timedelta(seconds=row.at)}"
    return f"{told},{row.amps:.4f},{row.volts:.4f},{counted:.5f},{moment}"


def _bdf(_: int, row: Row) -> str:
    return f"{row.at},{row.volts:.4f},{row.amps:.4f},{row.cycle},{row.step}"


_WRITERS: Final[Mapping[str, tuple[str, Callable[[int, Row], str]]]] = {
    "arbin.csv": (_ARBIN, _arbin),
    "bdf.csv": ("test_time_second,voltage_volt,current_ampere,cycle_count,step_count", _bdf),
    "biologic.csv": ("time_s,Ecell_V,I_mA,cycleNumber,Ns", _biologic),
    "digatron.csv": ("Timestamp,Step,Status,Prog Time#s,Cycle,Voltage#V,Current#A", _digatron),
    "maccor.txt": (
        "Rec#\tCyc#\tStep\tTest (Sec)\tStep (Sec)\tAmp-hr\tAmps\tVolts\tState\tES\tDPT Time",
        _maccor,
    ),
    "neware.csv": (
        "DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(A),Voltage(V),Chg. Cap.(Ah),Date",
        _neware,
    ),
}
