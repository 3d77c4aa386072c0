"""Templates in any style: what is written is read again, and no other character changes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.engine.formats.cloudformation import read_templates
from apps.engine.formats.cloudformation.export import export_templates
from tests.engine.formats.cloudformation.export.changing import says_the_changes

Rows = dict[str, tuple[str, st.SearchStrategy[Any]]]
# Setting, property and values of two kinds.
QUEUE: Rows = {
    "visibility_timeout_s": ("VisibilityTimeout", st.integers(0, 43_200)),
    "retention_s": ("MessageRetentionPeriod", st.integers(60, 1_209_600)),
    "is_fifo": ("FifoQueue", st.booleans()),
    "max_receive_count": ("RedrivePolicy.maxReceiveCount", st.integers(1, 1000)),
}
FUNCTION: Rows = {
    "memory_mb": ("MemorySize", st.integers(128, 10_240)),
    "timeout_s": ("Timeout", st.integers(1, 900)),
    "ephemeral_mb": ("EphemeralStorage.Size", st.integers(512, 10_240)),
    "runtime": ("Runtime", st.text("abc019.: #'\"{}[]&*!|>%@`-é😀", min_size=1, max_size=8)),
}
KINDS = {"AWS::SQS::Queue": QUEUE, "AWS::Lambda::Function": FUNCTION}
STYLES = ("block", "flow", "json", "pretty", "tabs", "braces")


def nested(path: str, value: Any) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    return {first: nested(rest, value) if rest else value}


@st.composite
def resources(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {"Kept": {"Type": "Some::Other::Thing", "Properties": {"a": [1, "#"]}}}
    for name in draw(st.sets(st.sampled_from("ABC"), min_size=1)):
        type_ = draw(st.sampled_from(sorted(KINDS)))
        rows = draw(st.lists(st.sampled_from(sorted(KINDS[type_])), unique=True))
        properties: dict[str, Any] = {}
        for row in rows:
            path, values = KINDS[type_][row]
            value = draw(values)
            as_text = isinstance(value, int) and draw(st.booleans())
            properties |= nested(path, json.dumps(value) if as_text else value)
        body: dict[str, Any] = {"Type": type_}
        is_empty = not properties and not draw(st.booleans())
        found[name] = body if is_empty else {**body, "Properties": properties}
    return found


@st.composite
def changes(draw: st.DrawFn, found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    asked: dict[str, dict[str, Any]] = {}
    for name, body in found.items():
        rows = KINDS.get(body["Type"], {})
        for setting in draw(st.lists(st.sampled_from(sorted(rows)), unique=True)) if rows else ():
            values = rows[setting][1]
            asked.setdefault(name, {})[setting] = draw(st.none() | values)
    return asked


def written(found: dict[str, Any], style: str, newline: str, last: str) -> bytes:
    body = {"Resources": found}
    if style == "json":
        text = json.dumps(body, separators=(",", ":"))
    elif style in ("pretty", "tabs"):
        text = json.dumps(body, indent="\t" if style == "tabs" else 3)
    elif style == "flow":
        text = f"Resources: {dumped(found)}"
    elif style == "braces":
        text = "Resources:\n" + "\n".join(f"  {k}: {dumped(v)}" for k, v in found.items())
    else:
        text = "\n".join(block(body, 0))
    return (text + last).replace("\n", newline).encode()


def dumped(value: Any) -> str:
    """Return JSON that YAML reads alike: it has no halves of characters."""
    return json.dumps(value, ensure_ascii=False)


def block(value: dict[str, Any], depth: int) -> list[str]:
    lines = []
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            lines += [f"{' ' * depth}{key}: # {key}", *block(inner, depth + 3)]
        else:
            lines += [
                f"{' ' * depth}{key}:  {dumped(inner)} # {key}",
                " " * depth + "# ---",
                "",
            ]
    return lines


@settings(max_examples=150)
@given(st.data())
def test_any_template(data: st.DataObject) -> None:
    found = data.draw(resources())
    style = data.draw(st.sampled_from(STYLES))
    ending = data.draw(st.sampled_from(("\n", "\r\n"))), data.draw(st.sampled_from(("", "\n")))
    files = {"t.yaml": written(found, style, *ending)}
    asked = data.draw(changes(found))
    before = read_templates(files)

    export = export_templates(files, asked)

    assert export_templates(files, {}).files == files
    assert export.refused == ()
    assert says_the_changes(before, export, asked)
    after = export.files["t.yaml"]
    assert after.endswith(b"\n") == files["t.yaml"].endswith(b"\n")
    assert (b"\r" in after) == (b"\r" in files["t.yaml"]) or not after.count(b"\n")
    assert export_templates(export.files, asked).files == export.files
    takes_out = any(value is None for each in asked.values() for value in each.values())
    if style == "block" and not takes_out:  # A part that is left empty goes with its comments.
        assert after.count(b"# ---") == files["t.yaml"].count(b"# ---")
