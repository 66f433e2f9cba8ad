#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reports on runs of the suite: HTML, Markdown, JUnit XML and KCIDB JSON.

Reads any number of KTAP logs and of JSON Lines files, of gmem_dirty_perf or of
`make mutants`, mixed or damaged: what cannot be used gets one line, the rest is
reported.  With --a and --b it compares two kernels; docs/performance.md says how.

exit: 0 fine, 1 a test failed, a planted bug was missed, or B is worse than A,
      2 bad arguments, or nothing to report on
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
    options = parser.parse_args(argv)
    if bool(options.a) != bool(options.b):
        parser.error("--a and --b go together")
    if not (options.inputs or options.a):
        parser.error("name logs or results to report on")
    return options


def render(title: str, read: model.Inputs, compared: list[compare.Comparison],
           settings: compare.Settings, second: Optional[str]) -> str:
    env = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True,
                             trim_blocks=True, lstrip_blocks=True)
    failed = views.failures(read)
    return env.get_template("report.html.j2").render(
        title=title, inputs=read, compared=compared, settings=settings, views=views,
        verdict=compare.verdict(compared) if compared else "",
        failures=failed[:MAX_FAILURES], more_failures=max(0, len(failed) - MAX_FAILURES),
        matrix=views.matrix(read), kills=views.kill_matrix(read),
        plots=plots.plots(read.results, second))


def write(out: Path, name: str, text: str) -> None:
    (out / name).write_text(text, encoding="utf-8")


def name_sides(a: model.Inputs, b: model.Inputs) -> str:
    """A kernel against itself is still two rows of every plot."""
    for side, letter in ((a, "A"), (b, "B")):
        for r in side.results:
            r.environment["run"] = f"{letter}:{r.run}"
    return b.results[0].run if b.results else ""


def join(*parts: model.Inputs) -> model.Inputs:
    whole = model.Inputs()
    for part in parts:
        whole.logs += part.logs
        whole.results += part.results
        whole.kills += part.kills
        whole.problems += part.problems
    return whole


def bad(read: model.Inputs, compared: list[compare.Comparison], asked: bool) -> bool:
    """Whether a CI has to stop here.  A comparison that compares nothing is no success."""
    return bool(views.failures(read) or any(k.outcome != "killed" for k in read.kills) or
                asked and (not compared or
                           compare.verdict(compared) in (compare.REGRESSION,
                                                         compare.NOT_COMPARABLE)))


def main(argv: list[str]) -> int:
    options = arguments(argv)
    kunit = ktap.load_kunit(options.kdir)
    a, b = reader.read(options.a, kunit), reader.read(options.b, kunit)
    settings = compare.Settings(alpha=options.alpha, min_effect=options.min_effect,
                                seed=options.seed, allow_noise=options.allow_noise)
    compared = compare.compare(a.results, b.results, settings)
    if alone := compare.unmatched(a.results, b.results) if options.a else 0:
        a.problems.append(model.Problem("--a and --b", f"{alone} metrics were measured on one "
                                                       "side only and are not compared"))
    second = name_sides(a, b)
    read = join(reader.read(options.inputs, kunit), a, b)
    for problem in read.problems:
        print(f"report.py: {problem}", file=sys.stderr)
    if read.empty():
        print("report.py: nothing to report on in these inputs", file=sys.stderr)
        return 2
    out = Path(options.out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        text = markdown(options.title, read, compared, settings)
        write(out, "report.md", text)
        write(out, "report.html", render(options.title, read, compared, settings, second))
        write(out, "junit.xml", junit(read))
        write(out, "kcidb.json", json.dumps(kcidb(read, options.origin), indent=1) + "\n")
    except OSError as error:
        print(f"report.py: cannot write the report: {error}", file=sys.stderr)
        return 2
    print(text)
    print(f"report: {out}/report.html")
    return int(bad(read, compared, bool(options.a)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
