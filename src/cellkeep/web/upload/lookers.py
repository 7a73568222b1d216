"""Files looked into by a process of its own, within bounds of time: whatever a file does to it, the server goes on."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep.client.importing.reading import Facts, ReadError
from cellkeep.client.reading import Reading
from cellkeep.domain.findings import Repair
from cellkeep.services.children import EndedError, Standing
from cellkeep.web.upload.looking import SERIES
from cellkeep.web.upload.records import How, Look

_COMMAND = (sys.executable, "-P", "-m", "cellkeep.web.upload.child")
_START_S = 60.0
_LOOK_S = 900.0
"""Far more than the largest file takes that may be sent."""


class Looker:
    """A process that looks into one file after the other; it is started when it is needed."""

    def __init__(self, command: Sequence[str] = _COMMAND, *, timeout_s: float = _LOOK_S) -> None:
        self._child = Standing(command, _START_S)
        self._timeout_s = timeout_s

    def look(self, path: Path, how: How, folder: Path) -> Look:
        """What is in a file; pictures of it are kept in the folder."""
        return Look.model_validate(self._asked(path, how, folder, series=False)["look"])

    def read(self, path: Path, how: How, folder: Path) -> tuple[Reading, Facts]:
        """The series of a file, mended as it was chosen.

        Raises:
            ReadError: says why not.
        """
        answer = self._asked(path, how, folder, series=True)
        look = Look.model_validate(answer["look"])
        if "measurement" not in answer:
            raise ReadError(look.message)
        series = folder / SERIES
        frame = pl.read_ipc(series)
        series.unlink()  # what is mapped stays until the frame is let go of
        said = answer["measurement"]
        repairs = [Repair(**each) for each in said.get("repairs", [])]
        reading = Reading(frame, said, look.reader, look.reason, repairs, look.local_start)
        return reading, Facts(**answer["facts"])

    def stop(self) -> None:
        """Give up the file that is looked into, from any thread."""
        self._child.kill()

    def close(self) -> None:
        """End the process, from the thread that uses it."""
        self._child.end()

    def _asked(self, path: Path, how: How, folder: Path, *, series: bool) -> dict[str, Any]:
        asked = {"path": str(path), "how": how.model_dump(mode="json"), "folder": str(folder), "series": series}
        try:
            return self._child.asked(asked, self._timeout_s)
        except EndedError as error:
            message = f"'{path.name}' ended the process that read it ({error}). It may be damaged: export it again."
        return {"look": Look(kind="failed", message=message).model_dump(mode="json")}
