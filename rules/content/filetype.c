/*
 * A small table of signatures: the types that mail carries and that rules ask
 * for. A zip file is looked into by the names of its first members, because
 * office documents, Java and Android packages are zip files.
 */
#include "config.h"

#include "rules/content/filetype.h"

#include "rules/base/utf8.h"

/* clang-format off */
static const struct {
	size_t at;
	struct span octets;
	const char *type;
	enum filetype_kind kind;
} signature[] = {
	{ 0, SPAN_INIT("MZ"), "application/x-dosexec", FILETYPE_PROGRAM },
	{ 0, SPAN_INIT("\x7f" "ELF"), "application/x-executable", FILETYPE_PROGRAM },
	{ 0, SPAN_INIT("\xca\xfe\xba\xbe"), "application/x-java-applet", FILETYPE_PROGRAM },
	{ 0, SPAN_INIT("\xfe\xed\xfa\xce"), "application/x-mach-binary", FILETYPE_PROGRAM },
	{ 0, SPAN_INIT("\xfe\xed\xfa\xcf"), "application/x-mach-binary", FILETYPE_PROGRAM },
	{ 0, SPAN_INIT("\xce\xfa\xed\xfe"), "application/x-mach-binary", FILETYPE_PROGRAM },
	{ 0, SPAN_INIT("\xcf\xfa\xed\xfe"), "application/x-mach-binary", FILETYPE_PROGRAM },
	{ 0, SPAN_INIT("\0asm"), "application/wasm", FILETYPE_PROGRAM },
	{ 0, SPAN_INIT("\x4c\0\0\0\x01\x14\x02\0"), "application/x-ms-shortcut", FILETYPE_PROGRAM },
	{ 0, SPAN_INIT("#!"), "text/x-shellscript", FILETYPE_PROGRAM },
	{ 0, SPAN_INIT("ITSF"), "application/vnd.ms-htmlhelp", FILETYPE_PROGRAM },
	{ 0, SPAN_INIT("PK\x03\x04"), "application/zip", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("PK\x05\x06"), "application/zip", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("Rar!\x1a\x07"), "application/x-rar", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("7z\xbc\xaf\x27\x1c"), "application/x-7z-compressed", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("\x1f\x8b"), "application/gzip", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("BZh"), "application/x-bzip2", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("\xfd" "7zXZ\0"), "application/x-xz", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("\x28\xb5\x2f\xfd"), "application/zstd", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("LZIP"), "application/x-lzip", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("\x5d\0\0"), "application/x-lzma", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("\x1f\x9d"), "application/x-compress", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("MSCF"), "application/vnd.ms-cab-compressed", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("\x60\xea"), "application/x-arj", FILETYPE_ARCHIVE },
	{ 7, SPAN_INIT("**ACE**"), "application/x-ace", FILETYPE_ARCHIVE },
	{ 2, SPAN_INIT("-lh"), "application/x-lzh", FILETYPE_ARCHIVE },
	{ 257, SPAN_INIT("ustar"), "application/x-tar", FILETYPE_ARCHIVE },
	{ 32769, SPAN_INIT("CD001"), "application/x-iso9660-image", FILETYPE_ARCHIVE },
	{ 32769, SPAN_INIT("BEA01"), "application/x-udf-image", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("conectix"), "application/x-vhd", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("vhdxfile"), "application/x-vhdx", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("MSWIM\0"), "application/x-ms-wim", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("xar!"), "application/x-xar", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("!<arch>\n"), "application/x-archive", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("\xed\xab\xee\xdb"), "application/x-rpm", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "application/x-ole-storage", FILETYPE_OTHER },
	{ 0, SPAN_INIT("\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d"), "application/onenote", FILETYPE_OTHER },
	{ 0, SPAN_INIT("{\\rt"), "application/rtf", FILETYPE_OTHER },
	{ 0, SPAN_INIT("ActiveMime"), "application/x-mso", FILETYPE_OTHER },
	{ 0, SPAN_INIT("\x78\x9f\x3e\x22"), "application/vnd.ms-tnef", FILETYPE_ARCHIVE },
	{ 0, SPAN_INIT("%!PS"), "application/postscript", FILETYPE_OTHER },
	{ 0, SPAN_INIT("\x89PNG\r\n\x1a\n"), "image/png", FILETYPE_OTHER },
	{ 0, SPAN_INIT("\xff\xd8\xff"), "image/jpeg", FILETYPE_OTHER },
	{ 0, SPAN_INIT("GIF8"), "image/gif", FILETYPE_OTHER },
	{ 6, SPAN_INIT("\0\0\0\0\x36\0\0\0\x28\0\0\0"), "image/bmp", FILETYPE_OTHER },
	{ 0, SPAN_INIT("II*\0"), "image/tiff", FILETYPE_OTHER },
	{ 0, SPAN_INIT("MM\0*"), "image/tiff", FILETYPE_OTHER },
	{ 0, SPAN_INIT("II+\0"), "image/tiff", FILETYPE_OTHER },
	{ 0, SPAN_INIT("MM\0+"), "image/tiff", FILETYPE_OTHER },
	{ 0, SPAN_INIT("8BPS"), "image/vnd.adobe.photoshop", FILETYPE_OTHER },
	{ 0, SPAN_INIT("\0\0\x01\0"), "image/vnd.microsoft.icon", FILETYPE_OTHER },
	{ 0, SPAN_INIT("\xd7\xcd\xc6\x9a"), "image/wmf", FILETYPE_OTHER },
	{ 40, SPAN_INIT(" EMF"), "image/emf", FILETYPE_OTHER },
	{ 8, SPAN_INIT("WEBP"), "image/webp", FILETYPE_OTHER },
	{ 8, SPAN_INIT("WAVE"), "audio/x-wav", FILETYPE_OTHER },
	{ 8, SPAN_INIT("AVI "), "video/x-msvideo", FILETYPE_OTHER },
	{ 4, SPAN_INIT("ftyphei"), "image/heic", FILETYPE_OTHER },
	{ 4, SPAN_INIT("ftyphev"), "image/heic", FILETYPE_OTHER },
	{ 4, SPAN_INIT("ftypmif1"), "image/heif", FILETYPE_OTHER },
	{ 4, SPAN_INIT("ftypmsf1"), "image/heif", FILETYPE_OTHER },
	{ 4, SPAN_INIT("ftypavif"), "image/avif", FILETYPE_OTHER },
	{ 4, SPAN_INIT("ftypavis"), "image/avif", FILETYPE_OTHER },
	{ 4, SPAN_INIT("jP  \r\n\x87\n"), "image/jp2", FILETYPE_OTHER },
	{ 4, SPAN_INIT("JXL \r\n\x87\n"), "image/jxl", FILETYPE_OTHER },
	{ 4, SPAN_INIT("ftyp"), "video/mp4", FILETYPE_OTHER },
	{ 0, SPAN_INIT("\x1a\x45\xdf\xa3"), "video/x-matroska", FILETYPE_OTHER },
	{ 0, SPAN_INIT("OggS"), "application/ogg", FILETYPE_OTHER },
	{ 0, SPAN_INIT("fLaC"), "audio/flac", FILETYPE_OTHER },
	{ 0, SPAN_INIT("ID3"), "audio/mpeg", FILETYPE_OTHER },
	{ 0, SPAN_INIT("\xff\xfb"), "audio/mpeg", FILETYPE_OTHER },
	{ 0, SPAN_INIT("FWS"), "application/x-shockwave-flash", FILETYPE_OTHER },
	{ 0, SPAN_INIT("CWS"), "application/x-shockwave-flash", FILETYPE_OTHER },
	{ 0, SPAN_INIT("wOFF"), "font/woff", FILETYPE_OTHER },
	{ 0, SPAN_INIT("SQLite format 3\0"), "application/vnd.sqlite3", FILETYPE_OTHER },
	{ 0, SPAN_INIT("-----BEGIN PGP MESSAGE"), "application/pgp-encrypted", FILETYPE_OTHER },
	{ 0, SPAN_INIT("BEGIN:VCALENDAR"), "text/calendar", FILETYPE_TEXT },
	{ 0, SPAN_INIT("BEGIN:VCARD"), "text/vcard", FILETYPE_TEXT },
};
/* What the start of a text shows, in any case and behind white space. */
static const struct {
	struct span start;
	const char *type;
	enum filetype_kind kind;
} text_start[] = {
	{ SPAN_INIT("<!doctype svg"), "image/svg+xml", FILETYPE_HTML },
	{ SPAN_INIT("<!doctype html"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<html"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<head"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<body"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<title"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<meta"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<script"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<style"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<iframe"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<form"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<table"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<div"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<!--"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<svg"), "image/svg+xml", FILETYPE_HTML },
	{ SPAN_INIT("<h1"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<h2"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<font"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<a"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<b"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<br"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<p"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<center"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<img"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<span"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<base"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<link"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<object"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<embed"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<input"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<td"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<tr"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<ul"), "text/html", FILETYPE_HTML },
	{ SPAN_INIT("<?xml"), "text/xml", FILETYPE_TEXT },
	{ SPAN_INIT("@echo off"), "text/x-msdos-batch", FILETYPE_PROGRAM },
	{ SPAN_INIT("[InternetShortcut]"), "application/x-mswinurl", FILETYPE_PROGRAM },
};
/* Members of zip files that tell what the whole is. */
static const struct {
	struct span name;
	const char *type;
} zip_member[] = {
	{ SPAN_INIT("word/"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
	{ SPAN_INIT("xl/"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	{ SPAN_INIT("ppt/"), "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
	{ SPAN_INIT("mimetypeapplication/vnd.oasis.opendocument.text"), "application/vnd.oasis.opendocument.text" },
	{ SPAN_INIT("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet" },
	{ SPAN_INIT("mimetypeapplication/vnd.oasis.opendocument.presentation"), "application/vnd.oasis.opendocument.presentation" },
	{ SPAN_INIT("mimetypeapplication/epub+zip"), "application/epub+zip" },
	{ SPAN_INIT("AndroidManifest.xml"), "application/vnd.android.package-archive" },
	{ SPAN_INIT("META-INF/MANIFEST.MF"), "application/java-archive" },
	{ SPAN_INIT("[Content_Types].xml"), "application/vnd.openxmlformats-officedocument" },
};
/* clang-format on */

#define ZIP_HEADER      30 /* octets of a local header before the name */
#define ZIP_MEMBERS_MAX 50

/*
 * Where the member behind the one at that offset begins: by the length that it
 * tells, so that members of members do not count, or else the next that looks
 * like one. SIZE_MAX: none.
 */
static size_t
zip_next(struct span s, size_t at)
{
	size_t told = at + ZIP_HEADER + span_little(s, at + 26, 2) +
		      span_little(s, at + 28, 2) + span_little(s, at + 18, 4);
	size_t found;

	if ((span_little(s, at + 6, 2) & 8) == 0 && told > at &&
	    span_starts(span_slice(s, told, s.n), SPAN("PK")))
		return span_starts(span_slice(s, told, s.n),
			   SPAN("PK\x03\x04"))
			   ? told
			   : SIZE_MAX;
	found = span_search(span_slice(s, at + 4, s.n), SPAN("PK\x03\x04"));
	return found == SIZE_MAX ? SIZE_MAX : at + 4 + found;
}

/* Finds the most telling member; the table's order is the precedence. */
static const char *
zip_type(struct span s)
{
	size_t best = ARRAY_COUNT(zip_member), at = 0;

	for (size_t seen = 0; seen < ZIP_MEMBERS_MAX; seen++) {
		struct span name =
		    span_slice(s, at + ZIP_HEADER, at + ZIP_HEADER + 80);

		for (size_t i = 0; i < best; i++)
			if (span_starts(name, zip_member[i].name))
				best = i;
		at = zip_next(s, at);
		if (at == SIZE_MAX)
			break;
	}
	return best < ARRAY_COUNT(zip_member) ? zip_member[best].type
					      : "application/zip";
}

/*
 * Behind what may stand before the first element of XML: its declaration,
 * instructions, comments and a document type.
 */
static struct span
xml_root(struct span s)
{
	for (;;) {
		size_t end;

		s = span_trim(s);
		if (span_starts(s, SPAN("<?")))
			end = span_search(s, SPAN("?>")) + 2;
		else if (span_starts(s, SPAN("<!--")))
			end = span_search(s, SPAN("-->")) + 3;
		else if (span_case_starts(s, SPAN("<!doctype")))
			end = span_find(s, '>') + 1;
		else
			return s;
		/* SIZE_MAX plus a little: it does not end. */
		if (end < 4 || end > s.n)
			return SPAN("");
		s = span_slice(s, end, s.n);
	}
}

/* What XML is by its first element, whatever the prefix of its name. */
static bool
xml_type(struct span s, struct filetype *out)
{
	struct span root = xml_root(s);
	size_t n = 1, from = 1;

	if (root.n < 2 || root.p[0] != '<')
		return false;
	for (; n < root.n && !ascii_space(root.p[n]) && root.p[n] != '>' &&
	       root.p[n] != '/';
	     n++)
		if (root.p[n] == ':')
			from = n + 1;
	root = span_slice(root, from, n);
	if (span_case_is(root, "svg"))
		*out = (struct filetype){ "image/svg+xml", FILETYPE_HTML };
	else if (span_case_is(root, "html"))
		*out = (struct filetype){ "text/html", FILETYPE_HTML };
	else
		return false;
	return true;
}

/* "<p" begins a page as a whole word alone. */
static bool
text_starts(struct span text, struct span start)
{
	char next;

	if (!span_case_starts(text, start))
		return false;
	if (start.p[0] != '<' || start.n == text.n)
		return true;
	next = text.p[start.n];
	return start.p[1] == '!' || start.p[1] == '?' || ascii_space(next) ||
	       next == '>' || next == '/';
}

static struct filetype
text_type(struct span s)
{
	struct filetype xml;
	struct span start = s;
	size_t bad = 0;

	if (span_starts(start, SPAN("\xef\xbb\xbf")))
		start = span_slice(start, 3, start.n);
	while (start.n > 0 && ascii_space(start.p[0]))
		start = span_slice(start, 1, start.n);
	if (xml_type(start, &xml))
		return xml;
	for (size_t i = 0; i < ARRAY_COUNT(text_start); i++)
		if (text_starts(start, text_start[i].start))
			return (struct filetype){ text_start[i].type,
				text_start[i].kind };
	s = span_slice(s, 0, 4096);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		bad += c < 0x20 && c != '\t' && c != '\n' && c != '\r' &&
		       c != '\f' && c != 0x1b;
	}
	if (bad > 0 || s.n == 0)
		return (struct filetype){ "application/octet-stream",
			FILETYPE_OTHER };
	return (struct filetype){ "text/plain", FILETYPE_TEXT };
}

struct filetype
filetype_of(struct span octets)
{
	struct span s = span_slice(octets, 0, FILETYPE_HEAD);

	for (size_t i = 0; i < ARRAY_COUNT(signature); i++) {
		struct span here = span_slice(s, signature[i].at, s.n);

		if (!span_starts(here, signature[i].octets))
			continue;
		if (span_is(SPAN("application/zip"), signature[i].type))
			return (
			    struct filetype){ zip_type(s), FILETYPE_ARCHIVE };
		return (
		    struct filetype){ signature[i].type, signature[i].kind };
	}
	/* Readers find a PDF file's start within its first 1024 octets. */
	if (span_search(span_slice(s, 0, 1024), SPAN("%PDF-")) != SIZE_MAX)
		return (struct filetype){ "application/pdf", FILETYPE_OTHER };
	return text_type(s);
}
