"""The versions of a design: who changed what, and the way back."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.http import UserRequest
from apps.designs.editing import difference
from apps.designs.forms import BasedOnForm
from apps.designs.models import Version
from apps.designs.views.loading import back_to, editable, save, visible

PAGE = 20


@require_safe
def history(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = visible(request, design_id)
    versions = design.versions.with_author().order_by("-number")
    page = Paginator(versions, PAGE).get_page(request.GET.get("page"))
    context = {"design": design, "version": design.latest(), "page": page, "rows": _rows(page)}
    return render(request, "designs/history.html", context)


def _rows(page: Any) -> list[dict[str, Any]]:
    """Return each version with what it changed against the one before it on the page."""
    versions = list(page)
    changed = {new.pk: difference(old.architecture(), new.architecture())
               for new, old in pairwise(versions)}  # fmt: skip
    return [{"version": v, "changes": changed.get(v.pk, ())} for v in versions]


@require_safe
def version(request: UserRequest, design_id: UUID, number: int) -> HttpResponse:
    design = visible(request, design_id)
    shown = get_object_or_404(design.versions.with_author(), number=number)
    context = {
        "design": design,
        "version": design.latest(),
        "shown": shown,
        "architecture": shown.architecture(),
        "changes": difference(shown.architecture(), design.latest().architecture()),
    }
    return render(request, "designs/version.html", context)


@require_POST
def restore(request: UserRequest, design_id: UUID, number: int) -> HttpResponse:
    design = editable(request, design_id)
    old = get_object_or_404(Version, design=design, number=number)
    form = BasedOnForm(request.POST)
    if not form.is_valid():
        return back_to(design)
    return save(
        request,
        design,
        form.cleaned_data["version"],
        old.architecture(),
        f"Version {number} restored",
    )
