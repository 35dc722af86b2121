/*
 * The only file that includes pcre2.h and hs.h: compiles one pattern, runs
 * it within its bounds, and keeps a database of many. What is a candidate,
 * and in which order patterns run, is not known here.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#ifdef HAVE_HYPERSCAN
#include <hs.h>
#endif

#include "rules/base/bits.h"
#include "rules/base/panic.h"
#include "rules/match/regex.h"

/* How a JIT stack starts; most matches need no more. */
#define JIT_STACK_START 32768

struct regex {
	pcre2_code *code;
	bool jit;
	bool anchored;
	bool has_first;    /* a match starts with one of first */
	uint8_t first[32]; /* bit per octet */
};

struct regex_scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	void *hs; /* for the databases; NULL without one */
};

/* ---- PCRE2 --------------------------------------------------------------- */

static uint32_t
regex_options(unsigned flags, bool raw)
{
	uint32_t o = PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT;

	o |= raw ? PCRE2_NEVER_UTF | PCRE2_NEVER_UCP : PCRE2_UTF | PCRE2_UCP;
	o |= flags & PATTERN_CASELESS ? PCRE2_CASELESS : 0;
	o |= flags & PATTERN_MULTILINE ? PCRE2_MULTILINE : 0;
	o |= flags & PATTERN_DOTALL ? PCRE2_DOTALL : 0;
	o |= flags & PATTERN_EXTENDED ? PCRE2_EXTENDED : 0;
	return o;
}

static uint32_t
regex_info(const pcre2_code *code, uint32_t what)
{
	uint32_t value = 0;

	if (pcre2_pattern_info(code, what, &value) != 0)
		panic("PCRE2 does not tell about a pattern (%u)", what);
	return value;
}

static void
regex_first_add(struct regex *r, uint32_t octet)
{
	r->first[octet / 8 % 32] |= (uint8_t)(1U << octet % 8);
}

/*
 * With which octets can a match start? PCRE2 does not say whether its first
 * code unit is meant without regard to case: both cases are a safe answer.
 */
static void
regex_learn_first(struct regex *r)
{
	const uint8_t *map = NULL;

	if (regex_info(r->code, PCRE2_INFO_FIRSTCODETYPE) == 1) {
		uint32_t c = regex_info(r->code, PCRE2_INFO_FIRSTCODEUNIT);

		regex_first_add(r, c);
		if (ascii_alpha((char)c))
			regex_first_add(r, c ^ 0x20);
		/* Beyond ASCII the other case may be any octet. */
		r->has_first = c < 0x80;
	} else if (pcre2_pattern_info(r->code, PCRE2_INFO_FIRSTBITMAP, &map) ==
		       0 &&
		   map != NULL) {
		memcpy(r->first, map, sizeof(r->first));
		r->has_first = true;
	}
}

static pcre2_code *
regex_compile(struct span pattern, uint32_t options, int *number, size_t *at)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	const char *p = pattern.p == NULL ? "" : pattern.p;
	pcre2_code *code;

	if (context == NULL)
		panic("out of memory");
	/* A text is the same wherever this runs. */
	(void)pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	(void)pcre2_set_bsr(context, PCRE2_BSR_UNICODE);
	code = pcre2_compile(
	    (PCRE2_SPTR)p, pattern.n, options, number, at, context);
	pcre2_compile_context_free(context);
	return code;
}

static void
regex_explain(int number, size_t at, struct pattern_error *error)
{
	PCRE2_UCHAR text[sizeof(error->message)];

	if (pcre2_get_error_message(number, text, sizeof(text)) < 0)
		(void)snprintf(
		    (char *)text, sizeof(text), "PCRE2 error %d", number);
	(void)snprintf(
	    error->message, sizeof(error->message), "%s", (const char *)text);
	error->offset = at;
}

