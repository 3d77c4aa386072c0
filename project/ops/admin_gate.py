"""Who may see the admin at all: from a listed network, and after a second step."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Final

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from project.ops.limits import client_address

SET_UP: Final = "The admin needs a second step. Set up an authenticator app first."


class AdminGateMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(reverse("admin:index")):
            return self.get_response(request)
        if not is_listed(client_address(request), settings.ADMIN_ADDRESSES):
            # As if there were no admin: who is not meant to see it need not know.
            raise Http404
        return self._step_missing(request) or self.get_response(request)

    def _step_missing(self, request: HttpRequest) -> HttpResponse | None:
        """Lead staff to the second step, if it is not done in this session."""
        user = request.user
        if not (settings.ADMIN_NEEDS_SECOND_STEP and user.is_authenticated and user.is_staff):
            return None
        if not _has_app(user):
            messages.warning(request, SET_UP)
            return redirect("mfa_activate_totp")
        steps = {record.get("method") for record in get_authentication_records(request, user)}
        if "mfa" in steps:
            return None
        query = urlencode({"next": request.path})
        return redirect(f"{reverse('mfa_reauthenticate')}?{query}")


def _has_app(user: AbstractBaseUser) -> bool:
    # Imported here: other pages start without what second steps need.
    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP]))


def is_listed(address: str, networks: list[str]) -> bool:
    """Say whether an address is in one of the networks, such as 192.0.2.0/24."""
    client = ipaddress.ip_address(address)
    return any(client in ipaddress.ip_network(network) for network in networks)
