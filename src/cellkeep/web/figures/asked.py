"""What the address of a figure asks for. What is not understood is refused in words, since people write addresses."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from cellkeep.domain.errors import BadRequestError
from cellkeep.domain.time_series import runs

_LONGEST_LIST = 2000
_LONGEST_TEXT = 500
_LARGEST_WHOLE = 2**53


@dataclass(frozen=True)
class Asked:
    """The parameters of a figure, or of the page that shows it."""

    query: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, query: str) -> "Asked":
        """Read an address.

        Raises:
            BadRequestError: a value is no text, or is too long; cut short, a list of numbers would name others.
        """
        found = parse_qsl(query)[:_LONGEST_LIST]
        if long := next((name for name, value in found if len(value) > _LONGEST_TEXT), None):
            raise BadRequestError(f"{long[:100]}: it is longer than {_LONGEST_TEXT} characters.")
        if any("\0" in value for _, value in found):
            raise BadRequestError("The address contains a character that is no text (NUL).")
        return cls(found)

    def text(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.query if key == name), default)

    def texts(self, name: str) -> list[str]:
        """All values of a parameter that may come again, each once."""
        return list(dict.fromkeys(value for key, value in self.query if key == name))

    def number(self, name: str) -> float | None:
        """A number.

        Raises:
            BadRequestError: it is none.
        """
        if not (text := self.text(name)):
            return None
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not math.isfinite(found):
            raise BadRequestError(f"{name}: '{text}' is no number.")
        return found

    def whole(self, name: str) -> int | None:
        """A whole number; BadRequestError where it is none."""
        found = self.number(name)
        if found is not None and (found != int(found) or abs(found) > _LARGEST_WHOLE):
            raise BadRequestError(f"{name}: '{self.text(name)}' is no whole number.")
        return None if found is None else int(found)

    def numbers(self, name: str) -> list[str]:
        """Numbers and runs of numbers, such as `5, 7-9`, as a series is asked for them.

        Raises:
            BadRequestError: they are none.
        """
        parts = [part.strip() for text in self.texts(name) for part in text.split(",") if part.strip()]
        try:
            runs(parts)
        except ValueError as error:
            raise BadRequestError(f"{name}: write numbers and runs of numbers such as 5, 7-9. {error}") from None
        return parts

    @property
    def dark(self) -> bool:
        return self.text("theme") == "dark"
