/* Built without libmaxminddb: no file can be opened. */
#include "config.h"

#include "policy/geo/geo_file.h"

#include "rules/base/panic.h"

struct geo_file *
geo_file_open(struct span octets, const char **why)
{
	(void)octets;
	*why = "this program was built without libmaxminddb";
	return NULL;
}

void
geo_file_close(struct geo_file **f)
{
	*f = NULL;
}

enum geo_answer
geo_file_ask(const struct geo_file *f, struct ip ip, enum geo_key key,
    struct span *text, double *number)
{
	(void)f;
	(void)ip;
	(void)key;
	(void)text;
	(void)number;
	panic("no file can be open");
}
