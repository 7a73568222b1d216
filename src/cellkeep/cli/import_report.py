"""What `cellkeep import` says at its end."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from cellkeep.cli.output import columns, plain, say
from cellkeep.client.importing.outcomes import ImportReport, Kind, Outcome

_LISTED = 20
"""Files that were stored, or passed over for one reason, are listed up to so many."""
_PASSED_OVER: dict[Kind, str] = {
    "no reader": "No reader knows these (name one on the command line to be told why)",
    "no match": "The pattern does not match these",
    "same": "These have the content of another file",
}


def tell(report: ImportReport, *, dry_run: bool) -> None:
    """What became of the files, or would."""
    if dry_run:
        _tell_planned(report.planned)
    else:
        _tell_done(report.done)
    _tell_skipped(report.skipped)
    _tell_failed(report.failed)
    for made in report.made:
        plain(f"{'Would make' if dry_run else 'Made'} the {made}.")
    _tell_end(report, dry_run=dry_run)


def _tell_done(done: Sequence[Outcome]) -> None:
    shown = done[:_LISTED]
    rows = [
        (each.file, each.cell, each.name, _number(each.rows), _notes(each), each.measurement_id or "") for each in shown
    ]
    if rows:
        columns(("file", "cell", "measurement", "rows", "notes", "id"), rows)
    if len(done) > len(shown):
        say(f"… and {len(done) - len(shown):,} more.")


def _tell_planned(planned: Sequence[Outcome]) -> None:
    rows = [
        (
            each.file, each.reader, each.spec or "", each.cell, each.name, _number(each.rows), _number(each.steps),
            _duration(each.duration_s), _start(each), _notes(each),
        )
        for each in planned
    ]  # fmt: skip
    if rows:
        columns(
            ("file", "reader", "spec", "cell", "measurement", "rows", "steps", "duration", "start", "repairs"), rows
        )
    reasons = Counter((each.reader or "", each.why) for each in planned)
    for (reader, why), count in sorted(reasons.items()):
        plain(f"{reader}, {_files(count)}: {why}.")


def _tell_failed(failed: Sequence[Outcome]) -> None:
    """Every file; a reason that several share is told once, and so is what to do."""
    if failed:
        say("[bold]Failed:[/bold]")
    by_reason = defaultdict(list)
    for each in failed:
        by_reason[each.reason].append(each)
    for reason, alike in by_reason.items():
        if len(alike) == 1:
            plain(f"  {alike[0].file}: {reason}")
        else:
            plain(f"  {_files(len(alike))}: {reason}")
            for each in alike:
                plain(f"    {each.file}")
    for remedy in dict.fromkeys(each.remedy for each in failed if each.remedy):
        plain(remedy)


def _tell_skipped(skipped: Sequence[Outcome]) -> None:
    by_kind: dict[Kind, list[Outcome]] = defaultdict(list)
    for each in skipped:
        by_kind[each.kind].append(each)
    for kind, title in _PASSED_OVER.items():
        _list(title, by_kind[kind], reasons=kind == "same")


def _tell_end(report: ImportReport, *, dry_run: bool) -> None:
    there = sum(each.kind == "there" for each in report.skipped)
    counts = {
        "would be imported" if dry_run else "imported": len(report.planned if dry_run else report.done),
        "there already": there,
        "passed over": len(report.skipped) - there,
        "failed": len(report.failed),
        "not looked at": report.total - len(report.outcomes),
    }
    told = [f"{count:,} {what}" for what, count in counts.items() if count or what.endswith("imported")]
    say(f"[bold]{', '.join(told)}.[/bold]")
    if report.stopped:
        plain(f"Stopped before the end: {report.stopped}")
    if report.interrupted:
        say("You stopped it. Run the same again to go on from here.")


def _list(title: str, outcomes: Sequence[Outcome], *, reasons: bool) -> None:
    if not outcomes:
        return
    say(f"[bold]{title}:[/bold]")
    for each in outcomes[:_LISTED]:
        plain(f"  {each.file}" + (f": {each.reason}" if reasons else ""))
    if len(outcomes) > _LISTED:
        say(f"  … and {len(outcomes) - _LISTED:,} more.")


def _notes(outcome: Outcome) -> str:
    found: dict[str, Any] = {**outcome.repairs, **outcome.findings}
    told = [what if count == 1 else f"{what} ({count:,})" for what, count in found.items()]
    return "; ".join([*told, *([outcome.reason] if outcome.reason else [])])


def _number(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _duration(duration_s: float | None) -> str:
    if duration_s is None:
        return ""
    return f"{duration_s:.3g} s" if duration_s < 60 else str(timedelta(seconds=round(duration_s)))


def _start(outcome: Outcome) -> str:
    return "" if outcome.start is None else f"{outcome.start:%Y-%m-%d %H:%M:%S%z}"
