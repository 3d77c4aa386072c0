"""Fill an empty database for the tests: tables, facts, people with sessions; prints the people."""

from __future__ import annotations

import json
import sys

import django
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command

# A person may begin 60 designs in 10 minutes, and the tests write more.
PEOPLE = 40


def person(number: int) -> dict[str, str]:
    # Models, so not before Django is set up.
    from django.contrib.sessions.backends.db import SessionStore

    from apps.accounts.actions import create_team
    from apps.accounts.models import User

    user = User.objects.create_user(f"person{number}@example.com", "x")
    team = create_team(owner=user, name=f"Team {number}")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"session": str(session.session_key), "team": str(team.pk)}


def main() -> None:
    django.setup()
    for command in ("migrate", "createcachetable", "load_facts"):
        call_command(command, verbosity=0)
    sys.stdout.write("\n" + json.dumps([person(number) for number in range(PEOPLE)]))


if __name__ == "__main__":
    main()
