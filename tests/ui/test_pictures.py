"""Bars, sparklines, heat, ruler and charts."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from project.ui import bars, curve, daychart, heat, icons, ruler
from project.ui.labels import Label, Placer
from project.ui.svg import fit, log_share, maxima, text_width

USERS = st.floats(min_value=1e3, max_value=1e7)


def test_a_bar_is_as_wide_as_the_share() -> None:
    svg = bars.bar(349, 800, "orders-db: 43.6% of limit", tick=400)

    assert '<rect class="u-ok" width="43.6" height="8" rx="1"/>' in svg
    assert 'aria-label="orders-db: 43.6% of limit"' in svg
    assert 'd="M50.0 -2V10"' in svg


@pytest.mark.parametrize(
    ("value", "css_class", "width"),
    [
        (1, "u-ok", "0.6"),
        (599, "u-ok", "59.9"),
        (600, "u-watch", "60.0"),
        (799, "u-watch", "79.9"),
        (800, "u-limit", "80.0"),
        (2180, "u-limit", "100.0"),
    ],
)
def test_a_bar_changes_colour_at_60_and_80_per_cent(value: int, css_class: str, width: str) -> None:
    assert f'<rect class="{css_class}" width="{width}"' in bars.bar(value, 1000, "")


@pytest.mark.parametrize(("value", "limit"), [(None, 800), (349, None), (0, 800), (5, 0)])
def test_a_bar_without_value_is_empty(value: int | None, limit: int | None) -> None:
    assert bars.bar(value, limit, "nothing").count("<rect") == 1


def test_a_label_is_escaped() -> None:
    assert "<script>" not in bars.bar(1, 2, '"><script>')


def test_cost_bars_share_the_whole_and_measure_against_the_largest() -> None:
    rows = [bars.CostRow("CDN", 300), bars.CostRow("DB", 100), bars.CostRow("NAT", None)]

    found = bars.cost_bars(rows)

    assert [row.share for row in found] == [0.75, 0.25, None]
    assert 'width="100.0"' in found[0].picture
    assert 'width="33.3"' in found[1].picture
    assert "<rect" not in found[2].picture


def test_a_sparkline_ends_at_the_last_value() -> None:
    svg = bars.spark([0, 400, 800], limit=800, level="watch")

    assert '<circle cx="102.0" cy="2.0" r="2"/>' in svg
    assert 'class="spark watch"' in svg
    assert 'class="lim"' in svg


def test_a_sparkline_without_values_says_so() -> None:
    assert "no value" in bars.spark([])


@given(st.lists(st.floats(0, 10), min_size=1, max_size=1500), st.integers(1, 400))
def test_maxima_keep_the_peak(values: list[float], buckets: int) -> None:
    kept = maxima(values, buckets)

    assert len(kept) == buckets
    assert max(kept) == max(values)


def test_heat_shows_the_maximum_of_each_quarter() -> None:
    values = [0.0] * 1440
    values[14 * 60 + 20] = 0.81

    svg = heat.heat([heat.HeatRow("orders-db", values)])

    assert "orders-db: at most 81.0% at 14:15." in svg
    # One cell in red, all others in the lightest, in each of the two drawings.
    assert [path.count("M") for path in re.findall(r'class="h6" d="([^"]+)"', svg)] == [1, 1]
    assert [path.count("M") for path in re.findall(r'class="h0" d="([^"]+)"', svg)] == [95, 95]


@pytest.mark.parametrize(
    ("share", "step"), [(0, 0), (0.04, 1), (0.12, 2), (0.25, 3), (0.4, 4), (0.6, 5), (0.8, 6)]
)
def test_heat_has_seven_steps(share: float, step: int) -> None:
    assert heat.step_of(share) == step


def test_the_ruler_tells_its_message_in_words() -> None:
    limits = (ruler.Limit("order-worker", 428_000), ruler.Limit("catalog-read", 2_600_000))

    words = ruler.sentence(ruler.Ruler(180_000, 412_000, "orders-db", limits))

    assert words == (
        "Users a day on a logarithmic scale. Today 180,000. First limit 412,000, orders-db. "
        "Then order-worker 428,000, catalog-read 2.6M."
    )


def test_a_ruler_without_limit_is_all_room() -> None:
    drawn = ruler.draw(ruler.Ruler(180_000, None))

    assert "No limit found." in drawn
    assert 'class="lim"' not in drawn


def test_the_ruler_grows_with_its_values() -> None:
    assert (ruler.Ruler(40, 4e7).low, ruler.Ruler(40, 4e7).high) == (10, 1e8)
    assert (ruler.Ruler(5_000, 50_000).low, ruler.Ruler(5_000, 50_000).high) == (1e3, 1e7)


@given(USERS, USERS, st.lists(st.tuples(st.text("abc-", min_size=3, max_size=14), USERS)))
def test_names_on_the_ruler_never_run_into_each_other(
    today: float, holds: float, limits: list[tuple[str, float]]
) -> None:
    named = tuple(ruler.Limit(name, users) for name, users in limits)

    drawn = ruler.draw(ruler.Ruler(today, holds, "orders-db", named))

    for picture in drawn.split("<svg ")[1:]:
        for a, b in combinations([label.box() for label in _labels(picture)], 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] + 1 or b[3] <= a[1] + 1


def _labels(picture: str) -> list[Label]:
    pattern = r'<text class="([^"]+)" x="([^"]+)" y="([^"]+)" text-anchor="(\w+)">([^<]*)<'
    return [
        Label(text, float(x), float(y), anchor, "b" in css_class.split())
        for css_class, x, y, anchor, text in re.findall(pattern, picture)
    ]


def test_a_label_finds_the_free_side() -> None:
    placer = Placer(0, 200)

    first = placer.beside("first", 100, (28, 14), 48, bold=False)
    second = placer.beside("second", 104, (28, 14), 48, bold=False)

    assert first is not None
    assert second is not None
    assert (first.anchor, second.anchor) == ("end", "start")


def test_a_curve_is_dashed_above_what_holds() -> None:
    points = curve.read_points([(1_000, 100), (10_000, 100), (100_000, 1_000), (5, None)])

    svg = curve.draw(curve.Curve(points, holds=10_000, today=1_000, unit="users a day"))

    solid, dashed = re.findall(r'class="series n1(?: dashed)?" d="([^"]+)"', svg)[:2]
    assert solid.split("L")[-1] == dashed.split("L")[0].removeprefix("M")
    assert 'class="beyond"' in svg
    assert ">Holds 10k</text>" in svg
    assert "Monthly cost from $100 at 1,000 to $1,000 at 100,000 users a day." in svg


def test_a_curve_reads_between_its_points_on_logarithmic_paper() -> None:
    points = curve.read_points([(1_000, 100), (100_000, 10_000)])
    assert curve.Curve(points, None, None, "").at(10_000) == pytest.approx(1_000)


def test_a_curve_takes_its_smallest_size_as_today() -> None:
    points = curve.read_points([(1_000, 4.64), (2_000, 6.2), (1_000, 4.6)])

    assert points == ((1_000, 4.6), (2_000, 6.2))
    assert ">Today 1k" in curve.draw(curve.Curve(points, None, 1_000, "users a day"))


def test_a_curve_without_prices_says_so() -> None:
    assert "no value" in curve.draw(curve.Curve((), None, None, ""))


def make_day(use: float, count: int = 1) -> daychart.Day:
    values = [0.1] * 720 + [use] + [0.1] * 719
    series = tuple(daychart.Series(f"part-{place}", values) for place in range(count))
    return daychart.Day(series, values, daychart.Peak(43_200, use, "2.3 times", "349 of 800"))


def test_the_day_shows_limit_room_and_hours() -> None:
    svg = daychart.draw(make_day(0.436))

    assert ">Limit</text>" in svg
    assert ">2.3 times</text>" in svg
    assert ">21:00</text>" in svg
    assert ">110%</text>" not in svg
    assert "part-0 at most 43.6%" in svg


def test_the_axis_grows_with_what_cannot_hold() -> None:
    day = make_day(2.18)

    assert day.top == pytest.approx(2.2)
    assert 'class="gauge"' not in daychart.draw(day)


def test_only_four_series_have_names() -> None:
    day = make_day(0.5, count=6)

    assert [entry.name for entry in daychart.legend(day)][3:] == ["part-3", "2 more"]
    assert daychart.draw(day).count('class="series n0"') == 4


def test_the_table_of_values_has_a_row_for_each_quarter() -> None:
    rows = daychart.quarters(make_day(0.436))

    assert len(rows) == 96
    assert (rows[48].start_s, rows[48].shares) == (43_200, (0.436,))


def test_a_day_without_requests_has_none_in_its_table() -> None:
    day = daychart.Day((daychart.Series("a", [0.5] * 96),))
    assert daychart.quarters(day)[0].requests_per_s is None


def test_an_icon_is_hidden_from_readers() -> None:
    assert icons.icon("limit").startswith('<svg class="i" viewBox="0 0 16 16" aria-hidden="true">')


def test_an_unknown_icon_is_a_fault() -> None:
    with pytest.raises(KeyError):
        icons.icon("no-such-icon")


def test_a_badge_is_a_shape_and_a_word() -> None:
    assert "<svg" in icons.badge("limit", "High")
    assert icons.badge("neutral", "<b>") == '<span class="badge neutral">&lt;b&gt;</span>'


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("rds_instance", "rds_instance"),
        ("no_such_kind", "not_modelled"),
        ("../css/headroom", "not_modelled"),
        ("AWS::New::Thing", "not_modelled"),
    ],
)
def test_a_kind_without_glyph_gets_the_neutral_one(kind: str, file: str) -> None:
    img = icons.kind_icon(kind)
    assert img == f'<img src="/static/img/kinds/{file}.svg" alt="" width="24" height="24">'


def test_what_is_cut_ends_in_an_ellipsis() -> None:
    assert fit("orders-db", 12, 200) == "orders-db"
    cut = fit("a-very-long-name-of-a-function", 12, 90)
    assert cut.endswith("\u2026")
    assert text_width(cut, 12) <= 90


def test_a_logarithmic_axis_keeps_what_is_outside() -> None:
    assert log_share(10_000, 1_000, 100_000) == pytest.approx(0.5)
    assert log_share(1, 1_000, 100_000) == 0
    assert log_share(1e9, 1_000, 100_000) == 1