struct regex *
regex_new(struct span pattern, unsigned flags,
    const struct patterns_options *options, struct pattern_error *error)
{
	struct regex *r;
	size_t at = 0;
	int number = 0;
	pcre2_code *code = regex_compile(
	    pattern, regex_options(flags, options->raw), &number, &at);

	if (code == NULL) {
		if (error != NULL)
			regex_explain(
			    number, at < pattern.n ? at : pattern.n, error);
		return NULL;
	}
	r = xcalloc(1, sizeof(*r));
	r->code = code;
	r->jit = !options->no_jit &&
		 pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;
	r->anchored =
	    (regex_info(code, PCRE2_INFO_ALLOPTIONS) & PCRE2_ANCHORED) != 0;
	regex_learn_first(r);
	return r;
}

void
regex_free(struct regex **r)
{
	if (*r == NULL)
		return;
	pcre2_code_free((*r)->code);
	free(*r);
	*r = NULL;
}

bool
regex_jit(const struct regex *r)
{
	return r->jit;
}

bool
regex_restarts(const struct regex *r)
{
	return !r->anchored;
}

size_t
regex_memory(const struct regex *r)
{
	size_t code = 0, jit = 0;

	(void)pcre2_pattern_info(r->code, PCRE2_INFO_SIZE, &code);
	(void)pcre2_pattern_info(r->code, PCRE2_INFO_JITSIZE, &jit);
	return sizeof(*r) + code + jit;
}

struct pattern_result
regex_match(const struct regex *r, struct regex_scratch *s, struct span text,
    size_t start, size_t last)
{
	struct pattern_result result = { PATTERN_LIMIT, 0, 0 };
	const char *p = text.p == NULL ? "" : text.p;
	size_t *ends;
	int rc;

	(void)pcre2_set_offset_limit(
	    s->context, last == SIZE_MAX ? PCRE2_UNSET : last);
	rc = pcre2_match(r->code, (PCRE2_SPTR)p, text.n, start,
	    PCRE2_NO_UTF_CHECK, s->data, s->context);
	if (rc == PCRE2_ERROR_NOMATCH)
		result.answer = PATTERN_NO;
	/* Whatever else goes wrong: it is not known whether there is a match. */
	if (rc < 0)
		return result;
	ends = pcre2_get_ovector_pointer(s->data);
	result.answer = PATTERN_YES;
	/* \K in a look-ahead can put the start behind the end. */
	result.offset = ends[0];
	result.length = ends[1] > ends[0] ? ends[1] - ends[0] : 0;
	return result;
}

size_t
regex_next_start(const struct regex *r, struct span text, size_t start)
{
	if (!r->has_first)
		return start;
	for (; start < text.n; start++) {
		unsigned char c = (unsigned char)text.p[start];

		if (r->first[c / 8] >> c % 8 & 1)
			return start;
	}
	return SIZE_MAX;
}

void
regex_version(char *out, size_t size)
{
	char version[64] = "";
	uint32_t has_jit = 0;
	pcre2_code *code;
	int number;
	size_t at;

	if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) < (int)sizeof(version))
		(void)pcre2_config(PCRE2_CONFIG_VERSION, version);
	version[strcspn(version, " ")] = '\0';
	(void)pcre2_config(PCRE2_CONFIG_JIT, &has_jit);
	code = regex_compile(SPAN("a+b"), 0, &number, &at);
	if (has_jit && code != NULL &&
	    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0)
		has_jit = 2;
	pcre2_code_free(code);
	(void)snprintf(out, size, "PCRE2 %s %s", version,
	    has_jit == 2   ? "with JIT"
	    : has_jit == 1 ? "without JIT (not permitted to this process)"
			   : "without JIT");
}

/* ---- Hyperscan and Vectorscan ------------------------------------------- */

#ifdef HAVE_HYPERSCAN

struct regex_db {
	hs_database_t *hs;
};

bool
regex_db_usable(void)
{
	return hs_valid_platform() == HS_SUCCESS;
}

void
regex_db_version(char *out, size_t size)
{
	/* "5.4.0 2022-04-28"; both libraries go by one name here. */
	(void)snprintf(out, size, "Hyperscan %.*s%s",
	    (int)strcspn(hs_version(), " "), hs_version(),
	    regex_db_usable() ? "" : " (not on this processor)");
}

void
regex_db_platform(char *out, size_t size)
{
	hs_platform_info_t info = { 0 };

	(void)hs_populate_platform(&info);
	(void)snprintf(out, size, "%s/%llx", hs_version(), info.cpu_features);
}

