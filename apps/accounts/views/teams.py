from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import actions, forms
from apps.accounts.http import UserRequest
from apps.accounts.models import Membership, Team


@require_safe
def team_list(request: UserRequest) -> HttpResponse:
    return _team_list(request, forms.TeamForm())


@require_POST
def team_create(request: UserRequest) -> HttpResponse:
    form = forms.TeamForm(request.POST)
    if not form.is_valid():
        return _team_list(request, form, status=422)
    return redirect(actions.create_team(owner=request.user, name=form.cleaned_data["name"]))


@require_safe
def team_detail(request: UserRequest, team_id: UUID) -> HttpResponse:
    teams = Team.objects.visible_to(request.user).with_role_of(request.user)
    return team_page(request, get_object_or_404(teams, id=team_id))


@require_POST
def team_rename(request: UserRequest, team_id: UUID) -> HttpResponse:
    team = owned_team(request, team_id)
    form = forms.TeamForm(request.POST)
    if not form.is_valid():
        return team_page(request, team, status=422, name_form=form)
    team.rename(form.cleaned_data["name"])
    return redirect(team)


@require_http_methods(["GET", "HEAD", "POST"])
def team_delete(request: UserRequest, team_id: UUID) -> HttpResponse:
    team = owned_team(request, team_id)
    form, status = forms.DeleteTeamForm(team, request.POST or None), 200
    if request.method == "POST":
        if form.is_valid():
            actions.delete_team(team=team)
            messages.success(request, f"{team.name} is deleted, with all that it kept.")
            return redirect("accounts:teams")
        status = 422
    return render(request, "accounts/team_delete.html", {"team": team, "form": form}, status=status)


def owned_team(request: UserRequest, team_id: UUID) -> Team:
    """Return a team that the person manages; for anybody else it does not exist."""
    teams = Team.objects.owned_by(request.user).with_role_of(request.user)
    return get_object_or_404(teams, id=team_id)


def team_page(
    request: UserRequest, team: Team, *, status: int = 200, **refused: Any
) -> HttpResponse:
    """Render the page of a team; `refused` are forms that came back with errors."""
    members = team.memberships.with_user().order_by("user__email")
    context: dict[str, Any] = {"team": team, "members": members}
    if team.role == Membership.Role.OWNER:
        context |= {
            "is_owner": True,
            "roles": Membership.Role.choices,
            "invitations": team.invitations.open(timezone.now()).order_by("email"),
            "name_form": forms.TeamForm(initial={"name": team.name}),
            "invitation_form": forms.InvitationForm(),
        }
    return render(request, "accounts/team.html", context | refused, status=status)


def _team_list(request: UserRequest, form: forms.TeamForm, status: int = 200) -> HttpResponse:
    teams = Team.objects.visible_to(request.user).with_role_of(request.user).with_member_count()
    context = {"teams": teams.order_by("name", "id"), "form": form}
    return render(request, "accounts/teams.html", context, status=status)
