# SPDX-License-Identifier: GPL-2.0-only
"""Markdown for a mailing list or a pull request."""
from __future__ import annotations

from . import views
from .compare import Ab, Comparison
from .environment import HINT, Difference
from .model import FAIL, MISS, PASS, SKIP, XFAIL, Inputs

MAX_FAILURES = 20


def escape(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(map(escape, row)) + " |" for row in rows]


def runs(inputs: Inputs) -> list[str]:
    if not inputs.runs:
        return []
    rows = [[run.kind, run.kernel, run.arch, run.mode,
             *(str(run.count(s)) for s in (PASS, FAIL, MISS, SKIP, XFAIL)),
             run.verdict.upper() if run.bad else run.verdict] for run in inputs.runs]
    lines = table(["what", "kernel", "arch", "mode", "passed", "failed", "missing", "skipped",
                   "known", "verdict"], rows) + [""]
    bad = views.bad_runs(inputs)
    if bad:
        lines += [f"## Runs that did not pass: {len(bad)}", ""]
        lines += [f"* {escape(run.label)}: **{run.verdict}**: {escape(run.why)}" for run in bad]
        lines += [""]
    return lines


def failures(inputs: Inputs) -> list[str]:
    failed = views.failures(inputs)
    if not failed:
        return []
    lines = [f"## Failures: {len(failed)}", ""]
    for run, test in failed[:MAX_FAILURES]:
        lines.append(f"* `{test.name}` on {run.label}: {escape(test.what)}")
        if test.replay:
            lines.append(f"  replay: `{test.replay}`")
    if len(failed) > MAX_FAILURES:
        lines.append(f"* and {len(failed) - MAX_FAILURES} more")
    return lines + [""]


def comparison_row(c: Comparison) -> list[str]:
    return [c.verdict, c.metric, c.where, views.number(c.mean_a), views.number(c.mean_b), c.unit,
            views.percent(c.effect), f"{c.p_holm:.2g}"]


def environments(differ: list[Difference]) -> list[str]:
    if not differ:
        return []
    lines = [f"The environments differ, and numbers say nothing of the kernels{HINT}:", ""]
    return lines + table(["", "A", "B"], [list(d) for d in differ]) + [""]


def one_sided(alone: list[str]) -> list[str]:
    if not alone:
        return []
    lines = ["Not compared:", "", *(f"* {escape(text)}" for text in alone[:MAX_FAILURES])]
    if len(alone) > MAX_FAILURES:
        lines.append(f"* and {len(alone) - MAX_FAILURES} more")
    return lines + [""]


def compared(ab: Ab) -> list[str]:
    if not ab.outcome:
        return []
    comparisons, settings = ab.comparisons, ab.settings
    shown = views.telling(comparisons)
    lines = [f"## A against B: {ab.outcome}", "", *environments(ab.differ), *one_sided(ab.alone)]
    if shown:
        lines += table(["verdict", "metric", "where", "A", "B", "unit", "B - A", "p"],
                       [comparison_row(c) for c in shown]) + [""]
    rest = [c for c in comparisons if c not in shown]
    if rest:
        worst = max(rest, key=lambda c: c.visible)
        lines.append(f"{len(rest)} of {len(comparisons)}: no evidence of a difference. "
                     f"The least sensitive of them, {worst.metric} ({worst.where}), would "
                     f"have shown {100 * worst.visible:.3g} %.")
    noise = sorted({n for c in comparisons for n in c.noise})
    if noise:
        lines.append(f"Not comparable, because of: {', '.join(noise)}.")
    lines.append(f"Permutation test on the difference of means, Holm's correction, "
                 f"p < {settings.alpha:g}.")
    return lines + [""]


def kills(inputs: Inputs) -> list[str]:
    if not inputs.kills:
        return []
    m = views.kill_matrix(inputs)
    lines = [f"## Planted bugs: {m.killed} found, {m.survived} missed"
             + (f", {m.errors} not tried" if m.errors else ""), ""]
    missed = [k for k in inputs.kills if k.bad]
    lines += [f"* {k.outcome}: `{k.mutant}` on {k.arch} {k.mode} {k.suite}".rstrip()
              for k in missed[:MAX_FAILURES]]
    return lines + [""]


def measured(inputs: Inputs) -> list[str]:
    """Single numbers only where two kernels are not compared."""
    if not inputs.results:
        return []
    rows = []
    for r in inputs.results[:60]:
        ordered = sorted(r.samples)
        rows.append([r.metric, r.where, r.run, views.number(ordered[len(ordered) // 2]),
                     views.number(ordered[-1]), r.unit])
    lines = ["## Measured", ""] + table(["metric", "where", "kernel", "median", "max", "unit"],
                                        rows)
    if len(inputs.results) > 60:
        lines.append(f"\nand {len(inputs.results) - 60} more")
    return lines + [""]


def problems(inputs: Inputs) -> list[str]:
    if not inputs.problems:
        return []
    return ["## Inputs", "", *(f"* {escape(str(p))}" for p in inputs.problems), ""]


def markdown(title: str, inputs: Inputs, ab: Ab) -> str:
    lines = [f"# {title}", "", f"Verdict: **{views.overall(inputs, ab)}**", ""]
    lines += compared(ab) + runs(inputs) + failures(inputs) + kills(inputs)
    lines += problems(inputs) + ([] if ab.outcome else measured(inputs))
    return "\n".join(lines)
