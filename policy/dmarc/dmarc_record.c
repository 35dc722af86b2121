/*
 * The syntax of DMARC records. It does not know where a record was found.
 */
#include "config.h"

#include "policy/dmarc/dmarc_record.h"

const char *const dmarc_policy_names[] = { NULL, "none", "quarantine",
	"reject" };
_Static_assert(ARRAY_COUNT(dmarc_policy_names) == DMARC_P_REJECT + 1,
    "a name for each policy");

bool
dmarc_record_is(struct span text)
{
	struct span rest = text, tag, name;
	size_t equals;

	if (!span_cut(&rest, ';', &tag))
		return false;
	equals = span_find(tag, '=');
	if (equals == SIZE_MAX || tag.n == 0 || ascii_space(tag.p[0]))
		return false;
	name = span_trim(span_slice(tag, 0, equals));
	return span_case_is(name, "v") &&
	       span_is(span_trim(span_slice(tag, equals + 1, tag.n)), "DMARC1");
}

/* ---- values ---------------------------------------------------------------- */

/* Each reads one value; false when it is bad. The first good one holds. */
typedef bool record_read(struct span value, struct dmarc_record *out);

static bool
record_policy(struct span value, enum dmarc_policy *out)
{
	for (size_t i = DMARC_P_NONE; i <= DMARC_P_REJECT; i++)
		if (span_case_is(value, dmarc_policy_names[i])) {
			*out = (enum dmarc_policy)i;
			return true;
		}
	return false;
}

static bool
record_read_p(struct span value, struct dmarc_record *out)
{
	return record_policy(value, &out->p);
}

static bool
record_read_sp(struct span value, struct dmarc_record *out)
{
	return record_policy(value, &out->sp);
}

static bool
record_read_np(struct span value, struct dmarc_record *out)
{
	return record_policy(value, &out->np);
}

static bool
record_read_letter(struct span value, char yes, char no, bool *out)
{
	if (value.n != 1)
		return false;
	*out = ascii_lower(value.p[0]) == yes;
	return *out || ascii_lower(value.p[0]) == no;
}

static bool
record_read_adkim(struct span value, struct dmarc_record *out)
{
	return record_read_letter(value, 's', 'r', &out->dkim_strict);
}

static bool
record_read_aspf(struct span value, struct dmarc_record *out)
{
	return record_read_letter(value, 's', 'r', &out->spf_strict);
}

static bool
record_read_t(struct span value, struct dmarc_record *out)
{
	return record_read_letter(value, 'y', 'n', &out->testing);
}

static bool
record_read_psd(struct span value, struct dmarc_record *out)
{
	if (span_case_is(value, "y"))
		out->psd = DMARC_PSD_YES;
	else if (span_case_is(value, "n"))
		out->psd = DMARC_PSD_NO;
	else
		return span_case_is(value, "u");
	return true;
}

static bool
record_read_fo(struct span value, struct dmarc_record *out)
{
	struct span rest = value, piece;

	while (span_cut(&rest, ':', &piece)) {
		piece = span_trim(piece);
		if (piece.n != 1 || span_find(SPAN("01ds"),
					ascii_lower(piece.p[0])) == SIZE_MAX)
			return false;
	}
	out->fo = value;
	return true;
}

static size_t
record_uri_count(struct span list)
{
	struct span uri;
	size_t count = 0;

	while (dmarc_uri_next(&list, &uri))
		count++;
	return count;
}

static bool
record_read_rua(struct span value, struct dmarc_record *out)
{
	out->rua = value;
	out->rua_count = record_uri_count(value);
	return out->rua_count > 0;
}

static bool
record_read_ruf(struct span value, struct dmarc_record *out)
{
	out->ruf = value;
	return record_uri_count(value) > 0;
}

static bool
record_read_historic(struct span value, struct dmarc_record *out)
{
	(void)value;
	out->historic = true;
	return true;
}

static const struct {
	const char *name;
	record_read *read;
	bool decides; /* a bad value brings the rule of 4.10.1 */
	const char *problem;
} record_tags[] = {
	{ "p", record_read_p, true, "bad value of p" },
	{ "sp", record_read_sp, true, "bad value of sp" },
	{ "np", record_read_np, true, "bad value of np" },
	{ "adkim", record_read_adkim, false, "bad value of adkim" },
	{ "aspf", record_read_aspf, false, "bad value of aspf" },
	{ "psd", record_read_psd, false, "bad value of psd" },
	{ "t", record_read_t, false, "bad value of t" },
	{ "fo", record_read_fo, false, "bad value of fo" },
	{ "rua", record_read_rua, false, "no valid URI in rua" },
	{ "ruf", record_read_ruf, false, "no valid URI in ruf" },
	{ "pct", record_read_historic, false, NULL },
	{ "rf", record_read_historic, false, NULL },
	{ "ri", record_read_historic, false, NULL },
};
#define RECORD_TAGS ARRAY_COUNT(record_tags)

