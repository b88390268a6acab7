"""What became of a series, in words and shapes: never colour alone."""

from __future__ import annotations

from .core.dates import utc_day
from .core.lock import Fate, Message, State
from .i18n import _

SHAPES = {
    State.LANDED: "✔",
    State.PARTLY: "◐",
    State.SUPERSEDED: "↻",
    State.REVIEW: "◌",
    State.DROPPED: "✘",
    State.UNKNOWN: "○",
}


def state_word(state: State) -> str:
    """Say the state."""
    return {
        State.LANDED: _("landed"),
        State.PARTLY: _("landed in part"),
        State.SUPERSEDED: _("superseded"),
        State.REVIEW: _("under review"),
        State.DROPPED: _("dropped"),
        State.UNKNOWN: _("fate not known"),
    }[state]


def fate_text(fate: Fate) -> str:
    """Say the state with its release: ``✔ landed in v6.9 (8 of 8)``."""
    if fate.state in (State.LANDED, State.PARTLY) and fate.release:
        text = (_("landed in %s") if fate.state is State.LANDED else _("landed in part in %s")) % fate.release
    elif fate.state is State.SUPERSEDED and fate.release:
        text = _("superseded; a later revision landed in %s") % fate.release
    else:
        text = state_word(fate.state)
    if fate.of > 1:
        text += " " + _("(%(landed)d of %(of)d)") % {"landed": fate.landed, "of": fate.of}
    return f"{SHAPES[fate.state]} {text}"


def fate_line(message: Message) -> str:
    """Say what became of a message's series and which revision is the newest."""
    parts = [fate_text(message.fate)] if message.fate else []
    if newest := message.newest:
        parts.append(_("newer: %s") % f"{newest.label} ({utc_day(newest.date)})")
    return " · ".join(parts)
