"""How long files of cyclers take to read: a text against polars alone and PyProBE, a binary against fastnda alone.

The text is an export of Arbin of 350 MB, the binary a `.ndax` of two million rows; both are made here. Everything is
run in turn, and medians of these turns are compared. What a run takes of memory is told by a process of its own.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastnda
import numpy as np
import polars as pl
from environments import python_of

import cellkeep
from cellkeep.readers.reading import read_file

CSV_ROWS = 2_600_000
NDAX_ROWS = 2_000_000
REPEATS = 5
HERE = Path(__file__).parent
_PAGE = 4096
_HEAD = 132
_MIB = 1024.0


def arbin(path: Path, rows: int) -> None:
    """An export of Arbin: a row each second, steps of 2,000 rows, charge, rest, discharge, rest."""
    noise = np.random.default_rng(1)
    row = np.arange(rows)
    step, current = row // 2000, np.array([1.5, 0.0, -1.5, 0.0])[row // 2000 % 4]
    moments = np.datetime64("2024-01-01T00:00:00") + (row * 1000).astype("timedelta64[ms]")
    frame = pl.DataFrame({
        "Data Point": row + 1,
        "Date Time": pl.Series(moments).dt.strftime("\t%m/%d/%Y %H:%M:%S%.3f"),
        "Test Time (s)": row.astype(float),
        "Step Time (s)": row % 2000.0,
        "Cycle Index": step // 4 + 1,
        "Step Index": step % 4 + 1,
        "Current (A)": (current + noise.normal(0, 1e-4, rows)).round(6),
        "Voltage (V)": (3.6 + 0.5 * np.sin(row / 3000)).round(6),
        "Power (W)": (current * 3.6).round(6),
        "Charge Capacity (Ah)": (row / 3600).round(7),
        "Discharge Capacity (Ah)": (row / 3700).round(7),
        "Charge Energy (Wh)": (row / 1000).round(6),
        "Discharge Energy (Wh)": (row / 1010).round(6),
        "ACR (Ohm)": [None] * rows,
        "Internal Resistance (Ohm)": np.full(rows, 0.0123),
        "Aux_Temperature_1 (C)": (25 + noise.normal(0, 0.1, rows)).round(4),
    })  # fmt: skip
    frame.write_csv(path)


def ndax(path: Path, rows: int) -> None:
    """A file of Neware (version 14): a row each second, steps of 1,000 rows, charge and discharge in turn."""
    row = np.arange(rows)
    step = row // 1000
    main = np.zeros(rows, [("voltage", "<f4"), ("current", "<f4")])
    main["voltage"], main["current"] = 3.6 + 0.1 * np.sin(row / 300), np.where(step % 2, -1.0, 1.0)
    info = np.zeros(
        rows,
        [("step_time", "<u4"), ("_1", "V1"), ("charge", "<f4"), ("discharge", "<f4"), ("charge_energy", "<f4"),
         ("discharge_energy", "<f4"), ("_2", "V8"), ("dt", "<i4"), ("unix", "<u4"), ("step", "<u4"), ("index", "<u4"),
         ("ms", "<i2"), ("_3", "V8")],
    )  # fmt: skip
    info["step_time"], info["dt"], info["unix"] = row % 1000 * 1000, 1000, 1_700_000_000 + row
    info["charge"], info["discharge"] = (
        np.where(step % 2, 0, row % 1000 / 3600),
        np.where(step % 2, row % 1000 / 3600, 0),
    )
    info["step"], info["index"] = step + 1, row + 1
    steps = np.zeros(step[-1] + 1, [("cycle", "<u4"), ("step", "<u4"), ("_1", "V16"), ("type", "<u1"), ("_2", "V12")])
    number = np.arange(steps.size)
    steps["cycle"], steps["step"], steps["type"] = number // 2, number % 2 + 1, number % 2 + 1
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("VersionInfo.xml", '<root><config type="Version Info File" version="1"/></root>')
        archive.writestr("TestInfo.xml", "<root><config><TestInfo/></config></root>")
        for name, kind, records in (("data", 1, main), ("data_runInfo", 18, info), ("data_step", 7, steps)):
            archive.writestr(f"{name}.ndc", _pages(records, kind))


def _pages(records: np.ndarray[Any, Any], kind: int) -> bytes:
    """Records in pages, each with a mask of those that it holds, behind a page that says the kind."""
    each = (_PAGE - _HEAD - 1) // records.dtype.itemsize
    head = bytes([kind, 0, 14]).ljust(_PAGE, b"\0")
    pages = [head]
    for first in range(0, records.size, each):
        part = records[first : first + each]
        mask = np.packbits(np.arange(each) < part.size, bitorder="little").tobytes()
        pages.append((b"\0\0\0\0" + mask).ljust(_HEAD, b"\0") + part.tobytes())
        pages[-1] = pages[-1].ljust(_PAGE, b"\0")
    return b"".join(pages)


class Peer:
    """PyProBE in its own environment, which imports the file as often as it is asked to."""

    def __init__(self, path: Path) -> None:
        peer = HERE / "peers" / "pyprobe_import.py"
        command = [python_of(peer), "-P", HERE / "one_peer.py", peer, path]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._answer()

    def run(self) -> float:
        print("import", file=self._process.stdin, flush=True)
        took: float = self._answer()[0]
        return took

    def close(self) -> None:
        self._process.communicate()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


def medians(ways: dict[str, Callable[[], float]]) -> dict[str, float]:
    """Each way in turn, and again, once unmeasured."""
    took: dict[str, list[float]] = defaultdict(list)
    for turn in range(REPEATS + 1):
        for name, run in ways.items():
            seconds = run()
            if turn:
                took[name].append(seconds)
    return {name: statistics.median(each) for name, each in took.items()}


def timed(run: Callable[[], Any]) -> Callable[[], float]:
    def once() -> float:
        started = time.perf_counter()
        run()
        return time.perf_counter() - started

    return once


def peak_mib(code: str) -> float:
    """The most resident memory that a process takes for this code."""
    told = f"{code}\nprint(open('/proc/self/status').read())"
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    (peak,) = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("VmHWM")]
    return int(peak) / _MIB


def of_text(folder: Path, *, peers: bool) -> None:
    path = folder / "arbin.csv"
    arbin(path, CSV_ROWS)
    size = path.stat().st_size / 1e6
    ways = {
        "polars.read_csv": timed(lambda: pl.read_csv(path)),
        "reader": timed(lambda: read_file(path)),
        "cellkeep.read": timed(lambda: cellkeep.read(path)),
    }
    peer = Peer(path) if peers else None
    if peer:
        ways["PyProBE import"] = peer.run
    took = medians(ways)
    if peer:
        peer.close()
    print(f"Arbin export, {size:.0f} MB, {CSV_ROWS:,} rows")
    for name, seconds in took.items():
        share = seconds / took["polars.read_csv"]
        print(f"  {name:16} {seconds:.3f} s  {CSV_ROWS / seconds / 1e6:.2f} million rows/s  {share:.2f} times polars")
    start = (
        "import polars as pl; from cellkeep.readers.reading import read_file; import cellkeep; from pathlib import Path"
    )
    memory = {
        "nothing": peak_mib(start),
        "polars.read_csv": peak_mib(f"{start}\npl.read_csv({str(path)!r})"),
        "reader": peak_mib(f"{start}\nread_file(Path({str(path)!r}))"),
        "cellkeep.read": peak_mib(f"{start}\ncellkeep.read({str(path)!r})"),
    }
    frame = read_file(path).frame.estimated_size() / _MIB / _MIB
    print(
        "  memory: "
        + ", ".join(f"{name} {peak:.0f} MiB" for name, peak in memory.items())
        + f"; series {frame:.0f} MiB"
    )


def of_binary(folder: Path) -> None:
    path = folder / "neware.ndax"
    ndax(path, NDAX_ROWS)
    assert fastnda.read(path).height == NDAX_ROWS == read_file(path).frame.height
    took = medians({
        "fastnda": timed(lambda: fastnda.read(path)),
        "reader": timed(lambda: read_file(path)),
        "cellkeep.read": timed(lambda: cellkeep.read(path)),
    })  # fmt: skip
    print(f".ndax, {path.stat().st_size / 1e6:.0f} MB, {NDAX_ROWS:,} rows")
    for name, seconds in took.items():
        share = seconds / took["fastnda"]
        print(f"  {name:16} {seconds:.3f} s  {NDAX_ROWS / seconds / 1e6:.2f} million rows/s  {share:.2f} times fastnda")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", action="store_true", help="measure PyProBE too, in an environment of its own")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        of_text(Path(folder), peers=asked.peers)
        of_binary(Path(folder))


if __name__ == "__main__":
    main()
