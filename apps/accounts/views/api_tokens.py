"""The keys for pipelines that a person has made, and those of the teams that they own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import actions, forms
from apps.accounts.http import UserRequest
from apps.accounts.models import ApiToken


@require_safe
def api_token_list(request: UserRequest) -> HttpResponse:
    return _page(request, forms.ApiTokenForm(request.user))


@require_POST
@never_cache
def api_token_create(request: UserRequest) -> HttpResponse:
    """Make a token and show it: this answer is the only place where it ever stands."""
    form = forms.ApiTokenForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        row, token = actions.create_api_token(**form.cleaned_data, now=timezone.now())
    except actions.CannotMakeToken as error:
        form.add_error(None, str(error))
        return _page(request, form, status=422)
    return _page(request, forms.ApiTokenForm(request.user), made=row, token=token)


@require_POST
def api_token_revoke(request: UserRequest, api_token_id: int) -> HttpResponse:
    row = get_object_or_404(ApiToken.objects.visible_to(request.user), id=api_token_id)
    row.revoke(timezone.now())
    messages.success(request, f"{row} is revoked: whoever uses it is refused from now on.")
    return redirect("accounts:api_tokens")


def _page(
    request: UserRequest, form: forms.ApiTokenForm, *, status: int = 200, **made: Any
) -> HttpResponse:
    now = timezone.now()
    rows = list(ApiToken.objects.visible_to(request.user).with_person().latest_first())
    context = {
        "rows": [(row, row.is_expired(now)) for row in rows],
        "has_others": any(row.user != request.user for row in rows),
        "has_teams": bool(form.fields["membership"].choices),  # type: ignore[attr-defined]
        "form": form,
    }
    return render(request, "accounts/api_tokens.html", context | made, status=status)
