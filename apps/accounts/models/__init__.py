"""People, the teams they belong to, invitations that bring them there, keys for pipelines."""

from __future__ import annotations

from apps.accounts.models.api_token import ApiToken
from apps.accounts.models.invitation import Invitation
from apps.accounts.models.team import Membership, Team
from apps.accounts.models.user import User

__all__ = ["ApiToken", "Invitation", "Membership", "Team", "User"]
