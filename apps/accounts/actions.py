"""What people can do with teams. Each action is one call from a view."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import ApiToken, Invitation, Membership, Team, User


class LastOwner(Exception):
    """A team would be left without anybody who may manage it."""

    def __init__(self) -> None:
        super().__init__("A team needs an owner. Make somebody else an owner first.")


class AlreadyMember(Exception):
    """The address belongs to somebody who is in the team."""


class CannotMakeToken(Exception):
    """A token cannot be made; the message says why, and what would work."""


@transaction.atomic
def create_team(*, owner: User, name: str) -> Team:
    team = Team.objects.create(name=name)
    Membership.objects.create(team=team, user=owner, role=Membership.Role.OWNER)
    return team


@transaction.atomic
def delete_team(*, team: Team) -> None:
    """Delete a team and all that belongs to it; its people stay, with their other teams."""
    team.delete()


@transaction.atomic
def change_role(*, membership: Membership, role: str) -> None:
    """Give a member another role.

    Raises
    ------
    LastOwner
        If the team would be left without an owner.
    """
    if role != Membership.Role.OWNER:
        _require_another_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])


@transaction.atomic
def remove_member(*, membership: Membership) -> None:
    """Take a member out of the team; leaving is removing oneself.

    Raises
    ------
    LastOwner
        If the team would be left without an owner.
    """
    _require_another_owner(membership)
    membership.delete()


@transaction.atomic
def invite(*, team: Team, email: str, role: str, invited_by: User, now: datetime) -> str:
    """Save an invitation and return its token, which is kept nowhere else.

    An open invitation of the same address is replaced, so its older link ends.

    Raises
    ------
    AlreadyMember
        If a member has this address.
    """
    email = User.objects.normalize_email(email)
    if team.memberships.filter(user__email=email).exists():
        raise AlreadyMember(f"{email} is a member of this team.")
    team.invitations.filter(email=email, accepted_at=None).delete()
    token = Invitation.new_token()
    team.invitations.create(
        email=email,
        role=role,
        token_sha256=Invitation.hash_token(token),
        invited_by=invited_by,
        expires_at=now + Invitation.LIFE,
    )
    return token


@transaction.atomic
def accept_invitation(*, invitation: Invitation, user: User, now: datetime) -> Team:
    """Make the person a member; who is one already keeps the role."""
    team = invitation.team
    # Two clicks at once: the second finds the invitation used, and changes nothing.
    if Invitation.objects.open(now).filter(pk=invitation.pk).update(accepted_at=now):
        Membership.objects.get_or_create(team=team, user=user, defaults={"role": invitation.role})
    return team


@transaction.atomic
def create_api_token(
    *, membership: Membership, name: str, scopes: Sequence[str], days: int, now: datetime
) -> tuple[ApiToken, str]:
    """Save a token for pipelines, and return it with its secret, which is kept nowhere else.

    Raises
    ------
    CannotMakeToken
        If the person may not do what the token should, or has too many.
    """
    if ApiToken.Scope.IMPORT in scopes and membership.role not in Membership.EDITING_ROLES:
        raise CannotMakeToken("You may only view in this team, so a token of yours cannot import.")
    # Two forms at once must not both see the last free place.
    Membership.objects.select_for_update().get(pk=membership.pk)
    if membership.api_tokens.usable(now).count() >= ApiToken.MOST:
        raise CannotMakeToken(
            f"You have {ApiToken.MOST} tokens in this team. Revoke one that is not used any more."
        )
    token = ApiToken.new_token()
    row = membership.api_tokens.create(
        name=name,
        prefix=ApiToken.prefix_of(token),
        token_sha256=ApiToken.hash_token(token),
        scopes=list(scopes),
        expires_at=now + timedelta(days=days),
    )
    return row, token


def _require_another_owner(membership: Membership) -> None:
    # Two owners who leave at the same moment must not both count the other.
    Team.objects.select_for_update().get(pk=membership.team_id)
    owners = Membership.objects.owners().filter(team=membership.team_id)
    others = owners.exclude(pk=membership.pk)
    if owners.filter(pk=membership.pk).exists() and not others.exists():
        raise LastOwner
