/*
 * Which files are documents: by content, by what they are declared to be and
 * by the name that a program would go by.
 */
#include "config.h"

#include "rules/document/document_kind.h"

const char *const document_kind_names[DOCUMENT_KINDS] = { "pdf", "office",
	"rtf", "svg", "calendar", "qr" };

const char *const document_act_names[DOCUMENT_ACT_COUNT] = { "run", "script",
	"load", "object" };

/* Types end with NULL; one with a star at its end begins others. */
static const struct document_kind_row {
	const char *const types[12];
	const char *extensions; /* with a blank on either side of each */
} document_kind_rows[] = {
	[DOCUMENT_PDF] = { { "application/pdf", "application/x-pdf" },
	    " pdf ai " },
	[DOCUMENT_OFFICE] = { { "application/vnd.openxmlformats-"
				"officedocument*",
				  "application/vnd.oasis.opendocument.*",
				  "application/vnd.ms-word.document.macro*",
				  "application/vnd.ms-powerpoint*",
				  "application/vnd.ms-excel*",
				  "application/vnd.ms-outlook",
				  "application/msword",
				  "application/x-ole-storage",
				  "application/onenote",
				  "application/msonenote" },
	    " docx docm dotx dotm xlsx xlsm xltx xltm xlsb pptx pptm ppsx ppsm "
	    "potx potm vsdx odt ott ods ots odp otp odg doc dot xls xlt xla "
	    "ppt pps pot vsd pub msg oft one onetoc2 " },
	[DOCUMENT_RTF] = { { "application/rtf", "text/rtf", "text/richtext",
			       "application/x-rtf" },
	    " rtf " },
	[DOCUMENT_SVG] = { { "image/svg+xml", "image/svg" }, " svg " },
	[DOCUMENT_CALENDAR] = { { "text/calendar", "application/ics",
				    "text/x-vcalendar" },
	    " ics ical ifb vcs " },
	/* Also those that nobody decodes, for what is in them is not known. */
	[DOCUMENT_IMAGE] = { { "image/*" },
	    " png jpg jpeg jpe jfif gif webp bmp dib tif tiff heic heif avif "
	    "jxl jp2 ico psd wmf emf " },
};
_Static_assert(ARRAY_COUNT(document_kind_rows) == DOCUMENT_KINDS &&
		   ARRAY_COUNT(document_kind_names) == DOCUMENT_KINDS,
    "a row per kind");

static bool
kind_type_fits(struct span type, struct span want)
{
	if (want.p[want.n - 1] != '*')
		return span_case_eq(type, want);
	want.n--;
	return span_case_starts(type, want);
}

enum document_kind
document_kind_of_type(struct span type)
{
	for (unsigned kind = 0; kind < DOCUMENT_KINDS; kind++)
		for (const char *const *t = document_kind_rows[kind].types;
		     *t != NULL; t++)
			if (kind_type_fits(type, span_of(*t)))
				return (enum document_kind)kind;
	return DOCUMENT_KINDS;
}

enum document_kind
document_kind_of_extension(struct span extension)
{
	for (unsigned kind = 0; extension.n > 0 && kind < DOCUMENT_KINDS;
	     kind++) {
		struct span rest = span_of(document_kind_rows[kind].extensions),
			    word;

		while (span_cut(&rest, ' ', &word))
			if (span_eq(word, extension))
				return (enum document_kind)kind;
	}
	return DOCUMENT_KINDS;
}
