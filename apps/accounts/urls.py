from __future__ import annotations

from django.urls import path

from apps.accounts import views

app_name = "accounts"

urlpatterns = [
    path("teams/", views.team_list, name="teams"),
    path("teams/create/", views.team_create, name="team_create"),
    path("teams/<uuid:team_id>/", views.team_detail, name="team"),
    path("teams/<uuid:team_id>/rename/", views.team_rename, name="team_rename"),
    path("teams/<uuid:team_id>/delete/", views.team_delete, name="team_delete"),
    path("teams/<uuid:team_id>/leave/", views.team_leave, name="team_leave"),
    path("teams/<uuid:team_id>/invite/", views.invitation_send, name="invitation_send"),
    path(
        "teams/<uuid:team_id>/invitations/<int:invitation_id>/revoke/",
        views.invitation_revoke,
        name="invitation_revoke",
    ),
    path(
        "teams/<uuid:team_id>/members/<int:membership_id>/role/",
        views.member_role,
        name="member_role",
    ),
    path(
        "teams/<uuid:team_id>/members/<int:membership_id>/remove/",
        views.member_remove,
        name="member_remove",
    ),
    path("tokens/", views.api_token_list, name="api_tokens"),
    path("tokens/create/", views.api_token_create, name="api_token_create"),
    path("tokens/<int:api_token_id>/revoke/", views.api_token_revoke, name="api_token_revoke"),
    path("invitations/<str:token>/", views.invitation_detail, name="invitation"),
    path("invitations/<str:token>/accept/", views.invitation_accept, name="invitation_accept"),
]
