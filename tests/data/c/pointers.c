// SPDX-License-Identifier: GPL-2.0-or-later
static int visit_one(struct node *n)
{
	return touch(n);
}

static int each(struct tree *t, int depth, int (*visit)(struct node *n))
{
	int (*fallback)(struct node *n) = t->fallback;

	if (fallback)
		fallback(t->root);
	return visit(t->root);
}

int start(struct tree *t)
{
	struct walk w = {
		.begin = visit_one,
	};

	t->ops->prepare(t);
	(*t->hook)(t);
	INIT_WORK(&t->work, visit_one);
	w.end = visit_one;
	return each(t, 1, visit_one);
}

static const struct tree_operations plain_ops = {
	.prepare	= prepare_plain,
	.finish		= &finish_plain,
};

size_t cast(loff_t from)
{
	return (size_t)(from) + container_of(from, struct tree, nodes)->size +
	       sizeof(struct tree) + alloc_percpu(struct node) + min_t(unsigned long, from, 3);
}
