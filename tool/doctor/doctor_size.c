/*
 * Does the MTA take larger messages than the filter reads? What lies beyond
 * body.max is known by name and type alone, and what nobody looked at comes
 * marked: whoever sends large files tells that as a fault of ours.
 */
#include "config.h"

#include <unistd.h>

#include "policy/base/file.h"
#include "tool/doctor/doctor.h"

#define SENDMAIL_CF     "/etc/mail/sendmail.cf"
#define SENDMAIL_CF_MAX ((size_t)1 << 20)

void
doctor_size(struct doctor *d, const char *topic, const char *name,
    uint64_t size_max, const char *change)
{
	uint64_t body_max = d->snapshot->config.body_max.octets;

	if (size_max > 0 && size_max <= body_max) {
		doctor_found(d, FINDING_OK, topic, NULL,
		    "%s is %llu: the filter reads all of the largest message "
		    "(body.max %llu)",
		    name, (unsigned long long)size_max,
		    (unsigned long long)body_max);
		return;
	}
	if (size_max > 0)
		change = arena_printf(d->arena,
		    "body.max %llu in verdict.conf and verdict reload, or %s",
		    (unsigned long long)size_max, change);
	doctor_found(d, FINDING_WARN, topic, change,
	    "%s is %llu%s, but of a body the filter reads body.max, %llu: of "
	    "files behind that it knows names and types only, and what nobody "
	    "looked at is delivered as Junk",
	    name, (unsigned long long)size_max,
	    size_max == 0 ? ", no limit" : "", (unsigned long long)body_max);
}

/* The value of a line "O NAME=value"; the last one counts. */
static struct span
sendmail_option(struct span text, struct span name)
{
	struct span line, found = span_of(NULL);

	while (span_cut(&text, '\n', &line)) {
		size_t equals = span_find(line, '=');
		struct span option;

		if (equals == SIZE_MAX || line.p[0] != 'O')
			continue;
		option = span_trim(span_slice(line, 1, equals));
		if (span_case_eq(option, name))
			found = span_trim(span_slice(line, equals + 1, line.n));
	}
	return found;
}

void
doctor_sendmail(struct doctor *d)
{
	const char *path = d->sendmail == NULL ? SENDMAIL_CF : d->sendmail;
	uint64_t body_max = d->snapshot->config.body_max.octets, size_max = 0;
	struct span text, filters, size;
	const char *why = "";

	if (d->sendmail == NULL && access(path, R_OK) != 0)
		return;
	if (!file_read(path, SENDMAIL_CF_MAX, d->arena, &text, &why)) {
		doctor_found(d, FINDING_UNKNOWN, "sendmail", NULL, "%s", why);
		return;
	}
	filters = sendmail_option(text, SPAN("InputMailFilters"));
	if (filters.n == 0)
		return;
	size = sendmail_option(text, SPAN("MaxMessageSize"));
	if (size.n > 0 && !span_number(size, &size_max))
		doctor_found(d, FINDING_UNKNOWN, "sendmail", NULL,
		    "MaxMessageSize in %s is no number: %.*s", path,
		    SPAN_FMT(size));
	else
		doctor_size(d, "sendmail", "MaxMessageSize", size_max,
		    arena_printf(d->arena,
			"define(`confMAX_MESSAGE_SIZE', `%llu') in sendmail.mc",
			(unsigned long long)body_max));
}
