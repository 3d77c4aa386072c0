"""Templates of drawn designs, changed later by the ids that the drawing had."""

from __future__ import annotations

import difflib

from apps.engine.formats.cloudformation.export import export_templates
from apps.engine.formats.cloudformation.write import write_template
from tests.engine.formats.cloudformation.write.drawn import drawn, read_back

FILE = "drawn.yaml"


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_a_setting_is_changed_by_the_id_of_the_drawing() -> None:
    design = drawn("sqs_queue").with_settings("sqs_queue-1", {"visibility_timeout_s": 30.0})
    text = write_template(design).text

    exported = export_templates(
        {FILE: text.encode()}, {"sqs_queue-1": {"visibility_timeout_s": 60.0}}
    )

    after = exported.files[FILE].decode()
    assert exported.refused == ()
    assert changed_lines(text, after) == [
        "-       VisibilityTimeout: 30",
        "+       VisibilityTimeout: 60",
    ]
    assert read_back(after).component("sqs_queue-1").settings["visibility_timeout_s"] == 60.0


def test_what_stands_in_a_note_is_changed_there() -> None:
    design = drawn("sqs_queue").with_settings("sqs_queue-1", {"visibility_timeout_s": 1.5})
    text = write_template(design).text

    exported = export_templates(
        {FILE: text.encode()}, {"sqs_queue-1": {"visibility_timeout_s": 60.0}}
    )

    assert exported.files[FILE].decode() == text
    (refusal,) = exported.refused
    assert "stands in a note under Metadata" in refusal
