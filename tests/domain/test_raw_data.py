"""What may be said of a raw file."""

from typing import Any

import pytest
from pydantic import ValidationError

from cellkeep.domain.raw_data import ConfirmRawDataUpload, InitiateRawDataUpload, RawDataPatch, RawDataQuery

SAID = {"project_id": "p", "name": "n", "filename": "dump.csv"}
DIGEST = "ab" * 32


@pytest.mark.parametrize(
    "content_type", ["text/csv", "application/octet-stream", "application/vnd.ms-excel", "image/svg+xml", "x-a/B.c_d"]
)
def test_a_plain_media_type_is_taken_as_it_is(content_type: str) -> None:
    """The type of the content is kept as the sender writes it."""
    assert InitiateRawDataUpload(**SAID, content_type=content_type).content_type == content_type


@pytest.mark.parametrize("content_type", [None, ""])
def test_no_media_type_is_any_bytes(content_type: Any) -> None:
    """Where the sender says no type, the content is bytes."""
    assert InitiateRawDataUpload(**SAID, content_type=content_type).content_type == "application/octet-stream"
    assert InitiateRawDataUpload(**SAID).content_type == "application/octet-stream"


@pytest.mark.parametrize(
    "content_type",
    [
        "text",
        "text/",
        "/csv",
        "text/csv; charset=utf-8",
        "text/csv\n",
        "text/csv\r\nSet-Cookie: x=y",
        "text/ csv",
        "text/html<script>",
        "text/csv/more",
        "téxt/csv",
        f"text/{'x' * 128}",
        7,
        ["text/csv"],
    ],
)
def test_what_is_no_plain_media_type_is_refused(content_type: Any) -> None:
    """Parameters, line breaks and whatever else could become a header of its own are no media type."""
    with pytest.raises(ValidationError, match="content_type"):
        InitiateRawDataUpload(**SAID, content_type=content_type)


def test_a_digest_is_taken_in_any_case() -> None:
    """64 hexadecimal digits are kept in lower case; none at all is all right."""
    assert ConfirmRawDataUpload(**SAID, size_bytes=1, sha256=DIGEST.upper()).sha256 == DIGEST
    assert ConfirmRawDataUpload(**SAID, size_bytes=1, sha256=None).sha256 is None
    assert RawDataQuery(sha256=DIGEST.upper()).sha256 == DIGEST


@pytest.mark.parametrize(
    "digest", ["", "ab", DIGEST + "0", DIGEST[:-1], "g" * 64, DIGEST + "\n", "é" * 64, 7, "eq." + DIGEST]
)
def test_what_is_no_digest_is_refused(digest: Any) -> None:
    """Anything but 64 hexadecimal digits is malformed, in a confirm and in a query."""
    with pytest.raises(ValidationError, match="sha256"):
        ConfirmRawDataUpload(**SAID, size_bytes=1, sha256=digest)
    with pytest.raises(ValidationError, match="sha256"):
        RawDataQuery(sha256=digest)


@pytest.mark.parametrize("size", [-1, None, "many", 1.5, [], {}])
def test_a_size_is_a_number_of_bytes(size: Any) -> None:
    """A size that is negative, broken or none is malformed; so is a confirm without one."""
    with pytest.raises(ValidationError, match="size_bytes"):
        ConfirmRawDataUpload(**SAID, size_bytes=size)
    with pytest.raises(ValidationError, match="size_bytes"):
        ConfirmRawDataUpload(**SAID)


def test_an_empty_source_is_none() -> None:
    """Sent as empty text, the source is cleared, and is among the changes."""
    assert RawDataPatch(source="").changes() == {"source": None}
    assert InitiateRawDataUpload(**SAID, source="").source is None


def test_a_patch_has_no_say_in_what_the_file_is() -> None:
    """File name, content and project that are sent back with a record are passed over; keys of one's own are kept."""
    sent = {"name": "new", "filename": "x", "content_type": "a/b", "size_bytes": 1, "sha256": "0", "project_id": "q"}
    patch = RawDataPatch.model_validate({**sent, "id": "i", "organization_id": "o", "mine": 1})
    assert patch.changes() == {"name": "new"}
    assert patch.custom() == {"mine": 1}


def test_a_confirm_keeps_keys_of_ones_own() -> None:
    """What initiate-upload answered, sent back with the confirm, is not kept; what a person adds is."""
    confirm = ConfirmRawDataUpload.model_validate(
        {**SAID, "size_bytes": 1, "raw_data_id": "r", "uploads": [], "mine": float("nan")}
    )
    assert confirm.custom() == {"mine": None}
