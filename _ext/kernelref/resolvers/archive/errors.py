"""What can go wrong with an archive, each with a name.

The archive room of the resolvers. Every text says which message or URL, what came, and,
where there is something to do, what.
"""

from __future__ import annotations


class ArchiveError(Exception):
    """A message could not be read; other messages still can."""


class NotThere(ArchiveError):
    """The archive answered that it has no such message (404, or public-inbox's 300)."""


class NotMail(ArchiveError):
    """Something else came than mail: an HTML page, as bot checks send, or no message at all."""


class TooLarge(ArchiveError):
    """More came than a message or a thread can be; reading was stopped there."""


class Busy(ArchiveError):
    """The archive asks for more patience than `lock` has (429, or 503 with Retry-After)."""


class Refused(ArchiveError):
    """The archive does not want to answer this (4xx)."""


class Redirected(ArchiveError):
    """The archive sends elsewhere, and it is not followed off its host."""


class Unreachable(ArchiveError):
    """No usable answer: no connection, a stalled one, a truncated body, or 5xx to the end."""
