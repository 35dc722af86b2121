#ifndef POLICY_BASE_JSON_NODE_H
#define POLICY_BASE_JSON_NODE_H

/* What a value of JSON is in memory; between the files that make some. */

#include "policy/base/json.h"

struct jsonr_node {
	struct span key; /* of a member; a NUL stands behind it */
	enum jsonr_type type;
	bool yes;
	size_t count; /* of items */
	union {
		double number;
		struct span text;
		const struct jsonr_node *item;
	};
};

#endif
