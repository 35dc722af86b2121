/*
 * The check of the content: text, links, files and the structure they stand
 * in, as facts. Everything is read at once at the end of the message, and only
 * when a rule or an answer asks for any of it.
 */
#include "config.h"

#include "policy/content/check_content.h"

#include "policy/base/suffix.h"
#include "policy/content/content_documents.h"
#include "policy/content/content_of.h"
#include "policy/message/check_anomaly.h"
#include "policy/message/snapshot.h"
#include "rules/base/jsonw.h"
#include "rules/content/filename.h"
#include "rules/document/document_job.h"

#define EOM STAGE_EOM
/* Two enumerations make one index. */
#define SCRIPT_FACT(s) ((int)F_SCRIPT_FIRST + (int)SCRIPT_##s)
/* clang-format off */
static const struct fact_row content_facts[] = {
	[F_BODY] = { "body", FACT_TEXT, EOM, FACT_PRIVATE, NULL,
	    "the text as people read it: all text parts and the visible text of HTML, decoded" },
	[F_BODY_PLAIN] = { "body.text_plain", FACT_TEXT, EOM, FACT_PRIVATE, NULL,
	    "of it, the text parts that are not HTML" },
	[F_BODY_HTML] = { "body.html_text", FACT_TEXT, EOM, FACT_PRIVATE, NULL,
	    "of it, the visible text of HTML parts" },
	[F_BODY_RAW] = { "body.raw", FACT_BYTES, EOM, FACT_PRIVATE, NULL,
	    "the body as it came, nothing decoded" },
	[F_BODY_LENGTH] = { "body.length", FACT_NUMBER, EOM, FACT_COUNTS, NULL,
	    "characters of body, without white space" },
	[F_BODY_MIXED] = { "body.mixed_words", FACT_NUMBER, EOM, FACT_COUNTS, NULL,
	    "words of Latin letters in which others stand that look like such" },
	[SCRIPT_FACT(LATIN)] = { "script.latin", FACT_NUMBER, EOM, FACT_PERCENT, NULL,
	    "how much of the letters of body is Latin, in percent; absent without letters" },
	[SCRIPT_FACT(GREEK)] = { "script.greek", FACT_NUMBER, EOM, FACT_PERCENT, NULL,
	    "how much of the letters of body is Greek, in percent; absent without letters" },
	[SCRIPT_FACT(CYRILLIC)] = { "script.cyrillic", FACT_NUMBER, EOM, FACT_PERCENT, NULL,
	    "how much of the letters of body is Cyrillic, in percent; absent without letters" },
	[SCRIPT_FACT(HEBREW)] = { "script.hebrew", FACT_NUMBER, EOM, FACT_PERCENT, NULL,
	    "how much of the letters of body is Hebrew, in percent; absent without letters" },
	[SCRIPT_FACT(ARABIC)] = { "script.arabic", FACT_NUMBER, EOM, FACT_PERCENT, NULL,
	    "how much of the letters of body is Arabic, in percent; absent without letters" },
	[SCRIPT_FACT(INDIC)] = { "script.indic", FACT_NUMBER, EOM, FACT_PERCENT, NULL,
	    "how much of the letters of body is Indic, in percent; absent without letters" },
	[SCRIPT_FACT(THAI)] = { "script.thai", FACT_NUMBER, EOM, FACT_PERCENT, NULL,
	    "how much of the letters of body is Thai or Lao, in percent; absent without letters" },
	[SCRIPT_FACT(HAN)] = { "script.han", FACT_NUMBER, EOM, FACT_PERCENT, NULL,
	    "how much of the letters of body is Chinese, in percent; absent without letters" },
	[SCRIPT_FACT(KANA)] = { "script.kana", FACT_NUMBER, EOM, FACT_PERCENT, NULL,
	    "how much of the letters of body is Japanese, in percent; absent without letters" },
	[SCRIPT_FACT(HANGUL)] = { "script.hangul", FACT_NUMBER, EOM, FACT_PERCENT, NULL,
	    "how much of the letters of body is Korean, in percent; absent without letters" },
	[SCRIPT_FACT(OTHER)] = { "script.other", FACT_NUMBER, EOM, FACT_PERCENT, NULL,
	    "how much of the letters of body is other, in percent; absent without letters" },
	[F_URL] = { "url", FACT_GROUP, EOM, FACT_RESTS, NULL,
	    "the links of the message and of its Subject, each once" },
	[F_URL_HREF] = { "url.href", FACT_TEXT, EOM, 0, NULL,
	    "the URL as written" },
	[F_URL_SCHEME] = { "url.scheme", FACT_TEXT, EOM, FACT_IMPERSONAL, NULL,
	    "its scheme, in lower case" },
	[F_URL_HOST] = { "url.host", FACT_DOMAIN, EOM, 0, NULL,
	    "its host; absent when that is an address" },
	[F_URL_DOMAIN] = { "url.domain", FACT_DOMAIN, EOM, 0, NULL,
	    "the registrable domain of the host" },
	[F_URL_IP] = { "url.ip", FACT_BOOL, EOM, 0, NULL,
	    "the host is an IP address, in any notation" },
	[F_URL_ADDRESS] = { "url.address", FACT_IP, EOM, 0, NULL,
	    "that address" },
	[F_URL_KIND] = { "url.kind", FACT_WORD, EOM, 0, link_kind_names,
	    "where it stands: text, bare (a host name in text), link, image, form, load (frame, script), pdf, office, rtf, svg and calendar (in such a file), qr (a code in a picture), redirect (inside another)" },
	[F_URL_TEXT] = { "url.text", FACT_TEXT, EOM, FACT_PRIVATE, NULL,
	    "what HTML shows for it" },
	[F_URL_TEXT_HOST] = { "url.text_host", FACT_DOMAIN, EOM, 0, NULL,
	    "the host that this text promises" },
	[F_URL_MISMATCH] = { "url.mismatch", FACT_BOOL, EOM, 0, NULL,
	    "the text promises a host of another registrable domain" },
	[F_URL_OWN] = { "url.own", FACT_BOOL, EOM, 0, NULL,
	    "the host is of the author's registered domain or of from.family, or in a private network; absent without an author" },
	[F_URL_FLAGS] = { "url.flags", FACT_TEXT, EOM, FACT_IMPERSONAL, NULL,
	    "what is odd about it, words with a space between: url-userinfo, url-ip-odd ..." },
	[F_ATTACHMENT] = { "attachment", FACT_GROUP, EOM, 0, NULL,
	    "the files; one with several readings of its name stands here once for each" },
	[F_ATTACHMENT_NUMBER] = { "attachment.number", FACT_NUMBER, EOM, FACT_COUNTS, NULL,
	    "1 for the first file; readings of one name have the same" },
	[F_ATTACHMENT_NAME] = { "attachment.name", FACT_TEXT, EOM, FACT_IMPERSONAL, NULL,
	    "file name, decoded, without path and what cannot be seen" },
	[F_ATTACHMENT_EXTENSION] = { "attachment.extension", FACT_TEXT, EOM, FACT_IMPERSONAL, NULL,
	    "what follows its last dot, in lower case" },
	[F_ATTACHMENT_RUNS] = { "attachment.runs", FACT_BOOL, EOM, 0, NULL,
	    "a double click runs something, by the extension or by the content" },
	[F_ATTACHMENT_TYPE] = { "attachment.type", FACT_TEXT, EOM, FACT_IMPERSONAL, NULL,
	    "media type as declared, in lower case" },
	[F_ATTACHMENT_CONTENT_TYPE] = { "attachment.content_type", FACT_TEXT, EOM, FACT_IMPERSONAL, NULL,
	    "media type by content" },
	[F_ATTACHMENT_SIZE] = { "attachment.size", FACT_NUMBER, EOM, FACT_COUNTS, NULL,
	    "octets when decoded" },
	[F_ATTACHMENT_ARCHIVE] = { "attachment.archive", FACT_BOOL, EOM, 0, NULL,
	    "it is an archive by content" },
	[F_ATTACHMENT_ENCRYPTED] = { "attachment.encrypted", FACT_BOOL, EOM, 0, NULL,
	    "it is encrypted, or an archive with encrypted members, or an Office document with a password" },
	[F_ATTACHMENT_MACROS] = { "attachment.macros", FACT_BOOL, EOM, 0, NULL,
	    "it is an Office document with macros in it (VBA), whatever its name" },
	[F_ATTACHMENT_ACTS] = { "attachment.acts", FACT_TEXT, EOM, FACT_IMPERSONAL, NULL,
	    "what a document does by itself once it is opened, with blanks between: run, script, load, object" },
	[F_ATTACHMENT_SHA256] = { "attachment.sha256", FACT_TEXT, EOM, FACT_IMPERSONAL, NULL,
	    "SHA-256 of the file in hexadecimal; worked out when a rule reads it" },
	[F_ATTACHMENT_MEMBERS] = { "attachment.members", FACT_TEXT, EOM, FACT_IMPERSONAL, NULL,
	    "names in the archive or the document, one a line" },
	[F_ATTACHMENT_TEXT] = { "attachment.text", FACT_TEXT, EOM, FACT_PRIVATE, NULL,
	    "what people read in a PDF, Office, OpenDocument, Outlook, OneNote, RTF, SVG or calendar file, and what QR codes say; absent for others" },
	[F_MEMBER] = { "member", FACT_GROUP, EOM, 0, NULL,
	    "the files in all archives and documents, such as messages that Outlook kept as a file; pages, messages, texts and documents among them are read as if they were attached, and add to url, html and attachment.text" },
	[F_MEMBER_NAME] = { "member.name", FACT_TEXT, EOM, FACT_IMPERSONAL, NULL,
	    "file name with its path in the archive" },
	[F_MEMBER_EXTENSION] = { "member.extension", FACT_TEXT, EOM, FACT_IMPERSONAL, NULL,
	    "what follows its last dot, in lower case" },
	[F_MEMBER_RUNS] = { "member.runs", FACT_BOOL, EOM, 0, NULL,
	    "a double click runs something, by the extension" },
	[F_MEMBER_NUMBER] = { "member.number", FACT_NUMBER, EOM, FACT_COUNTS, NULL,
	    "attachment.number of the archive" },
	[F_HTML] = { "html", FACT_BOOL, EOM, 0, NULL,
	    "there is an HTML part that is shown" },
	[F_HTML_HIDDEN] = { "html.hidden", FACT_BOOL, EOM, 0, NULL,
	    "HTML holds text that is not shown, as preview lines of newsletters do" },
	[F_HTML_HIDDEN_TEXT] = { "html.hidden_text", FACT_TEXT, EOM, FACT_PRIVATE, NULL,
	    "that text" },
	[F_HTML_FORM] = { "html.form", FACT_BOOL, EOM, 0, NULL,
	    "HTML has a form" },
	[F_HTML_PASSWORD] = { "html.form_password", FACT_BOOL, EOM, 0, NULL,
	    "HTML asks for a password" },
	[F_HTML_BASE] = { "html.base", FACT_BOOL, EOM, 0, NULL,
	    "relative links of HTML are led elsewhere" },
	[F_HTML_REFRESH] = { "html.meta_refresh", FACT_BOOL, EOM, 0, NULL,
	    "HTML goes to another page by itself" },
	[F_HTML_SCRIPT] = { "html.script", FACT_BOOL, EOM, 0, NULL,
	    "HTML holds a script" },
	[F_HTML_SMUGGLING] = { "html.smuggling", FACT_BOOL, EOM, 0, NULL,
	    "a script builds a file" },
	[F_HTML_DATA] = { "html.data", FACT_BOOL, EOM, 0, NULL,
	    "a link or frame leads to a data: URL" },
	[F_HTML_JAVASCRIPT] = { "html.javascript", FACT_BOOL, EOM, 0, NULL,
	    "a link runs a script" },
	[F_HTML_BUILT] = { "html.built_link", FACT_BOOL, EOM, 0, NULL,
	    "a script goes to an address that it puts together from what is not known here" },
	[F_HTML_FRAME] = { "html.frame", FACT_BOOL, EOM, 0, NULL,
	    "HTML has a frame or an embedded object" },
	[F_HTML_IMAGES] = { "html.images", FACT_NUMBER, EOM, FACT_COUNTS, NULL,
	    "images that HTML shows, from anywhere" },
	[F_HTML_REMOTE_IMAGES] = { "html.remote_images", FACT_NUMBER, EOM, FACT_COUNTS, NULL,
	    "images that are loaded from elsewhere" },
	[F_HTML_TEXT_SHARE] = { "html.text_share", FACT_NUMBER, EOM, FACT_COUNTS, NULL,
	    "how much of HTML is text that is shown, in percent of its octets; absent without HTML" },
	[F_MIME_PARTS] = { "mime.parts", FACT_NUMBER, EOM, FACT_COUNTS, NULL,
	    "parts of the message" },
	[F_MIME_DEPTH] = { "mime.depth", FACT_NUMBER, EOM, FACT_COUNTS, NULL,
	    "how deep they are nested; 0 for a message of one part" },
	[F_MIME_ATTACHMENTS] = { "mime.attachments", FACT_NUMBER, EOM, FACT_COUNTS, NULL,
	    "files" },
	[F_MIME_ENCRYPTED] = { "mime.encrypted", FACT_BOOL, EOM, 0, NULL,
	    "a part is encrypted for its reader (S/MIME, OpenPGP)" },
};
/* clang-format on */
_Static_assert(ARRAY_COUNT(content_facts) == F_COUNT, "a row per fact");

