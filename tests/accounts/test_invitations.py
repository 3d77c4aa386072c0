from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.accounts.actions import accept_invitation, invite
from apps.accounts.models import Invitation, Membership, Team, User
from tests.factories import PASSWORD

Role = Membership.Role


@pytest.fixture
def url(team: Team) -> str:
    return f"/accounts/teams/{team.id}/invite/"


@pytest.fixture
def token(team: Team, olga: User) -> str:
    """An invitation for Charlie, who is not in the team yet."""
    now = timezone.now()
    return invite(
        team=team, email="charlie@example.com", role=Role.EDITOR, invited_by=olga, now=now
    )


def test_it_mails_a_link_that_leads_to_the_invitation(
    olga_client: Client, client: Client, url: str
) -> None:
    olga_client.post(url, {"email": "Dora@example.com", "role": "viewer"})

    [letter] = mail.outbox
    assert letter.to == ["Dora@example.com"]
    assert letter.subject == "Join Shop on Headroom"
    link = next(word for word in letter.body.split() if "/accounts/invitations/" in word)
    page = client.get(link.removeprefix("http://testserver")).content.decode()
    assert "dora@example.com is invited as viewer" in page


def test_token_is_kept_as_a_hash_only(token: str) -> None:
    invitation = Invitation.objects.get()

    assert token not in str(vars(invitation))
    assert invitation.token_sha256 == Invitation.hash_token(token)


def test_line_break_in_a_name_does_not_reach_the_subject(
    olga_client: Client, team: Team, url: str
) -> None:
    team.rename("Shop\nBcc: all@example.com")

    olga_client.post(url, {"email": "dora@example.com", "role": "viewer"})

    assert mail.outbox[0].subject == "Join Shop Bcc: all@example.com on Headroom"


def test_member_is_not_invited_again(olga_client: Client, bob: User, url: str) -> None:
    response = olga_client.post(url, {"email": "BOB@example.com", "role": "editor"})

    assert response.status_code == 422
    assert b"bob@example.com is a member of this team." in response.content
    assert mail.outbox == []


def test_wrong_address_is_refused(olga_client: Client, url: str) -> None:
    response = olga_client.post(url, {"email": "dora", "role": "editor"})

    assert response.status_code == 422
    assert b"Enter a valid email address." in response.content
    assert not Invitation.objects.exists()


def test_second_invitation_ends_the_first(
    olga_client: Client, charlie_client: Client, url: str, token: str
) -> None:
    olga_client.post(url, {"email": "charlie@example.com", "role": "viewer"})

    assert charlie_client.get(f"/accounts/invitations/{token}/").status_code == 404
    assert Invitation.objects.get().role == Role.VIEWER


@pytest.mark.parametrize("person", ["alice", "bob", "charlie"])
def test_only_owners_invite(person: str, url: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")

    assert client.post(url, {"email": "d@example.com", "role": "owner"}).status_code == 404
    assert mail.outbox == []


def test_revoked_invitation_is_gone(
    olga_client: Client, charlie_client: Client, team: Team, token: str
) -> None:
    invitation = Invitation.objects.get()

    olga_client.post(f"/accounts/teams/{team.id}/invitations/{invitation.id}/revoke/")

    assert charlie_client.get(f"/accounts/invitations/{token}/").status_code == 404


@pytest.mark.parametrize("person", ["alice", "bob", "charlie"])
def test_only_owners_revoke(
    person: str, team: Team, token: str, request: pytest.FixtureRequest
) -> None:
    client: Client = request.getfixturevalue(f"{person}_client")
    invitation = Invitation.objects.get()

    url = f"/accounts/teams/{team.id}/invitations/{invitation.id}/revoke/"

    assert client.post(url).status_code == 404
    assert Invitation.objects.exists()


def test_invited_person_joins(
    charlie_client: Client, charlie: User, team: Team, token: str
) -> None:
    assert b"Join the team" in charlie_client.get(f"/accounts/invitations/{token}/").content

    response = charlie_client.post(f"/accounts/invitations/{token}/accept/")

    assert response["Location"] == f"/accounts/teams/{team.id}/"
    assert team.memberships.get(user=charlie).role == Role.EDITOR
    assert charlie_client.post(f"/accounts/invitations/{token}/accept/").status_code == 404


def test_forwarded_link_lets_nobody_else_in(
    client: Client, db: None, team: Team, token: str
) -> None:
    dora = User.objects.create_user("dora@example.com")
    client.force_login(dora)

    page = client.get(f"/accounts/invitations/{token}/").content.decode()
    response = client.post(f"/accounts/invitations/{token}/accept/")

    assert "This invitation is for charlie@example.com" in page
    assert "Join the team" not in page
    assert response.status_code == 404
    assert not team.memberships.filter(user=dora).exists()


def test_expired_invitation_is_gone(charlie_client: Client, token: str) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert charlie_client.get(f"/accounts/invitations/{token}/").status_code == 404
    assert charlie_client.post(f"/accounts/invitations/{token}/accept/").status_code == 404


def test_guessed_token_is_not_found(client: Client, db: None) -> None:
    assert client.get("/accounts/invitations/guess/").status_code == 404


def test_new_person_signs_up_with_a_confirmed_address_and_comes_back(
    client: Client, team: Team, token: str
) -> None:
    path = f"/accounts/invitations/{token}/"
    assert f"/accounts/signup/?next={path}" in client.get(path).content.decode()

    form = {"email": "charlie@example.com", "password1": PASSWORD, "next": path}
    response = client.post("/accounts/signup/", form)

    assert response["Location"] == path
    assert EmailAddress.objects.get(email="charlie@example.com").verified
    client.post(f"{path}accept/")
    charlie = User.objects.get(email="charlie@example.com")
    roles = {m.team.name: m.role for m in charlie.memberships.select_related("team")}
    assert roles == {"Team of charlie": "owner", "Shop": "editor"}


def test_two_clicks_at_once_join_once(charlie: User, team: Team, token: str) -> None:
    invitation, now = Invitation.objects.get(), timezone.now()
    accept_invitation(invitation=invitation, user=charlie, now=now)
    team.memberships.filter(user=charlie).update(role=Role.VIEWER)

    # The second click read the invitation before the first one had used it.
    accept_invitation(invitation=invitation, user=charlie, now=now)

    assert team.memberships.get(user=charlie).role == Role.VIEWER


def test_member_keeps_the_higher_role(bob: User, olga: User, team: Team) -> None:
    now = timezone.now()
    invite(team=team, email="d@example.com", role=Role.VIEWER, invited_by=olga, now=now)

    accept_invitation(invitation=Invitation.objects.get(), user=olga, now=now)

    assert team.memberships.get(user=olga).role == Role.OWNER
