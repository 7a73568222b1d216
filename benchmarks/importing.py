"""How fast many files of a cycler are imported by one command, on how many cores and in how much memory.

The files are made first. Then `cellkeep import` runs once with the folder in which it works, and once with a server
of its own; and once more, to see what it costs to find that all is there. Nothing else is run at the same time.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from ingest import KEY, server
from processes import cpu_s, watched

FILES, ROWS, STEPS = 1_000, 10_000, 20


def arbin(number: int, rows: int) -> pl.DataFrame:
    """A file as Arbin exports it; each number has other values."""
    noise = np.random.default_rng(number)
    row = np.arange(rows)
    of_step, step = row % (rows // STEPS), row // (rows // STEPS)
    charging, share = step % 2 == 0, of_step / (rows // STEPS)
    charge = 2.5 * 10 / 3600
    start = np.datetime64("2026-03-15T09:30:00.000")
    moments = pl.Series(start + (row * 10_000).astype("timedelta64[ms]"))
    return pl.DataFrame({
        "Data_Point": row + 1,
        "Date_Time": moments.dt.strftime("%m/%d/%Y %H:%M:%S%.3f"),
        "Test_Time(s)": row * 10.0,
        "Step_Time(s)": of_step * 10.0,
        "Step_Index": step + 1,
        "Cycle_Index": step // 2 + 1,
        "Current(A)": np.where(charging, 2.5, -2.5),
        "Voltage(V)": np.round(3 + 1.2 * np.where(charging, share, 1 - share) + noise.normal(0, 1e-4, rows), 6),
        "Charge_Capacity(Ah)": np.round(np.cumsum(np.where(charging, charge, 0)), 6),
        "Discharge_Capacity(Ah)": np.round(np.cumsum(np.where(charging, 0, charge)), 6),
        "Aux_Temperature_1(C)": np.round(25 + noise.normal(0, 0.01, rows), 4),
    })  # fmt: skip


def measured(
    words: list[str], count: int, rows: int, environment: dict[str, str], also: int | None = None
) -> list[str]:
    """The cells of a line of the table, for an import of so many files; `also` is a server that works for it."""
    command = [sys.executable, "-m", "cellkeep", "import", *words, "--cell", "C", "--spec", "S", "--timezone", "UTC"]
    before = cpu_s(also) if also else 0.0
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    used = 0.0
    with watched(process.pid) as memory:
        while process.poll() is None:
            used = max(used, cpu_s(process.pid))
            time.sleep(0.05)
    took = time.perf_counter() - started
    assert process.returncode == 0
    used += cpu_s(also) - before if also else 0.0
    rates = (f"{count / took:,.1f}", f"{count * rows / took:,.0f}")
    return [
        f"{took:.1f} s",
        *rates,
        f"{used / took:.2f}",
        f"{used / count * 1000:.0f} ms",
        f"{memory.together:,.0f} MiB",
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--rows", type=int, default=ROWS)
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    print("| run | time | files/s | rows/s | cores used | CPU per file | peak memory |\n|---|---|---|---|---|---|---|")

    def line(title: str, words: list[str], environment: dict[str, str], also: int | None = None) -> None:
        cells = measured(words, asked.files, asked.rows, environment, also)
        print(f"| {title} | {' | '.join(cells)} |", flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder, lab = Path(name) / "exports", Path(name) / "lab"
        folder.mkdir()
        for number in range(asked.files):
            arbin(number, asked.rows).write_csv(folder / f"cell_{number:04d}.csv")
        plain = dict(os.environ)
        line("into a folder", [str(folder), "--data", str(lab)], plain)
        line("the same again", [str(folder), "--data", str(lab)], plain)
        with server(Path(name)) as at:
            environment = {**plain, "CELLKEEP_API_URL": at.url, "CELLKEEP_API_KEY": KEY}
            line("to a server on this machine", [str(folder)], environment, at.pid)
    print(f"\nLoad of the machine: {load:.1f} before, {os.getloadavg()[0]:.1f} after.")


if __name__ == "__main__":
    main()
