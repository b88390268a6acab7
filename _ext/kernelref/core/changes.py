"""The signs and words of a difference: what became of a function, or of a call, between two releases.

Each change has a sign of its own, so that nothing is told by colour alone.

Part of the pure layer.
"""

from __future__ import annotations

from dataclasses import dataclass

from .difference import Change
from .label import language

SIGNS = {
    Change.CHANGED: "≠",
    Change.MOVED: "↦",
    Change.KIND: "◇",
    Change.RENAMED: "≈",
    Change.INLINED: "⊂",
    Change.GONE: "✗",
    Change.NEW: "＋",
    Change.LEFT: "⇤",
    Change.JOINED: "⇥",
    Change.UNKNOWN: "?",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of a function.

    ``other`` is what the words speak of: the old name, the old file, both kinds, or the callers that took it
    in; ``score`` the likeness that a rename or an inlining rests on; ``rewritten`` whether its text differs.
    """

    change: Change
    other: str = ""
    score: float = 0.0
    rewritten: bool = False


# language -> change -> what stands on a box
_ON_NODE = {
    "zh": {
        Change.CHANGED: "有改动",
        Change.MOVED: "移自 {other}",
        Change.KIND: "{other}",
        Change.RENAMED: "改名自 {other} · {score:.2f}",
        Change.INLINED: "并入 {other} · {score:.2f}",
        Change.GONE: "已没有",
        Change.NEW: "新增",
        Change.LEFT: "还在，不再走到",
        Change.JOINED: "原有，现在才走到",
        Change.UNKNOWN: "未知",
    },
    "en": {
        Change.CHANGED: "changed",
        Change.MOVED: "moved from {other}",
        Change.KIND: "{other}",
        Change.RENAMED: "renamed from {other} · {score:.2f}",
        Change.INLINED: "inlined into {other} · {score:.2f}",
        Change.GONE: "gone",
        Change.NEW: "new",
        Change.LEFT: "still there, no longer reached",
        Change.JOINED: "there before, reached now",
        Change.UNKNOWN: "not known",
    },
}
# language -> change -> what stands on an arrow
_ON_EDGE = {
    "zh": {
        Change.GONE: "不再调用",
        Change.NEW: "新调用",
        Change.LEFT: "仍调用，不在此路上",
        Change.JOINED: "早已调用",
        Change.UNKNOWN: "未知",
    },
    "en": {
        Change.GONE: "no longer called",
        Change.NEW: "new call",
        Change.LEFT: "still called, not on this way",
        Change.JOINED: "called before",
        Change.UNKNOWN: "not known",
    },
}
_NODE_LEGEND = {
    "zh": {
        Change.KEPT: "两个版本都有",
        Change.CHANGED: "两个版本都有，内容不同",
        Change.MOVED: "移到了另一个文件",
        Change.KIND: "宏与函数之间的变化",
        Change.RENAMED: "由内容推断的改名；数字是相似度",
        Change.INLINED: "没有了，内容并入调用者；数字是并入的比例",
        Change.GONE: "新版本中没有",
        Change.NEW: "新版本中才有",
        Change.LEFT: "新版本中还有，但不在这棵树里",
        Change.JOINED: "旧版本中已有，但不在那棵树里",
        Change.UNKNOWN: "有一个版本没有查到这里",
    },
    "en": {
        Change.KEPT: "in both releases",
        Change.CHANGED: "in both releases, not the same text",
        Change.MOVED: "in another file now",
        Change.KIND: "a macro became a function, or the reverse",
        Change.RENAMED: "renamed, as its text suggests; the number is the likeness",
        Change.INLINED: "gone, its text is in what called it; the number is the share",
        Change.GONE: "not in the newer release",
        Change.NEW: "only in the newer release",
        Change.LEFT: "still in the newer release, not in this tree",
        Change.JOINED: "in the older release too, not in its tree",
        Change.UNKNOWN: "one of the releases was not looked into there",
    },
}
_EDGE_LEGEND = {
    "zh": {
        Change.GONE: "新版本中没有的调用",
        Change.NEW: "新版本中才有的调用",
        Change.LEFT: "仍有的调用，但不在新版本的这棵树里",
        Change.JOINED: "早已有的调用，但不在旧版本的那棵树里",
        Change.UNKNOWN: "有一个版本没有查过的调用",
    },
    "en": {
        Change.GONE: "a call that the newer release has not",
        Change.NEW: "a call that only the newer release has",
        Change.LEFT: "a call still made, not in the newer tree",
        Change.JOINED: "a call made before, not in the older tree",
        Change.UNKNOWN: "a call that one release was not asked for",
    },
}


def css_name(change: Change) -> str:
    """Give the word that classes and ids bear."""
    return f"diff-{change.name.lower()}"


def node_words(turn: Turn, lang: str) -> str:
    """Say what became of a function; nothing where it simply stayed."""
    if turn.change is Change.KEPT:
        return ""
    words = _ON_NODE[language(lang)][turn.change].format(other=turn.other, score=turn.score)
    also = turn.rewritten and turn.change in (Change.MOVED, Change.KIND)
    return f"{SIGNS[turn.change]} {words}" + (f" {SIGNS[Change.CHANGED]}" if also else "")


def call_words(change: Change, lang: str) -> str:
    """Say what became of a call; nothing where it simply stayed."""
    return _ON_EDGE[language(lang)].get(change, "")


def edge_words(change: Change, lang: str) -> str:
    """Say the same behind its sign."""
    word = call_words(change, lang)
    return f"{SIGNS[change]} {word}" if word else ""


def node_legend(change: Change, lang: str) -> str:
    """Explain the look of a box."""
    text = _NODE_LEGEND[language(lang)][change]
    return f"{SIGNS[change]} {text}" if change in SIGNS else text


def edge_legend(change: Change, lang: str) -> str:
    """Explain the look of an arrow."""
    text = _EDGE_LEGEND[language(lang)].get(change, "")
    return f"{SIGNS[change]} {text}" if text else ""
