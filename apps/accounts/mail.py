"""Letters that the site sends about teams."""

from __future__ import annotations

from django.core.mail import send_mail
from django.template.loader import render_to_string

from apps.accounts.models import Invitation, Team, User


def send_invitation(*, team: Team, email: str, invited_by: User, url: str) -> None:
    context = {
        "team": team,
        "invited_by": invited_by,
        "url": url,
        "days": Invitation.LIFE.days,
    }
    send_mail(
        # A line break in the name of a team would end the header.
        subject=" ".join(f"Join {team.name} on Headroom".split()),
        message=render_to_string("accounts/email/invitation.txt", context),
        from_email=None,
        recipient_list=[email],
    )
