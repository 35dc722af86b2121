/*
 * What a field may have been: how lists tag a Subject, write a Content-Type
 * anew and put their own name into From. Knows no key.
 */
#include "config.h"

#include "policy/restore/restore_option.h"

#include "policy/restore/restore_encode.h"
#include "rules/mail/author.h"
#include "rules/text/decode.h"
#include "rules/text/domain.h"

#define RESTORE_TAG_MAX  64
#define RESTORE_WORD_MAX 60 /* octets in one encoded word */

void
restore_value_add(struct restore_option *o, struct span raw, unsigned changes)
{
	for (size_t i = 0; i < o->count; i++)
		if (span_eq(o->value[i].raw, raw) &&
		    (o->value[i].raw.p == NULL) == (raw.p == NULL))
			return;
	if (o->count < RESTORE_VALUES_MAX)
		o->value[o->count++] = (struct restore_value){
			.raw = raw, .changes = changes, .tag = SPAN("")
		};
}

/* ---- Subject ------------------------------------------------------------------ */

/* A tag such as "[list] " that the text begins with, its white space included;
 * 0 for none. */
static size_t
restore_tag(struct span text)
{
	size_t n = span_find(text, ']');

	if (n == SIZE_MAX || n < 2 || n > RESTORE_TAG_MAX || text.p[0] != '[')
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((unsigned char)text.p[i] < ' ' || text.p[i] == '[' ||
		    text.p[i] == 0x7f)
			return 0;
	n++;
	while (n < text.n && ascii_space(text.p[n]))
		n++;
	return n;
}

/* "Re: ", "Fwd: ", "AW: " in any number at the beginning, spaces included. */
static size_t
restore_reply_mark(struct span text)
{
	static const char *const marks[] = {
		"re:", "aw:", "fw:", "fwd:", "sv:", "wg:", "tr:", "rv:", "antw:"
	};
	size_t n = 0, before;

	do {
		before = n;
		for (size_t i = 0; i < ARRAY_COUNT(marks) && n == before; i++)
			if (span_case_starts(
				span_slice(text, n, text.n), span_of(marks[i])))
				n += strlen(marks[i]);
		while (n > before && n < text.n && ascii_space(text.p[n]))
			n++;
	} while (n > before);
	return n;
}

static struct span
restore_join(struct arena *a, struct span x, struct span y, struct span z)
{
	char *p = arena_alloc(a, x.n + y.n + z.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < x.n; i++)
		p[n++] = x.p[i];
	for (size_t i = 0; i < y.n; i++)
		p[n++] = y.p[i];
	for (size_t i = 0; i < z.n; i++)
		p[n++] = z.p[i];
	return span_make(p, n);
}

/* The same with the tag left out. */
static void
restore_subject_add(struct restore_option *o, struct span tag, struct span raw)
{
	size_t before = o->count;

	restore_value_add(o, raw, RESTORE_SUBJECT);
	if (o->count > before)
		o->value[before].tag = span_trim(tag);
}

/* Text in one encoded word (RFC 2047, 4), quoted-printable or base64. */
static const char *
restore_encoded_word(
    struct span text, struct span charset, char encoding, struct arena *a)
{
	struct restore_text plain = { .text = text }, base64;
	struct buf buf;
	const char *word;

	if (ascii_lower(encoding) == 'b') {
		restore_base64(a, &plain, true, &base64);
		return arena_printf(a, "=?%.*s?%c?%.*s?=", SPAN_FMT(charset),
		    encoding, SPAN_FMT(base64.text));
	}
	buf_init(&buf, text.n * 3 + 1);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == ' ')
			(void)buf_addc(&buf, '_');
		else if (ascii_alnum(text.p[i]) ||
			 memchr("!*+-/.,:;", text.p[i], 9) != NULL)
			(void)buf_addc(&buf, text.p[i]);
		else
			(void)buf_printf(
			    &buf, "=%02X", (unsigned)(unsigned char)text.p[i]);
	word = arena_printf(a, "=?%.*s?%c?%.*s?=", SPAN_FMT(charset), encoding,
	    SPAN_FMT(buf_span(&buf)));
	buf_free(&buf);
	return word;
}

/*
 * Lists decode a Subject and encode it in their own way. So what is left of it
 * is encoded as authors do: words is a Subject that begins with an encoded
 * word, and as much of what that says is left out.
 */
