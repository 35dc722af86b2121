#ifndef MILTER_ENGINE_PACKET_H
#define MILTER_ENGINE_PACKET_H

/*
 * The packets of the milter protocol, versions 2 to 6: four octets of length,
 * a command, its data. Everything in a packet is the MTA's word and is read
 * with bounds; nothing is copied, so what is read lives as long as the octets.
 * Pure; knows neither sockets nor sessions. The numbers are those of
 * libmilter/mfdef.h, which is the protocol's only definition.
 */

#include <netinet/in.h>

#include "policy/tell/headers.h"
#include "rules/base/buf.h"
#include "rules/base/ip.h"
#include "rules/base/span.h"

#define PACKET_VERSION_MIN 2
#define PACKET_VERSION_MAX 6

/* What a filter may do to a message. */
enum packet_action {
	PACKET_ADD_HEADERS = 0x01,
	PACKET_CHANGE_HEADERS = 0x10,
	PACKET_QUARANTINE = 0x20,
	PACKET_SET_MACROS = 0x100,
};

/* What is left out, and how a header arrives. */
enum packet_protocol {
	PACKET_NO_REPLY_HEADER = 0x80,
	PACKET_NO_UNKNOWN = 0x100,
	PACKET_NO_DATA = 0x200,
	PACKET_RCPT_REJECTED = 0x800,
	PACKET_NO_REPLY_CONNECT = 0x1000,
	PACKET_NO_REPLY_HELO = 0x2000,
	PACKET_NO_REPLY_MAIL = 0x4000,
	PACKET_NO_REPLY_RCPT = 0x8000,
	PACKET_NO_REPLY_EOH = 0x40000,
	PACKET_NO_REPLY_BODY = 0x80000,
	PACKET_LEADING_SPACE = 0x100000,
};

struct packet {
	char command;
	struct span data;
};

enum packet_state { PACKET_WHOLE, PACKET_PART, PACKET_BAD };

/*
 * The packet with which octets begin, and in *used what it takes of them.
 * PACKET_BAD: it has no command, or more than max octets.
 */
enum packet_state packet_next(
    struct span octets, size_t max, struct packet *out, size_t *used);

/* What one side can do, or what both agree on. */
struct packet_options {
	uint32_t version, actions, protocol;
};

/* All return false for what is no such packet. */
bool packet_options(struct span data, struct packet_options *out);

struct packet_client {
	struct span hostname;
	struct ip ip; /* family 0: the MTA knows no address */
	uint16_t port;
};
bool packet_connect(struct span data, struct packet_client *out);

/* Up to max texts that each end with NUL; what is beyond is dropped. */
bool packet_texts(
    struct span data, struct span *out, size_t max, size_t *count);
/*
 * The macros for a command: names and values in turn, at most
 * PACKET_MACROS_MAX of them.
 */
#define PACKET_MACROS_MAX 256
bool packet_macros(struct span data, char *command, struct span *pairs);
/* A name is found with and without braces; a span without a pointer: it has
 * no such macro. */
struct span packet_macro(struct span pairs, struct span name);

/* ---- answers; they are appended ------------------------------------------ */

void packet_put(struct buf *out, char code, struct span data);
void packet_put_options(
    struct buf *out, const struct packet_options *agreed, bool with_macros);
void packet_put_edits(struct buf *out, const struct header_edits *edits);
/* A text with its NUL at the end. */
void packet_put_text(struct buf *out, char code, struct span text);

#endif
