"""Where every view of a design begins and ends: what a person may see, and saving a change."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode

from apps.accounts.http import UserRequest
from apps.designs.actions import EditConflict, save_version
from apps.designs.comparing import difference, merged
from apps.designs.forms import BasedOnForm
from apps.designs.models import Design, Version
from apps.engine.graph import Architecture, Component

MERGE = "headroom.designs.merge"


def visible(request: UserRequest, design_id: UUID) -> Design:
    designs = Design.objects.visible_to(request.user).with_role_of(request.user)
    return get_object_or_404(designs.with_team().with_head(), id=design_id)


def editable(request: UserRequest, design_id: UUID) -> Design:
    """Return a design that the person may change; for anybody else it does not exist."""
    designs = Design.objects.editable_by(request.user).with_role_of(request.user)
    return get_object_or_404(designs.with_team().with_head(), id=design_id)


def based_on(design: Design, form: BasedOnForm) -> Version:
    """Return the version that a form was made from; the newest while it does not say which."""
    number = form.cleaned_data.get("version") if form.is_bound else None
    latest = design.latest()
    if number in (None, latest.number):
        return latest
    return get_object_or_404(Version, design=design, number=number)


def component_of(architecture: Architecture, component_id: str) -> Component:
    try:
        return architecture.component(component_id)
    except KeyError:
        raise Http404(component_id) from None


def back_to(design: Design, component_id: str = "") -> HttpResponse:
    query = f"?{urlencode({'component': component_id})}#panel" if component_id else ""
    return redirect(design.get_absolute_url() + query)


def unversioned(request: UserRequest, design: Design, component_id: str = "") -> HttpResponse:
    """Answer a form that does not say which version it was made from: none of our pages does."""
    messages.error(request, "Nothing is saved: the form did not say which version it changes.")
    return back_to(design, component_id)


def save(
    request: UserRequest,
    design: Design,
    base: Version,
    architecture: Architecture,
    message: str = "",
    component_id: str = "",
    restores: Version | None = None,
) -> HttpResponse:
    """Save the change and go back to the design; 409 with both versions when it moved on."""
    before = base.architecture()
    if architecture == before:
        messages.info(request, "Nothing is changed, so there is no new version.")
        return back_to(design, component_id)
    message = message or "; ".join(difference(before, architecture))
    try:
        version = save_version(
            design=design,
            based_on=base.number,
            architecture=architecture,
            author=request.user,
            message=message,
            restores=restores,
        )
    except EditConflict as conflict:
        return _conflict(request, design, base, architecture, conflict)
    messages.success(request, f"Saved as {version}: {message}.")
    return back_to(design, component_id)


def merge_salt(design: Design) -> str:
    """Return what binds an offer to merge to its design."""
    return f"{MERGE}.{design.pk}"


def _conflict(
    request: UserRequest, design: Design, base: Version, mine: Architecture, conflict: EditConflict
) -> HttpResponse:
    """Show both changes; where they touch different parts, offer them together."""
    before, theirs = base.architecture(), conflict.latest.architecture()
    both = merged(before, mine, theirs)
    offer = ""
    if both is not None:
        # Signed, so that only what was merged here can be saved unseen.
        offer = signing.dumps(both.to_dict(), salt=merge_salt(design), compress=True)
    context = {
        "design": design,
        "base": base,
        "latest": conflict.latest,
        "mine": difference(before, mine),
        "theirs": difference(before, theirs),
        "merged": offer,
    }
    return render(request, "designs/conflict.html", context, status=409)
