from __future__ import annotations

from typing import Any

from django import forms

from apps.accounts.models import ApiToken, Membership, Team, User


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


class ApiTokenForm(forms.Form):
    """A new token; who is in one team alone is not asked which."""

    name = forms.CharField(
        max_length=100, help_text="What will use it, such as the pipeline of a repository."
    )
    membership = forms.ModelChoiceField(
        Membership.objects.none(), label="Team", empty_label=None, to_field_name="team"
    )
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=ApiToken.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    days = forms.TypedChoiceField(
        label="It ends after",
        choices=[(days, f"{days} days") for days in ApiToken.DAYS],
        coerce=int,
        initial=ApiToken.USUAL_DAYS,
    )

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        own = user.memberships.select_related("team").order_by("team__name", "pk")
        field: Any = self.fields["membership"]
        field.queryset = own
        field.choices = [(membership.team_id, membership.team.name) for membership in own]
        if len(own) == 1:
            field.initial, field.widget = own[0].team_id, forms.HiddenInput()
