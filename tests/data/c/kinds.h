/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KINDS_H
#define KINDS_H

#define WIDE		0x1
#define shape(x)	draw(x, form(x))
#define contour		outline_of
#define long_one(a, b)		\
	do {			\
		first(a);	\
		(b)->go(a);	\
	} while (0)

struct forward;

struct __packed crate {
	DECLARE_FLEX_ARRAY(int, items);
	struct lid {
		int hinge;
	} lid;
};

union either {
	int a;
	long b;
};

enum colour {
	RED,
	GREEN = 3, /* not { the end } */
#define BLUE BLUE
	BLUE,
	NR_COLOURS
};

typedef struct { int v; } box_t;
typedef int (*action_fn)(struct crate *c, void *arg);
typedef unsigned int __bitwise mask_t;

int declared(struct crate *c, int);
extern void also_declared(void) __printf(1, 2) __cold;

static inline int defined_here(struct crate *c)
{
	return declared(c, 1);
}

#endif
