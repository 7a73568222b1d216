"""A damaged table that ends the process which reads it."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import polars as pl
import pytest

import cellkeep
from cellkeep.domain.errors import UnusableDataError
from cellkeep.domain.people import Caller
from cellkeep.services.processing import process
from cellkeep.services.trial_reading import TrialReader
from cellkeep.storage.store import Store
from services.bench import Bench, Never, Now, bench, deadly, parquet, series

_FAKE = """
import json, os, sys, time
print("{}", flush=True)
for line in sys.stdin:
    name = os.path.basename(json.loads(line)["path"])
    if name == "hang":
        time.sleep(600)
    if name == "die":
        os.abort()
    if name == "environment":
        print(json.dumps({"error": " ".join(os.environ)}), flush=True)
    print(json.dumps({"error": str(os.getpid())}), flush=True)
"""
"""Speaks as a child does, and answers with its process id."""


@pytest.fixture
def reader() -> Iterator[TrialReader]:
    reader = TrialReader()
    yield reader
    reader.close()


@pytest.fixture
def fake() -> Iterator[TrialReader]:
    reader = TrialReader([sys.executable, "-c", _FAKE], timeout_s=5)
    yield reader
    reader.close()


@pytest.fixture
def at(store: Store, admin: Caller) -> Bench:
    return bench(store, admin)


def said(reader: TrialReader, name: str) -> str:
    with pytest.raises(UnusableDataError) as caught:
        reader(Path(name), "table")
    return caught.value.message


def test_a_table_that_ends_its_reader_is_refused_and_the_next_is_read(reader: TrialReader, tmp_path: Path) -> None:
    """One wrong byte kills the child, which is said of that file alone."""
    bad, good = tmp_path / "bad", tmp_path / "good"
    bad.write_bytes(deadly())
    good.write_bytes(parquet(series()))
    for _ in range(2):
        reader(good, "time series")
        with pytest.raises(UnusableDataError, match=r"time series is damaged: .* \(SIGABRT\)"):
            reader(bad, "time series")
    reader(good, "time series")


def test_of_a_table_that_is_too_large_only_the_footer_is_read(reader: TrialReader, tmp_path: Path) -> None:
    """A damaged page is not met where the table is refused for its size anyway."""
    bad = tmp_path / "bad"
    bad.write_bytes(deadly())
    reader(bad, "table", most_values=10)


def test_what_is_no_table_is_refused_in_the_usual_words(reader: TrialReader, tmp_path: Path) -> None:
    """The child lives on where an error could be caught, and the error has its facts."""
    path = tmp_path / "x"
    path.write_bytes(b"hello")
    with pytest.raises(UnusableDataError, match=r"The table is not a readable parquet file \(5 bytes\)") as caught:
        reader(path, "table")
    assert caught.value.detail == {"size_bytes": 5}
    assert "No such file" in said(reader, str(tmp_path / "none"))


def test_names_that_are_patterns_are_read(reader: TrialReader, tmp_path: Path) -> None:
    """A column whose name polars could take for a pattern is read like any other, and so is a table without columns."""
    path = tmp_path / "x"
    path.write_bytes(parquet(pl.DataFrame({"^a.*$": [1], "a": [2], "*": [3]})))
    reader(path, "table")
    path.write_bytes(parquet(pl.DataFrame()))
    reader(path, "table")


def test_a_child_reads_many_and_is_replaced_when_it_dies(fake: TrialReader) -> None:
    """The same process answers until it dies, and another one after that."""
    first = said(fake, "a")
    assert said(fake, "b") == first
    assert "SIGABRT" in said(fake, "die")
    second = said(fake, "c")
    assert second != first
    assert said(fake, "d") == second


def test_a_child_that_hangs_is_killed() -> None:
    """A table whose reading comes to no end is refused."""
    reader = TrialReader([sys.executable, "-c", _FAKE], timeout_s=1)
    assert "did not come to an end" in said(reader, "hang")
    assert said(reader, "a").isdigit()
    reader.close()


def test_a_child_knows_no_secret(fake: TrialReader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of the object store and of the database do not reach it."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("CELLKEEP_DATABASE_URL", "x")
    names = said(fake, "environment").split()
    assert "PATH" in names
    assert not {"AWS_SECRET_ACCESS_KEY", "CELLKEEP_DATABASE_URL"} & set(names)


def test_a_child_that_can_not_start_blames_no_file() -> None:
    """An installation that is broken is an accident of the server, and nothing that is sent is refused for it."""
    with pytest.raises(RuntimeError, match="could not be started"):
        TrialReader([sys.executable, "-c", "raise SystemExit(3)"])(Path("a"), "table")


def test_a_series_that_ends_its_reader_is_refused_at_the_confirm(at: Bench) -> None:
    """Nothing is kept of it, and the right data is taken after it."""
    measurement_id = at.send(deadly())
    with pytest.raises(UnusableDataError, match="is damaged"):
        at.confirm(measurement_id, Now(at.store))
    assert not [*at.stored(), *at.named()]
    assert at.confirm(at.send(parquet(series()))).processing_status == "ready"


def test_a_step_table_that_ends_its_reader_is_refused(at: Bench) -> None:
    """A person's own steps are tried as the series is."""
    measurement_id = at.send(parquet(series(1000)), deadly())
    with pytest.raises(UnusableDataError, match="step table is damaged"):
        at.confirm(measurement_id)


def test_a_series_that_was_taken_before_fails_once(at: Bench) -> None:
    """What was confirmed and ended the process at every start is failed with the reason, and not taken up again."""
    measurement_id = at.send(deadly())
    at.confirm(measurement_id, Never(), wait_s=0)
    assert process(at.store, measurement_id).status == "failed"
    status, reason = at.status(measurement_id)
    assert status == "failed"
    assert "is damaged" in str(reason)
    with at.store.reading() as work:
        assert measurement_id not in work.measurements.unfinished()


def test_embedded_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder, where only this process sends, everything is read here."""
    monkeypatch.setattr("subprocess.Popen", lambda *_args, **_options: pytest.fail("a process was started"))
    with cellkeep.open(tmp_path / "lab") as client:
        spec = client.cell_spec.create({"name": "S"})
        cell = client.cell_instance.create(spec.id, {"name": "C"})
        made = client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": series(12)})
        assert made.processing_status == "ready"
        table = pl.DataFrame({"x": [1.0, 2.0]})
        analysis = client.analysis.create(made.id, "A", "t", table)
        assert client.analysis.get_data(analysis.id).equals(table)


def test_a_footer_waits_for_no_table(fake: TrialReader) -> None:
    """Somebody waits for the answer to a footer, however many long tables are being read."""
    with ExitStack() as places:
        for _ in range(4):
            places.enter_context(fake._places)
        with pytest.raises(UnusableDataError):
            fake(Path("footer"), "table", most_values=0)
