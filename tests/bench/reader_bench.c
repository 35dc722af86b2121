/*
 * What reading a document costs, by its kind: processor time of the helper and
 * its copies, and how long one takes that finds nobody else waiting. With an
 * argument, the files that are named, together by their extension.
 */
#include "config.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "policy/base/clock.h"
#include "policy/base/file.h"
#include "policy/base/wait.h"
#include "policy/reader/reader.h"
#include "rules/base/panic.h"
#include "tests/kit/document_kit.h"

#define ROUNDS   200
#define FILE_MAX ((size_t)16 << 20)
#define CODE     "https://qr.example/a"

static double
wall_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of our children that have ended, and theirs. */
static double
children_ms(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_CHILDREN, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static void
read_one(struct reader *r, enum document_kind kind, struct span octets)
{
	struct arena *a = arena_new();
	struct reader_job job = { .kind = kind,
		.octets = octets,
		.limits = { 1, 60, 60000, (uint64_t)512 << 20 },
		.waits = waits_new(a) };

	reader_ask(r, &job);
	while (!reader_done(r, &job))
		(void)waits_join(job.waits, INT64_MAX);
	INVARIANT(job.state == READER_ANSWERED);
	reader_drop(r, &job);
	waits_free(&job.waits);
	arena_free(&a);
}

/* The documents, each so often, by one helper; milliseconds of CPU of all of
 * them. wall: of one, without the first of all. */
static double
rounds(enum document_kind kind, const struct span *octets, size_t n,
    size_t count, double *wall)
{
	struct reader *r = reader_new(NULL, BUILDDIR "/verdict-reader");
	double before = children_ms(), begun;

	read_one(r, kind, octets[0]);
	begun = wall_ms();
	for (size_t k = 0; k < count; k++)
		for (size_t i = 0; i < n; i++)
			read_one(r, kind, octets[i]);
	*wall = (wall_ms() - begun) / (double)(n * (count > 0 ? count : 1));
	reader_free(&r);
	return children_ms() - before;
}

static void
rows(const char *what, enum document_kind kind, const struct span *octets,
    size_t n)
{
	size_t count = ROUNDS / n + 1, size = 0;
	double wall, once = rounds(kind, octets, n, 0, &wall);
	double many = rounds(kind, octets, n, count, &wall);

	for (size_t i = 0; i < n; i++)
		size += octets[i].n;
	printf("%-32s %8zu octets  %6.2f ms CPU  %6.2f ms\n", what, size / n,
	    (many - once) / (double)(n * count), wall);
}

static void
row(const char *what, enum document_kind kind, struct span octets)
{
	rows(what, kind, &octets, 1);
}

static struct span
extension_of(const char *path)
{
	struct span name = span_of(path);
	size_t dot = span_find_last(name, '.');

	return dot == SIZE_MAX ? SPAN("") : span_slice(name, dot + 1, name.n);
}

/* The files of each extension together; those that are no documents left out. */
static void
files(int count, char **path, struct arena *a)
{
	struct span *octets = arena_array(a, (size_t)count, sizeof(*octets));

	for (int i = 0; i < count; i++) {
		struct span extension = extension_of(path[i]);
		size_t n = 0;
		const char *why;

		for (int k = 0; k < count; k++) {
			if (!span_eq(extension, extension_of(path[k])))
				continue;
			if (k < i)
				break;
			if (file_read(path[k], FILE_MAX, a, &octets[n], &why))
				n++;
			else
				printf("%s\n", why);
		}
		if (n > 0 &&
		    document_kind_of_extension(extension) < DOCUMENT_KINDS)
			rows(
			    arena_printf(a, "%zu %.*s", n, SPAN_FMT(extension)),
			    document_kind_of_extension(extension), octets, n);
	}
}

int
main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct kit_picture small = kit_code_picture(CODE, 4, a);
	struct kit_picture large = kit_code_picture(CODE, 40, a);
	struct kit_member member[] = {
		{ "word/document.xml", SPAN_INIT("<w:t>Pay now</w:t>") },
	};

	if (argc > 1) {
		files(argc - 1, argv + 1, a);
		arena_free(&a);
		return 0;
	}
	row("nothing but the process", DOCUMENT_CALENDAR, SPAN(""));
	row("calendar", DOCUMENT_CALENDAR,
	    SPAN("BEGIN:VCALENDAR\r\nURL:http://a.example/\r\n"));
	row("rtf", DOCUMENT_RTF, SPAN("{\\rtf1 hello}"));
	row("svg", DOCUMENT_SVG, SPAN("<svg><text>hello</text></svg>"));
	row("office", DOCUMENT_OFFICE, kit_zip(member, 1, a));
	row("pdf, a page", DOCUMENT_PDF, kit_pdf("hello", NULL, NULL, a));
	row("pdf, a page with a code", DOCUMENT_PDF,
	    kit_pdf("hello", NULL, CODE, a));
	row("png, 148 pixels wide", DOCUMENT_IMAGE, kit_png(&small, a));
	row("png, 1480 pixels wide", DOCUMENT_IMAGE, kit_png(&large, a));
	row("bmp, 1480 pixels wide", DOCUMENT_IMAGE, kit_bmp(&large, 24, a));
	arena_free(&a);
	return 0;
}
