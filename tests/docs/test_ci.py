"""The pipelines that we give away: their scripts run, and our commands understand them."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from django.core.management import load_command_class

from apps.forecasts.rendering.forms import FORMS
from apps.forecasts.rendering.markdown import MARK

CI = Path(__file__).resolve().parents[2] / "docs" / "ci"
# Stands in for Python: writes down what it was asked, and answers as the variable says.
SHIM = """#!/bin/sh
printf '%s\\n' "$@" >> "$ASKED"; printf -- '---\\n' >> "$ASKED"
echo "answer"
for word in "$@"; do [ "$word" = markdown ] && exit "$ANSWER"; done
exit 0
"""


def github() -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load((CI / "github-actions.yml").read_text())
    return workflow


def gitlab() -> dict[str, Any]:
    job: dict[str, Any] = yaml.safe_load((CI / "gitlab-ci.yml").read_text())["headroom"]
    return job


def github_script() -> tuple[str, dict[str, str]]:
    (job,) = github()["jobs"].values()
    (step,) = [step for step in job["steps"] if step.get("id") == "forecast"]
    return step["run"], github()["env"]


def gitlab_script() -> tuple[str, dict[str, str]]:
    return "\n".join(gitlab()["script"]), gitlab()["variables"]


SCRIPTS = {"github": (github_script, "bash"), "gitlab": (gitlab_script, "sh")}


def ran(
    tmp_path: Path, which: str, *, answer: int = 0, has_base: bool = True, **more: str
) -> tuple[int, list[list[str]]]:
    """Run the script of a pipeline; return its status and what it asked of Python."""
    (read, shell) = SCRIPTS[which]
    script, variables = read()
    (tmp_path / "python").write_text(SHIM)
    (tmp_path / "python").chmod(0o755)
    (tmp_path / "template.yaml").touch()
    (tmp_path / ".headroom-base").mkdir(exist_ok=True)
    if has_base:
        (tmp_path / ".headroom-base" / "template.yaml").touch()
    asked = tmp_path / "asked"
    asked.unlink(missing_ok=True)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "ASKED": str(asked), "ANSWER": str(answer),
           "GITHUB_OUTPUT": str(tmp_path / "output"), **variables,
           "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), **more}  # fmt: skip
    # GitHub runs bash with -e, GitLab its shell too.
    done = subprocess.run([shell, "-e", "-c", script], cwd=tmp_path, env=env, check=False)
    calls = asked.read_text().split("---\n")[:-1] if asked.exists() else []
    return done.returncode, [call.splitlines() for call in calls]


def forecasts(calls: list[list[str]]) -> list[dict[str, Any]]:
    """Return the options of each forecast, as our own parser reads them."""
    parser = load_command_class("apps.forecasts", "forecast").create_parser("manage.py", "forecast")
    found = []
    for call in calls:
        if call[0].endswith("manage.py"):
            assert call[1] == "forecast"
            found.append(vars(parser.parse_args(call[2:])))
    return found


@pytest.mark.parametrize("which", SCRIPTS)
def test_our_parser_understands_every_command(tmp_path: Path, which: str) -> None:
    status, calls = ran(tmp_path, which)

    options = forecasts(calls)
    assert status == 0
    assert "markdown" in {one["format"] for one in options} <= set(FORMS)
    for one in options:
        assert one["users"] == 10_000
        assert one["files"] == [Path("template.yaml")]
    comment = options[0]
    assert comment["baseline"] == [Path(".headroom-base/template.yaml")]
    assert comment["min_headroom"] is not None
    assert comment["fail_on_worse"] is not None


@pytest.mark.parametrize("which", SCRIPTS)
def test_a_new_template_has_no_baseline_and_no_gate_on_it(tmp_path: Path, which: str) -> None:
    status, calls = ran(tmp_path, which, has_base=False)

    assert status == 0
    for one in forecasts(calls):
        assert one["baseline"] is None
        assert one["fail_on_worse"] is None


@pytest.mark.parametrize("which", SCRIPTS)
def test_a_scenario_takes_the_place_of_users(tmp_path: Path, which: str) -> None:
    _, calls = ran(tmp_path, which, SCENARIO="load.json")

    for one in forecasts(calls):
        assert one["scenario"] == Path("load.json")
        assert one["users"] is None


@pytest.mark.parametrize("which", SCRIPTS)
def test_a_gate_that_is_not_met_still_leaves_the_reports(tmp_path: Path, which: str) -> None:
    status, calls = ran(tmp_path, which, answer=3)

    assert len(forecasts(calls)) == 3
    assert (tmp_path / "headroom.html").read_text() == "answer\n"
    if which == "github":
        # The last step of the job ends with it, once the comment is written.
        assert "status=3" in (tmp_path / "output").read_text()
    else:
        assert status == 3


@pytest.mark.parametrize("which", SCRIPTS)
@pytest.mark.parametrize("answer", [1, 2])
def test_an_input_that_cannot_be_read_ends_the_job(tmp_path: Path, which: str, answer: int) -> None:
    status, calls = ran(tmp_path, which, answer=answer)

    assert status == answer
    assert len(forecasts(calls)) == 1


def test_actions_are_pinned_and_may_do_no_more_than_they_need() -> None:
    workflow = github()
    (job,) = workflow["jobs"].values()
    used = [step["uses"] for step in job["steps"] if "uses" in step]

    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w/-]+@v\d+\.\d+\.\d+", name) for name in used), used
    assert workflow["permissions"] == {
        "contents": "read", "pull-requests": "write", "security-events": "write",
    }  # fmt: skip
    # What a person writes into a pull request must never be part of a script.
    for step in job["steps"]:
        assert "${{" not in step.get("run", "")
        assert "${{" not in step.get("with", {}).get("script", "")


def test_both_look_for_the_comment_by_the_mark_that_we_write() -> None:
    (job,) = github()["jobs"].values()
    scripts = [step["with"]["script"] for step in job["steps"] if "script" in step.get("with", {})]

    assert len(scripts) == 1
    assert MARK in scripts[0]
    assert note().MARK == MARK


def note() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gitlab_note", CI / "gitlab_note.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class GitLab(BaseHTTPRequestHandler):
    """The notes of a merge request, as GitLab keeps them."""

    notes: list[dict[str, Any]]

    def do_GET(self) -> None:
        page = int(re.search(r"[?&]page=(\d+)", self.path)[1])  # type: ignore[index]
        self.answer(self.notes[(page - 1) * 100 : page * 100])

    def do_POST(self) -> None:
        self.notes.append({"id": len(self.notes) + 1, "system": False, **self.body()})
        self.answer({})

    def do_PUT(self) -> None:
        self.notes[int(self.path.rpartition("/")[2]) - 1] |= self.body()
        self.answer({})

    def body(self) -> Any:
        assert self.headers["PRIVATE-TOKEN"] == "secret"
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, body: Any) -> None:
        assert self.path.startswith("/api/v4/projects/7/merge_requests/3/notes")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def gitlab_server() -> Iterator[HTTPServer]:
    others = [{"id": n, "system": False, "body": f"note {n}"} for n in range(1, 151)]
    handler = type("Handler", (GitLab,), {"notes": others})
    server = HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_gitlab_keeps_one_note_up_to_date(gitlab_server: HTTPServer, tmp_path: Path) -> None:
    file = tmp_path / "headroom.md"
    env = {"CI_PROJECT_ID": "7", "CI_MERGE_REQUEST_IID": "3", "HEADROOM_NOTE_TOKEN": "secret",
           "CI_API_V4_URL": f"http://127.0.0.1:{gitlab_server.server_port}/api/v4"}  # fmt: skip
    for text in ("first", "second"):
        file.write_text(f"{text}\n{MARK}")
        subprocess.run([sys.executable, CI / "gitlab_note.py", file], env=env, check=True)

    notes = gitlab_server.RequestHandlerClass.notes  # type: ignore[attr-defined]
    assert len(notes) == 151
    assert notes[-1]["body"] == f"second\n{MARK}"
