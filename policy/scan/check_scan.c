/*
 * Asks clamd whether a message holds something harmful, at its end and only
 * when rules ask. What clamd has not seen, or not whole, is not known to be
 * clean.
 */
#include "config.h"

#include "policy/base/address.h"
#include "policy/base/crowd.h"
#include "policy/message/check.h"
#include "policy/message/loading.h"
#include "policy/message/session.h"
#include "policy/scan/scanner.h"
#include "rules/base/jsonw.h"
#include "rules/base/utf8.h"

struct scan_settings {
	const char *socket;
	setting_size max;
	setting_duration timeout;
};

struct scan_address {
	struct sockaddr_storage address;
	socklen_t length;
};

struct scan_slot {
	struct scan_job job;
	bool asked; /* the job's state is the scanner's until it is done */
	bool cut;   /* there is more than was handed over */
	const char *problem;
	struct span name; /* of what was found */
	bool known, found;
	bool none; /* there is no scanner to be asked */
};

static bool
scan_socket_fits(const void *base, struct arena *a, const char **why)
{
	const struct scan_settings *set = base;
	struct sockaddr_storage address;
	socklen_t length;
	const char *reason;

	if (set->socket[0] == '\0' ||
	    service_parse(span_of(set->socket), &address, &length, &reason))
		return true;
	*why = arena_printf(a, "scan: %s", reason);
	return false;
}

static const struct setting_row scan_setting_rows[] = {
	SETTING_OF(struct scan_settings, socket, "scan", "", 0, 0, NULL,
	    "socket of clamd: unix:PATH or inet:ADDRESS:PORT; empty: none",
	    scan_socket_fits, false),
	SETTING(struct scan_settings, max, "scan.max", "25M", 1024, 1e9, NULL,
	    "octets of a message that are scanned; at most clamd's StreamMaxLength"),
	SETTING(struct scan_settings, timeout, "scan.timeout", "5s", 100, 60000,
	    NULL, "how long the end of a message waits for the scanner"),
};

extern const struct check check_scan;

enum scan_fact { F_VIRUS, F_VIRUS_NAME, F_COUNT };

/* clang-format off */
static const struct fact_row scan_facts[] = {
	{ "virus", FACT_BOOL, STAGE_EOM, 0, NULL,
	  "clamd has found something harmful in the message" },
	{ "virus.name", FACT_TEXT, STAGE_EOM, FACT_IMPERSONAL, NULL,
	  "what clamd calls it; absent when it has found nothing" },
};
/* clang-format on */
_Static_assert(ARRAY_COUNT(scan_facts) == F_COUNT, "a row per fact");

/* ---- with the process and with a snapshot ---------------------------------- */

static void
scan_open(const struct services *s, void **lent)
{
	*lent = scanner_new(s);
}

static void
scan_close(void **lent)
{
	struct scanner *s = *lent;

	*lent = NULL;
	scanner_free(&s);
}

/* A rule about a scanner that nobody has named would never hold. */
static bool
scan_load(const struct loading *l, const void *settings, void **data,
    const char **why)
{
	const struct scan_settings *set = settings;
	const struct snapshot *s = l->snapshot;
	struct scan_address *a = arena_alloc(s->arena, sizeof(*a));

	if (set->socket[0] != '\0') {
		*data = a;
		return service_parse(
		    span_of(set->socket), &a->address, &a->length, why);
	}
	if (l->away || !check_is_read(s, &check_scan))
		return true;
	*why = "rules ask for virus or virus.name, and no scanner is named: "
	       "set one, such as scan unix:/run/clamav/clamd.ctl";
	return false;
}

/* ---- with a message --------------------------------------------------------- */

/* The header as it came and the line behind it, in the message's arena. */
static struct span
scan_header(struct message *m)
{
	struct buf out;
	struct span text;

	buf_init(&out, m->headers.octets + 8 * m->headers.count + 2);
	for (size_t i = 0; i < m->headers.count; i++) {
		const struct header_field *f = &m->headers.field[i];

		(void)buf_add(&out, f->raw_name);
		(void)buf_addc(&out, ':');
		(void)buf_add(&out, f->raw);
		(void)buf_addz(&out, "\r\n");
	}
	(void)buf_addz(&out, "\r\n");
	text = arena_dup(m->arena, buf_span(&out));
	buf_free(&out);
	return text;
}

static void
scan_begin(struct message *m, struct scan_slot *slot, struct scanner *scanner,
    const struct scan_address *to)
{
	const struct scan_settings *set = check_settings(m, &check_scan);
	struct span body = span_slice(buf_span(&m->body), 0, set->max.octets);
	struct scan_job *job = &slot->job;

	slot->cut = body.n < m->body.n || m->body_cut || m->body.over ||
		    m->headers.dropped > 0 || m->headers.tight;
	job->address = to->address;
	job->address_length = to->length;
	job->waits = m->waits;
	job->group = crowd_group(m->session->client);
	job->text[0] = scan_header(m);
	job->text[1] = body;
	slot->asked = true;
	waits_open(m->waits);
	scanner_ask(scanner, job);
}

