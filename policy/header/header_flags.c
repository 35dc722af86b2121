/*
 * The table of anomalies of a header and how each is seen. What they are
 * worth is for rules to say.
 */
#include "config.h"

#include "policy/header/header_flags.h"

#include "rules/mail/date.h"

#define BODY_LINES_SEEN  50
#define BODY_OCTETS_SEEN ((size_t)8192)
#define DAY_S            INT64_C(86400)

/* One row a flag; exactly one of the middle members says how it is seen. */
enum header_test { BY_ANOMALY, BY_SEVERAL, BY_MISSING, BY_DATE, BY_BODY };

/* clang-format off */
#define FLAGS(X)                                                               \
	X(BY_ANOMALY, HEADER_NO_COLON, NULL, "header-no-colon",                \
	  "a line that is no field ended the header; what follows is body")    \
	X(BY_ANOMALY, HEADER_LEADING_SPACE, NULL, "header-leading-space",      \
	  "the first line begins with white space")                            \
	X(BY_ANOMALY, HEADER_SPACE_COLON, NULL, "header-space-colon",          \
	  "white space between a field's name and its colon")                  \
	X(BY_ANOMALY, HEADER_NUL, NULL, "header-nul", "a NUL in the header")   \
	X(BY_ANOMALY, HEADER_BARE_CR, NULL, "header-bare-cr",                  \
	  "a carriage return that ends no line")                               \
	X(BY_ANOMALY, HEADER_HIDDEN_FIELD, NULL, "header-hidden-field",        \
	  "behind such a carriage return stands another field, or the end of the header") \
	X(BY_ANOMALY, HEADER_LONG_LINE, NULL, "header-long-line",              \
	  "a line of more than 998 octets")                                    \
	X(BY_ANOMALY, HEADER_8BIT, NULL, "header-8bit",                        \
	  "octets that are not ASCII, without SMTPUTF8")                       \
	X(BY_ANOMALY, HEADER_BLANK_FOLD, NULL, "header-blank-fold",            \
	  "a continuation line of white space only")                           \
	X(BY_ANOMALY, HEADER_LIMIT, NULL, "header-limit",                      \
	  "more fields or octets than are looked at")                          \
	X(BY_ANOMALY, HEADER_LIMIT, NULL, "limit",                             \
	  "some limit was met and not all of the message was looked at")       \
	X(BY_SEVERAL, 0, "Sender", "sender-multiple", "several Sender fields") \
	X(BY_SEVERAL, 0, "Reply-To", "reply-to-multiple",                      \
	  "several Reply-To fields")                                           \
	X(BY_SEVERAL, 0, "To", "to-multiple", "several To fields")             \
	X(BY_SEVERAL, 0, "Cc", "cc-multiple", "several Cc fields")             \
	X(BY_SEVERAL, 0, "Bcc", "bcc-multiple", "several Bcc fields")          \
	X(BY_SEVERAL, 0, "Subject", "subject-multiple",                        \
	  "several Subject fields")                                            \
	X(BY_SEVERAL, 0, "Date", "date-multiple", "several Date fields")       \
	X(BY_SEVERAL, 0, "Message-ID", "message-id-multiple",                  \
	  "several Message-ID fields")                                         \
	X(BY_SEVERAL, 0, "In-Reply-To", "in-reply-to-multiple",                \
	  "several In-Reply-To fields")                                        \
	X(BY_SEVERAL, 0, "References", "references-multiple",                  \
	  "several References fields")                                         \
	X(BY_SEVERAL, 0, "MIME-Version", "mime-version-multiple",              \
	  "several MIME-Version fields")                                       \
	X(BY_SEVERAL, 0, "Content-Type", "content-type-multiple",              \
	  "several Content-Type fields")                                       \
	X(BY_SEVERAL, 0, "Content-Transfer-Encoding",                          \
	  "content-transfer-encoding-multiple",                                \
	  "several Content-Transfer-Encoding fields")                          \
	X(BY_MISSING, 0, "Date", "date-missing", "no Date field")              \
	X(BY_MISSING, 0, "Message-ID", "message-id-missing",                   \
	  "no Message-ID field")                                               \
	X(BY_DATE, 0, NULL, "date-invalid", "the Date is none")                \
	X(BY_DATE, 1, NULL, "date-future",                                     \
	  "the Date is more than a day ahead")                                 \
	X(BY_BODY, 0, NULL, "header-in-body",                                  \
	  "no From field, but the body begins as if it held one")
/* clang-format on */

#define ROW(test, arg, field, flag, text) { flag, text },
const struct header_flag header_flags[] = { FLAGS(ROW) };
#undef ROW
const size_t header_flag_count = ARRAY_COUNT(header_flags);

#define ROW(test, arg, field, flag, text) { test, arg, field },
static const struct {
	enum header_test test;
	unsigned arg;
	const char *field;
} header_flag_tests[] = { FLAGS(ROW) };
#undef ROW

static bool
header_flag_date(const struct message *m, bool future)
{
	const struct header_field *f = header_get(&m->headers, "Date", 0);
	int64_t when;

	if (f == NULL)
		return false;
	if (!date_parse(f->value, &when))
		return !future;
	return future && when > m->time_s + DAY_S;
}

static bool
header_flag_in_body(const struct message *m)
{
	struct span rest = span_slice(buf_span(&m->body), 0, BODY_OCTETS_SEEN);
	struct span line;

	if (header_count(&m->headers, "From") > 0)
		return false;
	for (size_t i = 0; i < BODY_LINES_SEEN && span_cut(&rest, '\n', &line);
	     i++)
		if (header_line_is_from(line))
			return true;
	return false;
}

static bool
header_flag_holds(const struct message *m, size_t i, bool at_end)
{
	unsigned arg = header_flag_tests[i].arg;
	const char *field = header_flag_tests[i].field;
	unsigned anomalies = m->header_anomalies | m->headers.anomalies;

	if (m->smtputf8)
		anomalies &= ~(unsigned)HEADER_8BIT;
	switch (header_flag_tests[i].test) {
	case BY_ANOMALY:
		return (anomalies & arg) != 0;
	case BY_SEVERAL:
		return header_count(&m->headers, field) > 1;
	case BY_MISSING:
		return header_count(&m->headers, field) == 0;
	case BY_DATE:
		return header_flag_date(m, arg != 0);
	case BY_BODY:
		break;
	}
	return at_end && header_flag_in_body(m);
}

static void
header_flag_all(struct message *m, bool at_end)
{
	for (size_t i = 0; i < header_flag_count; i++)
		if ((header_flag_tests[i].test == BY_BODY) == at_end &&
		    header_flag_holds(m, i, at_end))
			message_flag(m, header_flags[i].name);
}

void
header_flag_message(struct message *m)
{
	header_flag_all(m, false);
}

void
header_flag_body(struct message *m)
{
	header_flag_all(m, true);
}
