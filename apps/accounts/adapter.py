from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest

from apps.accounts import actions
from apps.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """What signing up means here: a new person starts with a team of their own."""

    @transaction.atomic
    def save_user(
        self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True
    ) -> User:
        saved: User = super().save_user(request, user, form, commit=commit)
        if commit:
            actions.create_team(owner=saved, name=f"Team of {saved.email.split('@')[0]}")
        return saved

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Do nothing: people sign in with their address."""
