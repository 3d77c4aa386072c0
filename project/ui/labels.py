"""Names in a picture that never run into each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.safestring import SafeString

from project.ui.svg import n, text_width

GAP_PX = 5
ASCENT_PX, DESCENT_PX = 10, 3
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Label:
    text: str
    x: float
    y: float
    anchor: str = "start"
    bold: bool = False

    def box(self) -> Box:
        """Left, top, right, bottom."""
        width = text_width(self.text, 12 if self.bold else 11, bold=self.bold)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.y - ASCENT_PX, left + width, self.y + DESCENT_PX

    def svg(self, css_class: str) -> SafeString:
        return format_html(
            '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>',
            css_class,
            n(self.x),
            n(self.y),
            self.anchor,
            self.text,
        )


@dataclass
class Placer:
    """Knows what is taken between the left and the right edge, and finds room for more."""

    left: float
    right: float
    taken: list[Box] = field(default_factory=list)

    def copy(self) -> Placer:
        return Placer(self.left, self.right, list(self.taken))

    def put(self, label: Label) -> bool:
        """Take the label's place if it is free."""
        if not self._is_free(label.box()):
            return False
        self.taken.append(label.box())
        return True

    def beside(
        self, text: str, x: float, rows: Sequence[int], bottom: float, *, bold: bool
    ) -> Label | None:
        """Put the text beside a line that comes up from `bottom` at x; None without room."""
        for y in rows:
            stem = (x - 1, y - ASCENT_PX, x + 1, bottom)
            for anchor, shift in (("end", -GAP_PX), ("start", GAP_PX)):
                label = Label(text, x + shift, y, anchor, bold)
                if self._is_free(label.box()) and not self._hits(stem):
                    self.taken += [label.box(), stem]
                    return label
        return None

    def _is_free(self, box: Box) -> bool:
        return self.left <= box[0] and box[2] <= self.right and not self._hits(box)

    def _hits(self, box: Box) -> bool:
        left, top, right, bottom = box
        return any(
            left < other[2] + 2
            and other[0] < right + 2
            and top < other[3] - 1
            and other[1] < bottom - 1
            for other in self.taken
        )
