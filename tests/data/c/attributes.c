// SPDX-License-Identifier: GPL-2.0-or-later
static __always_inline int fold(int a)
{
	return twist(a);
}

static noinline_for_stack unsigned long
bend(struct sheet *s, int by)
	__must_hold(&s->lock)
{
	return press(s) + by;
}

asmlinkage __visible void __init __no_sanitize_address open_box(void)
{
	unpack();
}

struct page * __meminit __weak lift(struct page *p)
{
	struct tool *t __free(put_tool) = get_tool(p);

	return raise(t);
}

static __printf(1, 2) void shout(const char *fmt, ...)
{
	whisper(fmt);
}

__poll_t wait_here(struct file *file)
{
	return look(file);
}

static u16 table[NR_ROWS] __cacheline_aligned_in_smp;

static bool last(void) { return true; }

SEC("?shelf")
__failure __msg("the box is (not) open")
int close_box(void *box)
{
	return shut(box);
}

__success __failure_unpriv __msg_unpriv("R0 leaks addr")
__retval(0) __flag(F_ANY)
__naked void seal_box(void)
{
	glue();
}
