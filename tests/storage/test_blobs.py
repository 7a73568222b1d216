"""Both blob stores keep the contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from cellkeep.server import errors
from cellkeep.server.blobs import blob_router
from cellkeep.storage.blobs import BlobStore
from cellkeep.storage.local_blobs import LocalBlobs
from cellkeep.storage.s3_blobs import S3Blobs
from cellkeep.testing import servers
from cellkeep.testing.blobs import BlobStoreContract


class TestLocalBlobs(BlobStoreContract):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> LocalBlobs:
        return LocalBlobs(tmp_path / "blobs", b"secret")

    @pytest.fixture
    def base_url(self, blobs: LocalBlobs) -> Iterator[str]:
        app = FastAPI()
        errors.install(app)
        app.include_router(blob_router(blobs))
        with servers.served(app) as url:
            yield url


class TestS3Blobs(BlobStoreContract):
    @pytest.fixture
    def blobs(self, s3_server: servers.S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> BlobStore:
        for name, value in s3_server.environment.items():
            monkeypatch.setenv(name, value)
        return S3Blobs(f"{s3_server.url}/{tmp_path.name}")

    @pytest.fixture
    def base_url(self) -> str:
        return "unused"
