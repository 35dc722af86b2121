/*
 * Telling the operator: a queue that whoever raises an alert puts into, and
 * the thread that empties it, sends mail and looks at the conditions of
 * alert_rows.c from time to time.
 */
#include "config.h"

#include "milter/alert/alert.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "milter/alert/alert_book.h"
#include "milter/alert/alert_rows.h"
#include "milter/daemon/daemon.h"
#include "milter/daemon/log.h"
#include "policy/base/address.h"
#include "policy/base/clock.h"
#include "policy/base/smtp_mail.h"
#include "policy/base/thread.h"
#include "rules/base/panic.h"

#define QUEUE_MAX    64
#define KEY_SIZE     64
#define TEXT_SIZE    600
#define LOOK_S       15 /* between looks at the conditions */
#define SMTP_WAIT_S  30
#define MAIL_MAX     ((size_t)65536)
#define TOKEN_OCTETS 16
#define TOKEN_SIZE   (TOKEN_OCTETS * 2 + 1)
#define TOKEN_DOMAIN ".alert.verdict.invalid"

struct alert {
	char key[KEY_SIZE];
	char text[TEXT_SIZE];
	unsigned held;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake;
static pthread_once_t wake_once = PTHREAD_ONCE_INIT;

static void
alert_wake_init(void)
{
	thread_cond_init(&wake);
}
/* All below under the mutex. */
static struct alert queue[QUEUE_MAX]; /* to be mailed */
static size_t queued;
static struct alert_book book;
static char token[TOKEN_SIZE]; /* of the delivery under way; "": none */

static atomic_ulong raised;

/* ---- raising ------------------------------------------------------------- */

/* Copies what fits, with nothing that could begin a line of its own. */
static void
copy_line(char *out, size_t size, const char *in)
{
	size_t n = 0;

	for (; *in != '\0' && n + 1 < size; in++)
		out[n++] = (unsigned char)*in < ' ' || *in == 0x7f ? ' ' : *in;
	out[n] = '\0';
}

static int64_t
interval_ms(void)
{
	struct snapshot *s = daemon_snapshot();
	int64_t ms = s->config.alert_interval.ms;

	snapshot_unref(&s);
	return ms;
}

/* Under the mutex. A full queue drops what comes; the log has it. */
static void
queue_put(const struct alert *a)
{
	if (queued == QUEUE_MAX)
		return;
	queue[queued++] = *a;
	(void)pthread_once(&wake_once, alert_wake_init);
	(void)pthread_cond_signal(&wake);
}

void
alert_raise(const char *key, const char *text)
{
	int64_t every_ms = interval_ms();
	struct alert a = { .held = 0 };
	bool tell;

	(void)atomic_fetch_add(&raised, 1);
	copy_line(a.key, sizeof(a.key), key);
	copy_line(a.text, sizeof(a.text), text);
	(void)pthread_mutex_lock(&mutex);
	tell = alert_book_admit(&book, a.key,
	    clock_system.monotonic_ms(clock_system.ctx), every_ms, &a.held);
	if (tell)
		queue_put(&a);
	(void)pthread_mutex_unlock(&mutex);
	if (!tell)
		return;
	if (a.held > 0)
		log_write(LOG_LEVEL_WARN,
		    "alert: %s: %s (and %u times since "
		    "it was last told)",
		    a.key, a.text, a.held);
	else
		log_write(LOG_LEVEL_WARN, "alert: %s: %s", a.key, a.text);
}

void
alert_of_judge(void *ctx, const char *key, const char *text)
{
	(void)ctx;
	alert_raise(key, text);
}

unsigned long
alert_count(void)
{
	return atomic_load(&raised);
}

/* ---- our own mail -------------------------------------------------------- */

static void
token_make(void)
{
	unsigned char octets[TOKEN_OCTETS];
	char text[TOKEN_SIZE] = "";

	if (getrandom(octets, sizeof(octets), 0) == (ssize_t)sizeof(octets))
		for (size_t i = 0; i < TOKEN_OCTETS; i++)
			(void)snprintf(text + 2 * i, 3, "%02x", octets[i]);
	(void)pthread_mutex_lock(&mutex);
	memcpy(token, text, sizeof(token));
	(void)pthread_mutex_unlock(&mutex);
}

static void
token_forget(void)
{
	(void)pthread_mutex_lock(&mutex);
	token[0] = '\0';
	(void)pthread_mutex_unlock(&mutex);
}

static bool
ip_on_loopback(struct ip ip)
{
	struct ip_net v4, v6;

	return ip_net_parse(SPAN("127.0.0.0/8"), &v4) &&
	       ip_net_parse(SPAN("::1"), &v6) &&
	       (ip_in(ip, v4) || ip_in(ip, v6));
}

bool
alert_is_own(struct span helo, struct ip client)
{
	size_t at = span_find(helo, '.');
	bool own;

	if (at == SIZE_MAX ||
	    !span_is(span_slice(helo, at, helo.n), TOKEN_DOMAIN) ||
	    !ip_on_loopback(client))
		return false;
	(void)pthread_mutex_lock(&mutex);
	own = token[0] != '\0' && span_is(span_slice(helo, 0, at), token);
	(void)pthread_mutex_unlock(&mutex);
	return own;
}

/* ---- mailing ------------------------------------------------------------- */

static void
mail_header(struct buf *out, const struct config *c, const struct alert *first,
    size_t count)
{
	const char *host = daemon_self()->judge.hostname;
	time_t now = (time_t)clock_system.unix_s(clock_system.ctx);
	struct tm tm;
	char date[64];

	(void)gmtime_r(&now, &tm);
	(void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &tm);
	(void)buf_printf(out,
	    "From: verdict-milter <postmaster@%s>\n"
	    "To: %s\n"
	    "Subject: verdict on %s: %.100s",
	    host, c->alert_mail, host, first->text);
	if (count > 1)
		(void)buf_printf(out, " (and %zu more)", count - 1);
	(void)buf_printf(out,
	    "\nDate: %s\n"
	    "Message-ID: <%s.%lld@%s>\n"
	    "Auto-Submitted: auto-generated\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=utf-8\n"
	    "Content-Transfer-Encoding: 8bit\n\n",
	    date, token, (long long)now, host);
}

static void
mail_text(struct buf *out, const struct config *c, const struct alert *a,
    size_t count)
{
	mail_header(out, c, a, count);
	for (size_t i = 0; i < count; i++) {
		(void)buf_printf(out, "%s: %s\n", a[i].key, a[i].text);
		if (a[i].held > 0)
			(void)buf_printf(out,
			    "    %u more since it was last told\n", a[i].held);
	}
	(void)buf_printf(out,
	    "\nEach of these is told at most once in %lld minutes "
	    "(alert.interval).\n"
	    "\"verdict stats\" shows how things stand, \"verdict doctor\" "
	    "what to mend.\n",
	    (long long)(c->alert_interval.ms / 60000));
}

static void
mail_send(const struct config *c, const struct alert *a, size_t count)
{
	char helo[TOKEN_SIZE + sizeof(TOKEN_DOMAIN)], why[SMTP_WHY_MAX] = "";
	struct smtp_mail mail = {
		.helo = helo, .rcpt = c->alert_mail, .timeout_s = SMTP_WAIT_S
	};
	const char *wrong = "the address is not valid";
	struct buf text;
	bool ok = false;

	if (!smtp_address_valid(c->alert_mail) ||
	    !smtp_server_parse(span_of(c->alert_smtp), &mail.server, &wrong)) {
		log_write(LOG_LEVEL_WARN, "alert.mail, alert.smtp: %s", wrong);
		return;
	}
	token_make();
	(void)snprintf(helo, sizeof(helo), "%s%s", token, TOKEN_DOMAIN);
	buf_init(&text, MAIL_MAX);
	mail_text(&text, c, a, count);
	mail.message = buf_span(&text);
	ok = smtp_send(&mail, why) == SMTP_SENT;
	token_forget();
	buf_free(&text);
	if (!ok)
		log_write(LOG_LEVEL_WARN,
		    "an alert could not be mailed over %s: %s", c->alert_smtp,
		    why);
}

static void
mail_all(const struct alert *a, size_t count)
{
	struct snapshot *s = daemon_snapshot();

	if (s->config.alert_mail[0] != '\0')
		mail_send(&s->config, a, count);
	snapshot_unref(&s);
}

/* ---- the thread ---------------------------------------------------------- */

/* Waits until there is something to mail or it is time to look. */
static size_t
queue_take(struct alert *out)
{
	int64_t until_ms =
	    clock_system.monotonic_ms(clock_system.ctx) + LOOK_S * 1000;
	size_t count;

	(void)pthread_once(&wake_once, alert_wake_init);
	(void)pthread_mutex_lock(&mutex);
	if (queued == 0)
		(void)thread_cond_wait(&wake, &mutex, until_ms);
	count = queued;
	memcpy(out, queue, count * sizeof(out[0]));
	queued = 0;
	(void)pthread_mutex_unlock(&mutex);
	return count;
}

static void *
alert_thread(void *unused)
{
	struct alert *taken = xcalloc(QUEUE_MAX, sizeof(*taken));

	(void)unused;
	for (;;) {
		size_t count = queue_take(taken);

		if (count > 0)
			mail_all(taken, count);
		alert_rows_look(clock_system.unix_s(clock_system.ctx));
	}
	return NULL;
}

void
alert_start(void)
{
	pthread_t thread;

	if (thread_start(&thread, alert_thread, NULL))
		(void)pthread_detach(thread);
	else
		log_write(LOG_LEVEL_WARN, "alerts will not be mailed: there "
					  "is no thread to be had");
}
