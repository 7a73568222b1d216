"""A stored series that is mended on its page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import polars as pl
import pytest

from cellkeep.client import Client
from cellkeep.domain.measurements import CellMeasurement, MeasurementBundle
from cellkeep.domain.people import Caller
from cellkeep.services import accounts
from cellkeep.web.mending import allowed
from cellkeep.web.mending.mender import Mender
from cellkeep.web.mending.records import Asked
from conftest import Server
from storage.world import person
from web.signed import signed_in

CODES = ("current_sign_reversed", "time_does_not_start_at_zero")
SERIES = pl.DataFrame(
    {
        "Time [s]": [5.0, 605, 1205, 1805, 1810, 2410, 3010, 3610],
        "Voltage [V]": [3.60, 3.70, 3.80, 3.90, 3.80, 3.70, 3.60, 3.50],
        "Current [A]": [2.0] * 4 + [-2.0] * 4,
        "Step count": [0] * 4 + [1] * 4,
    }
)

pytestmark = [
    pytest.mark.parametrize("server", ["sqlite"], indirect=True),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


@pytest.fixture
def cell_id(client: Client) -> str:
    spec = client.cell_spec.create({"name": "S"})
    return client.cell_instance.create(spec.id, {"name": "C"}).id


@pytest.fixture
def admin(server: Server) -> Iterator[httpx2.Client]:
    with signed_in(server) as browser:
        browser.timeout = 60  # a process is started for the first series
        yield browser


def stored(client: Client, cell_id: str, **said: Any) -> MeasurementBundle:
    detail = {"measurement": {"name": "M", **said}, "time_series": SERIES}
    return client.cell_measurement.create(cell_id, detail, despite=CODES)


def sent(record: CellMeasurement, *codes: str) -> dict[str, str]:
    """What the form of the page says."""
    return {"codes": "&".join(f"code={each}" for each in codes), "seen": record.updated_at.isoformat()}


def test_what_is_chosen_is_mended(client: Client, admin: httpx2.Client, cell_id: str) -> None:
    """The page says what would be done and what stays; stored, it is a new version, and the old one is as it was.

    What was changed meanwhile is not written over, and another site has nothing stored.
    """
    kept = [{"action": "rows_left_out", "message": "Two rows were left out."}]
    made = stored(client, cell_id, repairs=kept)
    at = f"/ui/measurements/{made.id}"
    assert f"{at}/mend?code=current_sign_reversed" in admin.get(f"{at}?view=checks").text
    page = admin.get(f"{at}/mend", params={"code": "current_sign_reversed"}).text
    assert "&#39;Current [A]&#39; negated: " in page
    assert "Let time start at 0" in page
    assert "Store the mended series as a new version" in page
    before, after = (
        admin.get(f"{at}/mend/figure", params={"code": "current_sign_reversed", "which": which}).json()["figure"]
        for which in ("before", "after")
    )
    assert before != after
    form = sent(made, *CODES)
    client.cell_measurement.update(made.id, {"notes": "Changed meanwhile."})
    answer = admin.post(f"{at}/mend", data=form)
    assert (answer.status_code, "was changed while you looked" in answer.text) == (409, True)
    assert len(client.cell_measurement.versions(made.id)) == 1

    form = sent(client.cell_measurement.get(made.id), *CODES)
    assert admin.post(f"{at}/mend", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    answer = admin.post(f"{at}/mend", data=form)
    assert (answer.status_code, answer.url.path, answer.url.query) == (200, at, b"view=origin")
    record = client.cell_measurement.get(made.id)
    assert record.finding_counts == {}
    assert [each.action for each in record.repairs or []] == ["rows_left_out", "time_shifted", "current_negated"]
    second, _ = client.cell_measurement.versions(made.id)
    assert second.change is not None
    assert second.change.columns_changed == {"Time [s]": 5.0, "Current [A]": 4.0}
    assert pl.DataFrame(client.cell_measurement.earlier(made.id, 1)).equals(SERIES)
    assert "that can be mended safely" in admin.get(f"{at}/mend").text
    answer = admin.post(f"{at}/mend", data=sent(record, *CODES))
    assert (answer.status_code, "nothing to mend" in answer.text) == (422, True)


def test_what_can_not_be_mended_here_says_why(
    server: Server, client: Client, admin: httpx2.Client, cell_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A series that is too long, one that still goes on, properties, and what one may only look at, are told so."""
    made = stored(client, cell_id)
    other = client.cell_measurement.create_properties(cell_id, "P", {"a": 1})
    assert "only a time series" in admin.get(f"/ui/measurements/{other.id}/mend").text
    at = f"/ui/measurements/{made.id}"
    with monkeypatch.context() as short:
        short.setattr(allowed, "MOST_ROWS", 7)
        page = admin.get(f"{at}/mend").text
        assert "has 8 rows; up to 7" in page
        assert "client.cell_measurement.replace_series(record, mended)" in page
    with server.store.writing() as work:
        organization = accounts.ensure_first_admin(server.store).organization
        viewer: Caller = person(work, organization, "v@lab.org", roles={made.project_id: "Project Viewer"})
        work.measurements.row(made.id).provenance = {
            "reader": "arbin",
            "reader_version": 1,
            "options": {"watched": "a.csv"},
            "files": [{"name": "a.csv", "sha256": "0" * 64, "size_bytes": 1}],
        }
    assert "still goes on" in admin.get(f"{at}/mend").text
    with signed_in(server, viewer.user_id) as looking:
        assert f"{at}/mend" not in looking.get(f"{at}?view=checks").text
        assert "Project Contributor" in looking.get(f"{at}/mend").text
        assert looking.post(f"{at}/mend", data=sent(made, *CODES)).status_code == 403


def test_a_series_that_ends_its_process_is_told_of(client: Client, cell_id: str, tmp_path: Path) -> None:
    """The server goes on, and the next series has a process of its own."""
    asked = Asked(path=str(tmp_path / "none"), record=stored(client, cell_id), ratings={}, codes=[], folder="")
    mender = Mender(("sh", "-c", "echo {}; read line; exit 3"))
    for _ in range(2):
        assert mender.mend(asked).message == "Mending it ended the process that did it (exit code 3)."
    mender.close()
