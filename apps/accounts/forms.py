from __future__ import annotations

from typing import Any

from django import forms

from apps.accounts.models import Membership, Team


class TeamForm(forms.Form):
    name = forms.CharField(max_length=100)


class DeleteTeamForm(forms.Form):
    """The name is asked for, so that nobody deletes another team than meant."""

    name = forms.CharField(label="Name of the team", max_length=100)

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name != self.team.name.strip():
            raise forms.ValidationError(f"Type {self.team.name}, as it is written.")
        return name


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Membership.Role.choices)


class InvitationForm(forms.Form):
    email = forms.EmailField(label="E-mail address", max_length=254)
    role = forms.ChoiceField(choices=Membership.Role.choices, initial=Membership.Role.EDITOR)
