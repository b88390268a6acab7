"""How like two functions are: what the measure sees, what it does not, and where it stands on real shapes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernelref.core.likeness import alike, containment, grams, similarity, tokens

# Written for these tests, in the shape of a change that the kernel has seen: a walk over page
# tables merged into its only caller, which got a new name and lost a parameter.
WALK = """
void walk_range(struct gather *tlb, struct area *vma, unsigned long addr, unsigned long end)
{
	pgd_t *pgd;
	unsigned long next;

	gather_begin(tlb, vma);
	pgd = pgd_offset(vma->mm, addr);
	do {
		next = pgd_addr_end(addr, end);
		if (pgd_none_or_clear_bad(pgd))
			continue;
		next = walk_p4d(tlb, vma, pgd, addr, next);
	} while (pgd++, addr = next, addr != end);
	gather_end(tlb, vma);
}
"""
OUTER_OLD = """
static void walk_one(struct gather *tlb, struct area *vma, unsigned long start, unsigned long end, bool wr)
{
	if (vma->file)
		probe_munmap(vma, start, end);
	if (unlikely(is_huge(vma))) {
		/* There may be no file when the mapping failed half way. */
		if (vma->file)
			unmap_huge(tlb, vma, start, end, NULL);
	} else
		walk_range(tlb, vma, start, end);
}
"""
OUTER_NEW = """
static void __walk_area(struct gather *tlb, struct area *vma, unsigned long start, unsigned long end)
{
	if (vma->file)
		probe_munmap(vma, start, end);
	if (unlikely(is_huge(vma))) {
		if (!vma->file)
			return;
		unmap_huge(tlb, vma, start, end, NULL);
	} else {
		unsigned long next, addr = start;
		pgd_t *pgd;

		gather_begin(tlb, vma);
		pgd = pgd_offset(vma->mm, addr);
		do {
			next = pgd_addr_end(addr, end);
			if (pgd_none_or_clear_bad(pgd))
				continue;
			next = walk_p4d(tlb, vma, pgd, addr, next);
		} while (pgd++, addr = next, addr != end);
		gather_end(tlb, vma);
	}
}
"""


def test_a_new_name_alone_changes_nothing() -> None:
    """A function that only got another name is wholly like itself, recursion and all."""
    old = WALK.replace("walk_p4d", "walk_range")
    assert similarity(old, old.replace("walk_range", "sweep"), ("walk_range", "sweep")) == 1
    assert similarity(old, old.replace("walk_range", "sweep")) < 1


def test_comments_and_layout_say_nothing() -> None:
    """Comments, line breaks and continued lines are no part of what is compared."""
    noisy = WALK.replace("\n\n", " // why\n/* do { */\n").replace(";\n", ";   \\\n")
    assert similarity(WALK, noisy) == 1
    assert similarity(WALK.encode(), WALK) == 1


def test_tokens() -> None:
    """Strings, numbers and operators are one token each; comments none, not even one without end."""
    text = 'f(a->b, "x /* y */", \'"\', 0x1fUL) <<= 1.5; // z\n## ... /* open'
    assert tokens(text) == ["f", "(", "a", "->", "b", ",", '"x /* y */"', ",", "'\"'", ",", "0x1fUL", ")",
                            "<<=", "1.5", ";", "##", "..."]  # fmt: skip


def test_merged_and_renamed() -> None:
    """The renamed caller is still like itself, and what it took in shows as contained."""
    renamed = similarity(OUTER_OLD, OUTER_NEW, ("walk_one", "__walk_area"))
    assert 0.4 < renamed < 0.7
    assert containment(WALK, OUTER_NEW, OUTER_OLD) > 0.7


def test_contained_means_newly() -> None:
    """What the caller had before it did not take in."""
    assert containment(WALK, OUTER_NEW, OUTER_NEW) == 0
    assert containment(WALK, OUTER_OLD, OUTER_OLD) == 0
    assert containment("", OUTER_NEW, OUTER_OLD) == 0


def test_short_texts_prove_little() -> None:
    """Two short functions of one shape are no rename, however like."""
    a, b = "static int init_a(void)\n{\n\treturn 0;\n}", "static int init_b(void)\n{\n\treturn 0;\n}"
    assert similarity(a, b, ("init_a", "init_b")) < 0.4
    assert (
        containment("void a(void)\n{\n\tput(x);\n}", "void b(void)\n{\n\tput(x);\n}", "void b(void) {}") < 0.6
    )


def test_alike_leaves_out_what_is_not() -> None:
    """Many are compared with many, and the hopeless pairs are not told."""
    old = {"walk_one": grams(OUTER_OLD, "walk_one"), "init": grams("int init(void) { return 0; }")}
    new = {"__walk_area": grams(OUTER_NEW, "__walk_area")}
    assert list(alike(old, new)) == [("walk_one", "__walk_area")]
    assert len(alike(old, new, least=0)) == 2


code = st.text("ab(){};/*\"' \n\\+-", max_size=60)


@given(a=code, b=code)
def test_any_text_has_a_score(a: str, b: str) -> None:
    """Whatever the texts, the score is a share, the same both ways, and that of nothing is none."""
    score = similarity(a, b)
    assert 0 <= score <= 1
    assert score == similarity(b, a)
    assert 0 <= containment(a, b, "") <= 1
    assert similarity(a, "") == 0
    assert similarity(a, a) == pytest.approx(min(1, max(0, len(tokens(a)) - 2) / 30))
