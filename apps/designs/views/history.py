"""The versions of a design: who changed what, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.http import UserRequest
from apps.designs.comparing import difference
from apps.designs.diagram import diagram_of
from apps.designs.forms import BasedOnForm, NameForm
from apps.designs.models import Design, Version
from apps.designs.views.loading import based_on, editable, save, unversioned, visible
from apps.designs.wording import set_words
from apps.engine.catalog import KINDS

PAGE = 20


@dataclass(frozen=True, slots=True)
class Step:
    """A version, with what it changed against the one before it."""

    version: Version
    changes: list[str]

    @property
    def is_told(self) -> bool:
        """Say whether the message holds every change already."""
        return "; ".join(self.changes) == self.version.message


@require_safe
def history(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = visible(request, design_id)
    return history_page(request, design, NameForm(initial={"name": design.name}))


@require_safe
def version(request: UserRequest, design_id: UUID, number: int) -> HttpResponse:
    design = visible(request, design_id)
    shown = get_object_or_404(design.versions.with_author(), number=number)
    architecture = shown.architecture()
    context = {
        "design": design,
        "version": design.latest(),
        "shown": shown,
        "components": [(component, set_words(component)) for component in architecture],
        "diagram": diagram_of(architecture, KINDS, href=lambda id_: f"#{id_}"),
        "changes": difference(architecture, design.latest().architecture()),
    }
    return render(request, "designs/version.html", context)


@require_POST
def restore(request: UserRequest, design_id: UUID, number: int) -> HttpResponse:
    design = editable(request, design_id)
    old = get_object_or_404(Version, design=design, number=number)
    form = BasedOnForm(request.POST)
    if not form.is_valid():
        return unversioned(request, design)
    base = based_on(design, form)
    message = f"Version {number} restored"
    return save(request, design, base, old.architecture(), message, restores=old)


def history_page(
    request: UserRequest, design: Design, form: NameForm, status: int = 200
) -> HttpResponse:
    versions = design.versions.with_author().order_by("-number")
    page = Paginator(versions, PAGE).get_page(request.GET.get("page"))
    context = {
        "design": design,
        "version": design.latest(),
        "page": page,
        "steps": _steps(design, page),
        "form": form,
    }
    return render(request, "designs/history.html", context, status=status)


def _steps(design: Design, page: Page[Version]) -> list[Step]:
    shown = list(page)
    before = design.versions.filter(number=shown[-1].number - 1)
    architectures = [version.architecture() for version in (*shown, *before)]
    changes = [difference(old, new) for new, old in pairwise(architectures)]
    # The first version of all has none before it.
    return [
        Step(version, changes[place] if place < len(changes) else [])
        for place, version in enumerate(shown)
    ]
