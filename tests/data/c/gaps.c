// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A long comment before a head, and so nothing but a long gap to the grammar: what comes after it
 * is on the line where it always was.
 */
static int narrow(int a, /* the width, in whatever it is that widths are in */ int b)
{
	int c = measure(a) /* the half of it, as everybody knows who ever measured */ / split(b);
	int d = measure(b) / /* by the other half, which is not the same as the first */ split(a);

	hang(a, /* on what it is to hang, and for how long it is to stay there */ lamp, c + d);
	return c;
}

static inline enum shade8
	shade8_of(const struct sheet *sheet, int at2)
{
	return darken(sheet);
}

static int fit(SHEET_OF(kind) *self, int (*turn)(int by))
{
	turn(1);
	return trim(self, smooth);
}
