#ifndef POLICY_MEMORY_SENDER_KEY_H
#define POLICY_MEMORY_SENDER_KEY_H

/*
 * Who wrote, as far as memory goes: the sender without what changes from mail
 * to mail, and the client as its network. Pure; any thread.
 */

#include "rules/base/arena.h"
#include "rules/base/ip.h"
#include "rules/base/span.h"

struct message;

/*
 * The local part in lower case, without +tags, BATV (prvs=), SRS and VERP
 * marks; pieces with digits become "#". A quoted or strange local part comes
 * out just as well.
 */
struct span sender_key_local(struct span local, struct arena *a);

#define NETWORK_TEXT_MAX 56
/* "192.0.2.0/24", "2001:db8::/64"; "" for family 0. Returns out. */
const char *sender_key_network(struct ip ip, char out[NETWORK_TEXT_MAX]);

/* Domains that speak for this message; spans live as long as it. */
struct sender_domains {
	struct span spf;  /* SPF passed, by a term that means it; or "" */
	struct span dkim; /* of the first good signature, one of the author's
	                     organization before all others; or "" */
	bool spf_open;    /* may still be found out */
	bool dkim_open;
};
struct sender_domains sender_key_domains(struct message *m);

#endif
