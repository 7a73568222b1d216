"""Plain HTTP, for what a client does not show; only in the environment of the official client."""

from typing import Any

import requests


class Wire(requests.Session):
    """A session with a key of a server. It follows no redirect unless told to."""

    def __init__(self, base: str, key: str) -> None:
        super().__init__()
        self.base = base
        self.headers["X-API-Key"] = key

    def request(self, method: str, url: str, *rest: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        """Call a path of the API, or a whole address."""
        options.setdefault("timeout", 20)
        options["allow_redirects"] = options.get("follow", False)
        options.pop("follow", None)
        return super().request(method, url if url.startswith("http") else self.base + url, *rest, **options)
