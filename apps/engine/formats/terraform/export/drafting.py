"""What is shared while a module is written: names, roles, and who is allowed what."""

from __future__ import annotations

from apps.engine.formats.terraform.export.sheet import Raw, Resource, Sheet, Value, encoded, word
from apps.engine.graph import Architecture, Component

_TRUST = "2012-10-17"


class Draft:
    """A module that is being written, and the main resource of each component."""

    def __init__(self, architecture: Architecture) -> None:
        self.architecture = architecture
        self.sheet = Sheet()
        self.mains: dict[str, Resource] = {}
        self.notes: list[str] = []
        self._roles: dict[str, Resource] = {}
        self._statements: dict[str, list[Value]] = {}
        self._words: dict[str, str] = {}

    def addresses(self) -> dict[str, str]:
        """Return the addresses of components by their ids.

        Returns
        -------
        dict of str to str
            Of those that have a resource.
        """
        return {id_: f"{main.type}.{main.name}" for id_, main in self.mains.items()}

    def kind(self, id_: str) -> str:
        """Return the kind of a component.

        Parameters
        ----------
        id_ : str
            Its id.

        Returns
        -------
        str
            Name of the kind.
        """
        return self.architecture.component(id_).kind

    def word(self, component: Component) -> str:
        """Return the name of a component's resources, unlike that of any other.

        Parameters
        ----------
        component : Component
            A component.

        Returns
        -------
        str
            A name of Terraform.
        """
        if component.id not in self._words:
            label = component.id.rpartition("/")[2].rpartition(".")[2]
            base, number = word(label), 1
            while base in self._words.values():
                number += 1
                base = f"{word(label)}_{number}"
            self._words[component.id] = base
        return self._words[component.id]

    def role(self, id_: str, service: str) -> Raw:
        """Return the ARN of the role that a component acts by, made once.

        Parameters
        ----------
        id_ : str
            Id of the component.
        service : str
            Who takes the role, such as lambda.

        Returns
        -------
        Raw
            The reference.
        """
        if id_ not in self._roles:
            name = self.word(self.architecture.component(id_))
            trust: Value = {
                "Version": _TRUST,
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"Service": f"{service}.amazonaws.com"},
                    }
                ],
            }
            self._roles[id_] = self.sheet.add(
                "aws_iam_role", name, name=name, assume_role_policy=encoded(trust)
            )
        return self._roles[id_]["arn"]

    def allow(self, id_: str, actions: list[str], *resources: Value) -> None:
        """Let a component's role do something.

        Parameters
        ----------
        id_ : str
            Id of the component.
        actions : list of str
            Actions of IAM.
        *resources : Value
            On what.
        """
        on: Value = resources[0] if len(resources) == 1 else list(resources)
        statement: Value = {
            "Effect": "Allow",
            "Action": actions[0] if len(actions) == 1 else list(actions),
            "Resource": on,
        }
        self._statements.setdefault(id_, []).append(statement)

    def finish(self) -> None:
        """Write the policies of all roles."""
        for id_, role in self._roles.items():
            statements = self._statements.get(id_)
            if statements:
                policy: Value = {"Version": _TRUST, "Statement": statements}
                self.sheet.add(
                    "aws_iam_role_policy", role.name, role=role["id"], policy=encoded(policy)
                )
