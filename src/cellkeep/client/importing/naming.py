"""What a file is called: specification, cell and measurement, said by a person or taken from where the file lies."""

import re
from dataclasses import dataclass, field
from typing import Any

from cellkeep.client.importing.files import Found
from cellkeep.client.reading import name_of
from cellkeep.domain.columns import quoted
from cellkeep.domain.errors import InvalidError

_OWN = frozenset({"spec", "cell", "name"})
_OF_FILE = ("file", "folder", "path")
"""Its name without extension, that of its folder, and its path with extension, which no other file has."""
_FIELD = re.compile(r"\{(\w+)\}")
_PART = re.compile(r"\{(?P<field>[^{}]*)\}|(?P<folders>\*\*/)|(?P<any>\*+)|(?P<text>[^{}*]+|[{}])")
_EXTENSION = r"(?:\.bdf)?(?:\.[^./]+)?(?:\.gz)?"


@dataclass(frozen=True)
class Names:
    """What a file is called.

    Attributes:
        spec: the specification of the cell; None where nobody said it.
        cell: the cell.
        name: the measurement.
        setup: what the pattern took from the path and no name has, for `test_setup`.
    """

    spec: str | None
    cell: str
    name: str
    setup: dict[str, str]

    @property
    def fields(self) -> dict[str, Any]:
        """What they say of the measurement."""
        return {"name": self.name, **({"test_setup": self.setup} if self.setup else {})}


@dataclass(frozen=True)
class Naming:
    """How files are called; see `client.import_files`.

    Attributes:
        spec: the specification, in which `{field}` stands for a part of the path.
        cell: the same for the cell.
        name: the same for the measurement.
        pattern: tells the parts of the path: `{spec}/{cell}/{name}.csv`, or a regular expression with named groups.
    """

    spec: str | None = None
    cell: str | None = None
    name: str | None = None
    pattern: str | None = None
    _compiled: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what could name no file, before any is looked at.

        Raises:
            InvalidError: no cell is said, or a pattern or a field is misspelt.
        """
        object.__setattr__(self, "_compiled", _compiled(self.pattern))
        known = {*self._compiled.groupindex, *_OF_FILE}
        for said in (self.spec, self.cell, self.name):
            if unknown := [each for each in _FIELD.findall(said or "") if each not in known]:
                raise InvalidError(
                    f"'{said}': there is no field {quoted(unknown)}. Fields are {quoted(sorted(known))}."
                )
        if not (self.cell or "cell" in known):
            raise InvalidError(
                "Say on which cell the files were measured: --cell NCM622-GR-001 for all of them; or take it from "
                "where each lies: --cell '{folder}', or --pattern '{cell}/{name}.csv' (in Python cell=…, pattern=…)."
            )

    def of(self, found: Found) -> Names | None:
        """What a file is called; None where the pattern does not match it."""
        match = self._matched(found)
        if match is None:
            return None
        taken = {key: value.strip() for key, value in match.groupdict().items() if value is not None}
        fields = {
            "file": name_of(found.path),
            "folder": found.path.absolute().parent.name,
            "path": found.relative,
            **taken,
        }
        try:
            spec = _filled(self.spec or ("{spec}" if "spec" in taken else ""), fields)
            cell = _filled(self.cell or "{cell}", fields)
            name = _filled(self.name or ("{name}" if "name" in taken else "{file}"), fields)
        except KeyError:  # a group of the expression that took no part
            return None
        if not (cell and name):
            return None
        used = _OWN.union(*(_FIELD.findall(said or "") for said in (self.spec, self.cell, self.name)))
        further = {key: value for key, value in taken.items() if key not in used and value}
        return Names(spec or None, cell, name, further)

    def _matched(self, found: Found) -> re.Match[str] | None:
        """A file that was named itself is matched from the end of its whole path, since no folder was said."""
        if not found.named:
            return self._compiled.search(found.relative)
        parts = found.path.absolute().parts[1:]
        ends = ("/".join(parts[at:]) for at in range(len(parts) - 1, -1, -1))
        return next((match for end in ends if (match := self._compiled.search(end))), None)


def _filled(template: str, fields: dict[str, str]) -> str:
    return _FIELD.sub(lambda found: fields[found[1]], template).strip()


def _compiled(pattern: str | None) -> re.Pattern[str]:
    if pattern is None:
        return re.compile("")
    try:
        if "(?P<" in pattern:
            return re.compile(pattern)
        return re.compile(rf"\A{_as_expression(pattern)}\Z", re.IGNORECASE)
    except re.error as error:
        raise InvalidError(f"The pattern '{pattern}' can not be understood: {error}.") from error


def _as_expression(pattern: str) -> str:
    """The plain form as a regular expression: a field and a `*` stay within one part of the path."""
    made, fields = "", set()
    for part in _PART.finditer(pattern.removeprefix("./")):
        name = part["field"]
        if name is not None:
            if not name.isidentifier():
                raise InvalidError(f"The pattern '{pattern}' has '{{{name}}}': a field has a name, such as {{cell}}.")
            made += rf"(?P={name})" if name in fields else rf"(?P<{name}>[^/]+?)"
            fields.add(name)
        elif part["folders"]:
            made += "(?:[^/]+/)*"
        else:
            made += "[^/]*" if part["any"] else re.escape(part["text"])
    last = pattern.rpartition("/")[2]
    ends_open = "." not in last.rpartition("}")[2].rpartition("*")[2]
    return made + (_EXTENSION if ends_open else "")
