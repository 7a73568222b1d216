"""What cellkeep's own client takes, as JSON; run with the interpreter that has it."""

import inspect
import json
import sys
import typing
from typing import Any

from cellkeep import Client


def taken(method: Any) -> dict[str, Any]:
    """Names that may be given by position, in order, and all that may be given by name."""
    found = inspect.signature(method).parameters.values()
    names = [one.name for one in found if one.kind is not one.VAR_KEYWORD]
    for one in found:
        if one.kind is one.VAR_KEYWORD and typing.get_origin(one.annotation) is typing.Unpack:
            names += typing.get_type_hints(typing.get_args(one.annotation)[0])
    return {"by_position": [one.name for one in found if one.kind is one.POSITIONAL_OR_KEYWORD], "by_name": names}


def main() -> None:
    client = Client(api_key="none", api_url="http://127.0.0.1:1")
    own = [client, *(value for name, value in vars(client).items() if not name.startswith("_"))]
    told = {}
    for name, owner in zip(["", *(name for name in vars(client) if not name.startswith("_"))], own, strict=True):
        methods = [each for each in dir(owner) if not each.startswith("_") and inspect.ismethod(getattr(owner, each))]
        told |= {f"client.{name}.{each}".replace("..", "."): taken(getattr(owner, each)) for each in methods}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
