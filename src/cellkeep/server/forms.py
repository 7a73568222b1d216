"""Forms with a file: text fields first, then the part `file`. No more than a piece of it is held in memory."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, BinaryIO, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.types import Message

from cellkeep.domain.errors import BadRequestError, InvalidError

_MOST_FIELDS = 50
_END_BYTES = 8

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class TableForm:
    """A form that was received whole.

    Attributes:
        fields: text by name of the field.
        file: the content of the part `file`.
    """

    fields: dict[str, str]
    file: BinaryIO

    def read(self, model: type[M], *, json_fields: tuple[str, ...] = ()) -> M:
        """The text fields as a request body; those of `json_fields` are JSON text."""
        body: dict[str, Any] = dict(self.fields)
        for name in json_fields:
            if name in body:
                body[name] = _parsed(name, body[name])
        try:
            return model.model_validate(body)
        except ValidationError as error:
            places = [{**place, "loc": ("body", *place["loc"])} for place in error.errors()]
            raise RequestValidationError(places) from error


async def _table_form(request: Request) -> AsyncIterator[TableForm]:
    form = await _whole(request).form(max_files=1, max_fields=_MOST_FIELDS)
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidError(
                "file: a parquet file is needed. Send multipart/form-data with the table as the part 'file'.",
                detail=[{"loc": ["body", "file"], "msg": "Field required", "type": "missing"}],
            )
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        yield TableForm(fields, file.file)
    finally:
        await form.close()


SentTable = Annotated[TableForm, Depends(_table_form, scope="function")]


def _whole(request: Request) -> Request:
    """The same request, which is refused where it ends before its form does."""
    end = b""
    has_parts = request.headers.get("content-type", "").lower().startswith("multipart/")

    async def receive() -> Message:
        nonlocal end
        message = await request.receive()
        end = (end + message.get("body", b"")[-_END_BYTES:])[-_END_BYTES:]
        # The parser itself takes a form without its end for whole, and forgets the part that was cut.
        if has_parts and not message.get("more_body", False) and not end.rstrip().endswith(b"--"):
            raise BadRequestError("The form breaks off before its end. Send it again.")
        return message

    return Request(request.scope, receive)


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidError(
            f"{name}: {text[:60]!a} is not JSON ({error}).",
            detail=[{"loc": ["body", name], "msg": str(error), "type": "json_invalid"}],
        ) from error


def in_words(needed: tuple[str, ...], optional: tuple[str, ...]) -> dict[str, Any]:
    """How the description of the API tells of a route that takes a form."""
    parts: dict[str, Any] = {name: {"type": "string"} for name in (*needed, *optional)}
    parts["file"] = {"type": "string", "format": "binary", "description": "A parquet file."}
    schema = {"type": "object", "properties": parts, "required": [*needed, "file"]}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
