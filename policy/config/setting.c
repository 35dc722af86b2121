/*
 * Typed values of settings: reading, printing and saying what is expected.
 * Knows nothing of files and places; config.c does.
 */
#include "config.h"

#include "policy/config/setting.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/panic.h"

struct unit {
	const char *name;
	double factor;
};

static const struct unit duration_unit[] = { { "ms", 1 }, { "s", 1000 },
	{ "m", 60e3 }, { "h", 3600e3 }, { "d", 86400e3 }, { "w", 604800e3 },
	{ NULL, 0 } };
static const struct unit size_unit[] = { { "", 1 }, { "k", 1024 },
	{ "M", 1048576 }, { "G", 1073741824 }, { NULL, 0 } };
static const struct unit no_unit[] = { { "", 1 }, { NULL, 0 } };

static const struct unit *
setting_units(const struct setting_row *row)
{
	if (row->type == SETTING_DURATION)
		return duration_unit;
	return row->type == SETTING_SIZE ? size_unit : no_unit;
}

/* "5s" with the row's units; false when it is not such a number. */
static bool
quantity_parse(const struct setting_row *row, struct span text, double *out)
{
	const struct unit *unit = setting_units(row);
	char digits[32];
	size_t n = 0;
	char *end;

	while (n < text.n && (ascii_digit(text.p[n]) || text.p[n] == '.' ||
				 (n == 0 && text.p[n] == '-')))
		n++;
	if (n == 0 || n >= sizeof(digits))
		return false;
	memcpy(digits, text.p, n);
	digits[n] = '\0';
	*out = strtod(digits, &end);
	if (*end != '\0' || end == digits || !isfinite(*out))
		return false;
	/* Zero needs no unit. */
	if (n == text.n && *out == 0)
		return true;
	for (; unit->name != NULL; unit++)
		if (span_case_is(span_slice(text, n, text.n), unit->name)) {
			*out *= unit->factor;
			return true;
		}
	return false;
}

static bool
bool_parse(struct span text, bool *out)
{
	static const char *const yes[] = { "on", "yes", "true" };
	static const char *const no[] = { "off", "no", "false" };

	for (size_t i = 0; i < ARRAY_COUNT(yes); i++) {
		if (span_case_is(text, yes[i]) || span_case_is(text, no[i])) {
			*out = span_case_is(text, yes[i]);
			return true;
		}
	}
	return false;
}

static bool
word_parse(const struct setting_row *row, struct span text, unsigned *out)
{
	for (unsigned i = 0; row->words[i] != NULL; i++)
		if (span_case_is(text, row->words[i])) {
			*out = i;
			return true;
		}
	return false;
}

/* Writes a number to its member; range has been checked. */
static void
quantity_store(const struct setting_row *row, double number, void *member)
{
	switch (row->type) {
	case SETTING_NUMBER:
		*(uint64_t *)member = (uint64_t)number;
		break;
	case SETTING_DECIMAL:
		*(double *)member = number;
		break;
	case SETTING_DURATION:
		((setting_duration *)member)->ms = (int64_t)number;
		break;
	case SETTING_SIZE:
		((setting_size *)member)->octets = (uint64_t)number;
		break;
	default:
		panic("%s is no quantity", row->key);
	}
}

static bool
quantity_set(const struct setting_row *row, struct span text, void *member)
{
	double number;

	if (!quantity_parse(row, text, &number))
		return false;
	if (row->type != SETTING_DECIMAL &&
	    (number < 0 || number != floor(number)))
		return false;
	if ((row->min != 0 || row->max != 0) &&
	    (number < row->min || number > row->max))
		return false;
	quantity_store(row, number, member);
	return true;
}

static bool
nets_set(const struct span *value, size_t count, struct setting_nets *nets,
    struct arena *a, size_t *bad)
{
	struct ip_net *net = arena_array(a, count + 1, sizeof(*net));

	if (count == 1 && span_is(value[0], "none"))
		count = 0;
	for (size_t i = 0; i < count; i++)
		if (!ip_net_parse(value[i], &net[i])) {
			*bad = i;
			return false;
		}
	nets->net = net;
	nets->count = count;
	return true;
}

static void
list_set(const struct span *value, size_t count, struct setting_list *list,
    struct arena *a)
{
	struct span *item = arena_array(a, count, sizeof(*item));

