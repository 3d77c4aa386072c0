"""Pages about teams; signing in and up is allauth's, with templates of ours."""

from __future__ import annotations

from apps.accounts.views.api_tokens import (
    api_token_create,
    api_token_list,
    api_token_revoke,
)
from apps.accounts.views.invitations import (
    invitation_accept,
    invitation_detail,
    invitation_revoke,
    invitation_send,
)
from apps.accounts.views.members import member_remove, member_role, team_leave
from apps.accounts.views.teams import (
    team_create,
    team_delete,
    team_detail,
    team_list,
    team_rename,
)

__all__ = [
    "api_token_create",
    "api_token_list",
    "api_token_revoke",
    "invitation_accept",
    "invitation_detail",
    "invitation_revoke",
    "invitation_send",
    "member_remove",
    "member_role",
    "team_create",
    "team_delete",
    "team_detail",
    "team_leave",
    "team_list",
    "team_rename",
]