static unsigned
regex_db_flags(const struct regex_db_item *item)
{
	unsigned f = HS_FLAG_ALLOWEMPTY | HS_FLAG_SINGLEMATCH;

	f |= item->loose ? HS_FLAG_PREFILTER : 0;
	f |= item->flags & PATTERN_CASELESS ? HS_FLAG_CASELESS : 0;
	f |= item->flags & PATTERN_MULTILINE ? HS_FLAG_MULTILINE : 0;
	f |= item->flags & PATTERN_DOTALL ? HS_FLAG_DOTALL : 0;
	return f;
}

/* The library wants a C string; extended mode is an option inside. */
static char *
regex_db_text(const struct regex_db_item *item)
{
	const char *start = item->flags & PATTERN_EXTENDED ? "(?x)" : "";
	size_t n = strlen(start);
	char *z = xmalloc(n + item->pattern.n + 1);

	memcpy(z, start, n);
	if (item->pattern.n > 0)
		memcpy(z + n, item->pattern.p, item->pattern.n);
	z[n + item->pattern.n] = '\0';
	return z;
}

/* As it is, or as its `loose` says. */
static bool
regex_db_asks(struct regex_db_item *item, const char *z)
{
	hs_expr_info_t *info = NULL;
	hs_compile_error_t *error = NULL;
	hs_error_t rc;

	rc = hs_expression_info(z, regex_db_flags(item), &info, &error);
	(void)hs_free_compile_error(error);
	if (rc == HS_SUCCESS)
		item->width = info->max_width;
	/* Allocated with malloc as long as nobody sets another allocator. */
	free(info);
	return rc == HS_SUCCESS;
}

bool
regex_db_takes(struct regex_db_item *item)
{
	bool taken;
	char *z;

	if (span_find(item->pattern, '\0') != SIZE_MAX)
		return false;
	z = regex_db_text(item);
	item->loose = false;
	taken = regex_db_asks(item, z);
	if (!taken) {
		item->loose = true;
		taken = regex_db_asks(item, z);
	}
	free(z);
	return taken;
}

static bool
regex_db_serialize(hs_database_t *db, char **bytes, size_t *size)
{
	hs_error_t rc = hs_serialize_database(db, bytes, size);

	(void)hs_free_database(db);
	return rc == HS_SUCCESS;
}

bool
regex_db_compile(const struct regex_db_item *items, size_t count, char **bytes,
    size_t *size, size_t *culprit)
{
	char **texts = xcalloc(count + 1, sizeof(*texts));
	unsigned *flags = xcalloc(count + 1, sizeof(*flags));
	unsigned *ids = xcalloc(count + 1, sizeof(*ids));
	hs_compile_error_t *error = NULL;
	hs_database_t *db = NULL;
	hs_error_t rc;

	for (size_t i = 0; i < count; i++) {
		texts[i] = regex_db_text(&items[i]);
		flags[i] = regex_db_flags(&items[i]);
		ids[i] = items[i].id;
	}
	rc = hs_compile_multi((const char *const *)texts, flags, ids,
	    (unsigned)count, HS_MODE_BLOCK, NULL, &db, &error);
	*culprit = error != NULL && error->expression >= 0
		       ? (size_t)error->expression
		       : SIZE_MAX;
	(void)hs_free_compile_error(error);
	for (size_t i = 0; i < count; i++)
		free(texts[i]);
	free(texts);
	free(flags);
	free(ids);
	return rc == HS_SUCCESS && regex_db_serialize(db, bytes, size);
}

struct regex_db *
regex_db_load(struct span bytes)
{
	struct regex_db *db;
	hs_database_t *hs = NULL;

	if (!regex_db_usable() ||
	    hs_deserialize_database(bytes.p, bytes.n, &hs) != HS_SUCCESS)
		return NULL;
	db = xcalloc(1, sizeof(*db));
	db->hs = hs;
	return db;
}

void
regex_db_free(struct regex_db **db)
{
	if (*db == NULL)
		return;
	(void)hs_free_database((*db)->hs);
	free(*db);
	*db = NULL;
}

