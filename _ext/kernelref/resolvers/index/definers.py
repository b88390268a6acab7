"""Macros that define functions, and the names that they give them.

The kernel writes ``SYSCALL_DEFINE3(madvise, …)`` and ``PAGEFLAG(Locked, locked, …)`` where other
C writes a function's head. The table is data: a macro's name, and how the names of what it
defines are made of its arguments.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

# macro (a regular expression) -> names of the functions, {0} {1} … being the arguments.
# The first is the function that holds the body, where there is one.
_TABLE: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (r"SYSCALL_DEFINE[0-6]", ("__do_sys_{0}", "sys_{0}")),
    (r"COMPAT_SYSCALL_DEFINE[0-6]", ("__do_compat_sys_{0}", "compat_sys_{0}")),
    (r"SYSCALL32_DEFINE[0-6]", ("__do_sys32_{0}", "sys32_{0}")),
    (r"BPF_CALL_[0-5]", ("____{0}", "{0}")),
    (r"DEFINE_IDTENTRY_(?:RAW|NMI|MCE|DEBUG)(?:_ERRORCODE)?(?:_USER|_KERNEL)?", ("{0}",)),
    (r"DEFINE_IDTENTRY_(?:VC|DF|DOUBLEFAULT|MACHINE_CHECK)\w*", ("{0}",)),
    (r"DEFINE_(?:IDTENTRY|SYSVEC|FREDENTRY)\w*", ("__{0}", "{0}")),
    (r"(?:DEFINE|DECLARE)_FREE", ("__free_{0}",)),
    (r"DEFINE_CLASS", ("class_{0}_constructor", "class_{0}_destructor")),
    (r"EXTEND_CLASS", ("class_{0}{1}_constructor", "class_{0}{1}_destructor")),
    (r"DEFINE_GUARD(?:_COND)?", ("class_{0}_constructor", "class_{0}_destructor")),
    (r"DEFINE_LOCK_GUARD_[01]", ("class_{0}_constructor", "class_{0}_destructor")),
    (r"(?:__)?TRACE_EVENT(?:_FN|_CONDITION|_NOP|_SYSCALL)*", ("trace_{0}",)),
    (r"DECLARE_TRACE(?:_CONDITION|_EVENT|_TP|_NOP)*", ("trace_{0}",)),
    (r"(?:DEFINE|DECLARE)_EVENT(?:_FN|_CONDITION|_NOP|_PRINT|_MAP)*", ("trace_{1}",)),
    (
        r"PAGEFLAG(?:_FALSE)?",
        ("Page{0}", "SetPage{0}", "ClearPage{0}", "folio_test_{1}", "folio_set_{1}", "folio_clear_{1}"),
    ),
    (
        r"__PAGEFLAG",
        (
            "Page{0}",
            "__SetPage{0}",
            "__ClearPage{0}",
            "folio_test_{1}",
            "__folio_set_{1}",
            "__folio_clear_{1}",
        ),
    ),
    (
        r"TESTSCFLAG(?:_FALSE)?",
        ("TestSetPage{0}", "TestClearPage{0}", "folio_test_set_{1}", "folio_test_clear_{1}"),
    ),
    (r"TESTPAGEFLAG(?:_FALSE)?", ("Page{0}", "folio_test_{1}")),
    (r"SETPAGEFLAG(?:_NOOP)?", ("SetPage{0}", "folio_set_{1}")),
    (r"CLEARPAGEFLAG(?:_NOOP)?", ("ClearPage{0}", "folio_clear_{1}")),
    (r"__SETPAGEFLAG(?:_NOOP)?", ("__SetPage{0}", "__folio_set_{1}")),
    (r"__CLEARPAGEFLAG(?:_NOOP)?", ("__ClearPage{0}", "__folio_clear_{1}")),
    (r"TESTSETFLAG(?:_FALSE)?", ("TestSetPage{0}", "folio_test_set_{1}")),
    (r"TESTCLEARFLAG(?:_FALSE)?", ("TestClearPage{0}", "folio_test_clear_{1}")),
    (r"FOLIO_FLAG(?:_FALSE)?", ("folio_test_{0}", "folio_set_{0}", "folio_clear_{0}")),
    (r"FOLIO_TEST_FLAG(?:_FALSE)?", ("folio_test_{0}",)),
    (r"FOLIO_SET_FLAG(?:_NOOP)?", ("folio_set_{0}",)),
    (r"FOLIO_CLEAR_FLAG(?:_NOOP)?", ("folio_clear_{0}",)),
    (r"__FOLIO_SET_FLAG(?:_NOOP)?", ("__folio_set_{0}",)),
    (r"__FOLIO_CLEAR_FLAG(?:_NOOP)?", ("__folio_clear_{0}",)),
    (r"FOLIO_TEST_SET_FLAG(?:_FALSE)?", ("folio_test_set_{0}",)),
    (r"FOLIO_TEST_CLEAR_FLAG(?:_FALSE)?", ("folio_test_clear_{0}",)),
    (
        r"PAGE_TYPE_OPS",
        (
            "Page{0}",
            "__SetPage{0}",
            "__ClearPage{0}",
            "folio_test_{2}",
            "__folio_set_{2}",
            "__folio_clear_{2}",
        ),
    ),
    (r"FOLIO_TYPE_OPS", ("folio_test_{1}", "__folio_set_{1}", "__folio_clear_{1}", "folio_test_{0}")),
    (r"BUFFER_FNS", ("buffer_{1}", "set_buffer_{1}", "clear_buffer_{1}")),
    (r"TAS_BUFFER_FNS", ("test_set_buffer_{1}", "test_clear_buffer_{1}")),
)

_COMPILED: Final = tuple((re.compile(macro), names) for macro, names in _TABLE)


def known(macro: str) -> tuple[str, ...]:
    """The templates of a definer macro's names; empty for any other macro."""
    return _known(macro) if macro.isupper() else ()


