"""Draws a small line chart as SVG, with the same bytes for the same numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 48, 56
COLOURS = ("#0b6bcb", "#c2410c", "#15803d", "#7e22ce")
INK, GRID = "#57606a", "#d0d7de"


@dataclass(frozen=True)
class Line:
    """Named points, in the order of their x."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """Lines over a logarithmic x axis. `goal` is drawn as a dashed line."""

    title: str
    x: str
    y: str
    lines: Sequence[Line]
    top: float
    goal: float

    def svg(self) -> str:
        """The drawing."""
        xs = sorted({x for line in self.lines for x, _ in line.points})
        size, label = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-size="13"', escape(self.title)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" role="img" aria-label="{label}">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            _text(LEFT, 24, self.title, size=15),
            *(self._row(value) for value in _steps(self.top)),
            *(_text(self._x(x, xs), HEIGHT - BOTTOM + 20, f"{x:g}", anchor="middle") for x in xs),
            _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, self.x, anchor="middle"),
            _text(LEFT, 42, self.y, size=12),
            _path([(LEFT, self._y(self.goal)), (WIDTH - RIGHT, self._y(self.goal))], INK, dashed=True),
        ]
        for colour, line in zip(COLOURS, self.lines, strict=False):
            spots = [(self._x(x, xs), self._y(y)) for x, y in line.points]
            parts.append(_path(spots, colour))
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in spots]
        parts += [self._legend(n, line.name) for n, line in enumerate(self.lines)]
        return "\n".join([*parts, "</svg>\n"])

    def _x(self, value: float, xs: Sequence[float]) -> float:
        low, high = math.log(xs[0]), math.log(xs[-1])
        return LEFT + (math.log(value) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def _y(self, value: float) -> float:
        return HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM)

    def _row(self, value: float) -> str:
        y = self._y(value)
        label = _text(LEFT - 8, y + 4, f"{value:g}", anchor="end")
        return f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{GRID}"/>{label}'

    def _legend(self, n: int, name: str) -> str:
        x, y = WIDTH - RIGHT - 150, HEIGHT - BOTTOM - 20 - 20 * (len(self.lines) - 1 - n)
        colour = COLOURS[n]
        return f'<rect x="{x}" y="{y - 9}" width="12" height="4" fill="{colour}"/>{_text(x + 20, y, name)}'


def _steps(top: float) -> list[float]:
    return [top * n / 5 for n in range(6)]


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 13) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{INK}"'
    return f"<text {place}>{escape(text)}</text>"


def _path(spots: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> str:
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    dashes = ' stroke-dasharray="6 4"' if dashed else ""
    return f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'
