/*
 * Files: what their names hide, what they are by content, and what archives
 * hold.
 */
#include "config.h"

#include "tests/kit/table.h"

#include "rules/base/buf.h"
#include "rules/content/archive.h"
#include "rules/content/filename.h"
#include "rules/content/filetype.h"

static char *
show_flags(
    unsigned flags, const char *const *names, size_t count, struct arena *a)
{
	char *text = arena_strdup(a, SPAN(""));

	for (size_t i = 0; i < count; i++)
		if ((flags & 1U << i) != 0)
			text = arena_printf(
			    a, "%s%s%s", text, text[0] ? " " : "", names[i]);
	return text;
}

static void
test_filename(void **state)
{
	static const struct {
		const char *label;
		struct span name;
		const char *clean, *extension, *flags;
	} row[] = {
		{ "plain", SPAN_INIT("Report.PDF"), "Report.PDF", "pdf", "" },
		{ "no extension", SPAN_INIT("README"), "README", "", "" },
		{ "double", SPAN_INIT("a.pdf.exe"), "a.pdf.exe", "exe",
		    "name-double-extension" },
		{ "archive with two is no trick", SPAN_INIT("a.tar.gz"),
		    "a.tar.gz", "gz", "" },
		{ "version number is no trick", SPAN_INIT("setup-1.2.exe"),
		    "setup-1.2.exe", "exe", "" },
		{ "trailing dots and spaces", SPAN_INIT("a.exe. . "), "a.exe",
		    "exe", "name-trailing" },
		{ "right to left override",
		    SPAN_INIT("invoice\xe2\x80\xae"
			      "fdp.exe"),
		    "invoicefdp.exe", "exe", "name-bidi" },
		{ "zero-width space in the extension",
		    SPAN_INIT("a.e\xe2\x80\x8bxe"), "a.exe", "exe",
		    "name-invisible" },
		{ "NUL", SPAN_INIT("a.exe\0.txt"), "a.exe.txt", "txt",
		    "name-nul" },
		{ "control", SPAN_INIT("a\x01.exe"), "a.exe", "exe",
		    "name-control" },
		{ "path", SPAN_INIT("../../etc/a.sh"), "a.sh", "sh",
		    "name-path" },
		{ "path of Windows", SPAN_INIT("C:\\x\\a.exe"), "a.exe", "exe",
		    "name-path" },
		{ "stream of NTFS", SPAN_INIT("a.pdf:b.exe"), "a.pdf:b.exe",
		    "exe", "name-stream" },
		{ "stream that is the file", SPAN_INIT("a.exe::$DATA"),
		    "a.exe::$DATA", "exe", "name-stream" },
		{ "harmless stream of a program", SPAN_INIT("a.exe:b.txt"),
		    "a.exe:b.txt", "exe", "name-stream" },
		{ "a time is no stream", SPAN_INIT("at 10:30 notes.pdf"),
		    "at 10:30 notes.pdf", "pdf", "" },
		{ "trailing spaces that are wider or do not break",
		    SPAN_INIT("a.exe\xc2\xa0.\xe3\x80\x80"), "a.exe", "exe",
		    "name-trailing" },
		{ "a last letter beyond ASCII", SPAN_INIT("a.\xc3\xa4"),
		    "a.\xc3\xa4", "\xc3\xa4", "" },
		{ "double quotes around it", SPAN_INIT("\"a.exe\""), "a.exe",
		    "exe", "" },
		{ "quotes around it", SPAN_INIT("'a.exe'"), "a.exe", "exe",
		    "" },
		{ "spaces before the extension",
		    SPAN_INIT("a.pdf                     .exe"),
		    "a.pdf                     .exe", "exe",
		    "name-spaces name-double-extension" },
		{ "dot file", SPAN_INIT(".exe"), ".exe", "exe", "" },
		{ "nothing but dots", SPAN_INIT(". . ."), "", "",
		    "name-trailing" },
		{ "empty", SPAN_INIT(""), "", "", "" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct filename f;

		if (!table_wants(row[i].label))
			continue;
		filename_read(row[i].name, a, &f);
		table_text(row[i].label, "clean", arena_strdup(a, f.clean),
		    row[i].clean);
		table_text(row[i].label, "extension",
		    arena_strdup(a, f.extension), row[i].extension);
		table_text(row[i].label, "flags",
		    show_flags(
			f.flags, filename_flag_names, FILENAME_FLAG_COUNT, a),
		    row[i].flags);
	}
	arena_free(&a);
	table_end();
}

static void
test_filetype(void **state)
{
	static const struct {
		const char *label;
		struct span octets;
		const char *type;
	} row[] = {
		{ "DOS program", SPAN_INIT("MZ\x90"), "application/x-dosexec" },
		{ "ELF",
		    SPAN_INIT("\x7f"
			      "ELF\2"),
		    "application/x-executable" },
		{ "script", SPAN_INIT("#!/bin/sh\n"), "text/x-shellscript" },
		{ "PDF", SPAN_INIT("\r\n%PDF-1.7"), "application/pdf" },
		{ "RTF", SPAN_INIT("{\\rtf1"), "application/rtf" },
		{ "HTML behind a mark and space",
		    SPAN_INIT("\xef\xbb\xbf \n<!DOCTYPE HTML>"), "text/html" },
		{ "SVG", SPAN_INIT("<svg xmlns"), "image/svg+xml" },
		{ "text", SPAN_INIT("hello\n"), "text/plain" },
		{ "octets", SPAN_INIT("\1\2\3"), "application/octet-stream" },
		{ "nothing", SPAN_INIT(""), "application/octet-stream" },
		{ "Windows shortcut", SPAN_INIT("\x4c\0\0\0\x01\x14\x02\0\0"),
		    "application/x-ms-shortcut" },
		{ "internet shortcut", SPAN_INIT("[internetshortcut]\r\n"),
		    "application/x-mswinurl" },
		{ "old Office", SPAN_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
		    "application/x-ole-storage" },
		{ "a zip file that is too short", SPAN_INIT("PK\x03\x04"),
		    "application/zip" },
		{ "a Word document",
		    SPAN_INIT("PK\x03\x04..........................[Content_"
			      "Types].xml..PK\x03\x04......................"
			      "....word/document.xml"),
		    "application/vnd.openxmlformats-officedocument."
		    "wordprocessingml.document" },
		{ "TNEF", SPAN_INIT("\x78\x9f\x3e\x22"),
		    "application/vnd.ms-tnef" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		if (!table_wants(row[i].label))
			continue;
		table_text(row[i].label, "type",
		    filetype_of(row[i].octets).type, row[i].type);
	}
	table_end();
}

/* The whole file, or the empty span with p == NULL. */
static struct span
read_file(const char *name, struct arena *a)
{
	char *path = arena_printf(a, "%s/tests/data/%s", SRCDIR, name);
	FILE *f = fopen(path, "rb");
	struct buf all;
	struct span octets;
	char piece[4096];
	size_t n;

	if (f == NULL)
		return span_of(NULL);
	buf_init(&all, 1 << 20);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		(void)buf_add(&all, span_make(piece, n));
	(void)fclose(f);
	octets = arena_dup(a, buf_span(&all));
	buf_free(&all);
	return octets;
}

static void
test_archive(void **state)
{
	static const struct {
		const char *file, *names, *flags;
	} row[] = {
		{ "archive/plain.zip", "invoice.pdf.exe|dir/ü.txt", "" },
		{ "archive/nested.zip", "inner.zip|a.exe", "archive-nested" },
		{ "archive/encrypted.zip", "secret.exe", "archive-encrypted" },
		{ "archive/truncated.zip", "invoice.pdf.exe",
		    "archive-broken archive-mismatch" },
		{ "archive/mismatch.zip", "evil.exe|good.txt",
		    "archive-mismatch" },
		{ "archive/no-table.zip", "evil.exe", "archive-mismatch" },
		{ "archive/plain.tar.gz", "a/evil.js|ü.txt", "" },
		{ "archive/plain.deb",
		    "debian-binary|control.tar.xz|control|data.tar.xz|"
		    "a/readme",
		    "" },
		{ "archive/plain.cpio.gz", "evil.js", "" },
		{ "archive/plain.7z", "big.bin|behind.exe", "" },
		{ "archive/plain.rar", "invoice.pdf.scr|readme.txt", "" },
		{ "archive/encrypted.rar", "secret.exe", "archive-encrypted" },
		{ "archive/plain5.rar", "ü.exe|b.txt", "" },
		{ "archive/bomb.7z", "big.bin|behind.exe", "" },
		{ "archive/bomb.tar.xz", "big", "archive-limit" },
		{ "archive/deep-winmail.dat",
		    "INVOIC~1.EXE|invoice ü.pdf.exe|deep.zip|note.txt",
		    "archive-nested" },
		{ "archive/cut-winmail.dat", "INVOIC~1.EXE", "archive-broken" },
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(row); i++) {
		struct archive_list list;
		char *names;

		if (!table_wants(row[i].file))
			continue;
		archive_list_members(read_file(row[i].file, a),
		    &archive_limits_standard, NULL, a, &list);
		names = arena_strdup(a, list.names);
		for (char *p = names; *p != '\0'; p++)
			*p = *p == '\n' ? '|' : *p;
		table_text(row[i].file, "names", names, row[i].names);
		table_text(row[i].file, "flags",
		    show_flags(
			list.flags, archive_flag_names, ARCHIVE_FLAG_COUNT, a),
		    row[i].flags);
	}
	arena_free(&a);
	table_end();
}

static void
test_archive_limits(void **state)
{
	static const struct archive_limits one = { 1, 1000, 1000, 1000, 0 };
	struct arena *a = arena_new();
	struct archive_list list;

	(void)state;
	archive_list_members(
	    read_file("archive/plain.zip", a), &one, NULL, a, &list);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.flags, ARCHIVE_LIMIT);
	archive_list_members(
	    SPAN("not an archive"), &archive_limits_standard, NULL, a, &list);
	assert_int_equal(list.count, 0);
	assert_int_equal(list.flags, ARCHIVE_BROKEN);
	arena_free(&a);
}

/* What is long or far behind is known all the same. */
static void
test_archive_ends(void **state)
{
	struct arena *a = arena_new();
	struct archive_list list;

	(void)state;
	archive_list_members(read_file("archive/long-name.zip", a),
	    &archive_limits_standard, NULL, a, &list);
	assert_int_equal(list.count, 1);
	assert_true(span_starts(list.names, SPAN("ppp")));
	assert_true(span_ends(list.names, SPAN("ppp.exe")));
	assert_int_equal(list.flags, 0);
	/* The 141st has another name in the table of contents. */
	archive_list_members(read_file("archive/late-mismatch.zip", a),
	    &archive_limits_standard, NULL, a, &list);
	assert_int_equal(list.count, 151);
	assert_true(span_ends(list.names, SPAN("\nevil.exe")));
	assert_int_equal(list.flags, ARCHIVE_MISMATCH);
	arena_free(&a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_filename),
	cmocka_unit_test(test_filetype),
	cmocka_unit_test(test_archive),
	cmocka_unit_test(test_archive_limits),
	cmocka_unit_test(test_archive_ends),
};

TABLE_MAIN(tests)
