"""Noise: what the list that comes with the package leaves out, and what people change in it."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernelref.core.noise import Noise, NoiseError, default, read

NOISE = """
BUG_ON VM_BUG_ON_FOLIO WARN_ON_ONCE VM_WARN_ON_ONCE lockdep_assert_held mmap_assert_locked
pr_info pr_warn_once printk dev_err trace_mm_page_alloc count_vm_event __count_memcg_events
mod_lruvec_page_state __mod_node_page_state lockdep_is_held might_sleep __acquires cond_resched
spin_lock spin_unlock_irqrestore mutex_lock rcu_read_lock rcu_dereference likely unlikely READ_ONCE
WRITE_ONCE min max_t ARRAY_SIZE container_of IS_ENABLED test_bit atomic_inc list_add_tail
folio_test_anon PageAnon page_folio pmd_none pte_present memset
"""

CONTENT = """
do_madvise zap_pte_range split_huge_pmd mmap_read_lock pmd_lock pte_offset_map_lock folio_lock
folio_remove_rmap_ptes list_lru_add shrink_lruvec tlb_finish_mmu set_pte_at flush_tlb_range
deferred_split_folio try_to_unmap wp_page_copy mem_cgroup_charge trace_seq_printf bitmap_alloc
mmu_notifier_invalidate_range_start lru_add_drain folio_batch_add __list_lru_init swap_readpage
"""


@pytest.mark.parametrize("name", NOISE.split())
def test_noise(name: str) -> None:
    """The list knows what says nothing about what a function does, and in which section it says so."""
    assert default()(name)
    rule = default().why(name)
    assert rule
    assert rule.section


@pytest.mark.parametrize("name", CONTENT.split())
def test_content(name: str) -> None:
    """The list spares what a reader of memory management looks for."""
    assert not default()(name)


def test_every_section_has_its_patterns() -> None:
    """No pattern stands outside of a section, and none twice."""
    rules = default().rules
    assert all(rule.section and not rule.section.startswith("One pattern") for rule in rules)
    assert len({rule.pattern for rule in rules}) == len(rules)
    assert {"Logging", "Tracing", "Locks themselves"} <= {rule.section for rule in rules}


def test_a_user_adds_and_removes() -> None:
    """A user's lines come last: what they add is noise, what they take out is none."""
    mine = default().amended(["# Mine", "folio_get", "-spin_*", "spin_lock_nested"], "of the user")
    assert mine("folio_get")
    assert not default()("folio_get")
    assert not mine("spin_lock")
    assert mine("spin_lock_nested")
    assert mine("mutex_lock")
    rule = mine.why("spin_lock")
    assert rule
    assert (rule.pattern, rule.section, rule.kept) == ("spin_*", "Mine", True)


def test_nothing_is_noise_without_rules() -> None:
    """No rules, no noise."""
    assert not Noise()("BUG_ON")
    assert Noise().why("BUG_ON") is None


@pytest.mark.parametrize("text", ["a b", "pr_*()", "-", "--x", "mm/a.c:f", "x,"])
def test_what_is_no_pattern(text: str) -> None:
    """A line that can match no identifier is refused, with its number."""
    with pytest.raises(NoiseError, match="line 3") as caught:
        read(["# Section", "", text])
    assert caught.value.line == 3


def test_comments_name_sections() -> None:
    """A comment names a section where it begins a block, and explains where it does not."""
    rules = read(["# One", "# more of it", "a*", "# aside", "b", "", "# Two", "-c"])
    assert [(rule.pattern, rule.section, rule.kept) for rule in rules] == [
        ("a*", "One", False),
        ("b", "One", False),
        ("c", "Two", True),
    ]


lines = st.lists(st.from_regex(r"-?[ab?*]{1,3}", fullmatch=True), max_size=6)


@given(lines=lines, name=st.text("abc", min_size=1, max_size=3))
def test_the_last_match_decides(lines: list[str], name: str) -> None:
    """Whatever the rules, the last one that matches decides."""
    expected = False
    for line in lines:
        if fnmatchcase(name, line.removeprefix("-")):
            expected = not line.startswith("-")
    assert Noise(read(lines))(name) is expected
