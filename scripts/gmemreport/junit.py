# SPDX-License-Identifier: GPL-2.0-only
"""JUnit XML, as CI systems read it."""
from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from .compare import NOT_COMPARABLE, REGRESSION, Ab, Comparison
from .model import FAIL, MISS, SKIP, XFAIL, Inputs, Kill, Problem, Run, Test

# What XML 1.0 has no way to write.
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COUNTED = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))
MAX_MESSAGE = 200


def clean(text: str) -> str:
    return FORBIDDEN.sub("?", text)


class Suite:
    """A testsuite, which counts its cases when it is complete."""

    def __init__(self, root: ET.Element, name: str) -> None:
        self.element = ET.SubElement(root, "testsuite", name=clean(name))
        self.name = clean(name).replace(" ", "-")

    def case(self, group: str, name: str, tag: str = "", message: str = "",
             text: str = "") -> ET.Element:
        """tag: failure, error or skipped; a case without one has passed."""
        case = ET.SubElement(self.element, "testcase", name=clean(name),
                             classname=clean(f"{self.name}.{group}"))
        if tag:
            what = ET.SubElement(case, tag, message=clean(message)[:MAX_MESSAGE] or tag)
            if tag != "skipped":
                what.text = clean(text or message)
        return case

    def finish(self) -> None:
        self.element.set("tests", str(len(self.element.findall("testcase"))))
        for attribute, tag in COUNTED:
            self.element.set(attribute, str(len(self.element.findall(f"testcase/{tag}"))))


def add_test(suite: Suite, test: Test) -> None:
    group, _, name = test.name.rpartition(".")
    text = "\n".join([test.reason, *test.details])
    tag, message = {
        FAIL: ("failure", test.reason), MISS: ("error", test.reason or "no result"),
        SKIP: ("skipped", test.reason), XFAIL: ("skipped", f"known failure: {test.reason}"),
    }.get(test.status, ("", ""))
    suite.case(group or "suite", name, tag, message, text)


def add_run(suite: Suite, run: Run) -> None:
    """What is true of a run as a whole, for who looks at nothing but its cases."""
    tag = "skipped" if run.verdict == SKIP else "error" if run.bad else ""
    case = suite.case("run", "run", tag, f"{run.verdict}: {run.why}")
    if run.record:
        case.set("time", str(run.record["duration"]))
        suite.element.set("timestamp", run.record["start"].removesuffix("Z"))


def add_kill(suite: Suite, kill: Kill) -> None:
    where = " ".join(w for w in (kill.arch, kill.mode, kill.suite) if w)
    tag = "" if not kill.bad else "failure" if kill.outcome == "survived" else "error"
    suite.case(f"mutants.{where}", kill.mutant, tag, f"{kill.outcome}: {kill.killer}")


def add_problem(suite: Suite, problem: Problem) -> None:
    suite.case("inputs", problem.path, "error", str(problem))


def add_comparison(suite: Suite, c: Comparison) -> None:
    tag = {REGRESSION: "failure", NOT_COMPARABLE: "error"}.get(c.verdict, "")
    suite.case(c.where, c.metric, tag, "; ".join([c.verdict, *c.noise]))


def add_ab(suite: Suite, ab: Ab) -> None:
    tag = {REGRESSION: "failure", NOT_COMPARABLE: "error"}.get(ab.outcome, "")
    differ = [f"{name}: {a} and {b}" for name, a, b in ab.differ]
    suite.case("all", "all", tag, ab.outcome, "\n".join([ab.outcome, *differ, *ab.alone]))
    for c in ab.comparisons:
        add_comparison(suite, c)


def junit(inputs: Inputs, ab: Ab) -> str:
    root = ET.Element("testsuites")
    suites = []
    for run in inputs.runs:
        suites.append(suite := Suite(root, run.label))
        add_run(suite, run)
        for test in run.tests:
            add_test(suite, test)
        for kill in run.kills:
            add_kill(suite, kill)
    if inputs.problems:
        suites.append(suite := Suite(root, "inputs"))
        for problem in inputs.problems:
            add_problem(suite, problem)
    if ab.outcome:
        suites.append(suite := Suite(root, "A against B"))
        add_ab(suite, ab)
    for suite in suites:
        suite.finish()
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(s.element.get(name, "0")) for s in suites)))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
