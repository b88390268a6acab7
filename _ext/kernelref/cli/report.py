"""Findings as people and programs read them: a table, one line each, JSON, GitHub's commands, SARIF 2.1.0."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..core.findings import Code, Finding, Weight
from ..core.record import to_plain
from ..version import VERSION
from .terminal import to_json, visible


def show(findings: Sequence[Finding], form: str) -> None:
    """Print the findings on the output stream."""
    if form == "text":
        _text(findings)
        return
    text = {"json": _json, "github": _github, "sarif": _sarif}[form](findings)
    print(text, end="")


def summary(findings: Sequence[Finding]) -> str:
    """Say how many there are of each weight."""
    count = Counter(finding.code.weight for finding in findings)
    return f"{count[Weight.WRONG]} wrong, {count[Weight.NEWS]} news"


def _text(findings: Sequence[Finding]) -> None:
    """A table on a terminal; into a pipe a line for each, as compilers print them."""
    if not sys.stdout.isatty():
        for one in findings:
            print(visible(f"{one.file}:{one.line}: {one.code.weight}: {one.text} [{one.code}]"))
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("place", "finding", "what is claimed, and what is known"):
        table.add_column(heading, overflow="fold")
    for one in findings:
        wrong = one.code.weight is Weight.WRONG
        said = Text(f"{visible(one.claim)}\n{visible(one.fact)}")
        if one.right:
            said.append(f"\n→ {visible(one.right)}", style="green")
        sign = Text(f"{'✗' if wrong else '·'} {one.code}", style="red" if wrong else "dim")
        table.add_row(Text(visible(f"{one.file}:{one.line}"), style="cyan"), sign, said)
    Console(highlight=False, markup=False).print(table)


def _plain(one: Finding) -> dict[str, object]:
    parts = ("code", "file", "line", "claim", "fact", "right")
    plain = to_plain(one)
    return {"weight": str(one.code.weight), **{part: plain[part] for part in parts if part in plain}}


def _json(findings: Sequence[Finding]) -> str:
    return to_json({"schema": 1, "findings": [_plain(one) for one in findings]})


def _github(findings: Sequence[Finding]) -> str:
    """Workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    lines = []
    for one in findings:
        level = "error" if one.code.weight is Weight.WRONG else "notice"
        place = f"file={_property(one.file)},line={one.line},title={_property(one.code)}"
        lines.append(f"::{level} {place}::{_data(one.text)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(findings: Sequence[Finding]) -> str:
    """OASIS SARIF 2.1.0, sections 3.14 (run), 3.27 (result), 3.49 (rule)."""
    rules = [
        {"id": str(code), "defaultConfiguration": {"level": _level(code)}, "helpUri": _HELP + str(code)}
        for code in Code
    ]
    driver = {"name": "kernelref", "version": VERSION, "informationUri": _HELP, "rules": rules}
    results = [
        {
            "ruleId": str(one.code),
            "level": _level(one.code),
            "message": {"text": one.text},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(one.file)},
                        "region": {"startLine": max(1, one.line)},
                    }
                }
            ],
        }
        for one in findings
    ]
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    run = {"tool": {"driver": driver}, "results": results}
    return to_json({"$schema": schema, "version": "2.1.0", "runs": [run]})


_HELP = "https://linux-patch-learn.readthedocs.io/guide/check.html#"


def _level(code: Code) -> str:
    return "error" if code.weight is Weight.WRONG else "note"
