"""Series and tables that are downloaded from the page of a measurement."""

import asyncio
from contextlib import ExitStack, nullcontext
from pathlib import Path
from urllib.parse import unquote

import polars as pl
import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message

from cellkeep.client import Client
from cellkeep.web.downloads import Sent
from conftest import Server
from web.signed import signed_in

SERIES = pl.DataFrame(
    {
        "Time [s]": [0.0, 1, 2, 3],
        "Voltage [V]": [3.3, 3.2, 3.1, 3.2],
        "Current [A]": [1.0, 1, 1, -1],
        "Step count": [0, 0, 0, 1],
    }
)


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_what_the_page_offers_is_what_export_writes(server: Server, client: Client, tmp_path: Path) -> None:
    """Every format that export knows is offered, comes byte for byte with its name, and what is not there is told."""
    spec = client.cell_spec.create({"name": "S"})
    cell = client.cell_instance.create(spec.id, {"name": "Zelle ü"})
    made = client.cell_measurement.create(cell.id, {"measurement": {"name": "M/1"}, "time_series": SERIES})
    other = client.cell_measurement.create_properties(cell.id, "P", {"a": 1})
    at = f"/ui/measurements/{made.id}"
    with signed_in(server) as browser:
        page = browser.get(at).text
        for number, form in enumerate(("bdf.csv", "bdf.parquet", "bdf.gz", "csv", "csv.gz", "parquet")):
            assert f"{at}/export?format={form}" in page
            (path,) = client.export(made.id, tmp_path / str(number), form)  # type: ignore[arg-type]
            if form in {"bdf.csv", "parquet"}:
                answer = browser.get(f"{at}/export", params={"format": form})
                assert answer.content == path.read_bytes()
                assert unquote(answer.headers["content-disposition"]).endswith(f"''{path.name}")
        for table, expected in (("steps", client.cell_measurement.steps), ("cycles", client.cell_measurement.cycles)):
            assert f"{at}/{table}.csv" in page
            answer = browser.get(f"{at}/{table}.parquet")
            assert pl.read_parquet(answer.content).equals(pl.DataFrame(expected(made.id)))
        assert browser.get(f"{at}/steps.csv").text.splitlines()[0].startswith("Start index,")
        for path, status, told in (
            (f"{at}/export?format=xlsx", 400, "no export format"),
            (f"/ui/measurements/{other.id}/export", 400, "is no time series"),
            ("/ui/measurements/none/export", 404, "There is nothing here"),
        ):
            answer = browser.get(path)
            assert (answer.status_code, told in answer.text) == (status, True)


@pytest.mark.parametrize("goes_away", [False, True])
def test_nothing_is_left_once_it_is_sent(tmp_path: Path, *, goes_away: bool) -> None:
    """What was written for a download is let go of, also where the reader goes away in the middle."""
    (tmp_path / "a.csv").write_bytes(b"x" * 3_000_000)
    held, let_go, got = ExitStack(), [], bytearray()
    held.callback(let_go.append, True)

    async def send(message: Message) -> None:
        got.extend(message.get("body", b""))
        if goes_away and got:
            raise OSError("gone")

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    scope = {"type": "http", "asgi": {"spec_version": "2.4"}}
    with pytest.raises(ClientDisconnect) if goes_away else nullcontext():
        asyncio.run(Sent(tmp_path / "a.csv", held)(scope, receive, send))
    assert let_go == [True]
    assert len(got) == (1_048_576 if goes_away else 3_000_000)
