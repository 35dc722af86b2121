/*
 * Files in MaxMind's format. libmaxminddb maps a file by its name, and a map
 * of a file that somebody truncates ends the process with SIGBUS; so what it
 * maps is a nameless copy of ours.
 */
#include "config.h"

#include "policy/geo/geo_file.h"

#include <arpa/inet.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rules/base/panic.h"

struct geo_file {
	MMDB_s db;
};

static bool
copy_write(int fd, struct span octets)
{
	for (size_t done = 0; done < octets.n;) {
		ssize_t n = write(fd, octets.p + done, octets.n - done);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/* Maps the copy; 0 or what MMDB_open says. */
static int
copy_open(struct span octets, MMDB_s *db)
{
	int fd = memfd_create("geo", MFD_CLOEXEC), error = MMDB_IO_ERROR;
	char name[32];

	if (fd < 0)
		return error;
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (copy_write(fd, octets))
		error = MMDB_open(name, MMDB_MODE_MMAP, db);
	(void)close(fd);
	return error;
}

struct geo_file *
geo_file_open(struct span octets, const char **why)
{
	struct geo_file *f = xcalloc(1, sizeof(*f));
	int error = copy_open(octets, &f->db);

	if (error == MMDB_SUCCESS)
		return f;
	*why = MMDB_strerror(error);
	free(f);
	return NULL;
}

void
geo_file_close(struct geo_file **f)
{
	if (*f != NULL) {
		MMDB_close(&(*f)->db);
		free(*f);
	}
	*f = NULL;
}

/* Where makers of such files put what we ask for; the first that is there. */
#define PATHS 3
static const char *const paths[GEO_KEYS][PATHS][3] = {
	[GEO_ASN] = { { "autonomous_system_number", NULL }, { "asn", NULL } },
	[GEO_AS_ORG] = { { "autonomous_system_organization", NULL },
	    { "as_name", NULL }, { "name", NULL } },
	[GEO_COUNTRY] = { { "country", "iso_code", NULL },
	    { "country_code", NULL }, { "country", NULL } },
	[GEO_CONTINENT] = { { "continent", "code", NULL },
	    { "continent_code", NULL }, { "continent", NULL } },
};

/* Octets of a text that are looked at; names of networks are shorter. */
#define GEO_TEXT_MAX 256

static enum geo_answer
value_of(const MMDB_entry_data_s *data, enum geo_key key, struct span *text,
    double *number)
{
	uint64_t n;

	if (data->type == MMDB_DATA_TYPE_UINT32 && key == GEO_ASN) {
		*number = data->uint32;
		return GEO_SAID;
	}
	if (data->type != MMDB_DATA_TYPE_UTF8_STRING)
		return GEO_SILENT;
	*text = span_slice(
	    span_make(data->utf8_string, data->data_size), 0, GEO_TEXT_MAX);
	if (key != GEO_ASN)
		return text->n > 0 ? GEO_SAID : GEO_SILENT;
	if (span_case_starts(*text, SPAN("AS")))
		*text = span_slice(*text, 2, text->n);
	if (!span_number(*text, &n) || n > UINT32_MAX)
		return GEO_SILENT;
	*number = (double)n;
	return GEO_SAID;
}

static int
lookup(const struct geo_file *f, struct ip ip, MMDB_lookup_result_s *found)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	int error = MMDB_SUCCESS;

	if (ip.family == 4)
		memcpy(&four.sin_addr, ip.octets, sizeof(four.sin_addr));
	else
		memcpy(&six.sin6_addr, ip.octets, sizeof(six.sin6_addr));
	*found = MMDB_lookup_sockaddr(&f->db,
	    ip.family == 4 ? (const struct sockaddr *)&four
			   : (const struct sockaddr *)&six,
	    &error);
	return error;
}

enum geo_answer
geo_file_ask(const struct geo_file *f, struct ip ip, enum geo_key key,
    struct span *text, double *number)
{
	MMDB_lookup_result_s found;

	if (lookup(f, ip, &found) != MMDB_SUCCESS)
		return GEO_BROKEN;
	for (size_t i = 0; found.found_entry && i < PATHS; i++) {
		MMDB_entry_data_s data = { 0 };
		enum geo_answer said;
		int error;

		if (paths[key][i][0] == NULL)
			break;
		error = MMDB_aget_value(&found.entry, &data, paths[key][i]);
		if (error == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
			continue;
		if (error != MMDB_SUCCESS)
			return GEO_BROKEN;
		said = data.has_data ? value_of(&data, key, text, number)
				     : GEO_SILENT;
		if (said == GEO_SAID)
			return said;
	}
	return GEO_SILENT;
}