static void
restore_subject_encoded(struct restore_option *o, struct span lead,
    struct span words, struct span tag, size_t leave_out, struct arena *a)
{
	struct span text = mime_decode_text(words, a), charset;
	struct span names[] = { SPAN(""), SPAN("UTF-8"), SPAN("utf-8") };

	if (!span_starts(words, SPAN("=?")) || text.n > RESTORE_WORD_MAX)
		return;
	words = span_slice(words, 2, words.n);
	if (!span_cut(&words, '?', &charset) || charset.n > 20)
		return;
	names[0] = charset;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		for (const char *e = "QBqb"; *e != '\0'; e++)
			restore_subject_add(o, tag,
			    restore_join(a, lead,
				span_of(restore_encoded_word(
				    span_slice(text, leave_out, text.n),
				    names[i], *e, a)),
				SPAN("")));
}

void
restore_subject_values(
    struct span raw, struct arena *a, struct restore_option *out)
{
	size_t blank = 0, mark, tag;
	struct span lead, text, rest;

	while (blank < raw.n && ascii_space(raw.p[blank]))
		blank++;
	lead = span_slice(raw, 0, blank);
	text = span_slice(raw, blank, raw.n);
	/* Replies keep the tag that is there, so it may be the author's. */
	mark = restore_reply_mark(text);
	if (mark > 0)
		restore_value_add(out, raw, 0);
	rest = span_slice(text, mark, text.n);
	tag = raw.n > 4096 ? 0 : restore_tag(rest);
	if (tag > 0) {
		struct span label = span_slice(rest, 0, tag);
		struct span after = span_slice(rest, tag, rest.n);
		size_t inner = restore_reply_mark(after);

		restore_subject_add(out, label,
		    restore_join(a, lead, span_slice(text, 0, mark), after));
		if (inner > 0) /* "[list] Re: x" of "Re: [list] x" */
			restore_subject_add(out, label,
			    restore_join(a,
				restore_join(a, lead,
				    span_slice(after, 0, inner), label),
				span_slice(after, inner, after.n), SPAN("")));
		else if (mark > 0) /* "Re: [list] x" of "x" */
			restore_subject_add(
			    out, label, restore_join(a, lead, after, SPAN("")));
		restore_subject_encoded(out,
		    restore_join(a, lead, span_slice(text, 0, mark), SPAN("")),
		    after, label, 0, a);
	} else if (raw.n <= 4096) {
		struct span shown = mime_decode_text(text, a);

		tag = restore_tag(shown);
		if (tag > 0)
			restore_subject_encoded(
			    out, lead, text, span_slice(shown, 0, tag), tag, a);
	}
	restore_value_add(out, raw, 0);
}

/* ---- Content-Type ---------------------------------------------------------------- */

static struct span
restore_upper(struct arena *a, struct span text)
{
	char *p = arena_strdup(a, text);

	for (size_t i = 0; i < text.n; i++)
		if (p[i] >= 'a' && p[i] <= 'z')
			p[i] = (char)(p[i] - 'a' + 'A');
	return span_make(p, text.n);
}

void
restore_type_values(
    struct span raw, struct arena *a, struct restore_option *out)
{
	size_t at = span_case_search(raw, SPAN("charset="));
	struct span before, value, after = SPAN("");
	size_t n = 0;

	restore_value_add(out, raw, 0);
	if (at != SIZE_MAX && raw.n < 1024) {
		before = span_slice(raw, 0, at + strlen("charset="));
		value = span_slice(raw, before.n, raw.n);
		if (value.n > 0 && value.p[0] == '"')
			value = span_slice(value, 1, value.n);
		while (n < value.n && (ascii_alnum(value.p[n]) ||
					  memchr("-_.:", value.p[n], 4)))
			n++;
		after = span_slice(value, n, value.n);
		value = span_slice(value, 0, n);
		if (after.n > 0 && after.p[0] == '"')
			after = span_slice(after, 1, after.n);
		for (int form = 0; form < 4; form++)
			restore_value_add(out,
			    span_of(arena_printf(a,
				form % 2 == 0 ? "%.*s%.*s%.*s"
					      : "%.*s\"%.*s\"%.*s",
				SPAN_FMT(before),
				SPAN_FMT(form < 2 ? arena_lower(a, value)
						  : restore_upper(a, value)),
				SPAN_FMT(after))),
			    RESTORE_TYPE);
	}
	/* Without the parameter that the list has added. */
	if (at != SIZE_MAX && raw.n < 1024) {
		size_t semicolon = span_find_last(span_slice(raw, 0, at), ';');

		if (semicolon != SIZE_MAX)
			restore_value_add(out,
			    restore_join(a, span_slice(raw, 0, semicolon),
				after, SPAN("")),
			    RESTORE_TYPE);
	}
	restore_value_add(out, span_of(NULL), RESTORE_TYPE);
}

