from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from apps.engine.formats.cloudformation.write import write_template
from apps.engine.graph import Architecture
from tests.engine.formats.cloudformation.write.drawn import (
    DRAWN,
    designs,
    differences,
    drawn,
    read_back,
    without,
)

REPEATABLE = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.parametrize("kind", DRAWN)
def test_each_kind_reads_back_as_it_was_drawn(kind: str) -> None:
    written = write_template(drawn(kind))

    assert differences(written.design, read_back(written.text)) == []
    assert written.left_out == ()


@REPEATABLE
@given(designs())
def test_any_drawing_reads_back_as_it_was_drawn(design: Architecture) -> None:
    written = write_template(design)

    meant = without(written.design, {link.key for link in written.missed})
    assert differences(meant, read_back(written.text)) == []
    assert write_template(design).text == written.text
