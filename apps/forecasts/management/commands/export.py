"""Give a template's design back in a format, with settings changed."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.designs.packing import zipped
from apps.engine.forecast import Forecast, forecast, summary_of
from apps.engine.formats import read
from apps.engine.formats.cloudformation.export.check import with_changes
from apps.engine.formats.errors import CannotWrite
from apps.forecasts import question
from apps.forecasts.exporting.asked import changes_asked
from apps.forecasts.exporting.base import CannotExport, Exported, ExportRequest
from apps.forecasts.exporting.registry import BY_NAME, export
from apps.forecasts.exporting.scaling import scaled
from apps.forecasts.old_facts import with_old_facts
from apps.forecasts.shown_paths import with_shown_paths
from apps.forecasts.template_files import files_at
from apps.forecasts.usage_files import knowing, usage_at

# What the person who called can mend.
REFUSALS = (CannotExport, CannotWrite, *question.REFUSALS)


class Command(BaseCommand):
    help = __doc__ or ""
    # It reads files only: no database, no settings of a deployment.
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--to", choices=BY_NAME, required=True)
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="component.setting=value",
            help="may be given several times; an empty value takes the setting out",
        )
        parser.add_argument(
            "--scaling",
            type=Path,
            metavar="DECISIONS.json",
            help="how components scale: bounds, targets and schedules",
        )
        parser.add_argument(
            "--out", type=Path, metavar="FOLDER|FILE.zip", help="default: print one file"
        )
        question.add_question(parser)

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except CommandError:
            raise
        # The edge of the program: whatever went wrong, a pipeline gets a sentence and a status.
        except Exception as error:
            if options["traceback"]:
                raise
            raise CommandError(
                f"Headroom failed on this input, which is its own fault: {type(error).__name__}: "
                f"{error}. Run it again with --traceback to see where."
            ) from error

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            request = request_of(options["files"], options["set"])
            if options["scaling"]:
                request = scaled(request, options["scaling"], options["to"])
            exported = export(with_forecast(request, options), options["to"])
            if exported.refused:
                raise CannotExport(" ".join(exported.refused))
            if options["out"] is None:
                self._print(exported)
            elif options["out"].suffix == ".zip":
                _written(options["out"], zipped(exported.files))
            else:
                _save(options["out"], exported.files)
        except REFUSALS as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        for note in exported.notes:
            self.stderr.write(note)

    def _print(self, exported: Exported) -> None:
        name = exported.main or (next(iter(exported.files)) if len(exported.files) == 1 else "")
        if not name:
            raise CannotExport(
                f"The export has {len(exported.files)} files; say where with --out FOLDER."
            )
        data = exported.files[name]
        buffer = getattr(self.stdout, "buffer", None)
        if buffer is None:
            self.stdout.write(data.decode(), ending="")
        else:  # Byte for byte, line ends included.
            buffer.write(data)
            buffer.flush()


def request_of(paths: list[Path], asked: list[str]) -> ExportRequest:
    """Return the design in files with changes made. Raises what `REFUSALS` names."""
    files = files_at(paths)
    architecture = read(files)
    changes = changes_asked(architecture, asked)
    given = [path.as_posix() for path in paths if path.as_posix() in files]
    name = paths[0].stem
    changed = with_changes(architecture, changes)
    return ExportRequest(name, changed, files, changes, given)


def with_forecast(request: ExportRequest, options: dict[str, Any]) -> ExportRequest:
    """Return the design with what its users make of it, where somebody says who comes."""
    if options["users"] is None and options["scenario"] is None:
        return request
    scenario = question.scenario_from(options)
    facts = question.facts_of(options["facts"].resolve(), scenario.region)

    shown = with_shown_paths(request.architecture, options["files"])
    usage = usage_at(options["usage"]) if options["usage"] else None
    shown, scenario = knowing(shown, scenario, facts, usage)

    @cache
    def answer() -> Forecast:
        told = question.progress_line()
        return forecast(shown, scenario, facts, progress=told)

    def summary() -> dict[str, Any]:
        return with_old_facts(summary_of(answer()), facts, timezone.localdate())

    return replace(request, answer=answer, summary=summary)


def _save(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder, as they lie to one another. Raises CannotExport."""
    places = {name: os.path.abspath(name) for name in files}
    root = os.path.commonpath([os.path.dirname(place) for place in places.values()])
    for name, data in files.items():
        _written(folder / os.path.relpath(places[name], root), data)


def _written(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        reason = (error.strerror or "it cannot be written").lower()
        raise CannotExport(f"{path}: {reason}.") from error
