# SPDX-License-Identifier: GPL-2.0-only
"""JUnit XML, as CI systems read it."""
from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from .model import FAIL, MISS, PASS, SKIP, XFAIL, Inputs, Log, Test

# What XML 1.0 has no way to write.
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    return FORBIDDEN.sub("?", text)


def add_outcome(case: ET.Element, test: Test) -> None:
    text = clean("\n".join([test.reason, *test.details]))
    if test.status == FAIL:
        ET.SubElement(case, "failure", message=clean(test.reason)[:200] or "failed").text = text
    elif test.status == MISS:
        ET.SubElement(case, "error", message=clean(test.reason) or "no result").text = text
    elif test.status == SKIP:
        ET.SubElement(case, "skipped", message=clean(test.reason))
    elif test.status == XFAIL:
        ET.SubElement(case, "skipped", message=clean(f"known failure: {test.reason}")[:200])


def add_suite(root: ET.Element, log: Log) -> None:
    suite = ET.SubElement(root, "testsuite", name=log.label, tests=str(len(log.tests)),
                          failures=str(log.count(FAIL)), errors=str(log.count(MISS)),
                          skipped=str(log.count(SKIP, XFAIL)))
    for test in log.tests:
        group, _, name = test.name.rpartition(".")
        case = ET.SubElement(suite, "testcase", name=clean(name),
                             classname=clean(f"{log.label.replace(' ', '-')}.{group or 'suite'}"))
        if test.status != PASS:
            add_outcome(case, test)


def junit(inputs: Inputs) -> str:
    root = ET.Element("testsuites")
    for log in inputs.logs:
        add_suite(root, log)
    for name, statuses in (("tests", (PASS, FAIL, SKIP, XFAIL, MISS)), ("failures", (FAIL,)),
                           ("errors", (MISS,))):
        root.set(name, str(sum(log.count(*statuses) for log in inputs.logs)))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
