"""What a person can do with designs. Each action is one call from a view or a command."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from apps.accounts.models import Team, User
from apps.designs.models import Design, Upload, Version
from apps.designs.packing import without_secrets, zipped
from apps.designs.reading import read_upload
from apps.engine.graph import Architecture


class EditConflict(Exception):
    """Somebody else saved a version since the form was made."""

    def __init__(self, latest: Version) -> None:
        super().__init__(f"{latest.author or 'Somebody'} saved {latest} in the meantime.")
        self.latest = latest


@transaction.atomic
def create_design(
    *,
    team: Team,
    author: User | None,
    name: str,
    architecture: Architecture,
    source: Upload | None = None,
    message: str = "",
) -> Design:
    """Save a new design with its first version."""
    design = Design.objects.create(team=team, name=name)
    version = Version.objects.create(
        design=design,
        number=1,
        graph=architecture.to_dict(),
        source=source,
        author=author,
        message=message,
    )
    design.head = version
    design.save(update_fields=["head"])
    return design


@transaction.atomic
def create_design_from_files(
    *, team: Team, author: User | None, name: str, files: Mapping[str, bytes]
) -> Design:
    """Read uploaded files and save them as a new design.

    Raises
    ------
    UnreadableTemplate
        If the files cannot be read; then nothing is saved.
    """
    files = without_secrets(files)
    architecture = read_upload(files)
    source = keep_upload(team=team, author=author, files=files)
    return create_design(
        team=team,
        author=author,
        name=name,
        architecture=architecture,
        source=source,
        message=f"Read from {source.name}",
    )


@transaction.atomic
def create_blank_design(*, team: Team, author: User | None, name: str) -> Design:
    """Save a new design without a component, to be drawn by hand."""
    return create_design(
        team=team, author=author, name=name, architecture=Architecture(), message="Began empty"
    )


@transaction.atomic
def reimport(*, design: Design, author: User | None, files: Mapping[str, bytes]) -> Version:
    """Read a newer upload of a design as its next version; ids of components stay.

    Raises
    ------
    UnreadableTemplate
        If the files cannot be read; then nothing is saved.
    EditConflict
        If somebody saved a version at the same moment; then nothing is saved either.
    """
    files = without_secrets(files)
    architecture = read_upload(files)
    source = keep_upload(team=design.team, author=author, files=files)
    return save_version(
        design=design,
        based_on=design.latest().number,
        architecture=architecture,
        author=author,
        message=f"Read again from {source.name}",
        source=source,
    )


@transaction.atomic
def delete_design(*, design: Design) -> None:
    """Delete a design with its versions, and the uploads that only they needed."""
    uploads = set(design.versions.exclude(source=None).values_list("source", flat=True))
    design.delete()
    kept = Version.objects.filter(source__in=uploads).values_list("source", flat=True)
    Upload.objects.filter(pk__in=uploads - set(kept)).delete()


def keep_upload(*, team: Team, author: User | None, files: Mapping[str, bytes]) -> Upload:
    """Keep what was uploaded: one file byte for byte, several in one zip, secrets written over."""
    files = without_secrets(files)
    name, content = next(iter(files.items()))
    if len(files) > 1:
        name, content = f"{name.rpartition('.')[0] or name}.zip", zipped(files)
    return Upload.objects.create(
        team=team,
        name=name[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=content,
        uploaded_by=author,
    )


def save_version(
    *,
    design: Design,
    based_on: int,
    architecture: Architecture,
    author: User | None,
    message: str,
    source: Upload | None = None,
    restores: Version | None = None,
) -> Version:
    """Save the next version of a design, and make it the newest.

    Its original is the upload that it was read from: `source`, else that of the version which
    it `restores`, else that of the version before.

    Raises
    ------
    EditConflict
        If the version that the change was made from is no longer the newest.
    """
    parent = design.versions.get(number=based_on)
    try:
        with transaction.atomic():
            version = Version.objects.create(
                design=design,
                number=based_on + 1,
                graph=architecture.to_dict(),
                source=source or (restores or parent).source,
                parent=parent,
                author=author,
                message=message[:200],
            )
            Design.objects.filter(pk=design.pk).update(head=version)
    except IntegrityError as error:
        latest = design.versions.select_related("author").order_by("-number")[0]
        raise EditConflict(latest) from error
    design.head = version
    return version