	for (size_t i = 0; i < count; i++)
		item[i] = arena_dup(a, value[i]);
	list->item = item;
	list->count = count;
}

static bool
setting_store(const struct setting_row *row, const struct span *value,
    size_t count, void *member, struct arena *a, size_t *bad)
{
	switch (row->type) {
	case SETTING_LIST:
		list_set(value, count, member, a);
		return true;
	case SETTING_NETS:
		return nets_set(value, count, member, a, bad);
	case SETTING_BOOL:
		return bool_parse(value[0], member);
	case SETTING_TEXT:
		*(const char **)member = arena_strdup(a, value[0]);
		return span_find(value[0], '\0') == SIZE_MAX;
	case SETTING_WORD:
		return word_parse(
		    row, value[0], &((setting_word *)member)->index);
	default:
		return quantity_set(row, value[0], member);
	}
}

bool
setting_parse(const struct setting_row *row, const struct span *value,
    size_t count, void *base, struct arena *a, size_t *bad, const char **why)
{
	bool many = row->type == SETTING_LIST || row->type == SETTING_NETS;
	void *member = (char *)base + row->offset;

	*bad = 0;
	if (!many && count != 1) {
		*bad = count > 1 ? 1 : 0;
		*why = arena_printf(a, "%s takes one value: %s", row->key,
		    setting_expects(row, a));
		return false;
	}
	if (!setting_store(row, value, count, member, a, bad)) {
		*why = arena_printf(
		    a, "%s takes %s", row->key, setting_expects(row, a));
		return false;
	}
	return true;
}

void
setting_standard(const struct setting_row *row, void *base, struct arena *a)
{
	struct span value[16], rest = span_of(row->standard), piece;
	size_t count = 0, bad;
	const char *why;

	if (row->type == SETTING_TEXT)
		value[count++] = rest;
	else
		while (span_cut(&rest, ' ', &piece))
			if (piece.n > 0 && count < ARRAY_COUNT(value))
				value[count++] = piece;
	if (!setting_parse(row, value, count, base, a, &bad, &why))
		panic("default of %s: %s", row->key, why);
}

/* The number with the largest unit that divides it. */
static void
quantity_format(const struct setting_row *row, double number, struct buf *out)
{
	const struct unit *unit = setting_units(row), *best = unit;

	for (; unit->name != NULL && number != 0; unit++)
		if (fmod(number, unit->factor) == 0)
			best = unit;
	(void)buf_printf(out, "%.15g%s", number / best->factor,
	    number == 0 ? "" : best->name);
}

static void
text_format(struct span text, struct buf *out)
{
	bool bare = text.n > 0;

	for (size_t i = 0; i < text.n; i++)
		bare = bare && (ascii_alnum(text.p[i]) ||
				   strchr("./:@*?+-_%[]", text.p[i]) != NULL);
	if (bare) {
		(void)buf_add(out, text);
		return;
	}
	(void)buf_addc(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			(void)buf_addc(out, '\\');
		(void)buf_addc(out, text.p[i]);
	}
	(void)buf_addc(out, '"');
}

static void
many_format(const struct setting_row *row, const void *member, struct buf *out)
{
	const struct setting_list *list = member;
	const struct setting_nets *nets = member;
	size_t count = row->type == SETTING_LIST ? list->count : nets->count;
	char ip[IP_TEXT_MAX];

	if (count == 0 && row->type == SETTING_NETS)
		(void)buf_addz(out, "none");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			(void)buf_addc(out, ' ');
		if (row->type == SETTING_LIST)
			text_format(list->item[i], out);
		else
			(void)buf_printf(out, "%s/%u",
			    ip_format(nets->net[i].base, ip),
			    nets->net[i].bits);
	}
}

void
setting_format(const struct setting_row *row, const void *base, struct buf *out)
{
	const void *member = (const char *)base + row->offset;

	switch (row->type) {
	case SETTING_BOOL:
		(void)buf_addz(out, *(const bool *)member ? "on" : "off");
		break;
	case SETTING_NUMBER:
		quantity_format(row, (double)*(const uint64_t *)member, out);
		break;
	case SETTING_DECIMAL:
		quantity_format(row, *(const double *)member, out);
		break;
	case SETTING_DURATION:
		quantity_format(
		    row, (double)((const setting_duration *)member)->ms, out);
		break;
	case SETTING_SIZE:
		quantity_format(
		    row, (double)((const setting_size *)member)->octets, out);
		break;
	case SETTING_TEXT:
		text_format(span_of(*(const char *const *)member), out);
		break;
	case SETTING_WORD:
		(void)buf_addz(
		    out, row->words[((const setting_word *)member)->index]);
		break;
	case SETTING_LIST:
	case SETTING_NETS:
		many_format(row, member, out);
		break;
	}
}

