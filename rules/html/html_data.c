#include "config.h"

#include "rules/html/html_data.h"

#include "rules/base/buf.h"
#include "rules/base/utf8.h"
#include "rules/html/html_charset.h"
#include "rules/text/charset.h"
#include "rules/text/decode.h"

static struct span
data_unescape(struct span s, struct arena *a)
{
	char *p;
	size_t n = 0;

	if (span_find(s, '%') == SIZE_MAX)
		return s;
	p = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%' && i + 2 < s.n && ascii_hex(s.p[i + 1]) < 16 &&
		    ascii_hex(s.p[i + 2]) < 16) {
			c = (char)(ascii_hex(s.p[i + 1]) << 4 |
				   ascii_hex(s.p[i + 2]));
			i += 2;
		}
		p[n++] = c;
	}
	return span_make(p, n);
}

bool
html_data_read(
    struct span url, size_t max, struct arena *a, struct html_data *out)
{
	size_t comma = span_find(url, ',');
	struct span head, one;
	bool base64 = false, first = true;
	struct buf octets;

	if (!span_case_starts(url, SPAN("data:")) || comma == SIZE_MAX ||
	    url.n - comma > 2 * max)
		return false;
	head = span_slice(url, strlen("data:"), comma);
	*out = (struct html_data){ .type = SPAN(""), .charset = SPAN("") };
	for (; span_cut(&head, ';', &one); first = false) {
		one = span_trim(one);
		if (first)
			out->type = one;
		else if (span_case_is(one, "base64"))
			base64 = true;
		else if (span_case_starts(one, SPAN("charset=")))
			out->charset =
			    span_slice(one, strlen("charset="), one.n);
	}
	out->octets = data_unescape(span_slice(url, comma + 1, url.n), a);
	if (base64) {
		buf_init(&octets, max);
		mime_transfer_decode(&octets, MIME_BASE64, out->octets);
		out->octets = arena_dup(a, buf_span(&octets));
		if (octets.over)
			out->octets.n = max + 1;
		buf_free(&octets);
	}
	return out->octets.n <= max;
}

bool
html_data_page(const struct html_data *d, bool *xml)
{
	*xml = !span_case_is(d->type, "text/html");
	return !*xml || span_case_is(d->type, "application/xhtml+xml") ||
	       span_case_is(d->type, "image/svg+xml") ||
	       span_case_is(d->type, "application/xml") ||
	       span_case_is(d->type, "text/xml");
}

struct span
html_data_text(const struct html_data *d, struct arena *a)
{
	size_t mark = 0;
	struct span charset = charset_of_mark(d->octets, &mark), text;
	struct span octets = span_slice(d->octets, mark, d->octets.n);
	struct buf out;

	if (charset.n == 0)
		charset = d->charset;
	if (charset.n == 0)
		charset = html_charset(octets);
	if (mime_is_utf8(charset, octets))
		return octets;
	buf_init(&out, octets.n * 4 + 4);
	(void)mime_to_utf8(&out, charset, octets);
	text = arena_dup(a, buf_span(&out));
	buf_free(&out);
	return text;
}
