from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from apps.accounts import actions, forms
from apps.accounts.http import UserRequest
from apps.accounts.models import Membership, Team
from apps.accounts.views.teams import owned_team


@require_POST
def member_role(request: UserRequest, team_id: UUID, membership_id: int) -> HttpResponse:
    team = owned_team(request, team_id)
    membership = get_object_or_404(team.memberships.with_user(), id=membership_id)
    form = forms.RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles.")
        return redirect(team)
    try:
        actions.change_role(membership=membership, role=form.cleaned_data["role"])
    except actions.LastOwner as error:
        messages.error(request, str(error))
    return redirect(team)


@require_POST
def member_remove(request: UserRequest, team_id: UUID, membership_id: int) -> HttpResponse:
    team = owned_team(request, team_id)
    membership = get_object_or_404(team.memberships.with_user(), id=membership_id)
    return _remove(request, team, membership, f"{membership.user} has left the team.")


@require_POST
def team_leave(request: UserRequest, team_id: UUID) -> HttpResponse:
    team = get_object_or_404(Team.objects.visible_to(request.user), id=team_id)
    membership = team.memberships.get(user=request.user)
    return _remove(request, team, membership, f"You have left {team.name}.")


def _remove(request: UserRequest, team: Team, membership: Membership, done: str) -> HttpResponse:
    try:
        actions.remove_member(membership=membership)
    except actions.LastOwner as error:
        messages.error(request, str(error))
        return redirect(team)
    messages.success(request, done)
    # Who has just left can no longer see the page of the team.
    is_self = membership.user_id == request.user.pk
    return redirect("accounts:teams") if is_self else redirect(team)