/*
 * Behind "?" a password of the server or of a key may stand; a name that is
 * escaped may be one. Then nothing of the address is shown.
 */
static bool
parameters_are_secret(struct span address)
{
	size_t mark = span_find(address, '?');
	struct span rest;

	if (mark == SIZE_MAX)
		return false;
	rest = span_slice(address, mark, address.n);
	return span_case_search(rest, SPAN("password")) != SIZE_MAX ||
	       span_find(rest, '%') != SIZE_MAX;
}

/* Where the password of "SCHEME://USER:PASSWORD@HOST" begins and ends; what
 * has no colon is all password. False: there is none. */
static bool
password_find(struct span text, size_t *from, size_t *to)
{
	size_t scheme = span_search(text, SPAN("://")), colon;
	struct span login;

	if (scheme == SIZE_MAX)
		return false;
	*from = scheme + 3;
	login = span_slice(text, *from, text.n);
	login = span_slice(login, 0, span_find(login, ' '));
	if (parameters_are_secret(login)) {
		*to = *from + login.n - (span_ends(login, SPAN("\"")) ? 1 : 0);
		return true;
	}
	*to = span_find_last(login, '@');
	if (*to == SIZE_MAX)
		return false;
	colon = span_find(span_slice(login, 0, *to), ':');
	*to += *from;
	*from += colon == SIZE_MAX ? 0 : colon + 1;
	return true;
}

void
setting_show(const struct setting_row *row, const void *base, struct buf *out)
{
	struct buf value;
	struct span text;
	size_t from, to;

	buf_init(&value, out->max);
	setting_format(row, base, &value);
	text = buf_span(&value);
	while (password_find(text, &from, &to)) {
		(void)buf_add(out, span_slice(text, 0, from));
		(void)buf_addz(out, "***");
		text = span_slice(text, to, text.n);
	}
	(void)buf_add(out, text);
	buf_free(&value);
}

static const char *
words_join(const struct setting_row *row, struct arena *a)
{
	struct buf b;
	const char *text;

	buf_init(&b, 4096);
	for (size_t i = 0; row->words[i] != NULL; i++)
		(void)buf_printf(&b, "%s%s", i == 0 ? "" : ", ", row->words[i]);
	text = arena_printf(a, "one of: %.*s", SPAN_FMT(buf_span(&b)));
	buf_free(&b);
	return text;
}

static const char *
range_text(const struct setting_row *row, const char *what, struct arena *a)
{
	struct buf b;
	const char *text;

	if (row->min == 0 && row->max == 0)
		return what;
	buf_init(&b, 256);
	(void)buf_printf(&b, "%s from ", what);
	quantity_format(row, row->min, &b);
	(void)buf_addz(&b, " to ");
	quantity_format(row, row->max, &b);
	text = arena_strdup(a, buf_span(&b));
	buf_free(&b);
	return text;
}

const char *
setting_expects(const struct setting_row *row, struct arena *a)
{
	switch (row->type) {
	case SETTING_BOOL:
		return "on or off";
	case SETTING_NUMBER:
		return range_text(row, "a whole number", a);
	case SETTING_DECIMAL:
		return range_text(row, "a number", a);
	case SETTING_TEXT:
		return "a word or a \"text\"";
	case SETTING_DURATION:
		return range_text(
		    row, "a duration such as 500ms, 5s or 10m", a);
	case SETTING_SIZE:
		return range_text(row, "a size such as 64k or 10M", a);
	case SETTING_WORD:
		return words_join(row, a);
	case SETTING_LIST:
		return "words or \"texts\"";
	case SETTING_NETS:
		return "addresses or networks such as 192.0.2.0/24, or none";
	}
	return "a value";
}

bool
setting_nets_hold(const struct setting_nets *nets, struct ip ip)
{
	for (size_t i = 0; i < nets->count; i++)
		if (ip_in(ip, nets->net[i]))
			return true;
	return false;
}
