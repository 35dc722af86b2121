/*
 * What was read of the content, as facts. Which parts of it are odd enough for
 * a flag is decided in check_content.c.
 */
#include "config.h"

#include "policy/base/suffix.h"
#include "policy/content/check_content.h"
#include "rules/base/utf8.h"
#include "rules/content/filename.h"
#include "rules/text/domain.h"

static fact_id
content_fact(const struct message *m, enum content_fact f)
{
	return check_fact(m, &check_content, f);
}

static struct value
content_text(struct span text)
{
	return text.n == 0 ? value_absent() : value_text(text);
}

/* ---- facts ----------------------------------------------------------------- */

static struct value
content_flag_words(struct message *m, unsigned flags)
{
	const char *words = "";

	for (size_t i = 0; i < LINK_FLAG_COUNT; i++)
		if ((flags & 1U << i) != 0)
			words = arena_printf(m->arena, "%s%s%s", words,
			    words[0] != '\0' ? " " : "", link_flag_names[i]);
	return content_text(span_of(words));
}

bool
content_link_mismatch(const struct link *l)
{
	return l->text_host.n > 0 && l->host.n > 0 &&
	       !suffix_same(l->text_host, l->host);
}

/* Most links of a message lead to the same host as the one before. */
static struct span
link_domain(const struct link *l, const struct link *before, struct span last)
{
	if (before != NULL && span_eq(l->host, before->host))
		return last;
	return suffix_registrable(l->host);
}

/* By the author whom From names for certain. */
static struct value
link_own(struct message *m, const struct link *l, struct span registrable)
{
	struct span author = facts_named_text(m->facts, "from.domain"), domain;
	struct span family = facts_named_text(m->facts, "from.family");
	struct ip ip;

	if (author.n == 0)
		return value_absent();
	if ((l->flags & LINK_IP) != 0 && ip_parse(l->host, &ip))
		return value_bool(ip_private(ip));
	if (registrable.n > 0 && domain_is_sub(author, registrable))
		return value_bool(true);
	while (span_cut(&family, ' ', &domain))
		if (domain_is_sub(l->host, domain))
			return value_bool(true);
	return value_bool(false);
}

/* Returns the registrable domain of its host. */
static struct span
state_link(struct message *m, const struct link *l, const struct link *before,
    struct span last)
{
	struct facts *f = m->facts;
	size_t e = facts_element(f, content_fact(m, F_URL));
	bool domain =
	    l->host.n > 0 && (l->flags & (LINK_IP | LINK_BAD_HOST)) == 0;
	struct span registrable =
	    domain ? link_domain(l, before, last) : SPAN("");
	struct ip ip;

	facts_field(f, content_fact(m, F_URL_HREF), e, value_text(l->url));
	facts_field(f, content_fact(m, F_URL_SCHEME), e, value_text(l->scheme));
	facts_field(f, content_fact(m, F_URL_HOST), e,
	    domain ? value_text(l->host) : value_absent());
	facts_field(f, content_fact(m, F_URL_DOMAIN), e,
	    domain ? content_text(registrable) : value_absent());
	facts_field(f, content_fact(m, F_URL_IP), e,
	    value_bool((l->flags & LINK_IP) != 0));
	if ((l->flags & LINK_IP) != 0 && ip_parse(l->host, &ip))
		facts_field(f, content_fact(m, F_URL_ADDRESS), e, value_ip(ip));
	facts_field(f, content_fact(m, F_URL_KIND), e,
	    value_text(span_of(link_kind_names[l->kind])));
	facts_field(f, content_fact(m, F_URL_TEXT), e, content_text(l->text));
	facts_field(
	    f, content_fact(m, F_URL_TEXT_HOST), e, content_text(l->text_host));
	facts_field(f, content_fact(m, F_URL_MISMATCH), e,
	    value_bool(content_link_mismatch(l)));
	facts_field(
	    f, content_fact(m, F_URL_OWN), e, link_own(m, l, registrable));
	facts_field(f, content_fact(m, F_URL_FLAGS), e,
	    content_flag_words(m, l->flags));
	return registrable;
}