/* What became of each known tag. */
struct record_seen {
	bool good[RECORD_TAGS], bad[RECORD_TAGS];
};

static void
record_read_tag(
    struct span tag, struct dmarc_record *out, struct record_seen *seen)
{
	size_t equals = span_find(tag, '=');
	struct span name = span_trim(span_slice(tag, 0, equals)), value;

	if (equals == SIZE_MAX)
		return;
	value = span_trim(span_slice(tag, equals + 1, tag.n));
	for (size_t i = 0; i < RECORD_TAGS; i++) {
		if (!span_case_is(name, record_tags[i].name))
			continue;
		if (seen->good[i])
			return;
		seen->good[i] = record_tags[i].read(value, out);
		if (!seen->good[i])
			seen->bad[i] = true;
		return;
	}
}

/* RFC 9989, 4.10.1: what to do without a usable p, or with a bad sp or np. */
static void
record_conclude(struct dmarc_record *out, const struct record_seen *seen)
{
	bool broken = out->p == DMARC_P_ABSENT;

	if (broken)
		out->problem = "no p";
	for (size_t i = 0; i < RECORD_TAGS; i++) {
		if (!seen->bad[i] || seen->good[i])
			continue;
		if (record_tags[i].decides)
			broken = true;
		if (out->problem == NULL || record_tags[i].decides)
			out->problem = record_tags[i].problem;
	}
	if (!broken)
		return;
	out->state =
	    out->rua_count > 0 ? DMARC_RECORD_MONITOR : DMARC_RECORD_VOID;
	out->p = DMARC_P_NONE;
	out->sp = out->np = DMARC_P_ABSENT;
}

void
dmarc_record_parse(struct span text, struct dmarc_record *out)
{
	struct record_seen seen = { { false }, { false } };
	struct span rest = text, tag;

	*out = (struct dmarc_record){ .state = DMARC_RECORD_GOOD };
	out->text = text;
	out->fo = out->rua = out->ruf = SPAN("");
	(void)span_cut(&rest, ';', &tag);
	while (span_cut(&rest, ';', &tag))
		record_read_tag(tag, out, &seen);
	record_conclude(out, &seen);
}

/* ---- URIs ------------------------------------------------------------------ */

/* Drops "!10m" from the end (RFC 7489, 6.2); false when what is there is no
 * size. */
static bool
uri_drop_size(struct span *uri)
{
	size_t mark = span_find(*uri, '!');
	struct span size;
	uint64_t number;

	if (mark == SIZE_MAX)
		return true;
	size = span_slice(*uri, mark + 1, uri->n);
	if (size.n > 0 && span_find(SPAN("kmgt"),
			      ascii_lower(size.p[size.n - 1])) != SIZE_MAX)
		size.n--;
	*uri = span_slice(*uri, 0, mark);
	return span_number(size, &number);
}

/* A scheme, a colon and something of RFC 3986's characters. */
static bool
uri_is_valid(struct span uri)
{
	size_t colon = span_find(uri, ':'), at;

	if (colon == SIZE_MAX || colon == 0 || colon + 1 == uri.n ||
	    !ascii_alpha(uri.p[0]))
		return false;
	for (size_t i = 0; i < uri.n; i++)
		if (uri.p[i] <= ' ' || uri.p[i] >= 0x7f ||
		    span_find(SPAN("\"<>\\^`{|}"), uri.p[i]) != SIZE_MAX ||
		    (i < colon && !ascii_alnum(uri.p[i]) &&
			span_find(SPAN("+-."), uri.p[i]) == SIZE_MAX))
			return false;
	at = span_find_last(uri, '@');
	return !span_case_starts(uri, SPAN("mailto:")) ||
	       (at != SIZE_MAX && at > colon + 1 && at + 1 < uri.n);
}

bool
dmarc_uri_next(struct span *list, struct span *uri)
{
	while (span_cut(list, ',', uri)) {
		*uri = span_trim(*uri);
		if (uri_drop_size(uri) && uri_is_valid(*uri))
			return true;
	}
	return false;
}
