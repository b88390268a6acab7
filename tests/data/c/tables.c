// SPDX-License-Identifier: GPL-2.0-or-later
static const struct oven_ops gas = {
	.light	= gas_light,
	.bake	= (bake_t)gas_bake,
	.clean	= IS_ENABLED(CONFIG_CLEAN) ? gas_clean : &no_clean,
	.rest	= pm_ptr(gas_rest),
	.owner	= THIS_MODULE,
	.timer	= { .fire = gas_fire },
	.door.open = gas_open,
};

static struct oven_ops many[] = {
	{ .light = first_light },
	[OVEN_TWO] = { .light = second_light, .timer.fire = second_fire },
};

static struct oven *the_oven;

static void install(struct kitchen *k, struct oven *o, oven_t *t)
{
	struct oven *a = o, *b;

	k->oven->ops = &(struct oven_ops){ .light = own_light, .timer = { .fire = own_fire } };
	o->ops->bake = k ? fast_bake : slow_bake;
	b->timer.fire = b_fire;
	((struct stove *)a)->heat = stove_heat;
	t->hum = t_hum;
	ovens[3].light = global_light;
	a->size = o;
}

static int cook(struct kitchen *k, struct list *entry)
{
	const struct oven_ops *ops = k->oven->ops;
	int (*bake)(struct oven *o) = k->oven->ops->bake;
	int (*later)(void);

	later = the_oven->later;
	ops->light(k);
	k->ovens[2].ops->light(k);
	(*k).oven->timer.fire(k);
	container_of(entry, struct oven, list)->ops->clean(k);
	find_oven(k)->ops->rest(k);
	the_oven->ops->rest(k);
	main_oven.ops->rest(k);
	(k ? ops : 0)->rest(k);
	later();
	return bake(k->oven);
}
