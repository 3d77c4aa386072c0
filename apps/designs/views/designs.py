"""A design as a whole: a new one, its name, its end, its original."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.http import UserRequest
from apps.designs import actions, forms
from apps.designs.models import Upload
from apps.designs.views.loading import back_to, editable, save, visible


@require_http_methods(["GET", "POST"])
def new(request: UserRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "designs/new.html", {"form": forms.UploadForm(request.user)})
    form = forms.UploadForm(request.user, request.POST, request.FILES)
    if form.is_valid():
        try:
            design = actions.create_design_from_files(
                team=form.cleaned_data["team"],
                author=request.user,
                name=form.design_name(),
                files=form.contents(),
            )
        except actions.UnreadableTemplate as error:
            form.add_error("template", str(error))
        else:
            messages.success(request, "The template is read. Say how many users come.")
            return redirect("forecasts:traffic", design.pk)
    return render(request, "designs/new.html", {"form": form}, status=422)


@require_http_methods(["GET", "POST"])
def reimport(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = editable(request, design_id)
    if request.method != "POST":
        context = {"design": design, "form": forms.FilesForm()}
        return render(request, "designs/reimport.html", context)
    form = forms.FilesForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            source, architecture = actions.read_again(
                design=design, author=request.user, files=form.contents()
            )
        except actions.UnreadableTemplate as error:
            form.add_error("template", str(error))
        else:
            return save(
                request, design, design.latest().number, architecture, f"Read from {source.name}"
            )
    return render(request, "designs/reimport.html", {"design": design, "form": form}, status=422)


@require_POST
def rename(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = editable(request, design_id)
    form = forms.NameForm(request.POST)
    if not form.is_valid():
        context = {"design": design, "form": form}
        return render(request, "designs/rename.html", context, status=422)
    design.rename(form.cleaned_data["name"])
    return back_to(design)


@require_http_methods(["GET", "POST"])
def delete(request: UserRequest, design_id: UUID) -> HttpResponse:
    design = editable(request, design_id)
    if request.method != "POST":
        context = {"design": design, "versions": design.versions.count()}
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
    response = HttpResponse(bytes(source.content), content_type="application/octet-stream")
    name = source.name.rsplit("/", 1)[-1]
    response.headers["Content-Disposition"] = _attachment(name)
    return response


def _attachment(name: str) -> str:
    plain = "".join(c if c.isalnum() or c in "-_." else "_" for c in name)
    return f'attachment; filename="{plain}"'
