"""Dates of messages: what a header says, and the instant that it means."""

from __future__ import annotations

from datetime import UTC, datetime


def instant(date: str) -> datetime:
    """Give the instant of an RFC 3339 date, or the start of its day in UTC for ``YYYY-MM-DD``.

    A date that is not known (empty) is before all others.
    """
    if not date:
        return datetime.min.replace(tzinfo=UTC)
    parsed = datetime.fromisoformat(date)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def utc_day(date: str) -> str:
    """Give the day in UTC, which is how lore prints dates; empty when it is not known."""
    return date and instant(date).astimezone(UTC).strftime("%Y-%m-%d")


def days(date: str) -> set[str]:
    """Give the days that a reader may rightly write: the sender's, and UTC's."""
    return {date[:10], utc_day(date)}