static bool
content_type_runs(const struct content_file *file)
{
	static const char *const type[] = { "application/x-dosexec",
		"application/x-executable", "application/x-ms-shortcut",
		"application/x-mach-binary", "application/x-msdos-batch",
		"text/x-msdos-batch", "text/x-shellscript",
		"application/x-mswinurl" };

	for (size_t i = 0; i < ARRAY_COUNT(type); i++)
		if (span_is(span_of(type[i]), file->content_type))
			return true;
	return false;
}

static const char content_cut[] = "the file is not kept whole";
static const char content_text_cut[] = "there is more text than is read";
static const char content_unread[] = "the document was not read";

/* As words; what was found says enough, whatever else there may be. */
static struct value
state_acts(struct message *m, const struct content_file *file)
{
	const char *all = "";

	for (unsigned i = 0; i < DOCUMENT_ACT_COUNT; i++)
		if ((file->acts & 1U << i) != 0)
			all = arena_printf(m->arena, "%s%s%s", all,
			    all[0] == '\0' ? "" : " ", document_act_names[i]);
	if (all[0] == '\0' && (file->acts & DOCUMENT_ACTS_UNSEEN) != 0)
		return value_unknown(content_unread);
	return content_text(span_of(all));
}

static void
state_file_name(struct message *m, const struct content_file *file,
    size_t number, const struct content_name *name)
{
	struct facts *f = m->facts;
	size_t e = facts_element(f, content_fact(m, F_ATTACHMENT));

	facts_field(f, content_fact(m, F_ATTACHMENT_NUMBER), e,
	    value_number((double)number));
	if (name != NULL) {
		facts_field(f, content_fact(m, F_ATTACHMENT_NAME), e,
		    value_text(name->clean));
		facts_field(f, content_fact(m, F_ATTACHMENT_EXTENSION), e,
		    content_text(name->extension));
	}
	facts_field(f, content_fact(m, F_ATTACHMENT_RUNS), e,
	    value_bool(content_type_runs(file) ||
		       (name != NULL && filename_runs(name->extension))));
	facts_field(f, content_fact(m, F_ATTACHMENT_TYPE), e,
	    content_text(utf8_clean(file->type, m->arena)));
	facts_field(f, content_fact(m, F_ATTACHMENT_CONTENT_TYPE), e,
	    value_text(span_of(file->content_type)));
	facts_field(f, content_fact(m, F_ATTACHMENT_SIZE), e,
	    file->cut ? value_unknown(content_cut)
		      : value_number((double)file->size));
	facts_field(f, content_fact(m, F_ATTACHMENT_ARCHIVE), e,
	    value_bool(file->archive));
	facts_field(f, content_fact(m, F_ATTACHMENT_ENCRYPTED), e,
	    file->encrypted || !file->encrypted_unknown
		? value_bool(file->encrypted)
		: value_unknown(content_unread));
	facts_field(f, content_fact(m, F_ATTACHMENT_MACROS), e,
	    value_bool(file->macros));
	facts_field(
	    f, content_fact(m, F_ATTACHMENT_ACTS), e, state_acts(m, file));
	facts_field(f, content_fact(m, F_ATTACHMENT_SHA256), e,
	    file->cut ? value_unknown(content_cut)
		      : content_text(file->sha256));
	facts_field(f, content_fact(m, F_ATTACHMENT_MEMBERS), e,
	    file->members.n > 0 || !file->inside_unknown
		? content_text(file->members)
		: value_unknown(content_unread));
	facts_field(f, content_fact(m, F_ATTACHMENT_TEXT), e,
	    file->text.n > 0 || !file->text_unknown
		? content_text(file->text)
		: value_unknown(content_unread));
}