struct content_settings {
	uint64_t depth, parts, links, members;
	setting_size decoded, text, memory;
	struct document_settings documents;
};

static const struct setting_row content_setting_rows[] = {
	SETTING(struct content_settings, depth, "content.depth", "32", 1, 100,
	    NULL, "how deep parts may be nested before the rest is raw text"),
	SETTING(struct content_settings, parts, "content.parts", "500", 1,
	    10000, NULL, "parts of one message that are read"),
	SETTING(struct content_settings, decoded, "content.decoded", "16M",
	    4096, 1073741824, NULL,
	    "octets that are decoded, all parts together"),
	SETTING(struct content_settings, text, "content.text", "2M", 4096,
	    67108864, NULL, "octets of text that rules see"),
	SETTING(struct content_settings, memory, "content.memory", "64M",
	    1048576, 1099511627776.0, NULL,
	    "octets of memory that reading one message may take"),
	SETTING(struct content_settings, links, "content.urls", "500", 1, 10000,
	    NULL, "links of one message that are read"),
	SETTING(struct content_settings, members, "content.members", "5000", 1,
	    100000, NULL, "names that are read from one archive"),
	SETTING(struct content_settings, documents.on, "reader", "on", 0, 0,
	    NULL, "whether documents are read, by a helper process"),
	SETTING(struct content_settings, documents.helpers, "reader.helpers",
	    "2", 1, DOCUMENT_JOBS_MAX, NULL,
	    "documents of all messages that are read at once"),
	SETTING(struct content_settings, documents.timeout, "reader.timeout",
	    "5s", 100, 60000, NULL,
	    "how long the end of a message waits for its documents"),
	SETTING(struct content_settings, documents.cpu, "reader.cpu", "2", 1,
	    60, NULL, "seconds of processor time for one document"),
	SETTING(struct content_settings, documents.memory, "reader.memory",
	    "256M", 16777216, 8589934592.0, NULL,
	    "octets of memory that reading one document may take"),
	SETTING(struct content_settings, documents.documents,
	    "reader.documents", "50", 1, 1000, NULL,
	    "documents and pictures of one message that are read"),
};

