#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reports on runs of the suite: HTML, Markdown, JUnit XML and KCIDB JSON.

Reads any number of runs, each a folder with its record, run.json, and what it
left: KTAP logs, and JSON Lines of gmem_dirty_perf or `make mutants`.  Only the
record says how a run ended; without one, or against one, nothing has passed.
With --a and --b it compares two kernels; docs/performance.md says how.

exit: 0 everything passed, 4 there was nothing but skips, 1 anything else: a run, a
      test, a planted bug that was missed, an input that is missing or damaged, or B is
      worse than A or cannot be compared; 2 bad arguments, or nothing to report on
"""
from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import NoReturn, Optional

try:
    import jinja2
    from gmemreport import compare, inputs as reader, ktap, model, plots, views
    from gmemreport.junit import junit
    from gmemreport.kcidb import ORIGIN, kcidb
    from gmemreport.markdown import markdown
except ImportError as missing:
    sys.exit(f"report.py: {missing}; run ci/deps report")

HERE = Path(__file__).resolve().parent
MAX_FAILURES = 200
FILES = ("report.md", "report.html", "junit.xml", "kcidb.json")


def fraction(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value


def origin(text: str) -> str:
    if not ORIGIN.match(text):
        raise argparse.ArgumentTypeError(f"{text} has other characters than a-z, 0-9 and _")
    return text


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"report.py: {message}; see --help\n")


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = Parser(prog="report.py", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("inputs", nargs="*", metavar="INPUT", help="logs, results, or folders")
    parser.add_argument("--a", nargs="+", default=[], metavar="INPUT", help="results of kernel A")
    parser.add_argument("--b", nargs="+", default=[], metavar="INPUT", help="results of kernel B")
    parser.add_argument("--out", required=True, metavar="DIR", help="where to write the report")
    parser.add_argument("--title", default="KVM dirty logging of guest_memfd")
    parser.add_argument("--origin", type=origin, default="local", help="KCIDB's origin")
    parser.add_argument("--kdir", default=os.environ.get("KDIR"),
                        help="a kernel tree, whose kunit parser must agree")
    parser.add_argument("--alpha", type=fraction, default=0.01,
                        help="chance of one false alarm among all metrics (0.01)")
    parser.add_argument("--min-effect", type=fraction, metavar="FRACTION",
                        help="ignore smaller ones (0.01 of instructions, 0.05 of times)")
    parser.add_argument("--seed", type=int, default=1, help="of the permutations")
    parser.add_argument("--allow-noise", action="store_true",
                        help="compare although the machine was not quiet")
    parser.add_argument("--may-differ", nargs="+", default=[], metavar="FACT",
                        help="of the environment, as the report names it: what is compared")
    options = parser.parse_args(argv)
    if bool(options.a) != bool(options.b):
        parser.error("--a and --b go together")
    if not (options.inputs or options.a):
        parser.error("name logs or results to report on")
    return options


def render(title: str, read: model.Inputs, ab: compare.Ab, second: Optional[str]) -> str:
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True,
                             trim_blocks=True, lstrip_blocks=True)
    failed = views.failures(read)
    return env.get_template("report.html.j2").render(
        title=title, inputs=read, ab=ab, views=views, overall=views.overall(read, ab),
        failures=failed[:MAX_FAILURES], more_failures=max(0, len(failed) - MAX_FAILURES),
        matrix=views.matrix(read), kills=views.kill_matrix(read),
        plots=plots.plots(read.results, second))


def clear(out: Path) -> None:
    """What an earlier report said is not what this one says, whatever becomes of it."""
    out.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (out / name).unlink(missing_ok=True)


def write(out: Path, name: str, text: str) -> None:
    """All of a file or nothing."""
    part = out / f"{name}.part"
    part.write_text(text, encoding="utf-8", errors="replace")
    part.replace(out / name)


def name_sides(a: model.Inputs, b: model.Inputs) -> str:
    """A kernel against itself is still two rows of every plot."""
    for side, letter in ((a, "A"), (b, "B")):
        for r in side.results:
            r.environment["run"] = f"{letter}:{r.run}"
    return b.results[0].run if b.results else ""


def join(*parts: model.Inputs) -> model.Inputs:
    whole = model.Inputs()
    for part in parts:
        whole.runs += part.runs
        whole.problems += part.problems
    return whole


def read_all(options: argparse.Namespace) -> tuple[model.Inputs, compare.Ab, Optional[str]]:
    """The inputs, what A and B say of each other, and what plots call B."""
    kunit = ktap.load_kunit(options.kdir)
    rest, a, b = (reader.read(paths, kunit) for paths in (options.inputs, options.a, options.b))
    settings = compare.Settings(alpha=options.alpha, min_effect=options.min_effect,
                                seed=options.seed, allow_noise=options.allow_noise,
                                may_differ=tuple(options.may_differ))
    if not options.a:
        return rest, compare.Ab(settings), None
    for path in sorted({r.path for r in a.runs} & {r.path for r in b.runs}):
        a.problems.append(model.Problem(path, "is both A and B"))
    ab = compare.ab(a.results, b.results, settings)
    return join(rest, a, b), ab, name_sides(a, b)


def main(argv: list[str]) -> int:
    options = arguments(argv)
    out = Path(options.out)
    try:
        clear(out)
        read, ab, second = read_all(options)
        for problem in read.problems:
            print(f"report.py: {problem}", file=sys.stderr)
        for run in views.bad_runs(read):
            print(f"report.py: {run.path}: {run.verdict}: {run.why}", file=sys.stderr)
        text = markdown(options.title, read, ab)
        write(out, "report.md", text)
        write(out, "report.html", render(options.title, read, ab, second))
        write(out, "junit.xml", junit(read, ab))
        write(out, "kcidb.json", json.dumps(kcidb(read, options.origin, ab), indent=1) + "\n")
    except OSError as error:
        print(f"report.py: cannot write the report: {error}", file=sys.stderr)
        return 2
    print(text)
    print(f"report: {out}/report.html")
    if not read.runs:
        print("report.py: nothing to report on in these inputs", file=sys.stderr)
        return 2
    if views.bad(read, ab):
        return 1
    return 4 if views.overall(read, ab) == model.SKIP else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
