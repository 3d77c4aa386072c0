from __future__ import annotations

from apps.lazy_urls import pages_of

app_name = "accounts"

page = pages_of("apps.accounts.views")

urlpatterns = [
    page("teams/", "team_list", "teams"),
    page("teams/create/", "team_create", "team_create"),
    page("teams/<uuid:team_id>/", "team_detail", "team"),
    page("teams/<uuid:team_id>/rename/", "team_rename", "team_rename"),
    page("teams/<uuid:team_id>/delete/", "team_delete", "team_delete"),
    page("teams/<uuid:team_id>/leave/", "team_leave", "team_leave"),
    page("teams/<uuid:team_id>/invite/", "invitation_send", "invitation_send"),
    page(
        "teams/<uuid:team_id>/invitations/<int:invitation_id>/revoke/",
        "invitation_revoke",
        "invitation_revoke",
    ),
    page(
        "teams/<uuid:team_id>/members/<int:membership_id>/role/",
        "member_role",
        "member_role",
    ),
    page(
        "teams/<uuid:team_id>/members/<int:membership_id>/remove/",
        "member_remove",
        "member_remove",
    ),
    page("tokens/", "api_token_list", "api_tokens"),
    page("tokens/create/", "api_token_create", "api_token_create"),
    page("tokens/<int:api_token_id>/revoke/", "api_token_revoke", "api_token_revoke"),
    page("invitations/<str:token>/", "invitation_detail", "invitation"),
    page("invitations/<str:token>/accept/", "invitation_accept", "invitation_accept"),
]
