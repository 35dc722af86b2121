/*
 * Reading `limit client.network, sender.domain to 100 recipients per 1h`.
 */
#include "config.h"

#include "policy/memory/limit_parse.h"

#include <math.h>
#include <stdio.h>

#include "rules/source/literal.h"

#define LIMIT_UNITS_MAX 1e12
#define PERIOD_S_MAX    (366.0 * 86400)

static const char *const unit_words[] = {
	[LIMIT_MESSAGES] = "messages",
	[LIMIT_RECIPIENTS] = "recipients",
	[LIMIT_BYTES] = "bytes",
	[LIMIT_REFUSALS] = "refusals",
};

static bool
parse_unit(struct rule_parser *p, struct limit *l)
{
	for (size_t i = 0; i < ARRAY_COUNT(unit_words); i++)
		if (rule_parser_take(p, unit_words[i])) {
			l->unit = (enum limit_unit)i;
			return true;
		}
	return false;
}

static bool
parse_keys(struct rule_parser *p, struct limit *l)
{
	do {
		fact_id fact;

		if (!rule_parser_fact(p, &fact))
			return false;
		l->fact[l->fact_count++] = fact;
		if ((schema_row(rule_parser_schema(p), fact)->flags &
			FACT_RCPT) != 0)
			l->per_rcpt = true;
	} while (rule_parser_comma(p));
	return true;
}

/* A word that must come next. */
static bool
parse_expect(struct rule_parser *p, const char *word, const char *what)
{
	struct span got;

	if (rule_parser_take(p, word))
		return true;
	if (rule_parser_word(p, what, &got))
		rule_parser_error(p, "expected %s, not \"%.*s\"", what,
		    SPAN_FMT(span_slice(got, 0, 60)));
	return false;
}

static bool
parse_units(struct rule_parser *p, const char *what, double *out)
{
	if (!rule_parser_number(p, what, out))
		return false;
	if (*out >= 1 && *out <= LIMIT_UNITS_MAX)
		return true;
	rule_parser_error(p, "%s must be 1 or more", what);
	return false;
}

/* per 1h, per hour */
static bool
parse_period(struct rule_parser *p, double *seconds)
{
	static const struct {
		const char *word;
		double seconds;
	} named[] = { { "second", 1 }, { "minute", 60 }, { "hour", 3600 },
		{ "day", 86400 }, { "week", 604800 } };
	struct span word;
	int64_t ms;

	if (!parse_expect(p, "per", "\"per\" and a time"))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(named); i++)
		if (rule_parser_take(p, named[i].word)) {
			*seconds = named[i].seconds;
			return true;
		}
	if (!rule_parser_word(p, "a time such as 1h or hour", &word))
		return false;
	*seconds = literal_duration(word, &ms) ? (double)ms / 1000 : 0;
	if (*seconds >= 1 && *seconds <= PERIOD_S_MAX)
		return true;
	rule_parser_error(p, "the time must be from 1s to a year");
	rule_parser_hint(p, "it has a unit: 30s, 1m, 1h, 1d");
	return false;
}

static const char *
limit_spec(
    struct rule_parser *p, const struct limit *l, double count, double seconds)
{
	struct arena *a = rule_parser_arena(p);
	const char *keys = "";

	for (size_t i = 0; i < l->fact_count; i++)
		keys = arena_printf(a, "%s%s%s", keys, i == 0 ? "" : ",",
		    schema_row(rule_parser_schema(p), l->fact[i])->name);
	return arena_printf(a, "%s:%.15g%c/%.15gs+%lld", keys, count,
	    unit_words[l->unit][0] == 'r' ? unit_words[l->unit][2]
					  : unit_words[l->unit][0],
	    seconds, (long long)l->burst);
}

static const char *
limit_text(
    struct rule_parser *p, const struct limit *l, double count, double seconds)
{
	static const struct {
		char letter;
		double seconds;
	} units[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 } };
	struct arena *a = rule_parser_arena(p);
	const char *keys = "";
	char letter = 's';

	for (size_t i = 0; i < l->fact_count; i++)
		keys = arena_printf(a, "%s%s%s", keys, i == 0 ? "" : ", ",
		    schema_row(rule_parser_schema(p), l->fact[i])->name);
	for (size_t i = 0; i < ARRAY_COUNT(units); i++)
		if (fmod(seconds, units[i].seconds) == 0) {
			letter = units[i].letter;
			seconds /= units[i].seconds;
			break;
		}
	return arena_printf(a, "%s to %.15g %s per %.15g%c", keys, count,
	    unit_words[l->unit], seconds, letter);
}

bool
limit_parse(struct rule_parser *p, struct limit **out)
{
	struct limit *l = arena_alloc(rule_parser_arena(p), sizeof(*l));
	double count, seconds, burst = 0;
	bool unit;

	if (!parse_keys(p, l) ||
	    !parse_expect(p, "to", "\"to\" and how many") ||
	    !parse_units(p, "how many", &count))
		return false;
	unit = parse_unit(p, l);
	if (!parse_period(p, &seconds))
		return false;
	if (rule_parser_take(p, "burst") && !parse_units(p, "burst", &burst))
		return false;
	if (!unit && rule_parser_take(p, "unit") && !parse_unit(p, l)) {
		(void)parse_expect(p, unit_words[0],
		    "messages, recipients, bytes or refusals");
		return false;
	}
	l->interval_us = (int64_t)(seconds * 1e6 / count);
	l->burst = (int64_t)(burst > 0 ? burst : count);
	l->spec = limit_spec(p, l, count, seconds);
	l->text = limit_text(p, l, count, seconds);
	if (l->unit == LIMIT_RECIPIENTS || l->unit == LIMIT_REFUSALS)
		rule_parser_stage(p, STAGE_RCPT);
	if (l->unit == LIMIT_BYTES)
		rule_parser_stage(p, STAGE_EOM);
	*out = l;
	return true;
}
