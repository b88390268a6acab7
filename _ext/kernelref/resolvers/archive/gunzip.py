"""Unpacking within a bound.

The archive room of the resolvers. ``gzip.decompress`` makes gigabytes of a kilobyte
without asking; here the size is asked after every step.
"""

from __future__ import annotations

import zlib

from .errors import TooLarge, Unreachable

_GZIP = 16 + zlib.MAX_WBITS


def gunzip(packed: bytes, limit: int, what: str) -> bytes:
    """Unpack gzip of one or several members, at most ``limit`` bytes of it.

    Raises `TooLarge` past the limit, `Unreachable` for what is cut off or damaged.
    """
    out = bytearray()
    rest = packed
    try:
        while rest:
            member = zlib.decompressobj(_GZIP)
            out += member.decompress(rest, limit + 1 - len(out))
            if len(out) > limit:
                raise TooLarge(f"{what}: more than {limit:,} bytes when unpacked")
            if not member.eof:
                raise Unreachable(f"{what}: the compressed answer is cut off")
            rest = member.unused_data.lstrip(b"\0")
    except zlib.error as error:
        raise Unreachable(f"{what}: the compressed answer is damaged ({error})") from None
    return bytes(out)
