"""Which addresses are mailing lists.

The archive room of the resolvers. There is no register to ask; a message is addressed to
people and lists alike, and only the host tells them apart.
"""

from __future__ import annotations

import re

# Hosts that serve nothing but lists, or lists whose names begin so.
#
#   vger.kernel.org, lists.linux.dev, lists.infradead.org, lists.freedesktop.org, lists.ozlabs.org,
#   lists.sourceforge.net, lists.xenproject.org and every other lists.* or *.lists.*
#   kvack.org        linux-*: its people have addresses there, too
#   googlegroups.com, alsa-project.org, lists.01.org
#   redhat.com       dm-devel, linux-audit, linux-lvm: until 2023
#   oss.sgi.com      xfs: until 2016
_LIST = re.compile(
    r"[^@]+@("
    r"vger\.kernel\.org|([\w-]+\.)*lists?\.([\w-]+\.)+[a-z]+|googlegroups\.com|(mailman\.)?alsa-project\.org"
    r")|linux-[\w-]+@kvack\.org|(dm-devel|linux-audit|linux-lvm)@redhat\.com|xfs@oss\.sgi\.com"
)
_NOT_A_LIST = re.compile(r"(majordomo|owner-.*|.*-(owner|request|bounces)|.*\+.*)@.*")
_LIST_ID = re.compile(r"<\s*([\w+-]+)\.([\w.-]+)\s*>")


def list_address(address: str) -> str:
    """Give the address in lower case when it is a list's, else nothing."""
    address = address.strip().lower()
    if len(address) > 254 or _NOT_A_LIST.fullmatch(address) or not _LIST.fullmatch(address):
        return ""
    return address


def list_of_id(header: str) -> str:
    """Give the list's address that a ``List-Id:`` stands for: ``<linux-mm.kvack.org>``."""
    found = _LIST_ID.search(header)
    return list_address(f"{found[1]}@{found[2]}") if found else ""
