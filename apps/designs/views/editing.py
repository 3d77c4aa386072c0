"""Components and links: settings, adding, removing, connecting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from apps.accounts.http import UserRequest
from apps.designs import editing, forms
from apps.designs.models import Design, Version
from apps.designs.panel import panel_of
from apps.designs.settings_form import settings_form, settings_of
from apps.designs.views.loading import (
    back_to,
    based_on,
    component_of,
    editable,
    merge_salt,
    save,
    unversioned,
    visible,
)
from apps.engine.catalog import KINDS, build
from apps.engine.catalog.base import InvalidSetting
from apps.engine.graph import Architecture, Component, InvalidArchitecture


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def component(request: UserRequest, design_id: UUID, component_id: str) -> HttpResponse:
    if request.method == "POST":
        return _component_save(request, design_id, component_id)
    design = visible(request, design_id)
    component_of(design.latest().architecture(), component_id)
    if not request.htmx:
        return back_to(design, component_id)
    return render(request, "designs/_panel.html", panel_of(design, design.latest(), component_id))


def _component_save(request: UserRequest, design_id: UUID, component_id: str) -> HttpResponse:
    design = editable(request, design_id)
    base_form = forms.BasedOnForm(request.POST)
    base_form.is_valid()
    version = based_on(design, base_form)
    known = component_of(version.architecture(), component_id)
    if not known.is_modelled:
        return back_to(design, component_id)
    kind = KINDS[known.kind]
    form = settings_form(kind)(request.POST)
    if form.is_valid():
        settings = settings_of(form, kind, known.settings)
        changed = version.architecture().with_settings(component_id, settings)
        try:
            build(changed.component(component_id))
        except InvalidSetting as error:
            form.add_error(None, str(error).removeprefix(f"{component_id}: "))
        else:
            return save(request, design, version, changed, component_id=component_id)
    return _refused(request, panel_of(design, version, component_id, form=form))


def _refused(request: UserRequest, panel: dict[str, Any] | None) -> HttpResponse:
    template = "designs/_panel.html" if request.htmx else "designs/component.html"
    return render(request, template, panel, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def component_add(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = editable(request, design_id)
    if request.method != "POST":
        initial = {"version": design.latest().number, "kind": request.GET.get("kind")}
        return _add_page(request, design, forms.AddComponentForm(initial=initial))
    form = forms.AddComponentForm(request.POST)
    if not form.is_valid():
        return _add_page(request, design, form, status=422)
    version, kind = based_on(design, form), form.cleaned_data["kind"]
    architecture = version.architecture()
    id_ = editing.free_id(architecture, kind)
    added = Component(id=id_, kind=kind, name=form.cleaned_data["name"])
    changed = editing.with_component(architecture, added)
    return save(request, design, version, changed, component_id=id_)


def _add_page(
    request: UserRequest, design: Design, form: forms.AddComponentForm, status: int = 200
) -> HttpResponse:
    return render(request, "designs/add.html", {"design": design, "form": form}, status=status)


@require_POST
def component_remove(request: UserRequest, design_id: UUID, component_id: str) -> HttpResponse:
    design = editable(request, design_id)
    form = forms.BasedOnForm(request.POST)
    if not form.is_valid():
        return unversioned(request, design, component_id)
    version = based_on(design, form)
    removed = component_of(version.architecture(), component_id)
    changed = editing.without_component(version.architecture(), component_id)
    return save(request, design, version, changed, f"{removed.label} removed")


@require_POST
def link_add(request: UserRequest, design_id: UUID, component_id: str) -> HttpResponse:
    design = editable(request, design_id)
    base_form = forms.BasedOnForm(request.POST)
    base_form.is_valid()
    version = based_on(design, base_form)
    architecture = version.architecture()
    component_of(architecture, component_id)
    form = forms.LinkForm(architecture, component_id, request.POST)
    if not form.is_valid():
        return _refused(request, panel_of(design, version, component_id, link_form=form))
    calls = form.cleaned_data["calls"]
    changed = editing.with_link(architecture, component_id, *form.door(), calls)
    return save(request, design, version, changed, component_id=component_id)


@require_POST
def link_remove(request: UserRequest, design_id: UUID, component_id: str) -> HttpResponse:
    design = editable(request, design_id)
    form = forms.UnlinkForm(request.POST)
    if not form.is_valid():
        return unversioned(request, design, component_id)
    version = based_on(design, form)
    key = (component_id, form.cleaned_data["target"], form.cleaned_data["role"])
    changed = editing.without_link(version.architecture(), key)
    return save(request, design, version, changed, component_id=component_id)


@require_POST
def merge(request: UserRequest, design_id: UUID) -> HttpResponse:
    """Save two changes together, as the conflict page offered them."""
    design = editable(request, design_id)
    form = forms.BasedOnForm(request.POST)
    if not form.is_valid():
        return unversioned(request, design)
    offer = request.POST.get("merged", "")
    try:
        graph = signing.loads(offer, salt=merge_salt(design), max_age=86_400)
        changed = Architecture.from_dict(graph)
    except (signing.BadSignature, InvalidArchitecture):
        messages.error(request, "Nothing is saved: that offer is too old. Make the change again.")
        return back_to(design)
    version: Version = based_on(design, form)
    return save(request, design, version, changed)
