#ifndef RULES_MAIL_ADDR_PARSE_H
#define RULES_MAIL_ADDR_PARSE_H

/*
 * What addr_list.c (the grammar) and addr_rival.c (the other readings) share,
 * and nobody else includes.
 *
 * Three things can go wrong, and the cursor remembers each: fail, when the
 * text leaves the grammar (then all readings are compared), broken, when no
 * reading is usable, and doubt, when two readings differ.
 */

#include "rules/mail/addr_list.h"

/* A domain that other software might read, outside the address. */
struct rival {
	struct span run;
	bool serious; /* a difference makes the field ambiguous */
	bool encoded; /* seen only by those who decode before they parse */
};

struct addr_parser {
	struct span s;
	size_t at;
	struct arena *arena;
	struct addr_list *out;
	struct rival *rival;
	size_t rival_count, rival_cap;
	bool behind; /* the current mailbox's address is read */
	bool empty;  /* "<>" was seen */
	const char *fail, *broken, *doubt;
};

/* Sets fail unless it is set; returns false. */
bool addr_fail(struct addr_parser *p, const char *why);
/* atext of RFC 5322 and 6532, the dot, and with controls obs-NO-WS-CTL. */
bool addr_atom_char(char c, bool controls);
/*
 * Takes an address into the list. Characters of the domain that no domain has
 * leave the grammar; what is invisible or only looks like a dot is final.
 */
bool addr_add(struct addr_parser *p, struct span local, struct span domain,
    struct span text);

bool addr_has_rune(struct span s, bool (*is)(uint32_t));
/* What emoji and scripts need is no sign of deceit in a display name. */
bool addr_rune_hides(uint32_t rune);

/* Rivals: what text, encoded words or a quoted string show. */
void addr_note(struct addr_parser *p, struct span text, bool serious);
void addr_note_encoded(struct addr_parser *p, struct span run);
void addr_note_quoted(struct addr_parser *p, struct span text);
/*
 * What a whole display name shows once its quotes are gone and its encoded
 * words are decoded and joined.
 */
void addr_note_name(struct addr_parser *p, struct span name);
/* Compares the rivals with the mailboxes: doubt, or a trait. */
void addr_compare_rivals(struct addr_parser *p);
/* Takes a field that left the grammar if there is one way to read it. */
void addr_take_by_agreement(struct addr_parser *p);

#endif
