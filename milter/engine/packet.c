/*
 * Reading and writing packets of the milter protocol.
 */
#include "config.h"

#include "milter/engine/packet.h"

#include <arpa/inet.h>
#include <string.h>

#include "milter/engine/engine.h"

/* ---- numbers ------------------------------------------------------------- */

static uint32_t
packet_u32(const char *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof(n));
	return ntohl(n);
}

static void
packet_put_u32(struct buf *out, uint32_t n)
{
	n = htonl(n);
	(void)buf_add(out, span_make((const char *)&n, sizeof(n)));
}

/* ---- reading ------------------------------------------------------------- */

enum packet_state
packet_next(struct span octets, size_t max, struct packet *out, size_t *used)
{
	size_t size;

	*used = 0;
	if (octets.n < 4)
		return PACKET_PART;
	size = packet_u32(octets.p);
	if (size == 0 || size - 1 > max)
		return PACKET_BAD;
	if (octets.n - 4 < size)
		return PACKET_PART;
	out->command = octets.p[4];
	out->data = span_slice(octets, 5, 4 + size);
	*used = 4 + size;
	return PACKET_WHOLE;
}

bool
packet_options(struct span data, struct packet_options *out)
{
	if (data.n < 12)
		return false;
	out->version = packet_u32(data.p);
	out->actions = packet_u32(data.p + 4);
	out->protocol = packet_u32(data.p + 8);
	return out->version >= PACKET_VERSION_MIN;
}

/* Takes the text before the next NUL. */
static bool
packet_text(struct span *data, struct span *out)
{
	size_t end = span_find(*data, '\0');

	if (end == SIZE_MAX)
		return false;
	*out = span_slice(*data, 0, end);
	*data = span_slice(*data, end + 1, data->n);
	return true;
}

/*
 * Behind the host's name stands its family: U unknown, L unix, 4 or 6, and
 * then but for U the port and the address as text. Sendmail writes "IPv6:"
 * before an address of that family.
 */
bool
packet_connect(struct span data, struct packet_client *out)
{
	struct span address;
	char family;

	*out = (struct packet_client){ 0 };
	if (!packet_text(&data, &out->hostname) || data.n == 0)
		return false;
	family = data.p[0];
	if (family == 'U')
		return true;
	if (data.n < 3)
		return false;
	out->port = (uint16_t)((unsigned char)data.p[1] << 8 |
			       (unsigned char)data.p[2]);
	data = span_slice(data, 3, data.n);
	if (!packet_text(&data, &address))
		return false;
	if (family == 'L')
		return true;
	if (span_case_starts(address, SPAN("IPv6:")))
		address = span_slice(address, 5, address.n);
	return (family == '4' || family == '6') && ip_parse(address, &out->ip);
}

bool
packet_texts(struct span data, struct span *out, size_t max, size_t *count)
{
	struct span text;

	if (data.n == 0 || data.p[data.n - 1] != '\0')
		return false;
	for (*count = 0; *count < max && packet_text(&data, &text); ++*count)
		out[*count] = text;
	return true;
}

bool
packet_macros(struct span data, char *command, struct span *pairs)
{
	size_t texts = 0;

	if (data.n == 0)
		return false;
	*command = data.p[0];
	*pairs = data = span_slice(data, 1, data.n);
	for (size_t end; data.n > 0; texts++) {
		end = span_find(data, '\0');
		if (end == SIZE_MAX)
			return false;
		data = span_slice(data, end + 1, data.n);
	}
	return texts % 2 == 0 && texts <= 2 * (size_t)PACKET_MACROS_MAX;
}

static struct span
packet_bare(struct span name)
{
	return name.n > 2 && name.p[0] == '{' && name.p[name.n - 1] == '}'
		   ? span_slice(name, 1, name.n - 1)
		   : name;
}

struct span
packet_macro(struct span pairs, struct span name)
{
	struct span key, value;

	name = packet_bare(name);
	while (packet_text(&pairs, &key) && packet_text(&pairs, &value))
		if (span_eq(packet_bare(key), name))
			return value;
	return (struct span){ NULL, 0 };
}

/* ---- writing ------------------------------------------------------------- */

/* Its length is written when its data is there. */
static size_t
packet_begin(struct buf *out, char code)
{
	packet_put_u32(out, 0);
	(void)buf_addc(out, code);
	return out->n;
}

static void
packet_end(struct buf *out, size_t start)
{
	uint32_t n;

	if (out->over)
		return;
	n = htonl((uint32_t)(out->n - start + 1));
	memcpy(out->p + start - 5, &n, sizeof(n));
}

void
packet_put(struct buf *out, char code, struct span data)
{
	size_t start = packet_begin(out, code);

	(void)buf_add(out, data);
	packet_end(out, start);
}

/* A text that ends where it has a NUL: there the MTA would end it. */
static void
packet_add_text(struct buf *out, struct span text)
{
	(void)buf_add(out, span_slice(text, 0, span_find(text, '\0')));
	(void)buf_addc(out, '\0');
}

void
packet_put_text(struct buf *out, char code, struct span text)
{
	size_t start = packet_begin(out, code);

	packet_add_text(out, text);
	packet_end(out, start);
}

void
packet_put_options(
    struct buf *out, const struct packet_options *agreed, bool with_macros)
{
	size_t start = packet_begin(out, 'O');

	packet_put_u32(out, agreed->version);
	packet_put_u32(out, agreed->actions);
	packet_put_u32(out, agreed->protocol);
	for (size_t i = 0; with_macros && i < ENGINE_MACROS; i++) {
		packet_put_u32(out, engine_macros[i].stage);
		packet_add_text(out, span_of(engine_macros[i].names));
	}
	packet_end(out, start);
}

static void
packet_put_field(struct buf *out, char code, size_t index, struct span name,
    const char *lead, struct span value)
{
	size_t start = packet_begin(out, code);

	packet_put_u32(out, (uint32_t)index);
	packet_add_text(out, name);
	(void)buf_addz(out, lead);
	packet_add_text(out, value);
	packet_end(out, start);
}

/* No value removes a field; with PACKET_LEADING_SPACE the space behind the
 * colon is ours to give. */
void
packet_put_edits(struct buf *out, const struct header_edits *edits)
{
	for (size_t i = 0; i < edits->removal_count; i++)
		packet_put_field(out, 'm', edits->removal[i].index,
		    edits->removal[i].name, "", SPAN(""));
	for (size_t i = 0; i < edits->addition_count; i++)
		packet_put_field(out, 'i', 0, edits->addition[i].name, " ",
		    edits->addition[i].value);
}