static void
state_members(struct message *m, const struct content_file *file, size_t number)
{
	struct facts *f = m->facts;
	struct span rest = file->members, name;
	struct filename read;

	while (span_cut(&rest, '\n', &name)) {
		size_t e;

		if (name.n == 0)
			continue;
		e = facts_element(f, content_fact(m, F_MEMBER));
		filename_read(name, m->arena, &read);
		if (filename_runs_by_content(read.extension) &&
		    (file->harmless_alone ||
			span_has_line(file->harmless, name)))
			read.extension = SPAN("");
		facts_field(
		    f, content_fact(m, F_MEMBER_NAME), e, value_text(name));
		facts_field(f, content_fact(m, F_MEMBER_EXTENSION), e,
		    content_text(read.extension));
		facts_field(f, content_fact(m, F_MEMBER_RUNS), e,
		    value_bool(filename_runs(read.extension)));
		facts_field(f, content_fact(m, F_MEMBER_NUMBER), e,
		    value_number((double)number));
	}
}

/* What was not read may be anything: then the group has an unknown end. */
static void
group_finish(struct message *m, enum content_fact group, bool unseen)
{
	if (unseen)
		facts_group_unknown(m->facts, content_fact(m, group),
		    "there is more than is read");
	else
		facts_group_end(m->facts, content_fact(m, group));
}

static void
state_files(struct message *m, const struct content *c)
{
	bool unseen = (c->mime.flags & MIME_FLAGS_UNSEEN) != 0, cut = false;

	for (size_t i = 0; i < c->file_count; i++) {
		const struct content_file *file = &c->file[i];

		for (size_t k = 0; k < file->name_count; k++)
			state_file_name(m, file, i + 1, &file->name[k]);
		if (file->name_count == 0)
			state_file_name(m, file, i + 1, NULL);
		state_members(m, file, i + 1);
		cut = cut || file->inside_unknown ||
		      (file->archive_flags & ARCHIVE_LIMIT) != 0;
	}
	group_finish(m, F_ATTACHMENT, unseen);
	group_finish(m, F_MEMBER, unseen || cut);
}

static void
state_html(struct message *m, const struct content *c)
{
	static const struct {
		enum content_fact fact;
		enum html_flag flag;
	} row[] = {
		{ F_HTML_HIDDEN, HTML_HIDDEN },
		{ F_HTML_FORM, HTML_FORM },
		{ F_HTML_PASSWORD, HTML_PASSWORD },
		{ F_HTML_BASE, HTML_BASE },
		{ F_HTML_REFRESH, HTML_REFRESH },
		{ F_HTML_SCRIPT, HTML_SCRIPT },
		{ F_HTML_SMUGGLING, HTML_SMUGGLING },
		{ F_HTML_DATA, HTML_DATA },
		{ F_HTML_JAVASCRIPT, HTML_JAVASCRIPT },
		{ F_HTML_BUILT, HTML_BUILT },
		{ F_HTML_FRAME, HTML_FRAME },
	};
	struct facts *f = m->facts;

	facts_bool(f, content_fact(m, F_HTML), c->html);
	facts_set(
	    f, content_fact(m, F_HTML_HIDDEN_TEXT), content_text(c->hidden));
	for (size_t i = 0; i < ARRAY_COUNT(row); i++)
		facts_set(f, content_fact(m, row[i].fact),
		    (c->html_flags & row[i].flag) != 0 || !c->page_unseen
			? value_bool((c->html_flags & row[i].flag) != 0)
			: value_unknown(content_unread));
	facts_number(f, content_fact(m, F_HTML_IMAGES), (double)c->images);
	facts_number(
	    f, content_fact(m, F_HTML_REMOTE_IMAGES), (double)c->remote_images);
	facts_set(f, content_fact(m, F_HTML_TEXT_SHARE),
	    c->html_octets == 0 ? value_absent()
				: value_number(100.0 * (double)c->html_text.n /
					       (double)c->html_octets));
}

