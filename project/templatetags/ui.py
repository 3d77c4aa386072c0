"""The `ui` library: every number and every picture of the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from project.ui import bars, curve, daychart, diagram, heat, icons, numbers, ruler
from project.ui.components import Diagram, component_rows, diagram_of
from project.ui.frame import Crumb, Tab
from project.ui.reading import read, read_all

register = template.Library()
Value = numbers.Value
THEMES = ("light", "dark")
MESSAGE_LEVELS = {"success": "good", "warning": "watch", "error": "limit"}

register.filter("users", numbers.users)
register.filter("compact", numbers.compact)
register.filter("quantity", numbers.quantity)
register.filter("rate", numbers.quantity)
register.filter("money", numbers.money)
register.filter("money_change", numbers.money_change)
register.filter("price", numbers.price)
register.filter("pct", numbers.pct)
register.filter("ms", numbers.ms)
register.filter("duration", numbers.duration)
register.filter("clock", numbers.clock)
register.filter("bytes", numbers.byte_size)
register.filter("times", numbers.times)

register.simple_tag(icons.icon, name="icon")
register.simple_tag(icons.level_icon, name="level_icon")
register.simple_tag(icons.badge, name="badge")
register.simple_tag(icons.kind_icon, name="kind_icon")
register.simple_tag(bars.bar, name="bar")
register.simple_tag(bars.cost_bar, name="cost_bar")
register.simple_tag(bars.spark, name="spark")
register.simple_tag(heat.heat_key, name="heat_key")
register.simple_tag(diagram.key, name="graph_key")


@register.filter
def significant2(value: Value) -> Value:
    """Round to two significant digits, for results of assumed inputs; then format."""
    exact = numbers.exact(value)
    return None if exact is None else numbers.significant(exact, 2)


@register.filter
def significant3(value: Value) -> Value:
    exact = numbers.exact(value)
    return None if exact is None else numbers.significant(exact, 3)


@register.filter
def dim_unit(text: str) -> SafeString:
    """Set the unit of a formatted number in grey."""
    if text == numbers.NO_VALUE:
        return format_html('<span class="muted">{}</span>', text)
    number, space, unit = text.rpartition(numbers.NBSP)
    if not number or number == "<":
        return format_html("{}", text)
    return format_html('{}<span class="unit">{}{}</span>', number, space, unit)


@register.filter
def unit(field: BoundField) -> str:
    """The unit that a form field names in its widget's attributes."""
    return str(field.field.widget.attrs.get("data-unit", ""))


@register.filter
def widget_kind(field: BoundField) -> str:
    """How `forms/field.html` must draw the field: choices, switch or input."""
    widget_type = getattr(field.field.widget, "input_type", "")
    if field.use_fieldset:
        return "choices"
    return "switch" if widget_type == "checkbox" else "input"


@register.simple_tag(takes_context=True)
def theme_attribute(context: template.Context) -> SafeString:
    """The theme that the person chose, so that the page does not flash; else the system's."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme") if request else None
    return format_html('data-theme="{}"', chosen) if chosen in THEMES else SafeString("")


@register.simple_tag
def message_note(message: Message) -> SafeString:
    level = MESSAGE_LEVELS.get(message.level_tag, "info")
    text = format_html("{}", message.message)
    return _component("note", {"content": text, "level": level, "sentence": ""})


@register.simple_tag(name="heat")
def heat_strip(rows: Iterable[object]) -> SafeString:
    return heat.heat(read_all(heat.HeatRow, rows))


@register.simple_tag(name="ruler")
def ruler_line(
    today: float | None = None,
    holds: float | None = None,
    first: str = "",
    limits: Iterable[object] = (),
    unit: str = "users a day",
) -> SafeString:
    found = read_all(ruler.Limit, limits or ())
    return ruler.draw(ruler.Ruler(_float(today), _float(holds), first, found, unit))


@register.simple_tag
def logcurve(
    points: Sequence[Sequence[Value]],
    holds: Value = None,
    today: Value = None,
    today_usd: Value = None,
    unit: str = "users a day",
) -> SafeString:
    found = curve.read_points([*points, (today, today_usd)])
    return curve.draw(curve.Curve(found, _float(holds), _float(today), unit))


@register.inclusion_tag("ui/daychart.html", name="daychart")
def day_chart(
    series: Iterable[object], requests: Sequence[float] | None = None, peak: object = None
) -> dict[str, Any]:
    day = daychart.Day(
        read_all(daychart.Series, series),
        requests if requests is not None else (),
        read(daychart.Peak, peak) if peak else None,
    )
    return {
        "picture": daychart.draw(day),
        "day": day,
        "has_requests": len(day.requests_per_s) > 0,
        "legend": daychart.legend(day),
        "quarters": daychart.quarters(day),
    }


@register.simple_tag
def graph(architecture: object) -> SafeString:
    return diagram.draw(diagram_of(architecture))


@register.simple_tag
def component_list(architecture: object) -> SafeString:
    diagram = diagram_of(architecture)
    return _component_list(diagram) if settings.DEBUG else _kept_component_list(diagram)


def _component_list(diagram: Diagram) -> SafeString:
    return _component("component_list", {"rows": component_rows(diagram)})


# As the diagram is kept, but for those who are changing the template.
_kept_component_list = lru_cache(maxsize=64)(_component_list)


@register.inclusion_tag("ui/hbars.html")
def hbars(rows: Iterable[object]) -> dict[str, Any]:
    return {"bars": bars.cost_bars(read_all(bars.CostRow, rows))}


@register.inclusion_tag("ui/headroom.html")
def headroom(rows: Iterable[object]) -> dict[str, Any]:
    return {"rows": read_all(bars.HeadroomRow, rows)}


@register.inclusion_tag("ui/crumbs.html")
def crumbs(items: Iterable[object]) -> dict[str, Any]:
    return {"items": read_all(Crumb, items)}


@register.inclusion_tag("ui/tabs.html")
def tabs(items: Iterable[object]) -> dict[str, Any]:
    return {"items": read_all(Tab, items)}


@register.simple_block_tag
def panel(
    content: str,
    title: str,
    note: str = "",
    footer: str = "",
    span: str = "",
    anchor: str = "",
    scroll: str = "",
) -> SafeString:
    """A titled box; `scroll` names what scrolls sideways in it, so that keys can reach it."""
    parts = {"content": content, "title": title, "note": note, "footer": footer}
    return _component("panel", parts | {"span": span, "anchor": anchor, "scroll": scroll})


@register.simple_block_tag
def note(content: str, level: str, sentence: str) -> SafeString:
    """A box with a bold sentence, then what follows from it."""
    return _component("note", {"content": content, "level": level, "sentence": sentence})


@register.simple_block_tag
def emptystate(content: str, icon: str, title: str) -> SafeString:
    return _component("emptystate", {"content": content, "icon": icon, "title": title})


@register.simple_block_tag
def progress(content: str, share: Value, title: str) -> SafeString:
    picture = bars.progress_bar(share)
    return _component("progress", {"content": content, "picture": picture, "title": title})


def _component(name: str, parts: Mapping[str, Any]) -> SafeString:
    return render_to_string(f"ui/{name}.html", dict(parts))


def _float(value: Value) -> float | None:
    exact = numbers.exact(value)
    return None if exact is None else float(exact)
