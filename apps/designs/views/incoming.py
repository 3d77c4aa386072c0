"""The browser asks where to send files that are too large for a form."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import BadRequest
from django.http import Http404, JsonResponse, QueryDict
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from apps.accounts.http import UserRequest
from apps.accounts.models import Team
from apps.designs import incoming
from apps.designs.forms import TeamForm


@require_POST
@never_cache
def grant(request: UserRequest) -> JsonResponse:
    """Say where to post the files `file` (each `SIZE NAME`) of `team`, whose editor this is."""
    form = TeamForm(list(Team.objects.editable_by(request.user)), request.POST)
    if not (incoming.is_open() and form.is_valid()):
        raise Http404("No bucket, or no team to edit in")
    team_id = str(form.cleaned_data["team"].pk)
    texts = cast(QueryDict, request.POST).getlist("file")
    if not texts:
        raise BadRequest("No file is announced.")
    files = [incoming.Announced.of(team_id, text) for text in texts]
    try:
        granted = incoming.grants(request.session.session_key or "", files)
    except incoming.NotReceived as problem:
        return JsonResponse({"problem": str(problem)}, status=422)
    return JsonResponse({"files": granted})
