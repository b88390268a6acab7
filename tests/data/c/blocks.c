// SPDX-License-Identifier: GPL-2.0-or-later
void walk(struct set *set)
{
	struct item *i;

	for_each_item(i, set)
		for_each_part(p, i)
			polish(p);

	if (set->late)
		for_each_item(i, set)
			hurry(i);
	else
		rest(set);

	scoped_guard(mutex, &set->lock) {
		count(set);
	}
	scoped_guard(rcu)
		glance(set);
}

int leave(int a)
{
	if (a)
		goto out;
	switch (a) {
	case 1 ... 5:
		few(a);
		break;
	default:
	}
	finish(a);
out:
}

void after(void)
{
	DECLARE_BITMAP(map, NR_BITS) = { 0 };
	static DEFINE_RATELIMIT_STATE(slow, 5 * HZ, 10);

	mark(map);
}