/* ---- From ------------------------------------------------------------------------- */

/* "Ann via List" is Ann, as lists name her. */
static struct span
restore_via_name(struct span name, struct arena *a)
{
	struct span text = mime_decode_text(name, a);
	size_t via;

	if (text.n > 1 && text.p[0] == '"' && text.p[text.n - 1] == '"')
		text = span_slice(text, 1, text.n - 1);
	via = span_case_search(text, SPAN(" via "));
	text = span_trim(span_slice(text, 0, via));
	if (text.n > 1 && text.p[0] == '\'' && text.p[text.n - 1] == '\'')
		text = span_slice(text, 1, text.n - 1);
	return span_slice(text, 0, 200);
}

static void
restore_from_built(struct span name, struct span address, struct arena *a,
    struct restore_option *out)
{
	if (name.n > 0) {
		restore_value_add(out,
		    span_of(arena_printf(
			a, " %.*s <%.*s>", SPAN_FMT(name), SPAN_FMT(address))),
		    RESTORE_FROM);
		restore_value_add(out,
		    span_of(arena_printf(a, " \"%.*s\" <%.*s>", SPAN_FMT(name),
			SPAN_FMT(address))),
		    RESTORE_FROM);
	}
	restore_value_add(out,
	    span_of(arena_printf(a, " %.*s", SPAN_FMT(address))), RESTORE_FROM);
	restore_value_add(out,
	    span_of(arena_printf(a, " <%.*s>", SPAN_FMT(address))),
	    RESTORE_FROM);
}

/* The mailbox of the signature's domain that a field names, if it is one. */
static void
restore_from_field(const struct restore_header_query *q,
    const struct header_field *f, struct span name, struct arena *a,
    struct restore_option *out)
{
	struct author author;

	author_of_field(f->value, a, &author);
	if (author.status != AUTHOR_OK && author.status != AUTHOR_DOMAINS)
		return;
	for (size_t i = 0; i < author.list.count && i < 4; i++) {
		const struct mailbox *box = &author.list.box[i];

		if (!restore_same(box->domain, q->sig->domain) ||
		    box->text.n > 320)
			continue;
		if (author.list.count == 1)
			restore_value_add(out, f->raw, RESTORE_FROM);
		if (box->name.n > 0 && box->name.n < 200)
			restore_value_add(out,
			    span_of(arena_printf(a, " %.*s <%.*s>",
				SPAN_FMT(box->name), SPAN_FMT(box->text))),
			    RESTORE_FROM);
		else
			restore_from_built(name, box->text, a, out);
	}
}

/* "ann=bank.example@groups.example" is ann@bank.example. */
static void
restore_from_local(const struct restore_header_query *q,
    const struct mailbox *box, struct span name, struct arena *a,
    struct restore_option *out)
{
	size_t at = span_find_last(box->local, '=');
	struct span domain, ascii;
	const char *why;

	if (at == SIZE_MAX || at == 0 || box->local.n > 320)
		return;
	domain = span_slice(box->local, at + 1, box->local.n);
	if (domain_to_ascii(domain, a, &ascii, &why) &&
	    restore_same(ascii, q->sig->domain))
		restore_from_built(name,
		    span_of(arena_printf(a, "%.*s@%.*s",
			SPAN_FMT(span_slice(box->local, 0, at)),
			SPAN_FMT(domain))),
		    a, out);
}

void
restore_from_values(const struct restore_header_query *q, struct span raw,
    struct arena *a, struct restore_option *out)
{
	static const char *const names[] = { "X-Original-From", "Reply-To",
		"X-Google-Original-From", "Original-From", "Cc",
		"X-Original-Sender", "X-MailFrom" };
	struct author author;
	struct span name;

	author_of_field(header_unfold(raw, a), a, &author);
	if (author.list.count == 0)
		return;
	name = restore_via_name(author.list.box[0].name, a);
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		const struct header_field *f = header_get(q->list, names[i], 0);

		if (f != NULL && f->value.n < 1024)
			restore_from_field(q, f, name, a, out);
	}
	restore_from_local(q, &author.list.box[0], name, a, out);
}
