#ifndef RULES_CONTENT_CONTENT_INSIDE_H
#define RULES_CONTENT_CONTENT_INSIDE_H

/*
 * Between the files that read a message's content: content.c walks the parts
 * and reads text, content_file.c reads files, and what is opened there may be
 * a message of its own, whose parts are walked in turn.
 */

#include "rules/content/content.h"

/* Messages inside of files inside of messages that are opened. */
#define CONTENT_NESTED_MAX 3

/* Texts of parts, one behind the other: most messages have one of a kind,
 * which stays where it is. */
struct content_joined {
	struct span only; /* in the arena; n 0: all that there is, is in all */
	struct buf all;
};

struct content_reader {
	const struct content_limits *limits;
	struct content *out;
	struct mime_message *mime; /* whose parts are walked */
	struct span gaps; /* the end of the body, of which the structure
	                              alone is there; NULL: all is whole */
	struct arena *arena;
	struct content_joined plain, html, hidden;
	unsigned nested; /* so many files around the message */
	bool archived;   /* one of those is an archive */
	size_t file;     /* the number of the one that is looked into */
	size_t *members_left; /* octets of members of archives that may still
	                         be unpacked to be read */
	size_t *members;      /* how many were read */
};

/*
 * The octets as UTF-8, by their byte order mark or else by the charset. What
 * is UTF-8 already is not copied.
 */
struct span content_to_text(
    struct content_reader *r, struct span charset, struct span octets);
/*
 * The same for a page. file: what it says itself goes before what was
 * declared, as where a browser opens it.
 */
struct span content_to_page(struct content_reader *r, struct span charset,
    struct span octets, bool file);
/* shown: as text of the message, not as a file that one may open. */
void content_read_html(struct content_reader *r, struct span html, bool shown);
/* Links in text; a card's lines are unfolded before. */
void content_read_links(struct content_reader *r, struct span text);
/* Where a shortcut leads: hosts of shares and of desktops beside addresses. */
void content_read_shortcut(struct content_reader *r, struct span octets);
/* A table as text: whether a formula in it starts a program. Takes time in
 * proportion to its octets. */
bool content_sheet_runs(struct span text);
/* The arena is over: no more is read, and the flags say so. */
bool content_is_full(struct content_reader *r);
/* Whether octets of the part are missing. */
bool content_is_cut(
    const struct content_reader *r, const struct mime_part *part);
/* As much of a part as is read of text; text_over where that is not all. */
struct span content_octets(
    struct content_reader *r, const struct mime_part *part);
/* The parts of r->mime. */
void content_read_parts(struct content_reader *r);

/* Notes the file as a document, by its types and its names, if it is one;
 * number: of the file that its text is told of. */
void content_add_document(struct content_reader *r, struct content_file *file,
    size_t number, const struct mime_part *part);
/* A calendar that is text of the message, a picture that stands in a page. */
void content_add_calendar(struct content_reader *r, struct span octets);
void content_add_picture(struct content_reader *r, struct span octets);
/* A document that is there and can't be read: unseen, or encrypted. */
void content_lose_document(struct content_reader *r, struct content_file *file,
    enum document_kind kind, bool unseen);

void content_add_file(struct content_reader *r, const struct mime_part *part);
/* The name as a file has it, in its readings. */
void content_add_name(
    struct content_reader *r, struct content_file *file, struct span name);
/*
 * Looks into the file as far as its name, its type and its octets ask for,
 * documents left out.
 */
void content_look_into(struct content_reader *r, struct content_file *file,
    const struct mime_part *part);
/* A file whose name ends like this is read here as a page, a message, text. */
bool content_reads(struct span extension);

/* The members of an archive, as far as anybody reads them. */
void content_list_archive(struct content_reader *r, struct content_file *file,
    const struct mime_part *part, bool sure);

#endif