static void
scan_gather(struct message *m, void *opaque, enum stage stage)
{
	const struct scan_address *to =
	    check_data(m->session->snapshot, &check_scan);
	struct scanner *scanner = check_lent(m, &check_scan);
	struct scan_slot *slot = opaque;

	if (stage != STAGE_EOM || !check_wanted(m, &check_scan) ||
	    m->envelope_only)
		return;
	slot->none = to == NULL;
	if (slot->none)
		slot->problem = "no scanner is configured";
	else if (scanner == NULL)
		slot->problem = "only the daemon asks the scanner";
	else
		scan_begin(m, slot, scanner, to);
}

/* What the answer says of the whole message. */
static void
scan_read(struct message *m, struct scan_slot *slot)
{
	const struct scan_job *job = &slot->job;
	struct span name;

	if (job->state == SCAN_FAILED) {
		slot->problem = job->problem;
		return;
	}
	switch (clamd_parse(span_make(job->answer, job->answered), &name)) {
	case CLAMD_FOUND:
		slot->known = slot->found = true;
		slot->name = utf8_clean(name, m->arena);
		return;
	case CLAMD_CLEAN:
		slot->known = !slot->cut;
		slot->problem = "the message is larger than what is scanned";
		return;
	case CLAMD_TOO_BIG:
		slot->problem = "the scanner does not take so large a message";
		return;
	case CLAMD_ERROR:
		slot->problem = "the scanner reports an error";
		return;
	}
}

static void
scan_state(struct message *m, struct scan_slot *slot)
{
	fact_id virus = check_fact(m, &check_scan, F_VIRUS);
	fact_id name = check_fact(m, &check_scan, F_VIRUS_NAME);

	if (!slot->known) {
		facts_unknown(m->facts, virus, slot->problem);
		facts_unknown(m->facts, name, slot->problem);
		if (!slot->none)
			message_incomplete(m, "scan");
		return;
	}
	facts_bool(m->facts, virus, slot->found);
	facts_set(m->facts, name,
	    slot->found ? value_text(slot->name) : value_absent());
}

static bool
scan_judge(struct message *m, void *opaque, enum stage stage)
{
	struct scanner *scanner = check_lent(m, &check_scan);
	struct scan_slot *slot = opaque;

	if (stage != STAGE_EOM)
		return false;
	if (!check_wanted(m, &check_scan) || m->envelope_only)
		return true;
	if (slot->asked) {
		if (!scanner_done(scanner, &slot->job))
			return false;
		waits_shut(m->waits);
		scan_read(m, slot);
	}
	scan_state(m, slot);
	return true;
}

static int64_t
scan_patience_ms(const struct message *m)
{
	const struct scan_settings *set = check_settings(m, &check_scan);

	return set->timeout.ms;
}

static void
scan_give_up(struct message *m, void *opaque)
{
	struct scan_slot *slot = opaque;

	if (slot->asked)
		scanner_drop(check_lent(m, &check_scan), &slot->job,
		    "the scanner has not answered in time");
}

static void
scan_release(struct message *m, void *opaque)
{
	struct scan_slot *slot = opaque;

	if (slot->asked)
		scanner_drop(check_lent(m, &check_scan), &slot->job, NULL);
}

/* ---- telling ----------------------------------------------------------------- */

static bool
scan_said(const struct scan_slot *slot)
{
	return !slot->none && (slot->known || slot->problem != NULL);
}

static void
scan_json(struct message *m, void *opaque, struct jsonw *out)
{
	const struct scan_slot *slot = opaque;

	(void)m;
	if (!scan_said(slot))
		return;
	jsonw_object(out, "scan");
	jsonw_textz(out, "result",
	    !slot->known  ? "unknown"
	    : slot->found ? "found"
			  : "clean");
	if (slot->known && slot->found)
		jsonw_text(out, "name", slot->name);
	if (!slot->known)
		jsonw_textz(out, "problem", slot->problem);
	jsonw_end(out);
}

static void
scan_explain(struct message *m, void *opaque, struct buf *out, int level)
{
	const struct scan_slot *slot = opaque;

	(void)m;
	(void)level;
	if (!scan_said(slot))
		return;
	if (!slot->known)
		(void)buf_printf(
		    out, "Scanner: nothing is known, for %s.\n", slot->problem);
	else if (slot->found)
		(void)buf_printf(
		    out, "Scanner: it has found %.*s.\n", SPAN_FMT(slot->name));
	else
		(void)buf_addz(out, "Scanner: it has found nothing.\n");
}

static const struct result_row scan_results[] = {
	{ .fact = F_VIRUS_NAME, .key = "virus", .title = "virus" },
};

const struct check check_scan = {
	.name = "scan",
	.facts = scan_facts,
	.fact_count = ARRAY_COUNT(scan_facts),
	.results = scan_results,
	.result_count = ARRAY_COUNT(scan_results),
	.settings = scan_setting_rows,
	.setting_count = ARRAY_COUNT(scan_setting_rows),
	.settings_size = sizeof(struct scan_settings),
	.slot_size = sizeof(struct scan_slot),
	.open = scan_open,
	.close = scan_close,
	.load = scan_load,
	.gather = scan_gather,
	.judge = scan_judge,
	.patience_ms = scan_patience_ms,
	.give_up = scan_give_up,
	.release = scan_release,
	.json = scan_json,
	.explain = scan_explain,
};
