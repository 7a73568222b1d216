"""Sites, cyclers and channels of a crate, where the laboratory has none of these names yet."""

from typing import Any

from cellkeep.client.crate.reading import Line
from cellkeep.client.crate.records import MARK, Record, body, marked
from cellkeep.client.crate.target import Target
from cellkeep.client.transport import Transport, segment
from cellkeep.domain.errors import ConflictError, ForbiddenError

_VISIT = ("service_scheduled_at", "service_scheduled_until")


class Laboratory:
    """Makes what there is not."""

    def __init__(self, transport: Transport, there: Target, left_out: list[str]) -> None:
        self._transport = transport
        self._there = there
        self._left_out = left_out
        self._to_take_out: list[tuple[str, Record]] = []

    def site(self, line: Line) -> str | None:
        """The id of the site of that name."""
        found = self._transport.get("/sites", {"name": f"eq.{line.name}", "limit": 1})["items"]
        if found:
            known: str = found[0]["id"]
            self._there.earlier.add(known)
            return known
        try:
            return self._made("/sites", line)
        except ForbiddenError as error:
            self._left_out.append(f"the site '{line.name}' with its cyclers: {error.message}")
            return None

    def cycler(self, line: Line) -> str | None:
        site = self._there.ids.get(("site", line.record["site_id"]))
        if site is None:
            return None
        try:
            return self._made(f"/sites/{segment(site)}/cyclers", line, project_id=self._there.id)
        except ConflictError:
            self._left_out.append(
                f"the cycler '{line.name}' with its channels: its site has one of that name, of another project"
            )
            return None

    def channel(self, line: Line) -> str | None:
        cycler = self._there.ids.get(("cycler", line.record["cycler_id"]))
        return None if cycler is None else self._made(f"/cyclers/{segment(cycler)}/channels", line)

    def remember(self, line: Line) -> None:
        """Have a channel taken out of service in the end, if it was: until then tests are put on it."""
        past = [*(line.beside.get("service_events") or []), *(line.beside.get("incidents") or [])]
        present: Record = next((each for each in past if "channel_id" in each and not each.get("resolved_at")), {})
        if [each for each in past if each is not present]:
            self._left_out.append(f"past services and outages of the {line.kind} '{line.name}', which the crate tells")
        if line.record.get("out_of_commission"):
            self._to_take_out.append((self._there.ids["channel", line.id], present))

    def finish(self) -> None:
        """Take out of service what was."""
        for channel, incident in self._to_take_out:
            path = f"/channels/{segment(channel)}"
            if self._transport.get(path)["out_of_commission"]:
                continue
            said: dict[str, Any] = {key: incident[key] for key in _VISIT if incident.get(key)}
            said["incident_category"] = incident.get("category") or "other"
            said["incident_notes"] = incident.get("notes")
            self._transport.patch(path, {"out_of_commission": True, **said})

    def _made(self, path: str, line: Line, **more: Any) -> str:
        sent = {key: value for key, value in body(line.kind, line.record).items() if key != "out_of_commission"}
        mark = marked(self._there.crate, line.kind, line.record)
        made: str = self._transport.post(path, {**sent, **more, MARK: mark})["id"]
        return made
