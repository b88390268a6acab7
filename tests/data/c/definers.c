// SPDX-License-Identifier: GPL-2.0-or-later
SYSCALL_DEFINE3(paint, unsigned long, start, size_t, len,
		int, colour)
{
	return do_paint(start, len, colour);
}

COMPAT_SYSCALL_DEFINE1(dry, compat_ulong_t, start)
{
	return do_dry(start);
}

BPF_CALL_1(bpf_glue, void *, what)
{
	return stick(what);
}

DEFINE_IDTENTRY(exc_ouch)
{
	cry(regs);
}

DEFINE_FREE(brush, struct brush *, if (_T) put_brush(_T))

DEFINE_GUARD(easel, struct easel *, easel_lock(_T), easel_unlock(_T))

PAGEFLAG(Wet, wet, PF_ANY)
	TESTCLEARFLAG(Wet, wet, PF_ANY)

TRACE_EVENT(paint_start,

	TP_PROTO(struct page *page, unsigned int order),

	TP_STRUCT__entry(
		__field(	unsigned long,	pfn	)
	),

	TP_fast_assign(
		__entry->pfn = page_to_pfn(page);
	)
);

#define SHADE_SHOW(name, value)					\
static ssize_t name##_show(struct device *dev, char *buf)	\
{								\
	return emit(buf, value);				\
}

SHADE_SHOW(dark, depth(dev))
SHADE_SHOW(light, 1)

EXPORT_SYMBOL(stick);

int after_all(void)
{
	return sign();
}
