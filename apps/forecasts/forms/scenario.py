from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.engine.traffic.presets import CURVE_NAMES, PRESET_TABLE
from apps.forecasts.forms.numbers import NumberField
from apps.forecasts.scenarios.assuming import hours_of

UNITS = [
    ("daily_active", "daily users"),
    ("monthly_active", "monthly users"),
    ("registered", "registered users"),
    ("concurrent", "users at once"),
    ("seats", "employees or seats"),
    ("devices", "devices"),
    ("requests_per_month", "requests a month"),
]
OWN_CURVE = "own"
CURVES = [
    ("", "As is typical for the application"),
    ("consumer-one-country", "Consumers in one country"),
    ("office-hours", "Office hours"),
    ("evening-event", "An evening event"),
    ("flat", "Flat, all day the same"),
    (OWN_CURVE, "My own 24 hours"),
]
# Where the scenario file keeps what a field holds.
PATHS: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "preset": ("preset",),
    "region": ("region",),
    "unit": ("population", "unit"),
    "users": ("population", "value"),
    "daily_per_monthly": ("population", "daily_per_monthly"),
    "monthly_per_registered": ("population", "monthly_per_registered"),
    "busiest_minute": ("busiest_minute_requests",),
    "visits": ("visits", "per_daily_user"),
    "minutes": ("visits", "minutes"),
    "minute_peak_factor": ("day", "minute_peak_factor"),
    "bots": ("bots", "share_of_requests"),
    "refused": ("targets", "refused_share", "max"),
    "p95_ms": ("targets", "p95_ms"),
    "queue_age": ("targets", "queue_age_s", "max"),
    "monthly_usd": ("targets", "monthly_usd"),
    "lambda_concurrency": ("account", "lambda_concurrency"),
    "used_by_others": ("account", "used_by_others"),
    "rtt_ms": ("client", "rtt_ms"),
    "attempts": ("client", "attempts"),
}
# What the engine takes as a whole number, and what it does not take as nothing.
_WHOLE = {"lambda_concurrency", "used_by_others", "attempts"}
_DEFAULTS = {"minute_peak_factor": 1.2, "refused": 0.001, "queue_age": 900.0, "rtt_ms": 40.0,
             "used_by_others": 0, "attempts": 1}  # fmt: skip


