"""Templates with something wrong in them, and what reading them may take.

`python -m tests.engine.formats.fuzzing COUNT [FOLDER]` reads so many mutated templates, of this
repository or of a folder, and prints the longest time and the most memory that it took.
"""

from __future__ import annotations

import contextlib
import copy
import json
import re
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.engine import formats
from apps.engine.catalog import build
from apps.engine.graph import Architecture
from tests.engine.formats.translation import plain

MAX_S: Final = 2.0
FOLDER = Path(__file__).parent / "cloudformation"
_DEEP: list[Any] = []
for _ in range(90):
    _DEEP = [_DEEP]
# What stands where something else should.
ODD: Final[Sequence[Any]] = (
    *(None, True, [], {}, "", 0, -1, 10**30, 1e300, float("nan"), float("inf"), "x" * 5000),
    *(_DEEP, [[]], [None], {"": None}, {"Ref": None}, {"Ref": "Q"}, {"Ref": ["Q"]}),
    *({"Ref": "AWS::NoValue"}, {"Fn::GetAtt": "Q"}, {"Fn::GetAtt": []}, {"Fn::GetAtt": [None, {}]}),
    *({"Fn::Sub": []}, {"Fn::Sub": ["${a}", None]}, {"Fn::Sub": "${"}),
    *({"Fn::Sub": "${!}${}${a.b.c}${AWS::X}"},),
    *({"Fn::Join": ["", None]}, {"Fn::Join": []}, {"Fn::Select": ["9", [1]]}, {"Fn::If": [1]}),
    *({"Fn::Select": [-1, []]}, {"Fn::Split": ["", "a"]}, {"Fn::FindInMap": ["a"]}, {"Fn::If": {}}),
    *({"Fn::Cidr": ["x", 10**9, 1]}, {"Fn::ImportValue": {}}, {"Fn::Transform": []}, "${Q}"),
    *({"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "template.yaml"}}},),
    *({"Fn::ForEach::A": ["A", ["a", "b"], {"${A}": 1}]}, {"Fn::ForEach::A": [1]}, "$" * 3000),
    *("arn:aws:sqs:::", "arn:aws:::::", "arn:" * 700, "rate(99999999999 days)"),
    *("cron(* * * * * *)", "{{resolve:ssm:}}", "{{resolve:ssm:/a:b}}"),
    *("\ud7ff\u2028\x85", "1e9999", "0x1F", "-0"),
)  # fmt: skip
SNIPPETS: Final = (
    *("\n", ":", "- ", "  ", "\t", "{", "}", "[", "]", "'", '"', "!Ref ", "!Sub ", "!GetAtt "),
    *("&a ", "*a", "<<: *a", "|", ">", "---", "...", "#", "? ", "%", "@", "`", "\x00"),
    *("\ufeff", "\u2028"),
    *("!If [a, b, c]", "!!python/object:os.system", "!!binary x", "!!set", "Resources:", "Type:"),
    *("AWS::SQS::Queue", "Fn::ForEach::X:", "AWS::NoValue", "12345678901234567890", ".inf", "~"),
)  # fmt: skip


def own_templates() -> list[str]:
    """Return the templates of this repository's tests."""
    return [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))] + [
        json.dumps(_events())
    ]


def _events() -> dict[str, Any]:
    cases = plain("sam_events.yaml", (FOLDER / "sam_events.yaml").read_text(encoding="utf-8"))
    function = "AWS::Serverless::Function"
    functions = {
        f"On{number}": {"Type": function, "Properties": {"Events": {"E": event}}}
        for number, event in enumerate(cases["events"])
    }
    return {"Resources": {**functions, **cases["resources"]}}


@st.composite
def mutated(draw: st.DrawFn, texts: Sequence[str]) -> bytes:
    """Draw a template with some things wrong: in its text, or in its values."""
    text = texts[draw(st.integers(0, len(texts) - 1))]
    if draw(st.booleans()):
        with contextlib.suppress(formats.UnreadableInput):
            text = json.dumps(_with_odd_values(draw, plain("t", text)))
    if draw(st.booleans()):
        text = _with_odd_text(draw, text)
    data = text.encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, max(0, len(data) - 1)))
        data = data[:at] + draw(st.binary(max_size=8)) + data[at + 1 :]
    return data


def _with_odd_text(draw: st.DrawFn, text: str) -> str:
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(0, len(text) - 1)))
        end = start + draw(st.sampled_from((0, 0, 1, 1, 10, 200)))
        kept = text[start:end] * draw(st.sampled_from((0, 0, 2, 30)))
        text = text[:start] + draw(st.sampled_from((*SNIPPETS, "", ""))) + kept + text[end:]
    return text


def _with_odd_values(draw: st.DrawFn, value: Any) -> Any:
    for _ in range(draw(st.integers(1, 5))):
        places = list(_places(value))
        if not places:
            break
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        other, name = places[draw(st.integers(0, len(places) - 1))]
        moved = copy.deepcopy(other[name])
        action = draw(st.integers(0, 4))
        if action == 0:
            del holder[key]
        elif action == 1:
            holder[key] = moved
        else:
            holder[key] = copy.deepcopy(ODD[draw(st.integers(0, len(ODD) - 1))])
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    todo = [value]
    while todo:
        node = todo.pop()
        keys = node.keys() if isinstance(node, dict) else range(len(node))
        for key in keys:
            yield node, key
            if isinstance(node[key], dict | list):
                todo.append(node[key])


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in what takes more of the processor's time."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"It took more than {seconds} s.")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)


def check(data: bytes, name: str = "template.yaml") -> bool:
    """Read a file, and say whether it could be read. It is read or refused, within its time."""
    try:
        with limited(MAX_S):
            design = formats.read({name: data})
    except formats.UnreadableInput:
        return False
    for component in design:
        build(component)
    assert Architecture.from_dict(design.to_dict()) == design
    return True


def peak_mb() -> float:
    """Return the most memory that this process ever had. [MB]"""
    status = Path("/proc/self/status")
    # Its usage of resources also counts what it was forked from.
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="utf-8"))
    assert found is not None
    return int(found[1]) / 1024


def main(arguments: Sequence[str]) -> None:
    texts = own_templates()
    if len(arguments) > 1:
        paths = sorted(Path(arguments[1]).glob("*.yaml"))
        texts += [path.read_text(encoding="utf-8") for path in paths]
    seen = {"templates": 0, "read": 0, "worst_s": 0.0}

    @settings(
        max_examples=int(arguments[0]),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(mutated(texts))
    def each(data: bytes) -> None:
        start = time.process_time()
        seen["read"] += check(data)
        seen["worst_s"] = max(seen["worst_s"], time.process_time() - start)
        seen["templates"] += 1

    each()
    sys.stdout.write(json.dumps({**seen, "peak_mb": peak_mb()}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
