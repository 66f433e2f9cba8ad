# SPDX-License-Identifier: GPL-2.0-only
"""Distributions of samples, as SVG that takes its colours from the page."""
from __future__ import annotations

import io
import math
import re
from typing import Optional

import matplotlib

from .model import Result

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402  # the backend comes first
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter  # noqa: E402

# Stand for colours of the page, light or dark.
TEXT, FIRST, SECOND = "#010203", "#040506", "#070809"
COLOURS = {TEXT: "currentColor", FIRST: "var(--a)", SECOND: "var(--b)"}
MAX_ROWS = 24
STYLE = {"svg.fonttype": "none", "svg.hashsalt": "report", "font.size": 9,
         "font.family": "sans-serif", "text.color": TEXT, "axes.edgecolor": TEXT,
         "axes.labelcolor": TEXT, "xtick.color": TEXT, "ytick.color": TEXT}


def svg_of(figure: pyplot.Figure, label: str) -> str:
    text = io.StringIO()
    figure.savefig(text, format="svg", transparent=True, bbox_inches="tight",
                   metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    svg = text.getvalue()
    svg = svg[svg.index("<svg"):]
    for placeholder, colour in COLOURS.items():
        svg = svg.replace(placeholder, colour)
    svg = re.sub(r"font: [^;\"]*?(\d+)px [^;\"]*", r"font: \1px system-ui, sans-serif", svg)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


def rows_of(results: list[Result]) -> list[tuple[str, str, list[float]]]:
    """Name, side and samples of each row; several runs of a thing are one."""
    rows: dict[tuple[str, str], list[float]] = {}
    for r in results:
        rows.setdefault((r.where, r.run), []).extend(r.samples)
    return [(name, run, samples) for (name, run), samples in sorted(rows.items())]


def common_words(rows: list[tuple[str, str, list[float]]]) -> list[str]:
    """What all rows say, once for the picture."""
    words = [name.split() for name, _, _ in rows]
    return [w for w in words[0] if all(w in other for other in words)]


def labels_of(rows: list[tuple[str, str, list[float]]], second: Optional[str]) -> list[str]:
    """Of two kernels side by side the colour says which."""
    common = common_words(rows)
    several = len({run for _, run, _ in rows}) > 1
    labels = []
    for name, run, _ in rows:
        text = " ".join(w for w in name.split() if w not in common)
        if several and second is None:
            text = f"{text} {run}".strip()
        labels.append("" if run == second else text)
    return labels


def units_of(unit: str, largest: float) -> tuple[float, str]:
    if unit == "ns":
        for scale, name in ((1e6, "ms"), (1e3, "µs")):
            if largest >= scale:
                return scale, name
    for scale, name in ((1e6, "million"), (1e3, "thousand")):
        if largest >= scale:
            return scale, f"{name} {unit}"
    return 1, unit


def draw_row(axes: pyplot.Axes, at: int, samples: list[float], colour: str) -> None:
    style = {"color": colour, "linewidth": 1}
    axes.boxplot([samples], positions=[at], vert=False, widths=0.5, whis=(5, 95),
                 boxprops=style, whiskerprops=style, capprops=style,
                 medianprops={"color": colour, "linewidth": 2},
                 flierprops={"marker": ".", "markersize": 3, "markeredgecolor": colour})


def thin(samples: list[float]) -> list[float]:
    """Fewer of many, for drawing: quantiles, both ends among them."""
    if len(samples) <= 200:
        return samples
    ordered = sorted(samples)
    return [ordered[round(i * (len(ordered) - 1) / 199)] for i in range(200)]


def distribution(results: list[Result], second: Optional[str] = None) -> str:
    """One metric: a box for each of its conditions and each kernel."""
    rows = rows_of(results)[:MAX_ROWS]
    largest = max(max(s) for _, _, s in rows)
    scale, unit = units_of(results[0].unit, largest)
    with matplotlib.rc_context(STYLE):
        figure, axes = pyplot.subplots(figsize=(3.4, 0.5 + 0.24 * len(rows)))
        for at, (_, run, samples) in enumerate(rows):
            draw_row(axes, at, [s / scale for s in thin(samples)],
                     SECOND if run == second else FIRST)
        axes.set_yticks(range(len(rows)), labels_of(rows, second))
        axes.invert_yaxis()
        smallest = min(min(s) for _, _, s in rows)
        if smallest > 0 and largest / smallest > 30:
            axes.set_xscale("log")
            axes.xaxis.set_minor_formatter(NullFormatter())
        else:
            axes.xaxis.set_major_locator(MaxNLocator(4))
        # Powers of ten would be typeset by parts, each where it thinks it belongs.
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        axes.set_xlabel(unit)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        return svg_of(figure, results[0].metric)


def by_metric(results: list[Result]) -> dict[str, list[Result]]:
    groups: dict[str, list[Result]] = {}
    for r in results:
        groups.setdefault(f"{r.metric} ({r.better} is better)", []).append(r)
    return groups


def plots(results: list[Result],
          second: Optional[str] = None) -> list[tuple[str, str, str, int]]:
    """Title, what all of it has in common, picture, and how many rows it leaves out."""
    return [(title, " ".join(common_words(rows_of(group)[:MAX_ROWS])),
             distribution(group, second), max(0, len(rows_of(group)) - MAX_ROWS))
            for title, group in by_metric(results).items()
            if all(math.isfinite(s) for r in group for s in r.samples)]
