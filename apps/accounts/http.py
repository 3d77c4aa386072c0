"""The request as views get it once a person has signed in."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from apps.accounts.models import User


class UserRequest(HttpRequest):
    user: User
    htmx: HtmxDetails
