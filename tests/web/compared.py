"""A few cells to compare: two of one specification, one of another in another project, and what has no cycles."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import numpy as np
import polars as pl

from cellkeep.client import Client
from cellkeep.services import accounts
from conftest import Server

HOSTILE = "<script>alert(1)</script>"
CYCLES = 4


@dataclass(frozen=True)
class Compared:
    """Ids of what there is.

    Attributes:
        first: a cell of 2 A.h that fades, in lot A at 25 degC.
        second: one of 1.8 A.h, in lot B at 45 degC.
        other: one of 1 A.h of a specification without a rating, in another project, and with a hostile name.
        impedance: a spectrum.
        sizes: properties of the first cell, at two times.
        viewer: a user who sees the first project alone.
    """

    first: str
    second: str
    other: str
    impedance: str
    sizes: tuple[str, ...]
    viewer: str

    def query(self, *names: str, **said: str) -> str:
        """The address of a comparison."""
        chosen = [("m", getattr(self, name)) for name in names]
        return str(httpx2.QueryParams([*chosen, *said.items()]))


def fill(client: Client) -> Compared:
    """Make them."""
    rated = {"ratings": {"capacity": {"value": 2000, "unit": "mA.h"}}}
    project = client.project.list().items[0].id
    other_project = client.project.create({"name": "Other"}).id
    spec = client.cell_spec.create({"name": "Large", "project_id": project, **rated})
    small = client.cell_spec.create({"name": "Small", "project_id": other_project})
    loading = {"cathode": {"loading": {"value": 18.0, "unit": "mg.cm-2"}}}
    cells = [
        client.cell_instance.create(spec.id, {"name": "C1", "batch": "Lot A", "measured_properties": loading}).id,
        client.cell_instance.create(spec.id, {"name": "C2", "batch": "Lot B"}).id,
        client.cell_instance.create(small.id, {"name": HOSTILE}).id,
    ]
    tests = [
        _test(client, cells[0], _series(2.0, degc=25.0), tags=["ageing", "warm"]),
        _test(client, cells[1], _series(1.8, degc=45.0), tags=["ageing", "hot"]),
        _test(client, cells[2], _series(1.0), tags=[HOSTILE]),
    ]
    frequency = np.logspace(3, 0, 12)
    z = 0.02 + 0.01 / (1 + 2j * np.pi * frequency * 0.01)
    spectrum = pl.DataFrame({"Frequency [Hz]": frequency, "Z_Re [Ohm]": z.real, "Z_Im [Ohm]": z.imag})
    sizes = [
        client.cell_measurement.create_properties(
            cells[0], f"Sizes {month}", {"thickness": {"value": 0.5 + month / 100, "unit": "mm"}}, start_time=at
        ).id
        for month, at in ((1, "2026-01-01T00:00:00Z"), (2, "2026-01-11T00:00:00Z"))
    ]
    viewer = str(client.project.invite_member(project, "viewer@example.org", "Project Viewer").user_id)
    return Compared(*tests, _test(client, cells[0], spectrum, name="EIS"), tuple(sizes), viewer)


@contextmanager
def signed_in(server: Server, user_id: str | None = None) -> Iterator[httpx2.Client]:
    """A browser of the admin, or of somebody else."""
    token = accounts.create_login_token(server.store, user_id or accounts.ensure_first_admin(server.store).user_id)
    with httpx2.Client(base_url=server.url, follow_redirects=True, headers={"Accept": "text/html"}) as browser:
        assert browser.get("/ui/login", params={"token": token}).status_code == 200
        yield browser


def _test(client: Client, cell: str, frame: pl.DataFrame, name: str = "Ageing", **said: Any) -> str:
    return client.cell_measurement.create(cell, {"measurement": {"name": name, **said}, "time_series": frame}).id


def _series(capacity_ah: float, degc: float | None = None) -> pl.DataFrame:
    """Discharges and charges at 1 A, of a capacity that falls by a twentieth of the first in each cycle."""
    steps, begun = [], 0.0
    for number in range(2 * CYCLES):
        seconds = 3600 * capacity_ah * (1 - 0.05 * (number // 2))
        share = np.linspace(0, 1, 60)
        discharges = number % 2 == 0
        steps.append(
            pl.DataFrame(
                {
                    "Time [s]": begun + share * seconds,
                    "Voltage [V]": 4.0 - share if discharges else 3.0 + share,
                    "Current [A]": 1.0 if discharges else -1.0,
                    "Step count": number,
                    "Cycle count": number // 2,
                }
            )
        )
        begun += seconds + 1
    frame = pl.concat(steps)
    return frame if degc is None else frame.with_columns(pl.lit(degc).alias("Temperature [degC]"))
