"""The process in which files are looked into, within bounds of memory and of what it may write.

It is asked and answers by lines of JSON, as `cellkeep.services.children` says.
"""

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "2")  # before polars is imported: others want cores too

from cellkeep.web.bounded import serve
from cellkeep.web.upload.looking import look_at
from cellkeep.web.upload.records import How, Look


def _answered(asked: dict[str, Any]) -> dict[str, Any]:
    path = Path(asked["path"])
    try:
        return look_at(path, How.model_validate(asked["how"]), Path(asked["folder"]), series=asked["series"])
    except MemoryError:
        message = f"'{path.name}' needs more memory to be read than this server allows. Import it on the command line."
    except Exception as error:  # noqa: BLE001  such as a full disk; whatever is caught is an answer, and no death
        message = f"'{path.name}' can not be looked into ({type(error).__name__}: {error})."
    return {"look": Look(kind="failed", message=message).model_dump(mode="json")}


if __name__ == "__main__":
    serve(_answered)
