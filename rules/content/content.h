#ifndef RULES_CONTENT_CONTENT_H
#define RULES_CONTENT_CONTENT_H

/*
 * What a message holds, for rules to see: its text as people read it, its
 * links and its files. Puts together mime_tree.h, html.h, link.h, filename.h,
 * filetype.h and archive.h. Pure; one thread per message; never fails: limits
 * that were met are among the flags.
 *
 * Documents are named here and not read: somebody hands each to the helper and
 * its answer to content_answered, or says that there is none.
 */

#include "rules/content/archive.h"
#include "rules/document/document_kind.h"
#include "rules/html/html.h"
#include "rules/html/link.h"
#include "rules/mime/mime_tree.h"

struct content_limits {
	struct mime_limits mime;
	struct html_limits html;
	struct archive_limits archive;
	size_t text;      /* octets of each of the texts: 2 MB */
	size_t links;     /* 500; of documents as many again */
	size_t documents; /* 50 */
	bool (*is_tld)(struct span label); /* as in struct link_set; NULL */
	bool digests; /* work out each file's SHA-256; off */
	/* The body is whole up to there, and its structure alone is behind;
	 * 0: all of it is whole. */
	size_t whole;
};
extern const struct content_limits content_limits_standard;

/* A file name in one of its readings. */
struct content_name {
	struct span clean;     /* as filename_read gives it */
	struct span extension; /* likewise */
};

struct content_file {
	struct content_name *name;
	size_t name_count;        /* 0 for a part without a name */
	struct span type;         /* as declared */
	const char *content_type; /* by its octets */
	size_t size; /* decoded octets; of a cut file, those kept */
	bool cut;    /* its octets are not all there */
	bool archive;
	bool encrypted;         /* as a part, or members of the archive */
	bool macros;            /* an Office document with VBA in it */
	struct span members;    /* of the archive, or of files inside of a
	                           document, one a line */
	struct span harmless;   /* of them, named like programs, none by their
	                           octets */
	bool harmless_alone;    /* all of them: one compressed file */
	struct span text;       /* of a document, what people read in it, as far
	                           as it can be told; "" for none */
	bool text_unknown;      /* and there may be more than that */
	unsigned acts;          /* enum document_act, of a document; with
	                           DOCUMENT_ACTS_UNSEEN there may be more */
	bool encrypted_unknown; /* and it may be so inside */
	bool inside_unknown;    /* and there may be files in it */
	struct span sha256;     /* in hexadecimal; "" when not worked out */
	unsigned name_flags;    /* enum filename_flag */
	unsigned archive_flags; /* enum archive_flag */
	bool ambiguous; /* readings of the name end in different extensions */
};

/* A document that the helper may read. */
struct content_document {
	size_t file; /* number among the files, or CONTENT_NO_FILE */
	enum document_kind kind;
	struct span octets;
};
#define CONTENT_NO_FILE SIZE_MAX /* a part of the text, such as an invitation */

struct content {
	struct mime_message mime;
	struct span text;      /* the two below, one after the other, folded so
	                          that phrases can be found (folded.h) */
	struct span plain;     /* of text parts that are not HTML */
	struct span html_text; /* visible text of HTML parts */
	struct span hidden;    /* hidden text of HTML parts */
	struct link_set links;
	struct content_file *file;
	size_t file_count, file_cap;
	bool html;               /* there is an HTML part */
	unsigned html_flags;     /* enum html_flag, of HTML files too */
	unsigned own_html_flags; /* without those of pages in archives */
	size_t images, remote_images;
	size_t html_octets; /* of HTML parts that are shown */
	bool encrypted;     /* a part of it is */
	struct content_document *document;
	size_t document_count, document_cap;
	/* What answers say: links, among which are some of those above. */
	struct link_set document_links;
	bool document_unseen;  /* links or text of one were not read */
	bool document_over;    /* there are more of them than are read, other
	                         than pictures in archives, or files in
	                         archives longer than is */
	bool document_unasked; /* the same, since nobody reads any here */
	unsigned unread_kinds; /* bits 1 << enum link_kind: what links of
	                          those would be */
	bool page_unseen;      /* nor what html_flags would say of one */
	bool text_over;        /* there was more text than limits.text */
};

/*
 * Reads all of a message. Texts are valid UTF-8 with LF line ends and without
 * characters that cannot be seen; everything lies in body, headers and the
 * arena.
 */
void content_read(const struct header_list *headers, struct span body,
    const struct content_limits *limits, struct arena *a, struct content *out);

struct document_answer;
/* What was found in document number i, which a is to outlive. */
void content_answered(struct content *c, size_t i,
    const struct document_answer *answer, struct arena *a);
/* It was not read, or not whole. */
void content_unanswered(struct content *c, size_t i);
/* Nobody reads documents here. */
void content_unasked(struct content *c, size_t i);

#endif
