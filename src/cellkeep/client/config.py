"""Which server, which key: argument, then environment, then the user's config file."""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cellkeep.domain.errors import CellkeepError
from cellkeep.settings import config_path


@dataclass(frozen=True)
class Connection:
    """Where a client goes and as whom."""

    api_url: str
    api_key: str = field(repr=False)
    project_id: str | None = None


def resolve(
    api_url: str | None, api_key: str | None, project_id: str | None, environ: Mapping[str, str] = os.environ
) -> Connection:
    """Fill in what was not given.

    Raises:
        CellkeepError: no URL or no key is to be found anywhere.
    """
    path = config_path(environ)
    url = api_url or environ.get("CELLKEEP_API_URL")
    key = api_key or environ.get("CELLKEEP_API_KEY")
    servers = [] if url and key else read_servers(path)
    url = url or (servers[-1]["api_url"] if servers else None)
    if not url:
        raise CellkeepError(
            "No server is known. Start one with `cellkeep serve`, or set CELLKEEP_API_URL and CELLKEEP_API_KEY, "
            "or work in a folder without a server: cellkeep.open('my-lab')."
        )
    url = url.strip().rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise CellkeepError(f"The address '{url}' must start with http:// or https://.")
    known = next((server["api_key"] for server in reversed(servers) if _same(server["api_url"], url)), None)
    key = (key or known or "").strip()
    if not key:
        raise CellkeepError(f"No API key for {url}. Set CELLKEEP_API_KEY, or pass api_key. Looked in {path} too.")
    if key.startswith(("http://", "https://")):
        raise CellkeepError("The API key is an address. Pass it by name: cellkeep.Client(api_url=…, api_key=…).")
    if not (key.isascii() and key.isprintable()):
        raise CellkeepError("The API key holds characters that no key has. Was it copied whole?")
    return Connection(url, key, project_id or environ.get("CELLKEEP_PROJECT_ID"))


def _same(one: str, other: str) -> bool:
    return one.replace("//localhost", "//127.0.0.1") == other.replace("//localhost", "//127.0.0.1")


def read_servers(path: Path) -> list[dict[str, Any]]:
    """The servers a config file knows, the one started last at the end."""
    try:
        servers = json.loads(path.read_text(encoding="utf-8"))["servers"]
        return [server for server in servers if server.get("api_url") and server.get("api_key")]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CellkeepError(f"The config file {path} can not be read ({error}). Mend or remove it.") from error


def write_server(path: Path, *, api_url: str, api_key: str, data: str) -> None:
    """Remember a server as the one started last. `data` tells servers at the same address apart."""
    others = [server for server in read_servers(path) if server.get("data") != data]
    servers = [*others, {"api_url": api_url, "api_key": api_key, "data": data}]
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"servers": servers}, file, indent=2)
    fresh.replace(path)
