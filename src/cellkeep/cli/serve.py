"""Running a server."""

import socket
from pathlib import Path
from typing import TYPE_CHECKING

from cellkeep.cli.output import doing, pairs, say
from cellkeep.client.config import read_servers, write_server
from cellkeep.domain.errors import CellkeepError
from cellkeep.settings import DEFAULT_HOST, DEFAULT_PORT, ServerSettings, config_path

if TYPE_CHECKING:
    from cellkeep.storage.store import Store


def serve(*, host: str = DEFAULT_HOST, port: int = DEFAULT_PORT, data: str | None = None) -> None:
    """Run the server: API and web pages. The first start makes everything it needs.

    Args:
        host: address to listen on; 0.0.0.0 lets other machines in.
        port: port to listen on.
        data: folder of database and files; else CELLKEEP_DATA, else the user's data folder.
    """
    settings = ServerSettings.from_environment(data)
    with _listen(host, port) as listening:
        _serve(settings, host, listening)


def _serve(settings: ServerSettings, host: str, listening: socket.socket) -> None:
    import uvicorn  # noqa: PLC0415  only where a server is installed

    from cellkeep.app import open_store, served_app  # noqa: PLC0415
    from cellkeep.services import accounts  # noqa: PLC0415

    port = listening.getsockname()[1]
    store = open_store(settings)
    admin = accounts.ensure_first_admin(store)
    url = settings.public_url or f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}"  # noqa: S104
    fresh_key = accounts.ensure_key(store, admin, settings.admin_key)
    known = _remember(store, url, settings.data_dir, settings.admin_key or fresh_key)
    say("[bold]cellkeep[/bold] is starting.")
    pairs(
        {
            "URL": url,
            "data": settings.data_dir,
            **({"admin API key": f"[bold]{fresh_key}[/bold]  (shown this once)"} if fresh_key else {}),
            "login, once": f"{url}/ui/login?token={accounts.create_login_token(store, admin.user_id)}",
            "in Python": "client = cellkeep.Client()" if known else "client = cellkeep.Client(api_key=…)",
        }
    )
    if not known:
        doing("This machine does not know a key of this server. `cellkeep key create` makes one.")
    app = served_app(settings, store)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False)).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CellkeepError(
            f"Can not listen on {host}, port {port}: {error.strerror}. "
            "Another server may be running there; --port takes another port."
        ) from error


def _remember(store: "Store", url: str, data_dir: Path, given_key: str | None) -> bool:
    """Write the config file, so that a client on this machine needs no argument; whether a key is known."""
    from cellkeep.services import accounts  # noqa: PLC0415

    path = config_path()
    known = [server["api_key"] for server in reversed(read_servers(path)) if server.get("data") == str(data_dir)]
    for key in [given_key, *known]:
        if key and accounts.is_known(store, key):
            write_server(path, api_url=url, api_key=key, data=str(data_dir))
            return True
    return False
