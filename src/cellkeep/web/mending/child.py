"""The process in which stored series are mended, within bounds of memory and of what it may write.

It is asked and answers by lines of JSON, as `cellkeep.services.children` says.
"""

import os
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "2")  # before polars is imported: others want cores too

from cellkeep.web.bounded import serve
from cellkeep.web.mending.records import Asked, Told
from cellkeep.web.mending.stored import look_at

TOO_MUCH = "Mending it needs more memory than this server allows."


def _answered(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        told = look_at(Asked.model_validate(asked))
    except MemoryError:
        told = Told(message=TOO_MUCH)
    except Exception as error:  # noqa: BLE001  such as a full disk; whatever is caught is an answer, and no death
        told = Told(message=f"It can not be mended here ({type(error).__name__}: {error}).")
    return told.model_dump(mode="json")


if __name__ == "__main__":
    serve(_answered)
