"""Where every view of a design begins: at what the person may see, or may change."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode

from apps.accounts.http import UserRequest
from apps.designs.actions import EditConflict, save_version
from apps.designs.editing import difference, merged
from apps.designs.models import Design, Version
from apps.engine.graph import Architecture, Component, InvalidArchitecture

MERGE = "headroom.designs.merge"


def visible(request: UserRequest, design_id: UUID) -> Design:
    designs = Design.objects.visible_to(request.user).with_role_of(request.user)
    return get_object_or_404(designs.with_team().with_head(), id=design_id)


def editable(request: UserRequest, design_id: UUID) -> Design:
    designs = Design.objects.editable_by(request.user).with_role_of(request.user)
    return get_object_or_404(designs.with_team().with_head(), id=design_id)


def component_of(architecture: Architecture, component_id: str) -> Component:
    try:
        return architecture.component(component_id)
    except KeyError:
        raise Http404(component_id) from None


def back_to(design: Design, component_id: str = "") -> HttpResponse:
    query = f"?{urlencode({'component': component_id})}#panel" if component_id else ""
    return redirect(design.get_absolute_url() + query)


def save(
    request: UserRequest,
    design: Design,
    based_on: int,
    architecture: Architecture,
    message: str,
    component_id: str = "",
) -> HttpResponse:
    """Save the change and go back to the design; 409 with both versions when it moved on."""
    try:
        save_version(
            design=design,
            based_on=based_on,
            architecture=architecture,
            author=request.user,
            message=message,
        )
    except EditConflict as conflict:
        return _conflict(request, design, based_on, architecture, conflict)
    messages.success(request, f"{message}. The verdict was asked again.")
    return back_to(design, component_id)


def _conflict(
    request: UserRequest,
    design: Design,
    based_on: int,
    mine: Architecture,
    conflict: EditConflict,
) -> HttpResponse:
    """Show both changes; where they touch different parts, offer them together."""
    base = get_object_or_404(Version, design=design, number=based_on).architecture()
    theirs = conflict.latest.architecture()
    try:
        both = merged(base, mine, theirs)
    except InvalidArchitecture:
        both = None
    context = {
        "design": design,
        "latest": conflict.latest,
        "reason": str(conflict),
        "mine": difference(base, mine),
        "theirs": difference(base, theirs),
        # Signed, so that only what was merged here can be saved unseen.
        "merged": signing.dumps(both.to_dict(), salt=MERGE, compress=True) if both else "",
    }
    return render(request, "designs/conflict.html", context, status=409)
