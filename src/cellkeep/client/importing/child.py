"""The process in which files are read: asked and answering by lines of JSON, as `reading.py` says.

It ends when its standard input closes, so it does not outlive a run that was killed, and leaves no file behind.
"""

import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO, cast

from cellkeep.client.importing.reading import SERIES, HereReader, How, ReadError


def _answered(asked: dict[str, Any], folder: Path) -> dict[str, Any]:
    path = Path(asked["path"])
    try:
        reading, facts = HereReader().read(path, How(asked["reader"], asked["columns"], asked["timezone"]))
        if asked["series"]:
            reading.time_series.write_ipc(folder / SERIES)
    except ReadError as error:
        return {"error": error.message, "unknown": error.unknown}
    except Exception as error:  # noqa: BLE001  such as a full disk; whatever is caught is an answer, and no death
        return {"error": f"The series of '{path.name}' can not be handed on: {error}.", "unknown": False}
    return {
        "measurement": reading.measurement,
        "reader": reading.reader,
        "reason": reading.reason,
        "repairs": [each.model_dump(mode="json") for each in reading.repairs],
        "local_start": reading.local_start and reading.local_start.isoformat(),
        "facts": asdict(facts),
    }


def _serve(requests: TextIO, answers: TextIO, folder: Path) -> None:
    try:
        for line in requests:
            print(json.dumps(_answered(json.loads(line), folder)), file=answers, flush=True)
    finally:  # nobody may be left to take the last answer, or to clear up
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _own = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
    _serve(cast("TextIO", sys.stdin), _own, Path(sys.argv[1]))
