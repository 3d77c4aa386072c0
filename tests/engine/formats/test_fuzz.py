"""Whatever is wrong in a template, it is read or refused, within its time and memory."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.formats.fuzzing import check, mutated, own_templates

TEXTS = own_templates()


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
def test_a_mutated_template_is_read_or_refused(data: st.DataObject) -> None:
    check(data.draw(mutated(TEXTS)))


def test_what_is_not_mutated_is_read() -> None:
    assert any(check(text.encode()) for text in TEXTS)
