"""All that a team keeps, in one file: its people, designs, traffic, forecasts and uploads.

What belongs to a team is found by the relations that deleting it would follow, so that nothing
which a later release adds is left out.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.accounts.http import UserRequest
from apps.accounts.models import Team, User
from project.ops.backup.rows import encode

SCHEMA: Final = "headroom/team/1"
# Of no use to anybody, and not to be spread.
LEFT_OUT: Final = frozenset({"token_sha256"})
IN_MEMORY_BYTES: Final = 8 * 1024 * 1024
Rows = models.QuerySet[Any]


@require_safe
@never_cache
def team_export(request: UserRequest, team_id: UUID) -> HttpResponseBase:
    """Send an owner everything that the team keeps."""
    team = get_object_or_404(Team.objects.owned_by(request.user), id=team_id)
    file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  The answer closes it.
    write_team(team, file)
    file.seek(0)
    name = f"{slugify(team.name) or 'team'}.zip"
    return FileResponse(file, as_attachment=True, filename=name)


def write_team(team: Team, file: Any) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        people: set[int] = set()
        for rows in belonging(team):
            table = [_row(archive, row, people) for row in rows.order_by("pk").iterator(50)]
            _write(archive, f"{rows.model._meta.model_name}.json", table)
        emails = User.objects.filter(pk__in=people).values_list("pk", "email")
        _write(archive, "people.json", dict(emails))


def belonging(team: Team) -> Iterator[Rows]:
    """Yield the rows of each model that would be deleted with a team, the team's own first."""
    waiting: list[Rows] = [Team.objects.filter(pk=team.pk)]
    seen: set[type[models.Model]] = set()
    while waiting:
        rows = waiting.pop(0)
        if rows.model in seen:
            continue
        seen.add(rows.model)
        yield rows
        for relation in rows.model._meta.related_objects:
            if relation.on_delete is models.CASCADE:
                children = relation.related_model._base_manager
                waiting.append(children.filter(**{f"{relation.field.name}__in": rows.values("pk")}))


def _row(archive: zipfile.ZipFile, row: models.Model, people: set[int]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.name in LEFT_OUT:
            continue
        if field.related_model is User and value is not None:
            people.add(value)
        if isinstance(field, models.BinaryField):
            # The end of a name is kept, and nothing that leads out of the folder.
            path = f"{row._meta.model_name}/{row.pk}{PurePath(str(row)).suffix}"
            archive.writestr(path, bytes(value))
            value = path
        values[field.attname] = encode(value)
    return values


def _write(archive: zipfile.ZipFile, name: str, rows: Any) -> None:
    body = {"schema": SCHEMA, "rows": rows}
    archive.writestr(name, json.dumps(body, indent=1, ensure_ascii=False))