struct content_slot {
	bool read;
	bool unseen; /* it is there, and not to be looked at */
	bool stated; /* all of it */
	struct content content;
	struct content_documents documents;
};

/* ---- flags ----------------------------------------------------------------- */

static void
flag_bits(
    struct message *m, unsigned bits, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if ((bits & 1U << i) != 0)
			message_flag(m, names[i]);
}

/*
 * What ordinary mail does is a fact but no flag: hidden text of newsletters,
 * forms, another port.
 */
#define FLAGGED_HTML                                                    \
	(HTML_PASSWORD | HTML_SMUGGLING | HTML_DATA | HTML_JAVASCRIPT | \
	    HTML_BUILT | HTML_DEPTH | HTML_LIMIT)
#define FLAGGED_LINK                                                   \
	(LINK_USERINFO | LINK_IP_ODD | LINK_BACKSLASH | LINK_ESCAPED | \
	    LINK_INVISIBLE)
#define LIMIT_MIME (MIME_FLAGS_UNSEEN | MIME_FLAG_SIZE)
#define LIMIT_HTML (HTML_DEPTH | HTML_LIMIT)

static void
flag_links(struct message *m, const struct link_set *links)
{
	for (size_t i = 0; i < links->count; i++)
		flag_bits(m, links->link[i].flags & FLAGGED_LINK,
		    link_flag_names, LINK_FLAG_COUNT);
}

