"""What only the official client does with raw files."""

import io
from pathlib import Path
from typing import Any

import pytest
from ionworks import Ionworks, IonworksError
from stands import Stand

CONTENT = b"a,b\n1,2\n"


def test_a_client_with_a_token_reads_files(installation: Stand, project_id: str) -> None:
    """A client that sends a bearer token with everything uploads, and downloads from the storage behind a redirect."""
    client = Ionworks(token=installation.api_key, api_url=installation.api_url)
    made = client.raw_data.upload(project_id, io.BytesIO(CONTENT), name="dump.csv")
    assert client.raw_data.download(made.id, use_cache=False) == CONTENT


def test_what_was_read_once_is_read_from_the_cache(client: Any, project_id: str, tmp_path: Path) -> None:
    """Content never changes, so the client's cache of it is never wrong; without it, a removed file is gone."""
    path = tmp_path / "dump.csv"
    path.write_bytes(CONTENT)
    made = client.raw_data.upload(project_id, path)
    assert client.raw_data.download(made.id) == CONTENT
    client.raw_data.update(made.id, name="renamed")
    assert client.raw_data.download(made.id) == CONTENT
    client.raw_data.delete(made.id)
    with pytest.raises(IonworksError) as refused:
        client.raw_data.download(made.id, use_cache=False)
    assert refused.value.status_code == 404


def test_the_record_keeps_what_the_client_has_no_field_for(client: Any, project_id: str) -> None:
    """The model of the client passes on size, digest, kind and metadata as attributes."""
    made = client.raw_data.upload(project_id, io.BytesIO(b""), metadata={"a": 1})
    assert made.model_dump().keys() == {
        "id", "project_id", "organization_id", "name", "filename", "source", "content_type", "size_bytes", "sha256",
        "metadata", "created_at", "updated_at", "created_by", "created_by_email",
    }  # fmt: skip
    assert (made.size_bytes, made.source, made.metadata) == (0, None, {"a": 1})


def test_a_stream_that_can_not_go_back_is_taken(client: Any, project_id: str) -> None:
    """The client buffers it; what is stored is all of it."""

    class OneWay(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: Any) -> int:
            raise io.UnsupportedOperation

        def tell(self) -> int:
            raise io.UnsupportedOperation

    made = client.raw_data.upload(project_id, OneWay(CONTENT))
    assert (made.filename, made.size_bytes) == ("upload.bin", len(CONTENT))
    assert client.raw_data.download(made.id) == CONTENT


def test_a_name_that_is_a_path_is_refused(client: Any, project_id: str, tmp_path: Path) -> None:
    """A file whose name has a backslash in it is refused before anything is sent, with the reason."""
    path = tmp_path / "C:\\data.csv"
    path.write_bytes(CONTENT)
    with pytest.raises(IonworksError, match="contains a path") as refused:
        client.raw_data.upload(project_id, path)
    assert refused.value.status_code == 400
    assert client.raw_data.list(project_id).total == 0
