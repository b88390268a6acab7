"""Archives of mail: a public-inbox server, an mbox file, or a maildir.

The archive room of the resolvers, the only one where liblore and requests are imported.

`Archive` asks a server, `MboxArchive` reads a file, `MaildirArchive` a folder; all give the facts of
a message by ``fetch(message_id)``, never its text. `http` is how a server is asked, `mailbox` how an mbox
is taken apart, `mail` how a mail is read, `source` how facts are made of mails, and
`errors` names all that can go wrong.
"""

from __future__ import annotations

from .errors import (
    ArchiveError,
    Busy,
    NotMail,
    NotThere,
    Redirected,
    Refused,
    TooLarge,
    Unreachable,
)
from .http import USER_AGENT, Patience
from .mailbox import MaildirArchive, MboxArchive
from .server import Archive
from .source import Source

__all__ = [
    "USER_AGENT",
    "Archive",
    "ArchiveError",
    "Busy",
    "MaildirArchive",
    "MboxArchive",
    "NotMail",
    "NotThere",
    "Patience",
    "Redirected",
    "Refused",
    "Source",
    "TooLarge",
    "Unreachable",
]