/* Whole projects are sent as archives, with pages that have such things. */
static void
flag_pages(struct message *m, const struct content *c)
{
	const unsigned tricks = HTML_PASSWORD | HTML_SMUGGLING;
	unsigned archived = c->html_flags & ~c->own_html_flags & tricks;

	flag_bits(m, c->html_flags & ~archived & FLAGGED_HTML, html_flag_names,
	    HTML_FLAG_COUNT);
	if (archived != 0)
		message_raise(m, FLAG_ARCHIVED_PAGE);
}

static void
flag_content(struct message *m, const struct content *c)
{
	bool limit = (c->mime.flags & LIMIT_MIME) != 0 ||
		     (c->html_flags & LIMIT_HTML) != 0 || c->links.over ||
		     c->document_links.over || c->text_over;

	flag_bits(m, c->mime.flags, mime_flag_names, MIME_FLAG_COUNT);
	flag_pages(m, c);
	flag_links(m, &c->links);
	flag_links(m, &c->document_links);
	for (size_t i = 0; i < c->file_count; i++) {
		const struct content_file *file = &c->file[i];

		flag_bits(m, file->name_flags, filename_flag_names,
		    FILENAME_FLAG_COUNT);
		flag_bits(m, file->archive_flags, archive_flag_names,
		    ARCHIVE_FLAG_COUNT);
		if (file->ambiguous)
			message_raise(m, FLAG_NAME_AMBIGUOUS);
		limit = limit || (file->archive_flags & ARCHIVE_LIMIT) != 0;
	}
	if (c->links.over || c->document_links.over)
		message_raise(m, FLAG_URL_LIMIT);
	if (c->text_over)
		message_raise(m, FLAG_TEXT_LIMIT);
	limit = limit || c->document_over;
	if (c->document_unseen) {
		message_raise(m, FLAG_DOCUMENT_UNREAD);
		message_incomplete(m, "documents");
	}
	if (limit)
		message_raise(m, FLAG_LIMIT);
}

