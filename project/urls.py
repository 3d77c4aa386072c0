from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from project import health, team_export
from project.ops.whole import keep_writes_whole

# Staff sign in on the same page as everybody, with its limits and its second step.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # As documented.

handler429 = "project.ui.errors.too_many"  # Of allauth.
handler500 = "project.ui.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.process_health, name="healthz"),
    path("readyz", health.readiness, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/teams/<uuid:team_id>/export/", team_export.team_export, name="team_export"),
    path("accounts/", include("apps.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("facts/", include("apps.facts.urls")),
    path("designs/", include("apps.designs.urls")),
    path("", include("apps.forecasts.urls")),
]
keep_writes_whole(urlpatterns)