size_t
regex_db_memory(const struct regex_db *db)
{
	size_t size = 0;

	(void)hs_database_size(db->hs, &size);
	return size;
}

void
regex_scratch_fit(struct regex_scratch *s, const struct regex_db *db)
{
	hs_scratch_t *hs = s->hs;

	if (db == NULL)
		return;
	(void)hs_alloc_scratch(db->hs, &hs);
	s->hs = hs;
}

static void
regex_db_scratch_free(void *hs)
{
	(void)hs_free_scratch(hs);
}

struct regex_db_hits {
	uint64_t *bits;
	uint32_t *end; /* or NULL */
};

static int
regex_db_hit(unsigned id, unsigned long long from, unsigned long long to,
    unsigned flags, void *context)
{
	const struct regex_db_hits *hits = context;

	(void)from;
	(void)flags;
	bit_set(hits->bits, id);
	if (hits->end != NULL)
		hits->end[id] = (uint32_t)to;
	return 0;
}

bool
regex_db_scan(const struct regex_db *db, struct regex_scratch *s,
    struct span text, uint64_t *bits, uint32_t *end)
{
	struct regex_db_hits hits = { bits, end };

	if (s->hs == NULL || text.n > UINT32_MAX)
		return false;
	return hs_scan(db->hs, text.p == NULL ? "" : text.p, (unsigned)text.n,
		   0, s->hs, regex_db_hit, &hits) == HS_SUCCESS;
}

#else /* !HAVE_HYPERSCAN */

bool
regex_db_usable(void)
{
	return false;
}

void
regex_db_version(char *out, size_t size)
{
	(void)snprintf(out, size, "%s", "");
}

void
regex_db_platform(char *out, size_t size)
{
	(void)snprintf(out, size, "%s", "none");
}

bool
regex_db_takes(struct regex_db_item *item)
{
	(void)item;
	return false;
}

bool
regex_db_compile(const struct regex_db_item *items, size_t count, char **bytes,
    size_t *size, size_t *culprit)
{
	(void)items;
	(void)count;
	*bytes = NULL;
	*size = 0;
	*culprit = SIZE_MAX;
	return false;
}

struct regex_db *
regex_db_load(struct span bytes)
{
	(void)bytes;
	return NULL;
}

void
regex_db_free(struct regex_db **db)
{
	*db = NULL;
}

size_t
regex_db_memory(const struct regex_db *db)
{
	(void)db;
	return 0;
}

void
regex_scratch_fit(struct regex_scratch *s, const struct regex_db *db)
{
	(void)s;
	(void)db;
}

static void
regex_db_scratch_free(void *hs)
{
	(void)hs;
}

bool
regex_db_scan(const struct regex_db *db, struct regex_scratch *s,
    struct span text, uint64_t *bits, uint32_t *end)
{
	(void)db;
	(void)s;
	(void)text;
	(void)bits;
	(void)end;
	return false;
}

#endif

/* ---- scratch ------------------------------------------------------------- */

struct regex_scratch *
regex_scratch_new(const struct patterns_options *options)
{
	struct regex_scratch *s = xcalloc(1, sizeof(*s));

	s->data = pcre2_match_data_create(1, NULL);
	s->context = pcre2_match_context_create(NULL);
	if (s->data == NULL || s->context == NULL)
		panic("out of memory");
	(void)pcre2_set_match_limit(s->context, options->match_limit);
	(void)pcre2_set_depth_limit(s->context, options->depth_limit);
	(void)pcre2_set_heap_limit(s->context, options->heap_kib);
	if (!options->no_jit) {
		/* Without one (NULL) JIT code runs on 32 KiB of our stack. */
		s->stack = pcre2_jit_stack_create(
		    JIT_STACK_START, options->jit_stack_max, NULL);
		pcre2_jit_stack_assign(s->context, NULL, s->stack);
	}
	return s;
}

void
regex_scratch_free(struct regex_scratch **s)
{
	if (*s == NULL)
		return;
	regex_db_scratch_free((*s)->hs);
	pcre2_jit_stack_free((*s)->stack);
	pcre2_match_context_free((*s)->context);
	pcre2_match_data_free((*s)->data);
	free(*s);
	*s = NULL;
}