/*
 * Of a text that was cut nothing is known but that it is long. Where rules only
 * ask whether it is short, as most do, that is the answer, and spares them to
 * search all of it for what matters in short texts. Half of what was read: the
 * cut itself may have made characters of what it tore apart. What HTML shows,
 * the rest of it may hide.
 */
static struct value
state_length(struct message *m, const struct content *c, size_t characters)
{
	if (c->text_over &&
	    (c->html || !check_reads_below(m, &check_content, F_BODY_LENGTH,
			    (double)(characters / 2))))
		return value_unknown(content_text_cut);
	return value_number((double)characters);
}

/* Counts of the text. */
static void
state_text(struct message *m, const struct content *c)
{
	struct facts *f = m->facts;
	const char *cut = content_text_cut;
	struct script_shares shares;

	script_count(c->text, &shares);
	facts_set(f, content_fact(m, F_BODY_LENGTH),
	    state_length(m, c, shares.characters));
	facts_set(f, content_fact(m, F_BODY_MIXED),
	    c->text_over ? value_unknown(cut)
			 : value_number((double)shares.mixed_words));
	for (unsigned i = 0; i < SCRIPT_COUNT; i++)
		facts_set(f,
		    content_fact(
			m, (enum content_fact)((size_t)F_SCRIPT_FIRST + i)),
		    c->text_over          ? value_unknown(cut)
		    : shares.letters == 0 ? value_absent()
					  : value_number(script_percent(
						&shares, (enum script)i)));
}

bool
content_has_link(const struct content *c, const struct link *l)
{
	for (size_t i = 0; i < c->links.count; i++)
		if (span_eq(c->links.link[i].url, l->url))
			return true;
	return false;
}

static void
state_links(
    struct message *m, const struct content *c, const struct link_set *links)
{
	const struct link *before = NULL;
	struct span last = SPAN("");

	for (size_t i = 0; i < links->count; i++) {
		const struct link *l = &links->link[i];

		if (links == &c->document_links && content_has_link(c, l))
			continue;
		last = state_link(m, l, before, last);
		before = l;
	}
}

/*
 * Links of documents that were not read would be of their kinds: rules about
 * links of the text do not hang on them.
 */
static void
state_unread(struct message *m, const struct content *c)
{
	if (c->links.over || c->document_links.over)
		return;
	for (unsigned kind = LINK_PDF; kind <= LINK_REDIRECT; kind++)
		if ((c->unread_kinds & 1U << kind) != 0)
			facts_field(m->facts, content_fact(m, F_URL_KIND),
			    facts_rest(m->facts, content_fact(m, F_URL),
				content_unread),
			    value_text(span_of(link_kind_names[kind])));
}

void
content_state_read(struct message *m, const struct content *c)
{
	struct facts *f = m->facts;

	facts_text(f, content_fact(m, F_BODY), c->text);
	facts_set(f, content_fact(m, F_BODY_PLAIN), content_text(c->plain));
	facts_set(f, content_fact(m, F_BODY_HTML), content_text(c->html_text));
	facts_text(f, content_fact(m, F_BODY_RAW), buf_span(&m->body));
	state_text(m, c);
	facts_number(f, content_fact(m, F_MIME_PARTS), (double)c->mime.count);
	facts_number(f, content_fact(m, F_MIME_DEPTH), (double)c->mime.depth);
	facts_number(
	    f, content_fact(m, F_MIME_ATTACHMENTS), (double)c->file_count);
	facts_bool(f, content_fact(m, F_MIME_ENCRYPTED), c->encrypted);
}

void
content_state_found(struct message *m, const struct content *c)
{
	state_links(m, c, &c->links);
	state_links(m, c, &c->document_links);
	state_unread(m, c);
	group_finish(m, F_URL,
	    c->links.over || c->document_links.over || c->document_unseen ||
		c->document_unasked);
	state_files(m, c);
	state_html(m, c);
}