/* ---- the check ------------------------------------------------------------- */

static void
content_limits(struct message *m, struct content_limits *limits)
{
	const struct content_settings *set = check_settings(m, &check_content);

	*limits = content_limits_standard;
	limits->mime.depth = (size_t)set->depth;
	limits->mime.parts = (size_t)set->parts;
	limits->mime.octets = (size_t)set->decoded.octets;
	limits->text = limits->html.text = (size_t)set->text.octets;
	limits->links = limits->html.links = (size_t)set->links;
	limits->documents = (size_t)set->documents.documents;
	limits->archive.entries = (size_t)set->members;
	limits->is_tld = suffix_is_tld;
	limits->whole = m->body_cut ? m->body_whole : 0;
	limits->digests = check_reads(m, &check_content, F_ATTACHMENT_SHA256);
}

const struct content *
content_of(struct message *m)
{
	const struct content_settings *set = check_settings(m, &check_content);
	struct content_slot *s = check_slot(m, &check_content);
	struct content_limits limits;

	if (m->stage != STAGE_EOM || m->envelope_only)
		return NULL;
	if (s->read)
		return &s->content;
	/* What the body is may have stood in what is not kept. */
	s->unseen = m->skip_content || header_lost(&m->headers);
	if (s->unseen) {
		message_incomplete(m, "content");
		return NULL;
	}
	content_limits(m, &limits);
	arena_bound(
	    m->arena, arena_used(m->arena) + (size_t)set->memory.octets);
	content_read(
	    &m->headers, buf_span(&m->body), &limits, m->arena, &s->content);
	arena_bound(m->arena, SIZE_MAX);
	/* Behind what is kept there may be anything. */
	if (m->body.over) {
		s->content.mime.flags |= MIME_FLAG_MEMORY;
		s->content.text_over = s->content.links.over = true;
	}
	s->read = true;
	return &s->content;
}

