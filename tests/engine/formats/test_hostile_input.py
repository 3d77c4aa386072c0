"""Inputs that were made to harm: each is read or refused, within its time and memory.

All are read in one process of their own, which tells how long each took and the most memory.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from apps.engine import formats
from apps.engine.formats.archive import unpack
from tests.engine.formats.fuzzing import MAX_S, limited, peak_mb

Files = dict[str, bytes]
MAX_MB: Final = 256
QUEUE: Final = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n"
API: Final = (
    "  {id}:\n    Type: AWS::Serverless::Api\n    Properties: {{StageName: x, DefinitionBody: "
    "{{'Fn::Transform': {{Name: AWS::Include, Parameters: {{Location: '{location}'}}}}}}}}\n"
)
NEST: Final = (
    "  {id}:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: {location}}}\n"
)


def zipped(members: Mapping[str, str], links: Mapping[str, str] | None = None) -> Files:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
        for name, target in (links or {}).items():
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, 0o120777 << 16
            archive.writestr(info, target)
    return {"upload.zip": data.getvalue()}


def one(text: str, name: str = "t.yaml", encoding: str = "utf-8") -> Files:
    return {name: text.encode(encoding)}


def including(location: str) -> Files:
    return {"dir/t.yaml": (QUEUE + API.format(id="A", location=location)).encode()}


def fan(count: int, depth: int) -> Files:
    """Return stacks that nest `count` others each, `depth` deep."""
    files = {
        f"l{level}.yaml": "Resources:\n"
        + "".join(NEST.format(id=f"N{i}", location=f"l{level + 1}.yaml") for i in range(count))
        for level in range(depth)
    }
    return {name: text.encode() for name, text in {**files, f"l{depth}.yaml": QUEUE}.items()}


def fan_of_includes() -> Files:
    step = "x{i}: {{'Fn::Transform': {{Name: AWS::Include, Parameters: {{Location: b{n}.yaml}}}}}}"
    files = {
        f"b{level}.yaml": "\n".join(step.format(i=i, n=level + 1) for i in range(10)).encode()
        for level in range(9)
    }
    return {**one(QUEUE + API.format(id="A", location="b0.yaml")), **files, "b9.yaml": b"a: 1"}


def circle_of_includes() -> Files:
    step = "x: {{'Fn::Transform': {{Name: AWS::Include, Parameters: {{Location: {}}}}}}}\n"
    first = QUEUE + API.format(id="A", location="b.yaml")
    return {
        **one(first),
        **one(step.format("c.yaml"), "b.yaml"),
        **one(step.format("b.yaml"), "c.yaml"),
    }


def circle_of_stacks() -> Files:
    steps = {"a": "b", "b": "c", "c": "a"}
    nested = {x: "Resources:\n" + NEST.format(id=y, location=f"{y}.yaml") for x, y in steps.items()}
    return {f"{name}.yaml": text.encode() for name, text in nested.items()}


def loop_in_loop() -> Files:
    values = ",".join(map(str, range(1000)))
    return one(
        "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A:\n    - A\n"
        f"    - [{values}]\n    - Fn::ForEach::B:\n        - B\n        - [{values}]\n"
        "        - Q${A}${B}: {Type: 'AWS::SQS::Queue'}\n"
    )


def text_in_loops() -> Files:
    text, end = "Resources:\n", ""
    for level in range(9):
        value = f"${{X{level - 1}}}" * 10 if level else "x" * 10
        text += f"{'  ' * (2 * level + 1)}Fn::ForEach::A{level}: [X{level}, ['{value}'],\n"
        end += "]"
    return one(text + "{}" + end)


def queue_with(value: str, *, is_json: bool = False) -> Files:
    if not is_json:
        return one(QUEUE + f"    Properties: {{VisibilityTimeout: {value}}}\n")
    properties = f'{{"VisibilityTimeout": {value}}}'
    body = f'{{"Q": {{"Type": "AWS::SQS::Queue", "Properties": {properties}}}}}'
    return one(f'{{"Resources": {body}}}', "t.json")


def large_lists() -> Files:
    return {f"{i}.yaml": (QUEUE + "Metadata:\n" + "  - a\n" * 75_000).encode() for i in range(20)}


def bombs() -> Files:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    return one("\n".join(lines))


# What is made of each, and a part of the sentence by which it is refused; empty for what is read.
CASES: Final[dict[str, tuple[Callable[[], Files], str]]] = {
    "circle of nested stacks": (circle_of_stacks, "break the circle"),
    "a stack that nests itself": (
        lambda: one("Resources:\n" + NEST.format(id="A", location="t.yaml")),
        "",
    ),
    "stacks in stacks": (lambda: fan(12, 6), "nests more than 200 stacks"),
    "circle of includes": (circle_of_includes, ""),
    "includes in includes": (fan_of_includes, "unfolds to more than"),
    "include above": (lambda: including("../../../etc/passwd"), ""),
    "include of the root": (lambda: including("/etc/passwd"), ""),
    "include by address": (lambda: including("file:///etc/passwd"), ""),
    "include from the network": (lambda: including("http://169.254.169.254/latest"), ""),
    "include of itself": (lambda: including("t.yaml"), ""),
    "billion laughs": (bombs, "once its aliases are expanded"),
    "loop in loop": (loop_in_loop, "unfolds to more than"),
    "text that loops multiply": (text_in_loops, "unfolds to more than"),
    "loop over itself": (lambda: one("Resources:\n  Fn::ForEach::A: [A, !Ref A, {}]\n"), ""),
    "loop without a list": (lambda: one("Resources:\n  Fn::ForEach::A: 1\n"), "list of three"),
    "one megabyte of text": (lambda: one(QUEUE + "Description: " + "x" * 1_000_000), ""),
    "one megabyte of values": (lambda: one(QUEUE + "Metadata:\n" + "  - a\n" * 160_000), ""),
    "many large files": (large_lists, "300,000 values together"),
    "deep brackets": (lambda: one("[" * 1_000_000), "nested deeper"),
    "deep dashes": (lambda: one("- " * 2_000_000), "nested deeper"),
    "quotes": (lambda: one('"' * 4_000_000), "not YAML"),
    "anchors": (lambda: one("&a " * 1_300_000), "not YAML"),
    "one key 10,000 times": (
        lambda: one("Resources:\n" + "  Q: {Type: 'AWS::SQS::Queue'}\n" * 10_000),
        "",
    ),
    "huge number": (lambda: queue_with("9" * 5000), "must be a number"),
    "huge number in JSON": (lambda: queue_with("9" * 5000, is_json=True), "must be a number"),
    "infinity": (lambda: queue_with(".inf"), "give a number"),
    "infinity in JSON": (lambda: queue_with("1e999", is_json=True), "must be a number"),
    "NaN": (lambda: queue_with(".nan"), "give a number"),
    "NaN in JSON": (lambda: queue_with("NaN", is_json=True), "not JSON"),
    "half a character": (lambda: one('{"a": "\\ud800"}', "t.json"), "a character that is no text"),
    "UTF-16": (lambda: one(QUEUE, encoding="utf-16"), "save the file as UTF-8"),
    "UTF-16 without its mark": (lambda: one(QUEUE, encoding="utf-16-be"), "save the file as UTF-8"),
    "UTF-32": (lambda: one(QUEUE, encoding="utf-32"), "save the file as UTF-8"),
    "Latin letters": (lambda: one(QUEUE + "# \u00e9", encoding="latin-1"), "not UTF-8"),
    "zip bomb": (lambda: zipped({"t.yaml": "0" * 6_000_000}), "unpacks to 6,000,000 bytes"),
    "zip in zip": (
        lambda: zipped({"b.zip": zipped({"t.yaml": QUEUE})["upload.zip"].decode("latin-1")}),
        "holds no template",
    ),
    "zip of 10,000 files": (
        lambda: zipped({f"{i}.yaml": "a" for i in range(10_000)}),
        "holds 10,000 files",
    ),
    "link in a zip": (
        lambda: zipped(
            {"t.yaml": QUEUE + API.format(id="A", location="l.yaml")}, {"l.yaml": "/etc/passwd"}
        ),
        "",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.engine.formats.test_hostile_input"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", CASES)
def test_it_is_read_or_refused_in_time(name: str, outcomes: dict[str, Any]) -> None:
    refusal, seconds = outcomes[name]
    expected = CASES[name][1]

    assert seconds < MAX_S
    assert expected in refusal
    assert bool(refusal) == bool(expected), refusal


def test_nothing_of_it_takes_much_memory(outcomes: dict[str, Any]) -> None:
    assert outcomes["peak_mb"] < MAX_MB


@pytest.mark.parametrize("location", ["../secret.yaml", "/secret.yaml", "dir/../../secret.yaml"])
def test_what_lies_outside_of_the_upload_is_warned_of(location: str) -> None:
    (warning,) = formats.read(including(location)).warnings

    assert warning == (
        f"dir/t.yaml:6: What AWS::Include takes in stands in '{location}', "
        "which is not given; its calls are unknown."
    )


def test_what_lies_above_and_is_given_is_read() -> None:
    above = (
        b"paths: {/x: {get: {x-amazon-apigateway-integration: {uri: 'https://a.example.com/'}}}}"
    )

    design = formats.read({**including("../api.yaml"), "api.yaml": above})

    assert [(link.source, link.target) for link in design.links] == [("A", "a.example.com")]


def main() -> None:
    """Read every case, and print how each was refused, its time, and the most memory."""
    found: dict[str, Any] = {}
    for name, (make, _) in CASES.items():
        files, refusal = make(), ""
        start = time.process_time()
        try:
            with limited(2 * MAX_S):
                formats.read(unpack(files))
        except formats.UnreadableInput as error:
            refusal = str(error)
        found[name] = (refusal, time.process_time() - start)
    sys.stdout.write(json.dumps({**found, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
