"""Words that the kernel puts among those of a declaration, and that the grammar does not know.

Data for `blank`: attribute macros with and without arguments, and the words that are C's own.
"""

from __future__ import annotations

import re
from typing import Final

CALLED_ATTRIBUTES: Final[tuple[bytes, ...]] = tuple(
    rb"""
_attribute__ _attribute _declspec _printf _scanf printf _ostream_printf _section _aligned Alignas
_alloc_size _realloc_size _assume_aligned _alias _copy _nonnull _nonnull_args _malloc _mode _cleanup
_free _counted_by\w* _sized_by _diagnose_as _compiletime_error _compiletime_warning _noinstr_section
_pass_object_size _pass_dynamic_object_size _no_sanitize _no_context_analysis_for _must_hold\w*
_must_not_hold _acquires\w* _releases\w* _cond_acquires\w* _cond_releases _excludes\w* _guarded_by
_pt_guarded_by _requires\w*ctx_lock _returns_ctx_lock _try_acquires\w* _assumes\w*ctx_lock
""".split()
)
"""Attribute macros with arguments: regular expressions for what follows the first underscore."""

WORD_ATTRIBUTES: Final[tuple[bytes, ...]] = tuple(
    rb"""
(?:net_?|mem|sched|dev|cpu)?(?:init|exit)(?:data|const|call|_or_\w+|data_\w+|const_or_module)?
init_memblock initdata_memblock exit_call exit_p ref refdata refconst head uninitialized pi_init\w*
user iomem percpu rcu force kernel private nocast bitwise safe seg_gs seg_fs always_inline inline
inline__ noinline fastpath_inline flatten noclone noipa gnu_inline overloadable preserve_most
always_unused maybe_unused unused used must_check weak cold hot pure attribute_const__ noreturn
visible deprecated packed malloc returns_nonnull retain naked latent_entropy read_mostly
ro_after_init (?:__)?cacheline_(?:internodealigned|aligned)\w* page_aligned_(?:bss|data)
bss_(?:decrypted|pgtbl) nosavedata aligned_largest nonstring\w* randomize_layout no_randomize_layout
designated_init transparent_union function_aligned fix_address
no_(?:kcsan|kmsan_checks|kasan_or_inline|sanitize_\w+|profile|stack_protector|kstack_erase|context_analysis)
no_caller_saved_registers nocfi noscs noendbr noretpoline signed_wrap
disable_sanitizer_instrumentation extension__ restrict restrict__ volatile const data_racy xipram
entry_text irq_entry softirq_entry sched lockfunc cpuidle kprobes bpf_kfunc bpfcall ksym hidden vdso
efiapi rust_helper latent_entropy reentrant_ctx_lock
""".split()
)
"""Attribute macros without arguments: regular expressions for what follows the two underscores."""

PLAIN_ATTRIBUTES: Final[tuple[bytes, ...]] = (
    b"inline",
    b"inline_for_stack",
    b"inline_for_tracing",
    b"trace",
    b"instr",
    b"kprobe_inline",
    b"linkage",
)
"""Those without underscores: what follows ``no`` or ``asm``."""

KEYWORDS: Final = frozenset(
    rb"""
static inline extern const volatile register typedef struct union enum restrict
""".split()
)
"""Words of a declaration that say nothing of its type."""

TYPE_WORDS: Final = frozenset(
    rb"""
unsigned signed int long short char void float double bool _Bool __int128 u8 u16 u32 u64 s8 s16 s32 s64
size_t ssize_t loff_t
""".split()
)
"""Words that are a type, so that any other word beside them is not."""

_TYPE_LIKE: Final = re.compile(rb"__(?:[usbl]e?\d+|kernel_\w+|wsum|sum16|poll_t|\w+_t)|\w+_t")


def is_attribute(word: bytes) -> bool:
    """Whether a word of a declaration that may be its type more likely is an attribute."""
    if _TYPE_LIKE.fullmatch(word):
        return False
    return word.startswith(b"__") or word.isupper() or word in (b"notrace", b"noinstr", b"asmlinkage")
