/*
 * The learner as a message sees it: a key, a model, and a queue for what its
 * decision saw. Nothing here waits.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "policy/base/hash.h"
#include "policy/learn/learner_inside.h"
#include "rules/base/panic.h"

bool
learner_key(struct learner *l, uint64_t *key)
{
	if (!atomic_load(&l->ready))
		return false;
	*key = l->key;
	return true;
}

uint64_t
learner_sender(uint64_t key, struct span address)
{
	uint8_t hash[HASH_SHA256_OCTETS];
	uint64_t out;
	struct hash h;

	if (address.n == 0)
		return 0;
	hash_start(&h);
	hash_add(&h, span_make((const char *)&key, sizeof(key)));
	for (size_t i = 0; i < address.n; i++) {
		char c = ascii_lower(address.p[i]);

		hash_add(&h, span_make(&c, 1));
	}
	hash_end(&h, hash);
	(void)memcpy(&out, hash, sizeof(out));
	return out;
}

struct learned *
learner_model(struct learner *l)
{
	struct learned *model;

	(void)pthread_mutex_lock(&l->lock);
	model = learned_ref(l->model);
	(void)pthread_mutex_unlock(&l->lock);
	return model;
}

static struct learner_waiting *
waiting_new(const struct learn_kept *k, const struct learn_features *f)
{
	struct learner_waiting *w = NULL;
	struct buf packed;

	buf_init(&packed, LEARN_SAMPLE_MAX);
	if (k->id.n <= LEARN_ID_MAX && learn_pack(f, &packed)) {
		w = xcalloc(1, sizeof(*w) + packed.n);
		(void)memcpy(w->id, k->id.p, k->id.n);
		(void)memcpy(w->packed, packed.p, packed.n);
		w->n = packed.n;
		w->time_s = k->time_s;
		w->sender = k->sender;
		w->good = k->good;
		w->lesson = k->lesson;
	}
	buf_free(&packed);
	return w;
}

void
learner_keep(struct learner *l, struct ip client, uint64_t key,
    const struct learn_kept *k, const struct learn_features *f)
{
	struct learner_waiting *w = waiting_new(k, f);

	if (w == NULL)
		return;
	w->group = crowd_group(client);
	w->key = key;
	(void)pthread_mutex_lock(&l->lock);
	if (l->running && !l->stop &&
	    crowd_fits(&l->of, w->group, 1, l->count, l->o.queue_max)) {
		crowd_add(&l->of, w->group, 1);
		*l->last = w;
		l->last = &w->next;
		if (l->count++ == 0)
			(void)pthread_cond_signal(&l->wake);
		w = NULL;
	} else {
		l->state.dropped++;
	}
	(void)pthread_mutex_unlock(&l->lock);
	free(w);
}
