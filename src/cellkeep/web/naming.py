"""What files are called that leave a page, and how a browser is told."""

import re
import unicodedata
from urllib.parse import quote

from fastapi import Response

from cellkeep.client.export_files import safe_name
from cellkeep.web.answers import HEADERS

_LONGEST_PART = 60
_LONGEST_BYTES, _LONGEST_END_BYTES = 176, 88
"""A name that is too long loses nothing of its end, which tells two files of one thing apart."""
_CSV = "text/csv; charset=utf-8"


def file_name(*parts: str) -> str:
    """Parts as the beginning of a name of a file, each shortened where it is long, and the last one least.

    >>> file_name("Cell 7/3", "Ageing: 45 °C", "time_series")
    'Cell_7_3_Ageing_45_°C_time_series'
    """
    *first, last = [unicodedata.normalize("NFC", part)[:_LONGEST_PART] for part in parts if part]
    end = _within(_LONGEST_END_BYTES, last)
    room = _LONGEST_BYTES - len(end.encode())
    joined = "_".join([*(_within(room // len(first) - 1, part) for part in first), end])
    return re.sub(r"[\s_]+", "_", safe_name(joined))


def _within(most_bytes: int, text: str) -> str:
    return text.encode(errors="ignore")[:most_bytes].decode(errors="ignore")


def disposition(kind: str, filename: str) -> str:
    """How a browser takes what is sent, and the name that it keeps it under (RFC 6266)."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", filename)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def as_csv_file(content: bytes | str, name: str) -> Response:
    """A table that is downloaded; the name goes without its extension."""
    headers = {**HEADERS, "content-disposition": disposition("attachment", f"{name}.csv")}
    return Response(content, media_type=_CSV, headers=headers)
