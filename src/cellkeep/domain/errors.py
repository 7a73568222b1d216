"""Every error cellkeep raises, and the one table that the server writes from and the client reads back.

CellkeepError
├── TransportError              no answer: refused, timed out, cut off
├── BadRequestError             400  BAD_REQUEST
├── UnauthorizedError           401  UNAUTHORIZED
├── ForbiddenError              403  FORBIDDEN
├── NotFoundError               404  NOT_FOUND
├── ConflictError               409  CONFLICT
├── NotReadyError               409  NOT_READY
├── ScheduleStaleError          409  SCHEDULE_STALE
├── InvalidError                422  INVALID
├── UnusableDataError           422  UNUSABLE_DATA
├── NotOfferedError             501  NOT_IMPLEMENTED
├── ServerError                 5xx  INTERNAL
├── MeasurementValidationError  the checks refuse a series before it is sent
└── MeasurementProcessingError  one or more measurements could not be summarised
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cellkeep.domain.findings import Finding


_TOLD_FINDINGS = 20
"""More are counted, not told."""


class CellkeepError(Exception):
    """Base of all errors.

    Attributes:
        message: what was wrong, where, and what to do.
        status_code: HTTP status, or None where no answer was received.
        error_code: stable name of the failure, or None.
        detail: further facts as JSON values, or None.
        data: the whole error body as it was received, or None.
    """

    status_code: int | None = None
    error_code: str | None = None

    def __init__(
        self,
        message: str,
        *,
        detail: Any = None,
        status_code: int | None = None,
        error_code: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.status_code = status_code or type(self).status_code
        self.error_code = error_code or type(self).error_code
        self.data = data

    def body(self) -> dict[str, Any]:
        """The one JSON body of a failure."""
        return {"error_code": self.error_code, "message": self.message, "detail": self.detail}


class TransportError(CellkeepError):
    """The server could not be reached or did not finish its answer."""


class BadRequestError(CellkeepError):
    status_code = 400
    error_code = "BAD_REQUEST"


class UnauthorizedError(CellkeepError):
    status_code = 401
    error_code = "UNAUTHORIZED"


class ForbiddenError(CellkeepError):
    status_code = 403
    error_code = "FORBIDDEN"


class NotFoundError(CellkeepError):
    status_code = 404
    error_code = "NOT_FOUND"


class ConflictError(CellkeepError):
    """A record of that name, or a run in that place, is already there; or a series can not be extended, or not now."""

    status_code = 409
    error_code = "CONFLICT"

    @property
    def existing_id(self) -> str | None:
        """Id of the record that holds the name, where the conflict is about a name."""
        return self.detail.get("existing_id") if isinstance(self.detail, dict) else None


class NotReadyError(CellkeepError):
    """The tables of this measurement are not there yet, or could not be made."""

    status_code = 409
    error_code = "NOT_READY"


class ScheduleStaleError(CellkeepError):
    """What a proposed schedule was made from has changed since. Nothing of it was applied."""

    status_code = 409
    error_code = "SCHEDULE_STALE"


class InvalidError(CellkeepError):
    """A value is malformed; `detail` lists each place as `{"loc", "msg", "type"}`."""

    status_code = 422
    error_code = "INVALID"


class UnusableDataError(CellkeepError):
    """The sent data can not be read, lacks what a table needs, or does not carry a series on. Nothing was stored."""

    status_code = 422
    error_code = "UNUSABLE_DATA"


class NotOfferedError(CellkeepError):
    """This server keeps data; simulation, pipelines and models are not its work."""

    status_code = 501
    error_code = "NOT_IMPLEMENTED"


class ServerError(CellkeepError):
    status_code = 500
    error_code = "INTERNAL"


class MeasurementValidationError(CellkeepError):
    """The checks found errors in a series. Nothing was sent.

    Attributes:
        errors: all of them, each with `code`, `severity`, `message` and `payload`; `cellkeep.mend` takes them.
    """

    def __init__(self, message: str, errors: "Iterable[Finding] | None" = None) -> None:
        super().__init__(message)
        self.errors = list(errors or ())

    @classmethod
    def of(cls, errors: "Iterable[Finding]") -> "MeasurementValidationError":
        """The error that tells these findings."""
        listed = list(errors)
        lines = [f"  - {each.message} [{each.code}]" for each in listed[:_TOLD_FINDINGS]]
        if len(listed) > _TOLD_FINDINGS:
            lines.append(f"  - and {len(listed) - _TOLD_FINDINGS:,} more; see `errors`.")
        return cls("\n".join([f"The checks found {len(listed):,} error(s). Nothing was sent.", *lines]), listed)

    def has_code(self, code: str) -> bool:
        """Whether any of the errors has this code."""
        return any(each.code == code for each in self.errors)


class MeasurementProcessingError(CellkeepError):
    """Summarising failed, or did not finish in time.

    Attributes:
        failures: reason by measurement id.
    """

    def __init__(self, failures: dict[str, str]) -> None:
        reasons = "; ".join(f"{key}: {reason}" for key, reason in failures.items())
        super().__init__(f"{len(failures)} measurement(s) could not be processed. {reasons}")
        self.failures = failures

    @property
    def measurement_id(self) -> str | None:
        """The id, where exactly one failed."""
        return next(iter(self.failures)) if len(self.failures) == 1 else None


_ANSWERED: tuple[type[CellkeepError], ...] = (
    BadRequestError,
    UnauthorizedError,
    ForbiddenError,
    NotFoundError,
    ConflictError,
    NotReadyError,
    ScheduleStaleError,
    InvalidError,
    UnusableDataError,
    NotOfferedError,
    ServerError,
)


def error_class(status_code: int, error_code: str | None) -> type[CellkeepError]:
    """The class an answer stands for: by its code, else by its status."""
    for known in _ANSWERED:
        if known.error_code == error_code:
            return known
    if status_code >= 500:
        return ServerError
    return next((known for known in _ANSWERED if known.status_code == status_code), CellkeepError)
