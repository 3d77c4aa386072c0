"""Read typed settings from environment variables; fail loudly on bad values."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import ParseResult, parse_qs, unquote, urlparse

from django.core.exceptions import ImproperlyConfigured


def env_str(name: str, default: str | None = None) -> str:
    """Return the variable, or the default; without a default it is required."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the {name} environment variable.")
    return value


def env_bool(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, str(default))
    if value not in ("True", "False"):
        raise ImproperlyConfigured(f"{name}={value}: use 'True' or 'False'.")
    return value == "True"


def env_int(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={value}: use a whole number.") from error


def env_list(name: str, default: str | None = None) -> list[str]:
    return [item for item in env_str(name, default).split(",") if item]


def env_database(name: str, default: str | None = None) -> dict[str, Any]:
    """Return Django's settings of the database at an address.

    `postgresql://user:password@host:port/name` or `sqlite:///path`. What a PostgreSQL address
    leaves out is read by libpq from PGHOST, PGPORT, PGUSER and PGPASSWORD when it connects.
    """
    url = urlparse(env_str(name, default))
    if url.scheme == "sqlite":
        return _sqlite(unquote(url.path).removeprefix("/"))
    if url.scheme in ("postgresql", "postgres"):
        return _postgresql(url)
    raise ImproperlyConfigured(f"{name} must begin with 'postgresql://' or 'sqlite:///'.")


def local_secret(path: Path) -> str:
    """Return the secret kept in a file of this machine, made on first use."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            # Server and worker start together: the first one's secret stands.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            # A transaction that begins as a reader cannot wait for its turn to write.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def _postgresql(url: ParseResult) -> dict[str, Any]:
    return {
        "ENGINE": "project.database",
        "NAME": url.path.removeprefix("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        # An environment of Lambda that sleeps would hold its connection for nothing.
        "CONN_MAX_AGE": env_int("CONN_MAX_AGE", 0),
        "CONN_HEALTH_CHECKS": True,
        # A pooler may give each transaction another session.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "prepare_threshold": None,
            **{key: values[-1] for key, values in parse_qs(url.query).items()},
        },
    }
