// SPDX-License-Identifier: GPL-2.0-or-later
int before(void)
{
	return early();
}

int odd(struct thing *t)
{
	compare(t->a, <=, t->b);
	LIST(+, -, *)
	t->c = CONFIG(.event = 0xd1, .mask = 1);
	return reach(t);
}

void __weak in_between(struct thing *t)
{
	middle(t);
}

int strange(struct thing *t)
{
	X(ADD, +) { ] )
	return stray(t);
}

int later(void)
{
	return late();
}
