/*
 * The DNS answers that a message used, as the zone of a case file.
 *
 * The zone says of each name that was asked what came back, NXDOMAIN included,
 * so that a reader can tell a name that does not exist from one that nobody
 * asked about.
 */
#include "config.h"

#include "policy/journal/journal_dns.h"

#include <stdlib.h>

#include "policy/lists/list_lookup.h"
#include "policy/message/snapshot.h"
#include "rules/base/utf8.h"

/* Octets that the zone of one message may take in its record. */
#define ZONE_MAX ((size_t)48 * 1024)

struct zone_question {
	struct span name;
	const struct dns_answer *answer;
};

struct zone_questions {
	struct zone_question *item;
	size_t count, cap;
	struct arena *arena;
	const struct message *message;
};

static void
question_add(void *ctx, struct span name, const struct dns_answer *answer)
{
	struct zone_questions *q = ctx;

	if (answer->status == DNS_PENDING)
		return;
	name = dnslist_keyless(
	    dnslists_of(q->message->session->snapshot), name, q->arena);
	q->item = arena_grow(
	    q->arena, q->item, &q->cap, q->count + 1, sizeof(*q->item));
	q->item[q->count++] = (struct zone_question){ name, answer };
}

static int
question_compare(const void *a, const void *b)
{
	const struct zone_question *x = a, *y = b;
	int names = span_case_compare(x->name, y->name);

	return names != 0 ? names : (int)x->answer->type - (int)y->answer->type;
}

/* Octets as the characters U+0000 to U+00FF, so that all of them survive. */
static void
octets_write(struct jsonw *w, struct span octets)
{
	struct buf text;

	buf_init(&text, 2 * octets.n + 1);
	for (size_t i = 0; i < octets.n; i++) {
		unsigned char c = (unsigned char)octets.p[i];

		if (c >= 0x80)
			(void)buf_addc(&text, (char)(0xC0 | (c >> 6)));
		(void)buf_addc(&text, (char)(c < 0x80 ? c : 0x80 | (c & 0x3F)));
	}
	jsonw_text(w, NULL, buf_span(&text));
	buf_free(&text);
}

static void
records_write(const struct dns_answer *a, struct jsonw *w)
{
	char ip[IP_TEXT_MAX];

	jsonw_array(w, dns_type_name(a->type));
	for (size_t i = 0; i < a->count; i++) {
		if (a->type == DNS_A || a->type == DNS_AAAA) {
			jsonw_textz(w, NULL, ip_format(a->ip[i], ip));
		} else if (a->type == DNS_MX) {
			jsonw_array(w, NULL);
			jsonw_number(w, NULL, a->mx[i].preference);
			jsonw_text(w, NULL,
			    a->mx[i].host.n == 0 ? SPAN(".") : a->mx[i].host);
			jsonw_end(w);
		} else if (a->type == DNS_TXT) {
			octets_write(w, a->text[i]);
		} else {
			jsonw_text(w, NULL, a->text[i]);
		}
	}
	jsonw_end(w);
}

static const char *
rcode_of(const struct dns_answer *a)
{
	if (a->status == DNS_NXDOMAIN)
		return "NXDOMAIN";
	return a->problem != NULL &&
		       (span_is(span_of(a->problem), "timeout") ||
			   span_is(span_of(a->problem), "deadline"))
		   ? "TIMEOUT"
		   : "SERVFAIL";
}

/* All answers of one name; returns how many there are. */
static size_t
name_write(const struct zone_question *q, size_t count, struct jsonw *w)
{
	const char *rcode = NULL;
	char key[256];
	size_t n = 0;

	while (n < count && span_case_eq(q[n].name, q[0].name))
		n++;
	if (q->name.n >= sizeof(key))
		return n;
	for (size_t i = 0; i < q->name.n; i++)
		key[i] = ascii_lower(q->name.p[i]);
	key[q->name.n] = '\0';
	jsonw_object(w, key);
	for (size_t i = 0; i < n; i++) {
		if (q[i].answer->status == DNS_DATA)
			records_write(q[i].answer, w);
		else if (q[i].answer->status != DNS_NODATA && rcode == NULL)
			rcode = rcode_of(q[i].answer);
	}
	if (rcode != NULL)
		jsonw_textz(w, "_rcode", rcode);
	jsonw_end(w);
	return n;
}

bool
journal_dns_write(const struct message *m, struct jsonw *w)
{
	struct zone_questions q = { .arena = m->arena, .message = m };
	bool complete = true;
	size_t begin;

	if (m->dns != NULL)
		dns_each(m->dns, question_add, &q);
	if (q.count > 1)
		qsort(q.item, q.count, sizeof(*q.item), question_compare);
	jsonw_object(w, "dns");
	begin = w->out->n;
	for (size_t i = 0; i < q.count && complete;) {
		struct jsonw before = *w;
		size_t n = w->out->n;

		i += name_write(&q.item[i], q.count - i, w);
		if (w->out->n - begin <= ZONE_MAX)
			continue;
		*w = before;
		w->out->n = n;
		complete = false;
	}
	jsonw_end(w);
	return complete;
}
