"""A design as a whole: a new one, its name, its end, its original."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.http import UserRequest
from apps.accounts.models import Team
from apps.designs import actions, forms, incoming
from apps.designs.models import Upload
from apps.designs.packing import written_over
from apps.designs.reading import UnreadableTemplate
from apps.designs.views.history import history_page
from apps.designs.views.loading import back_to, editable, visible


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: UserRequest) -> HttpResponse:
    teams = _teams(request)
    if request.method != "POST":
        return _new_page(request, teams)
    sent, why_missing = incoming.files_of(request, request.POST.get("team", ""))
    form = forms.UploadForm(teams, request.POST, sent, why_missing=why_missing)
    if form.is_valid():
        files = form.contents()
        try:
            design = actions.create_design_from_files(
                team=form.cleaned_data["team"],
                author=request.user,
                name=form.design_name(),
                files=files,
            )
        except UnreadableTemplate as error:
            form.add_error("template", str(error))
        else:
            messages.success(request, "The template is read. Say how many users come.")
            _tell_of_secrets(request, files)
            return redirect("forecasts:traffic", design.pk)
    return _new_page(request, teams, status=422, upload_form=form)


def _tell_of_secrets(request: UserRequest, files: Mapping[str, bytes]) -> None:
    sentence = written_over(files)
    if sentence:
        messages.warning(request, sentence)


@require_POST
def blank(request: UserRequest) -> HttpResponse:
    teams = _teams(request)
    form = forms.BlankForm(teams, request.POST, auto_id="blank_%s")
    if not form.is_valid():
        return _new_page(request, teams, status=422, blank_form=form)
    design = actions.create_blank_design(
        team=form.cleaned_data["team"], author=request.user, name=form.cleaned_data["name"]
    )
    return redirect("designs:component_add", design.pk)


def _teams(request: UserRequest) -> list[Team]:
    return list(Team.objects.editable_by(request.user).order_by("name", "id"))


def _new_page(
    request: UserRequest, teams: list[Team], status: int = 200, **refused: Any
) -> HttpResponse:
    context = {
        "teams": teams,
        "upload_form": forms.UploadForm(teams),
        "blank_form": forms.BlankForm(teams, auto_id="blank_%s"),
        "largest_form_bytes": incoming.largest_form_bytes(),
    }
    return render(request, "designs/new.html", context | refused, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def reimport(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = editable(request, design_id)
    form, status = forms.FilesForm(), 200
    if request.method == "POST":
        sent, why_missing = incoming.files_of(request, str(design.team_id))
        form, status = forms.FilesForm(request.POST, sent, why_missing=why_missing), 422
        if form.is_valid():
            files = form.contents()
            try:
                version = actions.reimport(design=design, author=request.user, files=files)
            except UnreadableTemplate as error:
                form.add_error("template", str(error))
            except actions.EditConflict as error:
                form.add_error(None, f"{error} Upload the template again to put it on top.")
                status = 409
            else:
                messages.success(request, f"The template is read as {version}.")
                _tell_of_secrets(request, files)
                return back_to(design)
    context = {
        "design": design,
        "version": design.latest(),
        "form": form,
        "largest_form_bytes": incoming.largest_form_bytes(),
    }
    return render(request, "designs/reimport.html", context, status=status)


@require_POST
def rename(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = editable(request, design_id)
    form = forms.NameForm(request.POST)
    if not form.is_valid():
        return history_page(request, design, form, status=422)
    design.rename(form.cleaned_data["name"])
    return redirect("designs:history", design.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = editable(request, design_id)
    if request.method != "POST":
        context = {
            "design": design,
            "version": design.latest(),
            "versions": design.versions.count(),
        }
        return render(request, "designs/delete.html", context)
    actions.delete_design(design=design)
    messages.success(request, f"{design.name} is deleted, with all of its versions.")
    return redirect("forecasts:home")


@require_safe
def original(request: UserRequest, design_id: UUID) -> HttpResponse:
    """Send the uploaded file back as it came, always as a download."""
    design = visible(request, design_id)
    source_id = design.latest().source_id
    if source_id is None:
        raise Http404("Drawn by hand")
    source = Upload.objects.visible_to(request.user).get(pk=source_id)
    disposition = content_disposition_header(as_attachment=True, filename=source.name)
    return HttpResponse(
        bytes(source.content),
        content_type="application/octet-stream",
        headers={"Content-Disposition": disposition or "attachment"},
    )
