/*
 * Finds the key of a signature in an answer and says whether the two fit.
 * Knows neither the message nor who asks.
 */
#include "config.h"

#include "policy/dkim/dkim_fit.h"

#define ED25519_SIGNATURE_OCTETS 64 /* RFC 8032, 5.1.6 */

static void
dkim_fit_too_short(struct arena *a, unsigned bits, struct dkim_outcome *outcome)
{
	*outcome = (struct dkim_outcome){ DKIM_POLICY,
		arena_printf(a, "an RSA key of %u bits is too short", bits),
		"weak-key" };
}

bool
dkim_fit_length(struct arena *a, const struct dkim_sig *sig, unsigned bits_min,
    unsigned *bits, struct dkim_outcome *outcome)
{
	size_t octets = sig->signature.n;
	bool ed25519 = sig->algorithm == DKIM_ED25519_SHA256;

	if (ed25519 ? octets != ED25519_SIGNATURE_OCTETS
		    : octets > DKIM_RSA_BITS_MAX / 8) {
		*outcome = (struct dkim_outcome){ DKIM_FAIL,
			"b= is longer or shorter than any key makes it", NULL };
		return false;
	}
	if (ed25519 || octets * 8 >= bits_min)
		return true;
	*bits = (unsigned)octets * 8;
	dkim_fit_too_short(a, *bits, outcome);
	return false;
}

struct dkim_key *
dkim_fit_find(
    struct dkim_keys *keys, const struct dns_answer *answer, const char **why)
{
	struct span record;

	*why = "no key";
	if (answer->status != DNS_DATA ||
	    !dkim_record_choose(answer->text, answer->count, &record, why))
		return NULL;
	return dkim_keys_get(keys, record, why);
}

bool
dkim_fit_key(struct arena *a, const struct dkim_sig *sig,
    const struct dkim_record *record, unsigned bits_min,
    struct dkim_outcome *outcome)
{
	bool ed25519 = record->type == DKIM_KEY_ED25519;
	const char *problem = NULL;

	if (ed25519 != (sig->algorithm == DKIM_ED25519_SHA256))
		problem = "the key is for another algorithm";
	else if (!record->sha256)
		problem = "the key does not allow sha256";
	else if (record->exact_identity && !sig->exact_identity)
		problem = "the key does not allow i= below d=";
	if (problem != NULL) {
		*outcome =
		    (struct dkim_outcome){ DKIM_PERMERROR, problem, NULL };
		return false;
	}
	if (ed25519 || record->bits >= bits_min)
		return true;
	dkim_fit_too_short(a, record->bits, outcome);
	return false;
}