/* Whether anybody reads what documents alone may say. */
static bool
content_wants_documents(const struct message *m)
{
	for (size_t row = F_URL; row <= F_URL_FLAGS; row++)
		if (check_reads(m, &check_content, row))
			return true;
	for (size_t row = F_HTML_HIDDEN; row <= F_HTML_FRAME; row++)
		if (check_reads(m, &check_content, row))
			return true;
	for (size_t row = F_MEMBER; row <= F_MEMBER_NUMBER; row++)
		if (check_reads(m, &check_content, row))
			return true;
	return check_reads(m, &check_content, F_ATTACHMENT_TEXT) ||
	       check_reads(m, &check_content, F_ATTACHMENT_MEMBERS) ||
	       check_reads(m, &check_content, F_ATTACHMENT_MACROS) ||
	       check_reads(m, &check_content, F_ATTACHMENT_ACTS) ||
	       check_reads(m, &check_content, F_ATTACHMENT_ENCRYPTED) ||
	       check_wanted(m, &check_anomaly);
}

bool
content_reads_documents(const struct snapshot *s)
{
	size_t i = check_index(s, &check_content);
	const struct content_settings *set = s->settings[i];

	return set->documents.on && s->wanted[i];
}

/* The rest, once no answer is to come. */
static bool
content_finish(struct message *m, struct content_slot *s)
{
	if (!documents_take(m, &s->documents, &s->content))
		return false;
	content_state_found(m, &s->content);
	flag_content(m, &s->content);
	s->stated = true;
	return true;
}

static void
content_gather(struct message *m, void *slot, enum stage stage)
{
	const struct content_settings *set = check_settings(m, &check_content);
	struct content_slot *s = slot;
	const struct content *c;

	/* Whoever asks for anomalies asks for those of the content as well. */
	if (stage != STAGE_EOM || (!check_wanted(m, &check_content) &&
				      !check_wanted(m, &check_anomaly)))
		return;
	c = content_of(m);
	if (c == NULL)
		return;
	content_state_read(m, c);
	if (content_wants_documents(m))
		documents_ask(m, &s->documents, &s->content, &set->documents);
	(void)content_finish(m, s);
}

static bool
content_judge(struct message *m, void *slot, enum stage stage)
{
	struct content_slot *s = slot;

	if (stage != STAGE_EOM || s->unseen)
		return false;
	return s->documents.count == 0 || s->stated || content_finish(m, s);
}

static int64_t
content_patience_ms(const struct message *m)
{
	const struct content_settings *set = check_settings(m, &check_content);

	return set->documents.timeout.ms;
}

