"""Everything that can go wrong, as one small tree. Each class's docstring is the sentence that a person reads.

RectoError
    Unreadable: Empty, UnsupportedMedia, Damaged, Encrypted, WrongPassword
    OverLimit: TooLarge, TooManyPages, TooManyPixels, TimedOut, OutOfMemory
    Refused: UnknownKind, UnknownLabel, UnknownEngine, BadSettings, BadRequest, ForbiddenUrl, KeyReused
    Missing: NotFound
    Conflict: InFlight
    Denied: Unauthorized, Forbidden, BadSignature
    OverQuota: RateLimited, TooManyJobs, PagesSpent, QueueFull
    WorkerDied, Cancelled
    Unavailable: EngineUnavailable, EngineFailed, StoreUnavailable, FetchFailed
"""

from typing import ClassVar

from recto.document.reading import Fault


class RectoError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.request_id = ""
        """What a server logged the request by, where the error came from one."""

    @property
    def title(self) -> str:
        """The sentence that stays the same for its code."""
        return (type(self).__doc__ or "").strip().splitlines()[0]

    @property
    def fault(self) -> Fault:
        return Fault(self.code, self.title, self.detail)

    def __str__(self) -> str:
        return f"{self.title} {self.detail}".strip()


class Unreadable(RectoError):
    """The document cannot be read."""

    code = "unreadable"


class Empty(Unreadable):
    """The file is empty or has no pages."""

    code = "empty"


class UnsupportedMedia(Unreadable):
    """The file is not of a type that Recto reads."""

    code = "unsupported_media_type"


class Damaged(Unreadable):
    """The file is damaged beyond repair."""

    code = "damaged"


class Encrypted(Unreadable):
    """The file is encrypted and needs its password."""

    code = "encrypted"


class WrongPassword(Unreadable):
    """The password given does not open the file."""

    code = "wrong_password"


class OverLimit(RectoError):
    """The document is over a limit."""

    code = "over_limit"


class TooLarge(OverLimit):
    """The file is larger than the limit."""

    code = "too_large"


class TooManyPages(OverLimit):
    """The document has more pages than the limit."""

    code = "too_many_pages"


class TooManyPixels(OverLimit):
    """The page has more pixels than the limit."""

    code = "too_many_pixels"


class TimedOut(OverLimit):
    """Reading the page took longer than the limit."""

    code = "timed_out"


class OutOfMemory(OverLimit):
    """Reading the page needed more memory than the limit."""

    code = "out_of_memory"


class Refused(RectoError):
    """The request cannot be carried out as it stands."""

    code = "refused"


class BadRequest(Refused):
    """The request is not of the expected form."""

    code = "bad_request"


class UnknownKind(Refused):
    """There is no such kind of document."""

    code = "unknown_kind"


class UnknownLabel(Refused):
    """There is no such label."""

    code = "unknown_label"


class UnknownEngine(Refused):
    """There is no such engine."""

    code = "unknown_engine"


class BadSettings(Refused):
    """A setting is not valid."""

    code = "bad_settings"


class ForbiddenUrl(Refused):
    """The URL may not be fetched."""

    code = "forbidden_url"


class KeyReused(Refused):
    """The idempotency key was used for another request."""

    code = "idempotency_mismatch"


class NotFound(RectoError):
    """There is no such thing here."""

    code = "not_found"


class Conflict(RectoError):
    """That cannot be done as things stand."""

    code = "conflict"


class InFlight(Conflict):
    """The first request with this idempotency key is not answered yet."""

    code = "in_flight"


class Denied(RectoError):
    """The caller may not come in."""

    code = "denied"


class Unauthorized(Denied):
    """A valid key is needed."""

    code = "unauthorized"


class Forbidden(Denied):
    """The key does not open this."""

    code = "forbidden"


class BadSignature(Denied):
    """The message was not signed with this secret, or too long ago."""

    code = "bad_signature"


class OverQuota(RectoError):
    """The caller asks for more than he is granted."""

    code = "over_quota"

    def __init__(self, detail: str = "", wait: float = 1.0) -> None:
        """`wait` is for how many seconds it is useless to ask again."""
        super().__init__(detail)
        self.wait = wait


class RateLimited(OverQuota):
    """There were too many requests in a short time."""

    code = "rate_limited"


class TooManyJobs(OverQuota):
    """Too many jobs of this caller are waiting or running."""

    code = "too_many_jobs"


class PagesSpent(OverQuota):
    """The pages of this day are used up."""

    code = "pages_spent"


class QueueFull(OverQuota):
    """There is no room for more work at the moment."""

    code = "queue_full"


class Cancelled(RectoError):
    """The work was stopped at somebody's wish."""

    code = "cancelled"


class WorkerDied(RectoError):
    """The process that worked on it died."""

    code = "worker_died"


class Unavailable(RectoError):
    """A part that is needed is not available."""

    code = "unavailable"


class EngineUnavailable(Unavailable):
    """The engine cannot run here."""

    code = "engine_unavailable"


class EngineFailed(Unavailable):
    """The engine gave no usable answer."""

    code = "engine_failed"

    def __init__(self, detail: str = "", status: int | None = None) -> None:
        super().__init__(detail)
        self.status = status


class StoreUnavailable(Unavailable):
    """The store cannot be reached."""

    code = "store_unavailable"


class FetchFailed(Unavailable):
    """The URL could not be fetched."""

    code = "fetch_failed"
