"""Every address of the product, taken from the URL conf, and what each promises to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


class Reach(Enum):
    """Whom a page is for."""

    ANYBODY = "anybody"  # Holds nothing of a team.
    LINK = "whoever has the link"  # Found by a token that nobody can guess.
    TOKEN = "pipelines with a token of the team"  # No session opens it.
    PERSON = "who is signed in"  # About the person, or the same for all.
    VIEWERS = "members of the team"
    EDITORS = "editors of the team"
    OWNERS = "owners of the team"
    STAFF = "staff"


REACHES: dict[Reach, str] = {
    Reach.ANYBODY: """
        healthz readyz account_login account_logout account_inactive account_signup
        account_email_verification_sent account_reset_password account_reset_password_done
        account_reset_password_from_key_done account_confirm_login_code mfa_authenticate
    """,
    Reach.LINK: """
        accounts:invitation accounts:invitation_accept account_confirm_email
        account_reset_password_from_key
    """,
    Reach.TOKEN: """
        forecasts:api_forecast forecasts:api_design_forecast forecasts:api_design_versions
    """,
    Reach.PERSON: """
        forecasts:home designs:new designs:blank designs:incoming facts:list facts:books
        facts:compare accounts:teams accounts:team_create accounts:api_tokens
        accounts:api_token_create account_reauthenticate account_email
        account_change_password account_set_password mfa_index mfa_reauthenticate
        mfa_activate_totp mfa_deactivate_totp mfa_view_recovery_codes
        mfa_generate_recovery_codes mfa_download_recovery_codes
    """,
    Reach.VIEWERS: """
        accounts:team accounts:team_leave designs:original designs:history designs:version
        designs:component forecasts:design forecasts:report forecasts:traffic forecasts:export
        forecasts:export_file forecasts:scenario_export forecasts:working forecasts:samples
    """,
    Reach.EDITORS: """
        designs:rename designs:delete designs:reimport designs:restore designs:merge
        designs:component_add designs:component_remove designs:link_add designs:link_remove
        forecasts:assume forecasts:fault_add forecasts:fault_remove forecasts:scenario_import
        forecasts:working_stop forecasts:working_again forecasts:samples_start
        forecasts:samples_stop
    """,
    Reach.OWNERS: """
        accounts:team_rename accounts:invitation_send accounts:invitation_revoke
        accounts:member_role accounts:member_remove accounts:team_delete team_export
        accounts:api_token_revoke
    """,
}
REACH_OF = {view: reach for reach, views in REACHES.items() for view in views.split()}
# For viewers to read; only editors may send the form.
READ_BY_VIEWERS = {"forecasts:traffic", "designs:component"}


class Page:
    """One pattern of the URL conf."""

    def __init__(self, route: str, view: str) -> None:
        self.route = route
        self.view = view

    @property
    def reach(self) -> Reach | None:
        return Reach.STAFF if self.view.startswith("admin:") else REACH_OF.get(self.view)

    @property
    def parameters(self) -> list[str]:
        return [convert or regex for convert, regex in PARAMETER.findall(self.route)]

    def url(self, values: dict[str, Any]) -> str:
        path = PARAMETER.sub(lambda found: str(values[found[1] or found[2]]), self.route)
        return "/" + re.sub(r"[\^$]", "", path)

    def __repr__(self) -> str:
        return f"{self.view} /{self.route}"


PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()\[]|\[[^]]*\])*\)")


def pages() -> list[Page]:
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[Any], before: str, namespace: str) -> Iterator[Page]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield Page(route, f"{namespace}{pattern.name or ''}")