static void
content_give_up(struct message *m, void *slot)
{
	documents_give_up(m, &((struct content_slot *)slot)->documents);
}

static void
content_release(struct message *m, void *slot)
{
	documents_release(m, &((struct content_slot *)slot)->documents);
}

static void
json_links(
    struct jsonw *out, const struct content *c, const struct link_set *links)
{
	for (size_t i = 0; i < links->count; i++) {
		const struct link *l = &links->link[i];

		if (l->kind != LINK_BARE && l->kind != LINK_REDIRECT &&
		    !(links == &c->document_links && content_has_link(c, l)))
			jsonw_text(out, NULL, l->url);
	}
}

static void
content_json(struct message *m, void *slot, struct jsonw *out)
{
	const struct content_slot *s = slot;
	const struct content *c = &s->content;

	(void)m;
	if (!s->read)
		return;
	jsonw_array(out, "attachments");
	for (size_t i = 0; i < c->file_count; i++) {
		const struct content_file *file = &c->file[i];

		jsonw_object(out, NULL);
		jsonw_text(out, "name",
		    file->name_count > 0 ? file->name[0].clean : span_of(NULL));
		jsonw_text(out, "type", file->type);
		jsonw_number(out, "size", (double)file->size);
		jsonw_end(out);
	}
	jsonw_end(out);
	jsonw_array(out, "urls");
	json_links(out, c, &c->links);
	json_links(out, c, &c->document_links);
	jsonw_end(out);
}

/* Text from the message on one line of what people read. */
static void
explain_text(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n && i < 200; i++)
		(void)buf_addc(
		    out, (unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f
			     ? '?'
			     : text.p[i]);
}

static void
explain_links(struct buf *out, const struct link_set *links)
{
	for (size_t i = 0; i < links->count; i++) {
		const struct link *l = &links->link[i];

		(void)buf_printf(out, "  link (%s) ", link_kind_names[l->kind]);
		explain_text(out, l->url);
		if (content_link_mismatch(l)) {
			(void)buf_addz(out, ", shown as ");
			explain_text(out, l->text_host);
		}
		(void)buf_addc(out, '\n');
	}
}

static void
content_explain(struct message *m, void *slot, struct buf *out, int level)
{
	const struct content_slot *s = slot;
	const struct content *c = &s->content;
	size_t links = c->links.count + c->document_links.count;

	(void)m;
	if (!s->read)
		return;
	(void)buf_printf(out,
	    "Content: %zu octet%s of text, %zu link%s, %zu file%s in %zu "
	    "part%s.\n",
	    c->text.n, plural(c->text.n), links, plural(links), c->file_count,
	    plural(c->file_count), c->mime.count, plural(c->mime.count));
	for (size_t i = 0; i < c->file_count; i++) {
		const struct content_file *file = &c->file[i];

		(void)buf_addz(out, "  file ");
		explain_text(out, file->name_count > 0
				      ? file->name[0].clean
				      : SPAN("without a name"));
		(void)buf_printf(out, ": %s, %zu octet%s%s%s\n",
		    file->content_type, file->size, plural(file->size),
		    file->archive ? ", archive" : "",
		    file->encrypted ? ", encrypted" : "");
	}
	if (documents_problem(&s->documents) != NULL)
		(void)buf_printf(out, "  a document was not read: %s\n",
		    documents_problem(&s->documents));
	if (level > 0) {
		explain_links(out, &c->links);
		explain_links(out, &c->document_links);
	}
}

const struct check check_content = {
	.name = "content",
	.after = "header",
	.facts = content_facts,
	.fact_count = ARRAY_COUNT(content_facts),
	.settings = content_setting_rows,
	.setting_count = ARRAY_COUNT(content_setting_rows),
	.settings_size = sizeof(struct content_settings),
	.slot_size = sizeof(struct content_slot),
	.gather = content_gather,
	.judge = content_judge,
	.patience_ms = content_patience_ms,
	.give_up = content_give_up,
	.release = content_release,
	.json = content_json,
	.explain = content_explain,
};
