"""The forms that a forecast is printed in."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any

from apps.designs.comparing import Change
from apps.engine.graph import Architecture
from apps.forecasts.baseline import Baseline
from apps.forecasts.rendering.markdown import as_markdown
from apps.forecasts.rendering.page import as_page
from apps.forecasts.rendering.sarif import as_sarif
from apps.forecasts.rendering.text import as_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A forecast with the design that it is of, and what it is compared with."""

    summary: dict[str, Any]
    architecture: Architecture
    name: str = "Design"
    files: tuple[str, ...] = ()
    baseline: Baseline | None = None

    @property
    def changes(self) -> list[Change] | None:
        """What differs from the baseline; None where that is not known."""
        return None if self.baseline is None else self.baseline.changes(self.architecture)

    @property
    def sentences(self) -> list[str] | None:
        changes = self.changes
        return None if changes is None else [change.text for change in changes]

    @property
    def places(self) -> Mapping[str, str]:
        """The file's name and the line of every component that a template defines."""
        return {
            component.id: f"{PurePath(component.source.file).name}:{component.source.line}"
            for component in self.architecture
            if component.source is not None
        }


def written(told: Told, form: str) -> str:
    """Return the forecast in the form asked for."""
    return FORMS[form](told)


def _text(told: Told) -> str:
    return as_text(told.summary, told.places, told.baseline, told.sentences)


def _markdown(told: Told) -> str:
    return as_markdown(told.summary, told.places, told.baseline, told.sentences)


def _page(told: Told) -> str:
    return as_page(told.summary, told.architecture, told.name, told.baseline, told.sentences)


def _sarif(told: Told) -> str:
    return _json(as_sarif(told.summary, told.architecture, told.files))


def _machine(told: Told) -> str:
    body = {**told.summary, "design": told.architecture.to_dict()}
    if told.baseline is not None:
        changes = told.changes
        body["baseline"] = told.baseline.to_dict()
        # None, not an empty list, where nobody knows.
        body["changes"] = None if changes is None else [asdict(change) for change in changes]
    return _json(body)


def _json(body: Any) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False, allow_nan=False)


FORMS: Mapping[str, Callable[[Told], str]] = {
    "text": _text,
    "json": _machine,
    "markdown": _markdown,
    "html": _page,
    "sarif": _sarif,
}
