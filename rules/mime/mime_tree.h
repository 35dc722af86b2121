#ifndef RULES_MIME_MIME_TREE_H
#define RULES_MIME_MIME_TREE_H

/*
 * The MIME structure of a message (RFC 2045, 2046), as the union of what mail
 * clients would show. A parser that is stricter than the client behind it can
 * be led past an attachment, so wherever clients differ (a multipart without
 * a boundary, two Content-Types, text outside of all parts) each view is
 * listed as a part, and a flag says that this was necessary.
 *
 * The parser reads each octet a bounded number of times and stops at its
 * limits and where the arena is over, which are flags, never failures. Pure; one thread per message.
 */

#include "rules/base/arena.h"
#include "rules/base/span.h"
#include "rules/mail/header.h"
#include "rules/text/decode.h"

struct mime_limits {
	size_t depth;  /* multiparts and messages inside one another: 32 */
	size_t parts;  /* 500 */
	size_t octets; /* decoded, of all parts together: 16 MB */
};
extern const struct mime_limits mime_limits_standard;

enum mime_place {
	MIME_BODY,     /* a part like any other */
	MIME_PREAMBLE, /* before the first part of a multipart */
	MIME_EPILOGUE, /* behind the last */
	MIME_RAW,      /* a second view: undecoded text of a structure that
	                  could not be read */
};

struct mime_part {
	enum mime_place place;
	struct span type;        /* lower case; "text/plain" when missing */
	struct span charset;     /* "" when not given */
	struct span disposition; /* lower case, "" when not given */
	const struct span *name; /* every reading of its file name, as UTF-8;
	                            a NUL is still there */
	size_t name_count;
	/* Of a part without a name: what some programs name it by, as UTF-8. */
	struct span location, description;
	enum mime_transfer transfer;
	struct span raw; /* as it stands in the message, undecoded */
	unsigned depth;  /* 0: the message itself */
	bool text;       /* shown as text: text of any kind without a file name
	                    or inline */
	bool html;
	bool encrypted; /* S/MIME or OpenPGP: what it holds is not known */
};

/* Bits of mime_message.flags; mime_flag_names[i] names bit 1 << i. */
enum mime_flag {
	MIME_FLAG_DEPTH = 1 << 0, /* limits */
	MIME_FLAG_PARTS = 1 << 1,
	MIME_FLAG_SIZE = 1 << 2,
	MIME_FLAG_NO_BOUNDARY = 1 << 3,     /* of a multipart, or it is "" */
	MIME_FLAG_BOUNDARY_UNUSED = 1 << 4, /* given but never met */
	MIME_FLAG_BOUNDARY_OPEN = 1 << 5,   /* no closing delimiter */
	MIME_FLAG_DUPLICATE_TYPE = 1 << 6,  /* two Content-Types that differ */
	MIME_FLAG_DUPLICATE_PARAM = 1 << 7, /* two boundaries or charsets */
	MIME_FLAG_DUPLICATE_TRANSFER = 1 << 8,
	MIME_FLAG_BAD_HEADER = 1 << 9, /* of a part: a line that is none */
	MIME_FLAG_PREAMBLE = 1 << 10,  /* text where clients show none */
	MIME_FLAG_EPILOGUE = 1 << 11,
	MIME_FLAG_ENCODED_MESSAGE = 1
				    << 12, /* message or multipart in base64 */
	MIME_FLAG_UUENCODE = 1 << 13,      /* a file inside of text */
	MIME_FLAG_UNKNOWN_TRANSFER = 1 << 14,
	MIME_FLAG_BAD_TYPE = 1 << 15,   /* a Content-Type that is none */
	MIME_FLAG_PARTIAL = 1 << 16,    /* message/partial or external-body */
	MIME_FLAG_BARE_CR = 1 << 17,    /* other parts where a CR ends a line */
	MIME_FLAG_PARAMETERS = 1 << 18, /* more of a field than is read */
	MIME_FLAG_MEMORY = 1 << 19,     /* the arena is over */
};
#define MIME_FLAG_COUNT 20
/* Names or types of some parts were not read. */
#define MIME_FLAGS_UNSEEN                                                      \
	((unsigned)(MIME_FLAG_DEPTH | MIME_FLAG_PARTS | MIME_FLAG_PARAMETERS | \
		    MIME_FLAG_MEMORY))
extern const char *const mime_flag_names[MIME_FLAG_COUNT];

/* The part that was read last, as far as that went. */
struct mime_decoded {
	struct span raw;
	enum mime_transfer transfer;
	struct span octets;
	bool whole;
	bool counted; /* among those that are left */
};

struct mime_message {
	struct mime_part *part;
	size_t count, cap;
	size_t depth; /* of the deepest part */
	/* The first message that stands in it, its header and body; "" for
	 * none. */
	struct span enclosed;
	bool encloses; /* there is one, maybe empty */
	unsigned flags;
	size_t octets_left; /* of limits.octets */
	struct mime_decoded last;
	struct arena *arena;
};

/*
 * Reads the message. headers are its own; only the Content- fields count.
 * Everything in *out points into body, headers or the arena.
 */
void mime_parse(const struct header_list *headers, struct span body,
    const struct mime_limits *limits, struct arena *a,
    struct mime_message *out);

/*
 * The decoded octets of a part: at most max of them, and no more than are
 * left of the message's limit (MIME_FLAG_SIZE is set when that cuts); a look at
 * the first MIME_HEAD_OCTETS counts for nothing, since there are only so many
 * parts. Asked again of the same part it is neither decoded nor counted twice.
 * Lies in the arena, or in the message where nothing is encoded.
 */
#define MIME_HEAD_OCTETS ((size_t)40 * 1024)
struct span mime_part_octets(
    struct mime_message *m, const struct mime_part *p, size_t max);
/* How many octets the decoded part has; exact but for broken encodings. */
size_t mime_part_size(const struct mime_part *p);

#endif