class ScenarioForm(forms.Form):
    """What a team knows of its users. An empty field is left to what is typical."""

    name = forms.CharField(label="Name of the scenario", max_length=100, required=False)
    users = NumberField(label="How many")
    unit = forms.ChoiceField(label="of what", choices=UNITS)
    preset = forms.ChoiceField(
        label="Kind of application", choices=[(key, row.label) for key, row in PRESET_TABLE.items()]
    )
    busiest_minute = NumberField(
        label="Your busiest minute lately",
        unit="requests",
        required=False,
        help_text="From your metrics. The report then shows first how full everything is today.",
    )
    region = forms.ChoiceField(label="AWS Region")
    visits = NumberField(label="Visits of a daily user", unit="a day", required=False)
    minutes = NumberField(label="Length of a visit", unit="min", required=False)
    bots = NumberField(
        label="Requests that bots make",
        unit="%",
        factor=0.01,
        min_value=0,
        max_value=99,
        required=False,
    )
    daily_per_monthly = NumberField(
        label="Monthly users who come on a day",
        unit="%",
        factor=0.01,
        min_value=0,
        max_value=100,
        required=False,
    )
    monthly_per_registered = NumberField(
        label="Registered users who come in a month",
        unit="%",
        factor=0.01,
        min_value=0,
        max_value=100,
        required=False,
    )
    curve = forms.ChoiceField(label="Course of the day", choices=CURVES, required=False)
    busiest_hour = NumberField(
        label="Busiest hour", unit="% of the day", min_value=4.2, max_value=100, required=False
    )
    hours = forms.CharField(
        label="My own 24 hours",
        widget=forms.Textarea({"rows": 2}),
        required=False,
        help_text="Used with “My own 24 hours”: per cent of the day from 0 to 23 h, "
        "24 numbers that add up to 100.",
    )
    minute_peak_factor = NumberField(
        label="Busiest minute of an hour, over its mean", unit="times", required=False
    )
    refused = NumberField(
        label="Refused or failed, at most", unit="%", factor=0.01, min_value=0, max_value=100,
        required=False,
    )  # fmt: skip
    p95_ms = NumberField(label="95% of answers within", unit="ms", required=False)
    queue_age = NumberField(
        label="Oldest message in a queue", unit="min", factor=60, min_value=0, required=False
    )
    monthly_usd = NumberField(label="Cost, at most", unit="$ /month", required=False)
    lambda_concurrency = NumberField(
        label="Lambda concurrency of the account", unit="at once", required=False
    )
    used_by_others = NumberField(
        label="Of that, used by other applications", unit="at once", required=False
    )
    rtt_ms = NumberField(label="Way to the user and back", unit="ms", required=False)
    attempts = NumberField(label="Attempts of the client on an error", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, body: Mapping[str, Any], regions: Iterable[str]) -> None:
        self.body = body
        super().__init__(data, initial=self._initial())
        # A Region that has lost its book is kept, so that saving does not move the design.
        names = sorted({*regions, body.get("region", "us-east-1")})
        self.fields["region"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]

    def clean_hours(self) -> list[float]:
        """Return the 24 shares; none where the field is not used."""
        text = self.cleaned_data["hours"]
        parts = [part for part in re.split(r"[\s,;]+", text.replace("%", " ")) if part]
        if self.data.get("curve") != OWN_CURVE:
            return []
        try:
            return [float(part) for part in parts]
        except ValueError as error:
            raise ValidationError("Write 24 numbers, parted by commas or spaces.") from error

    def body_typed(self) -> dict[str, Any]:
        """Return the scenario with what was typed; call it on a valid form."""
        body = copy.deepcopy(dict(self.body))
        for name, path in PATHS.items():
            value = self.cleaned_data[name]
            field = self.fields[name]
            if isinstance(field, NumberField):
                value = field.kept(value)
            value = _DEFAULTS.get(name) if value is None else value
            _put(body, path, int(value) if name in _WHOLE and value is not None else value)
        self._put_day(body)
        return body

    def _put_day(self, body: dict[str, Any]) -> None:
        curve, busiest = self.cleaned_data["curve"], self.cleaned_data["busiest_hour"]
        day = {**body.get("day", {}), "preset": "" if curve == OWN_CURVE else curve}
        day["hour_shares_percent"] = self.cleaned_data["hours"]
        body["day"] = day
        if curve != OWN_CURVE and busiest is not None:
            day["hour_shares_percent"] = hours_of(body, busiest)

    def _initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for name, path in PATHS.items():
            field = self.base_fields[name]
            value = _at(self.body, path)
            initial[name] = field.shown(value) if isinstance(field, NumberField) else value
        return initial | _day_initial(self.body)


def field_at(path: str) -> str | None:
    """Return the field that holds what a path of the scenario file names."""
    parts = tuple(path.split("."))
    for name, known in PATHS.items():
        if parts == known or parts == known[: len(parts)]:
            return name
    return "hours" if parts == ("day", "hour_shares_percent") else None


def _day_initial(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the curve and its busiest hour, or the hours that no curve has."""
    day = body.get("day") or {}
    shares, curve = day.get("hour_shares_percent") or [], day.get("preset", "")
    if not shares:
        return {"curve": curve}
    busiest = max(shares)
    if curve in ("", *CURVE_NAMES) and _is_same(hours_of(body, busiest), shares):
        return {"curve": curve, "busiest_hour": busiest}
    return {"curve": OWN_CURVE, "hours": ", ".join(f"{share:g}" for share in shares)}


def _is_same(made: list[float], kept: list[float]) -> bool:
    return all(abs(a - b) < 0.01 for a, b in zip(made, kept, strict=False))


def _at(body: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = body
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else value
    return value


def _put(body: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        inner = body.get(part)
        body[part] = dict(inner) if isinstance(inner, Mapping) else {}
        body = body[part]
    body[path[-1]] = value
