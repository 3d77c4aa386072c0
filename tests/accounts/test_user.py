from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import User


@pytest.mark.django_db
def test_address_is_kept_in_lower_case() -> None:
    user = User.objects.create_user("Dora@Example.COM")

    assert user.email == "dora@example.com"
    assert User.objects.get_by_natural_key("DORA@example.com") == user


@pytest.mark.django_db
def test_database_refuses_the_same_address_in_other_letters() -> None:
    User.objects.create_user("dora@example.com")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Dora@example.com")


@pytest.mark.django_db
def test_superuser_is_staff() -> None:
    root = User.objects.create_superuser("root@example.com", "secret")

    assert (root.is_staff, root.is_superuser) == (True, True)


def test_user_needs_an_address() -> None:
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user("")
