/*
 * What reading the content of a message costs: an ordinary one of 10 KB, and
 * those that are made to cost. Prints microseconds of CPU time per message.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rules/content/content.h"

static double
cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
repeat(struct buf *out, const char *piece, size_t octets)
{
	size_t end = out->n + octets;

	while (out->n < end)
		(void)buf_addz(out, piece);
}

/* A newsletter: both texts, twenty links. */
static void
make_ordinary(struct buf *out)
{
	(void)buf_addz(out,
	    "Subject: =?utf-8?q?=C3=84rger?=\n"
	    "Content-Type: multipart/alternative; boundary=\"=_b\"\n\n"
	    "--=_b\nContent-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n");
	repeat(out,
	    "Dear reader, caf=C3=A9 and more words that say little, and one "
	    "link=\n https://www.example.org/news?id=3D12345 to follow.\n",
	    3500);
	(void)buf_addz(out,
	    "\n--=_b\nContent-Type: text/html; charset=utf-8\n\n"
	    "<html><head><style>p{color:red}</style></head><body>");
	for (int i = 0; i < 20; i++)
		(void)buf_printf(out,
		    "<table width=\"100%%\"><tr><td style=\"font-family:Arial;"
		    "font-size:14px;color:#333333\">Some words of text here, "
		    "<a href=\"https://track.example.net/c/%d?u=https%%3A%%2F"
		    "%%2Fwww.example.org%%2F%d\" style=\"color:#0000ff\">read "
		    "more</a> and <b>so</b> on &amp; on.<img src=\"https://"
		    "img.example.net/%d.png\" alt=\"\"></td></tr></table>\n",
		    i, i, i);
	(void)buf_addz(out, "</body></html>\n--=_b--\n");
}

static void
make_plain(struct buf *out)
{
	(void)buf_addz(out, "Subject: x\n\n");
	repeat(out, "Ten words of plain text that say little or nothing.\n",
	    10000);
}

static void
make_parts(struct buf *out)
{
	(void)buf_addz(out, "Content-Type: multipart/mixed; boundary=b\n\n");
	repeat(out, "--b\n\nx\n", 200000 * 7);
}

static void
make_nested_tags(struct buf *out)
{
	(void)buf_addz(out, "Content-Type: text/html\n\n");
	repeat(out, "<div>", 20000 * 5);
}

static void
make_one_line(struct buf *out)
{
	(void)buf_addz(out, "Subject: x\n\n");
	repeat(out, "x", (size_t)5 << 20);
}

static void
make_one_line_html(struct buf *out)
{
	(void)buf_addz(out, "Content-Type: text/html\n\n");
	repeat(out, "<b>x</b>", (size_t)5 << 20);
}

static void
make_links(struct buf *out)
{
	(void)buf_addz(out, "Subject: x\n\n");
	for (int i = 0; i < 100000; i++)
		(void)buf_printf(out, "http://h%d.example.com/ ", i % 499);
}

static void
make_attachment(struct buf *out)
{
	(void)buf_addz(out, "Content-Type: application/pdf; name=a.pdf\n"
			    "Content-Transfer-Encoding: base64\n\n");
	repeat(out,
	    "JVBERi0xLjQKJVBERi0xLjQKJVBERi0xLjQKJVBERi0xLjQKJVBERi0xLjQK"
	    "JVBERi0xLjQK\n",
	    (size_t)5 << 20);
}

static const struct {
	const char *label;
	void (*make)(struct buf *out);
	int rounds;
} row[] = {
	{ "ordinary, 10 KB, two texts", make_ordinary, 2000 },
	{ "plain text, 10 KB", make_plain, 5000 },
	{ "attachment of 5 MB", make_attachment, 20 },
	{ "200,000 parts", make_parts, 20 },
	{ "20,000 nested tags", make_nested_tags, 20 },
	{ "5 MB of one line", make_one_line, 5 },
	{ "5 MB of HTML in one line", make_one_line_html, 5 },
	{ "100,000 links", make_links, 5 },
};

int
main(void)
{
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct arena *a = arena_new();
		struct buf message;
		double start;

		buf_init(&message, (size_t)64 << 20);
		row[i].make(&message);
		start = cpu_us();
		for (int k = 0; k < row[i].rounds; k++) {
			struct header_list h;
			struct content c;
			struct span body;
			unsigned anomalies = 0;

			arena_reset(a);
			header_list_init(&h, a);
			header_split(buf_span(&message), &h, &body, &anomalies);
			content_read(&h, body, &content_limits_standard, a, &c);
		}
		(void)printf("%-30s %8zu octets %10.1f us\n", row[i].label,
		    message.n, (cpu_us() - start) / row[i].rounds);
		buf_free(&message);
		arena_free(&a);
	}
	return 0;
}