@lru_cache(maxsize=4096)
def _known(macro: str) -> tuple[str, ...]:
    for pattern, names in _COMPILED:
        if pattern.fullmatch(macro):
            return names
    return ()


def names_of(macro: str, arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The functions that ``macro(arguments)`` defines, those that can be told."""
    found: list[str] = []
    for template in known(macro):
        try:
            name = template.format(*arguments)
        except IndexError:
            continue
        if re.fullmatch(r"[A-Za-z_]\w*", name) and name not in found:
            found.append(name)
    return tuple(found)


def _reverse(template: str) -> re.Pattern[str]:
    before, _, rest = template.partition("{")
    after = rest.partition("}")[2]
    return re.compile(re.escape(before) + r"(\w+)" + re.escape(after))


_REVERSED: Final = tuple(
    sorted(
        {
            (template, _reverse(template))
            for _, names in _TABLE
            for template in names
            if template.count("{") == 1
        },
        key=lambda pair: pair[0],
    )
)


def spelled(name: str) -> frozenset[str]:
    """The words that stand in source where ``name`` is defined: itself, and what a macro makes it of.

    ``__do_sys_madvise`` is spelled ``madvise`` in its file, ``folio_test_locked`` is ``locked``.
    """
    words = {name}
    for template, pattern in _REVERSED:
        match = pattern.fullmatch(name)
        if match and template not in ("{0}", "{1}"):
            words.add(match[1])
    if name.startswith("__x64_sys_") or name.startswith("__arm64_sys_"):
        words.add(name.partition("_sys_")[2])
    return frozenset(words)


def canonical(name: str) -> str:
    """The name under which a system call's body is defined, for the names that its entry has."""
    match = re.fullmatch(r"__(?:x64|ia32|arm64|se)_(compat_)?sys_(\w+)", name)
    return f"__do_{match[1] or ''}sys_{match[2]}" if match else name
