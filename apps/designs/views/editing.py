"""Components and links: settings, adding, removing, connecting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.http import UserRequest
from apps.designs import editing, forms
from apps.designs.models import Design, Version
from apps.designs.panel import panel_of
from apps.designs.views.loading import MERGE, back_to, component_of, editable, save, visible
from apps.engine.catalog import KINDS, build
from apps.engine.catalog.base import InvalidSetting
from apps.engine.graph import Architecture, InvalidArchitecture


@require_http_methods(["GET", "POST"])
def component(request: UserRequest, design_id: UUID, component_id: str) -> HttpResponse:
    if request.method == "POST":
        return _component_save(request, design_id, component_id)
    design = visible(request, design_id)
    context = panel_of(design, design.latest(), component_id)
    if context is None or not request.htmx:
        component_of(design.latest().architecture(), component_id)
        return back_to(design, component_id)
    return render(request, "designs/_panel.html", context)


def _component_save(request: UserRequest, design_id: UUID, component_id: str) -> HttpResponse:
    design = editable(request, design_id)
    known = component_of(design.latest().architecture(), component_id)
    if not known.is_modelled:
        return back_to(design, component_id)
    kind = KINDS[known.kind]
    form = forms.settings_form(kind)(request.POST)
    if form.is_valid():
        version = _version(design, form)
        architecture = version.architecture()
        try:
            before = architecture.component(component_id).settings
            settings = forms.settings_of(form, kind, before)
            changed = architecture.with_settings(component_id, settings)
            build(changed.component(component_id))
        except (InvalidSetting, KeyError) as error:
            form.add_error(None, str(error))
        else:
            return save(
                request, design, version.number, changed, _message(version, changed), component_id
            )
    context = panel_of(design, design.latest(), component_id, form=form)
    template = "designs/_panel.html" if request.htmx else "designs/component.html"
    return render(request, template, context or {}, status=422)


def _version(design: Design, form: Any) -> Version:
    """Return the version that a form was made from; 404 when there is none such."""
    return get_object_or_404(Version, design=design, number=form.cleaned_data["version"])


def _message(version: Version, changed: Architecture) -> str:
    return "; ".join(editing.difference(version.architecture(), changed)) or "Nothing changed"


@require_http_methods(["GET", "POST"])
def component_add(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = editable(request, design_id)
    based_on = {"version": design.latest().number}
    form = forms.AddComponentForm(request.POST or None, initial=based_on)
    if form.is_valid():
        version, name = _version(design, form), form.cleaned_data["id"].strip()
        try:
            changed = editing.with_component(
                version.architecture(), name, form.cleaned_data["kind"]
            )
        except InvalidArchitecture:
            form.add_error("id", f"There is a component '{name}' already; choose another name.")
        else:
            return save(request, design, version.number, changed, f"{name} added", name)
    status = 422 if request.method == "POST" else 200
    return render(request, "designs/add.html", {"design": design, "form": form}, status=status)


@require_POST
def component_remove(request: UserRequest, design_id: UUID, component_id: str) -> HttpResponse:
    design = editable(request, design_id)
    form = forms.BasedOnForm(request.POST)
    if not form.is_valid():
        return back_to(design, component_id)
    version = _version(design, form)
    component_of(version.architecture(), component_id)
    changed = editing.without_component(version.architecture(), component_id)
    return save(request, design, version.number, changed, f"{component_id} removed")


@require_POST
def link_add(request: UserRequest, design_id: UUID, component_id: str) -> HttpResponse:
    design = editable(request, design_id)
    architecture = design.latest().architecture()
    component_of(architecture, component_id)
    form = forms.LinkForm(architecture, component_id, request.POST)
    if form.is_valid():
        version, (target, role) = _version(design, form), form.door()
        calls = form.cleaned_data["calls"]
        try:
            changed = editing.with_link(version.architecture(), component_id, target, role, calls)
        except (InvalidArchitecture, KeyError):
            form.add_error("target", "That component changed in the meantime; look again.")
        else:
            message = f"{component_id} → {target} connected"
            return save(request, design, version.number, changed, message, component_id)
    context = panel_of(design, design.latest(), component_id, link_form=form)
    return render(request, "designs/component.html", context or {}, status=422)


@require_POST
def link_remove(request: UserRequest, design_id: UUID, component_id: str) -> HttpResponse:
    design = editable(request, design_id)
    form = forms.BasedOnForm(request.POST)
    target, role = request.POST.get("target", ""), request.POST.get("role", "")
    if not form.is_valid():
        messages.error(request, "Say which version the change was made from.")
        return back_to(design, component_id)
    version = _version(design, form)
    changed = editing.without_link(version.architecture(), (component_id, target, role))
    message = f"{component_id} → {target} disconnected"
    return save(request, design, version.number, changed, message, component_id)


@require_POST
def merge(request: UserRequest, design_id: UUID) -> HttpResponse:
    """Save two changes together, as the conflict page offered them."""
    design = editable(request, design_id)
    form = forms.BasedOnForm(request.POST)
    if not form.is_valid():
        return back_to(design)
    try:
        graph = signing.loads(request.POST.get("merged", ""), salt=MERGE, max_age=86_400)
        changed = Architecture.from_dict(graph)
    except (signing.BadSignature, InvalidArchitecture):
        messages.error(request, "That offer is too old; make the change again.")
        return back_to(design)
    version = _version(design, form)
    return save(request, design, version.number, changed, _message(version, changed))
