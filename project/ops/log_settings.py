"""Which lines are logged, in which form, and who is told: Django's LOGGING."""

from __future__ import annotations

from typing import Any


def logging_settings(*, level: str, form: str, requests: bool, mail: bool) -> dict[str, Any]:
    """Return LOGGING.

    Parameters
    ----------
    level
        The least that is logged, such as INFO.
    form
        `json`, or `line` for people.
    requests
        Whether each request gives a line; the development server writes one itself.
    mail
        Whether errors are mailed to ADMINS.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "project.ops.logs.LineFormatter",
                "format": "{asctime} {levelname} {name} {message}",
                "style": "{",
            },
            "json": {"()": "project.ops.logs.JsonFormatter"},
        },
        "filters": {"outages": {"()": "project.ops.logs.OutageFilter"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": form},
            "mail": {"class": "project.ops.mailing.FaultMailHandler", "level": "ERROR"},
        },
        "root": {"handlers": ["stderr", "mail"] if mail else ["stderr"], "level": level},
        "loggers": {
            # Django would mail admins by itself, with the variables of every frame.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"filters": ["outages"]},
            "headroom.requests": {"level": "INFO" if requests else "WARNING"},
        },
    }
