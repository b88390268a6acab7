// SPDX-License-Identifier: GPL-2.0-or-later
#ifdef CONFIG_FAST
static int speed(void)
{
	return run();
}
#else
static inline int speed(void) { return stroll(); }
#endif

#if defined(CONFIG_WIDE)
int width(int a, int b)
#else
int width(int a)
#endif
{
	return measure(a);
}

int choose(int a)
{
	if (a) {
		begin(a);
#ifdef CONFIG_EXTRA
	} else if (extra(a)) {
		more(a);
#else
	} else {
		less(a);
#endif
	}
	if (known(a))
#ifdef CONFIG_LEFT
		left(a);
#else
		right(a);
#endif
#if 0
	never(a);
#endif
	return 0;
out:
#ifdef CONFIG_EXTRA
	undo(a);
#endif
	return 1;
}

void next(void)
{
	done();
}
