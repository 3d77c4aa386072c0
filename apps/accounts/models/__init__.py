"""People, the teams they belong to, and the invitations that bring them there."""

from __future__ import annotations

from apps.accounts.models.invitation import Invitation
from apps.accounts.models.team import Membership, Team
from apps.accounts.models.user import User

__all__ = ["Invitation", "Membership", "Team", "User"]
