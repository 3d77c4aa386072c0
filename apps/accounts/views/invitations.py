from __future__ import annotations

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import actions, forms
from apps.accounts.http import UserRequest
from apps.accounts.mail import send_invitation
from apps.accounts.models import Invitation
from apps.accounts.views.teams import owned_team, team_page


@require_POST
def invitation_send(request: UserRequest, team_id: UUID) -> HttpResponse:
    team = owned_team(request, team_id)
    form = forms.InvitationForm(request.POST)
    if not form.is_valid():
        return team_page(request, team, status=422, invitation_form=form)
    email, role = form.cleaned_data["email"], form.cleaned_data["role"]
    try:
        token = actions.invite(
            team=team, email=email, role=role, invited_by=request.user, now=timezone.now()
        )
    except actions.AlreadyMember as error:
        form.add_error("email", str(error))
        return team_page(request, team, status=422, invitation_form=form)

    url = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
    send_invitation(team=team, email=email, invited_by=request.user, url=url)
    messages.success(request, f"An invitation is on its way to {email}.")
    return redirect(team)


@require_POST
def invitation_revoke(request: UserRequest, team_id: UUID, invitation_id: int) -> HttpResponse:
    team = owned_team(request, team_id)
    open_invitations = team.invitations.open(timezone.now())
    get_object_or_404(open_invitations, id=invitation_id).delete()
    return redirect(team)


@require_safe
@login_not_required
@never_cache
def invitation_detail(request: HttpRequest, token: str) -> HttpResponse:
    invitation = _open_invitation(token)
    if not request.user.is_authenticated:
        # Who holds the token reads that mailbox, so signing up need not prove it again.
        get_adapter(request).stash_verified_email(request, invitation.email)
    context = {
        "invitation": invitation,
        "token": token,
        "is_theirs": request.user.is_authenticated and request.user.email == invitation.email,
    }
    return render(request, "accounts/invitation.html", context)


@require_POST
def invitation_accept(request: UserRequest, token: str) -> HttpResponse:
    invitation = _open_invitation(token, email=request.user.email)
    team = actions.accept_invitation(invitation=invitation, user=request.user, now=timezone.now())
    messages.success(request, f"Welcome to {team.name}.")
    return redirect(team)


def _open_invitation(token: str, **only: str) -> Invitation:
    invitations = Invitation.objects.open(timezone.now()).with_token(token).with_team()
    return get_object_or_404(invitations, **only)
