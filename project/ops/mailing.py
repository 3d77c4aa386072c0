"""Mail the operators when Headroom fails: once for each fault, not once for each request."""

from __future__ import annotations

import logging
import time
from typing import Final

from django.core.mail import mail_admins

from project.ops import logs
from project.ops.scrubbing import scrub

# The same fault is told again after so long. [s]
QUIET_S: Final = 15 * 60
# Faults remembered at most; the oldest are forgotten.
MOST_FAULTS: Final = 200


class FaultMailHandler(logging.Handler):
    """Send an error with its trace, its request's id and no data of the request.

    Django's own handler sends the variables of every frame, the form and the cookies along.
    Memory of what was sent is this process's own: what failed may be the database.
    """

    def __init__(self, level: int = logging.ERROR) -> None:
        super().__init__(level)
        self.sent_s: dict[tuple[str, int, str], float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if not self._is_new(record):
            return
        try:
            subject = " ".join(scrub(f"{record.levelname}: {record.getMessage()}").split())
            mail_admins(subject[:150], _body(record), fail_silently=True)
        # As every handler of a log: a letter that cannot be sent must not fail the request.
        except Exception:  # noqa: BLE001
            self.handleError(record)

    def _is_new(self, record: logging.LogRecord) -> bool:
        now_s = time.monotonic()
        fault = _fault_of(record)
        if now_s - self.sent_s.get(fault, -QUIET_S) < QUIET_S:
            return False
        self.sent_s.pop(fault, None)
        self.sent_s[fault] = now_s
        if len(self.sent_s) > MOST_FAULTS:
            del self.sent_s[next(iter(self.sent_s))]
        return True


def _fault_of(record: logging.LogRecord) -> tuple[str, int, str]:
    """Return what makes two errors one fault: the place where it was raised, and its kind."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return (record.pathname, record.lineno, "")
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return (record.pathname, record.lineno, type(error).__name__)
    return (trace.tb_frame.f_code.co_filename, trace.tb_lineno, type(error).__name__)


def _body(record: logging.LogRecord) -> str:
    trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
    lines = [
        f"Request: {logs.request_id.get()}",
        f"Logger:  {record.name}",
        "",
        record.getMessage(),
        trace,
    ]
    return scrub("\n".join(lines))
