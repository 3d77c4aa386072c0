"""What the side panel shows of one component: its settings form, callers and calls."""

from __future__ import annotations

import dataclasses
from typing import Any

from apps.designs import forms
from apps.designs.models import Design, Version
from apps.engine.catalog import KINDS, build


def panel_of(
    design: Design,
    version: Version,
    component_id: str,
    *,
    form: forms.BasedOnForm | None = None,
    link_form: forms.LinkForm | None = None,
) -> dict[str, Any] | None:
    """Return the context of `designs/_panel.html`; None when there is no such component."""
    architecture = version.architecture()
    try:
        component = architecture.component(component_id)
    except KeyError:
        return None
    kind = KINDS[component.kind]
    based_on = {"version": version.number}
    if form is None and component.is_modelled:
        values = dataclasses.asdict(build(component))  # type: ignore[call-overload]
        form = forms.settings_form(kind)(initial=based_on | values)
    link_form = link_form or forms.LinkForm(architecture, component_id, initial=based_on)
    return {
        "design": design,
        "version": version,
        "component": component,
        "kind": kind,
        "form": form,
        "link_form": link_form,
        "can_link": bool(link_form.fields["target"].choices),  # type: ignore[attr-defined]
        "inbound": architecture.inbound(component_id),
        "outbound": architecture.outbound(component_id),
        "can_edit": design.is_editable,
    }
